//! What differs between the two sides of a reconciliation, with the remedy of each difference.

use std::fmt;

use super::Decisions;

/// What kind of difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DifferenceKind {
    /// A document was edited in SAP.
    Edited,
    /// A document was cancelled in SAP.
    Cancelled,
    /// SAP posted other amounts than were sent.
    Recalculated,
    /// The store says posted, SAP holds nothing, or less.
    Missing,
    /// SAP holds a document by key of which Procore has no record.
    Unknown,
}

impl DifferenceKind {
    /// Every difference, in the order of reports.
    pub const ALL: [Self; 5] =
        [Self::Edited, Self::Cancelled, Self::Recalculated, Self::Missing, Self::Unknown];

    /// The name in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Edited => "edited",
            Self::Cancelled => "cancelled",
            Self::Recalculated => "recalculated",
            Self::Missing => "missing",
            Self::Unknown => "unknown",
        }
    }

    /// What would mend it, in a sentence.
    #[must_use]
    pub const fn remedy(self) -> &'static str {
        match self {
            Self::Edited => "undo the edit in SAP, or accept it with a reason",
            Self::Cancelled => {
                "decide whether the record is posted again, or accept the cancellation"
            }
            Self::Recalculated => {
                "mend the setting in SAP that changed the amounts, or accept them"
            }
            Self::Missing => {
                "look for the document in SAP; if it was removed, post the record again"
            }
            Self::Unknown => "cancel the document in SAP, or clear its U_ProcoreKey",
        }
    }

    /// What a person may decide: to accept it, with name and reason.
    #[must_use]
    pub const fn decisions(self) -> Decisions {
        Decisions { post: None, skip: true, adopt: false }
    }
}

impl fmt::Display for DifferenceKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
