//! Reductions against what the vendor is still owed of the record: with tax, per vendor, payments of
//! journal entries included.

use chrono::TimeDelta;
use sync_core::{
    model::SourceKey,
    policy::{Basis, OnChange},
    resolve::Verb,
    states::{Reason, RecordState},
};

use crate::{
    decisions::decide,
    records::{SC, add_up, d, dc, direct_cost, direct_cost_of, lines_of, req, requisition},
    records::{requisition_of, subcontract, vendor},
    world::World,
};

fn pay(world: &World, of: SourceKey, at: usize, amount: &str) {
    world.ledger.pay(world.held(of)[at].doc_entry, d(amount));
}

fn set(world: &World, key: SourceKey, amount: &str) {
    world.edit(key, |record| {
        lines_of(record)[0].amount = d(amount);
        add_up(record);
        if key == dc(9) {
            direct_cost_of(record).total = Some(d(amount));
        }
    });
    world.sync();
}

fn direct() -> World {
    let world = World::of([direct_cost(9, "invoice", &[(91, "03-300", "300")])]);
    world.sync();
    world
}

fn assert_held(world: &World, key: SourceKey, says: &[&str]) {
    let detail = world.assert_cause(key, Reason::WouldExceedOpenBalance);
    for text in says {
        assert!(detail.contains(text), "{detail} does not say {text}");
    }
}

#[test]
fn the_tax_of_a_reduction_counts() {
    let world = World::with_tax();
    world.put([subcontract(1, &[(11, "03-300", "1,000")])]);
    world.sync();
    // 1,080.00 less 975.00: 105.00 are open, which 100.00 with its tax exceed.
    pay(&world, SC, 0, "975");
    set(&world, SC, "900");
    assert_held(&world, SC, &["V100 by 108", "open balance of 105", "paid: 975"]);
    assert_eq!(world.held(SC).len(), 1);
    set(&world, SC, "905");
    assert_eq!(world.state(SC), RecordState::Posted, "102.60 of 105.00");
}

#[test]
fn a_paid_direct_cost_is_not_moved_to_another_vendor() {
    let world = direct();
    pay(&world, dc(9), 0, "300");
    world.edit(dc(9), |record| record.vendor = vendor(2));
    world.sync();
    assert_held(&world, dc(9), &["V100 by 300", "open balance of 0"]);
    assert_eq!(world.books(), "2110 -300.00, 5010 300.00");
    decide(&world, dc(9), Verb::Post).unwrap();
    world.sync();
    assert_eq!(world.held(dc(9)).len(), 2, "a person said so");
}

#[test]
fn a_direct_cost_is_reduced_by_what_is_open_and_no_more() {
    let world = direct();
    pay(&world, dc(9), 0, "250");
    set(&world, dc(9), "200");
    assert_held(&world, dc(9), &["V100 by 100", "open balance of 50"]);
    set(&world, dc(9), "260");
    assert_eq!(world.state(dc(9)), RecordState::Posted);
    set(&world, dc(9), "310");
    assert_eq!(world.state(dc(9)), RecordState::Posted, "an increase takes nothing back");
}

#[test]
fn a_paid_requisition_is_not_reversed_when_it_leaves() {
    for basis in Basis::ALL {
        let world = World::on(basis);
        world.put([
            subcontract(1, &[(11, "03-300", "1,000")]),
            requisition(71, 1, &[(11, "400", "400", "40", "0")], "360"),
        ]);
        world.sync();
        pay(&world, req(71), 0, "360");
        world.edit(req(71), |record| record.status = "draft".to_owned());
        for _ in 0..3 {
            world.clock.advance(TimeDelta::hours(7));
            world.sync();
        }
        assert_held(&world, req(71), &["V100 by 360", "open balance of 0"]);
    }
}

