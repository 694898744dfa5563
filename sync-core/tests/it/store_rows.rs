//! Across stores: the row in SAP says which one feeds it, and stops the others.

use chrono::TimeDelta;
use sync_core::{
    engine::{CycleOptions, CycleReport},
    memory::MemoryStore,
    ports::{
        Clock as _, CycleStatus, Deed, Ledger as _, Observer, Progress, Signature, Silent,
        StateStore as _, StoreRow,
    },
    resolve::Verb,
    states::Reason,
};

use crate::{
    decisions::decide,
    exactly_once::{assert_once, everything},
    records::{COMPANY, SC, add_up, d, direct_cost, lines_of, req, requisition, subcontract},
    world::{World, run},
};

fn world() -> World {
    let world = World::of(everything());
    world.ledger.make_store_table();
    world
}

fn by_a_person() -> Signature {
    Signature { by: "Åse".to_owned(), note: "the old machine burnt down".to_owned() }
}

fn take_over(world: &World) -> CycleReport {
    let options =
        CycleOptions { take_over: true, signature: Some(by_a_person()), ..CycleOptions::default() };
    world.with_engine(&Silent, async |engine| engine.sync(&options).await)
}

fn raise(world: &World, amount: &str) {
    world.edit(SC, |record| {
        lines_of(record)[0].amount = d(amount);
        add_up(record);
    });
}

/// The cycle stops before its first write, for this reason.
fn assert_stopped(world: &World, name: &str) -> String {
    let (posts, writes) = (world.ledger.posts(), world.store.writes());
    let row = world.ledger.stored_row(COMPANY);
    let report = world.cycle();
    let failure = report.failure.unwrap();
    assert_eq!((report.status, failure.name), (CycleStatus::Failed, name), "{}", failure.detail);
    assert_eq!(world.ledger.posts(), posts);
    assert_eq!(world.store.writes(), writes + 1, "only the new writer's epoch");
    assert_eq!(world.ledger.stored_row(COMPANY), row);
    failure.detail
}

#[test]
fn each_cycle_writes_its_number_and_moment_and_a_preview_writes_nothing() {
    let world = world();
    world.preview();
    assert_eq!(world.ledger.stored_row(COMPANY), None);
    for number in 1..=3 {
        world.sync();
        let row = world.ledger.stored_row(COMPANY).unwrap();
        assert_eq!((row.cycle, &row.store), (number, &run(world.store.id()).unwrap()));
        assert_eq!(row.environment, "https://api.procore.com");
    }
    let before = world.ledger.stored_row(COMPANY);
    assert_eq!(world.preview().failure, None);
    assert_eq!(world.ledger.stored_row(COMPANY), before);
}

#[test]
fn a_copy_and_a_restored_state_are_stopped_until_they_are_rebuilt_or_a_person_takes_over() {
    for rebuilds in [true, false] {
        let world = world();
        world.sync();
        let copy = world.store.snapshot();
        raise(&world, "1,100");
        world.sync();
        world.store.restore(&copy);
        let detail = assert_stopped(&world, "store_is_not_current");
        assert!(detail.contains("cycle 2 of this state, which knows 1 only"), "{detail}");
        assert_eq!(world.preview().failure.unwrap().name, "store_is_not_current");

        let posts = world.ledger.posts();
        if rebuilds {
            let report =
                world.with_engine(&Silent, async |engine| engine.rebuild(Default::default()).await);
            assert_eq!(report.exit_code(), 0);
        } else {
            assert_eq!(take_over(&world).status, CycleStatus::Done);
        }
        assert_eq!(world.ledger.posts(), posts, "the adjustment is there already");
        assert!(world.sync().documents.is_empty());
        world.assert_reconciles();
    }
}

