//! What a requisition takes out of the encumbrance: Dr `encumbrance_reserve`, Cr
//! `encumbrance_account` with the profit center of each item, for the gross, at most what is
//! encumbered.
//!
//! The figures are cumulative: billed to date, kept between nothing and what commitment and change
//! orders encumber in that place, less what earlier requisitions took out. A change order that is
//! approved after it was billed is so caught up by the next requisition, or by the last there is; and what earlier ones took out of
//! a place in which nothing is billed any more, it gives back.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::{
    super::{
        Family, Member, PlanContext, Stop, hold,
        lines::{self, TargetLine},
        movement::first_by_line,
    },
    contract,
};
use crate::{
    model::{Coding, HeldDocument, JournalTarget, LineMark, Requisition, RequisitionItem},
    money,
    states::Reason,
};

/// The items that stand in one place, each with what it moves in the period.
type Items<'a> = Vec<(&'a RequisitionItem, Decimal)>;

/// The lines of one requisition, whole; a credit of the encumbrance is below zero.
pub(super) fn lines(
    context: &PlanContext<'_>,
    family: &Family,
    member: &Member,
    requisition: &Requisition,
    day: NaiveDate,
) -> Result<Vec<TargetLine>, Stop> {
    let record = member.record();
    let scale = context.catalog.scale(&context.currency_of(record));
    let encumbered = encumbered(family.contract_side().flat_map(Member::live));
    let earlier = family.earlier_than(requisition);
    let earlier: Vec<&HeldDocument> = earlier.flat_map(|(member, _)| member.live()).collect();
    let relieved = self::encumbered(earlier.iter().copied());
    let before = family.previous(record.key).map(|(_, requisition)| requisition.items.as_slice());
    let before = first_by_line(before.unwrap_or_default());
    let stands = encumbered_at(family);
    let round = |amount| context.policy.rounding.round(amount, scale);

    let mut items: BTreeMap<Coding, Items<'_>> = BTreeMap::new();
    for item in &requisition.items {
        let place = match stands.get(&item.line_item_id) {
            Some(place) => (*place).clone(),
            None => placed_by_rule(context, member, item, day)?,
        };
        let was = before.get(&item.line_item_id);
        let moved = round(item.completed_and_stored)
            - was.map_or(Decimal::ZERO, |was| round(was.completed_and_stored));
        items.entry(place).or_default().push((item, moved));
    }
    let without_items =
        relieved.iter().filter(|(place, taken)| !taken.is_zero() && !items.contains_key(place));
    let mut lines: Vec<TargetLine> = without_items
        .flat_map(|(place, taken)| given_back(place, -*taken, &earlier, requisition))
        .collect();
    for (place, items) in items {
        let billed: Decimal = items
            .iter()
            .map(|(item, _)| context.policy.rounding.round(item.completed_and_stored, scale))
            .sum();
        let limit = encumbered.get(&place).copied().unwrap_or_default();
        let taken = -relieved.get(&place).copied().unwrap_or_default();
        let wanted = billed.clamp(limit.min(Decimal::ZERO), limit.max(Decimal::ZERO));
        lines.extend(of_place(&place, &items, wanted - taken, scale));
    }
    Ok(lines)
}

/// Whether what stands of a requisition takes another amount out of some place than it would now: what is
/// encumbered there has changed since.
pub(in crate::plan) fn is_behind(
    context: &PlanContext<'_>,
    family: &Family,
    member: &Member,
    requisition: &Requisition,
) -> bool {
    let Ok(lines) = lines(context, family, member, requisition, context.today) else {
        return false;
    };
    let mut off = encumbered(member.live());
    for line in lines {
        *off.entry(line.coding).or_default() -= line.amount;
    }
    off.values().any(|amount| !amount.is_zero())
}

