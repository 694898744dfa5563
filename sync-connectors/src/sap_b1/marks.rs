//! Where a document carries its key and its revision, written and read back.
//!
//! In user fields of the header; or, where a company can have none, as `<key> <revision>` in the document's own
//! reference: `NumAtCard` of A/P documents and drafts, `Reference2` of journal entries. SAP copies `NumAtCard` into
//! `Reference2` of the journal entry that it makes for a document, so that a search finds that entry as well; it is
//! told apart by `OriginalJournal`.

use sap_b1_client::{Document, Filter, JournalEntry, Record, UdfValue, Udfs};
use sync_core::{
    model::{DocumentKey, DocumentType, PostingHeader},
    policy::Reference,
};

/// The user field of the document's key, without `U_`.
pub(super) const KEY_FIELD: &str = "ProcoreKey";
/// The user field of the revision, without `U_`.
pub(super) const REVISION_FIELD: &str = "ProcoreRev";
/// `U_ProcoreKey`.
const KEY_PROPERTY: &str = "U_ProcoreKey";
/// `U_ProcoreRev`.
const REVISION_PROPERTY: &str = "U_ProcoreRev";

/// The entities that carry a key.
pub(super) trait Marked {
    /// Their own reference, where it may stand.
    fn own_reference(&self) -> Option<&str>;
}

impl Marked for Document {
    fn own_reference(&self) -> Option<&str> {
        self.num_at_card.as_deref()
    }
}

impl Marked for JournalEntry {
    fn own_reference(&self) -> Option<&str> {
        self.reference2.as_deref()
    }
}

/// The property that look-ups of an entity set search.
pub(super) const fn property(reference: Reference, of: DocumentType) -> &'static str {
    match (reference, of) {
        (Reference::Udf, _) => KEY_PROPERTY,
        (Reference::Key, DocumentType::JournalEntry) => "Reference2",
        (Reference::Key, _) => "NumAtCard",
    }
}

/// The documents of an entity set whose key begins with this.
pub(super) fn beginning_with(reference: Reference, of: DocumentType, prefix: &str) -> Filter {
    Filter::starts_with(property(reference, of), prefix)
}

/// What stands where the key is written, whatever it is.
pub(super) fn text_of<T: Marked>(reference: Reference, record: &Record<T>) -> Option<String> {
    match reference {
        Reference::Udf => Some(record.udf(KEY_PROPERTY)?.as_str()?.to_owned()),
        Reference::Key => record.value.own_reference().map(str::to_owned),
    }
}

/// The key of a record; `None` where there is no key of ours.
pub(super) fn key_of<T: Marked>(reference: Reference, record: &Record<T>) -> Option<DocumentKey> {
    let text = text_of(reference, record)?;
    let key = match reference {
        Reference::Udf => text.trim(),
        Reference::Key => split(&text).0,
    };
    match (key.parse(), reference) {
        (Ok(key), _) => Some(key),
        (Err(problem), Reference::Udf) => {
            tracing::warn!(%problem, "a document in SAP carries a key that is none");
            None
        }
        // Any number of a vendor may stand there.
        (Err(_), Reference::Key) => None,
    }
}

/// The revision of a record; empty without one.
pub(super) fn revision_of<T: Marked>(reference: Reference, record: &Record<T>) -> String {
    let text = match reference {
        Reference::Udf => {
            let text = record.udf(REVISION_PROPERTY);
            text.as_ref().and_then(|text| text.as_str()).unwrap_or_default().to_owned()
        }
        Reference::Key => split(&text_of(reference, record).unwrap_or_default()).1.to_owned(),
    };
    text.trim().to_owned()
}

/// The user fields of a new document.
pub(super) fn user_fields(reference: Reference, header: &PostingHeader) -> Udfs {
    match reference {
        Reference::Udf => Udfs::from([
            (KEY_PROPERTY.to_owned(), UdfValue::Text(header.key.to_string())),
            (REVISION_PROPERTY.to_owned(), UdfValue::Text(header.revision.clone())),
        ]),
        Reference::Key => Udfs::new(),
    }
}

/// `<key> <revision>`.
pub(super) fn written(header: &PostingHeader) -> String {
    format!("{} {}", header.key, header.revision).trim_end().to_owned()
}

/// Key and revision; a key has no blank.
pub(super) fn split(text: &str) -> (&str, &str) {
    let text = text.trim();
    text.split_once(' ').unwrap_or((text, ""))
}
