//! The exact bytes of documents.

use sync_core::{
    model::{JournalTarget, Posting},
    ports::{Ledger as _, LedgerErrorKind},
};
use sync_sandbox::{
    SandboxOptions,
    service_layer::{Localization, ServiceLayerOptions},
};

use crate::world::{World, amount};

async fn body(world: &World, posting: &Posting) -> String {
    let payload = world.ledger.payload(posting, &world.catalog().await).unwrap();
    assert_eq!(payload.document_type, posting.document_type());
    String::from_utf8(payload.body).unwrap()
}

#[tokio::test]
async fn an_invoice_is_written_with_every_digit_and_its_marks() {
    let world = World::ready();
    let key = format!("{}:{}:subcontract:5#1", world.company(), world.first_project());
    let books = &world.sandbox.contractor.books;
    let (project, vendor) = (&books.projects[0].code, world.vendor());
    let center = &books.profit_centers.iter().find(|c| c.dimension == 1).unwrap().code;
    assert_eq!(
        body(&world, &world.invoice(5, 1, "P-1/SC-001")).await,
        format!(
            r#"{{"DocType":"dDocument_Service","CardCode":"{vendor}","DocDate":"2026-08-03","TaxDate":"2026-08-01","NumAtCard":"P-1/SC-001","DocCurrency":"USD","Comments":"Procore subcontract SC-001","JournalMemo":"Procore subcontract 5","Project":"{project}","ControlAccount":"2160","PaymentBlock":"tYES","DiscountPercent":0,"Rounding":"tNO","DocumentLines":[{{"ItemDescription":"03-300.S Slab on grade","AccountCode":"5030","LineTotal":200.05,"TaxCode":"EX","CostingCode":"{center}","ProjectCode":"{project}","FreeText":"5629499534213120 03-300.S Slab on grade"}},{{"ItemDescription":"03-310.S Footings","AccountCode":"5030","LineTotal":100.00,"TaxCode":"EX","WTLiable":"tNO","CostingCode":"{center}","ProjectCode":"{project}","FreeText":"12 03-310.S Footings"}}],"U_ProcoreKey":"{key}","U_ProcoreRev":"00112233445566aa"}}"#
        )
    );
}

#[tokio::test]
async fn a_journal_entry_has_one_side_on_each_line_and_its_key_as_reference() {
    let world = World::ready();
    let key = format!("{}:{}:direct_cost:5#2", world.company(), world.first_project());
    let books = &world.sandbox.contractor.books;
    let (project, vendor) = (&books.projects[0].code, world.vendor());
    let center = &books.profit_centers.iter().find(|c| c.dimension == 1).unwrap().code;
    assert_eq!(
        body(&world, &Posting::JournalEntry(world.entry(5, 2))).await,
        format!(
            r#"{{"ReferenceDate":"2026-08-03","DueDate":"2026-09-01","TaxDate":"2026-08-01","Memo":"Procore direct_cost 5","Reference":"INV-1","Reference2":"{key}","ProjectCode":"{project}","JournalEntryLines":[{{"AccountCode":"5020","Debit":24.50,"LineMemo":"05-120.M Anchor bolts","Reference1":"71","CostingCode":"{center}","ProjectCode":"{project}"}},{{"AccountCode":"5020","Debit":75.50,"LineMemo":"05-120.M Anchor bolts","Reference1":"72","CostingCode":"{center}","ProjectCode":"{project}"}},{{"ShortName":"{vendor}","ControlAccount":"2110","Credit":100.00,"LineMemo":"Procore direct_cost INV-1","Reference1":"payable","DueDate":"2026-09-01","ProjectCode":"{project}","PaymentBlock":"tYES"}}],"U_ProcoreKey":"{key}","U_ProcoreRev":"00112233445566aa"}}"#
        )
    );
}

#[tokio::test]
async fn texts_are_cut_visibly_and_codes_never() {
    let world = World::ready();
    let catalog = world.catalog().await;
    let mut document = world.ap(5, 1, "R-1");
    document.header.memo = "m".repeat(60);
    document.comments = "c".repeat(300);
    document.lines[0].description = format!("03-300.S {}", "d".repeat(120));
    let text = body(&world, &Posting::PurchaseInvoice(document.clone())).await;
    assert!(text.contains(&format!("\"JournalMemo\":\"{}…\"", "m".repeat(49))), "{text}");
    assert!(text.contains(&format!("\"Comments\":\"{}…\"", "c".repeat(253))));
    assert!(text.contains(&format!("\"ItemDescription\":\"03-300.S {}…\"", "d".repeat(90))));
    assert!(text.contains("\"FreeText\":\"5629499534213120 03-300.S dddd"), "{text}");
    assert!(matches!(
        world.post(&Posting::PurchaseInvoice(document.clone())).await,
        sync_core::ports::PostOutcome::Done(_)
    ));
    document.lines[0].coding.project = Some("A PROJECT CODE OF MORE THAN TWENTY".to_owned());
    let error = world.ledger.payload(&Posting::PurchaseInvoice(document), &catalog).unwrap_err();
    assert_eq!(error.kind, LedgerErrorKind::Unwritable);
    assert!(error.detail.contains("ProjectCode"), "{error}");
}

#[tokio::test]
async fn an_entry_out_of_balance_is_not_written() {
    let world = World::ready();
    let mut entry = world.entry(5, 1);
    entry.lines[0].amount = amount("24.51");
    let error =
        world.ledger.payload(&Posting::JournalEntry(entry), &world.catalog().await).unwrap_err();
    assert_eq!(error.kind, LedgerErrorKind::Unwritable);
    assert!(error.detail.contains("0.01"), "{error}");
}

#[tokio::test]
async fn vat_countries_and_foreign_currencies_use_their_own_columns() {
    let service_layer =
        ServiceLayerOptions { localization: Localization::Vat, ..ServiceLayerOptions::default() };
    let world = World::ready_with(SandboxOptions { service_layer, ..SandboxOptions::default() });
    let mut document = world.ap(5, 1, "R-1");
    document.header.currency = "EUR".to_owned();
    let text = body(&world, &Posting::PurchaseInvoice(document)).await;
    assert!(
        text.contains("\"RowTotalFC\":200.05,\"VatGroup\":\"EX\"") && !text.contains("LineTotal")
    );
    let mut entry = world.entry(5, 1);
    entry.header.currency = "EUR".to_owned();
    let text = body(&world, &Posting::JournalEntry(entry.clone())).await;
    assert!(
        text.contains("\"FCDebit\":24.50,\"FCCurrency\":\"EUR\"") && !text.contains("\"Debit\"")
    );
    entry.lines.reverse();
    assert!(matches!(entry.lines[0].target, JournalTarget::Partner { .. }));
}
