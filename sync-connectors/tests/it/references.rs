//! Keys in the documents' own references, where a company can have no user fields.

use sync_core::{
    model::{CompanyId, Kind, Posting},
    policy::Reference,
    ports::{InvoiceSearch, Ledger as _, LedgerErrorKind, PostOutcome},
};

use crate::world::{World, day};

fn done(outcome: PostOutcome) {
    assert!(matches!(outcome, PostOutcome::Done(_)), "{outcome:?}");
}

#[tokio::test]
async fn key_and_revision_stand_in_the_reference_and_the_vendors_number_in_the_comments() {
    let world = World::new().referring();
    done(world.post(&world.invoice(5, 1, "P865/SC-001")).await);
    done(world.post(&Posting::JournalEntry(world.entry(6, 1))).await);
    let sap = &world.sandbox.service_layer;
    let document = &sap.documents()[0];
    let key = world.key(Kind::Subcontract, 5);
    assert_eq!(document.num_at_card, format!("{key}#1 00112233445566aa"));
    assert!(document.comments.ends_with(", number P865/SC-001"), "{}", document.comments);
    let entries = sap.journal_entries();
    let ours = entries.iter().find(|entry| entry.original_journal == "ttJournalEntry").unwrap();
    let key = world.key(Kind::DirectCost, 6);
    assert_eq!(ours.reference_2, format!("{key}#1 00112233445566aa"));
    assert_eq!(ours.reference, "INV-1");
    assert!(document.user_fields.is_empty() && ours.user_fields.is_empty());
}

#[tokio::test]
async fn the_entry_that_sap_makes_for_an_invoice_repeats_its_number_and_is_none_of_ours() {
    let world = World::new().referring();
    done(world.post(&world.invoice(5, 1, "R-1")).await);
    let key = world.key(Kind::Subcontract, 5);
    let entries = world.sandbox.service_layer.journal_entries();
    assert!(entries.iter().any(|entry| entry.reference_2.starts_with(&format!("{key}#1"))));
    assert_eq!(world.ledger.look_up(&[key]).await.unwrap().len(), 1);
    let of_project = world.ledger.keyed_documents(key.company, key.project).await.unwrap();
    assert_eq!(of_project.len(), 1);
}

#[tokio::test]
async fn set_up_and_catalog_ask_for_no_user_field_of_documents() {
    let world = World::new().referring();
    let report = world.ledger.set_up().await.unwrap();
    assert!(report.created.iter().all(|made| made.contains("@PROCORE_SYNC")), "{report:?}");
    assert!(world.catalog().await.user_fields_present, "nothing is missing");
}

#[tokio::test]
async fn a_key_that_does_not_fit_into_the_number_is_refused_before_it_is_sent() {
    let world = World::new().referring();
    let mut invoice = world.ap(i64::MAX, 1, "R-1");
    let source = &mut invoice.header.key.source;
    (source.kind, source.company) = (Kind::CommitmentChangeOrder, CompanyId(i64::MAX));
    source.project = sync_core::model::ProjectId(i64::MAX);
    let catalog = world.catalog().await;
    let error = world.ledger.payload(&Posting::PurchaseInvoice(invoice), &catalog).unwrap_err();
    assert_eq!(error.kind, LedgerErrorKind::Unwritable);
    assert!(error.detail.contains("NumAtCard"), "{error}");
}

#[tokio::test]
async fn our_own_number_is_no_vendors_number() {
    let world = World::new().referring();
    done(world.post(&world.invoice(5, 1, "R-1")).await);
    let number = world.sandbox.service_layer.documents()[0].num_at_card.clone();
    let search = InvoiceSearch {
        card_code: world.vendor(),
        references: [number, "R-1".to_owned()].into(),
        from: day(2026, 1, 1),
        to: day(2026, 12, 31),
    };
    assert_eq!(world.ledger.invoices_without_key(&[search]).await.unwrap(), []);
}

#[tokio::test]
async fn documents_under_the_other_reference_are_told_where_nothing_is_known() {
    // Posted with user fields, then the configuration names the references.
    let world = World::ready();
    done(world.post(&world.invoice(5, 1, "R-1")).await);
    let world = world.referring();
    assert_eq!(world.ledger.look_up(&[world.key(Kind::Subcontract, 5)]).await.unwrap(), []);
    assert!(world.ledger.holds_documents_of(world.company()).await.unwrap());
    assert!(world.ledger.holds_documents_elsewhere(world.company()).await.unwrap());
    let other = CompanyId(world.company().0 + 1);
    assert!(!world.ledger.holds_documents_elsewhere(other).await.unwrap());
    let project = world.first_project();
    let error = world.ledger.keyed_documents(world.company(), project).await.unwrap_err();
    assert!(error.detail.contains("reference"), "{error}");

    let world = World::new().referring();
    done(world.post(&world.invoice(5, 1, "R-1")).await);
    world.sandbox.service_layer.create_procore_udfs();
    let world = world.with_reference(Reference::Udf);
    assert_eq!(world.ledger.look_up(&[world.key(Kind::Subcontract, 5)]).await.unwrap(), []);
    assert!(world.ledger.holds_documents_of(world.company()).await.unwrap());
    assert!(world.ledger.holds_documents_elsewhere(world.company()).await.unwrap());
    let error = world.ledger.keyed_documents(world.company(), project).await.unwrap_err();
    assert!(error.detail.contains("reference"), "{error}");
}
