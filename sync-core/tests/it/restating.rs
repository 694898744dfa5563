//! `on_change = "restate"`: what stands is taken back and the record is posted anew, and the books
//! say what adjustments would have made them say.

use proptest::{collection::vec, prelude::*};
use rust_decimal::Decimal;
use sync_core::{
    model::{CostRecord, SourceKey},
    policy::{Basis, OnChange},
    states::FindingKind,
};

use crate::{
    records::{
        SC, add_up, change_order, co, d, dc, direct_cost, direct_cost_of, line, lines_of, req,
    },
    records::{requisition, requisition_of, subcontract, vendor},
    world::World,
};

fn restating(mut world: World) -> World {
    world.policy.on_change = OnChange::Restate;
    world
}

fn set(world: &World, key: SourceKey, amount: &str) {
    world.edit(key, |record| {
        lines_of(record)[0].amount = d(amount);
        if key != dc(9) {
            add_up(record);
        } else {
            direct_cost_of(record).total = Some(d(amount));
        }
    });
    world.sync();
}

#[test]
fn a_changed_commitment_is_taken_back_and_posted_in_full() {
    let world = restating(World::of([subcontract(1, &[(11, "03-300", "100")])]));
    world.sync();
    set(&world, SC, "130");
    assert_eq!(
        world.documents(SC),
        "#1 PurchaseInvoices 100.00, #2 PurchaseCreditNotes 100.00, #3 PurchaseInvoices 130.00"
    );
    assert_eq!(world.dates(SC), ["2026-02-10", "2026-03-31", "2026-03-31"]);
    assert_eq!(world.books(), "2160 -130.00, 5010 130.00");
    assert!(world.sync().documents.is_empty());
    set(&world, SC, "90");
    assert_eq!(world.books(), "2160 -90.00, 5010 90.00");
    assert_eq!(world.held(SC).len(), 5);
    world.assert_reconciles();
}

#[test]
fn a_direct_cost_is_reversed_by_an_entry_with_its_sides_turned() {
    let world = restating(World::of([direct_cost(9, "invoice", &[(91, "03-300", "100")])]));
    world.sync();
    set(&world, dc(9), "80");
    assert_eq!(
        world.documents(dc(9)),
        "#1 JournalEntries 100.00, #2 JournalEntries 100.00, #3 JournalEntries 80.00"
    );
    assert_eq!(world.books(), "2110 -80.00, 5010 80.00");
    assert!(world.sync().documents.is_empty());
}

#[test]
pub(crate) fn what_was_paid_is_adjusted_instead_and_says_so() {
    let world = restating(World::of([subcontract(1, &[(11, "03-300", "100")])]));
    world.sync();
    world.ledger.pay(world.held(SC)[0].doc_entry, d("40"));
    world.edit(SC, |record| {
        lines_of(record)[0].amount = d("130");
        add_up(record);
    });
    let report = world.sync();
    assert_eq!(world.documents(SC), "#1 PurchaseInvoices 100.00, #2 PurchaseInvoices 30.00");
    let finding = &report.findings[0].finding;
    assert_eq!(finding.kind, FindingKind::NotRestated);
    assert!(finding.detail.contains("PurchaseInvoices 1 has payments of 40"), "{}", finding.detail);
    assert_eq!(report.exit_code(), 0);
}

#[test]
fn what_stands_in_a_closed_period_is_adjusted_instead_and_says_so() {
    let world = restating(World::of([subcontract(1, &[(11, "03-300", "100")])]));
    world.sync();
    world.ledger.edit_catalog(|catalog| {
        let february = catalog.periods.iter_mut().find(|period| period.name == "2026-02");
        february.unwrap().status = sync_core::catalog::PeriodStatus::Closed;
    });
    world.edit(SC, |record| {
        lines_of(record)[0].amount = d("130");
        add_up(record);
    });
    let report = world.sync();
    assert_eq!(world.documents(SC), "#1 PurchaseInvoices 100.00, #2 PurchaseInvoices 30.00");
    assert!(report.findings[0].finding.detail.contains("2026-02-10 in a closed period"));
}

