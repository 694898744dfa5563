//! The call budget, against the calls that the ports in memory counted.

use std::collections::{BTreeMap, BTreeSet};

use sync_core::{
    budget::{ProjectWork, Workload, estimate},
    engine::{CheckStatus, CycleReport, EngineLimits},
    model::ReadKind,
    ports::{
        CatalogRequest, CostSource as _, KindCosts, Ledger as _, LedgerCosts, Silent, SourceCosts,
    },
};

use crate::{
    records::{direct_cost, subcontract},
    world::World,
};

fn estimated(world: &World, work: &Workload) -> (u64, u64) {
    let at_once = EngineLimits::default().look_ups_at_once;
    let calls = estimate(
        &world.source.costs(),
        &world.ledger.costs(&CatalogRequest::default()),
        work,
        at_once,
    );
    (calls.source, calls.ledger)
}

fn counted(report: &CycleReport) -> (u64, u64) {
    (report.calls.source, report.calls.ledger)
}

#[test]
fn the_first_cycle_and_the_one_after_it_make_the_calls_that_were_estimated() {
    for records in [1, 79, 80, 81, 250] {
        let world = World::of((1..=records).map(|id| subcontract(id, &[(id, "03-300", "5")])));
        let records = u64::try_from(records).unwrap();
        let project = ProjectWork {
            read: BTreeMap::from([(ReadKind::Subcontracts, records)]),
            planned: records,
            documents: records,
        };
        let work = Workload { projects: vec![project] };
        // Only an empty store asks once whether SAP holds documents of the company.
        let (source, ledger) = estimated(&world, &work);
        assert_eq!(counted(&world.sync()), (source, ledger + 1), "{records} records");
        // All were changed in one moment: the overlap behind the cursor reads them again.
        let project = ProjectWork {
            read: BTreeMap::from([(ReadKind::Subcontracts, records)]),
            ..ProjectWork::default()
        };
        let again = Workload { projects: vec![project] };
        assert_eq!(counted(&world.sync()), estimated(&world, &again), "{records} records");
    }
}

#[test]
fn a_change_and_a_record_that_waits_cost_a_look_up() {
    let world = World::of([
        subcontract(1, &[(11, "03-300", "5")]),
        direct_cost(9, "invoice", &[(91, "99-999", "5")]),
    ]);
    world.sync();
    let waiting = ProjectWork { planned: 1, ..ProjectWork::default() };
    let work = Workload { projects: vec![waiting] };
    assert_eq!(counted(&world.sync()), estimated(&world, &work));
}

#[test]
fn what_lines_and_reference_lists_cost_is_added_per_record_and_project() {
    let source = SourceCosts {
        scope: 3,
        project: 1,
        list: 1,
        page: 100,
        reference: 2,
        kinds: BTreeMap::from([
            (ReadKind::Subcontracts, KindCosts { record: 1, ..KindCosts::default() }),
            (ReadKind::ChangeOrders, KindCosts { list: 1, record: 2, page: None }),
            (ReadKind::DirectCosts, KindCosts { page: Some(50), ..KindCosts::default() }),
        ]),
    };
    let ledger = LedgerCosts { catalog: 12, keys: 10, look_up: 4, post: 1, invoices: 2 };
    let calls = |work: &Workload| {
        let calls = estimate(&source, &ledger, work, 80);
        (calls.source, calls.ledger)
    };
    assert_eq!(calls(&Workload::idle([])), (3, 12));
    // Five lists, the second list of change orders, and the call of the project itself.
    assert_eq!(calls(&Workload::idle([BTreeSet::new(), BTreeSet::new()])), (3 + 2 * 7, 12));
    let project = ProjectWork {
        read: BTreeMap::from([
            (ReadKind::Subcontracts, 101),
            (ReadKind::ChangeOrders, 3),
            (ReadKind::DirectCosts, 51),
        ]),
        planned: 155,
        documents: 150,
    };
    let lists = 4 + 2 + 1;
    let lines = 101 + 6 + 2;
    // 80 records in eight look-ups, 75 in eight, four calls each; two searches of two calls.
    assert_eq!(
        calls(&Workload { projects: vec![project] }),
        (3 + 1 + lists + lines + 2, 12 + 64 + 4 + 150)
    );
}

#[test]
fn check_says_what_an_idle_cycle_and_a_sweep_cost() {
    let world = World::of((1..=5).map(|id| subcontract(id, &[(id, "03-300", "5")])));
    let line = |world: &World| {
        let report = world.with_engine(&Silent, async |engine| engine.check().await);
        report.lines.into_iter().find(|line| line.subject == "call budget").unwrap()
    };
    let before = line(&world);
    assert_eq!(before.status, CheckStatus::Ok);
    assert_eq!(
        before.detail,
        "a cycle without changes makes about 6 calls to Procore and 1 to SAP"
    );
    world.sync();
    let told = "; a sweep about 6 and 1; every list was read in full since 2026-03-31 12:10 UTC";
    assert!(line(&world).detail.ends_with(told), "{}", line(&world).detail);
}
