//! What a change posts, line by line: which lines move, which stay, and under which tax code they are
//! compared.

use sync_core::{
    model::{JournalLine, JournalTarget, LineMark, Posting, SourceKey},
    policy::{Basis, TaxInJournal},
};

use crate::{
    records::{SC, add_up, change_order, co, d, dc, direct_cost, lines_of, req, requisition},
    records::{requisition_of, subcontract, with_tax},
    world::World,
};

fn entry_lines(world: &World, key: SourceKey, at: usize) -> Vec<JournalLine> {
    match world.postings(key).swap_remove(at) {
        Posting::JournalEntry(entry) => entry.lines,
        other => panic!("{:?}", other.document_type()),
    }
}

#[test]
fn a_shift_between_cost_accounts_carries_no_tax_code() {
    let world = World::with_tax();
    world.put([subcontract(1, &[(11, "03-300", "600"), (12, "26-100", "400")])]);
    world.sync();
    world.edit(SC, |record| {
        lines_of(record)[0].amount = d("500");
        lines_of(record)[1].amount = d("500");
        add_up(record);
    });
    world.sync();
    let lines = entry_lines(&world, SC, 1);
    assert_eq!(lines.len(), 2);
    for line in &lines {
        let JournalTarget::Account(coding) = &line.target else { panic!("{line:?}") };
        assert_eq!(coding.tax_code, None);
    }
}

#[test]
fn a_change_order_that_nets_to_zero_is_compared_under_the_one_tax_code_of_its_lines() {
    let world = World::with_tax();
    world.put([
        subcontract(1, &[(11, "03-300", "600"), (12, "26-100", "400")]),
        change_order(5, 1, &[(51, "03-300", "100"), (52, "26-100", "-100")]),
    ]);
    world.sync();
    world.edit(co(5), |record| {
        lines_of(record)[0].amount = d("120");
        lines_of(record)[1].amount = d("-120");
        add_up(record);
    });
    world.sync();
    assert_eq!(world.documents(co(5)), "#1 JournalEntries 100.00, #2 JournalEntries 20.00");
    assert_eq!(entry_lines(&world, co(5), 1).len(), 2);
}

#[test]
fn the_tax_line_of_a_recoded_line_goes_with_it() {
    let mut world = World::new();
    world.policy.tax_in_journal = TaxInJournal::Cost;
    world.put([with_tax(direct_cost(9, "invoice", &[(91, "03-300", "100")]), "8")]);
    world.sync();
    assert_eq!(world.books(), "2110 -108.00, 5010 108.00");
    world.edit(dc(9), |record| {
        lines_of(record)[0].coding.as_mut().unwrap().cost_code = "26-100".to_owned();
    });
    world.sync();
    assert_eq!(world.books(), "2110 -108.00, 5020 108.00");
}

#[test]
fn retainage_that_stays_on_its_plain_account_is_not_payment_blocked() {
    let billed =
        |retained: &str, due: &str| requisition(71, 1, &[(11, "400", "400", retained, "0")], due);
    let mut world = World::of([subcontract(1, &[(11, "03-300", "1,000")]), billed("40", "360")]);
    world.sync();
    // A control account from now on: what was posted stays where it was.
    world.policy.retainage_account = Some("2116".to_owned());
    world.put([billed("50", "350")]);
    world.sync();
    assert_eq!((world.balance("2115"), world.balance("2116")), (d("-50"), d("0")));
    let lines = entry_lines(&world, req(71), 1);
    let held = lines.iter().find(|line| line.mark == LineMark::Role("held".to_owned())).unwrap();
    assert!(!held.payment_block, "{held:?}");
}

#[test]
fn retainage_on_an_invoices_lines_is_compared_without_its_tax_code() {
    let world = World::on(Basis::Progress).with_invoices();
    let billed = |amount: &str, retained: &str, due: &str| {
        requisition(71, 1, &[(11, amount, amount, retained, "0")], due)
    };
    world.put([subcontract(1, &[(11, "03-300", "1,000")]), billed("400", "40", "360")]);
    world.sync();
    world.put([billed("500", "50", "450")]);
    world.sync();
    let Posting::PurchaseInvoice(change) = world.postings(req(71)).swap_remove(1) else {
        panic!("{}", world.documents(req(71)))
    };
    let amounts: Vec<String> = change.lines.iter().map(|l| format!("{:.2}", l.amount)).collect();
    assert_eq!(amounts, ["100.00", "-10.00"]);
}

#[test]
fn two_items_of_one_line_add_up_with_their_tax() {
    let mut world = World::on(Basis::Progress);
    world.policy.tax_in_journal = TaxInJournal::Cost;
    let billed =
        requisition(71, 1, &[(11, "100", "100", "0", "0"), (11, "200", "200", "0", "0")], "300");
    world.put([subcontract(1, &[(11, "03-300", "1,000")]), with_tax(billed, "24")]);
    world.sync();
    assert_eq!(world.books(), "2110 -324.00, 5010 324.00");
    world.edit(req(71), |record| requisition_of(record).stated_tax = Some(d("30")));
    world.sync();
    assert_eq!(world.books(), "2110 -330.00, 5010 330.00");
}
