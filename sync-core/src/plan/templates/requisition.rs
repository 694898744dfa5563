//! What requisitions post, by template.
//!
//! ```text
//! journal entry   Dr vendor on unbilled_account | accrued_account | cost per item     gross (+ tax)
//!                    Cr vendor on the trade account      gross + tax - held + released
//!                    Cr retainage held;  Dr retainage released
//! A/P invoice     cost per item; a negative line to retainage for held, a positive one for released;
//!                 net below zero: A/P credit memo
//! ```

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::{
    super::{
        Family, Member, Movement, Plan, PlanContext, Stop,
        dates::Dates,
        delta::Layer,
        documents::{self, Writer, balance_sheet, role_line, trade_account},
        held_lines::HeldLines,
        hold, lines,
        lines::{Stand, TargetLine},
        movement,
        ties::billed_to_date,
    },
    Gross, Template, contract, relief,
};
use crate::{
    catalog::Partner,
    model::{Coding, CostCoding, JournalLine, JournalTarget, LineMark, Requisition},
    money,
    policy::{OverBilling, RequisitionDocument, TaxInJournal},
    states::{Finding, FindingKind, Reason},
};

/// The amounts of a requisition, rounded.
pub(in super::super) struct Amounts {
    /// Gross per item, in the order of the movement.
    pub items: Vec<Decimal>,
    /// The sum of the items.
    pub gross: Decimal,
    /// Retainage held in the period.
    pub held: Decimal,
    /// Retainage released in the period.
    pub released: Decimal,
}

/// Everything that a requisition's documents must come to.
#[derive(Debug, Default)]
pub(in super::super) struct Wanted {
    /// Cost lines.
    pub cost: Vec<TargetLine>,
    /// Lines that take what is billed out of the encumbrance.
    pub relief: Vec<TargetLine>,
    /// Every other line; those of an A/P invoice without its vendor and tax.
    pub rest: Vec<JournalLine>,
}

/// A requisition with everything that its lines are computed from.
#[derive(Clone, Copy)]
pub(in super::super) struct Of<'a> {
    /// The cycle's view.
    pub context: &'a PlanContext<'a>,
    /// The family.
    pub family: &'a Family,
    /// The member.
    pub member: &'a Member,
    /// Its record.
    pub requisition: &'a Requisition,
    /// What it moves.
    pub movement: &'a Movement,
    /// The same, rounded.
    pub amounts: &'a Amounts,
    /// Its dates.
    pub dates: Dates,
    /// The row of the basis.
    pub template: Template,
    /// The document that it has, or will have.
    pub document: RequisitionDocument,
}

impl Of<'_> {
    fn scale(&self) -> u32 {
        self.context.catalog.scale(&self.context.currency_of(self.member.record()))
    }

    fn round(&self, amount: Decimal) -> Decimal {
        self.context.policy.rounding.round(amount, self.scale())
    }

    fn text(&self, what: &str) -> String {
        format!("{what} {}", self.member.record().number)
    }
}

/// The lines that the requisition's documents must come to.
pub(in super::super) fn wanted(
    of: &Of<'_>,
    partner: &Partner,
    writer: &Writer<'_>,
    plan: &mut Plan,
) -> Result<Wanted, Stop> {
    let mut wanted = Wanted::default();
    let gross = gross_lines(of, partner, writer, &mut wanted)?;
    if of.document == RequisitionDocument::JournalEntry {
        let own_tax = own_tax(of, gross.share, plan);
        tax_lines(of, writer, own_tax, &mut wanted)?;
        let payable = gross.posted + own_tax - of.amounts.held + of.amounts.released;
        wanted.rest.push(payable_line(of, partner, writer, -payable)?);
    }
    retainage_lines(of, partner, writer, &mut wanted)?;
    if of.template.relieves {
        wanted.relief =
            relief::lines(of.context, of.family, of.member, of.requisition, of.dates.posting)?;
        let total: Decimal = wanted.relief.iter().map(|line| line.amount).sum();
        let reserve = of.context.policy.encumbrance_reserve.as_deref();
        let place = contract::plain(of.context, writer, reserve, "posting.encumbrance_reserve")?;
        wanted.rest.push(role_line("reserve", place, -total, of.text("billed")));
    }
    Ok(wanted)
}

/// What the gross posted, and the share of the commitment documents' tax in it.
struct Posted {
    posted: Decimal,
    share: Decimal,
}

