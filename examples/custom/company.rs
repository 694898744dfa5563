//! The company of the examples: what its ledger has, how its costs are mapped, and one cycle.

use std::collections::BTreeMap;

use chrono::{NaiveDate, TimeZone as _, Utc};
use sync_core::{
    catalog::{
        Account, Catalog, Partner, Period, PeriodStatus, ProfitCenter, SapProject, Validity,
    },
    engine::{CycleOptions, CycleReport, Engine, EngineLimits, StopFlag},
    mapping::{AccountRule, MappingTables, ProjectRow, Target, VendorRow},
    memory::{ManualClock, MemorySource, MemoryStore},
    model::{CompanyId, CostRecord, ProjectId},
    policy::{Basis, Offset, Policy},
    ports::{CostSource, Ledger, Profile, Silent, SourceProject},
};

/// A day of the year of the examples.
pub(crate) fn day(month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, month, day).expect("a day of the calendar")
}

fn account(code: &str, name: &str) -> Account {
    Account {
        code: code.to_owned(),
        format_code: None,
        name: name.to_owned(),
        postable: true,
        control: false,
        cash: false,
        income_statement: code.starts_with('5'),
        frozen: false,
        validity: Validity::default(),
        currency: None,
        project_required: false,
        dimensions_required: [false; 5],
    }
}

/// What the ledger has.
pub(crate) fn catalog() -> Catalog {
    let code = "CHI".to_owned();
    let center = ProfitCenter {
        code: code.clone(),
        name: "Chicago".to_owned(),
        dimension: 1,
        active: true,
        validity: Validity::default(),
    };
    let project = SapProject {
        code: "TOWER".to_owned(),
        name: "Tower".to_owned(),
        active: true,
        validity: Validity::default(),
    };
    let partner = Partner {
        card_code: "V100".to_owned(),
        name: "Acme Concrete".to_owned(),
        supplier: true,
        active: true,
        frozen: false,
        validity: Validity::default(),
        frozen_during: None,
        currency: None,
        control_account: None,
        payment_terms: None,
        withholding: false,
        branches: Vec::new(),
    };
    let year = Validity { from: Some(day(1, 1)), to: Some(day(12, 31)) };
    Catalog {
        company: "Example".to_owned(),
        local_currency: "USD".to_owned(),
        totals_accuracy: 2,
        accounts: [
            account("5010", "Concrete"),
            account("5020", "Electrical"),
            account("2190", "Accrued cost"),
            account("2195", "Card clearing"),
        ]
        .into_iter()
        .collect(),
        profit_centers: BTreeMap::from([(code, center)]),
        projects: BTreeMap::from([(project.code.clone(), project)]),
        partners: BTreeMap::from([(partner.card_code.clone(), partner)]),
        periods: vec![Period {
            name: "2026".to_owned(),
            fiscal_year: "2026".to_owned(),
            posting: year,
            tax: Validity::default(),
            due: Validity::default(),
            status: PeriodStatus::Open,
        }],
        user_fields_present: true,
        memo_length: 50,
        ..Catalog::default()
    }
}

fn mapping() -> MappingTables {
    let rule = |row: usize, cost_code: &str, gl_account: &str| AccountRule {
        row,
        project: None,
        sub_job: None,
        cost_code: cost_code.to_owned(),
        cost_type: None,
        gl_account: gl_account.to_owned(),
        dimensions: [const { Target::Default }; 5],
        tax_code: Target::Default,
        valid_from: None,
        valid_to: None,
    };
    let project = ProjectRow {
        row: 2,
        sap_project: Some("TOWER".to_owned()),
        dimensions: [Some("CHI".to_owned()), None, None, None, None],
        ..ProjectRow::default()
    };
    let vendor = VendorRow { row: 2, card_code: "V100".to_owned(), wt_liable: None };
    let rules = vec![rule(2, "03-*", "5010"), rule(3, "26-*", "5020")];
    MappingTables::new(rules, vec![(ProjectId(865), project)], vec![(1, vendor)])
        .expect("the tables are in order")
}

/// One cycle, as [`on`] says.
pub(crate) async fn cycle(
    source: &dyn CostSource,
    ledger: &dyn Ledger,
    store: &MemoryStore,
) -> CycleReport {
    on(source, ledger, store, async |engine| engine.sync(&CycleOptions::default()).await).await
}

/// Runs an engine on 2026-03-31, on the basis `commitment_journal`; direct costs of type `expense` go
/// against the account that the company's cards are cleared on.
pub(crate) async fn on<T>(
    source: &dyn CostSource,
    ledger: &dyn Ledger,
    store: &MemoryStore,
    run: impl AsyncFnOnce(&Engine<'_>) -> T,
) -> T {
    let mut policy = Policy::starting_on(day(1, 1));
    policy.basis = Basis::CommitmentJournal;
    policy.accrued_account = Some("2190".to_owned());
    policy.direct_cost_offset.insert("expense".to_owned(), Offset::Account("2195".to_owned()));
    let profile = Profile {
        company: CompanyId(8089),
        environment: "example".to_owned(),
        ledger: "example".to_owned(),
        basis: policy.basis.name().to_owned(),
        start_date: policy.start_date,
        opening: "billed".to_owned(),
        reference: policy.reference.name().to_owned(),
    };
    let noon = day(3, 31).and_hms_opt(12, 0, 0).expect("noon is a time");
    let engine = Engine {
        source,
        ledger,
        store,
        clock: &ManualClock::at(Utc.from_utc_datetime(&noon)),
        observer: &Silent,
        mapping: &mapping(),
        policy: &policy,
        profile: &profile,
        time_zone: "UTC",
        limits: EngineLimits::default(),
        stop: StopFlag::default(),
    };
    run(&engine).await
}

/// How many documents a cycle posted; why not, where it did not go through.
pub(crate) fn posted(report: &CycleReport) -> Result<usize, String> {
    match &report.failure {
        None => Ok(report.documents.len()),
        Some(failure) => Err(format!("{}: {}", failure.name, failure.detail)),
    }
}

/// The project of the examples.
pub(crate) fn project() -> SourceProject {
    SourceProject {
        id: ProjectId(865),
        name: "Tower".to_owned(),
        number: None,
        time_zone: None,
        currency: Some("USD".to_owned()),
    }
}

/// The records of `costs.json` in memory.
#[allow(dead_code, reason = "one of the two examples brings a source of its own")]
pub(crate) fn source() -> MemorySource {
    let records: Vec<CostRecord> =
        serde_json::from_slice(include_bytes!("costs.json")).expect("the file is in order");
    let source = MemorySource::new(CompanyId(8089), vec![project()]);
    for record in records {
        source.put(record);
    }
    source
}
