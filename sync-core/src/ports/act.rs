//! What a person did or decided, as a store keeps it for ever.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    model::SourceKey,
    resolve::{Adoption, Resolution, Verb},
    states::Reason,
};

/// Who does something, and why. The default is unsigned.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Signature {
    /// Who; empty where nobody said it.
    pub by: String,
    /// Why; empty where nobody said it.
    pub note: String,
}

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deed {
    /// A decision on a record that waited for one.
    Resolve(Verb),
    /// The store became the one that feeds the ledger, whichever did before.
    TakeOver,
    /// The opening list was made anew.
    RebuildOpening,
    /// The store was made again from what the ledger holds, and became the one that feeds it.
    Rebuild,
}

/// One act of one person. It says what was done then; whether a decision still holds, the record says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Act {
    /// What was done.
    pub deed: Deed,
    /// The record that it was about; none where it was about the store.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<SourceKey>,
    /// The reason that a decision answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// The fingerprint that the record had then; empty where there was none.
    #[serde(default)]
    pub fingerprint: String,
    /// Who; empty where nobody said it.
    pub by: String,
    /// Why; empty where nobody said it.
    pub note: String,
    /// When; of what was done to the store, by the store's own time.
    pub at: DateTime<Utc>,
    /// Whether documents may have been under way then that the store does not know, because another one, or the
    /// same one before a part of it was lost, had sent them.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unsettled: bool,
}

impl Act {
    /// A decision on a record.
    #[must_use]
    pub fn resolved(key: SourceKey, resolution: &Resolution) -> Self {
        Self {
            deed: Deed::Resolve(resolution.verb),
            key: Some(key),
            reason: Some(resolution.reason),
            fingerprint: resolution.fingerprint.clone(),
            by: resolution.by.clone(),
            note: resolution.note.clone(),
            at: resolution.at,
            unsettled: false,
        }
    }

    /// The decision behind an adoption.
    #[must_use]
    pub fn adopted(key: SourceKey, adoption: &Adoption) -> Self {
        Self {
            deed: Deed::Resolve(Verb::Adopt(adoption.doc_entry)),
            key: Some(key),
            reason: Some(adoption.reason),
            fingerprint: adoption.fingerprint.clone(),
            by: adoption.by.clone(),
            note: adoption.note.clone(),
            at: adoption.at,
            unsettled: false,
        }
    }

    /// What somebody did to the store.
    #[must_use]
    pub fn on_store(deed: Deed, signature: &Signature, at: DateTime<Utc>) -> Self {
        Self {
            deed,
            key: None,
            reason: None,
            fingerprint: String::new(),
            by: signature.by.clone(),
            note: signature.note.clone(),
            at,
            unsettled: false,
        }
    }
}

impl Deed {
    /// The name in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Resolve(verb) => verb.name(),
            Self::TakeOver => "take_over",
            Self::RebuildOpening => "rebuild_opening",
            Self::Rebuild => "rebuild",
        }
    }
}

impl fmt::Display for Deed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Resolve(Verb::Adopt(doc_entry)) => write!(f, "adopt {doc_entry}"),
            _ => f.write_str(self.name()),
        }
    }
}
