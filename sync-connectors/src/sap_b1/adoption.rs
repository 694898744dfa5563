//! Whether a document that SAP holds is the one that was about to be posted.

use sap_b1_client::{Document, JournalEntry, Record};
use serde::Deserialize;
use sync_core::{
    model::{DocumentKey, DocumentType, HeldDocument, HeldLine},
    ports::{LedgerError, Payload},
};

use super::{
    failure::malformed,
    held::{document_lines, entry_lines},
};

/// What identifies a document, read from its own bytes.
#[derive(Debug, Deserialize)]
pub(super) struct Identity {
    #[serde(rename = "U_ProcoreKey")]
    pub(super) key: DocumentKey,
    #[serde(rename = "U_ProcoreRev", default)]
    revision: String,
    #[serde(rename = "CardCode", default)]
    pub(super) card_code: Option<String>,
    #[serde(rename = "NumAtCard", default)]
    pub(super) num_at_card: Option<String>,
    #[serde(rename = "DocCurrency", default)]
    currency: Option<String>,
}

impl Identity {
    /// Reads it from the bytes of a document.
    pub(super) fn of(payload: &Payload) -> Result<Self, LedgerError> {
        serde_json::from_slice(&payload.body).map_err(malformed)
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