fn gross_lines(
    of: &Of<'_>,
    partner: &Partner,
    writer: &Writer<'_>,
    wanted: &mut Wanted,
) -> Result<Posted, Stop> {
    let (context, row) = (of.context, writer.row());
    let gross = of.amounts.gross;
    if of.template.gross != Gross::Cost {
        wanted.cost = excess_lines(of)?;
    }
    // What is billed above the commitment is cost, and never was unbilled or accrued.
    let excess: Decimal = wanted.cost.iter().map(|line| line.amount).sum();
    match of.template.gross {
        Gross::Cost => {
            wanted.cost = item_lines(of, &of.amounts.items)?;
            Ok(Posted { posted: gross, share: Decimal::ZERO })
        }
        Gross::Accrued => {
            let account = context.policy.accrued_account.as_deref();
            let place = contract::plain(context, writer, account, "posting.accrued_account")?;
            let text = of.text(&format!("billed {}", partner.card_code));
            wanted.rest.push(role_line("accrued", place, gross - excess, text));
            Ok(Posted { posted: gross, share: Decimal::ZERO })
        }
        Gross::Unbilled => {
            let share = tax_share(of);
            let Some(unbilled) = of.family.unbilled_account(context.policy) else {
                // The invoice stands on the trade account: only retainage moves.
                return Ok(Posted { posted: excess, share });
            };
            let place =
                balance_sheet(context, row, unbilled, "posting.unbilled_account", Some(partner))?;
            let moved = gross - excess + share;
            wanted.rest.push(role_line("unbilled", place, moved, of.text("billed")));
            Ok(Posted { posted: gross + share, share })
        }
    }
}

/// What is billed above what SAP holds of commitment and change orders, as cost on the items' coding:
/// cumulative, so that a change order which is approved later takes it back. The items that are billed
/// above their own lines carry it.
fn excess_lines(of: &Of<'_>) -> Result<Vec<TargetLine>, Stop> {
    let in_sap = of.family.net_cost_held();
    let billed: Decimal =
        of.requisition.items.iter().map(|item| of.round(item.completed_and_stored)).sum();
    let taken = of.family.cost_before(of.requisition);
    let excess = (billed - in_sap).max(Decimal::ZERO) - taken;
    let posts = of.context.policy.over_billing == OverBilling::Post
        || of.member.decided(Reason::OverBilling)
        || !taken.is_zero();
    if excess.is_zero() || !posts {
        return Ok(Vec::new());
    }
    let mut approved: BTreeMap<i64, Decimal> = BTreeMap::new();
    let counts = |member: &&Member| member.is_postable(of.context.policy);
    let contract = of.family.contract_side().filter(counts);
    for line in contract.flat_map(|member| member.record().lines()) {
        *approved.entry(line.id).or_default() += line.amount;
    }
    let approved = |id: i64| approved.get(&id).copied().unwrap_or_default();
    let over: Vec<Decimal> = of
        .movement
        .items
        .iter()
        .map(|item| item.completed_before + item.gross - approved(item.line_item_id))
        .map(|over| over.max(Decimal::ZERO))
        .collect();
    let none = over.iter().all(Decimal::is_zero);
    let weights = if none { &of.amounts.items } else { &over };
    item_lines(of, &money::spread(excess, weights, of.scale()))
}

/// Procore's stated tax, where the journal entry carries it; otherwise it is only compared.
fn own_tax(of: &Of<'_>, share: Decimal, plan: &mut Plan) -> Decimal {
    let stated = of.round(of.requisition.stated_tax.unwrap_or_default());
    let moved = of.template.gross == Gross::Unbilled
        && !(share.is_zero() && of.family.tax_held().is_zero());
    if !moved {
        return stated;
    }
    if stated != share {
        plan.findings.push(Finding {
            kind: FindingKind::TaxDiffers,
            detail: format!("Procore states a tax of {stated}; the share of SAP's tax is {share}"),
        });
    }
    Decimal::ZERO
}

/// The part of the commitment documents' tax that this requisition moves: cumulative by what is
/// billed, never above it; the requisition that completes the billing takes the rest.
fn tax_share(of: &Of<'_>) -> Decimal {
    let (family, requisition) = (of.family, of.requisition);
    let (tax, net) = (family.tax_held(), family.net_cost_held());
    if tax.is_zero() || net.is_zero() {
        return Decimal::ZERO;
    }
    let billed = billed_to_date(requisition);
    let cumulative = if billed.abs() >= net.abs() {
        tax
    } else {
        let exact = tax.checked_mul(billed).map(|product| product / net).unwrap_or(tax);
        of.round(exact)
    };
    // What earlier requisitions moved above their gross was tax.
    let earlier = |other: &Requisition| other.sequence < requisition.sequence;
    let unbilled = family.role_held("unbilled", earlier);
    let posted = family.earlier_than(requisition);
    let posted = posted.filter(|(member, _)| member.live().next().is_some());
    let gross: Decimal = posted.map(|(member, _)| gross_standing(of, member)).sum();
    // Nor was what earlier requisitions took as cost ever unbilled.
    let excess = family.cost_before(requisition);
    cumulative - (unbilled - (gross - excess))
}

/// What the documents of an earlier requisition moved as its gross: all of it, beside the opening list what
/// the list does not hold. One that left is reversed before a later one is planned: it bills nothing.
fn gross_standing(of: &Of<'_>, member: &Member) -> Decimal {
    let counts = member.is_postable(of.context.policy);
    let moved = movement(of.family, member.record().key).filter(|_| counts).unwrap_or_default();
    let gross: Decimal =
        moved.items.iter().map(|item| item.gross_rounded(|amount| of.round(amount))).sum();
    gross - member.stored.opening.as_ref().map(|entry| entry.amount).unwrap_or_default()
}

