//! Requisitions: ties, order, limits, and the tax that moves with the billing.

use rust_decimal::Decimal;
use sync_core::{
    model::{CostRecord, RecordBody},
    money::Rounding,
    policy::{Basis, TaxInJournal},
    states::{FindingKind, Reason, RecordState},
};

use crate::{
    records::{
        Item, SC, change_order, co, d, req, requisition, requisition_of, subcontract, with_tax,
    },
    world::{RETAINAGE, TAX_ACCOUNT, TRADE, UNBILLED, World},
};

/// A posted commitment over 10,000.
fn committed() -> World {
    let world = World::of([subcontract(1, &[(11, "03-300", "10,000")])]);
    world.sync();
    world
}

fn first() -> CostRecord {
    requisition(71, 1, &[(11, "4,000", "4,000", "400", "0")], "3,600")
}

#[test]
fn a_requisition_has_no_cost_line() {
    let world = committed();
    world.put([first()]);
    world.sync();
    assert_eq!(world.cost(), d("10,000"));
    assert_eq!(world.documents(req(71)), "#1 JournalEntries 4000.00");
    assert_eq!(world.books(), "2110 -3600.00, 2115 -400.00, 2160 -6000.00, 5010 10000.00");
}

fn assert_does_not_tie(edit: impl FnOnce(&mut CostRecord), names: &str) {
    let world = committed();
    let mut record = first();
    edit(&mut record);
    world.put([record]);
    world.sync();
    let detail = world.assert_cause(req(71), Reason::DoesNotTie);
    assert!(detail.contains(names), "{detail}");
    assert_eq!(world.held(req(71)), []);
    world.assert_reconciles();
}

#[test]
fn the_cumulative_column_must_tie_to_work_and_materials_of_the_period() {
    assert_does_not_tie(
        |record| requisition_of(record).items[0].work_this_period = d("3,999.98"),
        "item 11",
    );
}

#[test]
fn gross_less_retainage_must_tie_to_the_current_payment_due() {
    assert_does_not_tie(
        |record| requisition_of(record).current_payment_due = Some(d("3,600.02")),
        "current_payment_due",
    );
}

#[test]
fn the_items_must_tie_to_the_summarys_cumulative_column() {
    assert_does_not_tie(
        |record| requisition_of(record).completed_and_stored = Some(d("4,000.02")),
        "summary",
    );
}

#[test]
fn a_cent_per_item_is_within_every_tie() {
    let world = committed();
    let mut record = first();
    let body = requisition_of(&mut record);
    body.items[0].work_this_period = d("3,999.99");
    body.current_payment_due = Some(d("3,600.01"));
    body.completed_and_stored = Some(d("4,000.01"));
    world.put([record]);
    world.sync();
    assert_eq!(world.state(req(71)), RecordState::Posted);
}

#[test]
fn stored_materials_tie_with_what_was_stored_before() {
    let world = committed();
    let mut first = first();
    let item = &mut requisition_of(&mut first).items[0];
    (item.work_this_period, item.materials_stored) = (d("3,000"), d("1,000"));
    let mut second = requisition(72, 2, &[(11, "5,000", "1,500", "500", "0")], "900");
    requisition_of(&mut second).items[0].materials_stored = d("500");
    world.put([first, second]);
    world.sync();
    assert_eq!(world.state(req(71)), RecordState::Posted);
    assert_eq!(world.state(req(72)), RecordState::Posted);
    assert_eq!(world.balance(UNBILLED), d("-5,000"));
}

#[test]
fn the_payment_due_may_include_the_stated_tax() {
    let world = World::with_tax();
    world.put([subcontract(1, &[(11, "03-300", "10,000")])]);
    world.sync();
    world
        .put([with_tax(requisition(71, 1, &[(11, "4,000", "4,000", "400", "0")], "3,920"), "320")]);
    world.sync();
    assert_eq!(world.state(req(71)), RecordState::Posted);
    assert_eq!(world.balance(TRADE), d("-3,920"));
}

#[test]
pub(crate) fn a_requisition_without_its_commitment_waits_for_parent() {
    let world = World::of([first()]);
    assert_eq!(world.sync().exit_code(), 0);
    world.assert_cause(req(71), Reason::WaitingForParent);
    world.put([subcontract(1, &[(11, "03-300", "10,000")])]);
    world.sync();
    assert_eq!(world.state(req(71)), RecordState::Posted);
}

