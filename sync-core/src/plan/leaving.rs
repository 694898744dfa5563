//! Records that left their postable status, were voided or deleted.
//!
//! Approved -> Draft -> Approved within minutes is normal in Procore: one observation never
//! reverses money.

use super::{
    Decision, Family, Member, Plan, PlanContext, Stop, commitment,
    dates::{self, Dates},
    delta::{self, DeltaLine, Layer},
    documents::{self, Writer, named},
    ended, hold, open_balance, requisition,
    standing::{self, Standing},
    templates::contract,
    tier,
};
use crate::{
    model::{DocumentType, HeldDocument, JournalLine, Kind},
    policy::OnChange,
    states::{Cause, Reason},
};

pub(super) fn plan(
    context: &PlanContext<'_>,
    family: &Family,
    index: usize,
    plan: &mut Plan,
) -> Decision {
    let member = &family.members[index];
    if !standing::holds_anything(context, member) {
        return Decision::NotPostable;
    }
    let with_commitment = family.left_with_commitment(context.policy, member);
    let leaver = family.commitment().filter(|_| with_commitment).unwrap_or(member);
    if let Err(stop) = tier::allows_reversal(family, member) {
        return stop;
    }
    // Where a person said that it was deleted, it does not settle.
    let said = member.decided(Reason::TierChanged);
    if let Some(cause) = settling(context, leaver).filter(|_| !said) {
        return Decision::Wait(cause);
    }
    reversed(context, family, index, plan).unwrap_or_else(|stop| stop)
}

/// Whether anything of a record still stands in SAP whose documents are of one branch and currency: a
/// place in the ledger that is not zero.
pub(super) fn holds_something(member: &Member) -> bool {
    Layer::ALL.into_iter().any(|layer| !delta::reversal(layer, member, member.live()).is_empty())
        || !delta::other_lines(member.live(), Vec::new()).is_empty()
}

fn settling(context: &PlanContext<'_>, member: &Member) -> Option<Cause> {
    let policy = context.policy;
    let record = member.record();
    let seen = if record.deleted || member.stored.absent { "deleted" } else { &record.status };
    let settling = member.stored.settling;
    let (cycles, since) =
        settling.map_or((0, context.now), |settling| (settling.cycles, settling.since));
    let long_enough = context.now - since >= policy.settle_time;
    // What was read in an earlier cycle may have come back since.
    let seen_now = context
        .cycle
        .is_none_or(|cycle| settling.is_some_and(|settling| settling.seen_in_cycle == Some(cycle)));
    let unseen = if seen_now { "" } else { ", and could not be looked at in this one" };
    (cycles < policy.settle_cycles || !long_enough || !seen_now).then(|| {
        Cause::new(
            Reason::Settling,
            format!(
                "seen as {seen} in {cycles} of {} cycles since {}{unseen}; it is reversed when it stays so",
                policy.settle_cycles,
                since.format("%Y-%m-%d %H:%M UTC")
            ),
        )
    })
}

fn reversed(
    context: &PlanContext<'_>,
    family: &Family,
    index: usize,
    plan: &mut Plan,
) -> Result<Decision, Stop> {
    let member = &family.members[index];
    let record = member.record();
    let kind = record.kind();
    let left = if record.deleted || member.stored.absent { "deleted" } else { &record.status };
    let begins = member.begun(&plan.fingerprint).is_none();
    if kind == Kind::Requisition
        && begins
        && !member.change_is_decided()
        && let Some(later) = later_posted(context, family, member)
    {
        return Err(hold(
            Reason::ChangedAfterPosting,
            format!(
                "the requisition is {left} in Procore, and the later requisition {} is posted: once this \
                 one may be reversed, that one is adjusted to what Procore says of it",
                later.record().number
            ),
        ));
    }
    let holds = begins && context.policy.on_change == OnChange::Hold;
    if holds && !member.change_is_decided() {
        return Err(hold(
            Reason::ChangedAfterPosting,
            format!(
                "the {} is {left} in Procore, SAP holds {}",
                named(kind),
                member.net_cost_held()
            ),
        ));
    }
    let billed = family.billed(context.policy);
    let ends = kind.is_commitment() || family.left_with_commitment(context.policy, member);
    if ends && !billed.is_zero() && ended::reduces_to_billed(family) {
        let decision = standing::moved(context, family, index, plan, |context, family, plan| {
            commitment::plan(context, family, index, plan).unwrap_or_else(|stop| stop)
        });
        return Ok(decision);
    }
    if ends && !billed.is_zero() {
        return Err(hold(
            Reason::EndedEarly,
            format!(
                "approved and posted {}, billed {billed}; the rest is not reversed by itself",
                member.net_cost_held()
            ),
        ));
    }
    if kind.is_change_order() && !ends {
        commitment::covers_billed(context, family)?;
    }
    taken_back(context, family, member, plan)
}