fn payable_line(
    of: &Of<'_>,
    partner: &Partner,
    writer: &Writer<'_>,
    amount: Decimal,
) -> Result<JournalLine, Stop> {
    let target = JournalTarget::Partner {
        card_code: partner.card_code.clone(),
        control_account: trade_account(partner)?,
        project: writer.row().sap_project.clone(),
    };
    let mut line = role_line("payable", target, amount, of.text("payable"));
    line.due_date = Some(documents::due_date(of.context, partner, of.dates.posting)?);
    Ok(line)
}

fn retainage_lines(
    of: &Of<'_>,
    partner: &Partner,
    writer: &Writer<'_>,
    wanted: &mut Wanted,
) -> Result<(), Stop> {
    let (held, released) = (of.amounts.held, of.amounts.released);
    if held.is_zero() && released.is_zero() {
        return Ok(());
    }
    let account = of.context.policy.retainage_account.as_deref().ok_or_else(|| {
        hold(
            Reason::AccountInvalid,
            "the requisition moves retainage and posting.retainage_account is not set",
        )
    })?;
    let key = "posting.retainage_account";
    // A/P lines cannot use a control account.
    let on = Some(partner).filter(|_| of.document == RequisitionDocument::JournalEntry);
    let place = balance_sheet(of.context, writer.row(), account, key, on)?;
    let card = of.text(&partner.card_code);
    wanted.rest.push(role_line("held", place.clone(), -held, format!("retainage held {card}")));
    let text = format!("retainage released {card}");
    wanted.rest.push(role_line("released", place, released, text));
    Ok(())
}

/// Stated tax of a requisition whose commitment documents carry none, as `tax_in_journal` says.
fn tax_lines(
    of: &Of<'_>,
    writer: &Writer<'_>,
    tax: Decimal,
    wanted: &mut Wanted,
) -> Result<(), Stop> {
    if tax.is_zero() {
        return Ok(());
    }
    match &of.context.policy.tax_in_journal {
        TaxInJournal::Account(account) => {
            let key = "posting.tax_account";
            let place = balance_sheet(of.context, writer.row(), account, key, None)?;
            wanted.rest.push(role_line("tax", place, tax, "tax".to_owned()));
            Ok(())
        }
        TaxInJournal::Hold => Err(hold(
            Reason::TaxNotConfigured,
            format!("Procore states a tax of {tax}; posting.tax_in_journal is hold"),
        )),
        TaxInJournal::Cost => {
            let parts = money::spread(tax, &of.amounts.items, of.scale());
            let held = HeldLines::of(of.context, of.member);
            for (item, part) in of.movement.items.iter().zip(parts) {
                if part.is_zero() {
                    continue;
                }
                let mark = LineMark::Tax(item.line_item_id);
                let (coding, token) = coding_of(of, item)?;
                let id = item.line_item_id;
                let place = place(of, &held, &mark, id, coding, part, Stand::JOURNAL)?;
                wanted.rest.push(JournalLine {
                    mark,
                    target: JournalTarget::Account(place),
                    amount: part,
                    due_date: None,
                    payment_block: false,
                    description: format!("{token} {} (tax)", item.description.trim()),
                });
            }
            Ok(())
        }
    }
}

/// The cost lines of these amounts, one per item.
fn item_lines(of: &Of<'_>, amounts: &[Decimal]) -> Result<Vec<TargetLine>, Stop> {
    let stand = match of.document {
        RequisitionDocument::JournalEntry => Stand::JOURNAL,
        RequisitionDocument::PurchaseInvoice => Stand::AP,
    };
    let held = HeldLines::of(of.context, of.member);
    let mut lines = Vec::new();
    for (item, amount) in of.movement.items.iter().zip(amounts) {
        if amount.is_zero() {
            continue;
        }
        let (coding, token) = coding_of(of, item)?;
        let id = item.line_item_id;
        let mark = Layer::Cost.line(id);
        lines.push(TargetLine {
            id,
            amount: *amount,
            coding: place(of, &held, &mark, id, coding, *amount, stand)?,
            text: format!("{token} {}", item.description.trim()).trim().to_owned(),
        });
    }
    Ok(lines)
}

fn coding_of<'a>(
    of: &Of<'_>,
    item: &'a super::super::ItemMovement,
) -> Result<(&'a CostCoding, String), Stop> {
    let record = of.member.record();
    let coding = item.coding.as_ref().ok_or_else(|| {
        hold(
            Reason::CostCodeUnmapped,
            format!("item {} of {} has no cost code in Procore", item.line_item_id, record.key),
        )
    })?;
    Ok((coding, coding.token()))
}

/// Where a line stands, or today's rule puts it.
fn place(
    of: &Of<'_>,
    held: &HeldLines<'_>,
    mark: &LineMark,
    id: i64,
    coding: &CostCoding,
    amount: Decimal,
    stand: Stand<'_>,
) -> Result<Coding, Stop> {
    let record = of.member.record();
    let found = match held.place(mark, coding) {
        Some(place) => place,
        None => lines::mapped(of.context, record, id, coding, of.dates.posting, amount)?,
    };
    let tax_code = found.tax_code.clone().filter(|_| stand.with_tax_code);
    Ok(Coding { tax_code, ..found })
}
