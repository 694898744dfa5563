//! The company setting that blocks a vendor's number on a second A/P invoice.

use super::ledger::MemoryDocument;
use crate::{
    model::{DocumentType, Posting},
    ports::{Refusal, UnkeyedInvoice},
    states::Reason,
};

/// The refusal of an A/P invoice whose number another one of its vendor has, ours or a person's. Whether
/// SAP counts a cancelled one is unverified; here it counts.
pub(super) fn taken(
    posting: &Posting,
    documents: &[MemoryDocument],
    keyed_by_people: &[UnkeyedInvoice],
) -> Option<Refusal> {
    let Posting::PurchaseInvoice(invoice) = posting else { return None };
    let (card_code, reference) = (&invoice.card_code, &invoice.header.reference);
    let same = |document: &&MemoryDocument| {
        document.held.document_type == DocumentType::PurchaseInvoice
            && document.posting.card_code() == Some(card_code)
            && document.posting.header().reference == *reference
    };
    let ours = documents.iter().find(same).map(|document| document.held.named());
    let keyed = |other: &&UnkeyedInvoice| {
        other.card_code == *card_code && other.reference.as_ref() == Some(reference)
    };
    let holder = ours.or_else(|| keyed_by_people.iter().find(keyed).map(ToString::to_string))?;
    Some(Refusal {
        reason: Reason::VendorReferenceTaken,
        message: format!("{holder} of {card_code} holds reference {reference}"),
    })
}
