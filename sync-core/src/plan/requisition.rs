//! Requisitions on the basis `commitment`: what a subcontractor bills moves from unbilled to
//! payable, and to retainage.
//!
//! ```text
//! Dr vendor on unbilled_account   gross + its share of the invoices' tax
//!    Cr vendor on trade account      gross + tax - held + released
//!    Cr retainage                    held
//! Dr retainage                    released
//! ```
//!
//! A commitment that was carried over at the cut-over has no unbilled amount in SAP: its
//! requisitions post cost instead (Dr GL account + profit center per item).

use rust_decimal::Decimal;

use super::{
    Decision, Family, Member, Movement, Plan, PlanContext, Stop, commitment,
    dates::{self, Dates},
    delta::{self, DeltaLine},
    direct_cost::other_lines,
    documents::{self, Writer, balance_sheet, local_currency_only, role_line, trade_account},
    family::role_amount,
    hold,
    lines::TargetLine,
    movement, waiting,
};
use crate::{
    catalog::Partner,
    model::{Coding, JournalLine, JournalTarget, LineMark, Requisition, SourceKey},
    money,
    policy::{OnChange, TaxInJournal},
    states::{Finding, FindingKind, Reason},
};

/// The amounts of a requisition's journal entry, rounded.
struct Amounts {
    items: Vec<Decimal>,
    gross: Decimal,
    held: Decimal,
    released: Decimal,
}

pub(super) fn plan(
    context: &PlanContext<'_>,
    family: &Family,
    index: usize,
    plan: &mut Plan,
) -> Result<Decision, Stop> {
    let member = &family.members[index];
    let key = member.record().key;
    let Some((_, requisition)) = family.requisitions().find(|(m, _)| m.record().key == key) else {
        return Ok(Decision::NotPostable);
    };
    local_currency_only(context, member)?;
    let carried_over = family.is_carried_over();
    if !carried_over && !family.commitment_stands() {
        return Ok(Decision::Wait(commitment::waiting_for_parent(family, member)));
    }
    if let Some(cause) = waiting::for_previous(context, family, member) {
        return Ok(Decision::Wait(cause));
    }
    let is_first = member.live().next().is_none();
    if let Some(cause) = waiting::for_one_that_left(context, family, key).filter(|_| is_first) {
        return Ok(Decision::Wait(cause));
    }
    let dates = if is_first {
        let earliest = dates::of_commitment(family.commitment()).filter(|_| !carried_over);
        dates::first(context, member, earliest, plan)?
    } else {
        Dates { posting: context.today, tax: context.today }
    };
    let movement = movement(family, key).unwrap_or_default();
    let scale = context.catalog.scale(&context.currency_of(member.record()));
    ties(family, key, requisition, &movement, scale)?;
    let newest = member.live().max_by_key(|document| document.key.sequence);
    if newest.is_some_and(|document| document.revision == plan.fingerprint.revision()) {
        return Ok(Decision::Unchanged);
    }
    let amounts = rounded(context, &movement, scale)?;
    within_approved(context, family, requisition, scale, carried_over)?;
    if !carried_over && let Some(cause) = waiting::for_change_orders(family, requisition, scale) {
        return Ok(Decision::Wait(cause));
    }
    within_retainage(family, requisition, &amounts, scale)?;
    let wanted = wanted(context, family, member, requisition, &movement, &amounts, dates, plan)?;
    post_difference(context, family, member, plan, wanted, is_first, dates)
}

