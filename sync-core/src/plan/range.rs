//! Amounts that no column of SAP holds stop a record before anything is computed with them: the
//! sums of a family are then far from the end of what a decimal number holds, and nothing overflows.

use rust_decimal::Decimal;

use super::{Family, Member};
use crate::{
    model::{CostLine, Fingerprint, Kind, RecordBody, RequisitionItem},
    money::{self, OutOfRange},
    policy::Policy,
    states::{Cause, Reason},
};

/// The first amount of the family that is out of range, as the cause that holds all of its members:
/// none of the family's figures can be trusted with it.
///
/// A record that is not postable and was never posted is in no sum, but for a requisition, whose
/// columns the next one is measured against.
pub(super) fn out_of_range(policy: &Policy, family: &Family) -> Option<Cause> {
    let counts = |member: &&Member| {
        member.is_postable(policy)
            || member.live().next().is_some()
            || member.record().kind() == Kind::Requisition
    };
    family.members.iter().filter(counts).find_map(|member| {
        let (field, error) = first_of(member)?;
        let key = member.record().key;
        Some(Cause::new(Reason::AmountOutOfRange, format!("{key}, {field}: {error}")))
    })
}

/// A fingerprint that computes nothing: what a decision on such a record belongs to.
pub(super) fn fingerprint(member: &Member) -> Fingerprint {
    let amounts = amounts_of(member);
    Fingerprint::over(amounts.iter().map(|(field, amount)| format!("{field}|{amount}")))
}

fn first_of(member: &Member) -> Option<(String, OutOfRange)> {
    let amounts = amounts_of(member).into_iter();
    amounts.filter_map(|(field, amount)| Some((field, money::in_range(amount).err()?))).next()
}

/// Every amount that a record states, with the field's name.
fn amounts_of(member: &Member) -> Vec<(String, Decimal)> {
    let record = member.record();
    let mut amounts: Vec<(String, Decimal)> = Vec::new();
    let mut say = |field: &str, amount: Option<Decimal>| {
        amounts.extend(amount.map(|amount| (field.to_owned(), amount)));
    };
    match &record.body {
        RecordBody::Commitment(commitment) => {
            say("grand_total", commitment.grand_total);
            say("approved_change_orders", commitment.approved_change_orders);
        }
        RecordBody::ChangeOrder(change) => say("grand_total", change.grand_total),
        RecordBody::DirectCost(cost) => {
            say("grand_total", cost.total);
            say("tax_breakdown.subtotal", cost.subtotal);
            say("tax_breakdown.tax_total", cost.stated_tax);
        }
        RecordBody::Requisition(requisition) => {
            say("current_payment_due", requisition.current_payment_due);
            say("tax_applicable_to_this_payment", requisition.stated_tax);
            say("total_completed_and_stored_to_date", requisition.completed_and_stored);
            amounts.extend(requisition.items.iter().flat_map(of_item));
        }
    }
    amounts.extend(record.lines().iter().map(of_line));
    amounts
}

fn of_line(line: &CostLine) -> (String, Decimal) {
    (format!("line {}", line.id), line.amount)
}

fn of_item(item: &RequisitionItem) -> Vec<(String, Decimal)> {
    let named =
        |what: &str, amount: Decimal| (format!("item {} {what}", item.line_item_id), amount);
    let mut amounts = vec![
        named("completed and stored", item.completed_and_stored),
        named("work this period", item.work_this_period),
        named("materials stored", item.materials_stored),
        named("materials moved", item.materials_moved),
        named("retainage held", item.retainage_held_to_date),
        named("retainage released", item.retainage_released),
    ];
    let previously = item.materials_previously_stored;
    amounts.extend(previously.map(|amount| named("materials previously stored", amount)));
    amounts
}
