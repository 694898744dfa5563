//! The cut-over: what stood before the start date is on the opening list and is not posted.

use sync_core::{
    model::{Kind, ReadKind},
    ports::{CycleStatus, Signature, Silent},
    states::{Reason, RecordState},
};

use crate::{
    reading::unreadable,
    records::{PROJECT, SC, add_up, change_order, change_order_of, co, commitment_of, d, day, dc},
    records::{
        direct_cost, direct_cost_of, key, lines_of, req, requisition, requisition_of, subcontract,
    },
    world::World,
};

/// A commitment of last year with one requisition of last year: 4,000 billed, 400 retained.
fn carried_over() -> World {
    let mut commitment = subcontract(1, &[(11, "03-300", "10,000")]);
    commitment_of(&mut commitment).agreed_on = Some(day("2025-06-01"));
    let mut billed = requisition(71, 1, &[(11, "4,000", "4,000", "400", "0")], "3,600");
    requisition_of(&mut billed).period_end = Some(day("2025-12-31"));
    World::of([commitment, billed])
}

fn old_cost(id: i64) -> sync_core::model::CostRecord {
    let mut record = direct_cost(id, "invoice", &[(91, "03-300", "300")]);
    direct_cost_of(&mut record).dated = Some(day("2025-12-20"));
    record
}

#[test]
fn records_before_the_start_date_are_on_the_opening_list_and_not_posted() {
    let world = carried_over();
    world.put([old_cost(9)]);
    let report = world.sync();
    assert_eq!((report.exit_code(), report.counts[&RecordState::Opening]), (0, 3));
    assert_eq!(world.ledger.posts(), 0);
    let opening = world.stored(SC).opening.unwrap();
    assert_eq!(
        (opening.amount, opening.billed, opening.retained),
        (d("10,000"), d("4,000"), d("400"))
    );
    assert_eq!(world.stored(req(71)).opening.unwrap().amount, d("4,000"));
    let project = world.reconcile().projects.remove(0);
    assert_eq!(project.procore_total(), d("4,300"), "billed to date, and the direct cost");
    assert_eq!(project.terms.opening, d("4,300"));
    world.assert_reconciles();
}

#[test]
fn requisitions_of_a_carried_over_commitment_post_cost_payable_and_retainage() {
    let world = carried_over();
    world.sync();
    world.put([requisition(72, 2, &[(11, "6,500", "2,500", "650", "0")], "2,250")]);
    world.sync();
    assert_eq!(world.books(), "2110 -2250.00, 2115 -250.00, 5010 2500.00");
    assert!(world.sync().documents.is_empty());
    world.assert_reconciles();
}

#[test]
fn retainage_of_the_opening_list_may_be_released() {
    let world = carried_over();
    world.sync();
    world.put([requisition(72, 2, &[(11, "4,000", "0", "0", "400")], "400")]);
    world.sync();
    assert_eq!(world.books(), "2110 -400.00, 2115 400.00");
    assert_eq!(world.state(req(72)), RecordState::Posted);
}

#[test]
fn changes_and_change_orders_of_a_carried_over_commitment_are_not_posted() {
    let world = carried_over();
    world.sync();
    world.edit(SC, |record| {
        lines_of(record)[0].amount = d("12,000");
        add_up(record);
    });
    world.put([change_order(5, 1, &[(51, "03-300", "1,000")])]);
    assert_eq!(world.sync().exit_code(), 0);
    assert_eq!(world.state(SC), RecordState::Opening);
    assert_eq!(world.state(co(5)), RecordState::Opening);
    assert_eq!(world.ledger.posts(), 0);
    world.assert_reconciles();
}

#[test]
pub(crate) fn a_change_of_another_record_on_the_list_is_changed_before_start() {
    let world = World::of([old_cost(9)]);
    world.sync();
    world.edit(dc(9), |record| record.title = "only a text".to_owned());
    assert_eq!(world.sync().exit_code(), 0);
    world.edit(dc(9), |record| {
        lines_of(record)[0].amount = d("350");
        add_up(record);
    });
    world.sync();
    let detail = world.assert_cause(dc(9), Reason::ChangedBeforeStart);
    assert!(detail.contains("300"), "{detail}");
    world.assert_reconciles();
}

#[test]
pub(crate) fn a_record_that_comes_later_with_an_earlier_date_is_late_before_start() {
    let world = World::of([]);
    world.sync();
    world.put([old_cost(9)]);
    assert_eq!(world.sync().exit_code(), 2);
    let detail = world.assert_cause(dc(9), Reason::LateBeforeStart);
    assert!(detail.contains("2025-12-20"), "{detail}");
    assert_eq!(world.ledger.posts(), 0);
    world.assert_reconciles();
}

