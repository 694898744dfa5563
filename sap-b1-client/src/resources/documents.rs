//! Marketing documents of purchasing, as they are read: `PurchaseInvoices`, `PurchaseCreditNotes`, `Drafts`.

use super::{Collection, Created, Entity, NewDocument};
use crate::client::{Client, ResendGuard};
use crate::error::Result;
use crate::query::Key;
use crate::wire::{
    AuthorizationStatus, CancelStatus, DocObjectCode, DocType, DocumentStatus, YesNo, date, exact,
    list,
};
use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Deserialize;

/// A document and its rows.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Document {
    /// Internal key: unique, unlike `DocNum`.
    #[serde(rename = "DocEntry")]
    pub doc_entry: Option<i32>,
    /// Number a person sees; unique only within its series.
    #[serde(rename = "DocNum")]
    pub doc_num: Option<i32>,
    /// Items or services.
    #[serde(rename = "DocType")]
    pub doc_type: Option<DocType>,
    /// What a draft becomes.
    #[serde(rename = "DocObjectCode")]
    pub doc_object_code: Option<DocObjectCode>,
    /// Numbering series.
    #[serde(rename = "Series")]
    pub series: Option<i32>,
    /// Posting date.
    #[serde(rename = "DocDate", deserialize_with = "date::option::deserialize")]
    pub doc_date: Option<NaiveDate>,
    /// Due date.
    #[serde(rename = "DocDueDate", deserialize_with = "date::option::deserialize")]
    pub doc_due_date: Option<NaiveDate>,
    /// Document date (the vendor's).
    #[serde(rename = "TaxDate", deserialize_with = "date::option::deserialize")]
    pub tax_date: Option<NaiveDate>,
    /// Vendor.
    #[serde(rename = "CardCode")]
    pub card_code: Option<String>,
    /// Vendor's name.
    #[serde(rename = "CardName")]
    pub card_name: Option<String>,
    /// Vendor's reference number.
    #[serde(rename = "NumAtCard")]
    pub num_at_card: Option<String>,
    /// Currency.
    #[serde(rename = "DocCurrency")]
    pub doc_currency: Option<String>,
    /// Exchange rate.
    #[serde(rename = "DocRate", deserialize_with = "exact::option::deserialize")]
    pub doc_rate: Option<Decimal>,
    /// Total with tax, local currency.
    #[serde(rename = "DocTotal", deserialize_with = "exact::option::deserialize")]
    pub doc_total: Option<Decimal>,
    /// Total with tax, document currency, where it is a foreign one.
    #[serde(rename = "DocTotalFc", deserialize_with = "exact::option::deserialize")]
    pub doc_total_fc: Option<Decimal>,
    /// Total with tax, system currency.
    #[serde(rename = "DocTotalSys", deserialize_with = "exact::option::deserialize")]
    pub doc_total_sys: Option<Decimal>,
    /// Tax, local currency.
    #[serde(rename = "VatSum", deserialize_with = "exact::option::deserialize")]
    pub vat_sum: Option<Decimal>,
    /// Tax, document currency, where it is a foreign one.
    #[serde(rename = "VatSumFc", deserialize_with = "exact::option::deserialize")]
    pub vat_sum_fc: Option<Decimal>,
    /// Discount of the whole document, percent.
    #[serde(rename = "DiscountPercent", deserialize_with = "exact::option::deserialize")]
    pub discount_percent: Option<Decimal>,
    /// Discount of the whole document, local currency.
    #[serde(rename = "TotalDiscount", deserialize_with = "exact::option::deserialize")]
    pub total_discount: Option<Decimal>,
    /// Whether the total was rounded.
    #[serde(rename = "Rounding")]
    pub rounding: Option<YesNo>,
    /// Rounding difference, local currency.
    #[serde(rename = "RoundingDiffAmount", deserialize_with = "exact::option::deserialize")]
    pub rounding_diff_amount: Option<Decimal>,
    /// Withholding tax, local currency.
    #[serde(rename = "WTAmount", deserialize_with = "exact::option::deserialize")]
    pub wt_amount: Option<Decimal>,
    /// Paid so far, local currency.
    #[serde(rename = "PaidToDate", deserialize_with = "exact::option::deserialize")]
    pub paid_to_date: Option<Decimal>,
    /// Remarks.
    #[serde(rename = "Comments")]
    pub comments: Option<String>,
    /// Text of the journal entry.
    #[serde(rename = "JournalMemo")]
    pub journal_memo: Option<String>,
    /// Project of the header.
    #[serde(rename = "Project")]
    pub project: Option<String>,
    /// Control account.
    #[serde(rename = "ControlAccount")]
    pub control_account: Option<String>,
    /// Payment terms.
    #[serde(rename = "PaymentGroupCode")]
    pub payment_group_code: Option<i32>,
    /// Blocked for payment.
    #[serde(rename = "PaymentBlock")]
    pub payment_block: Option<YesNo>,
    /// Branch.
    #[serde(rename = "BPL_IDAssignedToInvoice")]
    pub branch_id: Option<i32>,
    /// Open or closed.
    #[serde(rename = "DocumentStatus")]
    pub document_status: Option<DocumentStatus>,
    /// Cancelled.
    #[serde(rename = "Cancelled")]
    pub cancelled: Option<YesNo>,
    /// Cancelled, standing, or itself a cancellation.
    #[serde(rename = "CancelStatus")]
    pub cancel_status: Option<CancelStatus>,
    /// Stand of the approval.
    #[serde(rename = "AuthorizationStatus")]
    pub authorization_status: Option<AuthorizationStatus>,
    /// Key of the journal entry.
    #[serde(rename = "TransNum")]
    pub trans_num: Option<i32>,
    /// Day of creation.
    #[serde(rename = "CreationDate", deserialize_with = "date::option::deserialize")]
    pub creation_date: Option<NaiveDate>,
    /// Day of the last change.
    #[serde(rename = "UpdateDate", deserialize_with = "date::option::deserialize")]
    pub update_date: Option<NaiveDate>,
    /// Rows.
    #[serde(rename = "DocumentLines", deserialize_with = "list::deserialize")]
    pub document_lines: Vec<DocumentLine>,
    /// References to other documents.
    #[serde(rename = "DocumentReferences", deserialize_with = "list::deserialize")]
    pub document_references: Vec<DocumentReference>,
}

