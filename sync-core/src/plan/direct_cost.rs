//! Direct costs: a journal entry, Dr GL account + profit center per line, Cr the vendor's trade
//! account or the offset account of the type.

use rust_decimal::Decimal;

use super::{
    Decision, Family, Member, Plan, PlanContext, Stop,
    dates::{self, Dates},
    delta::{self, DeltaLine, Layer},
    documents::{self, Writer, balance_sheet, role_line, trade_account},
    foreign,
    header::header,
    hold,
    lines::{self, Stand},
    open_balance, repeats,
};
use crate::{
    catalog::Partner,
    model::{DirectCost, JournalLine, JournalTarget, LineMark, RecordBody},
    money,
    policy::{Offset, OnChange, TaxInJournal},
    states::Reason,
};

pub(super) fn plan(
    context: &PlanContext<'_>,
    member: &Member,
    plan: &mut Plan,
) -> Result<Decision, Stop> {
    let RecordBody::DirectCost(cost) = &member.record().body else {
        return Ok(Decision::NotPostable);
    };
    let Some(offset) = context.policy.direct_cost_offset.get(&cost.direct_cost_type) else {
        return Ok(Decision::NotConfigured);
    };
    foreign::allowed(context, member)?;
    let family = Family { members: vec![member.clone()] };
    let is_first = member.live().next().is_none();
    let dates = if is_first {
        dates::first(context, member, None, plan)?
    } else {
        dates::seen(context, member, plan)
    };
    repeats::check(context, &family, member, is_first, &mut plan.findings)?;
    let partner = match offset {
        Offset::Vendor => Some(documents::partner(context, &family, member)?),
        Offset::Account(_) => None,
    };
    let header = header(member.record()).map(|header| header.amount);
    let target = lines::target(context, member, header, dates.posting, Stand::JOURNAL)?;
    let scale = context.catalog.scale(&context.currency_of(member.record()));
    plan.findings.extend(lines::findings(&cost.lines, scale));
    plan.places = lines::places(&target.lines, Layer::Cost).collect();
    plan.rounding = target.rounding;
    let target = target.lines;

    let mut writer = Writer::new(context, &family, member)?;
    let wanted = rest(context, &family, member, partner, cost, &target, dates)?;
    let total: Decimal = target.iter().map(|line| line.amount).sum();
    let card_code = partner.map(|partner| partner.card_code.as_str());
    let wanted = delta::where_they_stand(context, &family, member, card_code, wanted);
    let change = difference(member, &target, context.policy.lines_max, wanted);
    if change.is_empty() {
        return Ok(if is_first { Decision::NothingToPost } else { Decision::Unchanged });
    }
    let holds = context.policy.on_change == OnChange::Hold;
    if !is_first && holds && !member.change_is_decided() {
        return Err(hold(
            Reason::ChangedAfterPosting,
            format!("SAP holds {}, Procore now says {total}", member.net_cost_held()),
        ));
    }
    open_balance::allows_lines(member, &change)?;
    let dates = if is_first { dates } else { dates::change(context, member, plan)? };
    writer.journal_entry(change, dates);
    writer.finish()
}

/// The other lines of a direct cost with these cost lines: stated tax, and the vendor, where it is owed to
/// one, or the offset.
///
/// # Errors
///
/// The hold that stops the record.
pub(super) fn rest(
    context: &PlanContext<'_>,
    family: &Family,
    member: &Member,
    partner: Option<&Partner>,
    cost: &DirectCost,
    target: &[lines::TargetLine],
    dates: Dates,
) -> Result<Vec<JournalLine>, Stop> {
    let Some(offset) = context.policy.direct_cost_offset.get(&cost.direct_cost_type) else {
        return Err(Decision::NotConfigured);
    };
    let writer = Writer::new(context, family, member)?;
    let scale = context.scale_of(member.record());
    let mut rest = tax_lines(context, &writer, cost, target, scale)?;
    let net: Decimal = target.iter().map(|line| line.amount).sum();
    let total = net + rest.iter().map(|line| line.amount).sum::<Decimal>();
    rest.push(counter_line(context, &writer, offset, partner, -total, dates, cost)?);
    Ok(rest)
}

