//! The vendor's own number of each document (`NumAtCard`, or `Reference` of a journal entry), and what tells
//! the documents of one record apart.
//!
//! SAP may refuse a number that another A/P invoice of the vendor has, and that is the last net under a
//! cost which stands there already: keyed by a person, posted for another record, or sent by a request
//! that nobody hears of any more. So a number changes only with what SAP holds: a try that was refused or
//! lost is repeated under the same one, and past a refusal a person alone lets the record.

use super::{Family, Member};
use crate::{
    mapping::ProjectRow,
    model::{HeldState, RecordBody},
    states::Reason,
};

/// The references of the documents that are to be written for one record.
#[derive(Debug)]
pub(super) struct References {
    plain: String,
    last: u32,
    let_past: bool,
}

impl References {
    /// Those of a member's next documents.
    pub(super) fn of(family: &Family, member: &Member, row: &ProjectRow) -> Self {
        let let_past = member.decided(Reason::VendorReferenceTaken);
        let refused = member.stored.reference_refused;
        let last = member.last_numbered().max(if let_past { refused } else { 0 });
        Self { plain: plain(family, member, row), last, let_past }
    }

    /// The next one: the plain number, or with ` /<n>` where it is not the first, or a person let it past.
    pub(super) fn next(&mut self) -> String {
        self.last += 1;
        match self.last {
            1 if !self.let_past => self.plain.clone(),
            number => format!("{} /{number}", self.plain),
        }
    }
}

impl Member {
    /// A bound for the numbers that stand behind the references of its documents in SAP: the highest sequence
    /// of one that counts or was cancelled. SAP may go on comparing a cancelled one; a draft that was
    /// refused never had its number there.
    pub(super) fn last_numbered(&self) -> u32 {
        let stood = self.held.iter().chain(&self.stored.documents);
        let stood = stood.filter(|d| matches!(d.state, HeldState::Live | HeldState::Cancelled));
        stood.map(|document| document.key.sequence).max().unwrap_or(0).max(self.set_aside)
    }
}

/// `NumAtCard` or `Reference` of the first document.
pub(super) fn plain(family: &Family, member: &Member, row: &ProjectRow) -> String {
    let record = member.record();
    let project = row.sap_project.as_deref().unwrap_or_default();
    match &record.body {
        RecordBody::Commitment(_) => format!("{project}/{}", record.number),
        RecordBody::ChangeOrder(_) => {
            let contract = family.commitment().map_or("", |parent| parent.record().number.as_str());
            format!("{project}/{contract}-{}", record.number)
        }
        RecordBody::DirectCost(cost) => {
            cost.invoice_number.clone().unwrap_or_else(|| record.number.clone())
        }
        RecordBody::Requisition(requisition) => {
            requisition.invoice_number.clone().unwrap_or_else(|| record.number.clone())
        }
    }
}
