//! A company without user fields: keys stand in the documents' own references.

use sap_b1_client::{UdfValue, Udfs};
use sync_core::{
    memory::MemoryStore,
    model::DocumentType::{JournalEntry, PurchaseCreditNote, PurchaseInvoice},
    policy::Reference,
    ports::Ledger as _,
    resolve::Verb,
    states::{Reason, RecordState},
};
use sync_sandbox::{
    Fault,
    contractor::{Contractor, ContractorSize},
    service_layer::DocumentKind,
};

use crate::{
    faults::in_state,
    month::posted,
    people_in_sap::order_by_hand,
    world::{Work, World, amount, as_of, day},
};

/// Both systems without user fields on documents.
async fn referring(contractor: Contractor) -> World {
    let mut world = World::without_user_fields(contractor).await;
    let mut access = world.access();
    access.reference = Reference::Key;
    world.policy.reference = Reference::Key;
    world.profile.reference = Reference::Key.name().to_owned();
    world.reconnect(&access);
    world.ledger.set_up().await.unwrap();
    world
}

fn quiet() -> Contractor {
    let size = ContractorSize {
        purchase_orders: 0,
        subcontracts: 0,
        direct_costs: 0,
        ..ContractorSize::one_project().without_troubles()
    };
    Contractor::generate(size, 7, as_of())
}

#[tokio::test]
async fn the_first_cycle_posts_every_approved_record_and_the_second_nothing() {
    let world = referring(Contractor::small(7, as_of())).await;
    let first = world.sync().await;
    assert_eq!(first.exit_code(), 0, "{:?} {:?}", first.failure, first.exceptions);
    assert_eq!(first.documents.len(), world.sandbox.contractor.postable().total());
    world.proved().await;
    let documents = world.sandbox.service_layer.documents();
    assert!(documents.iter().all(|document| document.user_fields.is_empty()));
}

#[tokio::test]
async fn a_month_of_changes_ends_where_procore_ends() {
    let world = referring(quiet()).await;
    let contract =
        world.subcontract("SC-001", &[("03-300", "M", "1000.00"), ("02-300", "S", "500.00")]);
    assert_eq!(posted(&world.sync().await), [(PurchaseInvoice, amount("1500.00"))]);
    world.set_amount(&contract, 0, "1250.10");
    assert_eq!(posted(&world.sync().await), [(PurchaseInvoice, amount("250.10"))]);
    world.set_amount(&contract, 1, "499.99");
    assert_eq!(posted(&world.sync().await), [(PurchaseCreditNote, amount("-0.01"))]);
    world.set_amount(&contract, 0, "1150.10");
    world.set_amount(&contract, 1, "599.99");
    assert_eq!(posted(&world.sync().await), [(JournalEntry, amount("0"))]);
    world.proved().await;
    world.change_order(&contract, &[("03-300", "M", "100.00")]);
    let work = Work {
        line: contract.lines[0],
        completed: "400.00",
        retained_percent: "10",
        released: "0",
    };
    world.requisition(&contract, day(2026, 4, 1), &[work]);
    world.direct_cost("INV-1", day(2026, 4, 2), &[("03-300", "M", "10.00")]);
    assert_eq!(world.sync().await.documents.len(), 3);
    world.proved().await;
}

#[tokio::test]
async fn a_lost_answer_is_found_by_the_documents_own_reference() {
    for set in ["PurchaseInvoices", "JournalEntries"] {
        let world = referring(quiet()).await;
        world.purchase_order("PO-001", &[("03-300", "M", "720.00")]);
        world.direct_cost("INV-1", day(2026, 4, 2), &[("03-300", "M", "10.00")]);
        world.sap_fault("POST", set, 0, 1, Fault::LostAfter);
        assert_eq!(in_state(&world.sync().await, RecordState::Uncertain), 1, "{set}");
        assert_eq!(world.sync().await.exit_code(), 0, "{set}: presence counts at once");
        world.proved().await;
    }
}

#[tokio::test]
async fn a_lost_state_is_made_again_from_the_references() {
    let mut world = referring(Contractor::one_project(7, as_of())).await;
    assert_eq!(world.sync().await.exit_code(), 0);
    world.store = Box::new(MemoryStore::new());
    let failure = world.sync().await.failure.unwrap();
    assert_eq!(failure.name, "store_is_not_current");
    let rebuilt = world.engine().rebuild(Default::default()).await;
    assert_eq!(rebuilt.exit_code(), 0, "{rebuilt:?}");
    world.proved().await;
}

#[tokio::test]
async fn an_invoice_that_a_person_keyed_under_the_vendors_number_is_found_and_no_other_is() {
    let world = referring(quiet()).await;
    let order = world.purchase_order("PO-001", &[("03-300", "M", "720.00")]);
    let sap = &world.sandbox.service_layer;
    sap.key_invoice(&order_by_hand(&world)).unwrap();
    assert_eq!(world.sync().await.exit_code(), 2);
    let held = (RecordState::Held, Some(Reason::PossibleManualDuplicate));
    assert_eq!(world.standing(order.key).await, held);
    // The number of ours is the key, which no vendor has: SAP has nothing against it.
    world.engine().resolve(order.key, Verb::Post, "Ada", "two costs").await.unwrap();
    assert_eq!(world.sync().await.exit_code(), 0);
    assert_eq!((world.sent(), sap.documents().len()), (1, 2));
    // Another order of the vendor does not take ours for one that a person keyed.
    world.purchase_order("PO-002", &[("03-300", "M", "720.00")]);
    let report = world.sync().await;
    let named = report.exceptions.iter().filter_map(|row| row.cause.as_ref());
    let ours = sap.documents().iter().map(|d| d.num_at_card.clone()).find(|n| n.contains('#'));
    let ours = ours.unwrap();
    assert!(named.clone().all(|cause| !cause.detail.contains(&ours)), "{:?}", report.exceptions);
}

#[tokio::test]
async fn a_number_that_a_person_overwrites_stops_its_record_and_nothing_is_posted_again() {
    let world = referring(quiet()).await;
    let order = world.purchase_order("PO-001", &[("03-300", "M", "720.00")]);
    world.sync().await;
    let entry = i32::try_from(world.sandbox.service_layer.documents()[0].doc_entry).unwrap();
    let invoices = world.ledger.client().purchase_invoices();
    let change = Udfs::from([("NumAtCard".to_owned(), UdfValue::Text("INV-4711".to_owned()))]);
    invoices.patch(entry, &change, None).await.unwrap();
    world.set_amount(&order, 0, "800.00");
    assert_eq!(world.sync().await.exit_code(), 2);
    let held = (RecordState::Held, Some(Reason::CancelledInSap));
    assert_eq!(world.standing(order.key).await, held);
    assert_eq!(world.sent(), 1);
}

#[tokio::test]
async fn a_copy_that_a_person_makes_carries_no_key_and_is_told_as_an_invoice_that_somebody_keyed() {
    let world = referring(quiet()).await;
    world.purchase_order("PO-001", &[("03-300", "M", "720.00")]);
    world.sync().await;
    let sap = &world.sandbox.service_layer;
    sap.duplicate_document(DocumentKind::Invoice, sap.documents()[0].doc_entry).unwrap();
    let report = world.engine().reconcile().await;
    assert_eq!(report.possible_duplicates.len(), 1);
    assert_eq!(world.sync().await.documents, []);
}
