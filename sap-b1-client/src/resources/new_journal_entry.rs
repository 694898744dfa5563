//! A journal entry, as it is written.

use crate::error::Result;
use crate::lengths::{LengthLimits, TooLong, check};
use crate::wire::{Udfs, YesNo, date, exact};
use bytes::Bytes;
use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Serialize;

/// A journal entry to create. It must balance; system currency is left to SAP.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct NewJournalEntry {
    /// Posting date; picks the period.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "date::option::serialize")]
    pub reference_date: Option<NaiveDate>,
    /// Due date.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "date::option::serialize")]
    pub due_date: Option<NaiveDate>,
    /// Document date.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "date::option::serialize")]
    pub tax_date: Option<NaiveDate>,
    /// Remarks, 254 characters (50 in 9.x).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memo: Option<String>,
    /// First reference, 100 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Second reference, 100 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference2: Option<String>,
    /// Third reference, 100 characters (27 in 9.x).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference3: Option<String>,
    /// Project of the header.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project_code: Option<String>,
    /// Transaction code, 4 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transaction_code: Option<String>,
    /// Numbering series.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub series: Option<i32>,
    /// Rows.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub journal_entry_lines: Vec<NewJournalEntryLine>,
    /// User-defined fields of the header.
    #[serde(flatten)]
    pub udfs: Udfs,
}

/// A row of a journal entry to create: an account, or a partner by its short name.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct NewJournalEntryLine {
    /// Account: the system key where account segmentation is on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_code: Option<String>,
    /// A partner's code; its control account follows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub short_name: Option<String>,
    /// Another control account of the partner.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub control_account: Option<String>,
    /// Debit, local currency.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "exact::option::serialize")]
    pub debit: Option<Decimal>,
    /// Credit, local currency.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "exact::option::serialize")]
    pub credit: Option<Decimal>,
    /// Debit, foreign currency.
    #[serde(
        rename = "FCDebit",
        skip_serializing_if = "Option::is_none",
        serialize_with = "exact::option::serialize"
    )]
    pub fc_debit: Option<Decimal>,
    /// Credit, foreign currency.
    #[serde(
        rename = "FCCredit",
        skip_serializing_if = "Option::is_none",
        serialize_with = "exact::option::serialize"
    )]
    pub fc_credit: Option<Decimal>,
    /// Foreign currency.
    #[serde(rename = "FCCurrency", skip_serializing_if = "Option::is_none")]
    pub fc_currency: Option<String>,
    /// Remarks, 254 characters (50 in 9.x).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line_memo: Option<String>,
    /// First reference, 100 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference1: Option<String>,
    /// Second reference, 100 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference2: Option<String>,
    /// Third reference, 100 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub additional_reference: Option<String>,
    /// Due date.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "date::option::serialize")]
    pub due_date: Option<NaiveDate>,
    /// Distribution rule of dimension 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub costing_code: Option<String>,
    /// Distribution rule of dimension 2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub costing_code2: Option<String>,
    /// Distribution rule of dimension 3.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub costing_code3: Option<String>,
    /// Distribution rule of dimension 4.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub costing_code4: Option<String>,
    /// Distribution rule of dimension 5.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub costing_code5: Option<String>,
    /// Project.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project_code: Option<String>,
    /// Branch.
    #[serde(rename = "BPLID", skip_serializing_if = "Option::is_none")]
    pub branch_id: Option<i32>,
    /// Tax group, in VAT countries.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tax_group: Option<String>,
    /// Tax code, in sales tax countries.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tax_code: Option<String>,
    /// Blocks the row for payment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment_block: Option<YesNo>,
    /// User-defined fields of the row.
    #[serde(flatten)]
    pub udfs: Udfs,
}

impl NewJournalEntry {
    /// The exact bytes that are sent. A host that must be able to prove what it sent stores these before sending them with
    /// [`crate::Collection::create_raw`].
    #[must_use]
    pub fn to_body(&self) -> Bytes {
        Bytes::from(
            serde_json::to_vec(self)
                .expect("strings, numbers and a map with string keys always serialise"),
        )
    }

    /// Every text that is longer than its column.
    #[must_use]
    pub fn length_findings(&self, limits: &LengthLimits) -> Vec<TooLong> {
        let header = [
            ("Memo", &self.memo),
            ("Reference", &self.reference),
            ("Reference2", &self.reference2),
            ("Reference3", &self.reference3),
            ("ProjectCode", &self.project_code),
            ("TransactionCode", &self.transaction_code),
        ];
        let mut findings = limits.findings("JournalEntries", None, &header);
        for (index, line) in self.journal_entry_lines.iter().enumerate() {
            let row = [
                ("AccountCode", &line.account_code),
                ("ShortName", &line.short_name),
                ("ControlAccount", &line.control_account),
                ("FCCurrency", &line.fc_currency),
                ("LineMemo", &line.line_memo),
                ("Reference1", &line.reference1),
                ("Reference2", &line.reference2),
                ("AdditionalReference", &line.additional_reference),
                ("CostingCode", &line.costing_code),
                ("CostingCode2", &line.costing_code2),
                ("CostingCode3", &line.costing_code3),
                ("CostingCode4", &line.costing_code4),
                ("CostingCode5", &line.costing_code5),
                ("ProjectCode", &line.project_code),
                ("TaxGroup", &line.tax_group),
                ("TaxCode", &line.tax_code),
            ];
            findings.extend(limits.findings("JournalEntryLines", Some(index), &row));
        }
        findings
    }

    /// Refuses an entry with a text that is longer than its column; SAP would refuse it too, and never cuts.
    ///
    /// # Errors
    /// Names the first property that is too long, its length and its limit.
    pub fn validate_lengths(&self, limits: &LengthLimits) -> Result<()> {
        check(&self.length_findings(limits))
    }
}
