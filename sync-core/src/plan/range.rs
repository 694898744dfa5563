//! Amounts that no column of SAP holds stop a record before anything is computed with them: the
//! sums of a family are then far from the end of what a decimal number holds, and nothing overflows.

use std::fmt;

use rust_decimal::Decimal;

use super::{Family, Member};
use crate::{
    model::{Fingerprint, Kind, RecordBody, RequisitionItem},
    money::{self, OutOfRange},
    policy::Policy,
    states::{Cause, Reason},
};

/// The first amount of the family that is out of range, as the cause that holds all of its members:
/// none of the family's figures can be trusted with it.
///
/// A record that is not postable and was never posted is in no sum, but for a requisition, whose
/// columns the next one is measured against.
#[must_use]
pub fn out_of_range(policy: &Policy, family: &Family) -> Option<Cause> {
    let counts = |member: &Member| {
        member.is_postable(policy)
            || member.live().next().is_some()
            || member.record().kind() == Kind::Requisition
    };
    // The amounts first: they are far quicker asked than the status.
    family.members.iter().find_map(|member| {
        let (field, error) = first_of(member).filter(|_| counts(member))?;
        let key = member.record().key;
        Some(Cause::new(Reason::AmountOutOfRange, format!("{key}, {field}: {error}")))
    })
}

/// A fingerprint that computes nothing: what a decision on such a record belongs to.
pub(super) fn fingerprint(member: &Member) -> Fingerprint {
    Fingerprint::over(amounts_of(member).map(|(field, amount)| format!("{field}|{amount}")))
}

fn first_of(member: &Member) -> Option<(Field, OutOfRange)> {
    amounts_of(member).find_map(|(field, amount)| Some((field, money::in_range(amount).err()?)))
}

/// Where an amount stands; written out for the one that is told.
#[derive(Clone, Copy, Debug)]
enum Field {
    Header(&'static str),
    Item(i64, &'static str),
    Line(i64),
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Header(name) => f.write_str(name),
            Self::Item(id, name) => write!(f, "item {id} {name}"),
            Self::Line(id) => write!(f, "line {id}"),
        }
    }
}

/// Every amount that a record states, with its place.
fn amounts_of(member: &Member) -> impl Iterator<Item = (Field, Decimal)> {
    let record = member.record();
    let (header, items): ([(&'static str, Option<Decimal>); 3], &[RequisitionItem]) =
        match &record.body {
            RecordBody::Commitment(commitment) => (
                [
                    ("grand_total", commitment.grand_total),
                    ("approved_change_orders", commitment.approved_change_orders),
                    ("", None),
                ],
                &[],
            ),
            RecordBody::ChangeOrder(change) => {
                ([("grand_total", change.grand_total), ("", None), ("", None)], &[])
            }
            RecordBody::DirectCost(cost) => (
                [
                    ("grand_total", cost.total),
                    ("tax_breakdown.subtotal", cost.subtotal),
                    ("tax_breakdown.tax_total", cost.stated_tax),
                ],
                &[],
            ),
            RecordBody::Requisition(requisition) => (
                [
                    ("current_payment_due", requisition.current_payment_due),
                    ("tax_applicable_to_this_payment", requisition.stated_tax),
                    ("total_completed_and_stored_to_date", requisition.completed_and_stored),
                ],
                &requisition.items,
            ),
        };
    let header = header.into_iter().map(|(name, amount)| (Field::Header(name), amount));
    let lines = record.lines().iter().map(|line| (Field::Line(line.id), Some(line.amount)));
    let every = header.chain(items.iter().flat_map(of_item)).chain(lines);
    every.filter_map(|(field, amount)| Some((field, amount?)))
}

fn of_item(item: &RequisitionItem) -> [(Field, Option<Decimal>); 7] {
    let named = |what, amount| (Field::Item(item.line_item_id, what), amount);
    [
        named("completed and stored", Some(item.completed_and_stored)),
        named("work this period", Some(item.work_this_period)),
        named("materials stored", Some(item.materials_stored)),
        named("materials moved", Some(item.materials_moved)),
        named("retainage held", Some(item.retainage_held_to_date)),
        named("retainage released", Some(item.retainage_released)),
        named("materials previously stored", item.materials_previously_stored),
    ]
}
