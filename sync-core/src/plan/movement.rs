//! What a requisition moves: the difference of its cumulative columns against the one before.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use super::Family;
use crate::model::{CostCoding, RequisitionItem, SourceKey};

/// What one item moves in the period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemMovement {
    /// The schedule-of-values or change order line.
    pub line_item_id: i64,
    /// Its coding.
    pub coding: Option<CostCoding>,
    /// What it is for.
    pub description: String,
    /// Change of the cumulative amount completed and stored.
    pub gross: Decimal,
    /// The cumulative amount before.
    pub completed_before: Decimal,
    /// The retainage that was held to date before.
    pub retained_before: Decimal,
    /// Retainage held in the period; never below zero.
    pub held: Decimal,
    /// Retainage released in the period.
    pub released: Decimal,
}

impl ItemMovement {
    /// The gross in units of the currency: the difference of the rounded cumulative amounts, so that
    /// a chain of requisitions ends at the rounded total, whatever each of them rounds.
    #[must_use]
    pub fn gross_rounded(&self, round: impl Fn(Decimal) -> Decimal) -> Decimal {
        round(self.completed_before + self.gross) - round(self.completed_before)
    }

    /// Retainage held and released in units of the currency: together the difference of the rounded
    /// cumulative amounts, as the gross is, so that the account ends at what Procore holds.
    #[must_use]
    pub fn retainage_rounded(&self, round: impl Fn(Decimal) -> Decimal) -> (Decimal, Decimal) {
        let to_date = self.retained_before + self.held - self.released;
        let change = round(to_date) - round(self.retained_before);
        let released = match (self.held.is_zero(), self.released.is_zero()) {
            (true, _) => -change,
            (false, true) => Decimal::ZERO,
            // A release that is larger than its part of the change holds nothing.
            (false, false) => round(self.released).max(-change),
        };
        (change + released, released)
    }
}

/// What a requisition moves: the difference of its cumulative columns against the one before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Movement {
    /// Per item, in the order of the requisition; items that vanished come last.
    pub items: Vec<ItemMovement>,
}

impl Movement {
    /// A figure of the items, added up.
    pub(crate) fn total(&self, of: impl Fn(&ItemMovement) -> Decimal) -> Decimal {
        self.items.iter().map(of).sum()
    }
}

/// What a requisition moves; `None` where the key is no requisition of the family.
#[must_use]
pub fn movement(family: &Family, key: SourceKey) -> Option<Movement> {
    let (_, own) = family.requisitions().find(|(member, _)| member.record().key == key)?;
    let before = family.previous(key).map(|(_, requisition)| requisition);
    let before = before.map(|b| b.items.as_slice()).unwrap_or_default();
    let before_item = first_by_line(before);
    let mut items: Vec<ItemMovement> = own
        .items
        .iter()
        .map(|item| moved(item, before_item.get(&item.line_item_id).copied()))
        .collect();
    let own: BTreeSet<i64> = own.items.iter().map(|item| item.line_item_id).collect();
    for gone in before {
        let stays = own.contains(&gone.line_item_id);
        let empty = gone.completed_and_stored.is_zero() && gone.retainage_held_to_date.is_zero();
        if !stays && !empty {
            items.push(ItemMovement {
                line_item_id: gone.line_item_id,
                coding: gone.coding.clone(),
                description: gone.description.clone(),
                gross: -gone.completed_and_stored,
                completed_before: gone.completed_and_stored,
                retained_before: gone.retainage_held_to_date,
                held: Decimal::ZERO,
                released: gone.retainage_held_to_date,
            });
        }
    }
    Some(Movement { items })
}

/// Items by the line that they bill; the first of a line counts.
pub(super) fn first_by_line(items: &[RequisitionItem]) -> BTreeMap<i64, &RequisitionItem> {
    let mut by_line = BTreeMap::new();
    for item in items {
        by_line.entry(item.line_item_id).or_insert(item);
    }
    by_line
}

fn moved(item: &RequisitionItem, before: Option<&RequisitionItem>) -> ItemMovement {
    let (completed, retained) = before.map_or((Decimal::ZERO, Decimal::ZERO), |b| {
        (b.completed_and_stored, b.retainage_held_to_date)
    });
    // Also of amounts that no column holds: what is computed with them is held, not lost in a panic.
    let change = item.retainage_held_to_date.saturating_sub(retained);
    let held = change.saturating_add(item.retainage_released);
    // A negative held counts as released.
    let (held, released) = if held.is_sign_negative() {
        (Decimal::ZERO, item.retainage_released.saturating_sub(held))
    } else {
        (held, item.retainage_released)
    };
    ItemMovement {
        line_item_id: item.line_item_id,
        coding: item.coding.clone(),
        description: item.description.clone(),
        gross: item.completed_and_stored.saturating_sub(completed),
        completed_before: completed,
        retained_before: retained,
        held,
        released,
    }
}
