//! Change orders whose project changed its tier, or that got a package after they were posted.
//!
//! A change order is keyed by its package, one without a package by itself. Where a package comes
//! later, or the lists of another tier show other records, one that is posted is missing and one that
//! looks new may be the same. Neither is reversed nor posted before a person has matched them: what is
//! missing because the tier changed waits, what is missing while the tier is the same was deleted.

use super::{Family, Member, PlanContext, Stop, hold, standing};
use crate::{model::Kind, resolve::Verb, states::Reason};

/// Stops the first posting of a change order while another one stands in SAP that may be the same.
///
/// # Errors
///
/// `tier_changed`, naming the candidates.
pub(super) fn allows_first(
    context: &PlanContext<'_>,
    family: &Family,
    member: &Member,
) -> Result<(), Stop> {
    if member.decided(Reason::TierChanged) {
        return Ok(());
    }
    let own = member.record();
    let candidates: Vec<String> = family
        .members
        .iter()
        .filter(|other| {
            let record = other.record();
            record.kind().is_change_order()
                && record.key != own.key
                && (is_alike(member, other) || (!is_answered(other) && is_unmatched(member, other)))
                && standing::holds_anything(context, other)
        })
        .map(|other| format!("{} with {}", other.record().key, other.net_cost_held()))
        .collect();
    if candidates.is_empty() {
        return Ok(());
    }
    Err(hold(
        Reason::TierChanged,
        format!(
            "change order {} over {} may stand in SAP already as {}",
            own.number,
            amount(member),
            candidates.join(" or ")
        ),
    ))
}

/// Stops the change of a posted change order that the lists of another tier show with another
/// commitment or amount.
///
/// # Errors
///
/// `tier_changed`.
pub(super) fn allows_change(member: &Member) -> Result<(), Stop> {
    if !member.stored.unmatched || member.decided(Reason::TierChanged) {
        return Ok(());
    }
    Err(hold(
        Reason::TierChanged,
        format!(
            "change order {} stands in SAP with {}; since the project's tier changed Procore shows \
             it with {}",
            member.record().number,
            member.net_cost_held(),
            amount(member)
        ),
    ))
}

/// Stops the reversal of a change order that is missing because its tier changed, or because it has a
/// package by now; a decision to post is that it is another one, and was deleted.
///
/// # Errors
///
/// `tier_changed`, naming the candidates.
pub(super) fn allows_reversal(family: &Family, member: &Member) -> Result<(), Stop> {
    let own = member.record();
    let alike = || {
        let own_kind = own.kind() == Kind::CommitmentChangeOrder;
        let there = |other: &&Member| !other.stored.absent && !other.record().deleted;
        let others = family.members.iter().filter(there);
        others.filter(move |other| own_kind && is_alike(other, member))
    };
    let stops = own.kind().is_change_order()
        && member.stored.absent
        && (member.stored.unmatched || alike().next().is_some());
    if !stops || member.decided(Reason::TierChanged) {
        return Ok(());
    }
    let candidates: Vec<String> =
        alike().map(|other| format!("{} with {}", other.record().key, amount(other))).collect();
    Err(hold(
        Reason::TierChanged,
        format!(
            "change order {} stands in SAP with {} and its list shows it no more since the project's \
             tier changed or it has a package; it may be {}",
            own.number,
            member.net_cost_held(),
            if candidates.is_empty() { "any new one".to_owned() } else { candidates.join(" or ") }
        ),
    ))
}

/// Whether its list does not show it since the project's tier changed.
fn is_missing(member: &Member) -> bool {
    member.stored.absent && member.stored.unmatched
}

/// Whether a posted one was not found again since the project's tier changed: it is missing, or its list
/// was not read in full yet.
fn is_unmatched(member: &Member, other: &Member) -> bool {
    is_missing(other) || shows_others(other.stored.tiers, member.stored.tiers)
}

/// Whether a project's lists show other change orders with this many tiers than they did before: with
/// three, those of packages; else those with their own numbers.
pub(crate) fn shows_others(before: Option<i64>, now: Option<i64>) -> bool {
    matches!((before, now), (Some(before), Some(now)) if (before >= 3) != (now >= 3))
}

/// Whether a person said what a missing one is.
fn is_answered(member: &Member) -> bool {
    let answer = member.stored.decisions.on(Reason::TierChanged);
    answer.is_some_and(|answer| answer.verb == Verb::Skip)
}

/// Whether `own` may be the change order that stands as `other`: under the other kind of key, or
/// missing, with its number or its amount.
fn is_alike(own: &Member, other: &Member) -> bool {
    let (record, before) = (own.record(), other.record());
    let keyed_otherwise = record.kind() != before.kind()
        && record.kind().is_change_order()
        && before.kind().is_change_order();
    (keyed_otherwise || is_missing(other))
        && (record.number == before.number
            || (other.stored.absent && amount(own) == other.net_cost_held()))
}

fn amount(member: &Member) -> rust_decimal::Decimal {
    member.record().lines().iter().map(|line| line.amount).sum()
}
