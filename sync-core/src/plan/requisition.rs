//! Requisitions: what a subcontractor bills, measured against what SAP holds of it, and posted as the
//! basis says.

use rust_decimal::Decimal;

use super::{
    Decision, Family, ItemMovement, Member, Movement, Plan, PlanContext, Stop, commitment,
    dates::{self, Dates},
    delta::{self, DeltaLine, Layer},
    documents::{self, ControlAccount, Writer},
    family::role_amount,
    fingerprints, foreign, guard, held_lines, hold,
    lines::{self, TargetLine},
    movement, open_balance, repeats, restate, spread,
    templates::{
        self, Gross, relief,
        requisition::{Amounts, Of, Wanted, wanted},
    },
    ties, waiting,
};
use crate::{
    catalog::Partner,
    model::{
        Coding, DocumentType, Fingerprint, HeldDocument, JournalLine, JournalTarget, LineMark,
        Requisition,
    },
    money,
    policy::{OnChange, OverBilling, RequisitionDocument},
    ports::OpeningEntry,
    states::{Finding, FindingKind, Reason, RecordState},
};

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
    foreign::allowed(context, member)?;
    let template = templates::of_family(context.policy, family);
    let waits = if template.posts_contract() {
        !family.commitment_stands(context.policy)
    } else {
        family.commitment().is_none()
    };
    if waits {
        return Ok(Decision::Wait(commitment::waiting_for_parent(family, member)));
    }
    if let Some(cause) = waiting::for_previous(context, family, member) {
        return Ok(Decision::Wait(cause));
    }
    let is_first = member.live().next().is_none();
    let movement = movement(family, key).unwrap_or_default();
    let scale = context.catalog.scale(&context.currency_of(member.record()));
    let remaps = context.policy.remap_posted && template.gross == Gross::Cost;
    // What was taken as cost above the commitment may be approved by now, without any change of the
    // requisition itself: the last one gives it back, those aside that a person must look at first.
    let holds_excess = template.gross != Gross::Cost
        && !member.net_cost_held().is_zero()
        && is_last_that_moves(family, member);
    // Where the coding is no part of the fingerprint, what stands tells whether it is the same.
    let is_planned = member.stands_whole(plan.fingerprint.revision())
        && (fingerprints::posts_items(context, family, member)
            || !held_lines::recoded(context, family, member));
    // What was billed above the encumbrance may be encumbered by now: the last one takes that out too.
    let catches_up = template.relieves
        && is_planned
        && is_last_that_moves(family, member)
        && relief::is_behind(context, family, member, requisition);
    let stays = is_planned && !remaps && !holds_excess && !catches_up;
    if let Some(cause) = waiting::for_one_that_left(context, family, key).filter(|_| !stays) {
        return Ok(Decision::Wait(cause));
    }
    let dates = if is_first {
        let earliest = dates::of_commitment(family.commitment());
        dates::first(context, member, earliest.filter(|_| template.follows_commitment), plan)?
    } else {
        dates::seen(context, member, plan)
    };
    repeats::check(context, family, member, is_first, &mut plan.findings)?;
    if !member.decided(Reason::DoesNotTie) {
        ties::check(family, key, requisition, &movement, scale)?;
    }
    if stays {
        return Ok(Decision::Unchanged);
    }
    if let Some(cause) = waiting::for_contract(context, family, member) {
        return Ok(Decision::Wait(cause));
    }
    let stated = family;
    let family = &*spread::over_lines(context, family);
    let member = &family.members[index];
    let Some((_, requisition)) = family.requisitions().find(|(m, _)| m.record().key == key) else {
        return Ok(Decision::NotPostable);
    };
    let movement = super::movement(family, key).unwrap_or_default();
    let mut amounts = rounded(context, &movement, scale)?;
    if is_planned {
        // A unit that rounding put onto what stands stays there.
        (amounts.held, amounts.released) = retainage_standing(member);
    }
    if template.gross == Gross::Cost {
        billed_over_approved(context, family, ties::billed_to_date(requisition), plan);
    } else {
        let billed = ties::billed_to_date(requisition);
        let posts = context.policy.over_billing == OverBilling::Post;
        if posts || member.decided(Reason::OverBilling) {
            billed_over_approved(context, family, billed, plan);
        } else {
            ties::within_approved(context, family, requisition, scale)?;
        }
        let billable = family.approved(context.policy).map_or(billed, |limit| billed.min(limit));
        if let Some(cause) = waiting::for_change_orders(family, billable, requisition, scale) {
            return Ok(Decision::Wait(cause));
        }
    }
    if !member.decided(Reason::ReleaseExceedsRetainage) {
        ties::within_retainage(family, requisition, amounts.held, amounts.released, scale)?;
    }
    let document = match (is_first, delta::has_ap_documents(member)) {
        (true, _) => template.document,
        (false, true) => RequisitionDocument::PurchaseInvoice,
        (false, false) => RequisitionDocument::JournalEntry,
    };
    let of = Of {
        context,
        family,
        member,
        requisition,
        movement: &movement,
        amounts: &amounts,
        dates,
        template,
        document,
    };
    let partner = documents::partner(context, family, member)?;
    let writer = Writer::new(context, family, member)?;
    let mut wanted = wanted(&of, partner, &writer, plan)?;
    let card_code = Some(partner.card_code.as_str());
    wanted.rest = delta::where_they_stand(context, family, member, card_code, wanted.rest);
    plan.places = lines::places(&wanted.cost, Layer::Cost)
        .chain(lines::places(&wanted.relief, Layer::Encumbrance))
        .chain(lines::places(&delta::of_tax(&wanted.rest), Layer::Tax))
        .collect();
    if document == RequisitionDocument::JournalEntry && owes_another(member, &partner.card_code) {
        // Reversed on the old vendor, posted in full on the new one.
        allow_change(context, member, plan)?;
        return restate::anew(context, stated, index, plan);
    }
    post_difference(&of, partner, writer, wanted, is_first, plan)
}

