//! The invoices that people keyed and records adopted, as documents of these records.

use rust_decimal::Decimal;

use crate::{
    model::{
        Coding, DocumentKey, DocumentType, HeldDocument, HeldLine, HeldState, JournalTarget,
        SourceKey,
    },
    ports::UnkeyedInvoice,
};

/// The sequence under which an adopted invoice is a record's document: ours begin at 1.
pub(super) const ADOPTED: u32 = 0;

/// An invoice that a person keyed, as the document of the record that adopted it: one line of cost.
#[must_use]
pub fn as_adopted(invoice: &UnkeyedInvoice, source: SourceKey) -> HeldDocument {
    HeldDocument {
        key: DocumentKey { source, sequence: ADOPTED },
        revision: String::new(),
        document_type: DocumentType::PurchaseInvoice,
        doc_entry: invoice.doc_entry,
        doc_num: invoice.doc_num,
        state: HeldState::Live,
        posting_date: invoice.posting_date,
        card_code: Some(invoice.card_code.clone()),
        branch: None,
        control_account: None,
        currency: invoice.currency.clone(),
        total: invoice.total,
        local_total: None,
        tax: invoice.total - invoice.net,
        paid: Decimal::ZERO,
        open: true,
        lines: vec![HeldLine {
            mark: None,
            target: JournalTarget::Account(Coding::default()),
            amount: invoice.net,
            local: None,
            tax: invoice.total - invoice.net,
            paid: Decimal::ZERO,
            description: String::new(),
        }],
    }
}
