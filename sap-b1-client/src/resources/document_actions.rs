//! The sets of documents, and what can be done with a document: cancel, close, reopen, post a draft.

use super::declare::entity_sets;
use super::{Collection, Document, body_of};
use crate::client::{Call, ResendGuard};
use crate::error::{Error, Result};
use crate::wire::{Udfs, field};
use chrono::NaiveDate;
use serde::Serialize;

entity_sets! {
    Document by doc_entry = "DocEntry" {
        /// A/P invoices.
        purchase_invoices = "PurchaseInvoices",
        /// A/P credit notes.
        purchase_credit_notes = "PurchaseCreditNotes",
        /// Purchase orders.
        purchase_orders = "PurchaseOrders",
        /// Drafts of documents, which an approval procedure may make of a posted document.
        drafts = "Drafts",
    }
}

/// What a cancellation document says otherwise than the document it cancels.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Cancellation {
    /// Posting date; of the cancelled document where absent.
    #[serde(
        rename = "DocDate",
        serialize_with = "field::write",
        skip_serializing_if = "Option::is_none"
    )]
    pub doc_date: Option<NaiveDate>,
    /// Document date.
    #[serde(
        rename = "TaxDate",
        serialize_with = "field::write",
        skip_serializing_if = "Option::is_none"
    )]
    pub tax_date: Option<NaiveDate>,
    /// Remarks, 254 characters.
    #[serde(rename = "Comments", skip_serializing_if = "Option::is_none")]
    pub comments: Option<String>,
    /// User-defined fields of the cancellation document.
    #[serde(flatten)]
    pub udfs: Udfs,
}

/// The argument of a service that takes a document.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Argument<'a, T> {
    document: Keyed<'a, T>,
}

#[derive(Serialize)]
struct Keyed<'a, T> {
    #[serde(rename = "DocEntry")]
    doc_entry: i32,
    #[serde(flatten)]
    rest: &'a T,
}

impl Collection<Document> {
    /// Cancels a document; SAP makes the cancellation document, dated as the document is.
    ///
    /// # Errors
    /// As every write. `guard` says whether the document still stands.
    pub async fn cancel(&self, doc_entry: i32, guard: Option<&dyn ResendGuard>) -> Result<()> {
        self.action(doc_entry, "Cancel", None, guard).await.map(drop)
    }

    /// Cancels a document with dates and texts of its own (`PurchaseInvoicesService_Cancel2` and
    /// `PurchaseCreditNotesService_Cancel2`; the metadata has it for these two sets).
    ///
    /// # Errors
    /// As every write; nothing is sent for another set, nor where the remarks are too long. `guard` says whether the document still stands.
    pub async fn cancel2(
        &self,
        doc_entry: i32,
        cancellation: &Cancellation,
        guard: Option<&dyn ResendGuard>,
    ) -> Result<()> {
        let service = match self.entity_set() {
            "PurchaseInvoices" => "PurchaseInvoicesService_Cancel2",
            "PurchaseCreditNotes" => "PurchaseCreditNotesService_Cancel2",
            other => {
                return Err(Error::invalid(format!(
                    "{other} has no Cancel2; PurchaseInvoices and PurchaseCreditNotes have"
                )));
            }
        };
        let texts = [("Comments", cancellation.comments.as_deref())];
        crate::lengths::check(&self.client.inner.lengths.findings(
            "PurchaseInvoices",
            None,
            &texts,
        ))?;
        self.service(service, doc_entry, cancellation, guard).await
    }

    /// Closes a document that is not fully drawn: a purchase order of which nothing more will come.
    ///
    /// # Errors
    /// As every write. `guard` says whether the document is still open.
    pub async fn close(&self, doc_entry: i32, guard: Option<&dyn ResendGuard>) -> Result<()> {
        self.action(doc_entry, "Close", None, guard).await.map(drop)
    }

    /// Opens a closed document again.
    ///
    /// # Errors
    /// As every write. `guard` says whether the document is still closed.
    pub async fn reopen(&self, doc_entry: i32, guard: Option<&dyn ResendGuard>) -> Result<()> {
        self.action(doc_entry, "Reopen", None, guard).await.map(drop)
    }

    /// Posts a draft as the document it stands for (`DraftsService_SaveDraftToDocument`); the answer has no key, so the
    /// document is found by a key of your own.
    ///
    /// # Errors
    /// As every write; nothing is sent for another set than `Drafts`. `guard` says whether the draft is not yet posted.
    pub async fn save_draft_to_document(
        &self,
        doc_entry: i32,
        guard: Option<&dyn ResendGuard>,
    ) -> Result<()> {
        if self.entity_set() != "Drafts" {
            return Err(Error::invalid(format!(
                "{} are no drafts; only Drafts can be saved to documents",
                self.entity_set()
            )));
        }
        let nothing_else = Cancellation::default();
        self.service("DraftsService_SaveDraftToDocument", doc_entry, &nothing_else, guard).await
    }

    async fn service<T: Serialize + Sync>(
        &self,
        name: &str,
        doc_entry: i32,
        rest: &T,
        guard: Option<&dyn ResendGuard>,
    ) -> Result<()> {
        let argument = Argument { document: Keyed { doc_entry, rest } };
        let call = Call::post(name, body_of("a document", &argument)?);
        self.client.send(&call, guard).await.map(|_| ())
    }
}
