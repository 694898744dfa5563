//! The lines of A/P documents: withholding as vendors.csv says, lines against a document's direction, and
//! the tax that is predicted beside the one that Procore states.

use sync_core::{
    model::{Posting, SourceKey},
    policy::{Basis, NegativeLines},
    states::{FindingKind, Reason, RecordState},
};

use crate::{
    records::{SC, add_up, d, lines_of, req, requisition, subcontract, vendor, with_tax},
    world::World,
};

/// What the lines of each A/P document of a record say of withholding.
fn withholding(world: &World, key: SourceKey) -> Vec<(String, Option<bool>)> {
    let documents = world.postings(key).into_iter().filter_map(|posting| match posting {
        Posting::PurchaseInvoice(document) | Posting::PurchaseCreditNote(document) => {
            let says: Vec<_> = document.lines.iter().map(|line| line.wt_liable).collect();
            assert!(says.windows(2).all(|pair| pair[0] == pair[1]), "all lines say the same");
            Some((document.card_code, says[0]))
        }
        Posting::JournalEntry(_) => None,
    });
    documents.collect()
}

fn contract(world: &World) {
    world.put([subcontract(1, &[(11, "03-300", "700"), (12, "03-310", "300")])]);
    world.sync();
}

#[test]
fn withholding_is_what_the_row_of_the_vendor_says_and_the_partners_own_setting_where_it_is_empty() {
    for says in [Some(true), Some(false), None] {
        let mut world = World::new();
        world.vendors[0].2 = says;
        contract(&world);
        assert_eq!(withholding(&world, SC), [("V100".to_owned(), says)]);
    }
}

#[test]
fn a_credit_memo_for_a_former_vendor_withholds_as_the_rows_of_that_partner_agree() {
    for (rows, agreed) in [
        (vec![(1, "V100", Some(true)), (2, "V200", Some(false))], Some(true)),
        (vec![(1, "V100", Some(true)), (2, "V200", None), (3, "V100", Some(true))], Some(true)),
        (vec![(1, "V100", Some(true)), (2, "V200", None), (3, "V100", Some(false))], None),
    ] {
        let mut world = World::new();
        world.vendors = rows.clone();
        contract(&world);
        world.edit(SC, |record| record.vendor = vendor(2));
        world.sync();
        let said = withholding(&world, SC);
        assert_eq!(said.len(), 3, "{rows:?}");
        assert_eq!(said[1], ("V100".to_owned(), agreed), "{rows:?}");
        assert_eq!(said[2], ("V200".to_owned(), rows[1].2), "{rows:?}");
    }
}

/// Billed as A/P invoices: 400 of work, 50 taken back of another line, 35 retained.
fn billed_with_a_negative_line(negative_lines: NegativeLines) -> World {
    let mut world = World::on(Basis::Progress).with_invoices();
    world.policy.negative_lines = negative_lines;
    world.put([
        subcontract(1, &[(11, "03-300", "700"), (12, "03-310", "300")]),
        requisition(70, 1, &[(11, "0", "0", "0", "0"), (12, "100", "100", "0", "0")], "100"),
        requisition(71, 2, &[(11, "400", "400", "35", "0"), (12, "50", "-50", "0", "0")], "315"),
    ]);
    world.sync();
    world
}

#[test]
fn a_negative_line_of_a_requisitions_invoice_stays_in_it_or_is_a_credit_memo_of_its_own() {
    let world = billed_with_a_negative_line(NegativeLines::Keep);
    assert_eq!(world.documents(req(71)), "#1 PurchaseInvoices 315.00");
    let apart = billed_with_a_negative_line(NegativeLines::Split);
    // The retainage of 35 stays with the invoice that it belongs to.
    let documents = apart.documents(req(71));
    assert_eq!(documents, "#1 PurchaseInvoices 365.00, #2 PurchaseCreditNotes 50.00");
    assert_eq!(world.books(), apart.books());
    assert!(apart.sync().documents.is_empty());
    apart.assert_reconciles();
}

#[test]
fn the_negative_line_of_a_commitment_is_split_off_as_the_policy_says() {
    let mut world = World::new();
    world.policy.negative_lines = NegativeLines::Split;
    world.put([subcontract(1, &[(11, "03-300", "100"), (12, "26-100", "-30")])]);
    world.sync();
    assert_eq!(world.documents(SC), "#1 PurchaseInvoices 100.00, #2 PurchaseCreditNotes 30.00");
    world.assert_reconciles();
}

#[test]
fn the_stated_tax_is_compared_with_what_saps_rates_give() {
    for (stated, differs) in [("32", false), ("30", true)] {
        let mut world = World::on(Basis::Progress).with_invoices();
        world.project_row.tax_code = Some("T8".to_owned());
        let billed = requisition(71, 1, &[(11, "400", "400", "0", "0")], "400");
        world.put([subcontract(1, &[(11, "03-300", "1,000")]), with_tax(billed, stated)]);
        let report = world.sync();
        assert_eq!(world.held(req(71))[0].tax, d("32"));
        let found: Vec<_> = report.findings.iter().map(|row| row.finding.kind).collect();
        let expected = if differs { vec![FindingKind::TaxDiffers] } else { Vec::new() };
        assert_eq!(found, expected, "{:?}", report.findings);
    }
}

#[test]
fn the_tax_of_a_requisitions_reduction_counts_against_what_the_vendor_is_owed() {
    let world = || {
        let mut world = World::on(Basis::Progress).with_invoices();
        world.project_row.tax_code = Some("T8".to_owned());
        let billed = requisition(71, 1, &[(11, "400", "400", "0", "0")], "400");
        world.put([subcontract(1, &[(11, "03-300", "1,000")]), with_tax(billed, "32")]);
        world.sync();
        world.ledger.pay(world.held(req(71))[0].doc_entry, d("324"));
        world
    };
    // 432.00 less 324.00 leaves 108.00: a reduction by 100.00 net, not by 101.00.
    for (to, exceeds) in [("300", false), ("299", true)] {
        let world = world();
        world.edit(req(71), |record| {
            let body = crate::records::requisition_of(record);
            let item = &mut body.items[0];
            (item.completed_and_stored, item.work_this_period) = (d(to), d(to));
            (body.completed_and_stored, body.current_payment_due) = (Some(d(to)), Some(d(to)));
        });
        world.sync();
        if exceeds {
            let detail = world.assert_cause(req(71), Reason::WouldExceedOpenBalance);
            assert!(detail.contains("V100 by 109.08"), "{detail}");
        } else {
            assert_eq!(world.state(req(71)), RecordState::Posted);
        }
    }
}

#[test]
fn a_shift_between_accounts_of_two_tax_codes_is_an_invoice_and_a_credit_memo() {
    let mut world = World::with_tax();
    world.rules[1].tax_code = sync_core::mapping::Target::Value("T5".to_owned());
    world.put([subcontract(1, &[(11, "03-300", "500"), (12, "26-100", "500")])]);
    world.sync();
    world.edit(SC, |record| {
        lines_of(record)[0].amount = d("600");
        lines_of(record)[1].amount = d("400");
        add_up(record);
    });
    world.sync();
    let sets: Vec<_> = world.held(SC).iter().map(|held| held.document_type.entity_set()).collect();
    assert_eq!(sets, ["PurchaseInvoices", "PurchaseInvoices", "PurchaseCreditNotes"]);
    world.assert_reconciles();
}