#[test]
fn children_of_a_held_commitment_wait_for_parent() {
    let world = World::of([
        subcontract(1, &[(11, "99-999", "10,000")]),
        change_order(5, 1, &[(51, "03-300", "100")]),
        first(),
    ]);
    assert_eq!(world.sync().exit_code(), 2);
    world.assert_cause(SC, Reason::CostCodeUnmapped);
    world.assert_cause(crate::records::co(5), Reason::WaitingForParent);
    world.assert_cause(req(71), Reason::WaitingForParent);
    assert_eq!(world.ledger.posts(), 0);
    world.assert_reconciles();
}

#[test]
pub(crate) fn a_requisition_whose_predecessor_is_not_posted_waits_for_previous() {
    let world = committed();
    let mut held = first();
    requisition_of(&mut held).current_payment_due = Some(d("1"));
    world.put([held, requisition(72, 2, &[(11, "5,000", "1,000", "500", "0")], "900")]);
    world.sync();
    world.assert_cause(req(71), Reason::DoesNotTie);
    world.assert_cause(req(72), Reason::WaitingForPrevious);
    world.edit(req(71), |record| {
        requisition_of(record).current_payment_due = Some(d("3,600"));
    });
    world.sync();
    assert_eq!(world.state(req(72)), RecordState::Posted);
    assert_eq!(world.books(), "2110 -4500.00, 2115 -500.00, 2160 -5000.00, 5010 10000.00");
}

#[test]
fn a_requisition_without_movement_is_nothing_to_post_and_lets_the_next_go_on() {
    let world = committed();
    world.put([
        first(),
        requisition(72, 2, &[(11, "4,000", "0", "400", "0")], "0"),
        requisition(73, 3, &[(11, "5,000", "1,000", "500", "0")], "900"),
    ]);
    world.sync();
    assert_eq!(world.state(req(72)), RecordState::NothingToPost);
    assert_eq!(world.state(req(73)), RecordState::Posted);
    assert_eq!(world.balance(UNBILLED), d("-5,000"));
}

#[test]
pub(crate) fn billed_above_approved_is_over_billing() {
    let world = committed();
    world.put([requisition(71, 1, &[(11, "10,000.02", "10,000.02", "0", "0")], "10,000.02")]);
    world.sync();
    let detail = world.assert_cause(req(71), Reason::OverBilling);
    assert!(detail.contains("10000.02") && detail.contains("10000"), "{detail}");
    world.put([change_order(5, 1, &[(51, "03-300", "100")])]);
    world.sync();
    assert_eq!(world.state(req(71)), RecordState::Posted, "approved meanwhile");
}

#[test]
pub(crate) fn a_release_above_what_is_held_is_release_exceeds_retainage() {
    let world = committed();
    world.put([first(), requisition(72, 2, &[(11, "4,000", "0", "-1", "401")], "401")]);
    world.sync();
    let detail = world.assert_cause(req(72), Reason::ReleaseExceedsRetainage);
    assert!(detail.contains("401") && detail.contains("400"), "{detail}");
}

#[test]
fn a_release_of_all_retainage_ends_at_zero() {
    let world = committed();
    world.put([
        first(),
        requisition(72, 2, &[(11, "10,000", "6,000", "1,000", "0")], "5,400"),
        requisition(73, 3, &[(11, "10,000", "0", "0", "1,000")], "1,000"),
    ]);
    world.sync();
    assert_eq!(world.books(), "2110 -10000.00, 5010 10000.00");
}

