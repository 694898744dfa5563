//! When SAP is searched for invoices that somebody keyed: before a first posting, and never for a record
//! that comes to none. A search costs a call, so each test lets one fail: a cycle that makes none does not
//! notice.

use sync_core::{
    policy::Basis,
    ports::UnkeyedInvoice,
    states::{Reason, RecordState},
};

use crate::{
    records::{SC, add_up, d, day, dc, direct_cost, direct_cost_of, lines_of, req, requisition},
    records::{requisition_of, subcontract},
    world::World,
};

/// Whether the next cycle searches.
fn searches(world: &World) -> bool {
    world.ledger.fail_next_search();
    world.clock.advance(chrono::TimeDelta::minutes(10));
    let failed = world.cycle().exit_code() == 1;
    world.ledger.clear_faults();
    failed
}

fn cost() -> World {
    World::of([direct_cost(9, "invoice", &[(91, "03-300", "300")])])
}

#[test]
fn a_first_posting_is_preceded_by_a_search() {
    assert!(searches(&cost()));
    let world = World::of([subcontract(1, &[(11, "03-300", "700")])]);
    assert!(searches(&world));
}

#[test]
fn what_stands_in_sap_is_changed_without_one() {
    let world = cost();
    world.sync();
    world.edit(dc(9), |record| {
        lines_of(record)[0].amount = d("310");
        direct_cost_of(record).total = Some(d("310"));
    });
    assert!(!searches(&world));
    assert_eq!(world.cost(), d("310"));
}

#[test]
fn what_is_not_postable_is_not_asked_for() {
    let world = cost();
    world.edit(dc(9), |record| record.status = "pending".to_owned());
    assert!(!searches(&world));
}

#[test]
fn what_stands_on_the_opening_list_is_not_asked_for() {
    let mut world = World::of([subcontract(1, &[(11, "03-300", "700")])]);
    world.policy.start_date = day("2026-03-01");
    world.sync();
    world.edit(SC, |record| record.title = "read again".to_owned());
    assert!(!searches(&world));
    assert_eq!(world.state(SC), RecordState::Opening);
}

#[test]
fn a_commitment_that_the_basis_does_not_post_is_not_asked_for_and_its_requisition_is() {
    let world = World::on(Basis::Progress);
    world.put([subcontract(1, &[(11, "03-300", "700")])]);
    assert!(!searches(&world));
    world.put([requisition(71, 1, &[(11, "400", "400", "0", "0")], "400")]);
    assert!(searches(&world));
}

#[test]
fn what_is_dated_after_today_is_asked_for_when_its_day_comes() {
    let world = World::new();
    let mut record = direct_cost(9, "invoice", &[(91, "03-300", "300")]);
    let today = sync_core::ports::Clock::today(&world.clock, "UTC");
    direct_cost_of(&mut record).dated = Some(today + chrono::Days::new(1));
    world.put([record]);
    assert!(!searches(&world));
    assert_eq!(world.state(dc(9)), RecordState::FutureDated);
    world.clock.advance(chrono::TimeDelta::days(1));
    assert!(searches(&world));
}

#[test]
fn a_change_of_what_stands_in_sap_is_not_held_for_an_invoice_that_was_keyed_meanwhile() {
    let world = cost();
    world.sync();
    world.ledger.key_invoice(keyed(Some("INV-9"), "310"));
    world.put([direct_cost(10, "invoice", &[(101, "03-300", "5")])]);
    world.edit(dc(9), |record| {
        lines_of(record)[0].amount = d("310");
        direct_cost_of(record).total = Some(d("310"));
    });
    world.sync();
    assert_eq!(world.state(dc(9)), RecordState::Posted);
    assert_eq!(world.cost(), d("315"));
}

fn keyed(reference: Option<&str>, net: &str) -> UnkeyedInvoice {
    UnkeyedInvoice {
        doc_entry: 0,
        doc_num: None,
        card_code: "V100".to_owned(),
        reference: reference.map(str::to_owned),
        posting_date: day("2026-03-09"),
        currency: "USD".to_owned(),
        net: d(net),
        total: d("9,999"),
        projects: ["P865".to_owned()].into(),
    }
}

#[test]
fn what_a_posted_requisition_left_to_pay_is_compared_with_invoices_keyed_after_it() {
    let mut world = World::on(Basis::Progress).with_invoices();
    world.project_row.tax_code = Some("T8".to_owned());
    let mut billed = requisition(71, 1, &[(11, "400", "400", "40", "0")], "360");
    requisition_of(&mut billed).stated_tax = Some(d("32"));
    world.put([subcontract(1, &[(11, "03-300", "1,000")]), billed]);
    world.sync();
    assert_eq!(world.documents(req(71)), "#1 PurchaseInvoices 392.00");
    let of = |world: &World| world.reconcile().possible_duplicates.len();
    world.ledger.key_invoice(keyed(None, "361"));
    assert_eq!(of(&world), 0);
    // Its net without what is retained, its cost, and its total with tax.
    for (amount, found) in [("360", 1), ("400", 2), ("392", 3)] {
        world.ledger.key_invoice(keyed(None, amount));
        assert_eq!(of(&world), found, "{amount}");
    }
}

#[test]
fn a_change_that_is_asked_for_beside_a_first_posting_keeps_its_own_hold() {
    let world = cost();
    world.sync();
    world.ledger.key_invoice(keyed(None, "40"));
    world.put([direct_cost(10, "invoice", &[(101, "03-300", "40")])]);
    world.edit(dc(9), |record| {
        lines_of(record)[0].amount = d("340");
        add_up(record);
    });
    world.sync();
    world.assert_cause(dc(10), Reason::PossibleManualDuplicate);
    assert_eq!(world.state(dc(9)), RecordState::Posted, "its 40 more are no first posting");
}
