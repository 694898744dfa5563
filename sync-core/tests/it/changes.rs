//! Changes after posting: the difference is posted, where the line was posted, once.

use rust_decimal::Decimal;
use sync_core::{
    mapping::Target,
    model::{JournalTarget, Posting},
    policy::{Basis, OnChange},
    states::{Reason, RecordState},
};

use crate::{
    records::{SC, add_up, co, d, dc, direct_cost, line, lines_of, subcontract, vendor, with_tax},
    records::{change_order, direct_cost_of, req, requisition},
    world::World,
};

fn set_amount(world: &World, id: i64, amount: &str) {
    world.edit(SC, |record| {
        let line = lines_of(record).iter_mut().find(|line| line.id == id).unwrap();
        line.amount = d(amount);
        add_up(record);
    });
}

fn posted() -> World {
    let world = World::of([subcontract(1, &[(11, "03-300", "100"), (12, "26-100", "50")])]);
    world.sync();
    assert_eq!(world.books(), "2160 -150.00, 5010 100.00, 5020 50.00");
    world
}

#[test]
fn a_net_increase_is_an_invoice_for_the_difference() {
    let world = posted();
    set_amount(&world, 11, "130");
    world.sync();
    assert_eq!(world.documents(SC), "#1 PurchaseInvoices 150.00, #2 PurchaseInvoices 30.00");
    assert_eq!(world.books(), "2160 -180.00, 5010 130.00, 5020 50.00");
    world.assert_reconciles();
}

#[test]
fn a_net_reduction_is_a_credit_memo_on_the_same_account() {
    let world = posted();
    set_amount(&world, 11, "70");
    world.sync();
    assert_eq!(world.documents(SC), "#1 PurchaseInvoices 150.00, #2 PurchaseCreditNotes 30.00");
    assert_eq!(world.books(), "2160 -120.00, 5010 70.00, 5020 50.00");
}

#[test]
fn a_shift_that_nets_to_zero_is_a_journal_entry_between_the_cost_accounts() {
    let world = posted();
    world.edit(SC, |record| {
        lines_of(record)[0].amount = d("70");
        lines_of(record)[1].amount = d("80");
    });
    world.sync();
    assert_eq!(world.documents(SC), "#1 PurchaseInvoices 150.00, #2 JournalEntries 30.00");
    assert_eq!(world.books(), "2160 -150.00, 5010 70.00, 5020 80.00");
    assert!(world.sync().documents.is_empty());
    assert!(world.sweep().documents.is_empty());
}

#[test]
fn a_shift_across_tax_codes_is_an_invoice_and_a_credit_memo() {
    let mut world = World::of([subcontract(1, &[(11, "03-300", "100"), (12, "26-100", "50")])]);
    world.rules[0].tax_code = Target::Value("T8".to_owned());
    world.rules[1].tax_code = Target::Value("T5".to_owned());
    world.sync();
    world.edit(SC, |record| {
        lines_of(record)[0].amount = d("70");
        lines_of(record)[1].amount = d("80");
    });
    world.sync();
    assert_eq!(
        world.documents(SC),
        "#1 PurchaseInvoices 160.50, #2 PurchaseInvoices 31.50, #3 PurchaseCreditNotes 32.40"
    );
    assert_eq!(world.books(), "1610 9.60, 2160 -159.60, 5010 70.00, 5020 80.00");
    assert!(world.sync().documents.is_empty());
}

#[test]
fn a_recoded_line_is_reversed_where_it_stood_and_posted_by_todays_mapping() {
    let mut world = posted();
    world.rules.push(crate::world::rule(4, "07-*", "5090"));
    world.edit(SC, |record| lines_of(record)[0] = line(11, "07-100", "100"));
    world.sync();
    assert_eq!(world.documents(SC), "#1 PurchaseInvoices 150.00, #2 JournalEntries 100.00");
    assert_eq!(world.books(), "2160 -150.00, 5020 50.00, 5090 100.00");
    assert!(world.sync().documents.is_empty());
}

#[test]
fn an_amount_change_goes_where_the_line_was_posted_even_after_a_mapping_change() {
    let mut world = posted();
    world.rules[0].gl_account = "5090".to_owned();
    set_amount(&world, 11, "130");
    world.sync();
    assert_eq!(world.books(), "2160 -180.00, 5010 130.00, 5020 50.00");
}

#[test]
fn remap_posted_moves_posted_lines_after_a_mapping_change() {
    let mut world = posted();
    world.rules[0].gl_account = "5090".to_owned();
    world.policy.remap_posted = true;
    set_amount(&world, 11, "130");
    world.sync();
    assert_eq!(world.books(), "2160 -180.00, 5020 50.00, 5090 130.00");
    assert!(world.sync().documents.is_empty());
}

