//! What Procore says that the ledger should hold as cost of one record.

use rust_decimal::Decimal;

use super::project::Sides;
use crate::{
    model::{CostRecord, Kind, RecordBody, Requisition, SourceKey},
    plan::{Family, Member, ended, movement},
    policy::OverBilling,
    ports::StoredRecord,
    states::Reason,
};

/// What Procore says that the ledger should hold as cost, without tax: the lines of commitments and
/// change orders in a postable status where cost is recognised when they are approved; what
/// requisitions billed where it is recognised then, and where the commitment was carried over.
pub(super) fn amount(sides: &Sides<'_>, record: &CostRecord, family: Option<&Family>) -> Decimal {
    if record.deleted || !sides.of.policy.is_postable(record.kind(), &record.status) {
        return at_billed(sides, record, family).unwrap_or_default();
    }
    if let Some(amount) = at_billed(sides, record, family) {
        return amount;
    }
    let by_billing = family.filter(|family| {
        family.is_carried_over(sides.of.policy) || !sides.of.policy.basis.recognises_commitments()
    });
    match (&record.body, by_billing) {
        (RecordBody::DirectCost(_), _)
        | (RecordBody::Commitment(_) | RecordBody::ChangeOrder(_), None) => {
            record.lines().iter().map(|line| line.amount).sum()
        }
        (RecordBody::Requisition(_), Some(family)) => movement(family, record.key)
            .map(|moved| moved.total(|item| item.gross))
            .unwrap_or_default(),
        (RecordBody::Requisition(requisition), None) => {
            over_billed(sides, record, requisition, family)
        }
        (RecordBody::Commitment(_) | RecordBody::ChangeOrder(_), Some(_)) => Decimal::ZERO,
    }
}

/// How much of a record's amount the books held at the cut-over: what the opening list says of it, as far as
/// [`amount`] counts the record.
/// The record itself may be gone from Procore.
pub(super) fn opening(sides: &Sides<'_>, stored: &StoredRecord, currency: &str) -> Decimal {
    let Some(entry) = stored.opening.as_ref() else { return Decimal::ZERO };
    let policy = sides.of.policy;
    let counts = match &stored.record.body {
        RecordBody::DirectCost(_) => true,
        RecordBody::Commitment(_) | RecordBody::ChangeOrder(_) => policy.opens_with_commitments(),
        RecordBody::Requisition(_) => {
            let family = sides.families.get(&stored.family());
            family.is_some_and(|family| family.is_carried_over(policy))
                || !policy.basis.recognises_commitments()
        }
    };
    let of_entry = match entry.currency.as_str() {
        "" => sides.currency_of(&stored.record),
        own => own,
    };
    if counts && of_entry == currency { entry.amount } else { Decimal::ZERO }
}

/// What requisitions bill above what is approved, where that is cost: the latest one must leave the
/// family at the excess; what those before it took and gave back is history.
fn over_billed(
    sides: &Sides<'_>,
    record: &CostRecord,
    requisition: &Requisition,
    family: Option<&Family>,
) -> Decimal {
    let Some(family) = family else { return Decimal::ZERO };
    let posts = |member: &Member| {
        sides.of.policy.over_billing == OverBilling::Post || member.decided(Reason::OverBilling)
    };
    let currency = sides.currency_of(record);
    let held = |key: SourceKey| sides.net_cost_of(key, currency);
    let postable =
        || family.requisitions().filter(|(member, _)| member.is_postable(sides.of.policy));
    let Some(approved) = family.approved(sides.of.policy) else { return Decimal::ZERO };
    let holds = |(member, _): (&Member, &Requisition)| !held(member.record().key).is_zero();
    let taken = family.members.iter().any(posts) || postable().any(holds);
    if !taken {
        return Decimal::ZERO;
    }
    if postable().any(|(_, later)| later.sequence > requisition.sequence) {
        return held(record.key);
    }
    let earlier: Decimal = postable()
        .filter(|(_, earlier)| earlier.sequence < requisition.sequence)
        .map(|(member, _)| held(member.record().key))
        .sum();
    // A reduction that is held stands in SAP as contract cost still: the excess begins above it.
    let standing: Decimal = family.contract_side().map(|member| held(member.record().key)).sum();
    (family.billed(sides.of.policy) - approved.max(standing)).max(Decimal::ZERO) - earlier
}

/// What a commitment or a change order is worth whose unbilled remainder was released.
fn at_billed(sides: &Sides<'_>, record: &CostRecord, family: Option<&Family>) -> Option<Decimal> {
    let recognised = sides.of.policy.basis.recognises_commitments();
    let family = family.filter(|_| recognised && record.kind() != Kind::DirectCost)?;
    let member = family.members.iter().find(|member| member.record().key == record.key)?;
    let scale = sides.of.catalog.scale(sides.currency_of(record));
    ended::amount_at_billed(sides.of.policy, scale, family, member)
}
