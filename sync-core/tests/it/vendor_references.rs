//! The vendor's number of a document, and what SAP's block of a repeated one is worth: no number gets past
//! it that a person did not let past, whatever was refused, lost or late before.

use chrono::TimeDelta;
use sync_core::{
    memory::PostFault,
    model::{Kind, SourceKey},
    policy::{Basis, OnChange},
    ports::{Refusal, UnkeyedInvoice},
    resolve::Verb,
    states::{Reason, RecordState},
};

use crate::{
    decisions::decide,
    moving::in_branch,
    records::{
        SC, add_up, d, day, key, lines_of, req, requisition, requisition_of, subcontract, vendor,
    },
    world::World,
};

const NUMBER: &str = "P865/SC-001";

/// A company that blocks repeated numbers, with one subcontract.
fn blocking() -> World {
    let mut world = World::of([subcontract(1, &[(11, "03-300", "100")])]);
    world.ledger = world.ledger.with_unique_references();
    world
}

fn numbers(world: &World, key: SourceKey) -> Vec<String> {
    world.postings(key).iter().map(|posting| posting.header().reference.clone()).collect()
}

fn post(world: &World, key: SourceKey) {
    decide(world, key, Verb::Post).unwrap();
}

fn set(world: &World, amount: &str) {
    world.edit(SC, |record| {
        lines_of(record)[0].amount = d(amount);
        add_up(record);
    });
}

/// An invoice of the vendor that is nothing like the subcontract but for its number.
fn keyed(reference: &str) -> UnkeyedInvoice {
    UnkeyedInvoice {
        doc_entry: 0,
        doc_num: None,
        card_code: "V100".to_owned(),
        reference: Some(reference.to_owned()),
        posting_date: day("2026-03-01"),
        currency: "USD".to_owned(),
        net: d("5"),
        total: d("5"),
        projects: ["P865".to_owned()].into(),
    }
}

/// The subcontract was refused for its number: a person answered that the invoice which holds it is another
/// cost, and SAP blocks it all the same.
fn refused() -> (World, i64) {
    let world = blocking();
    let entry = world.ledger.key_invoice(keyed(NUMBER));
    world.sync();
    world.assert_cause(SC, Reason::PossibleManualDuplicate);
    post(&world, SC);
    world.sync();
    world.assert_cause(SC, Reason::VendorReferenceTaken);
    (world, entry)
}

#[test]
fn a_number_that_is_taken_stays_refused_until_a_person_answers() {
    let (world, _) = refused();
    for posts in 2..4 {
        assert_eq!(world.sync().exit_code(), 2);
        world.assert_cause(SC, Reason::VendorReferenceTaken);
        assert_eq!((world.documents(SC).as_str(), world.ledger.posts()), ("", posts));
    }
    world.assert_reconciles();
    post(&world, SC);
    assert_eq!(world.sync().exit_code(), 0);
    assert_eq!(numbers(&world, SC), ["P865/SC-001 /4"]);
    world.assert_reconciles();
}

#[test]
fn a_number_that_is_free_again_is_posted_as_it_is() {
    let (world, entry) = refused();
    world.sync();
    world.ledger.cancel_keyed(entry);
    assert_eq!(world.sync().exit_code(), 0);
    assert_eq!(numbers(&world, SC), [NUMBER]);
}

#[test]
fn a_decision_that_lapsed_lets_no_other_number_past() {
    let (world, _) = refused();
    post(&world, SC);
    set(&world, "120");
    world.sync();
    // The answer to the invoice that looked like the record has lapsed, too.
    world.assert_cause(SC, Reason::PossibleManualDuplicate);
    post(&world, SC);
    for _ in 0..2 {
        world.sync();
        world.assert_cause(SC, Reason::VendorReferenceTaken);
    }
    assert_eq!(world.documents(SC), "");
}

#[test]
fn a_number_that_a_document_of_another_record_has_is_held() {
    let world = blocking();
    let mut twin = subcontract(2, &[(21, "03-300", "70")]);
    twin.number = "SC-001".to_owned();
    twin.vendor = vendor(1);
    world.put([twin]);
    world.sync();
    let two = key(Kind::Subcontract, 2);
    let (first, second) =
        if world.state(SC) == RecordState::Posted { (SC, two) } else { (two, SC) };
    for _ in 0..2 {
        let detail = world.assert_cause(second, Reason::VendorReferenceTaken);
        assert!(detail.contains("PurchaseInvoices 1"), "{detail}");
        assert_eq!((world.documents(second).as_str(), world.ledger.documents().len()), ("", 1));
        world.sync();
    }
    post(&world, second);
    world.sync();
    assert_eq!(numbers(&world, first), [NUMBER]);
    assert_eq!(numbers(&world, second), ["P865/SC-001 /4"]);
    world.assert_reconciles();
}