#[test]
fn an_item_that_does_not_decode_does_not_prolong_the_first_cycle() {
    let world = World::of([]);
    world.source.put_unreadable(PROJECT, ReadKind::Subcontracts, unreadable(1));
    assert_eq!(world.sync().exit_code(), 2);
    world.put([old_cost(9)]);
    world.sync();
    world.assert_cause(dc(9), Reason::LateBeforeStart);
    assert_eq!(world.stored(dc(9)).opening, None);

    // Of its own list, too; and a commitment is dated on the day it was seen, not as it was agreed.
    let mut early = subcontract(2, &[(21, "03-300", "70")]);
    commitment_of(&mut early).agreed_on = Some(day("2025-06-01"));
    world.put([early]);
    world.sync();
    assert_eq!(world.dates(key(Kind::Subcontract, 2)), ["2026-03-31"]);
    world.assert_reconciles();
}

#[test]
fn what_did_not_decode_at_the_cut_over_is_late_and_goes_onto_a_list_that_is_made_anew() {
    let world = carried_over();
    let billed = world.source.remove(&req(71)).unwrap();
    world.source.put_unreadable(PROJECT, ReadKind::Requisitions, unreadable(71));
    world.sync();
    assert_eq!(world.stored(SC).opening.unwrap().billed, d("0"));
    world.source.mend(PROJECT, ReadKind::Requisitions);
    world.source.put(billed);
    assert_eq!(world.sync().exit_code(), 2);
    world.assert_cause(req(71), Reason::LateBeforeStart);
    assert_eq!(world.ledger.posts(), 0);
    let signature = Signature { by: "Ada".to_owned(), note: "it was in the books".to_owned() };
    world.with_engine(&Silent, async |engine| engine.rebuild_opening(signature).await);
    assert_eq!(world.stored(SC).opening.unwrap().billed, d("4,000"));
    assert_eq!(world.state(req(71)), RecordState::Opening);
    assert_eq!(world.sync().exit_code(), 0);
    world.assert_reconciles();
}

#[test]
fn a_list_that_fails_after_one_with_an_item_that_does_not_decode_ends_no_first_cycle() {
    let world = carried_over();
    world.put([old_cost(9)]);
    world.source.put_unreadable(PROJECT, ReadKind::PurchaseOrders, unreadable(3));
    world.source.set_failing(PROJECT, ReadKind::Requisitions, true);
    world.cycle();
    assert_eq!(world.state(dc(9)), RecordState::Pending, "nothing is planned yet");
    world.source.set_failing(PROJECT, ReadKind::Requisitions, false);
    world.put([old_cost(10)]);
    world.sync();
    assert_eq!(world.stored(SC).opening.unwrap().billed, d("4,000"));
    assert_eq!([9, 10].map(|id| world.state(dc(id))), [RecordState::Opening; 2]);
    world.put([old_cost(11)]);
    world.sync();
    world.assert_cause(dc(11), Reason::LateBeforeStart);
}

#[test]
fn a_draft_at_the_cut_over_that_is_approved_later_is_late_before_start() {
    let mut draft = old_cost(9);
    draft.status = "draft".to_owned();
    let world = World::of([draft]);
    world.sync();
    world.edit(dc(9), |record| record.status = "approved".to_owned());
    world.sync();
    world.assert_cause(dc(9), Reason::LateBeforeStart);
}

#[test]
pub(crate) fn a_change_order_reviewed_before_the_start_under_a_carried_over_commitment_is_opening()
{
    let world = carried_over();
    let mut change = change_order(5, 1, &[(51, "03-300", "1,000")]);
    change_order_of(&mut change).reviewed_on = Some(day("2025-11-01"));
    world.put([change]);
    world.sync();
    assert_eq!(world.state(co(5)), RecordState::Opening);
}

#[test]
fn a_first_cycle_that_did_not_read_every_list_does_not_count() {
    let world = carried_over();
    world.put([old_cost(9)]);
    world.source.set_failing(PROJECT, ReadKind::DirectCosts, true);
    let report = world.cycle();
    assert_eq!(report.status, CycleStatus::Partial);
    assert_eq!(report.problems[0].failure.name, "source_unavailable");
    world.source.set_failing(PROJECT, ReadKind::DirectCosts, false);
    world.sync();
    assert_eq!(world.state(dc(9)), RecordState::Opening, "not late: this is the first full cycle");
    let opening = world.stored(SC).opening.unwrap();
    assert_eq!((opening.billed, opening.retained), (d("4,000"), d("400")));
}

#[test]
fn an_opening_list_made_while_requisitions_could_not_be_read_knows_what_was_billed() {
    let world = carried_over();
    world.source.set_failing(PROJECT, ReadKind::Requisitions, true);
    world.cycle();
    world.source.set_failing(PROJECT, ReadKind::Requisitions, false);
    world.sync();
    let opening = world.stored(SC).opening.unwrap();
    assert_eq!((opening.billed, opening.retained), (d("4,000"), d("400")));
    assert_eq!(world.state(req(71)), RecordState::Opening);
}
