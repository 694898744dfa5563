//! What a requisition is checked against before it is posted: its ties, what is approved, and the
//! retainage that is held.

use rust_decimal::Decimal;

use super::{Family, Movement, PlanContext, Stop, hold, movement::first_by_line};
use crate::{
    model::{Requisition, SourceKey},
    money,
    states::Reason,
};

/// The three ties of a requisition, each within one unit per item.
pub(super) fn check(
    family: &Family,
    key: SourceKey,
    requisition: &Requisition,
    movement: &Movement,
    scale: u32,
) -> Result<(), Stop> {
    let unit = money::unit(scale);
    let before = family.previous(key).map(|(_, requisition)| requisition.items.as_slice());
    let before = first_by_line(before.unwrap_or_default());
    let fails = |what: String| Err(hold(Reason::DoesNotTie, what));
    for (item, moved) in requisition.items.iter().zip(&movement.items) {
        let previously = item
            .materials_previously_stored
            .or_else(|| before.get(&item.line_item_id).map(|before| before.materials_stored));
        let period = item.work_this_period + item.materials_stored - previously.unwrap_or_default()
            + item.materials_moved;
        if (period - moved.gross).abs() > unit {
            return fails(format!(
                "item {}: the cumulative column moved by {}, work and materials of the period are {period}",
                item.line_item_id, moved.gross
            ));
        }
    }
    let allowance = unit * Decimal::from(requisition.items.len().max(1));
    let net =
        movement.total(|i| i.gross) - movement.total(|i| i.held) + movement.total(|i| i.released);
    if let Some(due) = requisition.current_payment_due {
        let tax = requisition.stated_tax.unwrap_or_default();
        if (net - due).abs() > allowance && (net + tax - due).abs() > allowance {
            return fails(format!(
                "gross less the change of retainage is {net}, current_payment_due says {due}"
            ));
        }
    }
    if let Some(stated) = requisition.completed_and_stored {
        let sum: Decimal = requisition.items.iter().map(|i| i.completed_and_stored).sum();
        if (sum - stated).abs() > allowance {
            return fails(format!(
                "the items are completed and stored to {sum}, the summary says {stated}"
            ));
        }
    }
    Ok(())
}

/// Billed to date by its items.
pub(super) fn billed_to_date(requisition: &Requisition) -> Decimal {
    requisition.items.iter().map(|item| item.completed_and_stored).sum()
}

/// One minor unit per item: what the columns of a requisition may be off by.
pub(super) fn allowance(requisition: &Requisition, scale: u32) -> Decimal {
    money::unit(scale) * Decimal::from(requisition.items.len().max(1))
}

/// More billed than approved would leave `unbilled_account` on the wrong side.
pub(super) fn within_approved(
    context: &PlanContext<'_>,
    family: &Family,
    requisition: &Requisition,
    scale: u32,
) -> Result<(), Stop> {
    let approved = family.approved(context.policy).unwrap_or_else(|| family.net_cost_held());
    let billed = billed_to_date(requisition);
    let allowance = allowance(requisition, scale);
    if billed <= approved + allowance {
        return Ok(());
    }
    Err(hold(
        Reason::OverBilling,
        format!(
            "billed to date is {billed}, approved is {approved}: {} too much",
            billed - approved
        ),
    ))
}

/// No more retainage is released than SAP by key and the opening list hold.
pub(super) fn within_retainage(
    family: &Family,
    requisition: &Requisition,
    held: Decimal,
    released: Decimal,
    scale: u32,
) -> Result<(), Stop> {
    let earlier = |other: &Requisition| other.sequence < requisition.sequence;
    let opening = family
        .commitment()
        .and_then(|parent| parent.stored.opening.as_ref())
        .map(|entry| entry.retained)
        .unwrap_or_default();
    let in_sap = -(family.role_held("held", earlier) + family.role_held("released", earlier));
    let available = opening + in_sap + held;
    let allowance = allowance(requisition, scale);
    if released <= available + allowance {
        return Ok(());
    }
    Err(hold(
        Reason::ReleaseExceedsRetainage,
        format!("{released} is released, {available} is held"),
    ))
}
