//! Whatever fails, whenever: no record is posted twice, none is lost.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use sync_core::{
    engine::CycleOptions,
    memory::{PostFault, WriteFault},
    model::{CostRecord, DocumentKey},
    ports::{
        Clock as _, CycleStatus, Observer, Progress, ReadBatch, StateStore as _, StoredRecord,
    },
    states::{Reason, RecordState},
};

use crate::{
    records::{SC, add_up, change_order, co, d, dc, direct_cost, lines_of, req, requisition},
    records::{subcontract, vendor},
    world::{World, run},
};

pub(crate) fn everything() -> [CostRecord; 5] {
    [
        subcontract(1, &[(11, "03-300", "1,000")]),
        change_order(5, 1, &[(51, "26-100", "200")]),
        requisition(71, 1, &[(11, "400", "400", "40", "0")], "360"),
        subcontract(2, &[(21, "26-100", "70")]),
        direct_cost(9, "invoice", &[(91, "03-300", "30")]),
    ]
}

const BOOKS: &str = "2110 -390.00, 2115 -40.00, 2160 -870.00, 5010 1030.00, 5020 270.00";

/// Cycles until nothing is under way any more; faults have stopped.
pub(crate) fn converge(world: &World) {
    for _ in 0..4 {
        world.clock.advance(TimeDelta::minutes(11));
        world.cycle();
    }
    assert_eq!(world.sync().exit_code(), 0);
    assert!(world.sync().documents.is_empty(), "a finished cycle run again posts nothing");
}

pub(crate) fn assert_once(world: &World, when: &str) {
    let mut live: BTreeMap<DocumentKey, u32> = BTreeMap::new();
    for document in world.ledger.documents() {
        *live.entry(document.held.key).or_default() += 1;
    }
    assert!(live.values().all(|documents| *documents == 1), "{when}: {live:?}");
    assert_eq!(live.len(), 5, "{when}: {live:?}");
    assert_eq!(world.books(), BOOKS, "{when}");
    world.assert_reconciles();
}

#[test]
pub(crate) fn a_lost_answer_is_found_by_the_next_cycle_and_not_sent_again() {
    let world = World::of([subcontract(1, &[(11, "03-300", "100")])]);
    world.ledger.fail_next_post(PostFault::LostAfter);
    assert_eq!(world.sync().exit_code(), 2);
    assert_eq!(world.state(SC), RecordState::Uncertain);
    world.assert_reconciles();
    assert_eq!(world.cycle().exit_code(), 0, "presence counts at once");
    assert_eq!(world.state(SC), RecordState::Unchanged);
    assert_eq!(world.ledger.posts(), 1);
}

#[test]
fn absence_counts_only_after_the_settle_time() {
    let world = World::of([subcontract(1, &[(11, "03-300", "100")])]);
    world.ledger.fail_next_post(PostFault::LostBefore);
    world.sync();
    world.clock.advance(TimeDelta::seconds(599));
    assert_eq!(world.cycle().exit_code(), 2);
    assert_eq!((world.state(SC), world.ledger.posts()), (RecordState::Uncertain, 1));
    world.clock.advance(TimeDelta::seconds(1));
    assert_eq!(world.cycle().exit_code(), 0);
    assert_eq!(world.documents(SC), "#2 PurchaseInvoices 100.00");
}

#[test]
fn the_settle_time_is_that_of_the_store_whatever_the_clock_of_the_next_machine_says() {
    let world = World::of([subcontract(1, &[(11, "03-300", "100")])]);
    world.ledger.fail_next_post(PostFault::Late);
    world.sync();
    // Half a minute later another machine, whose clock is eleven minutes ahead, goes through a cycle.
    world.clock.advance(TimeDelta::seconds(30) + TimeDelta::minutes(11));
    world.store.keep_time(-TimeDelta::minutes(11));
    assert_eq!(world.cycle().exit_code(), 2);
    assert_eq!((world.state(SC), world.ledger.posts()), (RecordState::Uncertain, 1));
    world.ledger.commit_late();
    assert_eq!(world.cycle().exit_code(), 0);
    assert_eq!(world.documents(SC), "#1 PurchaseInvoices 100.00");

    // What is not there when the store's ten minutes are over is absent.
    let world = World::of([subcontract(1, &[(11, "03-300", "100")])]);
    world.store.keep_time(-TimeDelta::minutes(11));
    world.ledger.fail_next_post(PostFault::LostBefore);
    world.sync();
    world.clock.advance(TimeDelta::minutes(10));
    assert_eq!(world.cycle().exit_code(), 0);
    assert_eq!(world.documents(SC), "#2 PurchaseInvoices 100.00");
}

