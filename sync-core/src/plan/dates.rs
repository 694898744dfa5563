//! Posting dates: where a date comes from, the cut-over, and periods that are closed.

use chrono::NaiveDate;

use super::{Decision, Member, Plan, PlanContext, Stop, hold, listed::is_early};
use crate::{
    catalog::PeriodStatus,
    model::RecordBody,
    policy::ClosedPeriod,
    ports::StoredRecord,
    states::{Finding, FindingKind, Reason},
};

/// The dates of a posting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dates {
    /// The posting date: it picks the period.
    pub posting: NaiveDate,
    /// The tax date: the original one where its window allows.
    pub tax: NaiveDate,
}

/// The date that a record's first posting would carry if every period were open.
#[must_use]
pub fn original(member: &Member, not_before: Option<NaiveDate>) -> NaiveDate {
    let day = original_of(&member.stored);
    not_before.map_or(day, |earliest| day.max(earliest))
}

/// As [`original`], of a record by itself.
#[must_use]
pub fn original_of(stored: &StoredRecord) -> NaiveDate {
    let record = &stored.record;
    let stated = match &record.body {
        RecordBody::Commitment(commitment) => {
            let seen = stored.first_postable_on.filter(|_| !stored.postable_at_first_cycle);
            match (commitment.agreed_on, seen) {
                (Some(agreed), Some(seen)) => Some(agreed.max(seen)),
                (agreed, seen) => agreed.or(seen),
            }
        }
        RecordBody::ChangeOrder(change) => change.reviewed_on,
        RecordBody::DirectCost(cost) => cost.dated,
        RecordBody::Requisition(requisition) => requisition.period_end,
    };
    stated.unwrap_or(record.created_on)
}

/// Notes that a record is in a postable status today, where reading did not see it come into one: the policy
/// names its status since.
pub fn note_first_postable(context: &PlanContext<'_>, member: &mut Member) {
    let stands = member.live().next().is_some();
    if !stands && member.is_postable(context.policy) {
        member.stored.first_postable_on.get_or_insert(context.today);
    }
}

/// The dates of a record's first posting, after cut-over and period policy.
///
/// # Errors
///
/// `opening`, `future_dated`, and the holds `late_before_start`, `period_closed`,
/// `crosses_fiscal_year`.
pub(super) fn first(
    context: &PlanContext<'_>,
    member: &Member,
    not_before: Option<NaiveDate>,
    plan: &mut Plan,
) -> Result<Dates, Stop> {
    if let Some(day) = context.restated_on {
        return settle(context, day, plan);
    }
    let day = decided_day(context, member).unwrap_or_else(|| original(member, not_before));
    plan.posting_date = Some(day);
    before_start(context, member, day)?;
    if day > context.today {
        return Err(Decision::FutureDated(day));
    }
    let dates = settle(context, day, plan)?;
    plan.posting_date = Some(dates.posting);
    Ok(dates)
}

/// The day of a decision: what is posted again is dated on it; what came late is dated on the
/// cut-over at the earliest.
fn decided_day(context: &PlanContext<'_>, member: &Member) -> Option<NaiveDate> {
    if member.decided(Reason::LateBeforeStart) {
        return Some(original(member, None).max(context.policy.start_date));
    }
    posted_again_on(context, member)
}

/// The day of the decision to post a document again.
fn posted_again_on(context: &PlanContext<'_>, member: &Member) -> Option<NaiveDate> {
    let again = member.posted_again()?;
    Some(context.calendar.date(again.at).min(context.today))
}

/// A record that the basis does not bring into the ledger: on the opening list where it stood before
/// the cut-over, with nothing to post otherwise.
pub(super) fn not_in_ledger(
    context: &PlanContext<'_>,
    member: &Member,
    plan: &mut Plan,
) -> Decision {
    let day = original(member, None);
    plan.posting_date = Some(day);
    if member.stored.opening.is_some() || is_early(context, &member.stored, day) {
        Decision::Opening
    } else {
        Decision::NothingToPost
    }
}

/// Both dates on one day.
pub(super) const fn on(day: NaiveDate) -> Dates {
    Dates { posting: day, tax: day }
}

