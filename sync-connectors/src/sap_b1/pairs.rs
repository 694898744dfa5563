//! A document and the one that takes it back are one cancelled document.
//!
//! SAP copies user fields onto the cancellation of a document, and as far as is known onto the
//! reversal of a journal entry, so that both answer a search by key.

use rust_decimal::Decimal;
use sync_core::model::{DocumentType, HeldDocument, HeldLine, HeldState, JournalTarget, LineMark};

/// Answers each pair once, as cancelled.
pub(super) fn united(mut documents: Vec<HeldDocument>) -> Vec<HeldDocument> {
    documents.sort_by_key(|document| (document.key, document.document_type, document.doc_entry));
    let mut united: Vec<HeldDocument> = Vec::with_capacity(documents.len());
    for document in documents {
        let partner = united.iter_mut().find(|earlier| belongs_to(&document, earlier));
        match partner {
            Some(earlier) => earlier.state = HeldState::Cancelled,
            None => united.push(document),
        }
    }
    united
}

/// Whether `later` only takes `earlier` back.
fn belongs_to(later: &HeldDocument, earlier: &HeldDocument) -> bool {
    if later.key != earlier.key || later.document_type != earlier.document_type {
        return false;
    }
    match later.document_type {
        // Which of the two is the cancellation does not matter: neither counts.
        DocumentType::PurchaseInvoice | DocumentType::PurchaseCreditNote => {
            later.state == HeldState::Cancelled && earlier.state == HeldState::Cancelled
        }
        // A journal entry has no such state; its reversal is the entry with its sides exchanged.
        // A copy that a person made has the same sides and stays a second live document.
        DocumentType::JournalEntry => {
            earlier.state == HeldState::Live && is_reversal(&later.lines, &earlier.lines)
        }
        DocumentType::Draft => false,
    }
}

fn is_reversal(later: &[HeldLine], earlier: &[HeldLine]) -> bool {
    fn sides(
        lines: &[HeldLine],
        sign: Decimal,
    ) -> Vec<(&JournalTarget, Option<&LineMark>, Decimal)> {
        let mut sides: Vec<_> = lines
            .iter()
            .map(|line| (&line.target, line.mark.as_ref(), (line.amount * sign).normalize()))
            .collect();
        sides.sort();
        sides
    }
    !later.is_empty() && sides(later, Decimal::NEGATIVE_ONE) == sides(earlier, Decimal::ONE)
}
