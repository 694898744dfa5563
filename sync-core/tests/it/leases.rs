//! The right to write, which may end between an intent and its document.

use std::time::Duration;

use chrono::TimeDelta;
use sync_core::{
    engine::EngineLimits,
    memory::PostFault,
    model::DocumentKey,
    ports::{CycleStatus, IntentState, StateStore as _},
    states::{Reason, RecordState},
};

use crate::{
    exactly_once::{assert_once, converge, everything},
    records::{SC, add_up, d, lines_of, subcontract, vendor},
    world::{World, run},
};

const HOUR: Duration = Duration::from_secs(3_600);

fn intent_states(world: &World) -> Vec<IntentState> {
    run(world.store.intents(&SC)).unwrap().iter().map(|intent| intent.state).collect()
}

#[test]
fn no_document_is_sent_when_the_right_to_write_might_not_outlast_it() {
    let needed = EngineLimits::default().post_time;
    for left in [Duration::ZERO, Duration::from_secs(30), needed] {
        let world = World::of([subcontract(1, &[(11, "03-300", "100")])]);
        world.store.let_the_right_last([left]);
        let report = world.cycle();
        assert_eq!((report.status, report.exit_code()), (CycleStatus::Failed, 1), "{left:?}");
        let failure = report.failure.unwrap();
        assert_eq!(failure.name, "lease_lost");
        let told = format!("lasts {} s more", left.as_secs());
        assert!(failure.detail.contains(&told), "{}", failure.detail);
        assert_eq!(world.ledger.posts(), 0, "{left:?}");
        // Its intent was written before, and the writer could still say what became of it.
        assert_eq!(intent_states(&world), [IntentState::Rejected]);
        assert_eq!(world.state(SC), RecordState::Rejected);
        world.assert_cause(SC, Reason::RejectedBySap);
        // No waiting for the settle time: what was not sent is sent at once, under its next number.
        assert_eq!(world.cycle().exit_code(), 0);
        assert_eq!(world.documents(SC), "#2 PurchaseInvoices 100.00");
    }
    let world = World::of([subcontract(1, &[(11, "03-300", "100")])]);
    world.store.let_the_right_last([needed + Duration::from_secs(1)]);
    assert_eq!(world.cycle().exit_code(), 0);
    assert_eq!(world.documents(SC), "#1 PurchaseInvoices 100.00");
}

#[test]
fn the_right_is_asked_for_before_each_document_of_a_record() {
    let world = World::of([subcontract(1, &[(11, "03-300", "100")])]);
    world.sync();
    world.edit(SC, |record| record.vendor = vendor(2));
    // The credit memo for the first vendor goes out, the invoice of the second does not.
    world.store.let_the_right_last([HOUR, Duration::ZERO]);
    let posts = world.ledger.posts();
    assert_eq!(world.cycle().status, CycleStatus::Failed);
    assert_eq!(world.ledger.posts(), posts + 1);
    let states = intent_states(&world);
    assert_eq!(states, [IntentState::Posted, IntentState::Posted, IntentState::Rejected]);
    converge(&world);
    assert_eq!(world.books(), "2160 -100.00, 5010 100.00");
}

#[test]
fn a_right_that_ends_at_any_document_of_a_cycle_ends_in_the_same_books() {
    for at in 0..5 {
        for fault in [None, Some(PostFault::LostAfter), Some(PostFault::LostBefore)] {
            let world = World::of(everything());
            let answers = std::iter::repeat_n(HOUR, at).chain([Duration::from_secs(1)]);
            world.store.let_the_right_last(answers);
            if let Some(fault) = &fault {
                world.ledger.fail_next_post(fault.clone());
            }
            let report = world.cycle();
            // Behind an uncertain record fewer documents are sent than the right is planned for.
            assert!(fault.is_some() || report.status == CycleStatus::Failed, "at document {at}");
            converge(&world);
            assert_once(&world, &format!("{fault:?}, the right ended at document {at}"));
        }
    }
}

/// Another process took over while this one was between intent and document, and does what a new
/// owner does: what it does not find it believes absent only after the settle time.
#[test]
fn an_owner_that_was_replaced_between_intent_and_document_sends_nothing_and_the_new_one_waits() {
    let world = World::of([subcontract(1, &[(11, "03-300", "100")])]);
    world.store.replace_after_intents();
    let report = world.cycle();
    assert_eq!(report.status, CycleStatus::Failed);
    assert_eq!(report.failure.unwrap().name, "lease_lost");
    assert_eq!(world.ledger.posts(), 0);
    assert_eq!(
        intent_states(&world),
        [IntentState::InFlight],
        "nobody could say what became of it"
    );

    assert_eq!(world.cycle().exit_code(), 2);
    assert_eq!(world.state(SC), RecordState::Uncertain);
    world.clock.advance(TimeDelta::seconds(599));
    assert_eq!(world.cycle().exit_code(), 2);
    assert_eq!(world.ledger.posts(), 0);
    world.clock.advance(TimeDelta::seconds(1));
    assert_eq!(world.cycle().exit_code(), 0);
    let posted: Vec<DocumentKey> =
        world.ledger.documents().iter().map(|document| document.held.key).collect();
    assert_eq!(posted, [DocumentKey { source: SC, sequence: 2 }]);
}

#[test]
fn a_changed_record_is_planned_anew_after_a_right_that_ended() {
    let world = World::of([subcontract(1, &[(11, "03-300", "100")])]);
    world.store.let_the_right_last([Duration::ZERO]);
    world.cycle();
    world.edit(SC, |record| {
        lines_of(record)[0].amount = d("130");
        add_up(record);
    });
    assert_eq!(world.cycle().exit_code(), 0);
    assert_eq!(world.documents(SC), "#2 PurchaseInvoices 130.00");
}
