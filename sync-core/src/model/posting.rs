//! The documents that are to be posted, as values.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::DocumentKey;
use crate::{exchange::ExchangeRate, money::as_text};

/// The entity set of SAP's Service Layer that a document stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum DocumentType {
    /// `PurchaseInvoices`: an A/P invoice.
    PurchaseInvoice,
    /// `PurchaseCreditNotes`: an A/P credit memo.
    PurchaseCreditNote,
    /// `JournalEntries`: a journal entry.
    JournalEntry,
    /// `Drafts`: a document that waits in an approval procedure.
    Draft,
}

impl DocumentType {
    /// The entity set's name.
    #[must_use]
    pub const fn entity_set(self) -> &'static str {
        match self {
            Self::PurchaseInvoice => "PurchaseInvoices",
            Self::PurchaseCreditNote => "PurchaseCreditNotes",
            Self::JournalEntry => "JournalEntries",
            Self::Draft => "Drafts",
        }
    }
}

/// Where in the ledger a cost stands: account, dimensions, project and tax code.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Coding {
    /// SAP's account code (`ChartOfAccounts.Code`).
    pub account: String,
    /// The rule codes of dimensions 1 to 5 (`CostingCode` to `CostingCode5`).
    pub dimensions: [Option<String>; 5],
    /// `ProjectCode`.
    pub project: Option<String>,
    /// `TaxCode` or `VatGroup`, on A/P lines.
    pub tax_code: Option<String>,
}

/// Which source line a posted line stands for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum LineMark {
    /// One source line, by its id.
    Line(i64),
    /// The stated tax of one source line: `<line id>/tax`.
    Tax(i64),
    /// The stated tax of this many source lines: `*<n>/tax`.
    TaxSum(u32),
    /// The sum of this many source lines: `*<n>`.
    Sum(u32),
    /// One source line outside the income statement, on the basis `encumbrance`: `<line id>/enc`.
    Encumbrance(i64),
    /// The sum of this many source lines outside the income statement: `*<n>/enc`.
    EncumbranceSum(u32),
    /// A balance sheet line: what it is for (`payable`, `unbilled`, `accrued`, `reserve`, `held`,
    /// `released`, `offset`, `tax`).
    Role(String),
}

impl std::fmt::Display for LineMark {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Line(id) => write!(f, "{id}"),
            Self::Tax(id) => write!(f, "{id}/tax"),
            Self::TaxSum(lines) => write!(f, "*{lines}/tax"),
            Self::Sum(lines) => write!(f, "*{lines}"),
            Self::Encumbrance(id) => write!(f, "{id}/enc"),
            Self::EncumbranceSum(lines) => write!(f, "*{lines}/enc"),
            Self::Role(role) => f.write_str(role),
        }
    }
}

impl LineMark {
    /// Reads the mark back from the first word of what SAP holds; `None` for any other text.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let word = text.split_whitespace().next()?;
        if let Some(lines) = word.strip_prefix('*') {
            let (lines, of): (&str, fn(u32) -> Self) = match lines.split_once('/') {
                None => (lines, Self::Sum),
                Some((lines, "enc")) => (lines, Self::EncumbranceSum),
                Some((lines, "tax")) => (lines, Self::TaxSum),
                Some(_) => return None,
            };
            return lines.parse().ok().map(of);
        }
        if let Some(id) = word.strip_suffix("/enc") {
            return id.parse().ok().map(Self::Encumbrance);
        }
        if let Some(id) = word.strip_suffix("/tax") {
            return id.parse().ok().map(Self::Tax);
        }
        if let Ok(id) = word.parse() {
            return Some(Self::Line(id));
        }
        ["payable", "unbilled", "accrued", "reserve", "held", "released", "offset", "tax"]
            .contains(&word)
            .then(|| Self::Role(word.to_owned()))
    }

    /// Whether the line is what AP may pay of a journal entry: the trade account and only that.
    #[must_use]
    pub fn is_payable(&self) -> bool {
        matches!(self, Self::Role(role) if role == "payable")
    }

    /// Whether the line is cost: a source line or a sum of them.
    #[must_use]
    pub const fn is_cost(&self) -> bool {
        matches!(self, Self::Line(_) | Self::Sum(_))
    }

    /// Whether the line stands for several source lines.
    #[must_use]
    pub const fn is_sum(&self) -> bool {
        matches!(self, Self::Sum(_) | Self::EncumbranceSum(_) | Self::TaxSum(_))
    }

    /// Whether the line is the stated tax of a source line, or of several.
    #[must_use]
    pub const fn is_tax(&self) -> bool {
        matches!(self, Self::Tax(_) | Self::TaxSum(_))
    }

    /// Whether the line stands for an encumbered source line or a sum of them.
    #[must_use]
    pub const fn is_encumbrance(&self) -> bool {
        matches!(self, Self::Encumbrance(_) | Self::EncumbranceSum(_))
    }
}

