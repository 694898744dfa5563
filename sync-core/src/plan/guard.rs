//! The guard: a limit from figures that the plan did not use, checked before each post.

use rust_decimal::Decimal;

use super::{
    Family, Member, PlanContext, Stop, hold, opening::is_opening, stopped_by_what_sap_holds,
};
use crate::{
    model::{RecordBody, Requisition, SourceKey},
    money,
    states::Reason,
};

/// Stops a commitment or change order whose documents would bring more cost into SAP than
/// Procore's headers allow: `grand_total` plus approved change orders.
///
/// The header's own `approved_change_orders` may lag behind a change order that was approved a
/// moment ago, so the larger of it and the sum of the change orders' headers counts.
///
/// # Errors
///
/// `over_recognised`, naming the documents by key.
pub(super) fn check(
    context: &PlanContext<'_>,
    family: &Family,
    planned: SourceKey,
    scale: u32,
    delta: Decimal,
    lines: usize,
) -> Result<(), Stop> {
    let Some(parent) = family.commitment() else { return Ok(()) };
    let RecordBody::Commitment(commitment) = &parent.record().body else { return Ok(()) };
    let (Some(grand_total), Some(approved)) =
        (commitment.grand_total, family.approved(context.policy))
    else {
        return Ok(());
    };
    let changes = commitment.approved_change_orders.unwrap_or_default();
    let by_header = grand_total.saturating_add(changes);
    let limit = if by_header.abs() > approved.abs() { by_header } else { approved };
    let limit = limit - reductions_to_come(context, family, planned, limit);
    let standing: Vec<_> =
        family.contract_side().filter(|member| member.is_postable(context.policy)).collect();
    within(limit, &standing, delta, lines, scale)
}

/// Stops a requisition whose documents, with those before it and the opening list, would bring more
/// cost into SAP than its own header says is billed to date.
///
/// # Errors
///
/// `over_recognised`, naming the documents by key.
pub(super) fn check_billed(
    context: &PlanContext<'_>,
    family: &Family,
    requisition: &Requisition,
    delta: Decimal,
    lines: usize,
) -> Result<(), Stop> {
    let Some(limit) = requisition.completed_and_stored else { return Ok(()) };
    let scale = scale_of(context, family);
    let chain: Vec<&Member> = up_to(family, requisition).collect();
    let listed = opening_up_to(family, requisition);
    // What is planned of a record on the list stands among these as the list has it.
    let standing: Decimal =
        chain.iter().flat_map(|m| m.live()).filter(|d| is_opening(d)).map(|d| d.net_cost()).sum();
    within(limit, &chain, delta + listed - standing, lines, scale)
}

/// Stops a requisition whose excess, as cost, would bring more into SAP than commitment, change orders
/// and billed to date allow.
///
/// # Errors
///
/// `over_recognised`, naming the documents by key.
pub(super) fn check_excess(
    context: &PlanContext<'_>,
    family: &Family,
    requisition: &Requisition,
    delta: Decimal,
    lines: usize,
) -> Result<(), Stop> {
    let Some(billed) = requisition.completed_and_stored else { return Ok(()) };
    let limit = family.approved(context.policy).map_or(billed, |approved| approved.max(billed));
    let scale = scale_of(context, family);
    let standing: Vec<&Member> = family.contract_side().chain(up_to(family, requisition)).collect();
    within(limit, &standing, delta, lines, scale)
}

/// What requisitions on the opening list billed, up to this one; all of them where it is not on the list
/// itself.
fn opening_up_to(family: &Family, requisition: &Requisition) -> Decimal {
    let chain = || up_to(family, requisition).map(|member| member.stored.opening.as_ref());
    if chain().last().flatten().is_some() {
        return chain().flatten().map(|entry| entry.amount).sum();
    }
    let parent = family.commitment().and_then(|parent| parent.stored.opening.as_ref());
    parent.map(|entry| entry.billed).unwrap_or_default()
}

/// The decimals of the family's currency, which is its commitment's.
fn scale_of(context: &PlanContext<'_>, family: &Family) -> u32 {
    let first = family.members.first().map(Member::record);
    first.map_or_else(
        || context.catalog.scale(&context.catalog.local_currency),
        |record| context.scale_of(record),
    )
}

/// This requisition and those before it.
fn up_to<'a>(family: &'a Family, requisition: &Requisition) -> impl Iterator<Item = &'a Member> {
    let last = requisition.sequence;
    family.requisitions().filter(move |(_, other)| other.sequence <= last).map(|(member, _)| member)
}

/// Compares what SAP would hold of these members after `delta` with the limit, one minor unit per
/// line and one for the header allowed.
fn within(
    limit: Decimal,
    standing: &[&Member],
    delta: Decimal,
    lines: usize,
    scale: u32,
) -> Result<(), Stop> {
    let live = || standing.iter().flat_map(|member| member.live());
    let after = standing.iter().map(|member| member.net_cost_held()).sum::<Decimal>() + delta;
    let held_lines: usize = live().map(|document| document.lines.len()).sum();
    let allowance = money::unit(scale) * Decimal::from(held_lines + lines + 1);
    if after.abs() <= limit.abs() + allowance {
        return Ok(());
    }
    let documents: Vec<String> = live()
        .map(|document| match is_opening(document) {
            true => format!("the opening list over {}", document.total),
            false => document.named(),
        })
        .collect();
    Err(hold(
        Reason::OverRecognised,
        format!(
            "SAP would hold {after} by key, Procore's headers allow {limit}; documents: {}",
            if documents.is_empty() { "none yet".to_owned() } else { documents.join(", ") }
        ),
    ))
}

/// What commitment and change orders still have to give back: until their documents are posted, SAP
/// rightly holds more than the headers' end result. Without it two reductions that are seen in one
/// cycle would stop each other for ever. A member that is stopped by what SAP holds of it (a copy of
/// a document, say) gives nothing back: its excess is what the guard is for.
fn reductions_to_come(
    context: &PlanContext<'_>,
    family: &Family,
    planned: SourceKey,
    limit: Decimal,
) -> Decimal {
    family
        .contract_side()
        .filter(|member| member.record().key != planned && member.is_postable(context.policy))
        .filter(|member| !member.blocked && stopped_by_what_sap_holds(member).is_none())
        .filter_map(|member| {
            let stated = match &member.record().body {
                RecordBody::Commitment(commitment) => commitment.grand_total,
                RecordBody::ChangeOrder(change) => change.grand_total,
                RecordBody::DirectCost(_) | RecordBody::Requisition(_) => None,
            };
            Some(stated? - member.net_cost_held())
        })
        .filter(|amount| amount.is_sign_negative() != limit.is_sign_negative())
        .sum()
}
