//! What people do in SAP with our documents and beside them.

use sync_core::{
    reconcile::DifferenceKind,
    resolve::Verb,
    states::{Reason, RecordState},
};
use sync_sandbox::service_layer::{DocumentKind, ManualInvoice, ManualLine};

use crate::world::{Made, World, amount, day};

async fn with_order() -> (World, Made) {
    let world = World::quiet().await;
    let order = world.purchase_order("PO-001", &[("03-300", "M", "720.00")]);
    (world, order)
}

/// The invoice of the order PO-001 as a person keys it: under the number that ours would have.
pub(crate) fn order_by_hand(world: &World) -> ManualInvoice {
    let project = world.read(|project| project.accounting_project_number.clone().unwrap());
    let line = ManualLine {
        account: "5020".to_owned(),
        net: amount("720.00"),
        tax_code: "EX".to_owned(),
        profit_center: String::new(),
        project: String::new(),
    };
    ManualInvoice {
        card_code: "V10001".to_owned(),
        num_at_card: format!("{project}/PO-001"),
        date: day(2026, 3, 1),
        lines: vec![line],
    }
}

fn invoice(world: &World) -> i64 {
    world.sandbox.service_layer.documents()[0].doc_entry
}

#[tokio::test]
async fn a_document_that_waits_for_approval_counts_when_it_is_approved() {
    let (world, order) = with_order().await;
    let sap = &world.sandbox.service_layer;
    sap.with_options(|options| options.approval_procedure = true);
    for _ in 0..2 {
        let report = world.sync().await;
        assert_eq!(report.exit_code(), 2);
        assert_eq!(world.standing(order.key).await.0, RecordState::PendingApproval);
        assert_eq!(world.sent(), 1, "nothing further is planned for it");
    }
    assert_eq!(world.reconciled().await.exit_code(), 2);
    sap.with_options(|options| options.approval_procedure = false);
    sap.approve_draft(sap.pending_drafts()[0].doc_entry).unwrap();
    assert_eq!(world.sync().await.exit_code(), 0);
    world.proved().await;
}

#[tokio::test]
async fn a_rejected_draft_is_never_posted_again_by_itself() {
    let (world, order) = with_order().await;
    let sap = &world.sandbox.service_layer;
    sap.with_options(|options| options.approval_procedure = true);
    world.sync().await;
    sap.reject_draft(sap.pending_drafts()[0].doc_entry).unwrap();
    for _ in 0..2 {
        assert_eq!(world.sync().await.exit_code(), 2);
        let held = (RecordState::Held, Some(Reason::RefusedInSap));
        assert_eq!(world.standing(order.key).await, held);
        assert_eq!(world.sent(), 1);
    }
    world.reconciled().await;
}

#[tokio::test]
async fn a_document_cancelled_in_sap_is_a_difference_and_is_not_posted_again_by_itself() {
    let (world, order) = with_order().await;
    world.sync().await;
    world.sandbox.service_layer.cancel_document(DocumentKind::Invoice, invoice(&world)).unwrap();
    let report = world.engine().reconcile().await;
    assert_eq!(report.exit_code(), 1);
    let found = &report.projects[0].differences;
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].key, found[0].kind), (order.key, DifferenceKind::Cancelled));
    assert_eq!((found[0].expected, found[0].in_sap), (amount("720.00"), amount("0")));
    world.set_amount(&order, 0, "800.00");
    assert_eq!(world.sync().await.exit_code(), 2);
    let held = (RecordState::Held, Some(Reason::CancelledInSap));
    assert_eq!(world.standing(order.key).await, held);
    assert_eq!(world.sent(), 1);
}

#[tokio::test]
async fn a_copy_that_a_person_makes_is_found_and_stops_its_record() {
    let (world, order) = with_order().await;
    world.sync().await;
    let sap = &world.sandbox.service_layer;
    let copy = sap.duplicate_document(DocumentKind::Invoice, invoice(&world)).unwrap();
    let report = world.engine().reconcile().await;
    assert_eq!(report.exit_code(), 1, "both count in reconciliation");
    assert_eq!(report.projects[0].difference().abs(), amount("720.00"));
    world.set_amount(&order, 0, "800.00");
    assert_eq!(world.sync().await.exit_code(), 2);
    let held = (RecordState::Held, Some(Reason::ForeignDocument));
    assert_eq!(world.standing(order.key).await, held);
    assert_eq!(world.sent(), 1);
    sap.cancel_document(DocumentKind::Invoice, copy).unwrap();
    let report = world.sync().await;
    assert_eq!(report.exit_code(), 0, "{:?}", report.exceptions);
    world.proved().await;
}