/// What every posting carries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PostingHeader {
    /// `U_ProcoreKey`.
    pub key: DocumentKey,
    /// `U_ProcoreRev`: [`Fingerprint::revision`](super::Fingerprint::revision) on the last document
    /// of a plan, [`revision_in_part`](super::Fingerprint::revision_in_part) or
    /// [`revision_taken_back`](super::Fingerprint::revision_taken_back) on those before it.
    pub revision: String,
    /// `DocDate` or `ReferenceDate`: it picks the period.
    pub posting_date: NaiveDate,
    /// `TaxDate`: the original date, where its window allows.
    pub tax_date: NaiveDate,
    /// `NumAtCard` or `Reference`.
    pub reference: String,
    /// `JournalMemo` or `Memo`.
    pub memo: String,
    /// `DocCurrency`, or the currency of the journal entry's lines.
    pub currency: String,
    /// The ledger's rate of the posting date, for a document in foreign currency: `DocRate`, or what
    /// the local amounts of a journal entry are computed with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exchange_rate: Option<ExchangeRate>,
    /// `Project` or `ProjectCode`.
    pub project: Option<String>,
    /// SAP's branch (`BPLID`), where branches are on.
    pub branch: Option<i64>,
}

/// One line of an A/P invoice or an A/P credit memo.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApLine {
    /// The source line: the first word of `FreeText`.
    pub mark: LineMark,
    /// Account, dimensions, project, tax code.
    pub coding: Coding,
    /// `LineTotal`: net of tax, in the document's own direction (a credit memo's amounts are positive).
    #[serde(with = "as_text")]
    pub amount: Decimal,
    /// `WTLiable`; `None` leaves the partner's own setting.
    pub wt_liable: Option<bool>,
    /// `ItemDescription`: it begins with the cost code.
    pub description: String,
}

/// An A/P invoice or an A/P credit memo of the service type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApDocument {
    /// The common part.
    pub header: PostingHeader,
    /// `CardCode`.
    pub card_code: String,
    /// `ControlAccount`; `None` leaves the partner's own.
    pub control_account: Option<String>,
    /// `PaymentBlock`: tYES for what AP must not pay.
    pub payment_block: bool,
    /// The tax that the plan predicts from the catalog's rates; compared after the post.
    #[serde(with = "as_text")]
    pub expected_tax: Decimal,
    /// `Comments`.
    pub comments: String,
    /// The lines.
    pub lines: Vec<ApLine>,
}

impl ApDocument {
    /// The cost lines' sum in the document's own direction: retainage lines are none.
    fn net_cost(&self) -> Decimal {
        let cost = self.lines.iter().filter(|line| line.mark.is_cost());
        cost.map(|line| line.amount).sum()
    }
}

/// What a line of a journal entry stands on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum JournalTarget {
    /// A plain account with its coding (`AccountCode`).
    Account(Coding),
    /// A business partner on a control account (`ShortName` and `ControlAccount`).
    Partner {
        /// The partner.
        card_code: String,
        /// The control account.
        control_account: String,
        /// `ProjectCode`.
        project: Option<String>,
    },
}

