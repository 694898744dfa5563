//! What people do in the reference ledger, beside the documents that are posted to it.

use rust_decimal::Decimal;

use super::ledger::MemoryLedger;
use crate::{
    model::{DocumentType, HeldDocument, HeldState, LineMark},
    ports::{Movement, UnkeyedInvoice},
};

impl MemoryLedger {
    /// Somebody else enters a line in the journal.
    pub fn enter(&self, movement: Movement) {
        self.lock().foreign.push(movement);
    }

    /// A document is gone, or its key was cleared: no look-up finds it any more.
    pub fn remove(&self, doc_entry: i64) {
        self.lock().documents.retain(|document| document.held.doc_entry != doc_entry);
    }

    /// A person cancels a document.
    pub fn cancel(&self, doc_entry: i64) {
        self.edit(doc_entry, |document| document.state = HeldState::Cancelled);
    }

    /// A person duplicates a document: SAP copies the user fields with it.
    pub fn duplicate(&self, doc_entry: i64) {
        let mut inner = self.lock();
        let copy = inner.documents.iter().find(|d| d.held.doc_entry == doc_entry).cloned();
        inner.last_entry += 1;
        let entry = inner.last_entry;
        if let Some(mut copy) = copy {
            copy.held.doc_entry = entry;
            copy.held.doc_num = Some(entry);
            inner.documents.push(copy);
        }
    }

    /// A person approves a draft: the document counts from now on.
    pub fn approve(&self, doc_entry: i64) {
        let mut inner = self.lock();
        for document in inner.documents.iter_mut().filter(|d| d.held.doc_entry == doc_entry) {
            document.held.state = HeldState::Live;
            document.held.document_type = document.posting.document_type();
        }
    }

    /// A person rejects a draft.
    pub fn reject(&self, doc_entry: i64) {
        self.edit(doc_entry, |document| document.state = HeldState::Rejected);
    }

    /// A payment of a document: of a journal entry, of its first line on the trade account.
    pub fn pay(&self, doc_entry: i64, amount: Decimal) {
        self.edit(doc_entry, |document| {
            if document.document_type == DocumentType::JournalEntry {
                let mut lines = document.lines.iter_mut();
                if let Some(line) =
                    lines.find(|line| line.mark.as_ref().is_some_and(LineMark::is_payable))
                {
                    line.paid += amount;
                }
                return;
            }
            document.paid += amount;
            document.open = document.paid < document.total;
        });
    }

    /// Changes a document in place, as a person in SAP can.
    pub fn edit(&self, doc_entry: i64, change: impl Fn(&mut HeldDocument)) {
        let mut inner = self.lock();
        for document in inner.documents.iter_mut().filter(|d| d.held.doc_entry == doc_entry) {
            change(&mut document.held);
        }
    }

    /// A person keys an A/P invoice; its `DocEntry` is the number answered.
    pub fn key_invoice(&self, invoice: UnkeyedInvoice) -> i64 {
        let mut inner = self.lock();
        inner.last_entry += 1;
        let doc_entry = inner.last_entry;
        let doc_num = Some(90_000 + doc_entry);
        inner.keyed_by_people.push(UnkeyedInvoice { doc_entry, doc_num, ..invoice });
        doc_entry
    }

    /// A person cancels an A/P invoice that a person keyed.
    pub fn cancel_keyed(&self, doc_entry: i64) {
        self.lock().keyed_by_people.retain(|invoice| invoice.doc_entry != doc_entry);
    }
}