#[tokio::test]
async fn a_vendor_reference_that_another_document_holds_is_held_before_and_after_sap_refuses_it() {
    let (world, order) = with_order().await;
    let sap = &world.sandbox.service_layer;
    sap.key_invoice(&order_by_hand(&world)).unwrap();
    let number = sap.documents()[0].doc_num.to_string();
    let report = world.sync().await;
    assert_eq!(report.exit_code(), 2);
    let held = |reason: Reason| (RecordState::Held, Some(reason));
    assert_eq!(world.standing(order.key).await, held(Reason::PossibleManualDuplicate));
    let cause = world.stored(order.key).await.cause.unwrap();
    assert!(cause.detail.contains(&number), "{}", cause.detail);
    assert_eq!(world.sent(), 0, "it is found before anything is sent");
    world.reconciled().await;

    // Posted all the same, SAP itself refuses the number, in every cycle until a second answer posts it with
    // the sequence.
    let decide = async || {
        world.engine().resolve(order.key, Verb::Post, "Ada", "two costs").await.unwrap();
        world.sync().await
    };
    assert_eq!(decide().await.exit_code(), 2);
    assert_eq!(world.standing(order.key).await, held(Reason::VendorReferenceTaken));
    let cause = world.stored(order.key).await.cause.unwrap();
    assert!(cause.detail.contains(&number), "{}", cause.detail);
    assert_eq!(world.sync().await.exit_code(), 2);
    assert_eq!(world.standing(order.key).await, held(Reason::VendorReferenceTaken));
    assert_eq!((world.sent(), sap.documents().len()), (2, 1), "no other number is tried");
    world.reconciled().await;
    assert_eq!(decide().await.exit_code(), 0);
    assert_eq!((world.sent(), sap.documents().len()), (3, 2));
    world.reconciled().await;
}

#[tokio::test]
async fn an_invoice_that_a_person_keyed_holds_its_record_and_is_adopted() {
    let (world, order) = with_order().await;
    let (vendor, project) = (world.vendor(0), order.key.project);
    let keyed = ManualInvoice {
        card_code: world.mapping.vendor(vendor).unwrap().card_code.clone(),
        num_at_card: "KEYED-1".to_owned(),
        date: day(2026, 2, 20),
        lines: vec![ManualLine {
            account: "5010".to_owned(),
            net: amount("720.00"),
            tax_code: "EX".to_owned(),
            profit_center: String::new(),
            project: world.mapping.project(project).unwrap().sap_project.clone().unwrap(),
        }],
    };
    let sap = &world.sandbox.service_layer;
    let entry = sap.key_invoice(&keyed).unwrap();
    assert_eq!(world.sync().await.exit_code(), 2);
    let held = (RecordState::Held, Some(Reason::PossibleManualDuplicate));
    assert_eq!(world.standing(order.key).await, held);
    assert_eq!(world.sent(), 0);
    let cause = world.stored(order.key).await.cause.unwrap();
    assert!(cause.detail.contains(&format!("(DocEntry {entry})")), "{cause:?}");

    let engine = world.engine();
    engine.resolve(order.key, Verb::Adopt(entry), "Ada", "one cost").await.unwrap();
    assert_eq!(world.sync().await.exit_code(), 0);
    let report = world.reconciled().await;
    assert_eq!((report.exit_code(), report.projects[0].in_sap), (0, amount("720.00")));
    assert_eq!(world.sent(), 0, "nothing was posted beside it");
    sap.cancel_document(DocumentKind::Invoice, entry).unwrap();
    let report = world.engine().reconcile().await;
    assert_eq!(report.projects[0].differences[0].kind, DifferenceKind::Cancelled);
}