#[test]
fn a_new_line_uses_todays_mapping() {
    let mut world = posted();
    world.rules[1].gl_account = "5090".to_owned();
    world.edit(SC, |record| {
        lines_of(record).push(line(13, "26-200", "20"));
        add_up(record);
    });
    world.sync();
    assert_eq!(world.books(), "2160 -170.00, 5010 100.00, 5020 50.00, 5090 20.00");
}

#[test]
fn a_removed_line_is_taken_back_under_its_old_id() {
    let world = posted();
    world.edit(SC, |record| {
        lines_of(record).remove(1);
        add_up(record);
    });
    world.sync();
    assert_eq!(world.books(), "2160 -100.00, 5010 100.00");
    let held = world.held(SC);
    assert_eq!(held[1].lines[0].mark.as_ref().unwrap().to_string(), "12");
}

#[test]
fn a_change_of_vendor_reverses_on_the_old_and_posts_in_full_on_the_new() {
    let world = posted();
    world.edit(SC, |record| record.vendor = vendor(2));
    world.sync();
    assert_eq!(
        world.documents(SC),
        "#1 PurchaseInvoices 150.00, #2 PurchaseCreditNotes 150.00, #3 PurchaseInvoices 150.00"
    );
    let cards: Vec<Option<String>> =
        world.held(SC).into_iter().map(|held| held.card_code).collect();
    assert_eq!(cards, ["V100", "V100", "V200"].map(|card| Some(card.to_owned())));
    assert_eq!(world.books(), "2160 -150.00, 5010 100.00, 5020 50.00");
    assert!(world.sync().documents.is_empty());
    world.assert_reconciles();
}

#[test]
pub(crate) fn a_description_or_a_date_alone_posts_nothing() {
    let world = posted();
    world.edit(SC, |record| {
        record.title = "another title".to_owned();
        lines_of(record)[0].description = "another description".to_owned();
    });
    assert!(world.sync().documents.is_empty());
    assert_eq!(world.state(SC), RecordState::Unchanged);
}

#[test]
pub(crate) fn on_change_hold_leaves_the_difference_to_a_person() {
    let mut world = posted();
    world.policy.on_change = OnChange::Hold;
    set_amount(&world, 11, "130");
    let report = world.sync();
    let detail = world.assert_cause(SC, Reason::ChangedAfterPosting);
    assert!(detail.contains("150") && detail.contains("180"), "{detail}");
    assert_eq!((report.exit_code(), world.cost()), (2, d("150")));
    world.assert_reconciles();
}

#[test]
pub(crate) fn a_reduction_beyond_what_is_open_is_held() {
    let world = posted();
    world.ledger.pay(world.held(SC)[0].doc_entry, d("140"));
    set_amount(&world, 11, "70");
    world.sync();
    world.assert_cause(SC, Reason::WouldExceedOpenBalance);
    set_amount(&world, 11, "95");
    world.sync();
    assert_eq!(world.state(SC), RecordState::Posted, "5 of 10 open");
}

#[test]
fn a_change_order_that_nets_to_zero_is_a_journal_entry_from_the_start() {
    let world = posted();
    world.put([change_order(5, 1, &[(51, "03-300", "-40"), (52, "26-100", "40")])]);
    world.sync();
    assert_eq!(world.documents(co(5)), "#1 JournalEntries 40.00");
    assert_eq!(world.books(), "2160 -150.00, 5010 60.00, 5020 90.00");
    assert!(world.sync().documents.is_empty());
}

#[test]
fn a_change_of_a_direct_cost_is_one_journal_entry_over_cost_tax_and_vendor() {
    let world = World::with_tax();
    world.put([with_tax(direct_cost(9, "invoice", &[(91, "03-300", "300")]), "24")]);
    world.sync();
    world.edit(dc(9), |record| {
        lines_of(record)[0].amount = d("200");
        let cost = direct_cost_of(record);
        cost.subtotal = Some(d("200"));
        cost.stated_tax = Some(d("16"));
        cost.total = Some(d("216"));
    });
    world.sync();
    assert_eq!(world.documents(dc(9)), "#1 JournalEntries 324.00, #2 JournalEntries 108.00");
    assert_eq!(world.books(), "1610 16.00, 2110 -216.00, 5010 200.00");
}

#[test]
fn a_change_of_a_direct_costs_vendor_moves_the_payable() {
    let world = World::of([direct_cost(9, "invoice", &[(91, "03-300", "300")])]);
    world.sync();
    world.edit(dc(9), |record| record.vendor = vendor(2));
    world.sync();
    let Posting::JournalEntry(entry) = &world.postings(dc(9))[1] else { panic!("no entry") };
    let lines: Vec<(String, Decimal)> = entry
        .lines
        .iter()
        .map(|line| match &line.target {
            JournalTarget::Partner { card_code, .. } => (card_code.clone(), line.amount),
            JournalTarget::Account(coding) => (coding.account.clone(), line.amount),
        })
        .collect();
    assert_eq!(lines, [("V100".to_owned(), d("300")), ("V200".to_owned(), d("-300"))]);
    assert!(world.sync().documents.is_empty());
}

