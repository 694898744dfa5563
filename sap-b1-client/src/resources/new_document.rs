//! A marketing document of purchasing, as it is written.

use crate::error::Result;
use crate::lengths::{LengthLimits, TooLong, check};
use crate::wire::{DocObjectCode, DocType, Udfs, YesNo, date, exact};
use bytes::Bytes;
use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Serialize;

/// A document to create in `PurchaseInvoices`, `PurchaseCreditNotes` or `Drafts`.
///
/// What is `None` is not sent: the service answers nulls in a new document with "unexpected errors".
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct NewDocument {
    /// Items or services.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub doc_type: Option<DocType>,
    /// What a draft becomes; only in `Drafts`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub doc_object_code: Option<DocObjectCode>,
    /// Numbering series.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub series: Option<i32>,
    /// Vendor.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub card_code: Option<String>,
    /// Posting date.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "date::option::serialize")]
    pub doc_date: Option<NaiveDate>,
    /// Document date, the vendor's.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "date::option::serialize")]
    pub tax_date: Option<NaiveDate>,
    /// Due date.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "date::option::serialize")]
    pub doc_due_date: Option<NaiveDate>,
    /// Vendor's reference number, 100 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub num_at_card: Option<String>,
    /// Currency.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub doc_currency: Option<String>,
    /// Exchange rate, where it is not the table's.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "exact::option::serialize")]
    pub doc_rate: Option<Decimal>,
    /// Remarks, 254 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comments: Option<String>,
    /// Text of the journal entry, 50 characters in most versions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub journal_memo: Option<String>,
    /// Project of the header.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
    /// Control account, where it is not the vendor's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub control_account: Option<String>,
    /// Payment terms, where they are not the vendor's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment_group_code: Option<i32>,
    /// Branch; mandatory in multi-branch companies.
    #[serde(rename = "BPL_IDAssignedToInvoice", skip_serializing_if = "Option::is_none")]
    pub branch_id: Option<i32>,
    /// Blocks the document for payment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment_block: Option<YesNo>,
    /// Discount of the whole document, percent.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "exact::option::serialize")]
    pub discount_percent: Option<Decimal>,
    /// Rounds the total.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rounding: Option<YesNo>,
    /// References to other documents.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub document_references: Vec<NewDocumentReference>,
    /// Rows.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub document_lines: Vec<NewDocumentLine>,
    /// User-defined fields of the header.
    #[serde(flatten)]
    pub udfs: Udfs,
}

/// A row of a document to create.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct NewDocumentLine {
    /// Description, 100 characters in most versions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item_description: Option<String>,
    /// Account: the system key where account segmentation is on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_code: Option<String>,
    /// Net total in local currency. Give this or `row_total_fc`, not a price.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "exact::option::serialize")]
    pub line_total: Option<Decimal>,
    /// Net total in the document's foreign currency.
    #[serde(
        rename = "RowTotalFC",
        skip_serializing_if = "Option::is_none",
        serialize_with = "exact::option::serialize"
    )]
    pub row_total_fc: Option<Decimal>,
    /// Tax code, in sales tax countries.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tax_code: Option<String>,
    /// Tax group, in VAT countries.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vat_group: Option<String>,
    /// Subject to withholding tax.
    #[serde(rename = "WTLiable", skip_serializing_if = "Option::is_none")]
    pub wt_liable: Option<YesNo>,
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
    /// Free text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub free_text: Option<String>,
    /// Kind of the base document: 18 an A/P invoice, of which this is a credit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base_type: Option<i32>,
    /// Key of the base document.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base_entry: Option<i32>,
    /// Row of the base document.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base_line: Option<i32>,
    /// User-defined fields of the row.
    #[serde(flatten)]
    pub udfs: Udfs,
}

/// A reference to another document.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct NewDocumentReference {
    /// Kind of the document referred to (`rot_PurchaseInvoice`, `rot_ExternalDocument`).
    #[serde(rename = "RefObjType", skip_serializing_if = "Option::is_none")]
    pub ref_object_type: Option<String>,
    /// Its key, for a document in SAP.
    #[serde(rename = "RefDocEntr", skip_serializing_if = "Option::is_none")]
    pub ref_doc_entry: Option<i32>,
    /// Its number, for a document outside SAP.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ext_doc_num: Option<String>,
    /// Day of issue.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "date::option::serialize")]
    pub issue_date: Option<NaiveDate>,
    /// Remark.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remark: Option<String>,
}

impl NewDocument {
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
            ("CardCode", &self.card_code),
            ("NumAtCard", &self.num_at_card),
            ("DocCurrency", &self.doc_currency),
            ("Comments", &self.comments),
            ("JournalMemo", &self.journal_memo),
            ("Project", &self.project),
            ("ControlAccount", &self.control_account),
        ];
        let mut findings = limits.findings("PurchaseInvoices", None, &header);
        for (index, line) in self.document_lines.iter().enumerate() {
            let row = [
                ("ItemDescription", &line.item_description),
                ("AccountCode", &line.account_code),
                ("TaxCode", &line.tax_code),
                ("VatGroup", &line.vat_group),
                ("CostingCode", &line.costing_code),
                ("CostingCode2", &line.costing_code2),
                ("CostingCode3", &line.costing_code3),
                ("CostingCode4", &line.costing_code4),
                ("CostingCode5", &line.costing_code5),
                ("ProjectCode", &line.project_code),
                ("FreeText", &line.free_text),
            ];
            findings.extend(limits.findings("DocumentLines", Some(index), &row));
        }
        findings
    }

    /// Refuses a document with a text that is longer than its column; SAP would refuse it too, and never cuts.
    ///
    /// # Errors
    /// Names the first property that is too long, its length and its limit.
    pub fn validate_lengths(&self, limits: &LengthLimits) -> Result<()> {
        check(&self.length_findings(limits))
    }
}
