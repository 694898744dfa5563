//! A record on both sides: what Procore says of it, what SAP and the opening list hold.

use std::collections::BTreeMap;

use super::{
    amount::{Stated, opening, stated},
    sides::Sides,
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
    /// Zero where the record has another currency, and only its documents have this one; and where an
    /// amount of its family is beyond what SAP's columns hold.
    pub(super) stated: Stated,
    /// How much of it the books held at the cut-over.
    pub(super) opening: Stated,
    /// Whether the record has the currency that is reconciled.
    pub(super) in_own_currency: bool,
}

impl<'a> Both<'a> {
    pub(super) fn empty(sides: &Sides<'a>, key: SourceKey) -> Self {
        Self {
            key,
            record: None,
            stored: sides.stored.get(&key).copied(),
            documents: Vec::new(),
            stated: Stated::default(),
            opening: Stated::default(),
            in_own_currency: false,
        }
    }
}

/// What has the currency on either side: a record whose currency was changed after it was posted stands
/// in both, with its amount in the one and its documents in the other.
pub(super) fn both_sides<'a>(sides: &Sides<'a>, currency: &str) -> Vec<Both<'a>> {
    let mut all: BTreeMap<SourceKey, Both<'a>> = BTreeMap::new();
    for (key, documents) in &sides.documents {
        let of_currency = documents.iter().filter(|document| document.currency == currency);
        let documents: Vec<&HeldDocument> = of_currency.copied().collect();
        if !documents.is_empty() {
            all.insert(*key, Both { documents, ..Both::empty(sides, *key) });
        }
    }
    for record in sides.of.records {
        let in_own_currency = sides.currency_of(record) == currency;
        if in_own_currency {
            all.entry(record.key).or_insert_with(|| Both::empty(sides, record.key));
        }
        if let Some(both) = all.get_mut(&record.key) {
            both.record = Some(record);
            both.in_own_currency = in_own_currency;
            if in_own_currency && sides.beyond(record).is_none() {
                both.stated = stated(sides, record, sides.families.get(&record.family()));
            }
        }
    }
    // What the books held before stays in them, whatever became of the record.
    for (key, stored) in &sides.stored {
        let opening = opening(sides, stored, currency);
        if opening != Stated::default() {
            let both = all.entry(*key).or_insert_with(|| Both::empty(sides, *key));
            both.opening = opening;
        }
    }
    all.into_values().collect()
}