#[test]
fn a_document_that_is_committed_after_the_first_look_up_is_not_posted_twice() {
    let world = World::of([subcontract(1, &[(11, "03-300", "100")])]);
    world.ledger.fail_next_post(PostFault::Late);
    world.sync();
    world.clock.advance(TimeDelta::minutes(5));
    world.cycle();
    world.ledger.commit_late();
    world.clock.advance(TimeDelta::minutes(5));
    world.cycle();
    assert_eq!(world.documents(SC), "#1 PurchaseInvoices 100.00");
    assert_eq!((world.state(SC), world.ledger.posts()), (RecordState::Unchanged, 1));
}

#[test]
fn a_document_that_never_left_is_sent_in_the_next_cycle() {
    let world = World::of([subcontract(1, &[(11, "03-300", "100")])]);
    world.ledger.fail_next_post(PostFault::NotSent);
    assert_eq!(world.sync().exit_code(), 2);
    world.assert_cause(SC, Reason::RejectedBySap);
    assert_eq!(world.cycle().exit_code(), 0);
    assert_eq!(world.cost(), d("100"));
}

#[test]
fn a_failed_look_up_is_not_absence() {
    let world = World::of([subcontract(1, &[(11, "03-300", "100")])]);
    world.ledger.fail_next_post(PostFault::LostAfter);
    world.sync();
    world.clock.advance(TimeDelta::hours(1));
    world.ledger.fail_look_ups(1);
    let report = world.cycle();
    assert_eq!((report.exit_code(), report.failure), (1, None));
    let problems: Vec<_> = report.problems.iter().map(|problem| problem.failure.name).collect();
    assert_eq!(problems, ["ledger_unavailable"]);
    assert_eq!((world.state(SC), world.ledger.posts()), (RecordState::Uncertain, 1));
}

#[test]
fn where_an_intent_could_not_be_asked_about_its_record_waits_and_the_rest_goes_on() {
    let world = World::of([subcontract(1, &[(11, "03-300", "100")])]);
    world.ledger.fail_next_post(PostFault::Late);
    world.sync();
    // The process was killed before it could write that the record is uncertain.
    let killed = StoredRecord { state: RecordState::Pending, ..world.stored(SC) };
    let batch = ReadBatch { records: vec![killed], cursor: None };
    let writer = run(world.store.acquire_writer(world.clock.now())).unwrap();
    run(world.store.save_read(&batch, writer)).unwrap();
    run(world.store.release_writer(writer)).unwrap();
    world.put([direct_cost(9, "invoice", &[(91, "03-300", "30")])]);
    world.clock.advance(TimeDelta::hours(1));
    world.ledger.fail_look_ups(1);
    let report = world.cycle();
    assert_eq!((report.status, report.exit_code()), (CycleStatus::Partial, 1));
    assert_eq!(world.documents(dc(9)), "#1 JournalEntries 30.00");
    assert_eq!((world.state(SC), world.ledger.posts()), (RecordState::Uncertain, 2));
    world.ledger.commit_late();
    world.cycle();
    assert_eq!(world.documents(SC), "#1 PurchaseInvoices 100.00");
}

#[test]
fn a_look_up_that_fails_keeps_back_only_what_it_asked_for() {
    let mut world = World::of([]);
    world.sync();
    world.put((1..=5).map(|id| direct_cost(id, "invoice", &[(id, "03-300", "10")])));
    world.limits.look_ups_at_once = 1;
    world.ledger.fail_look_ups(1);
    let report = world.cycle();
    assert_eq!((report.status, report.documents.len()), (CycleStatus::Partial, 4));
    assert_eq!(report.problems[0].failure.name, "ledger_unavailable");
    assert_eq!(world.sync().documents.len(), 1);
}

