//! What Procore says that the ledger should hold as cost of one record.
//!
//! Only of records whose family states no amount that SAP's columns cannot hold: of the others nothing is
//! computed, here as in planning.

use rust_decimal::Decimal;

use super::sides::Sides;
use crate::{
    model::{CostRecord, Kind, RecordBody, Requisition, SourceKey},
    money::saturated,
    plan::{Family, Member, ended, movement, rounded_alone},
    policy::OverBilling,
    ports::StoredRecord,
    states::{Reason, RecordState},
};

/// What Procore says of one record, to its last digit and as its lines come to if each is rounded alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Stated {
    /// The exact amount.
    pub(super) exact: Decimal,
    /// The same with each line rounded alone; of a requisition, with each column of an item.
    pub(super) rounded: Decimal,
    /// Whether it is the sum of the record's own lines, so that a unit moved onto one of them is in what
    /// SAP holds as cost. Encumbered lines are no cost.
    pub(super) of_lines: bool,
}

impl Stated {
    /// What rounding adds.
    pub(super) fn added(self) -> Decimal {
        self.rounded - self.exact
    }

    fn in_units(amount: Decimal) -> Self {
        Self { exact: amount, rounded: amount, of_lines: false }
    }
}

/// What Procore says that the ledger should hold as cost, without tax: the lines of commitments and
/// change orders in a postable status where cost is recognised when they are approved; what
/// requisitions billed where it is recognised then, and where the commitment was carried over.
pub(super) fn stated(sides: &Sides<'_>, record: &CostRecord, family: Option<&Family>) -> Stated {
    if let Some(billed) = at_billed(sides, record, family) {
        return Stated::in_units(billed);
    }
    let postable = sides.of.policy.is_postable(record.kind(), &record.status);
    if record.deleted || !postable || went_with_commitment(sides, record) {
        return Stated::default();
    }
    let by_billing = family.filter(|family| {
        family.is_carried_over(sides.of.policy) || !sides.of.policy.basis.recognises_commitments()
    });
    let round = |amount| sides.round(record, amount);
    match (&record.body, by_billing) {
        (RecordBody::DirectCost(_), _)
        | (RecordBody::Commitment(_) | RecordBody::ChangeOrder(_), None) => Stated {
            exact: saturated(record.lines().iter().map(|line| line.amount)),
            rounded: rounded_alone(sides.of.policy, record, sides.scale_of(record)),
            of_lines: true,
        },
        (RecordBody::Requisition(_), Some(family)) => {
            let items = movement(family, record.key).map(|moved| moved.items).unwrap_or_default();
            Stated {
                exact: saturated(items.iter().map(|item| item.gross)),
                rounded: saturated(items.iter().map(|item| item.gross_rounded(round))),
                of_lines: false,
            }
        }
        (RecordBody::Requisition(requisition), None) => {
            over_billed(sides, record, requisition, family)
        }
        (RecordBody::Commitment(_) | RecordBody::ChangeOrder(_), Some(_)) => Stated::default(),
    }
}

/// How much of a record's amount the books held at the cut-over: what the opening list says of it, as far
/// as [`stated`] counts the record; rounded as its lines stand on the list. The record itself may be gone
/// from Procore.
pub(super) fn opening(sides: &Sides<'_>, stored: &StoredRecord, currency: &str) -> Stated {
    let Some(entry) = stored.opening.as_ref() else { return Stated::default() };
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
    if !counts || of_entry != currency {
        return Stated::default();
    }
    let lines = entry.lines.iter().map(|line| line.amount);
    let rounded = if entry.knows_its_lines() { saturated(lines) } else { entry.amount };
    Stated { exact: entry.amount, rounded, of_lines: false }
}

/// Whether a change order that is approved still was taken back with its commitment, which left its
/// postable status.
pub(super) fn went_with_commitment(sides: &Sides<'_>, record: &CostRecord) -> bool {
    let Some((family, member)) = sides.member(record) else { return false };
    let left = family.commitment().is_some_and(|parent| !parent.is_postable(sides.of.policy));
    // Before it is taken back it settles, and one that was never posted waits for its commitment.
    let settled = [RecordState::Posted, RecordState::Unchanged, RecordState::NotPostable];
    record.kind().is_change_order() && left && settled.contains(&member.stored.state)
}

/// What requisitions bill above what is approved, where that is cost: the latest one must leave the
/// family at the excess; what those before it took and gave back is history.
fn over_billed(
    sides: &Sides<'_>,
    record: &CostRecord,
    requisition: &Requisition,
    family: Option<&Family>,
) -> Stated {
    let nothing = Stated::default();
    let Some(family) = family else { return nothing };
    let posts = |member: &Member| {
        sides.of.policy.over_billing == OverBilling::Post || member.decided(Reason::OverBilling)
    };
    let currency = sides.currency_of(record);
    let held = |key: SourceKey| sides.net_cost_of(key, currency);
    let postable =
        || family.requisitions().filter(|(member, _)| member.is_postable(sides.of.policy));
    let Some(approved) = family.approved(sides.of.policy) else { return nothing };
    let holds = |(member, _): (&Member, &Requisition)| !held(member.record().key).is_zero();
    let taken = family.members.iter().any(posts) || postable().any(holds);
    if !taken {
        return nothing;
    }
    if postable().any(|(_, later)| later.sequence > requisition.sequence) {
        return Stated::in_units(held(record.key));
    }
    let earlier = saturated(
        postable()
            .filter(|(_, earlier)| earlier.sequence < requisition.sequence)
            .map(|(member, _)| held(member.record().key)),
    );
    // A reduction that is held stands in SAP as contract cost still: the excess begins above it.
    let standing = saturated(family.contract_side().map(|member| held(member.record().key)));
    let excess = |billed: Decimal, approved: Decimal| {
        (billed - approved.max(standing)).max(Decimal::ZERO) - earlier
    };
    let round = |amount| sides.round(record, amount);
    let items = requisition.items.iter().map(|item| round(item.completed_and_stored));
    Stated {
        exact: excess(family.billed(sides.of.policy), approved),
        rounded: excess(saturated(items), round(approved)),
        of_lines: false,
    }
}

/// What a commitment or a change order is worth whose unbilled remainder was released.
fn at_billed(sides: &Sides<'_>, record: &CostRecord, family: Option<&Family>) -> Option<Decimal> {
    let recognised = sides.of.policy.basis.recognises_commitments();
    let family = family.filter(|_| recognised && record.kind() != Kind::DirectCost)?;
    let member = family.members.iter().find(|member| member.record().key == record.key)?;
    worth_at_billed(sides, family, member)
}

/// What a member of the commitment's side is worth where the unbilled remainder was released.
pub(super) fn worth_at_billed(
    sides: &Sides<'_>,
    family: &Family,
    member: &Member,
) -> Option<Decimal> {
    let policy = sides.of.policy;
    let stands = |other: &Member| {
        let key = other.record().key;
        let listed = other.stored.opening.as_ref().filter(|_| policy.opens_with_commitments());
        let has_documents = listed.is_some() || sides.documents.contains_key(&key);
        let listed = listed.map(|entry| entry.amount).unwrap_or_default();
        let cost = listed + sides.net_cost_of(key, sides.currency_of(other.record()));
        // What is encumbered is no cost.
        has_documents.then_some(!policy.basis.recognises_commitments() || !cost.is_zero())
    };
    ended::amount_at_billed(policy, sides.scale_of(member.record()), family, member, stands)
}
