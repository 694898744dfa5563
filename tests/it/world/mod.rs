//! A contractor, both systems on loopback, and an engine between them, on one clock that a test
//! moves.
//!
//! `edits` is what people do in Procore, `audit` looks at both systems without our code, `mapping`
//! reads the contractor's tables.

mod audit;
mod edits;
mod mapping;

use std::{collections::BTreeMap, time::Duration};

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use procore_client::SecretString;
use rust_decimal::Decimal;
use sync_connectors::{ProcoreSource, Projects, SapB1Ledger, Zone};
use sync_core::{
    engine::{CycleOptions, CycleReport, Engine, EngineLimits, StopFlag, Sweep},
    mapping::MappingTables,
    memory::MemoryStore,
    model::{CompanyId, Kind, ProjectId, SourceKey},
    policy::{Offset, Policy, Reference},
    ports::{Clock, Ledger, Profile, Silent, StateStore, StoredRecord},
    reconcile::Reconciliation,
    states::{Reason, RecordState},
};
use sync_sandbox::{
    Fault, FaultRule, Sandbox, SandboxClock, SandboxOptions, ServeOptions, Served,
    contractor::{Contractor, ContractorSize},
};

pub(crate) use self::{
    audit::{Audit, coding_of_first_posts},
    edits::{Made, Work, coding},
    mapping::Tables,
};

/// The last day of every contractor's history; the clock of both systems starts at its noon.
pub(crate) fn as_of() -> NaiveDate {
    day(2026, 6, 15)
}

pub(crate) fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

pub(crate) fn amount(text: &str) -> Decimal {
    text.parse().unwrap()
}

/// The engine's clock: that of the sandbox.
#[derive(Debug)]
struct SharedClock(SandboxClock);

#[async_trait]
impl Clock for SharedClock {
    fn now(&self) -> DateTime<Utc> {
        self.0.now()
    }

    fn date(&self, moment: DateTime<Utc>, time_zone: &str) -> NaiveDate {
        Zone::named(time_zone).date_of(moment)
    }

    async fn sleep(&self, for_: Duration) {
        tokio::time::sleep(for_).await;
    }
}

/// How the clients get in.
#[derive(Clone)]
pub(crate) struct Access {
    pub(crate) company: i64,
    pub(crate) client_secret: String,
    pub(crate) password: String,
    pub(crate) projects: Projects,
    pub(crate) document_timeout: Duration,
    /// Whether documents are posted with their claims.
    pub(crate) claims: bool,
    /// Where documents carry their keys.
    pub(crate) reference: Reference,
    /// The version in the Service Layer's address.
    pub(crate) version: &'static str,
}

pub(crate) struct World {
    pub(crate) sandbox: Sandbox,
    pub(crate) served: Served,
    pub(crate) source: ProcoreSource,
    pub(crate) ledger: SapB1Ledger,
    pub(crate) store: Box<dyn StateStore>,
    pub(crate) tables: Tables,
    pub(crate) mapping: MappingTables,
    pub(crate) policy: Policy,
    pub(crate) profile: Profile,
    clock: SharedClock,
}

impl World {
    /// A world with user fields in SAP and the right credentials.
    pub(crate) async fn of(contractor: Contractor) -> Self {
        let world = Self::without_user_fields(contractor).await;
        world.ledger.set_up().await.unwrap();
        world
    }

    /// One project in which nothing has happened yet.
    pub(crate) async fn quiet() -> Self {
        let size = ContractorSize {
            purchase_orders: 0,
            subcontracts: 0,
            direct_costs: 0,
            ..ContractorSize::one_project().without_troubles()
        };
        Self::of(Contractor::generate(size, 7, as_of())).await
    }

    pub(crate) async fn without_user_fields(contractor: Contractor) -> Self {
        let clock = SandboxClock::wall();
        let noon = as_of().and_time(NaiveTime::from_hms_opt(15, 0, 0).unwrap()).and_utc();
        clock.advance(noon - clock.now());
        let sandbox = Sandbox::new(contractor, SandboxOptions::default(), clock.clone());
        let served = Served::start(&sandbox, ServeOptions::default()).await.unwrap();
        let contractor = &sandbox.contractor;
        let access = access_of(&sandbox);
        let (source, ledger) = connect(&sandbox, &served, &access);
        let tables = Tables::of(contractor);
        Self {
            mapping: tables.mapping(),
            tables,
            profile: Profile {
                company: CompanyId(contractor.company.id),
                environment: served.procore_url.clone(),
                ledger: served.service_layer_url.clone(),
                basis: "commitment".into(),
                start_date: contractor.start_date,
                opening: "billed".into(),
                reference: "udf".into(),
            },
            source,
            ledger,
            store: Box::new(MemoryStore::new()),
            policy: policy(contractor.start_date),
            clock: SharedClock(clock),
            sandbox,
            served,
        }
    }

    /// The right credentials, to be changed.
    pub(crate) fn access(&self) -> Access {
        access_of(&self.sandbox)
    }

    /// New clients, as after a restart of the process; the store stays.
    pub(crate) fn reconnect(&mut self, access: &Access) {
        (self.source, self.ledger) = connect(&self.sandbox, &self.served, access);
    }

    /// Takes the tables as a test left them.
    pub(crate) fn remap(&mut self) {
        self.mapping = self.tables.mapping();
    }

