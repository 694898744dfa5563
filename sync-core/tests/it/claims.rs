//! A ledger that compares before it posts: what no look-up can close is closed there.

use chrono::TimeDelta;
use sync_core::{
    memory::{MemoryLedger, MemoryStore, PostFault},
    states::{Reason, RecordState},
};

use crate::{
    exactly_once::{assert_once, converge, everything},
    records::{SC, add_up, d, lines_of, subcontract},
    world::{World, catalog},
};

/// One subcontract, whose first document is still under way in SAP when the time to settle is over.
fn late(claims: bool) -> World {
    let mut world = World::of([subcontract(1, &[(11, "03-300", "100")])]);
    if claims {
        world.ledger = MemoryLedger::new(catalog()).with_claims();
    }
    world.ledger.fail_next_post(PostFault::Late);
    world.sync();
    assert_eq!(world.state(SC), RecordState::Uncertain);
    world.clock.advance(TimeDelta::minutes(11));
    world
}

#[test]
fn a_request_that_runs_after_it_was_replaced_is_refused_only_where_documents_are_claimed() {
    for (claims, stands) in [
        (false, "#2 PurchaseInvoices 100.00, #1 PurchaseInvoices 100.00"),
        (true, "#2 PurchaseInvoices 100.00"),
    ] {
        let world = late(claims);
        assert_eq!(world.cycle().exit_code(), 0, "absent for long enough, posted again");
        world.ledger.commit_late();
        assert_eq!(world.documents(SC), stands);
    }
}

#[test]
fn a_replacement_that_the_late_request_overtakes_is_refused_and_the_late_one_counts() {
    let world = late(true);
    world.ledger.fail_next_post(PostFault::Overtaken);
    assert_eq!(world.cycle().exit_code(), 2);
    assert_eq!(world.state(SC), RecordState::Rejected);
    world.assert_cause(SC, Reason::RejectedBySap);
    assert_eq!(world.documents(SC), "#1 PurchaseInvoices 100.00");
    assert_eq!(world.cycle().exit_code(), 0);
    assert_eq!(world.state(SC), RecordState::Unchanged);
    assert_eq!(world.documents(SC), "#1 PurchaseInvoices 100.00");
    world.assert_reconciles();

    let world = late(false);
    world.ledger.fail_next_post(PostFault::Overtaken);
    world.cycle();
    assert!(world.documents(SC).contains("#1") && world.documents(SC).contains("#2"));
}

#[test]
fn a_writer_with_an_older_state_does_not_post_beside_a_newer_one() {
    // Two states, neither of which knows the other: no table for their row, and the documents come late.
    let mut world = late(true);
    let first = std::mem::replace(&mut world.store, MemoryStore::new());
    world.sync();
    assert_eq!(world.documents(SC), "#1 PurchaseInvoices 100.00", "the second state's own first");
    world.ledger.commit_late();
    assert_eq!(world.documents(SC), "#1 PurchaseInvoices 100.00");
    world.store = first;
    world.cycle();
    assert_eq!(world.documents(SC), "#1 PurchaseInvoices 100.00");
    assert_eq!(world.state(SC), RecordState::Unchanged);
    world.assert_reconciles();
}

#[test]
fn a_change_is_posted_after_the_document_before_it_and_every_fault_leaves_one_of_each() {
    for fault in
        [PostFault::LostAfter, PostFault::LostBefore, PostFault::NotSent, PostFault::Overtaken]
    {
        let mut world = World::of(everything());
        world.ledger = MemoryLedger::new(catalog()).with_claims();
        world.ledger.fail_next_post(fault.clone());
        world.sync();
        converge(&world);
        assert_once(&world, &format!("{fault:?}"));
        world.ledger.fail_next_post(fault);
        world.edit(SC, |record| {
            lines_of(record)[0].amount = d("1,100");
            add_up(record);
        });
        converge(&world);
        assert_eq!(world.cost(), d("1400"));
        world.assert_reconciles();
    }
}
