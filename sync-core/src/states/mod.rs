//! Every name that a report may print: the states of a record here, its holds and rejections
//! ([`Reason`]), its findings ([`FindingKind`]) and the differences of a reconciliation
//! ([`DifferenceKind`]) beside it, each with its remedy and the decisions that a person has.
//!
//! Each enum has `ALL`, and the tests reach every variant. What a name means for the exit code is said
//! by the name itself (`waits_for_a_person`); nothing here decides when a record gets it.

mod difference;
mod finding;
mod reason;

use std::fmt;

use serde::{Deserialize, Serialize};

pub use difference::DifferenceKind;
pub use finding::{Finding, FindingKind};
pub use reason::{Cause, Decisions, Reason};

/// The state of a record; each record is in exactly one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordState {
    /// Read, not planned yet; or left for a later cycle, after a rebuild or a take-over. No other report of a finished
    /// cycle shows it.
    Pending,
    /// Posted in this cycle.
    Posted,
    /// Its documents stand in SAP as planned.
    Unchanged,
    /// Only zero lines, or a unit that rounding would move from one line to another.
    NothingToPost,
    /// Its status is not in the postable list and nothing of it stands in SAP.
    NotPostable,
    /// A direct cost of a type without an offset.
    NotConfigured,
    /// On the opening list, or part of a carried-over commitment.
    Opening,
    /// Its project or list was not read in full.
    OutOfScope,
    /// Its posting date is after today.
    FutureDated,
    /// It waits for something that counts itself.
    Waiting,
    /// A rule stopped it before sending.
    Held,
    /// SAP refused it.
    Rejected,
    /// An intent is stored without a result.
    InFlight,
    /// Sent without a trustworthy answer.
    Uncertain,
    /// A draft in SAP's approval procedure.
    PendingApproval,
    /// A person's `--skip`.
    Skipped,
}

impl RecordState {
    /// Every state, in the order of reports.
    pub const ALL: [Self; 16] = [
        Self::Pending,
        Self::Posted,
        Self::Unchanged,
        Self::NothingToPost,
        Self::NotPostable,
        Self::NotConfigured,
        Self::Opening,
        Self::OutOfScope,
        Self::FutureDated,
        Self::Waiting,
        Self::Held,
        Self::Rejected,
        Self::InFlight,
        Self::Uncertain,
        Self::PendingApproval,
        Self::Skipped,
    ];

    /// The name in reports and in the store.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Posted => "posted",
            Self::Unchanged => "unchanged",
            Self::NothingToPost => "nothing_to_post",
            Self::NotPostable => "not_postable",
            Self::NotConfigured => "not_configured",
            Self::Opening => "opening",
            Self::OutOfScope => "out_of_scope",
            Self::FutureDated => "future_dated",
            Self::Waiting => "waiting",
            Self::Held => "held",
            Self::Rejected => "rejected",
            Self::InFlight => "in_flight",
            Self::Uncertain => "uncertain",
            Self::PendingApproval => "pending_approval",
            Self::Skipped => "skipped",
        }
    }

    /// Reads a name back.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    /// Whether the record waits for a person: exit code 2.
    #[must_use]
    pub const fn waits_for_a_person(self) -> bool {
        matches!(
            self,
            Self::Held | Self::Rejected | Self::InFlight | Self::Uncertain | Self::PendingApproval
        )
    }

    /// Whether the next cycle plans the record again although Procore did not change it.
    #[must_use]
    pub const fn is_planned_again(self) -> bool {
        matches!(
            self,
            Self::Pending
                | Self::NotConfigured
                | Self::OutOfScope
                | Self::FutureDated
                | Self::Waiting
                | Self::Held
                | Self::Rejected
                | Self::InFlight
                | Self::Uncertain
                | Self::PendingApproval
        )
    }
}

impl fmt::Display for RecordState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn every_name_reads_back_and_stands_once() {
        let mut names = std::collections::BTreeSet::new();
        for reason in Reason::ALL {
            assert_eq!(Reason::from_name(reason.name()), Some(*reason));
            assert!(names.insert(reason.name()));
            assert!(!reason.remedy().is_empty());
        }
        for kind in FindingKind::ALL {
            assert_eq!(FindingKind::from_name(kind.name()), Some(*kind));
            assert!(names.insert(kind.name()));
            assert!(!kind.remedy().is_empty());
            assert_eq!(kind.decisions().skip, kind.waits_for_a_person());
        }
        for kind in DifferenceKind::ALL {
            assert!(names.insert(kind.name()));
            assert!(!kind.remedy().is_empty());
            assert_eq!(kind.decisions().names(), ["skip"]);
        }
        for state in RecordState::ALL {
            assert_eq!(RecordState::from_name(state.name()), Some(state));
        }
    }

    #[test]
    fn an_unmapped_cost_code_can_only_be_mended_or_skipped() {
        assert_eq!(Reason::CostCodeUnmapped.decisions().names(), ["skip"]);
        assert_eq!(Reason::PossibleManualDuplicate.decisions().names(), ["post", "skip", "adopt"]);
    }
}
