//! A cost that the tables are asked about.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::{
    model::{Coding, CostCoding, JournalTarget, LineMark, SourceKey, Vendor},
    plan::{Member, dates},
    policy::Policy,
    ports::StoredRecord,
};

/// One cost line with everything that the mapping depends on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MappedCost {
    /// The record.
    pub key: SourceKey,
    /// Procore's id of the line.
    pub line: i64,
    /// How Procore codes it; `None` where Procore states no cost code.
    pub coding: Option<CostCoding>,
    /// The vendor that the record names.
    pub vendor: Option<Vendor>,
    /// The posting date, as far as it is known now.
    pub day: NaiveDate,
    /// The stated amount.
    pub amount: Decimal,
    /// The currency.
    pub currency: String,
    /// Where the line stands in SAP and with what amount there; `None` while nothing of it is posted.
    pub held: Option<(Coding, Decimal)>,
    /// The vendor's `CardCode` in SAP, where documents with a vendor stand there.
    pub held_card_code: Option<String>,
}

impl MappedCost {
    /// The cost lines of a record that is posted, or waits to be; none for a record that is not
    /// postable, is gone, was on the opening list, or is a requisition (its cost is its commitment's).
    /// A change order's markup line without a code follows the other lines and is left out.
    #[must_use]
    pub fn of(stored: &StoredRecord, policy: &Policy, currency: &str) -> Vec<Self> {
        let member =
            Member { stored: stored.clone(), held: stored.documents.clone(), blocked: false };
        if !member.is_postable(policy) || stored.opening.is_some() {
            return Vec::new();
        }
        let record = &stored.record;
        let day = stored.posting_date.unwrap_or_else(|| dates::original(&member, None));
        let held_card_code = member.live().filter_map(|held| held.card_code.clone()).last();
        record
            .lines()
            .iter()
            .filter(|line| !line.amount.is_zero())
            .filter(|line| line.coding.is_some() || !record.kind().is_change_order())
            .map(|line| Self {
                key: record.key,
                line: line.id,
                coding: line.coding.clone(),
                vendor: record.vendor.clone(),
                day,
                amount: line.amount,
                currency: record.currency.as_deref().unwrap_or(currency).to_owned(),
                held: held(&member, line.id),
                held_card_code: held_card_code.clone(),
            })
            .collect()
    }
}

/// Where a line stands in SAP: its newest place, with the sum over all its places.
fn held(member: &Member, id: i64) -> Option<(Coding, Decimal)> {
    let mut documents: Vec<_> = member.live().collect();
    documents.sort_by_key(|document| document.key.sequence);
    let mut place = None;
    let mut amount = Decimal::ZERO;
    let lines = documents.iter().flat_map(|document| &document.lines);
    for line in lines.filter(|line| line.mark == Some(LineMark::Line(id))) {
        if let JournalTarget::Account(coding) = &line.target {
            place = Some(coding.clone());
            amount += line.amount;
        }
    }
    place.map(|coding| (coding, amount))
}
