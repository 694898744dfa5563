//! Commitments that ended below what is approved: finished and not billed in full, or ended early.
//! Their lines are then worth what was billed of them, and no more.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::{Family, Member, PlanContext, leaving};
use crate::{
    model::{CostLine, CostRecord, RecordBody, Requisition, RequisitionItem, SourceKey},
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
    let planned = &family.members[index];
    let scale = scale_of(context, planned);
    if !is_at_billed(context.policy, scale, family) {
        return None;
    }
    // What is planned has its part, also while it moves from one branch to another.
    let is_planned = |other: &Member| other.record().key == planned.record().key;
    let stands = |other: &Member| {
        let has_documents = is_planned(other) || other.live().next().is_some();
        has_documents.then(|| is_planned(other) || leaving::holds_something(other))
    };
    let lines = lines_at_billed(context.policy, scale, family, planned, stands)?;
    let mut member = planned.clone();
    match &mut member.stored.record.body {
        RecordBody::Commitment(body) => (body.grand_total, body.lines) = (None, lines),
        RecordBody::ChangeOrder(body) => (body.grand_total, body.lines) = (None, lines),
        RecordBody::DirectCost(_) | RecordBody::Requisition(_) => return None,
    }
    Some(member)
}

/// Whether a commitment and its change orders are worth what was billed, and no more.
fn is_at_billed(policy: &Policy, scale: u32, family: &Family) -> bool {
    let left = family.commitment().is_some_and(|parent| !parent.is_postable(policy));
    (left && reduces_to_billed(family)) || is_released(policy, scale, family)
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

/// Whether Procore says of a commitment that nothing more comes of it.
pub(crate) fn is_finished(record: &CostRecord) -> bool {
    record.kind().is_commitment() && FINISHED.contains(&record.status.as_str())
}

/// Approved and billed of a finished commitment that has requisitions, where they differ by more
/// than the units of its items.
fn remainder(policy: &Policy, scale: u32, family: &Family) -> Option<(Decimal, Decimal)> {
    if family.is_carried_over(policy) || policy.basis == crate::policy::Basis::Progress {
        return None;
    }
    let parent = family.commitment().filter(|parent| parent.is_postable(policy))?;
    let last = last_requisition(policy, family)?;
    if !last.is_final && !is_finished(parent.record()) {
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
/// do not name the lines one by one, every line of the commitment's side is reduced in proportion, so that
/// together they come to what was billed, to the unit. `None` of a member that has no part in it.
///
/// `stands` says whether anything of a member stands in SAP; `None` where SAP has no document of it.
fn lines_at_billed(
    policy: &Policy,
    scale: u32,
    family: &Family,
    member: &Member,
    stands: impl Fn(&Member) -> Option<bool>,
) -> Option<Vec<CostLine>> {
    let last = last_requisition(policy, family)?;
    let parent = family.commitment()?;
    // What is not approved is in no document, but for what goes the way of a commitment that ended early.
    let has_part = |other: &&Member| {
        let approved = other.is_postable(policy);
        if parent.is_postable(policy) { approved } else { stands(other).unwrap_or(approved) }
    };
    let side: Vec<&Member> = family.contract_side().filter(has_part).collect();
    let own = member.record().key;
    side.iter().find(|other| other.record().key == own)?;
    let mut by_line: BTreeMap<i64, Decimal> = BTreeMap::new();
    for item in &last.items {
        *by_line.entry(item.line_item_id).or_default() += item.completed_and_stored;
    }
    let of_line = |id: i64| by_line.get(&id).copied().unwrap_or_default();
    let named = money::saturated(lines_of(&side).map(|(_, line)| of_line(line.id)));
    let stated = money::saturated(lines_of(&side).map(|(_, line)| line.amount));
    let parts = if named == family.billed(policy) || stated.is_zero() {
        None
    } else {
        Some(in_proportion(policy, scale, last, &side))
    };
    let at_billed = |line: &CostLine| {
        let part = parts.as_ref().map(|parts| parts.get(&(own, line.id)).copied());
        let amount = part.map_or_else(|| of_line(line.id), Option::unwrap_or_default);
        CostLine { amount, quantity: None, unit_cost: None, ..line.clone() }
    };
    Some(member.record().lines().iter().map(at_billed).collect())
}

fn lines_of<'a>(side: &'a [&Member]) -> impl Iterator<Item = (SourceKey, &'a CostLine)> {
    side.iter().flat_map(|member| {
        let record = member.record();
        record.lines().iter().map(|line| (record.key, line))
    })
}

/// What requisitions posted in the end, in proportion over these members' lines, whatever order Procore
/// lists them in.
fn in_proportion(
    policy: &Policy,
    scale: u32,
    last: &Requisition,
    side: &[&Member],
) -> BTreeMap<(SourceKey, i64), Decimal> {
    let posted = |item: &RequisitionItem| policy.rounding.round(item.completed_and_stored, scale);
    let billed = money::saturated(last.items.iter().map(posted));
    let weights: BTreeMap<(SourceKey, i64), Decimal> =
        lines_of(side).map(|(key, line)| ((key, line.id), line.amount)).collect();
    let amounts: Vec<Decimal> = weights.values().copied().collect();
    let parts = money::spread_by(billed, &amounts, scale, policy.rounding);
    weights.into_keys().zip(parts).collect()
}

/// What a member of the commitment's side is worth for reconciliation, where its remainder is
/// released; `None` where it stands as approved, and where it has no part in what was billed.
///
/// `stands` says whether anything of a member stands in SAP; `None` where SAP has no document of it.
pub(crate) fn amount_at_billed(
    policy: &Policy,
    scale: u32,
    family: &Family,
    member: &Member,
    stands: impl Fn(&Member) -> Option<bool>,
) -> Option<Decimal> {
    if !is_at_billed(policy, scale, family) {
        return None;
    }
    let lines = lines_at_billed(policy, scale, family, member, stands)?;
    Some(lines.iter().map(|line| policy.rounding.round(line.amount, scale)).sum())
}