/// The documents that take everything back which stands of a record.
///
/// # Errors
///
/// The hold that stops them.
pub(super) fn taken_back(
    context: &PlanContext<'_>,
    family: &Family,
    member: &Member,
    plan: &mut Plan,
) -> Result<Decision, Stop> {
    let dates = dates::change(context, member, plan)?;
    let mut writer = Writer::new(context, family, member)?;
    for (place, member) in &Standing::all(context, member) {
        writer.stand_in(place);
        if delta::has_ap_documents(member) {
            reverse_invoices(context, &mut writer, member, dates)?;
        } else {
            reverse_journal(&mut writer, member, dates)?;
        }
    }
    writer.finish()
}

/// Takes back A/P documents vendor by vendor, and what journal entries beside them hold.
fn reverse_invoices(
    context: &PlanContext<'_>,
    writer: &mut Writer<'_>,
    member: &Member,
    dates: Dates,
) -> Result<(), Stop> {
    let mut cards: Vec<String> =
        member.live().filter_map(|document| document.card_code.clone()).collect();
    cards.sort();
    cards.dedup();
    let is_requisition = member.record().kind() == Kind::Requisition;
    // Shifts between cost accounts name no vendor: they go with the last one.
    for (at, card_code) in cards.iter().enumerate() {
        let last = at + 1 == cards.len();
        let of_vendor = |document: &&HeldDocument| match &document.card_code {
            Some(own) => own == card_code,
            None => last,
        };
        let mut lines = delta::reversal(Layer::Cost, member, member.live().filter(of_vendor));
        let partner = documents::former_partner(context, card_code)?;
        if is_requisition {
            let journal = |document: &&HeldDocument| is_journal(document);
            let retainage = member.live().filter(|d| of_vendor(d) && !journal(d));
            let retainage = delta::other_lines(retainage, Vec::new());
            lines.extend(retainage.into_iter().filter_map(|l| requisition::ap_line(context, l)));
        }
        open_balance::allows(member, card_code, writer.owed(&lines))?;
        if is_requisition {
            requisition::write_invoice(writer, partner, &lines, dates);
        } else {
            contract::ap_documents(writer, member, partner, &lines, dates);
        }
    }
    let journals = || member.live().filter(|document| is_journal(document));
    let mut lines: Vec<JournalLine> = [Layer::Encumbrance, Layer::Tax]
        .into_iter()
        .flat_map(|layer| delta::reversal(layer, member, journals()))
        .map(DeltaLine::into_journal_line)
        .collect();
    lines.extend(delta::other_lines(journals(), Vec::new()));
    if !lines.is_empty() {
        writer.journal_entry(lines, dates);
    }
    Ok(())
}

fn is_journal(document: &HeldDocument) -> bool {
    document.document_type == DocumentType::JournalEntry
}

/// Takes everything back that journal entries hold, in one; entries that leave nothing need none.
fn reverse_journal(writer: &mut Writer<'_>, member: &Member, dates: Dates) -> Result<(), Stop> {
    let mut lines: Vec<JournalLine> = Layer::ALL
        .into_iter()
        .flat_map(|layer| delta::reversal(layer, member, member.live()))
        .map(DeltaLine::into_journal_line)
        .collect();
    lines.extend(delta::other_lines(member.live(), Vec::new()));
    open_balance::allows_lines(member, &lines)?;
    if !lines.is_empty() {
        writer.journal_entry(lines, dates);
    }
    Ok(())
}

fn later_posted<'a>(
    context: &PlanContext<'_>,
    family: &'a Family,
    member: &Member,
) -> Option<&'a Member> {
    let key = member.record().key;
    let (_, own) = family.requisitions().find(|(other, _)| other.record().key == key)?;
    family
        .requisitions()
        .filter(|(other, later)| later.sequence > own.sequence && other.live().next().is_some())
        .map(|(other, _)| other)
        .find(|other| standing::holds_anything(context, other))
}
