//! Records that leave their postable status, are voided or deleted.

use chrono::TimeDelta;
use rust_decimal::Decimal;
use sync_core::{
    policy::{Basis, OnChange},
    states::{Reason, RecordState},
};

use crate::{
    records::{SC, change_order, co, d, dc, direct_cost, lines_of, req, requisition, subcontract},
    world::World,
};

fn posted() -> World {
    let world = World::of([
        subcontract(1, &[(11, "03-300", "100"), (12, "26-100", "50")]),
        direct_cost(9, "invoice", &[(91, "03-300", "30")]),
    ]);
    world.sync();
    world
}

#[test]
fn one_observation_never_reverses_money() {
    let world = posted();
    world.edit(SC, |record| record.status = "Draft".to_owned());
    assert_eq!(world.sync().exit_code(), 0);
    world.assert_cause(SC, Reason::Settling);
    world.clock.advance(TimeDelta::hours(24));
    world.edit(SC, |record| record.status = "Approved".to_owned());
    assert!(world.sync().documents.is_empty());
    assert_eq!(world.state(SC), RecordState::Unchanged);
    assert_eq!(world.stored(SC).settling, None);
}

#[test]
pub(crate) fn two_cycles_within_the_settle_time_are_not_enough() {
    let world = posted();
    world.edit(SC, |record| record.status = "Draft".to_owned());
    for _ in 0..5 {
        assert!(world.sync().documents.is_empty());
    }
    world.assert_cause(SC, Reason::Settling);
}

#[test]
fn a_long_time_in_one_cycle_is_not_enough() {
    let world = posted();
    world.edit(SC, |record| record.status = "Draft".to_owned());
    world.sync();
    world.clock.advance(TimeDelta::hours(48));
    assert!(world.cycle().documents.len() == 1, "the second observation, after the time");
}

#[test]
fn after_cycles_and_time_everything_posted_is_reversed() {
    let world = posted();
    world.edit(SC, |record| record.status = "Void".to_owned());
    world.edit(dc(9), |record| record.status = "draft".to_owned());
    world.sync();
    world.assert_reconciles();
    world.clock.advance(TimeDelta::hours(12));
    world.sync();
    assert_eq!(world.books(), "");
    assert_eq!(world.documents(SC), "#1 PurchaseInvoices 150.00, #2 PurchaseCreditNotes 150.00");
    assert_eq!(world.documents(dc(9)), "#1 JournalEntries 30.00, #2 JournalEntries 30.00");
    world.clock.advance(TimeDelta::hours(12));
    assert!(world.sync().documents.is_empty(), "reversed once");
    assert_eq!(world.state(SC), RecordState::NotPostable);
    world.assert_reconciles();
}

#[test]
fn a_reversed_record_that_is_approved_again_is_posted_again() {
    let world = posted();
    world.edit(SC, |record| record.status = "Void".to_owned());
    world.sync();
    world.clock.advance(TimeDelta::hours(12));
    world.sync();
    world.edit(SC, |record| record.status = "Approved".to_owned());
    world.sync();
    assert_eq!(
        world.documents(SC),
        "#1 PurchaseInvoices 150.00, #2 PurchaseCreditNotes 150.00, #3 PurchaseInvoices 150.00"
    );
}

#[test]
fn a_change_order_waits_for_a_commitment_that_was_taken_back_and_is_held_when_it_comes_back() {
    let world = posted();
    world.edit(SC, |record| record.status = "Void".to_owned());
    world.sync();
    world.clock.advance(TimeDelta::hours(12));
    world.sync();
    let frozen = |is: bool| {
        world.ledger.edit_catalog(|catalog| catalog.partners.get_mut("V100").unwrap().frozen = is);
    };
    frozen(true);
    world.edit(SC, |record| record.status = "Approved".to_owned());
    world.put([change_order(5, 1, &[(51, "03-300", "50")])]);
    world.sync();
    world.assert_cause(SC, Reason::VendorInvalid);
    world.assert_cause(co(5), Reason::WaitingForParent);
    frozen(false);
    world.sync();
    assert_eq!(world.documents(co(5)), "#1 PurchaseInvoices 50.00", "after its commitment");
    world.assert_reconciles();
}

#[test]
fn absence_in_a_full_list_settles_before_it_reverses() {
    let world = posted();
    world.source.remove(&SC).unwrap();
    assert!(world.sync().documents.is_empty(), "a list of changes says nothing of absence");
    assert_eq!(world.state(SC), RecordState::Posted);
    world.sweep();
    world.assert_cause(SC, Reason::Settling);
    world.clock.advance(TimeDelta::hours(12));
    world.sync();
    assert_eq!(world.balance("5020"), Decimal::ZERO);
    assert_eq!(world.cost(), d("30"));
}