#[test]
fn the_state_that_an_old_backup_took_over_from_is_stopped_for_good() {
    let mut world = world();
    world.sync();
    let backup = world.store.snapshot();
    for amount in ["1,100", "1,200", "1,300"] {
        world.clock.advance(TimeDelta::hours(1));
        raise(&world, amount);
        world.sync();
    }
    let former = world.store.clone();
    world.store = MemoryStore::new();
    world.store.restore(&backup);
    world.clock.advance(TimeDelta::hours(1));
    assert_eq!(take_over(&world).number, 2, "far below the four that the other one knows");
    let detail = {
        let backup = std::mem::replace(&mut world.store, former);
        let detail = assert_stopped(&world, "store_is_not_current");
        world.store = backup;
        detail
    };
    assert!(detail.contains("another copy of this state, in a cycle 2"), "{detail}");
    assert!(world.sync().documents.is_empty(), "the one that took over goes on");
    world.assert_reconciles();
}

#[test]
fn of_two_copies_that_begin_in_one_moment_the_second_stays_stopped() {
    let mut world = world();
    world.sync();
    let copy = MemoryStore::new();
    copy.restore(&world.store.snapshot());
    // The first takes the turn; the second, which had looked at the row before, comes too late.
    world.clock.advance(TimeDelta::minutes(1));
    world.ledger.fail_store_rows(1);
    let first = std::mem::replace(&mut world.store, copy);
    world.clock.advance(TimeDelta::nanoseconds(1));
    assert_eq!(world.cycle().failure.unwrap().name, "ledger_unavailable");
    let second = std::mem::replace(&mut world.store, first);
    world.clock.advance(TimeDelta::nanoseconds(1));
    world.sync();
    world.store = second;
    let detail = assert_stopped(&world, "store_is_not_current");
    assert!(detail.contains("another copy of this state, in a cycle 2"), "{detail}");
    assert_once(&world, "with two copies");
}

#[test]
fn another_state_is_stopped_while_the_first_one_lives_and_its_cycles_are_newer() {
    let mut world = World::of([]);
    world.ledger.make_store_table();
    world.sync();
    let first = world.store.clone();
    world.store = MemoryStore::new();
    let detail = assert_stopped(&world, "store_is_not_current");
    assert!(
        detail.contains(&run(first.id()).unwrap()) && detail.contains("--take-over"),
        "{detail}"
    );
    // Nobody lives on for ever; but as long as its cycles are newer, it is the one that knows.
    world.clock.advance(TimeDelta::days(8));
    assert_stopped(&world, "store_is_not_current");
    assert_eq!(take_over(&world).status, CycleStatus::Done);
    let acts = run(world.store.acts(None)).unwrap();
    assert_eq!(acts.len(), 1, "{acts:?}");
    let told = (acts[0].deed, acts[0].by.as_str(), acts[0].note.as_str(), acts[0].at);
    assert_eq!(told, (Deed::TakeOver, "Åse", "the old machine burnt down", world.clock.now()));
    world.put([subcontract(1, &[(11, "03-300", "100")])]);
    world.sync();
    // Now the first one is the stranger.
    world.store = first;
    assert_stopped(&world, "store_is_not_current");
}

#[test]
fn a_state_that_does_not_feed_sap_takes_no_decisions() {
    let world = World::of([
        subcontract(1, &[(11, "03-300", "1,000")]),
        requisition(71, 1, &[(11, "1,200", "1,200", "0", "0")], "1,200"),
    ]);
    world.ledger.make_store_table();
    world.sync();
    world.assert_cause(req(71), Reason::OverBilling);
    let backup = world.store.snapshot();
    world.clock.advance(TimeDelta::hours(1));
    world.sync();
    let current = world.store.snapshot();
    world.store.restore(&backup);
    let refused = decide(&world, req(71), Verb::Post).unwrap_err();
    assert!(refused.contains("name the right state"), "{refused}");
    assert!(run(world.store.acts(Some(&req(71)))).unwrap().is_empty());
    world.store.restore(&current);
    decide(&world, req(71), Verb::Post).unwrap();
}

#[test]
fn another_environment_never_takes_over() {
    let world = world();
    world.sync();
    let mut row = world.ledger.stored_row(COMPANY).unwrap();
    row.environment = "https://sandbox.procore.com".to_owned();
    row.turn += 1;
    run(world.ledger.write_store_row(COMPANY, &row)).unwrap();
    let detail = assert_stopped(&world, "environment_differs");
    assert!(detail.contains("https://sandbox.procore.com"), "{detail}");
    assert_eq!(take_over(&world).failure.unwrap().name, "environment_differs");
}