#[test]
fn a_requisition_is_reduced_by_what_is_open_and_no_more() {
    for (basis, invoices) in
        [(Basis::Commitment, false), (Basis::Progress, false), (Basis::Progress, true)]
    {
        let world = World::on(basis);
        let world = if invoices { world.with_invoices() } else { world };
        world.put([
            subcontract(1, &[(11, "03-300", "1,000")]),
            requisition(71, 1, &[(11, "400", "400", "0", "0")], "400"),
        ]);
        world.sync();
        pay(&world, req(71), 0, "350");
        let bill = |amount: &str| {
            world.edit(req(71), |record| {
                let requisition = requisition_of(record);
                requisition.items[0].completed_and_stored = d(amount);
                requisition.items[0].work_this_period = d(amount);
                requisition.completed_and_stored = Some(d(amount));
                requisition.current_payment_due = Some(d(amount));
            });
            world.sync();
        };
        bill("340");
        assert_held(&world, req(71), &["V100 by 60", "open balance of 50"]);
        bill("350");
        assert_eq!(world.state(req(71)), RecordState::Posted, "{basis:?}");
    }
}

#[test]
fn a_payment_of_the_new_vendor_does_not_stop_the_old_ones_reversal() {
    let world = World::of([subcontract(1, &[(11, "03-300", "150")])]);
    world.sync();
    world.edit(SC, |record| record.vendor = vendor(2));
    world.sync();
    pay(&world, SC, 2, "150");
    set(&world, SC, "100");
    assert_held(&world, SC, &["V200 by 50", "open balance of 0"]);
    // The former vendor was paid nothing and is owed nothing.
    world.edit(SC, |record| {
        lines_of(record)[0].amount = d("150");
        add_up(record);
        record.vendor = vendor(1);
    });
    world.sync();
    assert_held(&world, SC, &["V200 by 150"]);
}

#[test]
fn a_paid_vendors_invoice_is_not_reversed_for_another_vendor() {
    let world = World::of([subcontract(1, &[(11, "03-300", "150")])]);
    world.sync();
    pay(&world, SC, 0, "10");
    world.edit(SC, |record| record.vendor = vendor(2));
    world.sync();
    assert_held(&world, SC, &["V100 by 150", "open balance of 140", "paid: 10"]);
    assert_eq!(world.held(SC).len(), 1);
}

#[test]
fn a_paid_journal_entry_is_adjusted_and_not_restated() {
    let mut world = direct();
    world.policy.on_change = OnChange::Restate;
    pay(&world, dc(9), 0, "100");
    set(&world, dc(9), "280");
    assert_eq!(world.documents(dc(9)), "#1 JournalEntries 300.00, #2 JournalEntries 20.00");
}

#[test]
fn a_move_to_another_branch_is_held_where_payments_were_made() {
    let mut world = crate::moving::in_branch(direct(), 1);
    world.edit(dc(9), |record| {
        lines_of(record)[0].amount = d("310");
        direct_cost_of(record).total = Some(d("310"));
    });
    world.sync();
    // What stood before branches were on tells none; what was added stands in branch 1.
    pay(&world, dc(9), 1, "10");
    world.project_row.branch = Some(2);
    world.sweep();
    assert_held(&world, dc(9), &["V100 by 10", "open balance of 0"]);
}

#[test]
fn what_a_credit_memo_took_back_is_not_owed_any_more() {
    for (to, exceeds) in [("850", false), ("840", true)] {
        let world = World::of([subcontract(1, &[(11, "03-300", "1,000")])]);
        world.sync();
        set(&world, SC, "900");
        assert_eq!(
            world.documents(SC),
            "#1 PurchaseInvoices 1000.00, #2 PurchaseCreditNotes 100.00"
        );
        // 1,000 less 850 paid, less the credit memo's 100: 50 are open.
        pay(&world, SC, 0, "850");
        set(&world, SC, to);
        if exceeds {
            assert_held(&world, SC, &["V100 by 60", "open balance of 50", "paid: 850"]);
        } else {
            assert_eq!(world.state(SC), RecordState::Posted);
        }
    }
}

#[test]
fn what_was_paid_of_a_journal_entry_is_told() {
    let world = direct();
    pay(&world, dc(9), 0, "120");
    set(&world, dc(9), "100");
    assert_held(&world, dc(9), &["V100 by 200", "open balance of 180", "paid: 120"]);
    set(&world, dc(9), "120");
    assert_eq!(world.cost(), d("120"));
}
