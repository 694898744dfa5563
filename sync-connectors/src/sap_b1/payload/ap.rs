//! A/P invoices and A/P credit memos of the service type.

use rust_decimal::Decimal;
use sap_b1_client::{DocType, NewDocument, NewDocumentLine, YesNo};
use sync_core::{
    catalog::{Catalog, TaxField},
    model::{ApDocument, ApLine},
    policy::Reference,
    ports::LedgerError,
};

use super::{super::marks, branch, filled, fit};

/// The document as SAP takes it. SAP computes due date and taxes.
pub(super) fn document(
    reference: Reference,
    of: &ApDocument,
    catalog: &Catalog,
) -> Result<NewDocument, LedgerError> {
    let header = &of.header;
    // The vendor's number stands where people look for it, unless the key takes its place.
    let (number, comments) = match reference {
        Reference::Udf => (filled(&header.reference), of.comments.clone()),
        Reference::Key => {
            (Some(marks::written(header)), format!("{}, number {}", of.comments, header.reference))
        }
    };
    let foreign = header.currency != catalog.local_currency;
    Ok(NewDocument {
        doc_type: Some(DocType::Service),
        card_code: filled(&of.card_code),
        doc_date: Some(header.posting_date),
        tax_date: Some(header.tax_date),
        num_at_card: number,
        doc_currency: filled(&header.currency),
        doc_rate: header.exchange_rate.map(|rate| rate.rate),
        comments: filled(&fit::cut(&comments, fit::COMMENTS_CHARS)),
        journal_memo: filled(&fit::cut(&header.memo, catalog.memo_length)),
        project: header.project.clone(),
        control_account: of.control_account.clone(),
        branch_id: branch(header)?,
        payment_block: of.payment_block.then_some(YesNo::Yes),
        discount_percent: Some(Decimal::ZERO),
        rounding: Some(YesNo::No),
        document_lines: of.lines.iter().map(|line| row(line, foreign, catalog.tax_field)).collect(),
        udfs: marks::user_fields(reference, header),
        ..NewDocument::default()
    })
}

fn row(line: &ApLine, foreign: bool, tax_field: TaxField) -> NewDocumentLine {
    let coding = &line.coding;
    let [first, second, third, fourth, fifth] = coding.dimensions.clone();
    let tax = |field| if tax_field == field { coding.tax_code.clone() } else { None };
    // The mark is the first word, so that a cut never reaches it.
    let free_text = format!("{} {}", line.mark, line.description);
    NewDocumentLine {
        item_description: filled(&fit::cut(&line.description, fit::DESCRIPTION_CHARS)),
        account_code: filled(&coding.account),
        line_total: (!foreign).then_some(line.amount),
        row_total_fc: foreign.then_some(line.amount),
        tax_code: tax(TaxField::TaxCode),
        vat_group: tax(TaxField::VatGroup),
        wt_liable: line.wt_liable.map(YesNo::from),
        costing_code: first,
        costing_code2: second,
        costing_code3: third,
        costing_code4: fourth,
        costing_code5: fifth,
        project_code: coding.project.clone(),
        free_text: filled(&fit::cut(&free_text, fit::FREE_TEXT_CHARS)),
        ..NewDocumentLine::default()
    }
}
