//! What SAP holds under our keys, as a look-up answers it.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{Coding, DocumentKey, DocumentType, JournalTarget, LineMark};
use crate::money::{as_text, as_text_option};

/// Whether a document that SAP holds counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HeldState {
    /// It stands in the ledger.
    Live,
    /// It was cancelled: worth zero, its sequence stays used.
    Cancelled,
    /// A draft waits for approval; nothing stands in the ledger yet.
    PendingApproval,
    /// A draft was rejected.
    Rejected,
}

/// One line of a held document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldLine {
    /// The source line, where the line carries one of our marks.
    pub mark: Option<LineMark>,
    /// The account or the partner, with coding. A tax code is set on A/P lines only.
    pub target: JournalTarget,
    /// Debit minus credit, net of tax: an A/P invoice's lines are debits, a credit memo's are credits.
    #[serde(with = "as_text")]
    pub amount: Decimal,
    /// The same in the currency of the books, of a document in foreign currency.
    #[serde(default, with = "as_text_option", skip_serializing_if = "Option::is_none")]
    pub local: Option<Decimal>,
    /// The tax that SAP computed for the line.
    #[serde(with = "as_text")]
    pub tax: Decimal,
    /// What was paid of a partner's line of a journal entry, as far as the ledger tells it; an A/P
    /// document tells it as a whole.
    #[serde(default, with = "as_text")]
    pub paid: Decimal,
    /// The line's text.
    pub description: String,
}

impl HeldLine {
    /// The coding of a plain account line.
    #[must_use]
    pub fn coding(&self) -> Option<&Coding> {
        match &self.target {
            JournalTarget::Account(coding) => Some(coding),
            JournalTarget::Partner { .. } => None,
        }
    }

    /// Whether the line is cost.
    #[must_use]
    pub fn is_cost(&self) -> bool {
        self.mark.as_ref().is_some_and(LineMark::is_cost)
    }
}

/// Where one source line was posted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PostedPlace {
    /// The mark that the line would have alone.
    pub mark: LineMark,
    /// The place in the ledger.
    pub coding: Coding,
    /// The line's text: it begins with the token of its cost coding.
    pub text: String,
}

/// One document that SAP holds under our key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldDocument {
    /// `U_ProcoreKey`.
    pub key: DocumentKey,
    /// `U_ProcoreRev`.
    pub revision: String,
    /// The entity set.
    pub document_type: DocumentType,
    /// `DocEntry`, or `JdtNum` of a journal entry.
    pub doc_entry: i64,
    /// `DocNum`, or `Number` of a journal entry.
    pub doc_num: Option<i64>,
    /// Whether it counts.
    pub state: HeldState,
    /// The posting date.
    pub posting_date: NaiveDate,
    /// `CardCode` of an A/P document, the first partner of a journal entry.
    pub card_code: Option<String>,
    /// `ControlAccount` of an A/P document, where SAP tells it; that of a journal entry is its lines'.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub control_account: Option<String>,
    /// `BPL_IDAssignedToInvoice`, or the `BPLID` of a journal entry's lines; `None` where SAP tells none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch: Option<i64>,
    /// The currency of the amounts.
    pub currency: String,
    /// `DocTotal`, or the debits of a journal entry.
    #[serde(with = "as_text")]
    pub total: Decimal,
    /// The total in the currency of the books, of a document in foreign currency.
    #[serde(default, with = "as_text_option", skip_serializing_if = "Option::is_none")]
    pub local_total: Option<Decimal>,
    /// `VatSum`; zero for a journal entry.
    #[serde(with = "as_text")]
    pub tax: Decimal,
    /// `PaidToDate`; zero for a journal entry, whose lines are paid one by one.
    #[serde(with = "as_text")]
    pub paid: Decimal,
    /// Whether the document is open (`bost_Open`); true for a journal entry.
    pub open: bool,
    /// The lines. Those of a journal entry are all of its lines, those of an A/P document its rows.
    pub lines: Vec<HeldLine>,
}

impl HeldDocument {
    /// A figure of an A/P document with its side: below zero for a credit memo, nothing for a journal entry or
    /// a draft.
    pub(crate) fn of_ap(&self, figure: Decimal) -> Decimal {
        match self.document_type {
            DocumentType::PurchaseInvoice => figure,
            DocumentType::PurchaseCreditNote => -figure,
            DocumentType::JournalEntry | DocumentType::Draft => Decimal::ZERO,
        }
    }

    /// Whether it counts in the ledger.
    #[must_use]
    pub fn is_live(&self) -> bool {
        self.state == HeldState::Live
    }

    /// What people find it by: `PurchaseInvoices 412`, by its `DocEntry`.
    #[must_use]
    pub fn named(&self) -> String {
        format!("{} {}", self.document_type.entity_set(), self.doc_entry)
    }

    /// The net cost that stands in the ledger: cost lines without tax; zero unless live.
    #[must_use]
    pub fn net_cost(&self) -> Decimal {
        if !self.is_live() {
            return Decimal::ZERO;
        }
        self.cost_lines().map(|line| line.amount).sum()
    }

    /// The cost lines: the marked ones of a journal entry; every line of an A/P document but those of
    /// retainage.
    pub fn cost_lines(&self) -> impl Iterator<Item = &HeldLine> {
        let every = self.document_type != DocumentType::JournalEntry;
        let role = |line: &HeldLine| matches!(line.mark, Some(LineMark::Role(_)));
        self.lines.iter().filter(move |line| line.is_cost() || (every && !role(line)))
    }
}
