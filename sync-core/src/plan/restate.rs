//! `on_change = "restate"`: what stands of a changed record is taken back in full, and the record is
//! posted anew as it is now, on the day the change was seen.
//!
//! A restatement and the adjustments in its place leave the same balances; it only shows the record in
//! one document. Taking back is posting the reverse, under a sequence of its own: an A/P document by a
//! document of the other kind, a journal entry by an entry with its sides turned. What was paid, closed
//! or stands in a closed period is adjusted instead, and the finding says so.

use rust_decimal::Decimal;

use super::{
    Decision, Family, Member, Plan, PlanContext, Stop, by_kind, dates, leaving, opening, standing,
    whole,
};
use crate::{
    catalog::PeriodStatus,
    policy::OnChange,
    states::{Finding, FindingKind},
};

/// The restatement in place of an adjustment, where the policy asks for one and nothing stands against
/// it; every other decision as it is.
pub(super) fn instead(
    context: &PlanContext<'_>,
    family: &Family,
    index: usize,
    plan: &mut Plan,
    decision: Decision,
) -> Decision {
    let member = &family.members[index];
    let changes = matches!(decision, Decision::Post(_)) && member.live().next().is_some();
    // Where everything is taken back already, the adjustment is the record in full, or the rest of it.
    let restates = changes
        && standing::holds_anything(context, member)
        && !member.stands_in_part(&plan.fingerprint);
    if !restates || context.policy.on_change != OnChange::Restate {
        return decision;
    }
    let restated = match obstacle(context, member) {
        Some(obstacle) => Err(obstacle),
        None => restated(context, family, index, plan),
    };
    restated.unwrap_or_else(|obstacle| {
        plan.findings.push(Finding {
            kind: FindingKind::NotRestated,
            detail: format!("adjusted, not restated: {obstacle}"),
        });
        decision
    })
}

/// What keeps a record's documents from being taken back.
fn obstacle(context: &PlanContext<'_>, member: &Member) -> Option<String> {
    if member.live().any(opening::is_opening) {
        return Some("the books held part of it before the cut-over".to_owned());
    }
    member.live().find_map(|document| {
        let named = document.named();
        let day = document.posting_date;
        let open = context.catalog.period_of(day).is_some_and(|p| p.status == PeriodStatus::Open);
        let of_lines: Decimal = document.lines.iter().map(|line| line.paid).sum();
        let paid = document.paid + of_lines;
        if !paid.is_zero() {
            Some(format!("{named} has payments of {paid}"))
        } else if !document.open {
            Some(format!("{named} is closed in SAP"))
        } else if !open {
            Some(format!("{named} stands on {day} in a closed period"))
        } else {
            None
        }
    })
}

/// The reversal of all that stands, then the record in full. Nothing is held over it: what would be is
/// adjusted instead.
fn restated(
    context: &PlanContext<'_>,
    family: &Family,
    index: usize,
    plan: &mut Plan,
) -> Result<Decision, String> {
    anew(context, family, index, plan).or_else(|stop| match stop {
        // A rate that nobody asked for yet is no obstacle.
        rate @ Decision::NeedsRate { .. } => Ok(rate),
        Decision::Hold(cause) | Decision::Wait(cause) => Err(cause.detail),
        other => Err(format!("{other:?}")),
    })
}

/// The documents that take back all that stands of a record, and those that post it in full.
///
/// # Errors
///
/// What stops either of them.
pub(super) fn anew(
    context: &PlanContext<'_>,
    family: &Family,
    index: usize,
    plan: &mut Plan,
) -> Result<Decision, Stop> {
    let member = &family.members[index];
    let day = dates::seen(context, member, plan).posting;
    let context = &PlanContext { restated_on: Some(day), ..*context };
    let mut aside = Plan { findings: Vec::new(), ..plan.clone() };
    let mut postings = match leaving::taken_back(context, family, member, &mut aside)? {
        Decision::Post(postings) => postings,
        other => return Err(other),
    };
    whole::mark_taken_back(&mut postings, &plan.fingerprint);
    let mut empty = family.clone();
    let anew = &mut empty.members[index];
    let used = u32::try_from(postings.len()).unwrap_or(u32::MAX);
    anew.stored.sequence = (member.next_sequence() - 1).saturating_add(used);
    anew.set_aside = member.last_numbered().saturating_add(used);
    anew.stored.documents.clear();
    anew.held.clear();
    match by_kind(context, &empty, index, &mut aside) {
        Decision::Post(more) => {
            postings.extend(more);
            (plan.places, plan.rounding) = (aside.places, aside.rounding);
        }
        Decision::NothingToPost => {}
        other => return Err(other),
    }
    // The findings of the adjustment are those of the record; the restatement adds none of its own.
    Ok(Decision::Post(postings))
}
