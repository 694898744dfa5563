//! Whether SAP holds a record whole, in part, or otherwise than planned.
//!
//! A plan of several documents is sent one after the other, and any of them may not be taken. Only
//! its last document carries the record's revision; those before it carry one that says "in part", or
//! "taken back" where they make room for the record to be posted anew. So a record whose plan broke off
//! is never taken for unchanged, whatever became of the store.

use chrono::NaiveDate;

use super::{Decision, Member};
use crate::model::{Fingerprint, HeldDocument, HeldState, Posting, revision_beside_opening};

/// Gives the documents of one plan their revisions.
/// A difference to the opening list says so, for a state that lost the list.
pub(super) fn mark(decision: &mut Decision, fingerprint: &Fingerprint, beside_opening: bool) {
    let Decision::Post(postings) = decision else { return };
    let Some((last, before)) = postings.split_last_mut() else { return };
    for header in before.iter_mut().map(Posting::header_mut) {
        if header.revision.is_empty() {
            header.revision = fingerprint.revision_in_part();
        }
    }
    last.header_mut().revision = fingerprint.revision().to_owned();
    if beside_opening {
        for header in postings.iter_mut().map(Posting::header_mut) {
            header.revision = revision_beside_opening(&header.revision);
        }
    }
}

/// Whether a document carries a revision, as the whole of a record or as a difference to the opening list.
fn carries(document: &HeldDocument, revision: &str) -> bool {
    document.revision == revision || document.revision == revision_beside_opening(revision)
}

/// Marks documents that take back what stands, before the record is posted anew.
pub(super) fn mark_taken_back(postings: &mut [Posting], fingerprint: &Fingerprint) {
    for header in postings.iter_mut().map(Posting::header_mut) {
        header.revision = fingerprint.revision_taken_back();
    }
}

impl Member {
    /// Whether a document of it is in flight, uncertain, or a draft that waits for approval: no later one is
    /// planned, nor a record that depends on it.
    #[must_use]
    pub(super) fn is_undecided(&self) -> bool {
        self.blocked || self.held.iter().any(|held| held.state == HeldState::PendingApproval)
    }

    /// The newest document that counts.
    fn newest(&self) -> Option<&HeldDocument> {
        self.live().max_by_key(|document| document.key.sequence)
    }

    /// Whether SAP holds everything that a plan under this revision posted: its last document stands,
    /// and nothing was cancelled, rejected or removed since that nobody posted again.
    #[must_use]
    pub(super) fn stands_whole(&self, revision: &str) -> bool {
        !revision.is_empty()
            && self.newest().is_some_and(|newest| carries(newest, revision))
            && self.lapsed().all(|document| self.stored.answered.contains(&document.key.sequence))
    }

    /// The date of the documents that were taken of a plan under this fingerprint that broke off:
    /// the missing ones complete it.
    pub(super) fn begun(&self, fingerprint: &Fingerprint) -> Option<NaiveDate> {
        let of_plan = [fingerprint.revision_in_part(), fingerprint.revision_taken_back()];
        let begun = |document: &&HeldDocument| of_plan.iter().any(|own| carries(document, own));
        self.newest().filter(begun).map(|document| document.posting_date)
    }

    /// Whether a plan under this fingerprint broke off while it posted the record, not while it took
    /// back what stood before.
    pub(super) fn stands_in_part(&self, fingerprint: &Fingerprint) -> bool {
        self.newest().is_some_and(|newest| carries(newest, &fingerprint.revision_in_part()))
    }

    /// The documents that stood, or should have, and do not count any more.
    fn lapsed(&self) -> impl Iterator<Item = &HeldDocument> {
        let stands = |sequence| self.live().any(|document| document.key.sequence == sequence);
        let counted_out = |document: &&HeldDocument| {
            matches!(document.state, HeldState::Cancelled | HeldState::Rejected)
        };
        self.held
            .iter()
            .filter(counted_out)
            .filter(move |document| !stands(document.key.sequence))
            .chain(self.gone())
    }
}
