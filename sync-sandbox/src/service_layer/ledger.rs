//! What the company holds, as plain data: documents, journal entries and the general ledger.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::{
    business_checks::COSTING_CODES,
    value::{Record, Value},
    wire::with_decimals,
};

/// What kind of document it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DocumentKind {
    /// `PurchaseInvoices`.
    Invoice,
    /// `PurchaseCreditNotes`.
    CreditNote,
    /// `Drafts`.
    Draft,
}

impl DocumentKind {
    /// The entity set.
    #[must_use]
    pub fn set(self) -> &'static str {
        match self {
            Self::Invoice => "PurchaseInvoices",
            Self::CreditNote => "PurchaseCreditNotes",
            Self::Draft => "Drafts",
        }
    }
}

/// One A/P document or draft as SAP holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Invoice, credit memo or draft.
    pub kind: DocumentKind,
    /// `DocEntry`.
    pub doc_entry: i64,
    /// `DocNum`.
    pub doc_num: i64,
    /// `CardCode`.
    pub card_code: String,
    /// `NumAtCard`.
    pub num_at_card: String,
    /// `DocDate`, the posting date.
    pub doc_date: Option<NaiveDate>,
    /// `TaxDate`.
    pub tax_date: Option<NaiveDate>,
    /// `DocDueDate`.
    pub due_date: Option<NaiveDate>,
    /// `DocCurrency`.
    pub currency: String,
    /// `DocTotalFc`, with tax; zero of a document in local currency.
    pub total_fc: Decimal,
    /// `BPL_IDAssignedToInvoice`.
    pub branch: Option<i64>,
    /// `ControlAccount`.
    pub control_account: String,
    /// `DocTotal`, with tax.
    pub total: Decimal,
    /// `VatSum`.
    pub tax: Decimal,
    /// `PaidToDate`.
    pub paid: Decimal,
    /// `CancelStatus`: `csNo`, `csYes` or `csCancellation`.
    pub cancel_status: String,
    /// `DocumentStatus`.
    pub status: String,
    /// `AuthorizationStatus`.
    pub authorization_status: String,
    /// `TransNum`: the journal entry's number.
    pub journal_entry: Option<i64>,
    /// `Comments`.
    pub comments: String,
    /// User fields that are set, as text.
    pub user_fields: BTreeMap<String, String>,
    /// The lines.
    pub lines: Vec<DocumentLine>,
}

/// One line of an A/P document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentLine {
    /// `LineNum`.
    pub line_num: i64,
    /// `AccountCode`.
    pub account: String,
    /// `LineTotal`, net in local currency.
    pub net: Decimal,
    /// `TaxTotal`.
    pub tax: Decimal,
    /// `TaxCode`, or `VatGroup`.
    pub tax_code: String,
    /// `CostingCode` to `CostingCode5`.
    pub costing_codes: [String; 5],
    /// `ProjectCode`.
    pub project: String,
    /// `ItemDescription`.
    pub description: String,
    /// `FreeText`.
    pub free_text: String,
    /// User fields that are set, as text.
    pub user_fields: BTreeMap<String, String>,
}

/// One journal entry, made by hand, by a caller or by SAP for a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JournalEntry {
    /// `JdtNum`.
    pub number: i64,
    /// `ReferenceDate`, the posting date.
    pub date: Option<NaiveDate>,
    /// `Memo`.
    pub memo: String,
    /// `Reference`.
    pub reference: String,
    /// `Reference2`.
    pub reference_2: String,
    /// `OriginalJournal`: `ttJournalEntry`, `ttAPInvoice`, `ttAPCreditNote`, `ttVendorPayment`.
    pub original_journal: String,
    /// `Original`: the number of what produced it.
    pub original: i64,
    /// User fields that are set, as text.
    pub user_fields: BTreeMap<String, String>,
    /// The lines.
    pub lines: Vec<JournalLine>,
}

/// One line of a journal entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JournalLine {
    /// `AccountCode`: the general ledger account.
    pub account: String,
    /// `ShortName`: the partner of a partner's line, else the account.
    pub short_name: String,
    /// `Debit`.
    pub debit: Decimal,
    /// `Credit`.
    pub credit: Decimal,
    /// `FCCurrency`; empty of a line in local currency.
    pub fc_currency: String,
    /// `FCDebit`.
    pub fc_debit: Decimal,
    /// `FCCredit`.
    pub fc_credit: Decimal,
    /// `BPLID`.
    pub branch: Option<i64>,
    /// `PaymentBlock`.
    pub payment_block: bool,
    /// `CostingCode` to `CostingCode5`.
    pub costing_codes: [String; 5],
    /// `ProjectCode`.
    pub project: String,
    /// `LineMemo`.
    pub memo: String,
    /// `Reference1`.
    pub reference_1: String,
    /// User fields that are set, as text.
    pub user_fields: BTreeMap<String, String>,
}

/// What one account holds for one partner, profit center and project.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LedgerRow {
    /// The general ledger account.
    pub account: String,
    /// The partner of a control account's rows; empty elsewhere.
    pub partner: String,
    /// The profit center of dimension 1; empty without one.
    pub profit_center: String,
    /// The project; empty without one.
    pub project: String,
    /// The sum of debits.
    pub debit: Decimal,
    /// The sum of credits.
    pub credit: Decimal,
}

