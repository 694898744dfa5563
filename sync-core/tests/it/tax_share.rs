//! The share of the commitment documents' tax that requisitions move is cumulative: what was not in
//! SAP when one was posted is caught up by the next.

use sync_core::{
    memory::PostFault,
    model::SourceKey,
    ports::Refusal,
    states::{Reason, RecordState},
};

use crate::{
    records::subcontract,
    records::{SC, add_up, change_order, co, d, lines_of, req, requisition, requisition_of},
    world::{TRADE, UNBILLED, World},
};

/// A commitment of 1,000.00 with 8 %.
fn company() -> World {
    let world = World::with_tax();
    world.put([subcontract(1, &[(11, "03-300", "1,000")])]);
    world.sync();
    world
}

fn bill(world: &World, number: i64, to_date: &str, work: &str) {
    world.put([requisition(70 + number, number, &[(11, to_date, work, "0", "0")], work)]);
    world.sync();
}

fn refuse_next(world: &World) {
    let refusal = Refusal { reason: Reason::RejectedBySap, message: "no".to_owned() };
    world.ledger.fail_next_post(PostFault::Refuse(refusal));
}

fn approve(world: &World, id: i64, amount: &str) {
    world.put([change_order(id, 1, &[(id * 10 + 1, "03-300", amount)])]);
    world.sync();
}

fn state(world: &World, key: SourceKey) -> RecordState {
    world.stored(key).state
}

#[test]
fn the_tax_of_a_change_order_that_was_not_in_sap_is_caught_up_by_the_next_requisition() {
    let world = company();
    // The change order is refused; the requisition bills within what stands and is posted.
    refuse_next(&world);
    approve(&world, 5, "500");
    assert_eq!(state(&world, co(5)), RecordState::Rejected);
    refuse_next(&world);
    bill(&world, 1, "600", "600");
    assert_eq!(state(&world, req(71)), RecordState::Posted);
    assert_eq!(world.balance(TRADE), d("-648"), "600.00 with 8 % of it: 48 of 80");
    world.sync();
    assert_eq!(state(&world, co(5)), RecordState::Posted);
    assert_eq!(world.balance(UNBILLED), d("-972"), "1,620.00 with tax less 648.00");
    bill(&world, 2, "1,500", "900");
    assert_eq!(world.balance(UNBILLED), d("0"));
    assert_eq!(world.balance(TRADE), d("-1,620"));
    world.assert_reconciles();
}

#[test]
fn a_change_order_of_another_rate_moves_the_share_of_what_was_billed_before_with_the_next_one() {
    let mut world = company();
    bill(&world, 1, "600", "600");
    assert_eq!(world.balance(TRADE), d("-648"));
    // 500.00 without tax: 80.00 on 1,500.00 are 32.00 on what is billed, 48.00 were moved.
    world.project_row.tax_code = Some("EX".to_owned());
    approve(&world, 5, "500");
    world.sync();
    assert_eq!(world.balance(TRADE), d("-648"), "a posted requisition stays as it is");
    bill(&world, 2, "900", "300");
    assert_eq!(world.balance(TRADE), d("-948"), "80 x 900 / 1,500 = 48 were moved already");
    bill(&world, 3, "1,500", "600");
    assert_eq!(world.balance(UNBILLED), d("0"));
    assert_eq!(world.balance(TRADE), d("-1,580"));
    world.assert_reconciles();
}

#[test]
fn a_reduction_between_two_requisitions_gives_its_tax_back_with_the_next_one() {
    let world = company();
    bill(&world, 1, "400", "400");
    world.edit(SC, |record| {
        lines_of(record)[0].amount = d("500");
        add_up(record);
    });
    world.sync();
    bill(&world, 2, "500", "100");
    assert_eq!((world.balance(UNBILLED), world.balance(TRADE)), (d("0"), d("-540")));
}

#[test]
fn an_earlier_requisition_that_is_edited_after_a_change_order_leaves_the_chain_whole() {
    let world = company();
    bill(&world, 1, "600", "600");
    approve(&world, 5, "500");
    bill(&world, 2, "900", "300");
    world.edit(req(71), |record| {
        let requisition = requisition_of(record);
        requisition.items[0].completed_and_stored = d("500");
        requisition.items[0].work_this_period = d("500");
        requisition.completed_and_stored = Some(d("500"));
        requisition.current_payment_due = Some(d("500"));
    });
    world.edit(req(72), |record| {
        let requisition = requisition_of(record);
        requisition.items[0].work_this_period = d("400");
        requisition.current_payment_due = Some(d("400"));
    });
    world.sync();
    assert_eq!(world.balance(TRADE), d("-972"), "900.00 with 8 %");
    bill(&world, 3, "1,500", "600");
    assert_eq!((world.balance(UNBILLED), world.balance(TRADE)), (d("0"), d("-1,620")));
    world.assert_reconciles();
}

#[test]
fn after_the_last_requisition_a_change_order_and_its_billing_end_at_nothing_unbilled() {
    let world = company();
    bill(&world, 1, "1,000", "1,000");
    assert_eq!(world.balance(UNBILLED), d("0"));
    approve(&world, 5, "33.33");
    bill(&world, 2, "1,033.33", "33.33");
    assert_eq!(world.balance(UNBILLED), d("0"));
    assert_eq!(world.balance(TRADE), d("-1,116"), "1,033.33 with 80.00 and 2.67");
}

#[test]
fn the_tax_of_a_requisition_that_was_deleted_and_reversed_moves_with_the_one_in_its_place_once() {
    let world = company();
    bill(&world, 1, "600", "600");
    assert_eq!(world.balance(TRADE), d("-648"));
    world.edit(req(71), |record| record.deleted = true);
    world.sync();
    world.clock.advance(chrono::TimeDelta::hours(12));
    world.sync();
    assert_eq!(world.books(), "1610 80.00, 2160 -1080.00, 5010 1000.00", "reversed in full");
    bill(&world, 2, "600", "600");
    assert_eq!(world.documents(req(72)), "#1 JournalEntries 648.00");
    assert_eq!((world.balance(UNBILLED), world.balance(TRADE)), (d("-432"), d("-648")));
    bill(&world, 3, "1,000", "400");
    assert_eq!((world.balance(UNBILLED), world.balance(TRADE)), (d("0"), d("-1,080")));
    world.assert_reconciles();
}