#[test]
fn an_absent_record_that_comes_back_stands_unchanged() {
    let world = posted();
    let record = world.source.remove(&SC).unwrap();
    world.sweep();
    world.source.put(record);
    world.sync();
    assert_eq!(world.state(SC), RecordState::Unchanged);
    assert_eq!(world.ledger.posts(), 2);
}

#[test]
pub(crate) fn a_commitment_that_ends_with_something_billed_is_ended_early() {
    let world = posted();
    world.put([requisition(71, 1, &[(11, "40", "40", "0", "0")], "40")]);
    world.sync();
    world.edit(SC, |record| record.status = "Terminated".to_owned());
    world.sync();
    world.assert_cause(SC, Reason::Settling);
    world.clock.advance(TimeDelta::hours(12));
    assert_eq!(world.sync().exit_code(), 2);
    let detail = world.assert_cause(SC, Reason::EndedEarly);
    assert!(detail.contains("150") && detail.contains("40"), "{detail}");
    assert_eq!(world.cost(), d("180"));
    world.assert_reconciles();
}

#[test]
fn a_change_order_of_a_commitment_that_was_taken_back_waits_for_it() {
    for basis in [Basis::Commitment, Basis::CommitmentJournal, Basis::Encumbrance] {
        let world = World::on(basis);
        world.put([subcontract(1, &[(11, "03-300", "100")])]);
        world.sync();
        world.edit(SC, |record| record.status = "Void".to_owned());
        for _ in 0..2 {
            world.clock.advance(TimeDelta::hours(12));
            world.sync();
        }
        assert_eq!(world.books(), "", "{basis:?}");
        world.put([change_order(5, 1, &[(51, "03-300", "10")])]);
        world.sync();
        assert_eq!(world.books(), "", "{basis:?}");
        world.assert_cause(co(5), Reason::WaitingForParent);
        world.assert_reconciles();
        // Approved again, the commitment is posted anew, and its change order with it.
        world.edit(SC, |record| record.status = "Approved".to_owned());
        world.sync();
        assert_eq!(world.state(co(5)), RecordState::Posted, "{basis:?}");
        world.assert_reconciles();
    }
}

#[test]
fn a_requisition_with_a_later_one_posted_is_held() {
    let world = posted();
    world.put([
        requisition(71, 1, &[(11, "40", "40", "0", "0")], "40"),
        requisition(72, 2, &[(11, "60", "20", "0", "0")], "20"),
    ]);
    world.sync();
    world.edit(req(71), |record| record.status = "draft".to_owned());
    world.sync();
    world.clock.advance(TimeDelta::hours(12));
    world.sync();
    let detail = world.assert_cause(req(71), Reason::ChangedAfterPosting);
    assert!(detail.contains("SC-001-2"), "{detail}");
}

#[test]
fn the_last_requisition_is_reversed_as_it_was_posted() {
    let world = posted();
    world.put([requisition(71, 1, &[(11, "40", "40", "4", "0")], "36")]);
    world.sync();
    world.edit(req(71), |record| record.status = "revise_and_resubmit".to_owned());
    world.sync();
    world.clock.advance(TimeDelta::hours(12));
    world.sync();
    assert_eq!(world.books(), "2110 -30.00, 2160 -150.00, 5010 130.00, 5020 50.00");
}

#[test]
fn a_paid_document_is_not_reversed() {
    let world = posted();
    world.ledger.pay(world.held(SC)[0].doc_entry, d("150"));
    world.edit(SC, |record| record.status = "Void".to_owned());
    world.sync();
    world.clock.advance(TimeDelta::hours(12));
    world.sync();
    world.assert_cause(SC, Reason::WouldExceedOpenBalance);
}

#[test]
fn on_change_hold_leaves_the_reversal_to_a_person() {
    let mut world = posted();
    world.policy.on_change = OnChange::Hold;
    world.edit(SC, |record| record.status = "Void".to_owned());
    world.sync();
    world.edit(dc(9), |record| record.deleted = true);
    world.sync();
    world.clock.advance(TimeDelta::hours(12));
    world.sync();
    let detail = world.assert_cause(SC, Reason::ChangedAfterPosting);
    assert!(detail.starts_with("the subcontract is Void in Procore, SAP holds 150"), "{detail}");
    let detail = world.assert_cause(dc(9), Reason::ChangedAfterPosting);
    assert!(detail.starts_with("the direct cost is deleted in Procore, SAP holds 30"), "{detail}");
}

#[test]
fn a_voided_change_order_is_reversed_alone() {
    let world = posted();
    world.put([change_order(5, 1, &[(51, "03-300", "25")])]);
    world.sync();
    world.edit(co(5), |record| record.status = "void".to_owned());
    world.sync();
    world.clock.advance(TimeDelta::hours(12));
    world.sync();
    assert_eq!(world.documents(co(5)), "#1 PurchaseInvoices 25.00, #2 PurchaseCreditNotes 25.00");
    assert_eq!(world.cost(), d("180"));
}