#[test]
fn a_ledger_that_answers_no_look_up_is_not_asked_for_every_record() {
    let mut world = World::of([]);
    world.sync();
    world.put((1..=9).map(|id| direct_cost(id, "invoice", &[(id, "03-300", "10")])));
    world.limits.look_ups_at_once = 1;
    world.ledger.fail_look_ups(3);
    let report = world.cycle();
    assert_eq!((report.status, report.documents.len()), (CycleStatus::Partial, 0));
    assert_eq!(world.sync().documents.len(), 9);
}

#[test]
fn without_a_look_up_nothing_is_planned() {
    let world = World::of([]);
    world.sync();
    world.put([subcontract(1, &[(11, "03-300", "100")])]);
    world.ledger.fail_look_ups(1);
    let report = world.cycle();
    assert_eq!(report.status, CycleStatus::Partial);
    assert_eq!(report.problems[0].failure.name, "ledger_unavailable");
    assert_eq!(world.ledger.posts(), 0);
    world.sync();
    assert_eq!(world.cost(), d("100"));
}

#[test]
fn nothing_that_depends_on_an_uncertain_record_is_planned_and_the_rest_goes_on() {
    let world = World::of(everything());
    world.ledger.fail_next_post(PostFault::LostBefore);
    assert_eq!(world.sync().exit_code(), 2);
    assert_eq!(world.state(SC), RecordState::Uncertain);
    world.assert_cause(co(5), Reason::WaitingForParent);
    world.assert_cause(req(71), Reason::WaitingForParent);
    assert_eq!(world.cost(), d("100"), "the other commitment and the direct cost");
    converge(&world);
    assert_once(&world, "after the settle time");
}

#[test]
fn every_answer_lost_in_every_place_ends_in_the_same_books() {
    for fault in [PostFault::LostBefore, PostFault::LostAfter, PostFault::NotSent] {
        for at in 0..5 {
            let world = World::of(everything());
            world.ledger.fail_post_after(at, fault.clone());
            world.sync();
            converge(&world);
            assert_once(&world, &format!("{fault:?} at post {at}"));
        }
    }
}

#[test]
fn a_crash_at_every_write_of_the_store_ends_in_the_same_books() {
    let clean = World::of(everything());
    clean.sync();
    let writes = usize::try_from(clean.store.writes()).unwrap();
    assert!(writes > 10, "{writes} places to crash at");
    for fault in [WriteFault::Lost, WriteFault::Kept] {
        for at in 0..writes {
            let world = World::of(everything());
            world.store.fail_write_after(at, fault);
            let report = world.cycle();
            assert_ne!(report.status, CycleStatus::Done, "write {at} {fault:?}");
            converge(&world);
            assert_once(&world, &format!("{fault:?} at write {at}"));
        }
    }
}

#[test]
fn a_crash_together_with_a_lost_answer_ends_in_the_same_books() {
    let clean = World::of(everything());
    clean.sync();
    let writes = usize::try_from(clean.store.writes()).unwrap();
    for post in [PostFault::LostBefore, PostFault::LostAfter] {
        for at in 0..writes {
            let world = World::of(everything());
            world.ledger.fail_post_after(1, post.clone());
            world.store.fail_write_after(at, WriteFault::Lost);
            world.cycle();
            world.ledger.fail_next_post(PostFault::LostAfter);
            world.clock.advance(TimeDelta::minutes(11));
            world.cycle();
            converge(&world);
            assert_once(&world, &format!("{post:?}, write {at} lost"));
        }
    }
}