/// The general ledger: every journal entry summed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    /// One row per account, partner, profit center and project, in that order.
    pub rows: Vec<LedgerRow>,
}

impl Ledger {
    /// Debits less credits of the rows that `belongs` picks.
    pub fn balance_of(&self, belongs: impl Fn(&LedgerRow) -> bool) -> Decimal {
        self.rows.iter().filter(|row| belongs(row)).map(|row| row.debit - row.credit).sum()
    }

    /// Debits less credits of an account.
    #[must_use]
    pub fn balance(&self, account: &str) -> Decimal {
        self.balance_of(|row| row.account == account)
    }

    /// Debits less credits of an account for one partner.
    #[must_use]
    pub fn partner_balance(&self, account: &str, card_code: &str) -> Decimal {
        self.balance_of(|row| row.account == account && row.partner == card_code)
    }

    /// Sums journal entries.
    pub(crate) fn of<'a>(entries: impl Iterator<Item = &'a JournalEntry>) -> Self {
        let mut sums: BTreeMap<[String; 4], (Decimal, Decimal)> = BTreeMap::new();
        for line in entries.flat_map(|entry| &entry.lines) {
            let partner = if line.short_name == line.account {
                String::new()
            } else {
                line.short_name.clone()
            };
            let [profit_center, ..] = line.costing_codes.clone();
            let key = [line.account.clone(), partner, profit_center, line.project.clone()];
            let sum = sums.entry(key).or_default();
            sum.0 += line.debit;
            sum.1 += line.credit;
        }
        let rows = sums.into_iter().map(|([account, partner, profit_center, project], sum)| {
            LedgerRow { account, partner, profit_center, project, debit: sum.0, credit: sum.1 }
        });
        Self { rows: rows.collect() }
    }
}

pub(crate) fn document(kind: DocumentKind, record: &Record) -> Document {
    let text = |name: &str| record.text(name).to_owned();
    Document {
        kind,
        doc_entry: record.integer("DocEntry").unwrap_or_default(),
        doc_num: record.integer("DocNum").unwrap_or_default(),
        card_code: text("CardCode"),
        num_at_card: text("NumAtCard"),
        doc_date: record.date("DocDate"),
        tax_date: record.date("TaxDate"),
        due_date: record.date("DocDueDate"),
        currency: text("DocCurrency"),
        total_fc: record.amount("DocTotalFc"),
        branch: record.integer("BPL_IDAssignedToInvoice"),
        control_account: text("ControlAccount"),
        total: record.amount("DocTotal"),
        tax: record.amount("VatSum"),
        paid: record.amount("PaidToDate"),
        cancel_status: text("CancelStatus"),
        status: text("DocumentStatus"),
        authorization_status: text("AuthorizationStatus"),
        journal_entry: record.integer("TransNum"),
        comments: text("Comments"),
        user_fields: user_fields(record),
        lines: record.list("DocumentLines").iter().map(document_line).collect(),
    }
}

fn document_line(line: &Record) -> DocumentLine {
    let text = |name: &str| line.text(name).to_owned();
    DocumentLine {
        line_num: line.integer("LineNum").unwrap_or_default(),
        account: text("AccountCode"),
        net: line.amount("LineTotal"),
        tax: line.amount("TaxTotal"),
        tax_code: line.filled("TaxCode").unwrap_or(line.text("VatGroup")).to_owned(),
        costing_codes: COSTING_CODES.map(|(name, _)| text(name)),
        project: text("ProjectCode"),
        description: text("ItemDescription"),
        free_text: text("FreeText"),
        user_fields: user_fields(line),
    }
}

pub(crate) fn journal_entry(record: &Record) -> JournalEntry {
    let text = |name: &str| record.text(name).to_owned();
    JournalEntry {
        number: record.integer("JdtNum").unwrap_or_default(),
        date: record.date("ReferenceDate"),
        memo: text("Memo"),
        reference: text("Reference"),
        reference_2: text("Reference2"),
        original_journal: text("OriginalJournal"),
        original: record.integer("Original").unwrap_or_default(),
        user_fields: user_fields(record),
        lines: record.list("JournalEntryLines").iter().map(journal_line).collect(),
    }
}

fn journal_line(line: &Record) -> JournalLine {
    let text = |name: &str| line.text(name).to_owned();
    JournalLine {
        account: text("AccountCode"),
        short_name: text("ShortName"),
        debit: line.amount("Debit"),
        credit: line.amount("Credit"),
        fc_currency: text("FCCurrency"),
        fc_debit: line.amount("FCDebit"),
        fc_credit: line.amount("FCCredit"),
        branch: line.integer("BPLID"),
        payment_block: line.is_yes("PaymentBlock"),
        costing_codes: COSTING_CODES.map(|(name, _)| text(name)),
        project: text("ProjectCode"),
        memo: text("LineMemo"),
        reference_1: text("Reference1"),
        user_fields: user_fields(line),
    }
}

pub(crate) fn user_fields(record: &Record) -> BTreeMap<String, String> {
    record
        .iter()
        .filter(|(name, _)| name.starts_with("U_"))
        .filter_map(|(name, value)| {
            let text = match value {
                Value::Text(text) => text.clone(),
                Value::Integer(number) => number.to_string(),
                Value::Number(number) => with_decimals(*number),
                Value::Date(date) => date.to_string(),
                _ => return None,
            };
            Some((name.to_owned(), text))
        })
        .collect()
}