/// The change of one place, on its items: what each moved, or spread by that where the limit
/// cut it.
fn of_place(place: &Coding, items: &Items<'_>, amount: Decimal, scale: u32) -> Vec<TargetLine> {
    let moved: Vec<Decimal> = items.iter().map(|(_, moved)| *moved).collect();
    let parts = if moved.iter().sum::<Decimal>() == amount {
        moved
    } else {
        money::spread(amount, &moved, scale)
    };
    items
        .iter()
        .zip(parts)
        .filter(|(_, part)| !part.is_zero())
        .map(|((item, _), part)| {
            let token = item.coding.as_ref().map(|coding| coding.token()).unwrap_or_default();
            TargetLine {
                id: item.line_item_id,
                amount: -part,
                coding: place.clone(),
                text: format!("{token} {}", item.description.trim()).trim().to_owned(),
            }
        })
        .collect()
}

/// What earlier requisitions took out of a place in which this one bills nothing, on the lines that took
/// it; what they took in sums goes with the first item.
fn given_back(
    place: &Coding,
    amount: Decimal,
    earlier: &[&HeldDocument],
    requisition: &Requisition,
) -> Vec<TargetLine> {
    let mut by_line: BTreeMap<i64, (Decimal, &str)> = BTreeMap::new();
    for line in earlier.iter().flat_map(|document| &document.lines) {
        if let (Some(LineMark::Encumbrance(id)), Some(coding)) = (&line.mark, line.coding())
            && coding == place
        {
            by_line.entry(*id).or_insert((Decimal::ZERO, &line.description)).0 -= line.amount;
        }
    }
    let named: Decimal = by_line.values().map(|(taken, _)| *taken).sum();
    let first = requisition.items.first().map(|item| item.line_item_id).unwrap_or_default();
    let in_sums = amount - named;
    if !in_sums.is_zero() {
        by_line.entry(first).or_insert((Decimal::ZERO, "given back")).0 += in_sums;
    }
    let lines = by_line.into_iter().filter(|(_, (taken, _))| !taken.is_zero());
    lines
        .map(|(id, (taken, text))| TargetLine {
            id,
            amount: taken,
            coding: place.clone(),
            text: text.to_owned(),
        })
        .collect()
}

/// What these documents encumber, per place.
fn encumbered<'a>(documents: impl Iterator<Item = &'a HeldDocument>) -> BTreeMap<Coding, Decimal> {
    let mut places = BTreeMap::new();
    for line in documents.flat_map(|document| &document.lines) {
        let ours = line.mark.as_ref().is_some_and(LineMark::is_encumbrance);
        if let (true, JournalTarget::Account(coding)) = (ours, &line.target) {
            *places.entry(coding.clone()).or_default() += line.amount;
        }
    }
    places
}

/// Where each source line is encumbered: where its newest document put it.
fn encumbered_at(family: &Family) -> BTreeMap<i64, &Coding> {
    let mut documents: Vec<_> = family.contract_side().flat_map(Member::live).collect();
    documents.sort_by_key(|document| std::cmp::Reverse(document.key.sequence));
    let mut places = BTreeMap::new();
    for line in documents.into_iter().flat_map(|document| &document.lines) {
        if let (Some(LineMark::Encumbrance(id)), Some(coding)) = (&line.mark, line.coding()) {
            places.entry(*id).or_insert(coding);
        }
    }
    places
}

/// Where today's rule would encumber the item's source line.
fn placed_by_rule(
    context: &PlanContext<'_>,
    member: &Member,
    item: &RequisitionItem,
    day: NaiveDate,
) -> Result<Coding, Stop> {
    let record = member.record();
    let coding = item.coding.as_ref().ok_or_else(|| {
        hold(
            Reason::CostCodeUnmapped,
            format!("item {} of {} has no cost code in Procore", item.line_item_id, record.key),
        )
    })?;
    let amount = item.completed_and_stored;
    let found = lines::mapped(context, record, item.line_item_id, coding, day, amount)?;
    let account = contract::encumbrance_account(context)?.to_owned();
    Ok(Coding { account, tax_code: None, ..found })
}
