//! Commitments that ended below what is approved: finished and not billed in full, or ended early.
//! Their lines are then worth what was billed of them, and no more.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::{Family, Member, PlanContext};
use crate::{
    model::{CostLine, RecordBody, Requisition},
    money,
    policy::Policy,
    states::{Cause, Reason},
};

/// The statuses in which a commitment is done in Procore.
const FINISHED: [&str; 2] = ["Closed", "Complete"];

/// A member of the commitment's side with its lines at what was billed of them, where the remainder
/// is released; `None` where it stands as approved.
pub(super) fn at_billed(
    context: &PlanContext<'_>,
    family: &Family,
    index: usize,
) -> Option<Member> {
    let scale = scale_of(context, &family.members[index]);
    let parent = family.commitment()?;
    let ended = !parent.is_postable(context.policy) && reduces_to_billed(family);
    if !ended && !is_released(context.policy, scale, family) {
        return None;
    }
    let mut member = family.members[index].clone();
    let lines = lines_at_billed(context.policy, family, &member)?;
    match &mut member.stored.record.body {
        RecordBody::Commitment(body) => (body.grand_total, body.lines) = (None, lines),
        RecordBody::ChangeOrder(body) => (body.grand_total, body.lines) = (None, lines),
        RecordBody::DirectCost(_) | RecordBody::Requisition(_) => return None,
    }
    Some(member)
}

/// Whether a person reduced a commitment that ended early to what is billed.
pub(super) fn reduces_to_billed(family: &Family) -> bool {
    family.commitment().is_some_and(|parent| parent.decided(Reason::EndedEarly))
}

fn is_released(policy: &Policy, scale: u32, family: &Family) -> bool {
    let decided = |parent: &Member| parent.decided(Reason::UnbilledRemainder);
    (policy.release_unbilled || family.commitment().is_some_and(decided))
        && remainder(policy, scale, family).is_some()
}

fn scale_of(context: &PlanContext<'_>, member: &Member) -> u32 {
    context.catalog.scale(&context.currency_of(member.record()))
}

/// What a person decides of a finished commitment that was not billed in full.
pub(super) fn unbilled_remainder(
    context: &PlanContext<'_>,
    family: &Family,
    member: &Member,
) -> Option<Cause> {
    if !member.record().kind().is_commitment() {
        return None;
    }
    let (approved, billed) = remainder(context.policy, scale_of(context, member), family)?;
    Some(Cause::new(
        Reason::UnbilledRemainder,
        format!(
            "finished with {approved} approved and {billed} billed: {} is not billed",
            approved - billed
        ),
    ))
}

/// Whether a commitment and its change orders are worth what is approved: it is in a postable status, and
/// not finished with less billed.
pub(super) fn stands_as_approved(context: &PlanContext<'_>, family: &Family) -> bool {
    family.commitment().is_some_and(|parent| {
        parent.is_postable(context.policy)
            && remainder(context.policy, scale_of(context, parent), family).is_none()
    })
}

/// Approved and billed of a finished commitment that has requisitions, where they differ by more
/// than the units of its items.
fn remainder(policy: &Policy, scale: u32, family: &Family) -> Option<(Decimal, Decimal)> {
    if family.is_carried_over(policy) || policy.basis == crate::policy::Basis::Progress {
        return None;
    }
    let parent = family.commitment().filter(|parent| parent.is_postable(policy))?;
    let last = last_requisition(policy, family)?;
    if !last.is_final && !FINISHED.contains(&parent.record().status.as_str()) {
        return None;
    }
    let (approved, billed) = (family.approved(policy)?, family.billed(policy));
    let allowance = money::unit(scale) * Decimal::from(last.items.len().max(1));
    (approved - billed > allowance).then_some((approved, billed))
}

fn last_requisition<'a>(policy: &Policy, family: &'a Family) -> Option<&'a Requisition> {
    family
        .requisitions()
        .filter(|(member, _)| member.is_postable(policy))
        .last()
        .map(|(_, requisition)| requisition)
}

/// A member's lines at what was billed of each by the latest approved requisition. Where the items
/// do not name the lines one by one, every line is reduced in proportion.
fn lines_at_billed(policy: &Policy, family: &Family, member: &Member) -> Option<Vec<CostLine>> {
    let last = last_requisition(policy, family)?;
    let mut by_line: BTreeMap<i64, Decimal> = BTreeMap::new();
    for item in &last.items {
        *by_line.entry(item.line_item_id).or_default() += item.completed_and_stored;
    }
    let of_line = |id: i64| by_line.get(&id).copied().unwrap_or_default();
    // A change order that is not approved may state what no column holds: it is in no document.
    let side = || family.contract_side().flat_map(|member| member.record().lines());
    let named = money::saturated(side().map(|line| of_line(line.id)));
    let (billed, stated) =
        (family.billed(policy), money::saturated(side().map(|line| line.amount)));
    let lines = member.record().lines().iter().cloned();
    let by_line = named == billed || stated.is_zero();
    Some(
        lines
            .map(|mut line| {
                line.amount = if by_line {
                    of_line(line.id)
                } else {
                    line.amount.checked_mul(billed).map_or(line.amount, |part| part / stated)
                };
                (line.quantity, line.unit_cost) = (None, None);
                line
            })
            .collect(),
    )
}

/// What a member of the commitment's side is worth for reconciliation, where its remainder is
/// released; `None` where it stands as approved.
pub(crate) fn amount_at_billed(
    policy: &Policy,
    scale: u32,
    family: &Family,
    member: &Member,
) -> Option<Decimal> {
    let parent = family.commitment()?;
    let ended = !parent.is_postable(policy) && reduces_to_billed(family);
    if !ended && !is_released(policy, scale, family) {
        return None;
    }
    let lines = lines_at_billed(policy, family, member)?;
    Some(lines.iter().map(|line| policy.rounding.round(line.amount, scale)).sum())
}
