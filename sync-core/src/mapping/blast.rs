//! What an edited table would change: which posted and waiting records, and how much per account.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use super::{MappedCost, MappingTables};
use crate::model::{Coding, SourceKey};

/// One cost line that the edited tables answer differently.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MovedCost {
    /// The record.
    pub key: SourceKey,
    /// Procore's id of the line.
    pub line: i64,
    /// Where it stands or would stand without the edit; `None` while unmapped.
    pub from: Option<Coding>,
    /// The row that answered before.
    pub from_row: Option<usize>,
    /// Where it would stand; `None` when it would be unmapped.
    pub to: Option<Coding>,
    /// The row that would answer.
    pub to_row: Option<usize>,
    /// The `CardCode` before, and the one that would take its place.
    pub card_codes: Option<(Option<String>, Option<String>)>,
    /// The amount: what SAP holds of a posted line, else what Procore says.
    pub amount: Decimal,
    /// The currency.
    pub currency: String,
    /// Whether it is posted.
    pub posted: bool,
    /// Whether the next cycle would move it from the one place to the other: a posted line stays
    /// where it was posted unless `remap_posted` is set.
    pub place_moves: bool,
    /// Whether the next cycle would move it to the other vendor: posted documents are reversed on the
    /// old one and posted in full on the new.
    pub vendor_moves: bool,
}

impl MovedCost {
    /// Whether the next cycle would act on it.
    #[must_use]
    pub const fn takes_effect(&self) -> bool {
        self.place_moves || self.vendor_moves
    }
}

/// What would move on one account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccountShift {
    /// By how much posted money of the account changes.
    pub posted: Decimal,
    /// By how much the money that waits for the account changes.
    pub waiting: Decimal,
}

/// What an edited table would change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BlastRadius {
    /// The lines that are answered differently.
    pub costs: Vec<MovedCost>,
    /// What would take effect, by account and currency; money without an account is not among them.
    pub accounts: BTreeMap<(String, String), AccountShift>,
}

impl BlastRadius {
    /// The records with a posted line that would change.
    #[must_use]
    pub fn posted_records(&self) -> BTreeSet<SourceKey> {
        self.records(|cost| cost.posted && cost.takes_effect())
    }

    /// The records with a waiting line that would change.
    #[must_use]
    pub fn waiting_records(&self) -> BTreeSet<SourceKey> {
        self.records(|cost| !cost.posted)
    }

    /// The records with a posted line that the tables answer differently and that stays as it is.
    #[must_use]
    pub fn kept_records(&self) -> BTreeSet<SourceKey> {
        self.records(|cost| cost.posted && !cost.takes_effect())
    }

    fn records(&self, of: impl Fn(&MovedCost) -> bool) -> BTreeSet<SourceKey> {
        self.costs.iter().filter(|cost| of(cost)).map(|cost| cost.key).collect()
    }
}

/// Compares two sets of tables over the costs that are posted or wait.
#[must_use]
pub fn blast_radius(
    before: &MappingTables,
    after: &MappingTables,
    costs: &[MappedCost],
    remap_posted: bool,
) -> BlastRadius {
    let mut radius = BlastRadius::default();
    for cost in costs {
        let Some(moved) = moved(before, after, cost, remap_posted) else { continue };
        if moved.place_moves {
            for (place, amount) in [(&moved.from, -moved.amount), (&moved.to, moved.amount)] {
                let Some(place) = place else { continue };
                let account = (place.account.clone(), moved.currency.clone());
                let shift = radius.accounts.entry(account).or_default();
                let sum = if moved.posted { &mut shift.posted } else { &mut shift.waiting };
                *sum = sum.saturating_add(amount);
            }
        }
        radius.costs.push(moved);
    }
    radius.accounts.retain(|_, shift| !shift.posted.is_zero() || !shift.waiting.is_zero());
    radius
}

fn moved(
    before: &MappingTables,
    after: &MappingTables,
    cost: &MappedCost,
    remap_posted: bool,
) -> Option<MovedCost> {
    let answer = |tables: &MappingTables| {
        let coding = cost.coding.as_ref()?;
        let (found, row) = tables.find(cost.key.project, coding, cost.day).ok()?;
        let account = cost.account.clone().unwrap_or_else(|| found.account.clone());
        // Journal entries carry no tax code, so that it moves nothing outside the income statement.
        let tax_code = found.tax_code.clone().filter(|_| cost.account.is_none());
        Some((Coding { account, tax_code, ..found }, row))
    };
    let card_code = |tables: &MappingTables| {
        let vendor = cost.vendor.as_ref()?;
        tables.vendor(vendor.id).map(|row| row.card_code.clone())
    };
    let (old, new) = (answer(before), answer(after));
    let (old_card, new_card) = (card_code(before), card_code(after));
    let place =
        |answer: &Option<(Coding, usize)>| answer.as_ref().map(|(coding, _)| coding.clone());
    let other_place = place(&old) != place(&new);
    let other_card = old_card != new_card;
    if !other_place && !other_card {
        return None;
    }
    let posted = cost.held.is_some();
    Some(MovedCost {
        key: cost.key,
        line: cost.line,
        from: cost.held.as_ref().map(|(coding, _)| coding.clone()).or_else(|| place(&old)),
        to: place(&new),
        // A rule that is taken away leaves a posted line alone: it is known where it stands.
        place_moves: other_place && (!posted || (remap_posted && new.is_some())),
        vendor_moves: other_card && (!posted || cost.held_card_code.is_some()),
        from_row: old.map(|(_, row)| row),
        to_row: new.map(|(_, row)| row),
        card_codes: other_card.then_some((old_card, new_card)),
        amount: cost.held.as_ref().map_or(cost.amount, |(_, held)| *held),
        currency: cost.currency.clone(),
        posted,
    })
}
