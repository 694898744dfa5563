//! Marketing documents of purchasing: `PurchaseInvoices`, `PurchaseCreditNotes`, `PurchaseOrders`, `Drafts`.
//!
//! What can be done with them is in [`super::document_actions`].

use super::declare::{entity_types, new_entity};
use crate::wire::{
    AuthorizationStatus, CancelStatus, DocObjectCode, DocType, DocumentStatus, YesNo,
};
use chrono::NaiveDate;
use rust_decimal::Decimal;

entity_types! {
    /// A document and its rows.
    read Document is "Document" {
        /// Internal key: unique, unlike `DocNum`.
        doc_entry: Option<i32> = "DocEntry",
        /// Number a person sees; unique only within its series.
        doc_num: Option<i32> = "DocNum",
        /// Vendor's name.
        card_name: Option<String> = "CardName",
        /// Total with tax, local currency.
        doc_total: Option<Decimal> = "DocTotal",
        /// Total with tax, document currency, where it is a foreign one.
        doc_total_fc: Option<Decimal> = "DocTotalFc",
        /// Total with tax, system currency.
        doc_total_sys: Option<Decimal> = "DocTotalSys",
        /// Tax, local currency.
        vat_sum: Option<Decimal> = "VatSum",
        /// Tax, document currency, where it is a foreign one.
        vat_sum_fc: Option<Decimal> = "VatSumFc",
        /// Discount of the whole document, local currency.
        total_discount: Option<Decimal> = "TotalDiscount",
        /// Rounding difference, local currency.
        rounding_diff_amount: Option<Decimal> = "RoundingDiffAmount",
        /// Withholding tax, local currency.
        wt_amount: Option<Decimal> = "WTAmount",
        /// Paid so far, local currency.
        paid_to_date: Option<Decimal> = "PaidToDate",
        /// Paid so far, document currency, where it is a foreign one.
        paid_to_date_fc: Option<Decimal> = "PaidToDateFC",
        /// Open or closed.
        document_status: Option<DocumentStatus> = "DocumentStatus",
        /// Cancelled.
        cancelled: Option<YesNo> = "Cancelled",
        /// Cancelled, standing, or itself a cancellation.
        cancel_status: Option<CancelStatus> = "CancelStatus",
        /// Stand of the approval.
        authorization_status: Option<AuthorizationStatus> = "AuthorizationStatus",
        /// Key of the journal entry.
        trans_num: Option<i32> = "TransNum",
        /// Key of the posting period.
        financial_period: Option<i32> = "FinancialPeriod",
        /// Day of creation.
        creation_date: Option<NaiveDate> = "CreationDate",
        /// Day of the last change.
        update_date: Option<NaiveDate> = "UpdateDate",
        /// References to other documents.
        document_references: Vec<DocumentReference> = "DocumentReferences",
        /// Rows.
        document_lines: Vec<DocumentLine> = "DocumentLines",
    }
    /// A document to create in `PurchaseInvoices`, `PurchaseCreditNotes`, `PurchaseOrders` or `Drafts`.
    ///
    /// What is `None` is not sent: the service answers nulls in a new document with "unexpected errors".
    write NewDocument in "PurchaseInvoices" {
        /// References to other documents.
        document_references: Vec<NewDocumentReference> = "DocumentReferences",
        /// Rows.
        document_lines: Vec<NewDocumentLine> = "DocumentLines",
    }
    both {
        /// Items or services.
        doc_type: Option<DocType> = "DocType",
        /// What a draft becomes; only in `Drafts`.
        doc_object_code: Option<DocObjectCode> = "DocObjectCode",
        /// Numbering series.
        series: Option<i32> = "Series",
        /// Vendor.
        card_code: Option<String> = "CardCode",
        /// Posting date.
        doc_date: Option<NaiveDate> = "DocDate",
        /// Document date, the vendor's.
        tax_date: Option<NaiveDate> = "TaxDate",
        /// Due date.
        doc_due_date: Option<NaiveDate> = "DocDueDate",
        /// Date of the tax report, where it is another.
        vat_date: Option<NaiveDate> = "VatDate",
        /// Vendor's reference number, 100 characters.
        num_at_card: Option<String> = "NumAtCard",
        /// First reference, 11 characters: SAP's own number as a rule.
        reference1: Option<String> = "Reference1",
        /// Second reference, 11 characters.
        reference2: Option<String> = "Reference2",
        /// Currency.
        doc_currency: Option<String> = "DocCurrency",
        /// Exchange rate, where it is not the table's.
        doc_rate: Option<Decimal> = "DocRate",
        /// Remarks, 254 characters.
        comments: Option<String> = "Comments",
        /// Text of the journal entry, 50 characters in most versions.
        journal_memo: Option<String> = "JournalMemo",
        /// Project of the header.
        project: Option<String> = "Project",
        /// Control account, where it is not the vendor's.
        control_account: Option<String> = "ControlAccount",
        /// Payment terms, where they are not the vendor's.
        payment_group_code: Option<i32> = "PaymentGroupCode",
        /// Branch; mandatory in multi-branch companies.
        branch_id: Option<i32> = "BPL_IDAssignedToInvoice",
        /// Blocked for payment.
        payment_block: Option<YesNo> = "PaymentBlock",
        /// Discount of the whole document, percent.
        discount_percent: Option<Decimal> = "DiscountPercent",
        /// Whether the total is rounded.
        rounding: Option<YesNo> = "Rounding",
        /// Key of the attachments (`Attachments2`).
        attachment_entry: Option<i32> = "AttachmentEntry",
    }
}

