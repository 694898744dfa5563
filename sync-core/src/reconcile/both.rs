//! A record on both sides: what Procore says of it, what SAP and the opening list hold.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::{
    amount::{amount, opening},
    project::Sides,
};
use crate::{
    model::{CostRecord, HeldDocument, SourceKey},
    ports::StoredRecord,
};

/// One record on both sides.
pub(super) struct Both<'a> {
    pub(super) key: SourceKey,
    pub(super) record: Option<&'a CostRecord>,
    pub(super) stored: Option<&'a StoredRecord>,
    /// Those in the currency that is reconciled.
    pub(super) documents: Vec<&'a HeldDocument>,
    /// Zero where the record has another currency, and only its documents have this one.
    pub(super) amount: Decimal,
    /// How much of it the books held at the cut-over.
    pub(super) opening: Decimal,
    /// Whether the record has the currency that is reconciled.
    pub(super) in_own_currency: bool,
}

/// What has the currency on either side: a record whose currency was changed after it was posted stands
/// in both, with its amount in the one and its documents in the other.
pub(super) fn both_sides<'a>(sides: &Sides<'a>, currency: &str) -> Vec<Both<'a>> {
    let mut all: BTreeMap<SourceKey, Both<'a>> = BTreeMap::new();
    for (key, documents) in &sides.documents {
        let of_currency = documents.iter().filter(|document| document.currency == currency);
        let documents: Vec<&HeldDocument> = of_currency.copied().collect();
        if !documents.is_empty() {
            let stored = sides.stored.get(key).copied();
            let (amount, opening) = (Decimal::ZERO, Decimal::ZERO);
            let in_own_currency = false;
            let key = *key;
            let both =
                Both { key, record: None, stored, documents, amount, opening, in_own_currency };
            all.insert(key, both);
        }
    }
    for record in sides.of.records {
        let in_own_currency = sides.currency_of(record) == currency;
        if in_own_currency {
            all.entry(record.key).or_insert_with(|| Both {
                key: record.key,
                record: None,
                stored: sides.stored.get(&record.key).copied(),
                documents: Vec::new(),
                amount: Decimal::ZERO,
                opening: Decimal::ZERO,
                in_own_currency,
            });
        }
        if let Some(both) = all.get_mut(&record.key) {
            both.record = Some(record);
            both.in_own_currency = in_own_currency;
            if in_own_currency {
                both.amount = amount(sides, record, sides.families.get(&record.family()));
            }
        }
    }
    // What the books held before stays in them, whatever became of the record.
    for (key, stored) in &sides.stored {
        let opening = opening(sides, stored, currency);
        if !opening.is_zero() {
            let both = all.entry(*key).or_insert_with(|| Both::of_nobody(*key, stored));
            both.opening = opening;
        }
    }
    all.into_values().collect()
}

impl<'a> Both<'a> {
    /// A record that Procore does not show and SAP holds nothing of.
    fn of_nobody(key: SourceKey, stored: &'a StoredRecord) -> Self {
        Self {
            key,
            record: None,
            stored: Some(stored),
            documents: Vec::new(),
            amount: Decimal::ZERO,
            opening: Decimal::ZERO,
            in_own_currency: false,
        }
    }
}