#[test]
fn two_reductions_seen_in_one_cycle_are_both_posted() {
    let world = posted();
    world.put([change_order(5, 1, &[(51, "03-300", "50")])]);
    world.sync();
    set_amount(&world, 11, "80");
    world.edit(co(5), |record| {
        lines_of(record)[0].amount = d("20");
        add_up(record);
    });
    assert_eq!(world.sync().exit_code(), 0);
    assert_eq!(world.books(), "2160 -150.00, 5010 100.00, 5020 50.00");
    world.assert_reconciles();
}

#[test]
fn a_reduction_takes_its_tax_back_with_it() {
    let world = World::with_tax();
    world.put([subcontract(1, &[(11, "03-300", "1,000")])]);
    world.sync();
    set_amount(&world, 11, "500");
    world.sync();
    assert_eq!(world.documents(SC), "#1 PurchaseInvoices 1080.00, #2 PurchaseCreditNotes 540.00");
    assert_eq!(world.books(), "1610 40.00, 2160 -540.00, 5010 500.00");
}

#[test]
fn a_commitment_below_zero_is_a_credit_memo_from_the_start() {
    let world = World::of([subcontract(1, &[(11, "03-300", "-100"), (12, "26-100", "30")])]);
    world.sync();
    assert_eq!(world.documents(SC), "#1 PurchaseCreditNotes 70.00");
    assert_eq!(world.books(), "2160 70.00, 5010 -100.00, 5020 30.00");
    assert!(world.sync().documents.is_empty());
}

/// 400.00 of a subcontract of 1,000.00 are billed, 40.00 of them retained.
fn billed_on(basis: Basis) -> World {
    let world = World::on(basis);
    world.put([
        subcontract(1, &[(11, "03-300", "1,000")]),
        requisition(71, 1, &[(11, "400", "400", "40", "0")], "360"),
    ]);
    world.sync();
    world
}

/// The vendors that each document of the requisition names.
fn vendors_named(world: &World) -> Vec<Vec<String>> {
    let of_document = |held: sync_core::model::HeldDocument| {
        let cards = held.lines.into_iter().filter_map(|line| match line.target {
            JournalTarget::Partner { card_code, .. } => Some(card_code),
            JournalTarget::Account(_) => None,
        });
        cards.collect::<std::collections::BTreeSet<_>>().into_iter().collect()
    };
    world.held(req(71)).into_iter().map(of_document).collect()
}

#[test]
fn a_requisition_is_reversed_on_the_old_vendor_and_posted_in_full_on_the_new_one() {
    for basis in Basis::ALL {
        let world = billed_on(basis);
        let books = world.books();
        world.edit(SC, |record| record.vendor = vendor(2));
        world.sync();
        assert_eq!(vendors_named(&world), [["V100"], ["V100"], ["V200"]], "{basis:?}");
        let totals: Vec<Decimal> = world.held(req(71)).iter().map(|held| held.total).collect();
        assert_eq!((totals[0], totals[1]), (totals[1], totals[2]));
        assert_eq!(world.books(), books);
        assert!(world.sync().documents.is_empty());
        world.assert_reconciles();
    }
}

#[test]
fn a_requisition_that_an_earlier_version_moved_in_one_entry_stands() {
    let world = billed_on(Basis::Progress);
    world.edit(SC, |record| record.vendor = vendor(2));
    world.sync();
    // One entry over both vendors, as earlier versions wrote it.
    let held = world.held(req(71));
    let reversal = held[1].lines.clone();
    world.ledger.edit(held[1].doc_entry, |document| document.lines.clear());
    world.ledger.edit(held[2].doc_entry, |document| document.lines.extend(reversal.clone()));
    assert!(world.replay(Some(&[req(71)])).documents.is_empty());
    world.put([requisition(71, 1, &[(11, "500", "500", "50", "0")], "450")]);
    world.sync();
    assert_eq!(vendors_named(&world)[3..], [["V200"]], "only the change");
}

#[test]
fn a_requisition_whose_old_vendor_was_paid_is_not_moved() {
    let world = billed_on(Basis::Commitment);
    world.ledger.pay(world.held(req(71))[0].doc_entry, d("100"));
    world.edit(SC, |record| record.vendor = vendor(2));
    world.sync();
    world.assert_cause(req(71), Reason::WouldExceedOpenBalance);
    assert_eq!(world.held(req(71)).len(), 1);
}