/// Whether journal entries of a requisition leave anything with another vendor than its own.
fn owes_another(member: &Member, card_code: &str) -> bool {
    delta::other_lines(member.live(), Vec::new()).iter().any(|line| {
        matches!(&line.target, JournalTarget::Partner { card_code: other, .. } if other != card_code)
    })
}

/// Whether a posted requisition may be changed.
fn allow_change(context: &PlanContext<'_>, member: &Member, plan: &Plan) -> Result<(), Stop> {
    let holds = context.policy.on_change == OnChange::Hold;
    if member.begun(&plan.fingerprint).is_none() && holds && !member.change_is_decided() {
        let payable: Decimal = member.live().map(|document| role_amount(document, "payable")).sum();
        return Err(hold(
            Reason::ChangedAfterPosting,
            format!("SAP holds {} payable for the requisition, and Procore changed it", -payable),
        ));
    }
    Ok(())
}

/// What the books held of a requisition on the opening list.
pub(super) struct AtCutOver {
    pub document_type: DocumentType,
    pub cost: Vec<TargetLine>,
    pub rest: Vec<JournalLine>,
}

/// What the books held of a requisition on the opening list, by the templates that post it. The tax of what
/// the books held of its commitment is not moved, and nothing was cost beside it.
///
/// # Errors
///
/// The hold that stops the record.
pub(super) fn at_cut_over(
    context: &PlanContext<'_>,
    family: &Family,
    member: &Member,
    partner: &Partner,
    own: &Requisition,
    entry: &OpeningEntry,
) -> Result<AtCutOver, Stop> {
    let template = templates::of_family(context.policy, family);
    let items = entry.lines.iter().map(|line| ItemMovement {
        line_item_id: line.id,
        coding: line.coding.clone(),
        description: String::new(),
        gross: line.amount,
        completed_before: Decimal::ZERO,
        retained_before: Decimal::ZERO,
        held: Decimal::ZERO,
        released: Decimal::ZERO,
    });
    let movement = Movement { items: items.collect() };
    let gross: Vec<Decimal> = entry.lines.iter().map(|line| line.amount).collect();
    let amounts = Amounts {
        gross: gross.iter().sum(),
        held: entry.held,
        released: entry.released,
        items: gross,
    };
    let requisition = Requisition { stated_tax: Some(entry.tax), items: Vec::new(), ..own.clone() };
    let of = Of {
        context,
        family,
        member,
        requisition: &requisition,
        movement: &movement,
        amounts: &amounts,
        dates: dates::on(context.policy.start_date),
        template,
        document: template.document,
    };
    let writer = Writer::new(context, family, member)?;
    let mut aside = Plan {
        decision: Decision::Opening,
        fingerprint: Fingerprint::over([""; 0]),
        posting_date: None,
        findings: Vec::new(),
        decided: Vec::new(),
        places: Vec::new(),
        rounding: Vec::new(),
        afterwards: None,
    };
    let wanted = wanted(&of, partner, &writer, &mut aside)?;
    let document_type = match template.document {
        RequisitionDocument::JournalEntry => DocumentType::JournalEntry,
        RequisitionDocument::PurchaseInvoice => DocumentType::PurchaseInvoice,
    };
    Ok(AtCutOver { document_type, cost: wanted.cost, rest: wanted.rest })
}