#[test]
fn a_deleted_mark_is_absence() {
    let world = posted();
    world.edit(dc(9), |record| record.deleted = true);
    world.sync();
    let detail = world.assert_cause(dc(9), Reason::Settling);
    assert!(detail.starts_with("seen as deleted in 1 of 2 cycles"), "{detail}");
    world.clock.advance(TimeDelta::hours(12));
    world.sync();
    assert_eq!(world.balance("2110"), Decimal::ZERO);
}

#[test]
fn a_record_that_waits_says_the_status_in_which_it_was_seen() {
    let world = posted();
    world.edit(SC, |record| record.status = "Draft".to_owned());
    world.source.remove(&dc(9));
    world.sync();
    let detail = world.assert_cause(SC, Reason::Settling);
    assert!(detail.starts_with("seen as Draft in 1 of 2 cycles"), "{detail}");
    world.sweep();
    let detail = world.assert_cause(dc(9), Reason::Settling);
    assert!(detail.starts_with("seen as deleted in"), "{detail}");
}

#[test]
fn a_requisition_whose_predecessor_was_reversed_waits_for_previous() {
    let world = posted();
    world.put([requisition(71, 1, &[(11, "40", "40", "0", "0")], "40")]);
    world.sync();
    world.edit(req(71), |record| record.status = "draft".to_owned());
    world.put([requisition(72, 2, &[(11, "60", "20", "0", "0")], "20")]);
    world.sync();
    world.assert_cause(req(72), Reason::WaitingForPrevious);
    world.clock.advance(TimeDelta::hours(12));
    world.sync();
    world.assert_cause(req(72), Reason::WaitingForPrevious);
    assert_eq!(world.balance("2160"), d("-150"), "the first one is reversed");
    world.edit(req(71), |record| record.status = "approved".to_owned());
    world.sync();
    assert_eq!(world.balance("2160"), d("-90"), "both are posted");
    assert_eq!(world.balance("2110"), d("-90"), "with the direct cost");
}

#[test]
fn a_change_order_goes_the_way_of_its_commitment() {
    let world = posted();
    world.put([change_order(5, 1, &[(51, "03-300", "20")])]);
    world.sync();
    world.edit(SC, |record| record.status = "Void".to_owned());
    world.sync();
    world.assert_cause(SC, Reason::Settling);
    world.assert_cause(co(5), Reason::Settling);
    world.clock.advance(TimeDelta::hours(12));
    world.sync();
    assert_eq!(world.documents(co(5)), "#1 PurchaseInvoices 20.00, #2 PurchaseCreditNotes 20.00");
    assert_eq!(world.documents(SC), "#1 PurchaseInvoices 150.00, #2 PurchaseCreditNotes 150.00");
    assert!(world.sync().documents.is_empty(), "reversed once");
}

#[test]
fn a_voided_change_order_that_was_billed_is_not_reversed() {
    let world = World::of([
        subcontract(1, &[(11, "03-300", "1,000")]),
        change_order(5, 1, &[(51, "03-300", "100")]),
        requisition(71, 1, &[(11, "1,050", "1,050", "0", "0")], "1,050"),
    ]);
    world.sync();
    world.edit(co(5), |record| record.status = "void".to_owned());
    for _ in 0..3 {
        world.clock.advance(TimeDelta::hours(12));
        world.sync();
    }
    let detail = world.assert_cause(co(5), Reason::OverBilling);
    assert!(detail.contains("with this reduction only 1000 is approved"), "{detail}");
    assert_eq!(world.cost(), Decimal::from(1_100));
}

#[test]
fn a_shift_that_names_no_vendor_is_reversed_with_the_documents_of_the_last_one() {
    let world = World::of([subcontract(1, &[(11, "03-300", "600"), (12, "26-100", "400")])]);
    world.sync();
    world.edit(SC, |record| record.vendor = crate::records::vendor(2));
    world.sync();
    world.edit(SC, |record| {
        lines_of(record)[0].amount = Decimal::from(500);
        lines_of(record)[1].amount = Decimal::from(500);
    });
    world.sync();
    world.edit(SC, |record| record.status = "Void".to_owned());
    for _ in 0..3 {
        world.clock.advance(TimeDelta::hours(12));
        world.sync();
    }
    assert_eq!(
        world.documents(SC),
        "#1 PurchaseInvoices 1000.00, #2 PurchaseCreditNotes 1000.00, #3 PurchaseInvoices 1000.00, \
         #4 JournalEntries 100.00, #5 PurchaseCreditNotes 1000.00"
    );
    assert_eq!(world.books(), "");
}
