//! Purchase orders, subcontracts and change orders: the difference between what Procore states and
//! what SAP holds, as the basis posts it.

use rust_decimal::Decimal;

use super::{
    Decision, Family, Member, Plan, PlanContext, Stop,
    dates::{self, Dates},
    delta::{self, DeltaLine, Layer},
    documents::{self, Writer},
    ended, foreign, guard,
    header::header,
    hold, lines, open_balance,
    templates::{self, Contract, contract},
    tier,
};
use crate::{
    model::HeldDocument,
    money,
    policy::OnChange,
    states::{Cause, Reason},
};

pub(super) fn plan(
    context: &PlanContext<'_>,
    family: &Family,
    index: usize,
    plan: &mut Plan,
) -> Result<Decision, Stop> {
    let ended = ended::at_billed(context, family, index);
    let member = ended.as_ref().unwrap_or(&family.members[index]);
    let record = member.record();
    foreign::allowed(context, member)?;
    let template = templates::of(context.policy, context.policy.basis);
    let is_first = member.live().next().is_none();
    if !template.posts_contract() && is_first {
        return Ok(dates::not_in_ledger(context, member, plan));
    }
    let not_before = if record.kind().is_change_order() {
        if family.is_carried_over(context.policy) {
            return Ok(Decision::Opening);
        }
        if !family.commitment_stands(context.policy) {
            return Ok(Decision::Wait(waiting_for_parent(family, member)));
        }
        if is_first && context.restated_on.is_none() {
            tier::allows_first(context, family, member)?;
        } else {
            tier::allows_change(member)?;
        }
        dates::of_commitment(family.commitment())
    } else {
        None
    };
    let dates = if is_first {
        dates::first(context, member, not_before, plan)?
    } else {
        dates::seen(context, member, plan)
    };
    let header = header(member.record()).map(|header| header.amount);
    let of = Of { member, header, is_first, dates };
    let decision = match template.contract {
        Contract::ApDocument => ap_documents(context, family, &of, plan),
        Contract::Accrual | Contract::Encumbrance | Contract::Nothing => {
            journal_entry(context, family, &of, template.contract, plan)
        }
    }?;
    // What stands as approved may be finished and not billed in full.
    let remainder =
        if ended.is_none() { ended::unbilled_remainder(context, family, member) } else { None };
    match (decision, remainder) {
        (Decision::Unchanged | Decision::NothingToPost, Some(cause)) => Err(Decision::Hold(cause)),
        (decision, remainder) => {
            plan.afterwards = remainder;
            Ok(decision)
        }
    }
}

/// The record whose difference is posted.
struct Of<'a> {
    member: &'a Member,
    header: Option<Decimal>,
    is_first: bool,
    dates: Dates,
}

fn ap_documents(
    context: &PlanContext<'_>,
    family: &Family,
    of: &Of<'_>,
    plan: &mut Plan,
) -> Result<Decision, Stop> {
    let member = of.member;
    let record = member.record();
    let partner = documents::partner(context, family, member)?;
    let stand = contract::stand(context, Contract::ApDocument)?;
    let target = lines::target(context, member, of.header, of.dates.posting, stand)?;
    let scale = context.scale_of(record);
    plan.findings.extend(lines::findings(record.lines(), scale));
    plan.places = lines::places(&target.lines, stand.layer).collect();
    plan.rounding = target.rounding;
    let target = target.lines;

    let ours = |document: &HeldDocument| {
        document.card_code.as_deref().is_none_or(|card_code| card_code == partner.card_code)
    };
    let lines_max = context.policy.lines_max;
    let change = delta::of_layer(Layer::Cost, member, &target, lines_max, ours);
    let former = of_former_vendors(member, &partner.card_code);
    if change.is_empty() && former.iter().all(|(_, lines)| lines.is_empty()) {
        return Ok(if of.is_first { Decision::NothingToPost } else { Decision::Unchanged });
    }
    let dates = if of.is_first { of.dates } else { dates::change(context, member, plan)? };
    if !of.is_first {
        allow_change(context, member, plan, &change, &former)?;
    }
    let net = change.iter().map(|line| line.amount).sum::<Decimal>()
        + former.iter().flat_map(|(_, lines)| lines).map(|line| line.amount).sum::<Decimal>();
    guard::check(context, family, record.key, scale, net, change.len())?;
    if net.is_sign_negative() && !net.is_zero() {
        covers_billed(context, family)?;
    }

    let mut writer = Writer::new(context, family, member)?;
    let changes = former.iter().map(|(card_code, lines)| (card_code, lines));
    for (card_code, lines) in changes.chain([(&partner.card_code, &change)]) {
        open_balance::allows(member, card_code, writer.owed(lines))?;
    }
    for (card_code, lines) in former.iter().filter(|(_, lines)| !lines.is_empty()) {
        let former = documents::former_partner(context, card_code)?;
        contract::ap_documents(&mut writer, member, former, lines, dates);
    }
    contract::ap_documents(&mut writer, member, partner, &change, dates);
    writer.finish()
}

