//! How a store fails.

use std::fmt;

/// What went wrong, as far as the engine must know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoreErrorKind {
    /// Another writer holds the store: `lease_held`.
    LeaseHeld,
    /// The epoch is not the newest any more: `lease_lost`.
    LeaseLost,
    /// The schema is newer than this program, or the file is damaged.
    Unusable,
    /// The database cannot be reached or is full.
    Unavailable,
}

impl StoreErrorKind {
    /// The name in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::LeaseHeld => "lease_held",
            Self::LeaseLost => "lease_lost",
            Self::Unusable => "store_unusable",
            Self::Unavailable => "store_unavailable",
        }
    }
}

/// A store that could not do it.
#[derive(Debug, thiserror::Error)]
#[error("{}: {detail}", kind.name())]
pub struct StoreError {
    /// What went wrong.
    pub kind: StoreErrorKind,
    /// Where, and what would be right.
    pub detail: String,
}

impl StoreError {
    /// An error with its sentence.
    #[must_use]
    pub fn new(kind: StoreErrorKind, detail: impl fmt::Display) -> Self {
        Self { kind, detail: detail.to_string() }
    }
}
