//! The four recognition bases as posting templates, to be read side by side.
//!
//! ```text
//! basis                commitments and change orders               requisitions: the gross is
//! commitment           A/P invoice  Dr cost    Cr unbilled vendor   Dr unbilled vendor
//! commitment_journal   journal      Dr cost    Cr accrued           Dr accrued
//! encumbrance          journal      Dr encumb. Cr reserve           Dr cost, and Dr reserve Cr encumb.
//! progress             -                                            Dr cost
//! ```
//!
//! Every requisition goes on with: Cr vendor on the trade account (gross + tax - held + released),
//! Cr retainage held, Dr retainage released. A net reduction of a commitment is a credit memo, or the
//! journal entry with its sides reversed.
//!
//! [`contract`] writes the first column, [`requisition`] the second; what both are measured against
//! (ties, limits, dates, what they wait for) is their callers' business.

pub(super) mod contract;
pub(in crate::plan) mod relief;
pub(super) mod requisition;

use super::Family;
use crate::policy::{Basis, Policy, RequisitionDocument};

/// What a commitment or a change order is in the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Contract {
    /// An A/P invoice or credit memo against `unbilled_account`.
    ApDocument,
    /// A journal entry of cost against `accrued_account`.
    Accrual,
    /// A journal entry outside the income statement against `encumbrance_reserve`.
    Encumbrance,
    /// Not in the general ledger.
    Nothing,
}

/// What the gross of a requisition is debited to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gross {
    /// The vendor on `unbilled_account`.
    Unbilled,
    /// `accrued_account`.
    Accrued,
    /// The items' own coding: it is recognised now.
    Cost,
}

/// One row of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Template {
    /// The commitment's side.
    pub contract: Contract,
    /// Where a requisition's gross goes.
    pub gross: Gross,
    /// Whether a requisition takes what it bills out of the encumbrance.
    pub relieves: bool,
    /// Whether no requisition is dated before its commitment.
    pub follows_commitment: bool,
    /// The document of a requisition.
    pub document: RequisitionDocument,
}

impl Template {
    /// Whether a child of the commitment waits until the commitment stands in SAP.
    pub(super) const fn posts_contract(self) -> bool {
        !matches!(self.contract, Contract::Nothing)
    }
}

/// The row of a basis.
#[rustfmt::skip]
pub(super) const fn of(policy: &Policy, basis: Basis) -> Template {
    let journal = RequisitionDocument::JournalEntry;
    let chosen = policy.requisition_document;
    match basis {
        //                                   contract                       gross                    relieves         follows commitment        document
        Basis::Commitment        => Template { contract: Contract::ApDocument,  gross: Gross::Unbilled, relieves: false, follows_commitment: true,  document: journal },
        Basis::CommitmentJournal => Template { contract: Contract::Accrual,     gross: Gross::Accrued,  relieves: false, follows_commitment: true,  document: journal },
        Basis::Encumbrance       => Template { contract: Contract::Encumbrance, gross: Gross::Cost,     relieves: true,  follows_commitment: true,  document: chosen },
        Basis::Progress          => Template { contract: Contract::Nothing,     gross: Gross::Cost,     relieves: false, follows_commitment: false, document: chosen },
    }
}

/// The row that a family follows: a commitment that was carried over with what was
/// billed of it runs on `progress` for its life.
pub(super) fn of_family(policy: &Policy, family: &Family) -> Template {
    of(policy, if family.is_carried_over(policy) { Basis::Progress } else { policy.basis })
}
