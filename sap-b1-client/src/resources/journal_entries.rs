//! Journal entries, as they are read.

use super::{Collection, Created, Entity, NewJournalEntry};
use crate::client::{Client, ResendGuard};
use crate::error::Result;
use crate::query::Key;
use crate::wire::{YesNo, date, exact, list};
use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Deserialize;

/// A journal entry and its rows.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct JournalEntry {
    /// Key.
    #[serde(rename = "JdtNum")]
    pub jdt_num: Option<i32>,
    /// Number a person sees.
    #[serde(rename = "Number")]
    pub number: Option<i32>,
    /// Numbering series.
    #[serde(rename = "Series")]
    pub series: Option<i32>,
    /// Posting date; picks the period.
    #[serde(rename = "ReferenceDate", deserialize_with = "date::option::deserialize")]
    pub reference_date: Option<NaiveDate>,
    /// Due date.
    #[serde(rename = "DueDate", deserialize_with = "date::option::deserialize")]
    pub due_date: Option<NaiveDate>,
    /// Document date.
    #[serde(rename = "TaxDate", deserialize_with = "date::option::deserialize")]
    pub tax_date: Option<NaiveDate>,
    /// Remarks.
    #[serde(rename = "Memo")]
    pub memo: Option<String>,
    /// First reference.
    #[serde(rename = "Reference")]
    pub reference: Option<String>,
    /// Second reference.
    #[serde(rename = "Reference2")]
    pub reference2: Option<String>,
    /// Third reference.
    #[serde(rename = "Reference3")]
    pub reference3: Option<String>,
    /// Transaction code.
    #[serde(rename = "TransactionCode")]
    pub transaction_code: Option<String>,
    /// Project of the header.
    #[serde(rename = "ProjectCode")]
    pub project_code: Option<String>,
    /// What kind of document produced it.
    #[serde(rename = "OriginalJournal")]
    pub original_journal: Option<String>,
    /// Key of what produced it.
    #[serde(rename = "Original")]
    pub original: Option<i32>,
    /// Number of what produced it.
    #[serde(rename = "BaseReference")]
    pub base_reference: Option<String>,
    /// Reversed automatically.
    #[serde(rename = "UseAutoStorno")]
    pub use_auto_storno: Option<YesNo>,
    /// Day of the automatic reversal.
    #[serde(rename = "StornoDate", deserialize_with = "date::option::deserialize")]
    pub storno_date: Option<NaiveDate>,
    /// Adjusting entry.
    #[serde(rename = "AdjustTransaction")]
    pub adjust_transaction: Option<YesNo>,
    /// Rows.
    #[serde(rename = "JournalEntryLines", deserialize_with = "list::deserialize")]
    pub journal_entry_lines: Vec<JournalEntryLine>,
}

/// A row of a journal entry.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct JournalEntryLine {
    /// Number of the row, from 0.
    #[serde(rename = "Line_ID")]
    pub line_id: Option<i32>,
    /// Account.
    #[serde(rename = "AccountCode")]
    pub account_code: Option<String>,
    /// Partner, or the account again.
    #[serde(rename = "ShortName")]
    pub short_name: Option<String>,
    /// Control account of a partner's row.
    #[serde(rename = "ControlAccount")]
    pub control_account: Option<String>,
    /// Offset account.
    #[serde(rename = "ContraAccount")]
    pub contra_account: Option<String>,
    /// Debit, local currency.
    #[serde(rename = "Debit", deserialize_with = "exact::option::deserialize")]
    pub debit: Option<Decimal>,
    /// Credit, local currency.
    #[serde(rename = "Credit", deserialize_with = "exact::option::deserialize")]
    pub credit: Option<Decimal>,
    /// Debit, foreign currency.
    #[serde(rename = "FCDebit", deserialize_with = "exact::option::deserialize")]
    pub fc_debit: Option<Decimal>,
    /// Credit, foreign currency.
    #[serde(rename = "FCCredit", deserialize_with = "exact::option::deserialize")]
    pub fc_credit: Option<Decimal>,
    /// Foreign currency.
    #[serde(rename = "FCCurrency")]
    pub fc_currency: Option<String>,
    /// Debit, system currency.
    #[serde(rename = "DebitSys", deserialize_with = "exact::option::deserialize")]
    pub debit_sys: Option<Decimal>,
    /// Credit, system currency.
    #[serde(rename = "CreditSys", deserialize_with = "exact::option::deserialize")]
    pub credit_sys: Option<Decimal>,
    /// Remarks.
    #[serde(rename = "LineMemo")]
    pub line_memo: Option<String>,
    /// First reference.
    #[serde(rename = "Reference1")]
    pub reference1: Option<String>,
    /// Second reference.
    #[serde(rename = "Reference2")]
    pub reference2: Option<String>,
    /// Third reference.
    #[serde(rename = "AdditionalReference")]
    pub additional_reference: Option<String>,
    /// Due date.
    #[serde(rename = "DueDate", deserialize_with = "date::option::deserialize")]
    pub due_date: Option<NaiveDate>,
    /// Document date.
    #[serde(rename = "TaxDate", deserialize_with = "date::option::deserialize")]
    pub tax_date: Option<NaiveDate>,
    /// Distribution rule of dimension 1.
    #[serde(rename = "CostingCode")]
    pub costing_code: Option<String>,
    /// Distribution rule of dimension 2.
    #[serde(rename = "CostingCode2")]
    pub costing_code2: Option<String>,
    /// Distribution rule of dimension 3.
    #[serde(rename = "CostingCode3")]
    pub costing_code3: Option<String>,
    /// Distribution rule of dimension 4.
    #[serde(rename = "CostingCode4")]
    pub costing_code4: Option<String>,
    /// Distribution rule of dimension 5.
    #[serde(rename = "CostingCode5")]
    pub costing_code5: Option<String>,
    /// Project.
    #[serde(rename = "ProjectCode")]
    pub project_code: Option<String>,
    /// Tax group, in VAT countries.
    #[serde(rename = "TaxGroup")]
    pub tax_group: Option<String>,
    /// Tax code, in sales tax countries.
    #[serde(rename = "TaxCode")]
    pub tax_code: Option<String>,
    /// Blocked for payment.
    #[serde(rename = "PaymentBlock")]
    pub payment_block: Option<YesNo>,
    /// Branch.
    #[serde(rename = "BPLID")]
    pub branch_id: Option<i32>,
}

impl Entity for JournalEntry {
    const KEY: &'static str = "JdtNum";

    fn key(&self) -> Option<Key> {
        self.jdt_num.map(Key::from)
    }
}

impl Client {
    /// Journal entries.
    #[must_use]
    pub fn journal_entries(&self) -> Collection<JournalEntry> {
        Collection::new(self, "JournalEntries")
    }
}

impl Collection<JournalEntry> {
    /// Creates a journal entry after checking the lengths of its texts.
    ///
    /// # Errors
    /// A text that is too long is an error before anything is sent; else as [`Collection::create_raw`].
    pub async fn create(
        &self,
        entry: &NewJournalEntry,
        guard: Option<&dyn ResendGuard>,
    ) -> Result<Created> {
        entry.validate_lengths(&self.client.inner.lengths)?;
        self.create_raw(entry.to_body(), guard).await
    }

    /// Cancels a journal entry; SAP makes the reversal.
    ///
    /// # Errors
    /// As every write. `guard` says whether the entry still stands.
    pub async fn cancel(&self, jdt_num: i32, guard: Option<&dyn ResendGuard>) -> Result<()> {
        self.action(jdt_num, "Cancel", guard).await
    }
}