/// Billing of a commitment over 100.00 with 5 % tax in three parts of a third each.
#[test]
fn the_share_of_tax_moves_with_the_billing_and_the_last_requisition_takes_the_rest() {
    let mut world = World::new();
    world.project_row.tax_code = Some("T5".to_owned());
    world.put([subcontract(1, &[(11, "03-300", "100.10")])]);
    world.sync();
    assert_eq!(world.balance(UNBILLED), d("-105.11"), "5.005 rounds to 5.01");
    let steps: [(&[Item<'_>], &str, &str); 3] = [
        (&[(11, "33.37", "33.37", "0", "0")], "33.37", "-70.07"),
        (&[(11, "66.74", "33.37", "0", "0")], "33.37", "-35.03"),
        (&[(11, "100.10", "33.36", "0", "0")], "33.36", "0.00"),
    ];
    for (number, (items, due, unbilled)) in (1..).zip(steps) {
        world.put([requisition(70 + number, number, items, due)]);
        world.sync();
        assert_eq!(world.balance(UNBILLED), d(unbilled), "after requisition {number}");
    }
    assert_eq!(world.balance(TRADE), d("-105.11"));
    world.assert_reconciles();
}

#[test]
fn a_change_order_approved_in_between_is_caught_up_by_the_next_requisition() {
    let world = World::with_tax();
    world.put([subcontract(1, &[(11, "03-300", "1,000")]), {
        requisition(71, 1, &[(11, "500", "500", "0", "0")], "500")
    }]);
    world.sync();
    assert_eq!(world.balance(UNBILLED), d("-540"));
    world.put([change_order(5, 1, &[(51, "03-300", "200")])]);
    world.sync();
    assert_eq!(world.balance(UNBILLED), d("-756"));
    let items = [(11, "1,000", "500", "0", "0"), (51, "200", "200", "0", "0")];
    world.put([requisition(72, 2, &items, "700")]);
    world.sync();
    assert_eq!(world.balance(UNBILLED), Decimal::ZERO);
    assert_eq!(world.balance(TRADE), d("-1,296"));
}

#[test]
pub(crate) fn stated_tax_beside_the_share_of_saps_tax_is_only_compared() {
    let world = World::with_tax();
    world.put([subcontract(1, &[(11, "03-300", "10,000")])]);
    world.sync();
    world.put([with_tax(first(), "300")]);
    let report = world.sync();
    assert_eq!(report.findings[0].finding.kind, FindingKind::TaxDiffers);
    assert_eq!((report.exit_code(), world.balance(TRADE)), (0, d("-3,920")));
}

#[test]
fn stated_tax_goes_to_the_tax_account_where_the_commitment_carries_none() {
    let mut world = committed();
    world.policy.tax_in_journal = TaxInJournal::Account(TAX_ACCOUNT.to_owned());
    world.put([with_tax(first(), "320")]);
    world.sync();
    assert_eq!(
        world.books(),
        "1610 320.00, 2110 -3920.00, 2115 -400.00, 2160 -6000.00, 5010 10000.00"
    );
}

#[test]
fn stated_tax_is_held_where_no_place_is_configured() {
    let world = committed();
    world.put([with_tax(first(), "320")]);
    world.sync();
    world.assert_cause(req(71), Reason::TaxNotConfigured);
}

#[test]
fn a_revised_requisition_posts_the_difference() {
    let world = committed();
    world.put([first()]);
    world.sync();
    world.put([requisition(71, 1, &[(11, "4,500", "4,500", "450", "0")], "4,050")]);
    world.sync();
    assert_eq!(world.documents(req(71)), "#1 JournalEntries 4000.00, #2 JournalEntries 500.00");
    assert_eq!(world.books(), "2110 -4050.00, 2115 -450.00, 2160 -5500.00, 5010 10000.00");
    assert!(world.sync().documents.is_empty());
}

#[test]
pub(crate) fn what_is_not_approved_is_not_posted_and_stands_in_the_report_by_status() {
    let world = committed();
    let mut record = first();
    record.status = "under_review".to_owned();
    world.put([record]);
    let report = world.sync();
    assert_eq!(world.state(req(71)), RecordState::NotPostable);
    let amount = &report.not_postable[&("requisition".to_owned(), "under_review".to_owned())];
    assert_eq!((amount.records, amount.amount), (1, d("3,600")));
}

#[test]
fn a_reduction_below_what_is_billed_is_over_billing() {
    let world = committed();
    world.put([change_order(5, 1, &[(51, "03-300", "1,000")])]);
    let all = &[(11, "10,000", "10,000", "0", "0"), (51, "500", "500", "0", "0")];
    world.put([requisition(71, 1, all, "10,500")]);
    world.sync();
    world.edit(co(5), |record| {
        let RecordBody::ChangeOrder(change) = &mut record.body else { unreachable!() };
        change.grand_total = Some(d("400"));
        change.lines[0].amount = d("400");
    });
    assert!(world.sync().documents.is_empty());
    let detail = world.assert_cause(co(5), Reason::OverBilling);
    assert!(detail.contains("10500") && detail.contains("10400"), "{detail}");
}

#[test]
fn a_requisition_that_replaces_a_deleted_one_waits_until_that_one_is_reversed() {
    let world = committed();
    let second = |id| requisition(id, 2, &[(11, "10,000", "6,000", "1,000", "0")], "5,400");
    world.put([first(), second(72)]);
    world.sync();
    world.edit(req(72), |record| record.deleted = true);
    world.put([second(90)]);
    world.sync();
    let detail = world.assert_cause(req(90), Reason::WaitingForPrevious);
    assert!(detail.contains("still stands in SAP"), "{detail}");
    world.clock.advance(chrono::TimeDelta::hours(12));
    world.sync();
    assert_eq!(world.state(req(90)), RecordState::Posted);
    assert_eq!(world.state(req(72)), RecordState::Posted, "reversed in this cycle");
    world.assert_reconciles();
}

#[test]
fn a_change_held_by_policy_is_posted_by_decision_and_the_first_entry_is_no_change() {
    let mut world = committed();
    world.policy.on_change = sync_core::policy::OnChange::Hold;
    world.put([requisition(71, 1, &[(11, "400", "400", "0", "0")], "400")]);
    world.sync();
    assert_eq!(world.state(req(71)), RecordState::Posted);
    world.put([requisition(71, 1, &[(11, "450", "450", "0", "0")], "450")]);
    world.sync();
    let detail = world.assert_cause(req(71), Reason::ChangedAfterPosting);
    assert!(detail.contains("SAP holds 400 payable"), "{detail}");
    crate::decisions::decide(&world, req(71), sync_core::resolve::Verb::Post).unwrap();
    world.sync();
    assert_eq!(world.balance("2110"), d("-450"));
}

/// Three lines of which a third of a cent more than their share is retained twice, and all of it released.
#[test]
fn retainage_of_parts_of_a_cent_ends_at_zero_when_all_of_it_is_released() {
    let world = World::of([subcontract(
        1,
        &[(11, "03-300", "100"), (12, "03-300", "100"), (13, "03-300", "100")],
    )]);
    world.sync();
    let items = |to_date, work, retained, released| {
        [11, 12, 13].map(|line| (line, to_date, work, retained, released))
    };
    let first = items("50", "50", "3.335", "0");
    let second = items("100", "50", "6.670", "0");
    let released = items("100", "0", "0", "6.670");
    world.put([requisition(71, 1, &first, "139.995")]);
    world.sync();
    assert_eq!(world.balance(RETAINAGE), d("-10.02"), "three times 3.34");
    world.put([requisition(72, 2, &second, "139.995")]);
    world.sync();
    assert_eq!(world.balance(RETAINAGE), d("-20.01"), "three times 6.67");
    world.put([requisition(73, 3, &released, "20.01")]);
    world.sync();
    assert_eq!(world.books(), "2110 -300.00, 5010 300.00");
    world.assert_reconciles();
}

/// A release of parts of a cent beside what is held in the same period.
#[test]
fn retainage_on_account_is_what_procore_holds_per_item_after_every_period() {
    let world = committed();
    let periods: [(&[Item<'_>], &str, &str); 4] = [
        (&[(11, "100", "100", "10.005", "0")], "89.995", "-10.01"),
        (&[(11, "200", "100", "10.004", "10.006")], "100.001", "-10.00"),
        (&[(11, "200", "0", "10.006", "0")], "-0.002", "-10.01"),
        (&[(11, "200", "0", "0", "10.006")], "10.006", "0"),
    ];
    for (number, (items, due, retained)) in (1..).zip(periods) {
        world.put([requisition(70 + number, number, items, due)]);
        world.sync();
        assert_eq!(world.balance(RETAINAGE), d(retained), "after requisition {number}");
    }
    assert_eq!(world.balance(TRADE), d("-200"));
}

#[test]
fn a_unit_of_retainage_stays_where_it_was_rounded_when_the_cost_of_a_posted_requisition_moves() {
    let mut world = World::on(Basis::Progress);
    world.put([
        subcontract(1, &[(11, "03-300", "10,000")]),
        requisition(71, 1, &[(11, "100", "100", "0.125", "0")], "99.875"),
    ]);
    world.sync();
    assert_eq!(world.books(), "2110 -99.87, 2115 -0.13, 5010 100.00");
    world.policy.rounding = Rounding::HalfEven;
    world.policy.remap_posted = true;
    world.rules[0].gl_account = "5090".to_owned();
    world.sweep();
    assert_eq!(world.books(), "2110 -99.87, 2115 -0.13, 5090 100.00");
}
