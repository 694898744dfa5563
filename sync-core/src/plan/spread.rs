//! Items of a requisition without a cost code of their own: one that bills a whole change order, or a line
//! that has none. They bill the lines of their change order by amount, largest remainder, and are planned as
//! items of those lines.
//!
//! Every cumulative column is spread by itself, so that a chain ends at the parts of its last requisition,
//! and what the items say is still what they come to together.

use std::{borrow::Cow, collections::BTreeMap};

use rust_decimal::Decimal;

use super::{Family, Member, PlanContext, lines};
use crate::{
    model::{CostLine, RecordBody, RequisitionItem},
    money,
};

/// The family with the items of its requisitions on lines that have a cost code, as far as their change
/// order, or their line of the commitment, says one. What the items state stays what ties are checked with.
pub(super) fn over_lines<'a>(context: &PlanContext<'_>, family: &'a Family) -> Cow<'a, Family> {
    let bare = |item: &RequisitionItem| item.coding.is_none();
    if !family.requisitions().any(|(_, requisition)| requisition.items.iter().any(bare)) {
        return Cow::Borrowed(family);
    }
    let mut with = family.clone();
    for member in &mut with.members {
        let scale = context.scale_of(member.record());
        let RecordBody::Requisition(requisition) = &mut member.stored.record.body else { continue };
        if !requisition.items.iter().any(bare) {
            continue;
        }
        let mut items = Items::default();
        for item in std::mem::take(&mut requisition.items) {
            let lines = if bare(&item) { lines_of(context, family, &item) } else { Vec::new() };
            if lines.is_empty() {
                items.add(item);
            } else {
                parts(&item, &lines, scale).into_iter().for_each(|part| items.add(part));
            }
        }
        requisition.items = items.list;
    }
    Cow::Owned(with)
}

/// The lines with a cost code that an item bills: its own line, else those of its change order.
fn lines_of(context: &PlanContext<'_>, family: &Family, item: &RequisitionItem) -> Vec<CostLine> {
    let is_own = |line: &&CostLine| line.id == item.line_item_id;
    let has_own = |member: &Member| member.record().lines().iter().any(|line| is_own(&line));
    let own = family.contract_side().flat_map(|member| member.record().lines());
    if let Some(own) = own.filter(is_own).find(|line| line.coding.is_some()) {
        return vec![own.clone()];
    }
    let mut changes = family.contract_side().filter(|member| {
        let named = item.change_order == Some(member.record().key.id);
        member.record().kind().is_change_order() && (named || has_own(member))
    });
    let Some(change) = changes.next() else { return Vec::new() };
    let scale = context.scale_of(change.record());
    let lines = lines::with_coding(change.record(), scale).unwrap_or_default();
    lines.into_iter().filter(|line| !line.amount.is_zero()).collect()
}

/// An item as one per line, each column by the amounts of the lines.
fn parts(item: &RequisitionItem, lines: &[CostLine], scale: u32) -> Vec<RequisitionItem> {
    let weights: Vec<Decimal> = lines.iter().map(|line| line.amount).collect();
    let spread =
        |amount: Decimal| money::spread(amount, &weights, scale.max(amount.normalize().scale()));
    let completed = spread(item.completed_and_stored);
    let work = spread(item.work_this_period);
    let materials = spread(item.materials_stored);
    let previously = item.materials_previously_stored.map(spread);
    let moved = spread(item.materials_moved);
    let retained = spread(item.retainage_held_to_date);
    let released = spread(item.retainage_released);
    let part = |(at, line): (usize, &CostLine)| RequisitionItem {
        line_item_id: line.id,
        coding: line.coding.clone(),
        change_order: item.change_order,
        description: item.description.clone(),
        completed_and_stored: completed[at],
        work_this_period: work[at],
        materials_stored: materials[at],
        materials_previously_stored: previously.as_ref().map(|parts| parts[at]),
        materials_moved: moved[at],
        retainage_held_to_date: retained[at],
        retainage_released: released[at],
    };
    lines.iter().enumerate().map(part).collect()
}

/// Items, one of each line.
#[derive(Default)]
struct Items {
    list: Vec<RequisitionItem>,
    by_line: BTreeMap<i64, usize>,
}

impl Items {
    /// Adds an item, to the one of its line where there is one.
    fn add(&mut self, more: RequisitionItem) {
        let Some(at) = self.by_line.get(&more.line_item_id) else {
            self.by_line.insert(more.line_item_id, self.list.len());
            self.list.push(more);
            return;
        };
        let known = &mut self.list[*at];
        for (column, other) in [
            (&mut known.completed_and_stored, more.completed_and_stored),
            (&mut known.work_this_period, more.work_this_period),
            (&mut known.materials_stored, more.materials_stored),
            (&mut known.materials_moved, more.materials_moved),
            (&mut known.retainage_held_to_date, more.retainage_held_to_date),
            (&mut known.retainage_released, more.retainage_released),
        ] {
            *column = column.saturating_add(other);
        }
        let previously = [known.materials_previously_stored, more.materials_previously_stored];
        if previously.iter().any(Option::is_some) {
            known.materials_previously_stored = Some(previously.into_iter().flatten().sum());
        }
    }
}
