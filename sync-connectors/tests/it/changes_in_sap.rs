//! What people do to our documents in SAP.

use sync_core::{
    model::{DocumentType, HeldDocument, HeldState, Kind, Posting},
    ports::{Ledger as _, PostOutcome},
};
use sync_sandbox::{
    SandboxOptions,
    service_layer::{DocumentKind, ServiceLayerOptions},
};

use crate::world::{World, amount};

async fn found(world: &World, kind: Kind, id: i64) -> Vec<HeldDocument> {
    world.ledger.look_up(&[world.key(kind, id)]).await.unwrap()
}

async fn done(world: &World, posting: &Posting) -> HeldDocument {
    match world.post(posting).await {
        PostOutcome::Done(receipt) => receipt.document,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_cancelled_invoice_and_its_cancellation_are_one_cancelled_document() {
    let world = World::ready();
    let invoice = done(&world, &world.invoice(5, 1, "R-1")).await;
    let sap = &world.sandbox.service_layer;
    sap.cancel_document(DocumentKind::Invoice, invoice.doc_entry).unwrap();
    let found = found(&world, Kind::Subcontract, 5).await;
    let [document] = &found[..] else { panic!("{found:?}") };
    assert_eq!(document.state, HeldState::Cancelled);
    assert_eq!(document.doc_entry, invoice.doc_entry);
    assert_eq!(document.net_cost(), amount("0"));
}

#[tokio::test]
async fn a_reversed_journal_entry_and_its_reversal_are_one_cancelled_document() {
    let world = World::ready();
    let entry = done(&world, &Posting::JournalEntry(world.entry(6, 1))).await;
    world.sandbox.service_layer.reverse_journal_entry(entry.doc_entry).unwrap();
    let found = found(&world, Kind::DirectCost, 6).await;
    let [document] = &found[..] else { panic!("{found:?}") };
    assert_eq!(document.state, HeldState::Cancelled);
    assert_eq!(document.doc_entry, entry.doc_entry);
}

#[tokio::test]
async fn a_copy_that_a_person_made_is_a_second_live_document() {
    let world = World::ready();
    let invoice = done(&world, &world.invoice(5, 1, "R-1")).await;
    let sap = &world.sandbox.service_layer;
    sap.duplicate_document(DocumentKind::Invoice, invoice.doc_entry).unwrap();
    let found = found(&world, Kind::Subcontract, 5).await;
    assert_eq!(found.len(), 2);
    assert!(found.iter().all(HeldDocument::is_live));
}

#[tokio::test]
async fn payments_show_on_the_document() {
    let world = World::ready();
    let invoice = done(&world, &world.invoice(5, 1, "R-1")).await;
    world.sandbox.service_layer.pay_invoice(invoice.doc_entry, amount("300.05")).unwrap();
    let found = found(&world, Kind::Subcontract, 5).await;
    assert_eq!(found[0].paid, amount("300.05"));
    assert!(!found[0].open);
}

#[tokio::test]
async fn an_approval_procedure_makes_a_draft_that_waits_is_rejected_or_becomes_the_document() {
    let service_layer =
        ServiceLayerOptions { approval_procedure: true, ..ServiceLayerOptions::default() };
    let world = World::ready_with(SandboxOptions { service_layer, ..SandboxOptions::default() });
    let sap = &world.sandbox.service_layer;
    let draft = done(&world, &world.invoice(5, 1, "R-1")).await;
    assert_eq!(draft.document_type, DocumentType::Draft);
    assert_eq!(draft.state, HeldState::PendingApproval);
    assert_eq!(draft.net_cost(), amount("0"));
    assert_eq!(found(&world, Kind::Subcontract, 5).await, std::slice::from_ref(&draft));
    sap.approve_draft(draft.doc_entry).unwrap();
    let held = found(&world, Kind::Subcontract, 5).await;
    let [document] = &held[..] else { panic!("{held:?}") };
    assert_eq!(document.document_type, DocumentType::PurchaseInvoice);
    assert!(document.is_live(), "the draft no longer counts beside its document");
    let second = done(&world, &world.invoice(6, 1, "R-2")).await;
    sap.reject_draft(second.doc_entry).unwrap();
    assert_eq!(found(&world, Kind::Subcontract, 6).await[0].state, HeldState::Rejected);
}
