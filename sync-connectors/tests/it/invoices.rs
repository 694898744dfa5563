//! The search for A/P invoices that people keyed, over the wire and with the wire's own filters.

use std::collections::BTreeSet;

use sync_core::ports::{InvoiceSearch, Ledger as _, LedgerErrorKind, PostOutcome, UnkeyedInvoice};
use sync_sandbox::{
    Fault,
    service_layer::{DocumentKind, ManualInvoice, ManualLine},
};

use crate::world::{World, amount, day};

fn keyed(world: &World, reference: &str, date: chrono::NaiveDate, net: &str) -> i64 {
    let books = &world.sandbox.contractor.books;
    let invoice = ManualInvoice {
        card_code: world.vendor(),
        num_at_card: reference.to_owned(),
        date,
        lines: vec![ManualLine {
            account: "5010".to_owned(),
            net: amount(net),
            tax_code: "EX".to_owned(),
            profit_center: String::new(),
            project: books.projects[0].code.clone(),
        }],
    };
    world.sandbox.service_layer.key_invoice(&invoice).unwrap()
}

fn search(world: &World, references: &[&str]) -> InvoiceSearch {
    InvoiceSearch {
        card_code: world.vendor(),
        references: references.iter().map(|&text| text.to_owned()).collect(),
        from: day(2026, 8, 1),
        to: day(2026, 8, 31),
    }
}

async fn found(world: &World, searches: &[InvoiceSearch]) -> Vec<UnkeyedInvoice> {
    world.ledger.invoices_without_key(searches).await.unwrap()
}

fn entries(found: &[UnkeyedInvoice]) -> BTreeSet<i64> {
    let entries: BTreeSet<i64> = found.iter().map(|invoice| invoice.doc_entry).collect();
    assert_eq!(entries.len(), found.len(), "each once: {found:?}");
    entries
}

#[tokio::test]
async fn what_a_person_keyed_is_found_by_its_date_and_by_its_number_and_ours_is_not() {
    let world = World::ready();
    let outcome = world.post(&world.invoice(5, 1, "OURS-1")).await;
    assert!(matches!(outcome, PostOutcome::Done(_)), "{outcome:?}");
    let in_august = keyed(&world, "A-1", day(2026, 8, 10), "100.00");
    let earlier = keyed(&world, "A-2", day(2026, 5, 4), "70.00");
    let no_reference = keyed(&world, "", day(2026, 8, 31), "30.00");
    let before: BTreeSet<i64> = entries(&found(&world, &[search(&world, &["A-2"])]).await);
    assert!(before.is_superset(&[in_august, earlier, no_reference].into()), "{before:?}");
    let without = found(&world, &[search(&world, &["OURS-1"])]).await;
    assert!(!entries(&without).contains(&earlier), "neither its date nor its number is asked for");
    assert!(without.iter().all(|invoice| invoice.reference.as_deref() != Some("OURS-1")));
    let first = without.iter().find(|invoice| invoice.doc_entry == in_august).unwrap();
    assert_eq!((first.net, first.total), (amount("100.00"), amount("100.00")));
    assert_eq!(first.reference.as_deref(), Some("A-1"));
    assert_eq!(first.posting_date, day(2026, 8, 10));
    let project = &world.sandbox.contractor.books.projects[0].code;
    assert_eq!(first.projects, [project.clone()].into());
    assert!(first.doc_num.is_some());
}

#[tokio::test]
async fn a_cancelled_invoice_and_its_cancellation_count_no_more() {
    let world = World::ready();
    let entry = keyed(&world, "A-1", day(2026, 8, 10), "100.00");
    world.sandbox.service_layer.cancel_document(DocumentKind::Invoice, entry).unwrap();
    let left = found(&world, &[search(&world, &["A-1"])]).await;
    assert!(left.iter().all(|invoice| invoice.reference.as_deref() != Some("A-1")), "{left:?}");
}

#[tokio::test]
async fn many_vendors_and_references_take_few_questions() {
    let world = World::ready();
    let entry = keyed(&world, "N-199", day(2026, 2, 2), "100.00");
    let mut searches = vec![search(&world, &[])];
    searches[0].references = (0..40).map(|n| format!("N-{}", 160 + n)).collect();
    searches.extend((0..19).map(|n| InvoiceSearch {
        card_code: format!("NOBODY{n}"),
        references: BTreeSet::new(),
        ..search(&world, &[])
    }));
    let before = world.ledger.availability().calls;
    let answer = found(&world, &searches).await;
    assert!(entries(&answer).contains(&entry));
    let calls = world.ledger.availability().calls - before;
    // Twenty vendors in two questions, forty references in two.
    assert!((4..=6).contains(&calls), "{calls} calls");
}

#[tokio::test]
async fn nothing_is_asked_where_nothing_is_looked_for() {
    let world = World::ready();
    let before = world.ledger.availability().calls;
    assert_eq!(found(&world, &[]).await, []);
    assert_eq!(world.ledger.availability().calls, before);
}

#[tokio::test]
async fn a_search_that_fails_is_an_error_and_no_absence() {
    let world = World::ready();
    world.sap_fault("GET", "PurchaseInvoices", u32::MAX, Fault::Html(502));
    let error = world.ledger.invoices_without_key(&[search(&world, &["A-1"])]).await.unwrap_err();
    assert_eq!(error.kind, LedgerErrorKind::Unavailable);
}