/// One line of a journal entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JournalLine {
    /// The source line, or what a balance sheet line is for (`Reference1`).
    pub mark: LineMark,
    /// The account or the partner.
    pub target: JournalTarget,
    /// Debit minus credit, in the document's currency: never zero; below zero is a credit.
    #[serde(with = "as_text")]
    pub amount: Decimal,
    /// `DueDate` of a partner line; `None` means the posting date.
    pub due_date: Option<NaiveDate>,
    /// `PaymentBlock` of a partner line.
    pub payment_block: bool,
    /// `LineMemo`.
    pub description: String,
}

/// A journal entry: its lines sum to exactly zero.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JournalEntry {
    /// The common part.
    pub header: PostingHeader,
    /// The lines.
    pub lines: Vec<JournalLine>,
}

/// A document to be posted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Posting {
    /// An A/P invoice.
    PurchaseInvoice(ApDocument),
    /// An A/P credit memo.
    PurchaseCreditNote(ApDocument),
    /// A journal entry.
    JournalEntry(JournalEntry),
}

impl Posting {
    /// The common part.
    #[must_use]
    pub fn header(&self) -> &PostingHeader {
        match self {
            Self::PurchaseInvoice(document) | Self::PurchaseCreditNote(document) => {
                &document.header
            }
            Self::JournalEntry(entry) => &entry.header,
        }
    }

    /// The common part, to be changed.
    pub(crate) fn header_mut(&mut self) -> &mut PostingHeader {
        match self {
            Self::PurchaseInvoice(document) | Self::PurchaseCreditNote(document) => {
                &mut document.header
            }
            Self::JournalEntry(entry) => &mut entry.header,
        }
    }

    /// The document's key.
    #[must_use]
    pub fn key(&self) -> DocumentKey {
        self.header().key
    }

    /// The entity set it is posted to.
    #[must_use]
    pub fn document_type(&self) -> DocumentType {
        match self {
            Self::PurchaseInvoice(_) => DocumentType::PurchaseInvoice,
            Self::PurchaseCreditNote(_) => DocumentType::PurchaseCreditNote,
            Self::JournalEntry(_) => DocumentType::JournalEntry,
        }
    }

    /// The vendor of an A/P document, or the first partner of a journal entry.
    #[must_use]
    pub fn card_code(&self) -> Option<&str> {
        match self {
            Self::PurchaseInvoice(document) | Self::PurchaseCreditNote(document) => {
                Some(&document.card_code)
            }
            Self::JournalEntry(entry) => entry.lines.iter().find_map(|line| match &line.target {
                JournalTarget::Partner { card_code, .. } => Some(card_code.as_str()),
                JournalTarget::Account(_) => None,
            }),
        }
    }

    /// The net cost it brings into the ledger: cost lines without tax, a credit memo's below zero.
    #[must_use]
    pub fn net_cost(&self) -> Decimal {
        match self {
            Self::PurchaseInvoice(document) => document.net_cost(),
            Self::PurchaseCreditNote(document) => -document.net_cost(),
            Self::JournalEntry(entry) => {
                entry.lines.iter().filter(|line| line.mark.is_cost()).map(|line| line.amount).sum()
            }
        }
    }

    /// The document's total as a report prints it: net plus tax of an A/P document, the debits of a
    /// journal entry.
    #[must_use]
    pub fn total(&self) -> Decimal {
        match self {
            Self::PurchaseInvoice(document) | Self::PurchaseCreditNote(document) => {
                document.lines.iter().map(|line| line.amount).sum::<Decimal>()
                    + document.expected_tax
            }
            Self::JournalEntry(entry) => entry
                .lines
                .iter()
                .map(|line| line.amount)
                .filter(|amount| amount.is_sign_positive())
                .sum(),
        }
    }
}
