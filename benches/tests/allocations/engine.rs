//! What the engine holds in memory for each record of a project: in a cycle in which nothing changed, in a preview and
//! in a reconciliation. The store, the source and the ledger are in memory and are not counted.

use procore_b1_benches::company::{self, Company};
use sync_core::{
    engine::{CycleOptions, Engine, EngineLimits, StopFlag},
    memory::{ManualClock, MemoryLedger, MemorySource, MemoryStore},
    ports::{CycleStatus, Profile, Silent, SourceProject},
};

use crate::runtime;

const FEW: usize = 200;
const MANY: usize = 800;
/// Lines of each record.
const LINES: usize = 5;
/// Most bytes for each record.
const IDLE_MAX: u64 = 300;
const PREVIEW_MAX: u64 = 300;
const RECONCILIATION_MAX: u64 = 18_000;

/// A company of posted commitments.
struct Posted {
    company: Company,
    source: MemorySource,
    ledger: MemoryLedger,
    store: MemoryStore,
    clock: ManualClock,
    profile: Profile,
}

impl Posted {
    fn new(records: usize) -> Self {
        let company = Company::new(200);
        let project = SourceProject {
            id: company::PROJECT,
            name: "Example Project A".to_owned(),
            number: None,
            time_zone: None,
            currency: Some("USD".to_owned()),
        };
        let source = MemorySource::new(company::COMPANY, vec![project]);
        for id in 1..=records as i64 {
            let mut record = company::commitment(LINES);
            record.key.id = id;
            record.number = format!("SC-{id}");
            // Apart from each other, as the window behind the cursor is read again.
            record.updated_at = company.context().now - chrono::TimeDelta::hours(id);
            source.put(record);
        }
        let policy = company.context().policy;
        let profile = Profile {
            company: company::COMPANY,
            environment: "https://api.procore.com".to_owned(),
            ledger: "SBODEMO".to_owned(),
            basis: policy.basis.name().to_owned(),
            start_date: policy.start_date,
            opening: "billed".to_owned(),
            reference: "udf".to_owned(),
        };
        let ledger = MemoryLedger::new(company.catalog.clone());
        let clock = ManualClock::at(company.context().now);
        let posted = Self { company, source, ledger, store: MemoryStore::new(), clock, profile };
        let first = runtime().block_on(posted.engine().sync(&CycleOptions::default()));
        assert_eq!((first.status, first.documents.len()), (CycleStatus::Done, records));
        posted
    }

    fn engine(&self) -> Engine<'_> {
        let context = self.company.context();
        Engine {
            source: &self.source,
            ledger: &self.ledger,
            store: &self.store,
            clock: &self.clock,
            observer: &Silent,
            mapping: context.mapping,
            policy: context.policy,
            profile: &self.profile,
            time_zone: "UTC",
            limits: EngineLimits::default(),
            stop: StopFlag::default(),
        }
    }

    /// The most bytes in use at once while something is done.
    fn peak<T>(&self, act: impl AsyncFn(Engine<'_>) -> T) -> u64 {
        let runtime = runtime();
        drop(runtime.block_on(act(self.engine())));
        let info = allocation_counter::measure(|| drop(runtime.block_on(act(self.engine()))));
        info.bytes_max
    }
}

/// Bytes that each record adds to the peak.
fn per_record<T>(what: &str, most: u64, act: impl AsyncFn(Engine<'_>) -> T) {
    let peaks = [FEW, MANY].map(|records| Posted::new(records).peak(&act));
    let each = peaks[1].saturating_sub(peaks[0]) / (MANY - FEW) as u64;
    println!("{what}: {each} bytes for each record of {LINES} lines, at most {most}");
    assert!(each <= most, "{what}: {each} bytes for each record");
}

#[test]
fn a_cycle_in_which_nothing_changed_holds_a_key_and_a_state_of_each_record() {
    per_record("idle cycle", IDLE_MAX, async |engine| {
        let report = engine.sync(&CycleOptions::default()).await;
        assert!(report.documents.is_empty());
        report
    });
}

#[test]
fn a_preview_holds_a_copy_of_the_state() {
    per_record("preview", PREVIEW_MAX, async |engine| {
        engine.preview(&CycleOptions::default()).await
    });
}

#[test]
fn a_reconciliation_holds_both_sides_of_the_projects_that_are_read() {
    per_record("reconciliation", RECONCILIATION_MAX, async |engine| {
        let report = engine.reconcile().await;
        assert_eq!(report.exit_code(), 0, "{:?}", report.differences());
        report
    });
}

#[test]
fn what_the_planning_bench_measures_plans_as_it_expects() {
    let posts = |company: &Company, family: &sync_core::plan::Family, index: usize| {
        let plan = sync_core::plan::plan(&company.context(), family, index);
        matches!(plan.decision, sync_core::plan::Decision::Post(_))
    };
    let runtime = runtime();
    for (company, times) in
        [(Company::encumbering(usize::MAX), 1), (Company::taking_excess(usize::MAX), 2)]
    {
        let family = runtime.block_on(company::billed_at_once(&company, 20, times));
        assert!(!posts(&company, &family, 0), "the commitment stands");
        assert!(posts(&company, &family, 1), "the requisition posts");
    }
}
