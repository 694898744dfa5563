//! Whether a document that SAP holds is the one that was about to be posted.

use sap_b1_client::{Document, JournalEntry, Record};
use serde::Deserialize;
use sync_core::{
    model::{DocumentKey, DocumentType, HeldDocument, HeldLine},
    policy::Reference,
    ports::{LedgerError, Payload},
};

use super::{
    failure::malformed,
    held::{document_lines, entry_lines},
    marks::split,
};

/// What identifies a document.
#[derive(Debug)]
pub(super) struct Identity {
    pub(super) key: DocumentKey,
    revision: String,
    pub(super) card_code: Option<String>,
    pub(super) num_at_card: Option<String>,
    currency: Option<String>,
}

/// What of a document's own bytes identifies it.
#[derive(Debug, Deserialize)]
struct Written {
    #[serde(rename = "U_ProcoreKey", default)]
    key: String,
    #[serde(rename = "U_ProcoreRev", default)]
    revision: String,
    #[serde(rename = "CardCode", default)]
    card_code: Option<String>,
    #[serde(rename = "NumAtCard", default)]
    num_at_card: Option<String>,
    #[serde(rename = "Reference2", default)]
    reference2: Option<String>,
    #[serde(rename = "DocCurrency", default)]
    currency: Option<String>,
}

impl Identity {
    /// Reads it from the bytes of a document.
    pub(super) fn of(reference: Reference, payload: &Payload) -> Result<Self, LedgerError> {
        let written: Written = serde_json::from_slice(&payload.body).map_err(malformed)?;
        let own = match payload.document_type {
            DocumentType::JournalEntry => written.reference2.as_deref(),
            _ => written.num_at_card.as_deref(),
        };
        let (key, revision) = match reference {
            Reference::Udf => (written.key.as_str(), written.revision.as_str()),
            Reference::Key => split(own.unwrap_or_default()),
        };
        Ok(Self {
            key: key.parse().map_err(malformed)?,
            revision: revision.to_owned(),
            card_code: written.card_code.clone(),
            num_at_card: written.num_at_card.clone(),
            currency: written.currency.clone(),
        })
    }

    /// Whether a document is this one: key, revision, type, vendor, currency and every line's amount are equal. A draft
    /// of it is it as well.
    pub(super) fn is(
        &self,
        payload: &Payload,
        document: &HeldDocument,
    ) -> Result<bool, LedgerError> {
        let same_type = [payload.document_type, DocumentType::Draft];
        if document.key != self.key
            || document.revision != self.revision
            || !same_type.contains(&document.document_type)
        {
            return Ok(false);
        }
        let text = std::str::from_utf8(&payload.body).map_err(malformed)?;
        let sent = if payload.document_type == DocumentType::JournalEntry {
            entry_lines(&Record::<JournalEntry>::from_json(text).map_err(malformed)?.value)?
        } else {
            if self.card_code != document.card_code
                || self.currency.as_ref().is_some_and(|own| *own != document.currency)
            {
                return Ok(false);
            }
            let is_credit = payload.document_type == DocumentType::PurchaseCreditNote;
            document_lines(
                &Record::<Document>::from_json(text).map_err(malformed)?.value,
                is_credit,
            )
        };
        let amounts = |lines: &[HeldLine]| {
            lines
                .iter()
                .map(|line| (line.mark.clone(), line.amount.normalize()))
                .collect::<Vec<_>>()
        };
        Ok(amounts(&sent) == amounts(&document.lines))
    }
}