    pub(crate) fn engine(&self) -> Engine<'_> {
        Engine {
            source: &self.source,
            ledger: &self.ledger,
            store: &*self.store,
            clock: &self.clock,
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

    pub(crate) async fn sweep(&self) -> CycleReport {
        self.engine()
            .sync(&CycleOptions { sweep: Sweep::Everything, ..CycleOptions::default() })
            .await
    }

    /// Both systems and the engine go forward in time.
    pub(crate) fn pass(&self, time: TimeDelta) {
        self.clock.0.advance(time);
    }

    pub(crate) fn key(&self, kind: Kind, id: i64) -> SourceKey {
        SourceKey { company: self.profile.company, project: ProjectId(self.project()), kind, id }
    }

    pub(crate) async fn stored(&self, key: SourceKey) -> StoredRecord {
        self.store.records(&[key]).await.unwrap().pop().expect("the store knows the record")
    }

    /// State and reason that the store holds of a record.
    pub(crate) async fn standing(&self, key: SourceKey) -> (RecordState, Option<Reason>) {
        let stored = self.stored(key).await;
        (stored.state, stored.cause.map(|cause| cause.reason))
    }

    /// Lets a fault happen to calls of the Service Layer.
    pub(crate) fn sap_fault(&self, method: &str, path: &str, skip: u32, times: u32, fault: Fault) {
        self.sandbox.service_layer_faults.add(rule(method, path, skip, times, fault));
    }

    /// Lets a fault happen to calls of Procore.
    pub(crate) fn procore_fault(&self, path: &str, times: u32, fault: Fault) {
        self.sandbox.procore_faults.add(rule("GET", path, 0, times, fault));
    }

    /// How many documents were sent to SAP so far, taken or not.
    pub(crate) fn sent(&self) -> u64 {
        ["PurchaseInvoices", "PurchaseCreditNotes", "JournalEntries"]
            .iter()
            .map(|set| self.sandbox.service_layer.posts(set).received)
            .sum()
    }

    /// Both sides reconcile to 0.00 by our own report.
    pub(crate) async fn reconciled(&self) -> Reconciliation {
        let report = self.engine().reconcile().await;
        assert_eq!(report.failure, None);
        assert_eq!(report.problems, []);
        for project in &report.projects {
            assert_eq!(project.differences, [], "project {}", project.project);
            assert_eq!(project.difference(), Decimal::ZERO, "project {}", project.project);
        }
        report
    }

    /// Everything is in SAP as Procore says, by an audit without our code and by our own
    /// reconciliation, and a further cycle sends nothing.
    pub(crate) async fn proved(&self) {
        self.proved_but(&[]).await;
    }

    /// As [`World::proved`], but for records that rightly wait.
    pub(crate) async fn proved_but(&self, waiting: &[SourceKey]) {
        Audit::of(self, waiting).passes();
        self.reconciled().await;
        let before = self.sent();
        let again = self.sync().await;
        assert_eq!(again.documents, [], "a further cycle posts nothing");
        assert_eq!(self.sent(), before, "a further cycle sends nothing");
        let waits = again.exceptions.is_empty();
        assert_eq!(again.exit_code(), if waits { 0 } else { 2 }, "{again:?}");
    }
}

fn rule(method: &str, path: &str, skip: u32, times: u32, fault: Fault) -> FaultRule {
    FaultRule {
        method: Some(method.to_owned()),
        path_contains: path.to_owned(),
        skip,
        times,
        fault,
    }
}

fn access_of(sandbox: &Sandbox) -> Access {
    let env: BTreeMap<_, _> = sandbox.environment().into_iter().collect();
    Access {
        company: sandbox.contractor.company.id,
        client_secret: env["PROCORE_CLIENT_SECRET"].clone(),
        password: env["B1_PASSWORD"].clone(),
        projects: Projects::All,
        document_timeout: Duration::from_secs(20),
        claims: false,
        reference: Reference::Udf,
        version: "v2",
    }
}

fn connect(sandbox: &Sandbox, served: &Served, access: &Access) -> (ProcoreSource, SapB1Ledger) {
    let env: BTreeMap<_, _> = sandbox.environment().into_iter().collect();
    let secret = |text: &str| SecretString::from(text.to_owned());
    let mut retry = procore_client::RetryPolicy::default();
    retry.attempts_max = 3;
    retry.backoff_min = Duration::from_millis(5);
    let company = procore_client::CompanyId::new(access.company);
    let procore = procore_client::Client::builder(company)
        .base_url(&served.procore_url)
        .login_url(&served.login_url)
        .credentials(env["PROCORE_CLIENT_ID"].clone(), secret(&access.client_secret))
        .retry(retry)
        .build()
        .unwrap();
    let login = sap_b1_client::PasswordLogin::new(
        sandbox.contractor.books.company_db.clone(),
        env["B1_USER"].clone(),
        secret(&access.password),
    );
    let address = served.service_layer_url.replace("/v2", &format!("/{}", access.version));
    let sap = sap_b1_client::Client::builder(address, login)
        .document_timeout(access.document_timeout)
        .build()
        .unwrap();
    let ledger = SapB1Ledger::new(sap).with_claims(access.claims).with_reference(access.reference);
    (ProcoreSource::new(procore, access.projects.clone()), ledger)
}

fn policy(start_date: NaiveDate) -> Policy {
    let mut policy = Policy::starting_on(start_date);
    policy.unbilled_account = Some("2160".into());
    policy.retainage_account = Some("2115".into());
    policy.direct_cost_offset = BTreeMap::from([
        ("invoice".into(), Offset::Vendor),
        ("expense".into(), Offset::Account("2195".into())),
        ("payroll".into(), Offset::Account("2300".into())),
    ]);
    policy
}