/// Whether no later requisition can take up what this one holds: those that are held or were refused
/// cannot.
fn is_last_that_moves(family: &Family, member: &Member) -> bool {
    let stopped = |other: &Member| {
        matches!(other.stored.state, RecordState::Held | RecordState::Rejected)
            && other.live().next().is_none()
    };
    let key = member.record().key;
    let last = family.requisitions().filter(|(other, _)| !stopped(other)).last();
    last.is_some_and(|(last, _)| last.record().key == key)
}

fn rounded(context: &PlanContext<'_>, movement: &Movement, scale: u32) -> Result<Amounts, Stop> {
    let round = |amount: Decimal| context.policy.rounding.round(amount, scale);
    let items: Vec<Decimal> = movement.items.iter().map(|item| item.gross_rounded(round)).collect();
    let sum = |amounts: Vec<Decimal>| {
        money::sum(amounts).map_err(|error| hold(Reason::AmountOutOfRange, error.to_string()))
    };
    let retainage = movement.items.iter().map(|item| item.retainage_rounded(round));
    let (held, released) = retainage.unzip();
    Ok(Amounts { gross: sum(items.clone())?, held: sum(held)?, released: sum(released)?, items })
}

/// Retainage held and released by the documents of a requisition.
fn retainage_standing(member: &Member) -> (Decimal, Decimal) {
    let standing =
        |role| member.live().map(|document| role_amount(document, role)).sum::<Decimal>();
    (-standing("held"), standing("released"))
}

/// Billed above approved is legal in Procore, and cost all the same where billing is cost.
fn billed_over_approved(
    context: &PlanContext<'_>,
    family: &Family,
    billed: Decimal,
    plan: &mut Plan,
) {
    if let Some(approved) = family.approved(context.policy).filter(|approved| billed > *approved) {
        plan.findings.push(Finding {
            kind: FindingKind::BilledOverApproved,
            detail: format!("billed to date is {billed}, approved is {approved}"),
        });
    }
}

/// What is to be posted: the difference of each group of lines.
struct Change {
    cost: Vec<DeltaLine>,
    relief: Vec<DeltaLine>,
    rest: Vec<JournalLine>,
    /// Documents of former vendors, with the lines that take them back.
    former: Vec<(String, Vec<DeltaLine>)>,
}

impl Change {
    fn is_empty(&self) -> bool {
        self.cost.is_empty()
            && self.relief.is_empty()
            && self.rest.is_empty()
            && self.former.iter().all(|(_, lines)| lines.is_empty())
    }

    fn net_cost(&self) -> Decimal {
        let former = self.former.iter().flat_map(|(_, lines)| lines);
        let cost = self.cost.iter().chain(former).filter(|line| line.mark.is_cost());
        cost.map(|line| line.amount).sum()
    }
}

fn change(of: &Of<'_>, partner: &Partner, wanted: Wanted) -> Change {
    let member = of.member;
    let lines_max = of.context.policy.lines_max;
    let as_invoice = of.document == RequisitionDocument::PurchaseInvoice;
    let ours = |document: &HeldDocument| {
        let own = document.card_code.as_deref().is_none_or(|card| card == partner.card_code);
        own || !as_invoice
    };
    let tax = delta::of_tax(&wanted.rest);
    let tax = delta::of_layer(Layer::Tax, member, &tax, lines_max, ours).into_iter();
    let balance = delta::other_lines(member.live().filter(|document| ours(document)), wanted.rest);
    Change {
        cost: delta::of_layer(Layer::Cost, member, &wanted.cost, lines_max, ours),
        relief: delta::of_layer(Layer::Encumbrance, member, &wanted.relief, lines_max, |_| true),
        rest: tax.map(DeltaLine::into_journal_line).chain(balance).collect(),
        former: if as_invoice {
            commitment::of_former_vendors(member, &partner.card_code)
                .into_iter()
                .map(|(card_code, cost)| {
                    let lines = with_retainage(of.context, member, &card_code, cost);
                    (card_code, lines)
                })
                .collect()
        } else {
            Vec::new()
        },
    }
}

/// Cost lines that are taken back from a former vendor, with the retainage lines of its documents.
fn with_retainage(
    context: &PlanContext<'_>,
    member: &Member,
    card_code: &str,
    mut lines: Vec<DeltaLine>,
) -> Vec<DeltaLine> {
    let documents = member.live().filter(|d| d.card_code.as_deref() == Some(card_code));
    let others = delta::other_lines(documents, Vec::new());
    lines.extend(others.into_iter().filter_map(|line| ap_line(context, line)));
    lines
}

