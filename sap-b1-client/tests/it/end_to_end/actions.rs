//! What is done with documents and journal entries, and what it leaves in the general ledger.

use super::{Company, VERSIONS, amount, document};
use crate::sandbox::{day, entry};
use rust_decimal::Decimal;
use sap_b1_client::*;
use sync_sandbox::service_layer::{DocumentKind, ServiceLayerOptions};

async fn posted(set: &Collection<Document>, reference: &str) -> i32 {
    set.create(&document(reference, "100"), None).await.unwrap().doc_entry.unwrap()
}

async fn status(
    set: &Collection<Document>,
    doc_entry: i32,
) -> (Option<DocumentStatus>, Option<CancelStatus>) {
    let read = set.get(doc_entry).await.unwrap().value;
    (read.document_status, read.cancel_status)
}

#[tokio::test]
async fn a_cancelled_document_and_its_cancellation_are_worth_nothing_together() {
    for version in VERSIONS {
        let company = Company::usual(version).await;
        for set in [company.client.purchase_invoices(), company.client.purchase_credit_notes()] {
            let entry = posted(&set, "A").await;
            assert_ne!(company.layer.ledger().balance("2110"), Decimal::ZERO);
            set.cancel(entry, None).await.unwrap();
            assert_eq!(status(&set, entry).await.1, Some(CancelStatus::Cancelled));
            assert_eq!(status(&set, entry + 1).await.1, Some(CancelStatus::Cancellation));
            assert_eq!(company.layer.ledger().balance("2110"), Decimal::ZERO);
            let again = set.cancel(entry, None).await.unwrap_err();
            assert_eq!((again.kind(), again.outcome()), (ErrorKind::Rejected, Outcome::Refused));
        }
    }
}

#[tokio::test]
async fn cancel2_dates_the_cancellation_and_keeps_its_remarks() {
    for version in VERSIONS {
        let company = Company::usual(version).await;
        let set = company.client.purchase_invoices();
        let entry = posted(&set, "A").await;
        let cancellation = Cancellation {
            doc_date: Some(day("2026-04-02")),
            tax_date: Some(day("2026-04-01")),
            comments: Some("wrong vendor".to_owned()),
            ..Cancellation::default()
        };
        set.cancel2(entry, &cancellation, None).await.unwrap();
        let made = set.get(entry + 1).await.unwrap().value;
        assert_eq!(
            (made.doc_date, made.tax_date),
            (Some(day("2026-04-02")), Some(day("2026-04-01")))
        );
        assert_eq!(made.comments.as_deref(), Some("wrong vendor"));
        let march = company.layer.ledger_between(day("2026-03-01"), day("2026-03-31"));
        assert_eq!(march.balance("5030"), amount("100"));
        assert_eq!(company.layer.ledger().balance("5030"), Decimal::ZERO);
        let orders = company.client.purchase_orders();
        let refused = orders.cancel2(1, &cancellation, None).await.unwrap_err();
        assert_eq!(refused.outcome(), Outcome::NotSent, "orders have no Cancel2");
        let long = Cancellation { comments: Some("c".repeat(255)), ..Cancellation::default() };
        let refused = set.cancel2(entry, &long, None).await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::InvalidRequest, "Comments holds 254 characters");
    }
}

#[tokio::test]
async fn an_order_is_closed_reopened_and_cancelled() {
    for version in VERSIONS {
        let company = Company::usual(version).await;
        let set = company.client.purchase_orders();
        let entry = posted(&set, "PO").await;
        set.close(entry, None).await.unwrap();
        assert_eq!(status(&set, entry).await.0, Some(DocumentStatus::Closed));
        assert_eq!(set.close(entry, None).await.unwrap_err().kind(), ErrorKind::Rejected);
        set.reopen(entry, None).await.unwrap();
        assert_eq!(status(&set, entry).await.0, Some(DocumentStatus::Open));
        set.cancel(entry, None).await.unwrap();
        assert_eq!(
            status(&set, entry).await,
            (Some(DocumentStatus::Closed), Some(CancelStatus::Cancelled))
        );
        assert_eq!(company.layer.journal_entries().len(), 0);
        assert_eq!(set.close(999, None).await.unwrap_err().kind(), ErrorKind::NotFound);
    }
}

#[tokio::test]
async fn a_draft_is_posted_once_and_one_that_waits_for_approval_is_not() {
    for version in VERSIONS {
        let company = Company::usual(version).await;
        let drafts = company.client.drafts();
        let mut new = document("D-1", "12.34");
        new.doc_object_code = Some(DocObjectCode::PurchaseInvoices);
        let draft = drafts.create(&new, None).await.unwrap().doc_entry.unwrap();
        drafts.save_draft_to_document(draft, None).await.unwrap();
        let of_key = Query::new().filter(Filter::eq("NumAtCard", "D-1"));
        let made = company.client.purchase_invoices().all(of_key).await.unwrap();
        assert_eq!(made.len(), 1);
        assert_eq!(company.layer.ledger().balance("2110"), amount("-12.34"));
        assert_eq!(
            drafts.save_draft_to_document(draft, None).await.unwrap_err().kind(),
            ErrorKind::Rejected
        );

        company.layer.with_options(|options| options.approval_procedure = true);
        let held =
            company.client.purchase_invoices().create(&document("D-2", "1"), None).await.unwrap();
        assert!(held.location.as_deref().unwrap().contains("Drafts("), "{held:?}");
        let waiting =
            drafts.save_draft_to_document(held.doc_entry.unwrap(), None).await.unwrap_err();
        assert_eq!((waiting.kind(), waiting.outcome()), (ErrorKind::Rejected, Outcome::Refused));
        assert!(waiting.message().contains("approval"), "{waiting}");
        company.layer.with_options(|options| options.approval_procedure = false);
        company.layer.approve_draft(i64::from(held.doc_entry.unwrap())).unwrap();
        let invoices = company.layer.documents();
        assert_eq!(invoices.iter().filter(|held| held.kind == DocumentKind::Invoice).count(), 2);
    }
}

#[tokio::test]
async fn a_journal_entry_is_reversed_once() {
    for version in VERSIONS {
        let company = Company::of(version, ServiceLayerOptions::default()).await;
        let set = company.client.journal_entries();
        let number = set.create(&entry("K"), None).await.unwrap().doc_entry.unwrap();
        set.cancel(number, None).await.unwrap();
        assert_eq!(company.layer.ledger().balance("5010"), Decimal::ZERO);
        assert_eq!(set.cancel(number, None).await.unwrap_err().kind(), ErrorKind::Rejected);
        assert_eq!(company.layer.journal_entries().len(), 2);
    }
}
