//! What a requisition waits for besides its commitment.

use rust_decimal::Decimal;

use super::{Family, Member, PlanContext, fingerprints, opening, standing};
use crate::{
    model::{Requisition, SourceKey},
    money,
    states::{Cause, Reason, RecordState},
};

/// A requisition posts when the one before it stands at the amount that it is measured against.
pub(super) fn for_previous(
    context: &PlanContext<'_>,
    family: &Family,
    member: &Member,
) -> Option<Cause> {
    let (previous, _) = family.previous(member.record().key)?;
    // What was posted and reversed is not posted: a first posting would leave its part out.
    let reversed = member.live().next().is_none() && !previous.is_postable(context.policy);
    let settled = matches!(
        previous.stored.state,
        RecordState::Posted
            | RecordState::Unchanged
            | RecordState::NothingToPost
            | RecordState::Opening
            | RecordState::Skipped
    );
    // A predecessor that is held or rejected after a change stands at another amount than this
    // requisition is measured against.
    let stands = previous.stored.state != RecordState::Waiting
        && previous.stands_whole(revision_of(&previous.stored.fingerprint));
    (previous.is_undecided() || reversed || !(settled || stands)).then(|| {
        Cause::new(
            Reason::WaitingForPrevious,
            format!(
                "requisition {} ({}) is {}",
                previous.record().number,
                previous.record().key,
                previous.stored.state
            ),
        )
    })
}

/// A requisition of the commitment that left its status, or was deleted, and still stands in SAP or on the
/// opening list: until it is reversed, what it billed must not be billed again by the one that replaces it.
pub(super) fn for_one_that_left(
    context: &PlanContext<'_>,
    family: &Family,
    key: SourceKey,
) -> Option<Cause> {
    let (left, _) = family.requisitions().find(|(other, _)| {
        other.record().key != key
            && !other.is_postable(context.policy)
            && stands(context, family, other)
    })?;
    Some(Cause::new(
        Reason::WaitingForPrevious,
        format!(
            "requisition {} ({}) left its status and still stands in SAP; it is {}",
            left.record().number,
            left.record().key,
            match (&left.stored.cause, left.stored.state) {
                (Some(cause), state) => format!("{state}: {}", cause.reason),
                (None, state) => state.to_string(),
            }
        ),
    ))
}

/// Whether anything of a requisition that left stands. What the opening list holds of one is no document:
/// it stands until documents say that all of it was taken back.
fn stands(context: &PlanContext<'_>, family: &Family, left: &Member) -> bool {
    if opening::counts(context.policy, &left.stored) {
        return !fingerprints::stands_whole(context, family, left);
    }
    standing::holds_anything(context, left)
}

/// A requisition is measured against what SAP holds of commitment and change orders: where they stand
/// in another branch or currency still, or were taken back and not posted anew yet, that is not what
/// Procore says of them.
pub(super) fn for_contract(
    context: &PlanContext<'_>,
    family: &Family,
    member: &Member,
) -> Option<Cause> {
    let settled = [
        RecordState::Posted,
        RecordState::Unchanged,
        RecordState::NothingToPost,
        RecordState::Skipped,
    ];
    family.contract_side().find_map(|other| {
        let taken_back = other.live().next().is_some()
            && other.is_postable(context.policy)
            && !settled.contains(&other.stored.state)
            && !standing::holds_anything(context, other);
        let problem = match standing::elsewhere(context, member, other) {
            Some(place) => format!("stands in {place} still"),
            None if taken_back => "was taken back and is not posted anew yet".to_owned(),
            None => return None,
        };
        let record = other.record();
        let detail = format!("{} ({}) {problem}", record.number, record.key);
        Some(Cause::new(Reason::WaitingForParent, detail))
    })
}

/// More billed within what is approved than SAP holds of commitment and change orders: a
/// change order is still held or waiting, and its share must be in SAP before it is billed.
pub(super) fn for_change_orders(
    family: &Family,
    billed: Decimal,
    requisition: &Requisition,
    scale: u32,
) -> Option<Cause> {
    let in_sap = family.net_cost_held();
    let allowance = money::unit(scale) * Decimal::from(requisition.items.len().max(1));
    (billed > in_sap + allowance).then(|| {
        Cause::new(
            Reason::WaitingForParent,
            format!(
                "billed to date is {billed}, SAP holds {in_sap} of the commitment and its change orders"
            ),
        )
    })
}

/// The revision of a stored fingerprint; empty before the first plan.
fn revision_of(fingerprint: &str) -> &str {
    fingerprint.get(..16).unwrap_or_default()
}