entity_types! {
    /// A row of a document.
    read DocumentLine is "DocumentLine" {
        /// Number of the row, from 0.
        line_num: Option<i32> = "LineNum",
        /// Open or closed.
        line_status: Option<DocumentStatus> = "LineStatus",
        /// Currency.
        currency: Option<String> = "Currency",
        /// Exchange rate.
        rate: Option<Decimal> = "Rate",
        /// Tax, local currency.
        tax_total: Option<Decimal> = "TaxTotal",
        /// Tax, document currency, where it is a foreign one.
        net_tax_amount_fc: Option<Decimal> = "NetTaxAmountFC",
    }
    /// A row of a document to create.
    write NewDocumentLine in "DocumentLines" {}
    both {
        /// Item, on item documents.
        item_code: Option<String> = "ItemCode",
        /// Description, 100 characters in most versions.
        item_description: Option<String> = "ItemDescription",
        /// Quantity, on item documents.
        quantity: Option<Decimal> = "Quantity",
        /// Price before discount; in a new row instead of a total, on item documents.
        unit_price: Option<Decimal> = "UnitPrice",
        /// Account: the system key where account segmentation is on.
        account_code: Option<String> = "AccountCode",
        /// Net total, local currency. A new row of services has this or `row_total_fc`, not a price.
        line_total: Option<Decimal> = "LineTotal",
        /// Net total, document currency, where it is a foreign one.
        row_total_fc: Option<Decimal> = "RowTotalFC",
        /// Discount, percent.
        discount_percent: Option<Decimal> = "DiscountPercent",
        /// Tax code, in sales tax countries.
        tax_code: Option<String> = "TaxCode",
        /// Tax group, in VAT countries.
        vat_group: Option<String> = "VatGroup",
        /// Subject to withholding tax.
        wt_liable: Option<YesNo> = "WTLiable",
        /// Distribution rule of dimension 1.
        costing_code: Option<String> = "CostingCode",
        /// Distribution rule of dimension 2.
        costing_code2: Option<String> = "CostingCode2",
        /// Distribution rule of dimension 3.
        costing_code3: Option<String> = "CostingCode3",
        /// Distribution rule of dimension 4.
        costing_code4: Option<String> = "CostingCode4",
        /// Distribution rule of dimension 5.
        costing_code5: Option<String> = "CostingCode5",
        /// Project.
        project_code: Option<String> = "ProjectCode",
        /// Free text.
        free_text: Option<String> = "FreeText",
        /// Kind of the base document: 22 a purchase order, 20 a goods receipt, 18 an A/P invoice, 19 an A/P credit note.
        base_type: Option<i32> = "BaseType",
        /// Key of the base document.
        base_entry: Option<i32> = "BaseEntry",
        /// Row of the base document.
        base_line: Option<i32> = "BaseLine",
    }
}

entity_types! {
    /// A reference to another document.
    read DocumentReference is "DocumentReference" {
        /// Number of the reference.
        line_number: Option<i32> = "LineNumber",
        /// Number of the document referred to.
        ref_doc_num: Option<i32> = "RefDocNum",
    }
    /// A reference of a document to create.
    write NewDocumentReference in "DocumentReferences" {}
    both {
        /// Kind of the document referred to (`rot_PurchaseInvoice`, `rot_ExternalDocument`).
        ref_object_type: Option<String> = "RefObjType",
        /// Its key, for a document in SAP.
        ref_doc_entry: Option<i32> = "RefDocEntr",
        /// Its number, for a document outside SAP.
        ext_doc_num: Option<String> = "ExtDocNum",
        /// Day of issue.
        issue_date: Option<NaiveDate> = "IssueDate",
        /// Remark.
        remark: Option<String> = "Remark",
    }
}

new_entity!(NewDocument creates Document with document_lines, document_references);