fn journal_entry(
    context: &PlanContext<'_>,
    family: &Family,
    of: &Of<'_>,
    contract: Contract,
    plan: &mut Plan,
) -> Result<Decision, Stop> {
    let member = of.member;
    let record = member.record();
    let stand = contract::stand(context, contract)?;
    let target = lines::target(context, member, of.header, of.dates.posting, stand)?;
    let scale = context.scale_of(record);
    plan.findings.extend(lines::findings(record.lines(), scale));
    plan.places = lines::places(&target.lines, stand.layer).collect();
    plan.rounding = target.rounding;
    let target = target.lines;

    let mut writer = Writer::new(context, family, member)?;
    let lines_max = context.policy.lines_max;
    let change = delta::of_layer(stand.layer, member, &target, lines_max, |_| true);
    let vendor = family.vendor_of(member).and_then(|vendor| context.mapping.vendor(vendor.id));
    let card_code = vendor.map(|row| row.card_code.as_str());
    let balance = contract::balance_lines(context, &writer, contract, &target, card_code)?;
    let balance = delta::where_they_stand(context, family, member, card_code, balance);
    let balance = delta::other_lines(member.live(), balance);
    if change.is_empty() && balance.is_empty() {
        return Ok(if of.is_first { Decision::NothingToPost } else { Decision::Unchanged });
    }
    let dates = if of.is_first { of.dates } else { dates::change(context, member, plan)? };
    if !of.is_first {
        allow_change(context, member, plan, &change, &[])?;
    }
    let net: Decimal = change.iter().map(|line| line.amount).sum();
    if contract == Contract::Accrual {
        guard::check(context, family, record.key, scale, net, change.len())?;
        if net.is_sign_negative() && !net.is_zero() {
            covers_billed(context, family)?;
        }
    }
    let mut lines: Vec<_> = change.into_iter().map(DeltaLine::into_journal_line).collect();
    lines.extend(balance);
    writer.journal_entry(lines, dates);
    writer.finish()
}

/// Stops a reduction below what is billed already: it would leave `unbilled_account` on the wrong
/// side.
pub(super) fn covers_billed(context: &PlanContext<'_>, family: &Family) -> Result<(), Stop> {
    if !context.policy.basis.recognises_commitments() {
        return Ok(());
    }
    let billed = family.billed(context.policy);
    let Some(approved) = family.approved(context.policy) else { return Ok(()) };
    let items: usize =
        family.requisitions().map(|(_, requisition)| requisition.items.len()).max().unwrap_or(0);
    let parent = family.commitment().map(Member::record);
    let scale = parent.map_or(2, |record| context.scale_of(record));
    if billed.is_zero() || billed <= approved + money::unit(scale) * Decimal::from(items.max(1)) {
        return Ok(());
    }
    Err(hold(
        Reason::OverBilling,
        format!("billed to date is {billed}; with this reduction only {approved} is approved"),
    ))
}

pub(super) fn waiting_for_parent(family: &Family, member: &Member) -> Cause {
    let detail = match family.commitment() {
        Some(parent) if parent.stored.adopted.is_some() => format!(
            "its commitment {} ({}) stands as an invoice that a person keyed, which this record would \
             not clear: enter it in SAP by hand",
            parent.record().number,
            parent.record().key
        ),
        Some(parent) => format!(
            "its commitment {} ({}) is {}",
            parent.record().number,
            parent.record().key,
            parent.stored.state
        ),
        None => format!(
            "its commitment {} was not read",
            member.record().commitment_id().unwrap_or_default()
        ),
    };
    Cause::new(Reason::WaitingForParent, detail)
}

/// What documents of other vendors than the present one still hold, as lines that take it back.
pub(super) fn of_former_vendors(member: &Member, present: &str) -> Vec<(String, Vec<DeltaLine>)> {
    let mut others: Vec<String> = member
        .live()
        .filter_map(|document| document.card_code.clone())
        .filter(|card_code| card_code != present)
        .collect();
    others.sort();
    others.dedup();
    others
        .into_iter()
        .map(|other| {
            let documents =
                member.live().filter(|d| d.card_code.as_deref() == Some(other.as_str()));
            let lines = delta::reversal(Layer::Cost, member, documents);
            (other, lines)
        })
        .collect()
}

/// Whether a posted record may be changed.
pub(super) fn allow_change(
    context: &PlanContext<'_>,
    member: &Member,
    plan: &Plan,
    change: &[DeltaLine],
    former: &[(String, Vec<DeltaLine>)],
) -> Result<(), Stop> {
    let net: Decimal = change.iter().map(|line| line.amount).sum();
    let taken_back: Decimal =
        former.iter().flat_map(|(_, lines)| lines).map(|line| line.amount).sum();
    // What completes a plan that broke off is no change.
    let changes = member.begun(&plan.fingerprint).is_none();
    let holds = changes && context.policy.on_change == OnChange::Hold;
    let answered = [Reason::UnbilledRemainder, Reason::EndedEarly];
    if holds
        && !member.change_is_decided()
        && !answered.iter().any(|reason| member.decided(*reason))
    {
        return Err(hold(
            Reason::ChangedAfterPosting,
            format!(
                "SAP holds {}, Procore now says {}; adjusting it would post {}",
                member.net_cost_held(),
                member.net_cost_held() + net + taken_back,
                net + taken_back
            ),
        ));
    }
    Ok(())
}