#[test]
fn a_crash_between_the_two_documents_of_a_vendor_change_ends_in_the_same_books() {
    for fault in [WriteFault::Lost, WriteFault::Kept] {
        for at in 0..8 {
            let world = World::of([subcontract(1, &[(11, "03-300", "100")])]);
            world.sync();
            world.edit(SC, |record| record.vendor = vendor(2));
            world.ledger.fail_post_after(1, PostFault::LostBefore);
            world.store.fail_write_after(at, fault);
            world.cycle();
            world.store.clear_faults();
            converge(&world);
            assert_eq!(world.books(), "2160 -100.00, 5010 100.00", "{fault:?} at write {at}");
            let of = |card: &str| {
                let held = world.held(SC);
                let own = held.iter().filter(|held| held.card_code.as_deref() == Some(card));
                own.map(|held| held.net_cost()).sum::<rust_decimal::Decimal>()
            };
            assert_eq!((of("V100"), of("V200")), (d("0"), d("100")), "{fault:?} at write {at}");
        }
    }
}

#[test]
fn a_store_restored_from_before_the_posts_posts_nothing_twice() {
    let world = World::of([]);
    world.sync();
    let backup = world.store.snapshot();
    world.put(everything());
    world.sync();
    world.store.restore(&backup);
    assert!(world.sync().documents.is_empty());
    assert_once(&world, "with a restored store");
}

/// Asks the cycle to stop after the first record that is settled.
struct StopAfterFirst<'a>(&'a World);

impl Observer for StopAfterFirst<'_> {
    fn on(&self, progress: &Progress) {
        if matches!(progress, Progress::Settled { .. }) {
            self.0.stop.request();
        }
    }
}

#[test]
fn a_cycle_that_is_stopped_finishes_what_is_under_way_and_begins_nothing_new() {
    let mut world = World::of(everything());
    let report = world.with_engine(&StopAfterFirst(&world), async |engine| {
        engine.sync(&CycleOptions::default()).await
    });
    assert_eq!((report.status, report.exit_code()), (CycleStatus::Partial, 1));
    assert_eq!(report.failure.unwrap().name, "stopped");
    assert_eq!(world.ledger.posts(), 1);
    world.assert_reconciles();
    world.stop = sync_core::engine::StopFlag::default();
    converge(&world);
    assert_once(&world, "after a stop");
}

#[test]
fn another_environment_never_writes_into_a_store() {
    let mut world = World::of(everything());
    world.sync();
    world.policy.start_date = crate::records::day("2026-02-01");
    let report = world.cycle();
    assert_eq!(report.status, CycleStatus::Failed);
    assert_eq!(report.failure.unwrap().name, "configuration");
}

#[test]
fn a_record_that_changes_while_it_is_uncertain_is_posted_once_and_then_adjusted() {
    for (fault, documents) in [
        (PostFault::LostAfter, "#1 PurchaseInvoices 100.00, #2 PurchaseInvoices 30.00"),
        (PostFault::LostBefore, "#2 PurchaseInvoices 130.00"),
    ] {
        let world = World::of([subcontract(1, &[(11, "03-300", "100")])]);
        world.ledger.fail_next_post(fault);
        world.sync();
        world.edit(SC, |record| {
            lines_of(record)[0].amount = d("130");
            add_up(record);
        });
        converge(&world);
        assert_eq!(world.documents(SC), documents);
    }
}

/// Lets a second writer take over and go through a whole cycle, once, as soon as the first writer
/// has posted a record and before it has written that down.
struct TakeOver<'a>(&'a World, std::sync::atomic::AtomicBool);

impl Observer for TakeOver<'_> {
    fn on(&self, progress: &Progress) {
        let posted = matches!(progress, Progress::Settled { documents: 1, .. });
        if posted && !self.1.swap(true, std::sync::atomic::Ordering::SeqCst) {
            assert_eq!(self.0.cycle().status, CycleStatus::Done);
        }
    }
}

#[test]
fn a_writer_that_was_replaced_writes_and_posts_nothing_more() {
    let world = World::of(everything());
    let observer = TakeOver(&world, std::sync::atomic::AtomicBool::new(false));
    let report =
        world.with_engine(&observer, async |engine| engine.sync(&CycleOptions::default()).await);
    assert_eq!((report.status, report.exit_code()), (CycleStatus::Failed, 1));
    assert_eq!(report.failure.unwrap().name, "lease_lost");
    converge(&world);
    assert_once(&world, "after a take-over");
}