/// The day on which the change of a posted record was first seen; of a plan that broke off the day of the
/// documents that it left behind, and of what is posted again that of the decision.
pub(super) fn seen(context: &PlanContext<'_>, member: &Member, plan: &Plan) -> Dates {
    let begun = member.begun(&plan.fingerprint);
    let day = begun.or_else(|| posted_again_on(context, member));
    on(day.or_else(|| change_seen_on(context, &member.stored, plan)).unwrap_or(context.today))
}

/// The day on which what a plan is for was first seen: today, where the record was planned otherwise before.
#[must_use]
pub fn change_seen_on(
    context: &PlanContext<'_>,
    stored: &StoredRecord,
    plan: &Plan,
) -> Option<NaiveDate> {
    let before = stored.change_seen_on.filter(|_| stored.fingerprint == plan.fingerprint.as_str());
    Some(before.unwrap_or(context.today).min(context.today))
}

/// The dates of an adjustment or a reversal: those of [`seen`], after the period policy.
///
/// # Errors
///
/// As [`first`], the cut-over aside.
pub(super) fn change(
    context: &PlanContext<'_>,
    member: &Member,
    plan: &mut Plan,
) -> Result<Dates, Stop> {
    settle(context, seen(context, member, plan).posting, plan)
}

fn before_start(context: &PlanContext<'_>, member: &Member, day: NaiveDate) -> Result<(), Stop> {
    let start = context.policy.start_date;
    if member.stored.opening.is_some() || is_early(context, &member.stored, day) {
        return Err(Decision::Opening);
    }
    if day >= start {
        return Ok(());
    }
    Err(hold(
        Reason::LateBeforeStart,
        format!(
            "{} is dated {day}, before the cut-over of {start}, and was not on the opening list",
            member.record().key
        ),
    ))
}

/// Finds the period of a date, or the next open one.
fn settle(context: &PlanContext<'_>, day: NaiveDate, plan: &mut Plan) -> Result<Dates, Stop> {
    let catalog = context.catalog;
    let Some(period) = catalog.period_of(day) else {
        return Err(hold(
            Reason::PeriodClosed,
            format!("SAP has no posting period for {day}; create it"),
        ));
    };
    if period.status == PeriodStatus::Open {
        let tax = if period.tax.contains(day) { day } else { tax_day(period, day) };
        return Ok(Dates { posting: day, tax });
    }
    let moves = [Reason::PeriodClosed, Reason::CrossesFiscalYear, Reason::LateBeforeStart];
    let decided = plan.decided.iter().any(|reason| moves.contains(reason));
    if context.policy.closed_period == ClosedPeriod::Hold && !decided {
        return Err(hold(
            Reason::PeriodClosed,
            format!("the posting date {day} lies in period {}, which is closed", period.name),
        ));
    }
    let mut later: Vec<_> = catalog
        .periods
        .iter()
        .filter(|other| {
            other.status == PeriodStatus::Open && other.posting.from.is_some_and(|from| from > day)
        })
        .collect();
    later.sort_by_key(|other| other.posting.from);
    let next = later.iter().find(|other| other.fiscal_year == period.fiscal_year || decided);
    let Some((next, from)) = next.and_then(|next| next.posting.from.map(|from| (next, from)))
    else {
        return Err(hold(
            if later.is_empty() { Reason::PeriodClosed } else { Reason::CrossesFiscalYear },
            format!(
                "the posting date {day} lies in period {}, which is closed; its fiscal year {} has \
                 no later open period",
                period.name, period.fiscal_year
            ),
        ));
    };
    if from > context.today {
        return Err(Decision::FutureDated(from));
    }
    plan.findings.push(Finding {
        kind: FindingKind::MovedToOpenPeriod,
        detail: format!("{day} lies in the closed period {}; posted on {from}", period.name),
    });
    Ok(Dates { posting: from, tax: if next.tax.contains(day) { day } else { from } })
}

/// The day of the tax window that lies nearest to `day`.
fn tax_day(period: &crate::catalog::Period, day: NaiveDate) -> NaiveDate {
    let day = period.tax.from.map_or(day, |from| day.max(from));
    period.tax.to.map_or(day, |to| day.min(to))
}

/// The earliest date of a change order or a requisition: that of its commitment.
pub(super) fn of_commitment(parent: Option<&Member>) -> Option<NaiveDate> {
    let parent = parent?;
    parent.stored.posting_date.or_else(|| parent.live().map(|document| document.posting_date).min())
}