/// A row of a document.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct DocumentLine {
    /// Number of the row, from 0.
    #[serde(rename = "LineNum")]
    pub line_num: Option<i32>,
    /// Open or closed.
    #[serde(rename = "LineStatus")]
    pub line_status: Option<DocumentStatus>,
    /// Item, on item documents.
    #[serde(rename = "ItemCode")]
    pub item_code: Option<String>,
    /// Description.
    #[serde(rename = "ItemDescription")]
    pub item_description: Option<String>,
    /// Quantity.
    #[serde(rename = "Quantity", deserialize_with = "exact::option::deserialize")]
    pub quantity: Option<Decimal>,
    /// Price before discount.
    #[serde(rename = "UnitPrice", deserialize_with = "exact::option::deserialize")]
    pub unit_price: Option<Decimal>,
    /// Net total, local currency.
    #[serde(rename = "LineTotal", deserialize_with = "exact::option::deserialize")]
    pub line_total: Option<Decimal>,
    /// Net total, document currency, where it is a foreign one.
    #[serde(rename = "RowTotalFC", deserialize_with = "exact::option::deserialize")]
    pub row_total_fc: Option<Decimal>,
    /// Currency.
    #[serde(rename = "Currency")]
    pub currency: Option<String>,
    /// Exchange rate.
    #[serde(rename = "Rate", deserialize_with = "exact::option::deserialize")]
    pub rate: Option<Decimal>,
    /// Discount, percent.
    #[serde(rename = "DiscountPercent", deserialize_with = "exact::option::deserialize")]
    pub discount_percent: Option<Decimal>,
    /// Account.
    #[serde(rename = "AccountCode")]
    pub account_code: Option<String>,
    /// Tax code, in sales tax countries.
    #[serde(rename = "TaxCode")]
    pub tax_code: Option<String>,
    /// Tax group, in VAT countries.
    #[serde(rename = "VatGroup")]
    pub vat_group: Option<String>,
    /// Tax, local currency.
    #[serde(rename = "TaxTotal", deserialize_with = "exact::option::deserialize")]
    pub tax_total: Option<Decimal>,
    /// Subject to withholding tax.
    #[serde(rename = "WTLiable")]
    pub wt_liable: Option<YesNo>,
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
    /// Free text.
    #[serde(rename = "FreeText")]
    pub free_text: Option<String>,
    /// Kind of the base document (18 A/P invoice).
    #[serde(rename = "BaseType")]
    pub base_type: Option<i32>,
    /// Key of the base document.
    #[serde(rename = "BaseEntry")]
    pub base_entry: Option<i32>,
    /// Row of the base document.
    #[serde(rename = "BaseLine")]
    pub base_line: Option<i32>,
}

/// A reference to another document.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct DocumentReference {
    /// Number of the reference.
    #[serde(rename = "LineNumber")]
    pub line_number: Option<i32>,
    /// Key of the document referred to.
    #[serde(rename = "RefDocEntr")]
    pub ref_doc_entry: Option<i32>,
    /// Its number.
    #[serde(rename = "RefDocNum")]
    pub ref_doc_num: Option<i32>,
    /// Number of a document outside SAP.
    #[serde(rename = "ExtDocNum")]
    pub ext_doc_num: Option<String>,
    /// Kind of the document referred to.
    #[serde(rename = "RefObjType")]
    pub ref_object_type: Option<String>,
    /// Day of issue.
    #[serde(rename = "IssueDate", deserialize_with = "date::option::deserialize")]
    pub issue_date: Option<NaiveDate>,
    /// Remark.
    #[serde(rename = "Remark")]
    pub remark: Option<String>,
}

impl Entity for Document {
    const KEY: &'static str = "DocEntry";

    fn key(&self) -> Option<Key> {
        self.doc_entry.map(Key::from)
    }
}

impl Client {
    /// A/P invoices.
    #[must_use]
    pub fn purchase_invoices(&self) -> Collection<Document> {
        Collection::new(self, "PurchaseInvoices")
    }

    /// A/P credit notes.
    #[must_use]
    pub fn purchase_credit_notes(&self) -> Collection<Document> {
        Collection::new(self, "PurchaseCreditNotes")
    }

    /// Drafts of documents, which an approval procedure may make of a posted document.
    #[must_use]
    pub fn drafts(&self) -> Collection<Document> {
        Collection::new(self, "Drafts")
    }
}

impl Collection<Document> {
    /// Creates a document after checking the lengths of its texts.
    ///
    /// # Errors
    /// A text that is too long is an error before anything is sent; else as [`Collection::create_raw`].
    pub async fn create(
        &self,
        document: &NewDocument,
        guard: Option<&dyn ResendGuard>,
    ) -> Result<Created> {
        document.validate_lengths(&self.client.inner.lengths)?;
        self.create_raw(document.to_body(), guard).await
    }

    /// Cancels a document; SAP makes the cancellation document.
    ///
    /// # Errors
    /// As every write. `guard` says whether the document still stands.
    pub async fn cancel(&self, doc_entry: i32, guard: Option<&dyn ResendGuard>) -> Result<()> {
        self.action(doc_entry, "Cancel", guard).await
    }
}