/// The stated tax, as `tax_in_journal` says.
fn tax_lines(
    context: &PlanContext<'_>,
    writer: &Writer<'_>,
    cost: &DirectCost,
    target: &[lines::TargetLine],
    scale: u32,
) -> Result<Vec<JournalLine>, Stop> {
    let tax = context.policy.rounding.round(cost.stated_tax.unwrap_or_default(), scale);
    if tax.is_zero() {
        return Ok(Vec::new());
    }
    match &context.policy.tax_in_journal {
        TaxInJournal::Hold => Err(hold(
            Reason::TaxNotConfigured,
            format!("Procore states a tax of {tax}; posting.tax_in_journal is hold"),
        )),
        TaxInJournal::Account(account) => {
            let place = balance_sheet(context, writer.row(), account, "posting.tax_account", None)?;
            Ok(vec![role_line("tax", place, tax, "tax".to_owned())])
        }
        TaxInJournal::Cost => {
            let weights: Vec<Decimal> = target.iter().map(|line| line.amount).collect();
            let parts = money::spread(tax, &weights, scale);
            Ok(target
                .iter()
                .zip(parts)
                .map(|(line, part)| JournalLine {
                    mark: LineMark::Tax(line.id),
                    target: JournalTarget::Account(line.coding.clone()),
                    amount: part,
                    due_date: None,
                    payment_block: false,
                    description: format!("{} (tax)", line.text),
                })
                .collect())
        }
    }
}

fn counter_line(
    context: &PlanContext<'_>,
    writer: &Writer<'_>,
    offset: &Offset,
    partner: Option<&Partner>,
    amount: Decimal,
    dates: Dates,
    cost: &DirectCost,
) -> Result<JournalLine, Stop> {
    let text = cost.invoice_number.clone().unwrap_or_else(|| cost.direct_cost_type.clone());
    match (offset, partner) {
        (Offset::Vendor, Some(partner)) => {
            let target = JournalTarget::Partner {
                card_code: partner.card_code.clone(),
                control_account: trade_account(partner)?,
                project: writer.row().sap_project.clone(),
            };
            let mut line = role_line("payable", target, amount, text);
            line.due_date = Some(documents::due_date(context, partner, dates.posting)?);
            Ok(line)
        }
        (Offset::Account(account), _) => {
            let key = format!("posting.direct_cost_offset.{}", cost.direct_cost_type);
            if context.catalog.account(account).is_some_and(|found| found.cash) {
                return Err(hold(
                    Reason::AccountInvalid,
                    format!(
                        "account {account} of {key} is a cash account; name a clearing account"
                    ),
                ));
            }
            let place = balance_sheet(context, writer.row(), account, &key, None)?;
            Ok(role_line("offset", place, amount, text))
        }
        (Offset::Vendor, None) => {
            Err(hold(Reason::VendorMissing, "the direct cost names no vendor"))
        }
    }
}

/// What must be posted so that SAP holds the wanted lines: cost and tax per place, the other lines
/// per mark and target.
fn difference(
    member: &Member,
    target: &[lines::TargetLine],
    lines_max: usize,
    wanted: Vec<JournalLine>,
) -> Vec<JournalLine> {
    let tax = delta::of_tax(&wanted);
    let mut change: Vec<JournalLine> = [(Layer::Cost, target), (Layer::Tax, &tax)]
        .into_iter()
        .flat_map(|(layer, target)| delta::of_layer(layer, member, target, lines_max, |_| true))
        .map(DeltaLine::into_journal_line)
        .collect();
    change.extend(delta::other_lines(member.live(), wanted));
    change
}
