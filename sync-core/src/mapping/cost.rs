//! A cost that the tables are asked about.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::{
    model::{Coding, CostCoding, JournalTarget, LineMark, SourceKey, Vendor},
    plan::{Family, ItemMovement, Member, dates, movement},
    policy::{Basis, Policy},
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
    /// The stated amount; what a requisition's item moves.
    pub amount: Decimal,
    /// The currency.
    pub currency: String,
    /// The account in place of the rules': `encumbrance_account`, of whose lines the rules say the
    /// dimensions alone.
    pub account: Option<String>,
    /// Where the line stands in SAP and with what amount there; `None` while nothing of it is posted.
    pub held: Option<(Coding, Decimal)>,
    /// The vendor's `CardCode` in SAP, where documents with a vendor stand there.
    pub held_card_code: Option<String>,
}

impl MappedCost {
    /// The cost lines of a record that stands for itself, as [`of_family`](Self::of_family).
    #[must_use]
    pub fn of(stored: &StoredRecord, policy: &Policy, currency: &str) -> Vec<Self> {
        Self::of_family(&family_of(vec![stored.clone()]), policy, currency)
    }

    /// The lines of a family that the tables place, posted or waiting to be: those of commitments and
    /// change orders where the basis posts them, the items of requisitions where billing is cost, direct
    /// costs. None of a record that is not postable, is gone, or was on the opening list.
    /// A change order's markup line without a code follows the other lines and is left out.
    #[must_use]
    pub fn of_family(family: &Family, policy: &Policy, currency: &str) -> Vec<Self> {
        let members = family
            .members
            .iter()
            .filter(|member| member.is_postable(policy) && member.stored.opening.is_none());
        members.flat_map(|member| of_member(family, member, policy, currency)).collect()
    }
}

/// A family of records with what the store knows of their documents.
pub(crate) fn family_of(records: Vec<StoredRecord>) -> Family {
    let member = |stored: StoredRecord| Member {
        held: stored.documents.clone(),
        stored,
        blocked: false,
        set_aside: 0,
    };
    Family::new(records.into_iter().map(member).collect())
}

/// A line, before it is known where it stands.
struct Line<'a> {
    id: i64,
    coding: Option<&'a CostCoding>,
    amount: Decimal,
}

fn of_member(family: &Family, member: &Member, policy: &Policy, currency: &str) -> Vec<MappedCost> {
    let record = member.record();
    let kind = record.kind();
    let by_billing = !policy.basis.recognises_commitments() || family.is_carried_over(policy);
    let of_contract = kind.is_of_contract();
    let encumbers =
        of_contract && policy.basis == Basis::Encumbrance && !family.is_carried_over(policy);
    if of_contract && by_billing && !encumbers {
        return Vec::new();
    }
    let moved = if by_billing { movement(family, record.key) } else { None };
    let items: Vec<ItemMovement> = moved.map(|moved| moved.items).unwrap_or_default();
    let items = items.iter().map(|item| Line {
        id: item.line_item_id,
        coding: item.coding.as_ref(),
        amount: item.gross,
    });
    let lines = record.lines().iter().filter(|l| l.coding.is_some() || !kind.is_change_order());
    let lines =
        lines.map(|line| Line { id: line.id, coding: line.coding.as_ref(), amount: line.amount });
    let day = member.stored.posting_date.unwrap_or_else(|| dates::original(member, None));
    let card_code = member.live().filter_map(|held| held.card_code.clone()).last();
    let mark = if encumbers { LineMark::Encumbrance } else { LineMark::Line };
    let held = held(member);
    lines
        .chain(items)
        .filter(|line| !line.amount.is_zero())
        .map(|line| MappedCost {
            key: record.key,
            line: line.id,
            coding: line.coding.cloned(),
            vendor: family.vendor_of(member).cloned(),
            day,
            amount: line.amount,
            currency: record.currency.as_deref().unwrap_or(currency).to_owned(),
            account: policy.encumbrance_account.clone().filter(|_| encumbers),
            held: held.get(&mark(line.id)).cloned(),
            held_card_code: card_code.clone(),
        })
        .collect()
}

/// Where each line stands in SAP: its newest place, with the sum over all its places.
fn held(member: &Member) -> BTreeMap<&LineMark, (Coding, Decimal)> {
    let mut documents: Vec<_> = member.live().collect();
    documents.sort_by_key(|document| document.key.sequence);
    let mut held: BTreeMap<&LineMark, (Coding, Decimal)> = BTreeMap::new();
    for line in documents.into_iter().flat_map(|document| &document.lines) {
        if let (Some(mark), JournalTarget::Account(coding)) = (&line.mark, &line.target) {
            let (place, amount) = held.entry(mark).or_default();
            place.clone_from(coding);
            *amount = amount.saturating_add(line.amount);
        }
    }
    held
}
