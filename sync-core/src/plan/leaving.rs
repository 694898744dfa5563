//! Records that left their postable status, were voided or deleted.
//!
//! Approved -> Draft -> Approved within minutes is normal in Procore: one observation never
//! reverses money.

use rust_decimal::Decimal;

use super::{
    Decision, Family, Member, Plan, PlanContext, Stop, commitment, dates,
    delta::{self, DeltaLine},
    direct_cost::other_lines,
    documents::{Writer, named},
    hold,
};
use crate::{
    model::{JournalLine, Kind},
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
    if !holds_anything(member) {
        return Decision::NotPostable;
    }
    let with_commitment = family.left_with_commitment(context.policy, member);
    let leaver = family.commitment().filter(|_| with_commitment).unwrap_or(member);
    if let Some(cause) = settling(context, leaver) {
        return Decision::Wait(cause);
    }
    reversed(context, family, member, plan).unwrap_or_else(|stop| stop)
}

/// Whether anything of the record still stands in SAP: a place in the ledger that is not zero.
pub(super) fn holds_anything(member: &Member) -> bool {
    !delta::reversal(member, member.live()).is_empty()
        || !other_lines(member, Vec::new()).is_empty()
}

fn settling(context: &PlanContext<'_>, member: &Member) -> Option<Cause> {
    let policy = context.policy;
    let record = member.record();
    let seen = if record.deleted || member.stored.absent { "deleted" } else { &record.status };
    let (cycles, since) = member
        .stored
        .settling
        .map_or((0, context.now), |settling| (settling.cycles, settling.since));
    let long_enough = context.now - since >= policy.settle_time;
    (cycles < policy.settle_cycles || !long_enough).then(|| {
        Cause::new(
            Reason::Settling,
            format!(
                "seen as {seen} in {cycles} of {} cycles since {}; it is reversed when it stays so",
                policy.settle_cycles,
                since.format("%Y-%m-%d %H:%M UTC")
            ),
        )
    })
}

fn reversed(
    context: &PlanContext<'_>,
    family: &Family,
    member: &Member,
    plan: &mut Plan,
) -> Result<Decision, Stop> {
    let record = member.record();
    let kind = record.kind();
    if context.policy.on_change == OnChange::Hold {
        return Err(hold(
            Reason::ChangedAfterPosting,
            format!(
                "the {} is {} in Procore, SAP holds {}",
                named(kind),
                if record.deleted || member.stored.absent { "deleted" } else { &record.status },
                member.net_cost_held()
            ),
        ));
    }
    let billed = family.billed(context.policy);
    let ends = kind.is_commitment() || family.left_with_commitment(context.policy, member);
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
    if kind == Kind::Requisition
        && let Some(later) = later_posted(family, member)
    {
        return Err(hold(
            Reason::ChangedAfterPosting,
            format!(
                "the later requisition {} is posted; reverse that one first",
                later.record().number
            ),
        ));
    }
    let dates = dates::change(context, plan)?;
    let mut writer = Writer::new(context, family, member, plan)?;
    if kind.is_commitment() || kind.is_change_order() {
        let mut cards: Vec<String> =
            member.live().filter_map(|document| document.card_code.clone()).collect();
        cards.sort();
        cards.dedup();
        // Shifts between cost accounts name no vendor: they go with the last one.
        for (at, card_code) in cards.iter().enumerate() {
            let last = at + 1 == cards.len();
            let documents = member.live().filter(|document| match &document.card_code {
                Some(own) => own == card_code,
                None => last,
            });
            let lines = delta::reversal(member, documents);
            let net: Decimal = lines.iter().map(|line| line.amount).sum();
            commitment::reduction_fits(member, net)?;
            let partner = context.catalog.partners.get(card_code).ok_or_else(|| {
                hold(Reason::VendorInvalid, format!("SAP has no business partner {card_code}"))
            })?;
            commitment::write(&mut writer, member, partner, &lines, dates);
        }
    } else {
        let mut lines: Vec<JournalLine> = delta::reversal(member, member.live())
            .into_iter()
            .map(DeltaLine::into_journal_line)
            .collect();
        lines.extend(other_lines(member, Vec::new()));
        writer.journal_entry(lines, dates);
    }
    writer.finish()
}

fn later_posted<'a>(family: &'a Family, member: &Member) -> Option<&'a Member> {
    let key = member.record().key;
    let (_, own) = family.requisitions().find(|(other, _)| other.record().key == key)?;
    family
        .requisitions()
        .filter(|(other, later)| later.sequence > own.sequence && other.live().next().is_some())
        .map(|(other, _)| other)
        .find(|other| {
            !other.net_cost_held().is_zero() || !other_lines(other, Vec::new()).is_empty()
        })
}
