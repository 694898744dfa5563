//! Direct costs: the offset of each type, stated tax, headers, repeats.

use sync_core::{
    model::{LineMark, Posting},
    plan::{Header, HeaderReading},
    policy::{Offset, OnChange, TaxInJournal},
    ports::Silent,
    resolve::Verb,
    states::{Reason, RecordState},
};

use crate::{
    decisions::decide,
    records::{d, dc, direct_cost, direct_cost_of, lines_of, with_tax},
    world::{TAX_ACCOUNT, World},
};

fn offset(kind: &str, offset: Offset) -> World {
    let mut world = World::of([direct_cost(9, kind, &[(91, "03-300", "300")])]);
    world.policy.direct_cost_offset.insert(kind.to_owned(), offset);
    world
}

#[test]
fn offset_vendor_credits_the_vendors_trade_account() {
    let world = offset("invoice", Offset::Vendor);
    world.sync();
    assert_eq!(world.books(), "2110 -300.00, 5010 300.00");
    world.assert_reconciles();
}

#[test]
fn offset_account_credits_the_clearing_account_and_needs_no_vendor() {
    let mut record = direct_cost(9, "expense", &[(91, "03-300", "300")]);
    record.vendor = None;
    let mut world = World::of([record]);
    world
        .policy
        .direct_cost_offset
        .insert("expense".to_owned(), Offset::Account("2190".to_owned()));
    world.sync();
    assert_eq!(world.books(), "2190 -300.00, 5010 300.00");
}

#[test]
pub(crate) fn a_type_without_an_offset_is_not_configured_and_no_exception() {
    let world = World::of([direct_cost(9, "payroll", &[(91, "03-300", "300")])]);
    let report = world.sync();
    assert_eq!(world.state(dc(9)), RecordState::NotConfigured);
    assert_eq!((report.exit_code(), report.counts[&RecordState::NotConfigured]), (0, 1));
    let reconciled = world.reconcile();
    assert_eq!(reconciled.projects[0].terms.not_configured, d("300"));
    assert_eq!(reconciled.exit_code(), 0);
}

#[test]
fn a_type_that_is_configured_later_posts_what_waited() {
    let mut world = World::of([direct_cost(9, "payroll", &[(91, "03-300", "300")])]);
    world.sync();
    world
        .policy
        .direct_cost_offset
        .insert("payroll".to_owned(), Offset::Account("2190".to_owned()));
    world.sync();
    assert_eq!(world.books(), "2190 -300.00, 5010 300.00");
}

#[test]
pub(crate) fn a_cash_account_as_offset_is_refused() {
    let world = offset("expense", Offset::Account("1110".to_owned()));
    world.sync();
    let detail = world.assert_cause(dc(9), Reason::AccountInvalid);
    assert!(detail.contains("cash"), "{detail}");
    assert_eq!(world.ledger.posts(), 0);
}

#[test]
fn a_vendor_that_is_not_named_is_held() {
    let mut record = direct_cost(9, "invoice", &[(91, "03-300", "300")]);
    record.vendor = None;
    let world = World::of([record]);
    world.sync();
    world.assert_cause(dc(9), Reason::VendorMissing);
}

fn taxed(tax_in_journal: TaxInJournal) -> World {
    let mut world = World::new();
    world.policy.tax_in_journal = tax_in_journal;
    let lines = [(91, "03-300", "100"), (92, "26-100", "200")];
    world.put([with_tax(direct_cost(9, "invoice", &lines), "10.00")]);
    world
}

#[test]
pub(crate) fn tax_in_journal_hold_stops_stated_tax() {
    let world = taxed(TaxInJournal::Hold);
    world.sync();
    let detail = world.assert_cause(dc(9), Reason::TaxNotConfigured);
    assert!(detail.contains("tax_in_journal"), "{detail}");
}

#[test]
fn tax_in_journal_account_debits_the_tax_account() {
    let world = taxed(TaxInJournal::Account(TAX_ACCOUNT.to_owned()));
    world.sync();
    assert_eq!(world.books(), "1610 10.00, 2110 -310.00, 5010 100.00, 5020 200.00");
    assert_eq!(world.cost(), d("300"), "tax is no cost");
    world.assert_reconciles();
}

#[test]
fn tax_in_journal_cost_spreads_it_over_the_lines_as_lines_of_their_own() {
    let world = taxed(TaxInJournal::Cost);
    world.sync();
    assert_eq!(world.books(), "2110 -310.00, 5010 103.33, 5020 206.67");
    let Posting::JournalEntry(entry) = &world.postings(dc(9))[0] else { panic!("no entry") };
    let marks: Vec<String> = entry.lines.iter().map(|line| line.mark.to_string()).collect();
    assert_eq!(marks, ["91", "92", "91/tax", "92/tax", "payable"]);
    assert!(!LineMark::Tax(91).is_cost());
    assert!(world.sync().documents.is_empty());
    world.assert_reconciles();
}

#[test]
fn a_header_with_or_without_the_stated_tax_ties() {
    for total in ["300", "310"] {
        let world = taxed(TaxInJournal::Account(TAX_ACCOUNT.to_owned()));
        world.edit(dc(9), |record| {
            let cost = direct_cost_of(record);
            cost.subtotal = None;
            cost.total = Some(d(total));
        });
        world.sync();
        assert_eq!(world.balance("2110"), d("-310"), "header {total}");
    }
}

