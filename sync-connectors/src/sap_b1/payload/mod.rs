//! From a posting to the exact bytes of the document that is sent.
//!
//! `ap` writes A/P invoices and credit memos, `journal` journal entries, `fit` knows what may be cut
//! and what must not. Bytes are stored before they are sent, so that nothing here may depend on
//! time, session or order of maps.

mod ap;
mod fit;
mod journal;

use sap_b1_client::{LengthLimits, TooLong};
use sync_core::{
    catalog::Catalog,
    model::{Posting, PostingHeader},
    policy::Reference,
    ports::{LedgerError, LedgerErrorKind, Payload},
};

/// The bytes of a posting.
pub(super) fn of(
    reference: Reference,
    posting: &Posting,
    catalog: &Catalog,
) -> Result<Payload, LedgerError> {
    let (findings, body) = match posting {
        Posting::PurchaseInvoice(document) | Posting::PurchaseCreditNote(document) => {
            let document = ap::document(reference, document, catalog)?;
            (document.length_findings(&limits(catalog)), document.to_body())
        }
        Posting::JournalEntry(entry) => {
            let entry = journal::entry(reference, entry, catalog)?;
            (entry.length_findings(&limits(catalog)), entry.to_body())
        }
    };
    refuse(&findings)?;
    Ok(Payload { document_type: posting.document_type(), body: body.to_vec() })
}

/// Column lengths; the memos' are those of the catalog.
fn limits(catalog: &Catalog) -> LengthLimits {
    LengthLimits::default()
        .with("PurchaseInvoices", "JournalMemo", catalog.memo_length)
        .with("JournalEntries", "Memo", catalog.memo_length)
        .with("JournalEntryLines", "LineMemo", catalog.memo_length)
        .with("DocumentLines", "FreeText", fit::FREE_TEXT_CHARS)
}

/// Codes are never cut: a code that does not fit is a wrong code.
fn refuse(findings: &[TooLong]) -> Result<(), LedgerError> {
    match findings.first() {
        None => Ok(()),
        Some(first) => Err(unwritable(first)),
    }
}

fn unwritable(what: impl std::fmt::Display) -> LedgerError {
    LedgerError::new(LedgerErrorKind::Unwritable, what)
}

/// SAP's branches are 32-bit numbers.
fn branch(header: &PostingHeader) -> Result<Option<i32>, LedgerError> {
    header
        .branch
        .map(|branch| {
            i32::try_from(branch)
                .map_err(|_| unwritable(format!("branch {branch} is no branch number of SAP")))
        })
        .transpose()
}

/// Texts that say nothing are not sent.
fn filled(text: &str) -> Option<String> {
    Some(text.trim()).filter(|text| !text.is_empty()).map(str::to_owned)
}