#[test]
fn two_requisitions_with_one_number_are_one_invoice_until_a_person_answers() {
    let mut world = World::on(Basis::Progress).with_invoices();
    world.ledger = world.ledger.with_unique_references();
    let mut second = requisition(72, 2, &[(11, "70", "30", "0", "0")], "30");
    requisition_of(&mut second).invoice_number = Some("PA-1".to_owned());
    world.put([
        subcontract(1, &[(11, "03-300", "100")]),
        requisition(71, 1, &[(11, "40", "40", "0", "0")], "40"),
        second,
    ]);
    for _ in 0..2 {
        world.sync();
        world.assert_cause(req(72), Reason::VendorReferenceTaken);
        assert_eq!(world.cost(), d("40"));
    }
    post(&world, req(72));
    world.sync();
    assert_eq!((numbers(&world, req(72)), world.cost()), (vec!["PA-1 /3".to_owned()], d("70")));
}

#[test]
fn a_late_document_and_the_one_in_its_place_have_one_number_of_which_sap_takes_one() {
    for late_first in [true, false] {
        let world = blocking();
        world.ledger.fail_next_post(PostFault::Late);
        world.sync();
        world.clock.advance(TimeDelta::minutes(11));
        if late_first {
            // It is executed between the look-up and the next document.
            world.ledger.fail_next_post(PostFault::Overtaken);
        }
        world.cycle();
        world.ledger.commit_late();
        world.sync();
        let (sequence, state) = match late_first {
            true => (1, RecordState::Unchanged),
            false => (2, RecordState::Posted),
        };
        assert_eq!(world.documents(SC), format!("#{sequence} PurchaseInvoices 100.00"));
        assert_eq!(numbers(&world, SC), [NUMBER]);
        assert_eq!(world.state(SC), state);
        world.assert_reconciles();
    }
}

#[test]
fn a_late_adjustment_and_the_one_in_its_place_have_one_number() {
    let world = blocking();
    world.sync();
    set(&world, "130");
    world.ledger.fail_next_post(PostFault::Late);
    world.sync();
    world.clock.advance(TimeDelta::minutes(11));
    world.cycle();
    world.ledger.commit_late();
    world.sync();
    assert_eq!(numbers(&world, SC), [NUMBER, "P865/SC-001 /2"]);
    assert_eq!(world.cost(), d("130"));
    set(&world, "150");
    world.sync();
    assert_eq!(numbers(&world, SC).last().unwrap(), "P865/SC-001 /4", "its sequence by then");
    world.assert_reconciles();
}

#[test]
fn a_number_that_a_person_let_past_is_the_same_in_the_next_try() {
    let (world, _) = refused();
    post(&world, SC);
    world.ledger.fail_next_post(PostFault::Late);
    world.sync();
    world.clock.advance(TimeDelta::minutes(11));
    world.cycle();
    world.ledger.commit_late();
    world.sync();
    assert_eq!(numbers(&world, SC), ["P865/SC-001 /2"]);
    world.assert_reconciles();
}

#[test]
fn a_second_document_of_a_record_has_a_number_of_its_own_whether_the_first_counts_or_not() {
    let world = blocking();
    world.sync();
    world.ledger.cancel(world.held(SC)[0].doc_entry);
    set(&world, "110");
    world.sync();
    world.assert_cause(SC, Reason::CancelledInSap);
    post(&world, SC);
    world.sync();
    assert_eq!(numbers(&world, SC), [NUMBER, "P865/SC-001 /2"]);
}

#[test]
fn a_draft_that_was_rejected_used_no_number() {
    let world = blocking();
    world.ledger.fail_next_post(PostFault::Draft);
    world.sync();
    world.ledger.reject(world.held(SC)[0].doc_entry);
    world.sync();
    world.assert_cause(SC, Reason::RefusedInSap);
    post(&world, SC);
    world.sync();
    assert_eq!(numbers(&world, SC), [NUMBER, NUMBER]);
    assert_eq!(world.held(SC)[1].key.sequence, 2);
}

#[test]
fn what_is_posted_anew_has_numbers_beside_those_that_were_taken_back() {
    let mut world = blocking();
    world.policy.on_change = OnChange::Restate;
    world.sync();
    for (amount, lost) in [("130", false), ("90", true)] {
        set(&world, amount);
        if lost {
            world.ledger.fail_post_after(1, PostFault::LostBefore);
            world.sync();
            world.clock.advance(TimeDelta::minutes(11));
        }
        world.sync();
    }
    let expected = ["", " /2", " /3", " /4", " /5"].map(|end| format!("{NUMBER}{end}"));
    assert_eq!(numbers(&world, SC), expected);
    assert_eq!(world.cost(), d("90"));
    world.assert_reconciles();
}

#[test]
fn what_moves_to_another_branch_has_numbers_beside_those_that_stand_in_the_former() {
    let mut world = in_branch(blocking(), 1);
    world.sync();
    world = in_branch(world, 2);
    world.sweep();
    assert_eq!(numbers(&world, SC), [NUMBER, "P865/SC-001 /2", "P865/SC-001 /3"]);
}

#[test]
fn a_refusal_for_another_reason_uses_no_number() {
    let world = blocking();
    let no = Refusal { reason: Reason::RejectedBySap, message: "(1) SAP says no".to_owned() };
    world.ledger.fail_next_post(PostFault::Refuse(no));
    world.sync();
    world.sync();
    assert_eq!(world.documents(SC), "#2 PurchaseInvoices 100.00");
    assert_eq!(numbers(&world, SC), [NUMBER]);
}