/// Four lines of 25.00 with a tax of two cents, and this total for a header.
fn small_tax(total: &str) -> World {
    let lines = [91, 92, 93, 94].map(|id| (id, "03-300", "25.00"));
    let mut record = direct_cost(9, "invoice", &lines);
    let cost = direct_cost_of(&mut record);
    (cost.total, cost.stated_tax) = (Some(d(total)), Some(d("0.02")));
    let mut world = World::of([record]);
    world.policy.tax_in_journal = TaxInJournal::Account(TAX_ACCOUNT.to_owned());
    world.sync();
    world
}

#[test]
fn a_tax_of_a_few_cents_in_the_total_is_not_taken_for_rounding_and_owed_twice() {
    for total in ["100.02", "100.00"] {
        let world = small_tax(total);
        assert_eq!(world.books(), "1610 0.02, 2110 -100.02, 5010 100.00", "total {total}");
        assert_eq!(world.stored(dc(9)).rounding, [], "total {total}: no unit is moved");
        assert!(world.sync().documents.is_empty());
        world.assert_reconciles();
    }
}

#[test]
fn of_two_readings_of_the_total_that_are_equally_near_the_one_is_taken_by_which_no_more_is_owed() {
    // The lines are 100.00: a cent is off with the tax of two cents in the total, and without it.
    let world = small_tax("100.01");
    assert_eq!(world.books(), "1610 0.02, 2110 -100.01, 5010 99.99");
    world.assert_reconciles();
}

#[test]
fn explain_says_which_figure_of_the_header_the_lines_were_compared_with() {
    let read = |subtotal: Option<&str>, total: &str| {
        let world = small_tax(total);
        world.edit(dc(9), |record| direct_cost_of(record).subtotal = subtotal.map(d));
        let life = world.with_engine(&Silent, async |engine| engine.explain(dc(9)).await).unwrap();
        life.explanation.header.unwrap()
    };
    let header = |amount: &str, reading| Header { amount: d(amount), reading };
    assert_eq!(read(Some("100.00"), "100.02"), header("100.00", HeaderReading::Subtotal));
    assert_eq!(read(None, "100.02"), header("100.00", HeaderReading::TotalLessTax));
    assert_eq!(read(None, "100.00"), header("100.00", HeaderReading::Total));
}

#[test]
fn a_header_that_is_neither_is_held() {
    let world = taxed(TaxInJournal::Account(TAX_ACCOUNT.to_owned()));
    world.edit(dc(9), |record| {
        let cost = direct_cost_of(record);
        cost.subtotal = None;
        cost.total = Some(d("305"));
    });
    world.sync();
    world.assert_cause(dc(9), Reason::RoundingMismatch);
}

#[test]
fn a_change_of_the_tax_alone_posts_the_tax_alone() {
    let world = taxed(TaxInJournal::Account(TAX_ACCOUNT.to_owned()));
    world.sync();
    world.edit(dc(9), |record| direct_cost_of(record).stated_tax = Some(d("12")));
    world.sync();
    assert_eq!(world.documents(dc(9)), "#1 JournalEntries 310.00, #2 JournalEntries 2.00");
    assert_eq!(world.books(), "1610 12.00, 2110 -312.00, 5010 100.00, 5020 200.00");
}

#[test]
fn an_offset_that_is_a_control_account_is_refused() {
    let world = offset("expense", Offset::Account("2116".to_owned()));
    world.sync();
    world.assert_cause(dc(9), Reason::AccountInvalid);
}

#[test]
fn two_lines_on_one_account_stay_two_lines() {
    let world = World::of([direct_cost(
        9,
        "invoice",
        &[(91, "03-300", "100"), (92, "03-300", "-100"), (93, "03-310", "50")],
    )]);
    world.sync();
    let Posting::JournalEntry(entry) = &world.postings(dc(9))[0] else { panic!("no entry") };
    assert_eq!(entry.lines.len(), 4);
    world.edit(dc(9), |record| lines_of(record).swap(0, 2));
    assert!(world.sync().documents.is_empty(), "the order of lines is no change");
}

#[test]
fn a_total_without_subtotal_contains_the_stated_tax_where_the_lines_are_nearer_to_it_without() {
    for (total, says) in [("311.99", "says 311.99"), ("312.01", "says 288.01")] {
        let mut record = direct_cost(9, "invoice", &[(91, "03-300", "300")]);
        let body = direct_cost_of(&mut record);
        (body.total, body.stated_tax) = (Some(d(total)), Some(d("24")));
        let mut world = World::of([record]);
        world.policy.tax_in_journal = TaxInJournal::Cost;
        world.sync();
        let detail = world.assert_cause(dc(9), Reason::RoundingMismatch);
        assert!(detail.contains(says), "{detail}");
    }
}

#[test]
fn on_change_hold_lets_the_first_entry_pass_and_holds_a_change_until_a_person_posts_it() {
    let mut world = offset("invoice", Offset::Vendor);
    world.policy.on_change = OnChange::Hold;
    world.sync();
    assert_eq!(world.state(dc(9)), RecordState::Posted);
    world.edit(dc(9), |record| {
        lines_of(record)[0].amount = d("310");
        direct_cost_of(record).total = Some(d("310"));
    });
    world.sync();
    let detail = world.assert_cause(dc(9), Reason::ChangedAfterPosting);
    assert!(detail.contains("SAP holds 300"), "{detail}");
    decide(&world, dc(9), Verb::Post).unwrap();
    world.sync();
    assert_eq!(world.books(), "2110 -310.00, 5010 310.00");
}
