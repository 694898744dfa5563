//! The company's choices: what is posted, how, and when.
//!
//! A value of the policy that is not built yet does not exist here; the host refuses it with that
//! reason. `findings` says which choices contradict each other, above all those that would bring a
//! cost into the ledger twice; `commitment_tax` which tax codes would claim input tax too early.

mod commitment_tax;
mod findings;

pub use findings::PolicyFinding;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{NaiveDate, TimeDelta};
use serde::{Deserialize, Serialize};

use crate::{model::Kind, money::Rounding};

/// When cost is recognised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// When the commitment is approved: A/P invoices against `unbilled_account`.
    Commitment,
    /// When the commitment is approved: journal entries against `accrued_account`.
    CommitmentJournal,
    /// When it is billed; the commitment is a journal entry outside the income statement until then.
    Encumbrance,
    /// When it is billed.
    Progress,
}

impl Basis {
    /// The name in the configuration and the store.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Commitment => "commitment",
            Self::CommitmentJournal => "commitment_journal",
            Self::Encumbrance => "encumbrance",
            Self::Progress => "progress",
        }
    }

    /// Every basis.
    pub const ALL: [Self; 4] =
        [Self::Commitment, Self::CommitmentJournal, Self::Encumbrance, Self::Progress];

    /// Whether cost is recognised when the commitment is approved, not when it is billed.
    #[must_use]
    pub const fn recognises_commitments(self) -> bool {
        matches!(self, Self::Commitment | Self::CommitmentJournal)
    }
}

/// The document of a requisition on the bases `progress` and `encumbrance`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RequisitionDocument {
    /// A journal entry with the vendor's line.
    #[default]
    JournalEntry,
    /// An A/P invoice: SAP computes tax and withholding, retainage is a line of its own.
    PurchaseInvoice,
}

/// What the books held of a commitment that was approved before the cut-over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Opening {
    /// What was billed: the commitment runs on `progress` for its life.
    #[default]
    Billed,
    /// The whole commitment, on `unbilled_account` or `accrued_account`: it runs on the basis, and what
    /// changes is posted against what the books held.
    Committed,
}

impl Opening {
    /// The name in the configuration and the store.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Billed => "billed",
            Self::Committed => "committed",
        }
    }
}

/// What happens to what is billed above what is approved, where commitments are cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OverBilling {
    /// A person decides.
    #[default]
    Hold,
    /// The excess is cost on the items' coding.
    Post,
}

/// What happens to negative lines inside a positive A/P document, and the reverse.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NegativeLines {
    /// They stay.
    #[default]
    Keep,
    /// Invoice and credit memo, two sequences.
    Split,
}

/// What a direct cost's credit side is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Offset {
    /// The mapped vendor's trade account.
    Vendor,
    /// An account, by its SAP code.
    Account(String),
}

/// Where a document carries its key and its revision.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reference {
    /// In user fields of its header.
    #[default]
    Udf,
    /// In its own reference: the vendor's number of an A/P document, the second reference of a journal entry.
    Key,
}

impl Reference {
    /// The name in the configuration and the store.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Udf => "udf",
            Self::Key => "key",
        }
    }

    /// The choice that this one is not.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Udf => Self::Key,
            Self::Key => Self::Udf,
        }
    }
}

/// What happens to a change of a posted record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnChange {
    /// The difference is posted.
    Adjust,
    /// What stands is taken back and the record is posted anew; what cannot be is adjusted.
    Restate,
    /// A person decides.
    Hold,
}

/// What happens to a record in another currency than that of the books.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ForeignCurrency {
    /// It is held.
    #[default]
    Hold,
    /// It is posted in its currency, at SAP's rate of the posting date.
    Post,
}

/// What happens to a posting date in a closed period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClosedPeriod {
    /// The first day of the next open period of the same fiscal year.
    NextOpen,
    /// A person decides.
    Hold,
}

/// Where stated tax of a journal entry goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TaxInJournal {
    /// The record is held as `tax_not_configured`.
    Hold,
    /// Onto the cost lines' own coding.
    Cost,
    /// Onto this account.
    Account(String),
}