#[test]
fn a_vendor_that_changes_is_taken_back_on_the_old_one_and_posted_on_the_new() {
    let world = restating(World::of([subcontract(1, &[(11, "03-300", "100")])]));
    world.sync();
    world.edit(SC, |record| record.vendor = vendor(2));
    world.sync();
    let held = world.held(SC);
    let cards: Vec<_> = held.iter().map(|document| document.card_code.clone().unwrap()).collect();
    assert_eq!(cards, ["V100", "V100", "V200"]);
    assert_eq!(world.books(), "2160 -100.00, 5010 100.00");
}

#[test]
fn what_was_taken_back_to_zero_is_posted_anew_without_an_empty_reversal() {
    for basis in Basis::ALL {
        let world = restating(World::on(basis));
        world.put([
            subcontract(1, &[(11, "03-300", "500")]),
            change_order(5, 1, &[(51, "03-300", "10")]),
            direct_cost(9, "invoice", &[(91, "03-300", "10")]),
        ]);
        world.sync();
        for amount in ["0", "12"] {
            set(&world, co(5), amount);
            set(&world, dc(9), amount);
        }
        let report = world.sync();
        assert_eq!((report.exit_code(), report.documents.len()), (0, 0), "{:?}", report.exceptions);
        world.assert_reconciles();
        let entries = world.postings(dc(9));
        assert_eq!(entries.len(), 3, "10, its reversal, 12");
    }
}

/// One edit of the whole family: lines of the commitment, the change order and the direct cost, and
/// what the requisition bills.
type Edit = (Vec<(i64, usize)>, i64, i64, i64);

const CODES: [&str; 3] = ["03-300", "03-310", "26-100"];

fn edit() -> impl Strategy<Value = Edit> {
    (vec((10_000_i64..50_000, 0..CODES.len()), 1..4), 0_i64..5_000, -4_000_i64..4_000, 1_i64..9_000)
}

fn cents(amount: i64) -> Decimal {
    Decimal::new(amount, 2)
}

fn commitment(record: &mut CostRecord, lines: &[(i64, usize)]) {
    *lines_of(record) = lines
        .iter()
        .zip(11_i64..)
        .map(|((amount, code), id)| line(id, CODES[*code], &cents(*amount).to_string()))
        .collect();
    add_up(record);
}

fn bill(record: &mut CostRecord, billed: Decimal) {
    let requisition = requisition_of(record);
    let item = &mut requisition.items[0];
    (item.completed_and_stored, item.work_this_period) = (billed, billed);
    item.retainage_held_to_date = (billed / Decimal::TEN).round_dp(2);
    requisition.current_payment_due = Some(billed - item.retainage_held_to_date);
    requisition.completed_and_stored = Some(billed);
}

/// The books after this run of edits, each in a cycle of its own.
fn after(world: World, edits: &[Edit]) -> World {
    world.put([
        subcontract(1, &[(11, "03-300", "500")]),
        change_order(5, 1, &[(51, "03-300", "10")]),
        direct_cost(9, "invoice", &[(91, "03-300", "10")]),
        requisition(71, 1, &[(11, "40", "40", "4", "0")], "36"),
    ]);
    world.sync();
    for (lines, change, cost, billed) in edits {
        world.edit(SC, |record| commitment(record, lines));
        world.edit(co(5), |record| {
            lines_of(record)[0].amount = cents(*change);
            add_up(record);
        });
        world.edit(dc(9), |record| {
            lines_of(record)[0].amount = cents(*cost);
            direct_cost_of(record).total = Some(cents(*cost));
        });
        world.edit(req(71), |record| bill(record, cents(*billed)));
        let report = world.sync();
        assert_eq!(report.exit_code(), 0, "{:?}", report.exceptions);
    }
    world
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn a_run_of_adjustments_equals_a_run_of_restatements_equals_one(
        edits in vec(edit(), 1..4),
        basis in 0..Basis::ALL.len(),
    ) {
        let basis = Basis::ALL[basis];
        let adjusted = after(World::on(basis), &edits);
        let restated = after(restating(World::on(basis)), &edits);
        let once = after(restating(World::on(basis)), &edits[edits.len() - 1..]);
        prop_assert_eq!(adjusted.books(), restated.books());
        prop_assert_eq!(once.books(), restated.books());
        for world in [&adjusted, &restated, &once] {
            prop_assert!(world.sync().documents.is_empty());
            world.assert_reconciles();
        }
    }
}