#[test]
fn a_row_that_is_not_taken_stops_the_cycle_before_its_first_document() {
    let world = world();
    world.ledger.fail_store_rows(1);
    let report = world.cycle();
    assert_eq!(report.failure.unwrap().name, "ledger_unavailable");
    assert_eq!((report.status, world.ledger.posts()), (CycleStatus::Partial, 0));
    world.sync();
    assert_once(&world, "after a row that was not taken");
}

#[test]
fn where_sap_has_no_place_for_the_row_check_says_what_is_weaker() {
    let world = World::of(everything());
    let line = |world: &World| {
        let report = world.with_engine(&Silent, async |engine| engine.check().await);
        report.lines.into_iter().find(|line| line.subject == "store row").unwrap()
    };
    assert!(line(&world).detail.contains("by their documents alone"), "{:?}", line(&world));
    world.ledger.make_store_table();
    assert!(line(&world).detail.contains("no other state"), "{:?}", line(&world));
    world.sync();
    let copy = world.store.snapshot();
    world.sync();
    world.store.restore(&copy);
    assert!(line(&world).detail.contains("is a copy"), "{:?}", line(&world));
}

/// Somebody who makes another state the one that feeds SAP as soon as a record is posted, and some time
/// later.
struct TakesOver<'a>(&'a World, TimeDelta);

impl Observer for TakesOver<'_> {
    fn on(&self, progress: &Progress) {
        if !matches!(progress, Progress::Settled { documents: 1.., .. }) {
            return;
        }
        let row = self.0.ledger.stored_row(COMPANY).unwrap();
        let row = StoreRow { store: "another one".to_owned(), turn: row.turn + 1, ..row };
        // Only the first time: the second is no later turn.
        let _ = run(self.0.ledger.write_store_row(COMPANY, &row));
        self.0.clock.advance(self.1);
    }
}

#[test]
fn a_running_cycle_stops_within_a_minute_after_another_state_has_taken_over() {
    for (passed, documents) in [(TimeDelta::seconds(61), 1), (TimeDelta::seconds(10), 5)] {
        let mut world = world();
        world.limits.families_at_once = 1;
        let observer = TakesOver(&world, passed);
        let options = CycleOptions::default();
        let report = world.with_engine(&observer, async |engine| engine.sync(&options).await);
        assert_eq!(world.ledger.posts(), documents, "{passed}");
        if documents == 1 {
            let failure = report.failure.unwrap();
            assert_eq!(
                (report.status, failure.name),
                (CycleStatus::Failed, "store_is_not_current")
            );
        }
    }
}

#[test]
fn what_no_longer_counts_is_dropped_only_by_a_cycle_that_has_the_row() {
    let mut world = world();
    world.limits.retention = TimeDelta::days(1);
    world.sync();
    world.clock.advance(TimeDelta::days(3));
    // SAP names the cycle before, which is older than what is kept.
    world.ledger.fail_store_rows(1);
    assert_ne!(world.cycle().status, CycleStatus::Done);
    assert_eq!(world.sync().status, CycleStatus::Done);
}

/// Lets time pass with every record.
struct Slow<'a>(&'a World);

impl Observer for Slow<'_> {
    fn on(&self, progress: &Progress) {
        if matches!(progress, Progress::Settled { .. }) {
            self.0.clock.advance(TimeDelta::seconds(10));
        }
    }
}

#[test]
fn a_cycle_looks_at_the_row_once_a_minute_also_where_there_is_no_place_for_it() {
    let records = || (1..=20).map(|id| direct_cost(id, "invoice", &[(id, "03-300", "10")]));
    let calls = |has_table: bool| {
        let mut world = World::of([]);
        world.limits.families_at_once = 1;
        if has_table {
            world.ledger.make_store_table();
        }
        world.sync();
        world.put(records());
        let options = CycleOptions::default();
        let report = world.with_engine(&Slow(&world), async |engine| engine.sync(&options).await);
        assert_eq!(report.documents.len(), 20);
        world.ledger.row_reads()
    };
    assert_eq!(calls(true), calls(false));
    assert!(calls(false) <= 2 + 3, "twenty records in 200 seconds: {}", calls(false));
}