/// A retainage line as one of an A/P document: under the 0 % code.
pub(super) fn ap_line(context: &PlanContext<'_>, line: JournalLine) -> Option<DeltaLine> {
    let JournalTarget::Account(coding) = line.target else { return None };
    let tax_code = context.policy.retainage_tax_code.clone();
    Some(DeltaLine {
        mark: line.mark,
        coding: Coding { tax_code, ..coding },
        amount: line.amount,
        text: line.description,
    })
}

fn post_difference(
    of: &Of<'_>,
    partner: &Partner,
    mut writer: Writer<'_>,
    wanted: Wanted,
    is_first: bool,
    plan: &mut Plan,
) -> Result<Decision, Stop> {
    let (context, member) = (of.context, of.member);
    let change = change(of, partner, wanted);
    if change.is_empty() {
        return Ok(if is_first { Decision::NothingToPost } else { Decision::Unchanged });
    }
    if !is_first {
        allow_change(context, member, plan)?;
    }
    let lines = change.cost.len();
    if of.template.gross != Gross::Cost && !change.cost.is_empty() {
        guard::check_excess(context, of.family, of.requisition, change.net_cost(), lines)?;
    }
    if of.template.gross == Gross::Cost {
        guard::check_billed(context, of.family, of.requisition, change.net_cost(), lines)?;
    }
    let dates = if is_first { of.dates } else { dates::change(context, member, plan)? };
    let journal = |lines: Vec<DeltaLine>| lines.into_iter().map(DeltaLine::into_journal_line);
    match of.document {
        RequisitionDocument::JournalEntry => {
            let mut lines: Vec<JournalLine> = journal(change.cost).collect();
            lines.extend(change.rest);
            lines.extend(journal(change.relief));
            open_balance::allows_lines(member, &lines)?;
            writer.journal_entry(lines, dates);
        }
        RequisitionDocument::PurchaseInvoice => {
            for (card_code, lines) in &change.former {
                open_balance::allows(member, card_code, writer.owed(lines))?;
                let former = documents::former_partner(context, card_code)?;
                write_invoice(&mut writer, former, lines, dates);
            }
            let is_retainage = |line: &JournalLine| matches!(&line.mark, LineMark::Role(role) if role == "held" || role == "released");
            let (retainage, mut rest): (Vec<_>, Vec<_>) =
                change.rest.into_iter().partition(is_retainage);
            let mut lines = change.cost;
            lines.extend(retainage.into_iter().filter_map(|line| ap_line(context, line)));
            open_balance::allows(member, &partner.card_code, writer.owed(&lines))?;
            tax_differs(of, writer.expected_tax(&lines), is_first, plan);
            write_invoice(&mut writer, partner, &lines, dates);
            rest.extend(journal(change.relief));
            if !rest.is_empty() {
                writer.journal_entry(rest, dates);
            }
        }
    }
    writer.finish()
}

/// Where SAP computes the tax, the stated one is only compared.
fn tax_differs(of: &Of<'_>, expected: Decimal, is_first: bool, plan: &mut Plan) {
    let stated = of.requisition.stated_tax.unwrap_or_default();
    if is_first && stated != expected {
        plan.findings.push(Finding {
            kind: FindingKind::TaxDiffers,
            detail: format!("Procore states a tax of {stated}; SAP's rates give {expected}"),
        });
    }
}

/// Writes a requisition's A/P invoice, or a credit memo where its lines sum below zero; lines that
/// leave the vendor with nothing are a journal entry.
pub(super) fn write_invoice(
    writer: &mut Writer<'_>,
    partner: &Partner,
    lines: &[DeltaLine],
    dates: Dates,
) {
    if lines.is_empty() {
        return;
    }
    let net: Decimal = lines.iter().map(|line| line.amount).sum();
    if writer.splits_negative_lines() {
        // Retainage stays with the invoice that it belongs to.
        let against = |l: &DeltaLine| {
            l.mark.is_cost() && l.amount.is_sign_negative() != net.is_sign_negative()
        };
        let (apart, with): (Vec<_>, Vec<_>) = lines.iter().cloned().partition(against);
        for lines in [with, apart].iter().filter(|lines| !lines.is_empty()) {
            writer.ap_document(partner, lines, ControlAccount::Trade, dates);
        }
    } else if net.is_zero() && writer.expected_tax(lines).is_zero() {
        writer.shift(lines, dates);
    } else {
        writer.ap_document(partner, lines, ControlAccount::Trade, dates);
    }
}
