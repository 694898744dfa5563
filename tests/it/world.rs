//! A contractor, both systems on loopback, and an engine between them.

use std::{collections::BTreeMap, time::Duration};

use chrono::{NaiveDate, TimeDelta, Utc};
use procore_client::SecretString;
use sync_connectors::{ProcoreSource, Projects, SapB1Ledger, SystemClock};
use sync_core::{
    engine::{CycleOptions, CycleReport, Engine, EngineLimits, StopFlag},
    mapping::{AccountRule, MappingTables, ProjectRow, Target, VendorRow},
    memory::MemoryStore,
    model::{CompanyId, ProjectId},
    policy::{Offset, Policy},
    ports::{Ledger, Profile, Silent},
};
use sync_sandbox::{
    Sandbox, SandboxClock, SandboxOptions, ServeOptions, Served, contractor::Contractor,
};

pub(crate) struct World {
    pub(crate) sandbox: Sandbox,
    pub(crate) served: Served,
    pub(crate) source: ProcoreSource,
    pub(crate) ledger: SapB1Ledger,
    pub(crate) store: MemoryStore,
    pub(crate) mapping: MappingTables,
    pub(crate) policy: Policy,
    pub(crate) profile: Profile,
}

pub(crate) fn today() -> NaiveDate {
    Utc::now().date_naive()
}

impl World {
    pub(crate) async fn of(contractor: Contractor) -> Self {
        let sandbox = Sandbox::new(contractor, SandboxOptions::default(), SandboxClock::wall());
        let served = Served::start(&sandbox, ServeOptions::default()).await.unwrap();
        let contractor = &sandbox.contractor;
        let env: BTreeMap<_, _> = sandbox.environment().into_iter().collect();
        let company = contractor.company.id;
        let secret = |key: &str| SecretString::from(env[key].clone());
        let procore = procore_client::Client::builder(procore_client::CompanyId::new(company))
            .base_url(&served.procore_url)
            .login_url(&served.login_url)
            .credentials(env["PROCORE_CLIENT_ID"].clone(), secret("PROCORE_CLIENT_SECRET"))
            .build()
            .unwrap();
        let login = sap_b1_client::PasswordLogin::new(
            contractor.books.company_db.clone(),
            env["B1_USER"].clone(),
            secret("B1_PASSWORD"),
        );
        let sap = sap_b1_client::Client::builder(&served.service_layer_url, login)
            .document_timeout(Duration::from_secs(5))
            .build()
            .unwrap();
        let ledger = SapB1Ledger::new(sap);
        ledger.set_up().await.unwrap();
        let mut policy = Policy::starting_on(contractor.start_date);
        policy.unbilled_account = Some("2160".into());
        policy.retainage_account = Some("2115".into());
        policy.direct_cost_offset = BTreeMap::from([
            ("invoice".into(), Offset::Vendor),
            ("expense".into(), Offset::Account("2195".into())),
            ("payroll".into(), Offset::Account("2300".into())),
        ]);
        policy.settle_time = TimeDelta::zero();
        policy.unknown_settle = TimeDelta::zero();
        Self {
            mapping: mapping(contractor),
            profile: Profile {
                company: CompanyId(company),
                environment: served.procore_url.clone(),
                ledger: served.service_layer_url.clone(),
                basis: "commitment".into(),
                start_date: contractor.start_date,
                opening: "billed".into(),
            },
            source: ProcoreSource::new(procore, Projects::All),
            ledger,
            store: MemoryStore::new(),
            policy,
            sandbox,
            served,
        }
    }

    pub(crate) fn engine(&self) -> Engine<'_> {
        Engine {
            source: &self.source,
            ledger: &self.ledger,
            store: &self.store,
            clock: &SystemClock,
            observer: &Silent,
            mapping: &self.mapping,
            policy: &self.policy,
            profile: &self.profile,
            time_zone: "UTC",
            limits: EngineLimits::default(),
            stop: StopFlag::default(),
        }
    }

    pub(crate) async fn sync(&self) -> CycleReport {
        self.engine().sync(&CycleOptions::default()).await
    }
}

fn mapping(contractor: &Contractor) -> MappingTables {
    let rows = |text: &str| {
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let header = reader.headers().unwrap().clone();
        reader
            .records()
            .map(|row| {
                let row = row.unwrap();
                let line = row.position().unwrap().line() as usize;
                let cells: BTreeMap<String, String> =
                    header.iter().map(str::to_owned).zip(row.iter().map(str::to_owned)).collect();
                (line, cells)
            })
            .collect::<Vec<_>>()
    };
    let any = |cell: Option<&String>| cell.filter(|c| !c.is_empty() && *c != "*").cloned();
    let dimension = ["profit_center", "dimension_2", "dimension_3", "dimension_4", "dimension_5"];
    let rules = rows(&contractor.accounts_csv()).into_iter().map(|(row, c)| AccountRule {
        row,
        project: any(c.get("project")).map(|id| ProjectId(id.parse().unwrap())),
        sub_job: any(c.get("sub_job")),
        cost_code: c["cost_code"].clone(),
        cost_type: any(c.get("cost_type")),
        gl_account: c["gl_account"].clone(),
        dimensions: dimension.map(|d| Target::read(c.get(d).map_or("", String::as_str))),
        tax_code: Target::read(c.get("tax_code").map_or("", String::as_str)),
        valid_from: None,
        valid_to: None,
    });
    let projects = rows(&contractor.projects_csv()).into_iter().map(|(row, c)| {
        (
            ProjectId(c["procore_project_id"].parse().unwrap()),
            ProjectRow {
                row,
                sap_project: any(c.get("sap_project")),
                branch: None,
                dimensions: dimension.map(|d| any(c.get(d))),
                tax_code: any(c.get("tax_code")),
            },
        )
    });
    let vendors = rows(&contractor.vendors_csv()).into_iter().map(|(row, c)| {
        (
            c["procore_vendor_id"].parse().unwrap(),
            VendorRow { row, card_code: c["card_code"].clone(), wt_liable: None },
        )
    });
    MappingTables::new(rules.collect(), projects.collect(), vendors.collect()).unwrap()
}