/// The three ties of a requisition, each within one unit per item.
fn ties(
    family: &Family,
    key: SourceKey,
    requisition: &Requisition,
    movement: &Movement,
    scale: u32,
) -> Result<(), Stop> {
    let unit = money::unit(scale);
    let before = family.previous(key).map(|(_, requisition)| requisition);
    let fails = |what: String| Err(hold(Reason::DoesNotTie, what));
    for (item, moved) in requisition.items.iter().zip(&movement.items) {
        let previously = item.materials_previously_stored.or_else(|| {
            let items = &before?.items;
            items.iter().find(|i| i.line_item_id == item.line_item_id).map(|i| i.materials_stored)
        });
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

fn rounded(context: &PlanContext<'_>, movement: &Movement, scale: u32) -> Result<Amounts, Stop> {
    let round = |amount: Decimal| context.policy.rounding.round(amount, scale);
    let items: Vec<Decimal> = movement.items.iter().map(|item| item.gross_rounded(round)).collect();
    let sum = |amounts: Vec<Decimal>| {
        money::sum(amounts).map_err(|error| hold(Reason::AmountOutOfRange, error.to_string()))
    };
    Ok(Amounts {
        gross: sum(items.clone())?,
        held: sum(movement.items.iter().map(|item| round(item.held)).collect())?,
        released: sum(movement.items.iter().map(|item| round(item.released)).collect())?,
        items,
    })
}

pub(super) fn billed_to_date(requisition: &Requisition) -> Decimal {
    requisition.items.iter().map(|item| item.completed_and_stored).sum()
}

/// More billed than approved would leave `unbilled_account` on the wrong side.
fn within_approved(
    context: &PlanContext<'_>,
    family: &Family,
    requisition: &Requisition,
    scale: u32,
    carried_over: bool,
) -> Result<(), Stop> {
    if carried_over {
        return Ok(());
    }
    let approved = family.approved(context.policy).unwrap_or_else(|| family.net_cost_held());
    let billed = billed_to_date(requisition);
    let allowance = money::unit(scale) * Decimal::from(requisition.items.len().max(1));
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
fn within_retainage(
    family: &Family,
    requisition: &Requisition,
    amounts: &Amounts,
    scale: u32,
) -> Result<(), Stop> {
    let earlier = |other: &Requisition| other.sequence < requisition.sequence;
    let opening = family
        .commitment()
        .and_then(|parent| parent.stored.opening.as_ref())
        .map(|entry| entry.retained)
        .unwrap_or_default();
    let in_sap = -(family.role_held("held", earlier) + family.role_held("released", earlier));
    let available = opening + in_sap + amounts.held;
    let allowance = money::unit(scale) * Decimal::from(requisition.items.len().max(1));
    if amounts.released <= available + allowance {
        return Ok(());
    }
    Err(hold(
        Reason::ReleaseExceedsRetainage,
        format!("{} is released, {available} is held", amounts.released),
    ))
}

/// The part of the commitment documents' tax that this requisition moves: cumulative by what is
/// billed, never above it; the requisition that completes the billing takes the rest.
fn tax_share(
    context: &PlanContext<'_>,
    family: &Family,
    requisition: &Requisition,
    scale: u32,
) -> Decimal {
    let (tax, net) = (family.tax_held(), family.net_cost_held());
    if tax.is_zero() || net.is_zero() {
        return Decimal::ZERO;
    }
    let billed = billed_to_date(requisition);
    let cumulative = if billed.abs() >= net.abs() {
        tax
    } else {
        let exact = tax.checked_mul(billed).map(|product| product / net).unwrap_or(tax);
        context.policy.rounding.round(exact, scale)
    };
    // What earlier requisitions moved above their gross was tax.
    let earlier = |other: &Requisition| other.sequence < requisition.sequence;
    let unbilled = family.role_held("unbilled", earlier);
    let gross: Decimal = family
        .requisitions()
        .filter(|(member, other)| earlier(other) && member.live().next().is_some())
        .filter_map(|(member, _)| movement(family, member.record().key))
        .map(|moved| {
            let round = |amount| context.policy.rounding.round(amount, scale);
            moved.items.iter().map(|item| item.gross_rounded(round)).sum::<Decimal>()
        })
        .sum();
    cumulative - (unbilled - gross)
}

#[expect(clippy::too_many_arguments, reason = "the figures of one template, each used once")]
fn wanted(
    context: &PlanContext<'_>,
    family: &Family,
    member: &Member,
    requisition: &Requisition,
    movement: &Movement,
    amounts: &Amounts,
    dates: Dates,
    plan: &mut Plan,
) -> Result<Vec<JournalLine>, Stop> {
    let partner = documents::partner(context, family, member)?;
    let writer = Writer::new(context, family, member, plan)?;
    let row = writer.row();
    let scale = context.catalog.scale(&context.currency_of(member.record()));
    let text = |what: &str| format!("{what} {}", member.record().number);
    let carried_over = family.is_carried_over();
    let on_unbilled = context.policy.unbilled_account.as_deref().filter(|_| !carried_over);

    let share =
        if carried_over { Decimal::ZERO } else { tax_share(context, family, requisition, scale) };
    let stated = context.policy.rounding.round(requisition.stated_tax.unwrap_or_default(), scale);
    let own_tax =
        if share.is_zero() && family.tax_held().is_zero() { stated } else { Decimal::ZERO };
    if own_tax.is_zero() && stated != share {
        plan.findings.push(Finding {
            kind: FindingKind::TaxDiffers,
            detail: format!("Procore states a tax of {stated}; the share of SAP's tax is {share}"),
        });
    }
    let mut lines = Vec::new();
    let mut gross_posted = amounts.gross + share;
    match on_unbilled {
        Some(unbilled) => {
            let place =
                balance_sheet(context, row, unbilled, "posting.unbilled_account", Some(partner))?;
            lines.push(role_line("unbilled", place, gross_posted, text("billed")));
        }
        None if carried_over => {
            lines.extend(item_lines(context, member, movement, amounts, dates)?)
        }
        // The invoice stands on the trade account: only retainage moves.
        None => gross_posted = Decimal::ZERO,
    }
    lines.extend(stated_tax(context, &writer, own_tax)?);
    let payable = gross_posted + own_tax - amounts.held + amounts.released;
    lines.push(payable_line(
        context,
        partner,
        row.sap_project.clone(),
        -payable,
        text("payable"),
        dates,
    )?);
    if !(amounts.held.is_zero() && amounts.released.is_zero()) {
        let account = context.policy.retainage_account.as_deref().ok_or_else(|| {
            hold(
                Reason::AccountInvalid,
                "the requisition moves retainage and posting.retainage_account is not set",
            )
        })?;
        let place =
            balance_sheet(context, row, account, "posting.retainage_account", Some(partner))?;
        let card = format!("{} {}", partner.card_code, member.record().number);
        lines.push(role_line(
            "held",
            place.clone(),
            -amounts.held,
            format!("retainage held {card}"),
        ));
        lines.push(role_line(
            "released",
            place,
            amounts.released,
            format!("retainage released {card}"),
        ));
    }
    Ok(lines)
}

fn payable_line(
    context: &PlanContext<'_>,
    partner: &Partner,
    project: Option<String>,
    amount: Decimal,
    text: String,
    dates: Dates,
) -> Result<JournalLine, Stop> {
    let target = JournalTarget::Partner {
        card_code: partner.card_code.clone(),
        control_account: trade_account(partner)?,
        project,
    };
    let mut line = role_line("payable", target, amount, text);
    line.due_date = Some(documents::due_date(context, partner, dates.posting)?);
    Ok(line)
}

/// Stated tax of a requisition whose commitment documents carry none.
fn stated_tax(
    context: &PlanContext<'_>,
    writer: &Writer<'_>,
    tax: Decimal,
) -> Result<Vec<JournalLine>, Stop> {
    if tax.is_zero() {
        return Ok(Vec::new());
    }
    match &context.policy.tax_in_journal {
        TaxInJournal::Account(account) => {
            let place = balance_sheet(context, writer.row(), account, "posting.tax_account", None)?;
            Ok(vec![role_line("tax", place, tax, "tax".to_owned())])
        }
        TaxInJournal::Hold => Err(hold(
            Reason::TaxNotConfigured,
            format!("Procore states a tax of {tax}; posting.tax_in_journal is hold"),
        )),
        TaxInJournal::Cost => Err(hold(
            Reason::TaxNotConfigured,
            format!(
                "Procore states a tax of {tax}; tax_in_journal = cost is not built yet for \
                 requisitions, name a tax_account"
            ),
        )),
    }
}

/// The cost lines of a carried-over commitment's requisition.
fn item_lines(
    context: &PlanContext<'_>,
    member: &Member,
    movement: &Movement,
    amounts: &Amounts,
    dates: Dates,
) -> Result<Vec<JournalLine>, Stop> {
    let record = member.record();
    let mut lines = Vec::new();
    for (item, amount) in movement.items.iter().zip(&amounts.items) {
        if amount.is_zero() {
            continue;
        }
        let Some(coding) = &item.coding else {
            return Err(hold(
                Reason::CostCodeUnmapped,
                format!("item {} of {} has no cost code in Procore", item.line_item_id, record.key),
            ));
        };
        let (mut place, _) = context
            .mapping
            .find(record.key.project, coding, dates.posting)
            .map_err(|e| super::lines::unmapped_hold(record, &e, item.line_item_id, *amount))?;
        if let Some(account) = context.catalog.account(&place.account) {
            place.account.clone_from(&account.code);
        }
        lines.push(JournalLine {
            mark: LineMark::Line(item.line_item_id),
            target: JournalTarget::Account(Coding { tax_code: None, ..place }),
            amount: *amount,
            due_date: None,
            payment_block: false,
            description: format!("{} {}", coding.token(), item.description.trim()),
        });
    }
    Ok(lines)
}

fn post_difference(
    context: &PlanContext<'_>,
    family: &Family,
    member: &Member,
    plan: &mut Plan,
    wanted: Vec<JournalLine>,
    is_first: bool,
    dates: Dates,
) -> Result<Decision, Stop> {
    let cost: Vec<TargetLine> = wanted
        .iter()
        .filter_map(|line| match (&line.mark, &line.target) {
            (LineMark::Line(id), JournalTarget::Account(coding)) => Some(TargetLine {
                id: *id,
                amount: line.amount,
                coding: coding.clone(),
                text: line.description.clone(),
            }),
            _ => None,
        })
        .collect();
    let mut change: Vec<JournalLine> =
        delta::cost(member, &cost, context.policy.lines_max, |_| true)
            .into_iter()
            .map(DeltaLine::into_journal_line)
            .collect();
    change.extend(other_lines(member, wanted));
    if change.is_empty() {
        return Ok(if is_first { Decision::NothingToPost } else { Decision::Unchanged });
    }
    if !is_first && context.policy.on_change == OnChange::Hold {
        let payable: Decimal = member.live().map(|document| role_amount(document, "payable")).sum();
        return Err(hold(
            Reason::ChangedAfterPosting,
            format!("SAP holds {} payable for the requisition, and Procore changed it", -payable),
        ));
    }
    let dates = if is_first { dates } else { dates::change(context, plan)? };
    let mut writer = Writer::new(context, family, member, plan)?;
    writer.journal_entry(change, dates);
    writer.finish()
}