/// Everything that the planner is told about the company's choices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// The recognition basis.
    pub basis: Basis,
    /// The cut-over: nothing dated earlier is posted.
    pub start_date: NaiveDate,
    /// Where documents carry their keys.
    pub reference: Reference,
    /// What happens to changes of posted records.
    pub on_change: OnChange,
    /// In how many cycles a record must be seen outside its status before money is reversed.
    pub settle_cycles: u32,
    /// How long it must have been outside its status before money is reversed.
    pub settle_time: TimeDelta,
    /// What happens to records in foreign currency.
    pub foreign_currency: ForeignCurrency,
    /// What happens to dates in closed periods.
    pub closed_period: ClosedPeriod,
    /// How amounts are rounded to the currency's decimals.
    pub rounding: Rounding,
    /// Whether a record is held where a rounding unit would have to be placed.
    pub strict_rounding: bool,
    /// The control account of unbilled commitments; `None`: invoices stand on the trade account.
    pub unbilled_account: Option<String>,
    /// The account of retainage held.
    pub retainage_account: Option<String>,
    /// The plain account of accrued commitments, on the basis `commitment_journal`.
    pub accrued_account: Option<String>,
    /// Where commitments stand outside the income statement, on the basis `encumbrance`.
    pub encumbrance_account: Option<String>,
    /// The other side of `encumbrance_account`.
    pub encumbrance_reserve: Option<String>,
    /// The document of a requisition, on the bases `progress` and `encumbrance`.
    pub requisition_document: RequisitionDocument,
    /// The 0 % tax code of retainage lines on A/P documents.
    pub retainage_tax_code: Option<String>,
    /// What the books held of commitments at the cut-over.
    pub opening: Opening,
    /// What happens to what is billed above what is approved.
    pub over_billing: OverBilling,
    /// Whether the unbilled remainder of a finished commitment is released without a decision.
    pub release_unbilled: bool,
    /// What happens to lines against an A/P document's direction.
    pub negative_lines: NegativeLines,
    /// The direct cost types that are posted.
    pub direct_cost_offset: BTreeMap<String, Offset>,
    /// Where stated tax of direct costs goes.
    pub tax_in_journal: TaxInJournal,
    /// The taxable codes that commitments may carry in a VAT localisation.
    pub commitment_tax_codes: BTreeSet<String>,
    /// Above how many lines a document is summed.
    pub lines_max: usize,
    /// Whether a mapping change moves posted lines too.
    pub remap_posted: bool,
    /// The statuses in which each kind is posted.
    pub postable: BTreeMap<Kind, Vec<String>>,
    /// How long after a request without an answer its absence is believed.
    pub unknown_settle: TimeDelta,
}

impl Policy {
    /// The defaults of every key but `start_date`.
    #[must_use]
    pub fn starting_on(start_date: NaiveDate) -> Self {
        let statuses = |list: &[&str]| list.iter().map(|&s| s.to_owned()).collect::<Vec<_>>();
        Self {
            basis: Basis::Commitment,
            start_date,
            reference: Reference::Udf,
            on_change: OnChange::Adjust,
            settle_cycles: 2,
            settle_time: TimeDelta::hours(12),
            foreign_currency: ForeignCurrency::Hold,
            closed_period: ClosedPeriod::NextOpen,
            rounding: Rounding::HalfUp,
            strict_rounding: false,
            unbilled_account: None,
            retainage_account: None,
            accrued_account: None,
            encumbrance_account: None,
            encumbrance_reserve: None,
            requisition_document: RequisitionDocument::JournalEntry,
            retainage_tax_code: None,
            opening: Opening::Billed,
            over_billing: OverBilling::Hold,
            release_unbilled: false,
            negative_lines: NegativeLines::Keep,
            direct_cost_offset: BTreeMap::new(),
            tax_in_journal: TaxInJournal::Hold,
            commitment_tax_codes: BTreeSet::new(),
            lines_max: 200,
            remap_posted: false,
            postable: BTreeMap::from([
                (
                    Kind::PurchaseOrder,
                    statuses(&["Approved", "Partially Received", "Received", "Closed"]),
                ),
                (Kind::Subcontract, statuses(&["Approved", "Complete"])),
                (Kind::ChangeOrder, statuses(&["approved"])),
                (Kind::DirectCost, statuses(&["approved"])),
                (Kind::Requisition, statuses(&["approved"])),
            ]),
            unknown_settle: TimeDelta::minutes(10),
        }
    }

    /// Whether the books held whole commitments at the cut-over: those on the opening list, and their
    /// change orders on it, count as posted.
    #[must_use]
    pub fn opens_with_commitments(&self) -> bool {
        self.opening == Opening::Committed && self.basis.recognises_commitments()
    }

    /// Whether a record of this kind is posted in this status.
    #[must_use]
    pub fn is_postable(&self, kind: Kind, status: &str) -> bool {
        let kind = if kind == Kind::CommitmentChangeOrder { Kind::ChangeOrder } else { kind };
        self.postable.get(&kind).is_some_and(|list| list.iter().any(|entry| entry == status))
    }
}
