//! The worked example on every basis, as the golden tables of the accounting rules.
//!
//! Commitment 10,000; change orders +1,000 and -500; requisition 1: work 4,000, retainage held 400;
//! requisition 2: work 6,500, held 250, released 650; direct cost 300. Balances are cumulative,
//! credit negative.

use sync_core::policy::{Basis, TaxInJournal};

use crate::{
    records::{change_order, d, direct_cost, requisition, subcontract, with_tax},
    world::{ACCRUED, ENCUMBRANCE, RESERVE, RETAINAGE, TAX_ACCOUNT, TRADE, UNBILLED, World},
};

/// A step, and the balances after it.
type Row<'a> = (&'a str, &'a [&'a str]);

/// The accounts of cost.
const COST: &str = "cost";

#[rustfmt::skip]
const COMMITMENT_WITH_EIGHT_PERCENT: (&[&str], [Row<'static>; 5]) = (
    /*                    */ &[COST,       TAX_ACCOUNT, UNBILLED,  TRADE,        RETAINAGE], [
    ("commitment",          &["10,000.00", "800", "-10,800.00",      "0.00",    "0.00"]),
    ("both COs",            &["10,500.00", "840", "-11,340.00",      "0.00",    "0.00"]),
    ("requisition 1",       &["10,500.00", "840",  "-7,020.00", "-3,920.00", "-400.00"]),
    ("requisition 2",       &["10,500.00", "840",       "0.00", "-11,340.00",   "0.00"]),
    ("direct cost",         &["10,800.00", "864",       "0.00", "-11,664.00",   "0.00"]),
]);

#[rustfmt::skip]
const COMMITMENT_WITHOUT_TAX: (&[&str], [Row<'static>; 5]) = (
    /*                    */ &[COST,       TAX_ACCOUNT, UNBILLED,  TRADE,        RETAINAGE], [
    ("commitment",          &["10,000.00", "0", "-10,000.00",      "0.00",    "0.00"]),
    ("both COs",            &["10,500.00", "0", "-10,500.00",      "0.00",    "0.00"]),
    ("requisition 1",       &["10,500.00", "0",  "-6,500.00", "-3,600.00", "-400.00"]),
    ("requisition 2",       &["10,500.00", "0",       "0.00", "-10,500.00",   "0.00"]),
    ("direct cost",         &["10,800.00", "0",       "0.00", "-10,800.00",   "0.00"]),
]);

#[rustfmt::skip]
const COMMITMENT_JOURNAL: (&[&str], [Row<'static>; 5]) = (
    /*                    */ &[COST,        ACCRUED,      TRADE,        RETAINAGE], [
    ("commitment",          &["10,000.00", "-10,000.00",       "0.00",    "0.00"]),
    ("both COs",            &["10,500.00", "-10,500.00",       "0.00",    "0.00"]),
    ("requisition 1",       &["10,500.00",  "-6,500.00",  "-3,600.00", "-400.00"]),
    ("requisition 2",       &["10,500.00",       "0.00", "-10,500.00",    "0.00"]),
    ("direct cost",         &["10,800.00",       "0.00", "-10,800.00",    "0.00"]),
]);

#[rustfmt::skip]
const PROGRESS_AS_INVOICES: (&[&str], [Row<'static>; 5]) = (
    /*                    */ &[COST,       TAX_ACCOUNT, TRADE,     RETAINAGE], [
    ("commitment",          &[     "0.00",   "0",       "0.00",    "0.00"]),
    ("both COs",            &[     "0.00",   "0",       "0.00",    "0.00"]),
    ("requisition 1",       &[ "4,000.00", "320",  "-3,920.00", "-400.00"]),
    ("requisition 2",       &["10,500.00", "840", "-11,340.00",    "0.00"]),
    ("direct cost",         &["10,800.00", "864", "-11,664.00",    "0.00"]),
]);

#[rustfmt::skip]
const PROGRESS_AS_JOURNAL: (&[&str], [Row<'static>; 5]) = (
    /*                    */ &[COST,       TAX_ACCOUNT, TRADE,     RETAINAGE], [
    ("commitment",          &[     "0.00", "0",       "0.00",    "0.00"]),
    ("both COs",            &[     "0.00", "0",       "0.00",    "0.00"]),
    ("requisition 1",       &[ "4,000.00", "0",  "-3,600.00", "-400.00"]),
    ("requisition 2",       &["10,500.00", "0", "-10,500.00",    "0.00"]),
    ("direct cost",         &["10,800.00", "0", "-10,800.00",    "0.00"]),
]);

/// With journal entries and with A/P invoices alike.
#[rustfmt::skip]
const ENCUMBRANCE_TABLE: (&[&str], [Row<'static>; 5]) = (
    /*                    */ &[COST,       TRADE,        RETAINAGE, ENCUMBRANCE, RESERVE], [
    ("commitment",          &[     "0.00",       "0.00",    "0.00", "10,000.00", "-10,000.00"]),
    ("both COs",            &[     "0.00",       "0.00",    "0.00", "10,500.00", "-10,500.00"]),
    ("requisition 1",       &[ "4,000.00",  "-3,600.00", "-400.00",  "6,500.00",  "-6,500.00"]),
    ("requisition 2",       &["10,500.00", "-10,500.00",    "0.00",      "0.00",       "0.00"]),
    ("direct cost",         &["10,800.00", "-10,800.00",    "0.00",      "0.00",       "0.00"]),
]);

pub(crate) fn enter(world: &World, step: &str, taxed: bool) {
    match step {
        "commitment" => world.put([subcontract(1, &[(11, "03-300", "10,000")])]),
        "both COs" => world.put([
            change_order(5, 1, &[(51, "03-300", "1,000")]),
            change_order(6, 1, &[(61, "03-300", "-500")]),
        ]),
        "requisition 1" => {
            world.put([requisition(71, 1, &[(11, "4,000", "4,000", "400", "0")], "3,600")]);
        }
        "requisition 2" => world.put([requisition(
            72,
            2,
            &[
                (11, "10,000", "6,000", "0", "650"),
                (51, "1,000", "1,000", "0", "0"),
                (61, "-500", "-500", "0", "0"),
            ],
            "6,900",
        )]),
        "direct cost" => {
            let cost = direct_cost(9, "invoice", &[(91, "26-100", "300")]);
            world.put([if taxed { with_tax(cost, "24") } else { cost }]);
        }
        other => panic!("no step {other}"),
    }
}

fn assert_table(world: &World, (accounts, table): &(&[&str], [Row<'_>; 5]), taxed: bool) {
    for (step, expected) in table {
        enter(world, step, taxed);
        let report = world.sync();
        assert_eq!(report.exit_code(), 0, "after {step}: {:?}", report.exceptions);
        let got: Vec<_> = accounts
            .iter()
            .map(|account| match *account {
                COST => world.balance("5010") + world.balance("5020"),
                account => world.balance(account),
            })
            .collect();
        let expected: Vec<_> = expected.iter().map(|amount| d(amount)).collect();
        assert_eq!(got, expected, "{accounts:?} after {step}");
        assert!(world.sync().documents.is_empty(), "after {step} a second cycle posts nothing");
        world.assert_reconciles();
    }
}

#[test]
fn commitment_with_eight_percent_tax() {
    assert_table(&World::with_tax(), &COMMITMENT_WITH_EIGHT_PERCENT, true);
}

#[test]
fn commitment_without_tax() {
    assert_table(&World::new(), &COMMITMENT_WITHOUT_TAX, false);
}

#[test]
fn commitment_journal() {
    assert_table(&World::on(Basis::CommitmentJournal), &COMMITMENT_JOURNAL, false);
}

#[test]
fn progress_with_requisitions_as_invoices_of_eight_percent_tax() {
    let mut world = World::on(Basis::Progress).with_invoices();
    world.project_row.tax_code = Some("T8".to_owned());
    world.policy.tax_in_journal = TaxInJournal::Account(TAX_ACCOUNT.to_owned());
    assert_table(&world, &PROGRESS_AS_INVOICES, true);
}

#[test]
fn progress_with_requisitions_as_journal_entries() {
    assert_table(&World::on(Basis::Progress), &PROGRESS_AS_JOURNAL, false);
}

#[test]
fn encumbrance_with_requisitions_as_journal_entries() {
    assert_table(&World::on(Basis::Encumbrance), &ENCUMBRANCE_TABLE, false);
}

#[test]
fn encumbrance_with_requisitions_as_invoices() {
    assert_table(&World::on(Basis::Encumbrance).with_invoices(), &ENCUMBRANCE_TABLE, false);
}

#[test]
fn entered_at_once_every_basis_ends_in_the_books_of_its_table() {
    for (basis, books) in [
        (Basis::CommitmentJournal, "2110 -10800.00, 5010 10500.00, 5020 300.00"),
        (Basis::Progress, "2110 -10800.00, 5010 10500.00, 5020 300.00"),
        (Basis::Encumbrance, "2110 -10800.00, 5010 10500.00, 5020 300.00"),
    ] {
        // Invoices would recognise the cost a second time where the commitment is cost already.
        let with_invoices =
            (basis != Basis::CommitmentJournal).then(|| World::on(basis).with_invoices());
        for world in [Some(World::on(basis)), with_invoices].into_iter().flatten() {
            for (step, _) in COMMITMENT_JOURNAL.1 {
                enter(&world, step, false);
            }
            assert_eq!(world.sync().exit_code(), 0);
            assert_eq!(world.books(), books, "{basis:?}");
            world.assert_reconciles();
        }
    }
}

#[test]
fn commitment_entered_at_once_ends_in_the_same_books() {
    let world = World::with_tax();
    for (step, _) in COMMITMENT_WITH_EIGHT_PERCENT.1 {
        enter(&world, step, true);
    }
    assert_eq!(world.sync().exit_code(), 0);
    assert_eq!(world.books(), "1610 864.00, 2110 -11664.00, 5010 10500.00, 5020 300.00");
    world.assert_reconciles();
}

#[test]
fn retainage_on_a_control_account_is_kept_per_vendor() {
    let mut world = World::new();
    world.policy.retainage_account = Some("2116".to_owned());
    for step in ["commitment", "both COs", "requisition 1"] {
        enter(&world, step, false);
    }
    world.sync();
    assert_eq!(world.books(), "2110 -3600.00, 2116 -400.00, 2160 -6500.00, 5010 10500.00");
}

#[test]
fn without_an_unbilled_account_a_requisition_moves_retainage_only() {
    let mut world = World::new();
    world.policy.unbilled_account = None;
    for step in ["commitment", "both COs", "requisition 1"] {
        enter(&world, step, false);
    }
    world.sync();
    assert_eq!(world.books(), "2110 -10100.00, 2115 -400.00, 5010 10500.00");
}
