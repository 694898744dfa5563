//! The life of a subcontract: change orders and requisitions in the order in which they happen.

use chrono::{Days, NaiveDate};
use rust_decimal::Decimal;

use super::{
    Making,
    commitments::{on, typed},
    morning,
};
use crate::procore::{
    Coding, Company, NewChangeOrder, NewLine, NewRequisition, Payment, Project, Requisition, Work,
    cents, sum_of,
};

/// How a subcontract will be billed.
struct Plan {
    /// The months at whose ends it is billed.
    months: Vec<u32>,
    /// How much is billed at last, in percent of every line.
    percent_at_last: usize,
    /// Whether all retainage is released with the last requisition.
    releases: bool,
    /// Whether the last requisition is still under review.
    last_is_open: bool,
}

/// Makes change orders and requisitions of one subcontract made in the given month.
pub(crate) fn life_of(
    making: &mut Making,
    company: &mut Company,
    project_id: i64,
    commitment_id: i64,
    month: u32,
) {
    let plan = plan(making, company, project_id, commitment_id, month);
    let mut changes = change_order_days(making, &plan, month);
    let last = plan.months.len();
    for (n, month) in plan.months.iter().enumerate() {
        let end = making.month_end(*month);
        for day in changes.extract_if(.., |day| *day <= end) {
            change_order(making, company, project_id, commitment_id, day);
        }
        requisition(making, company, project_id, commitment_id, &plan, n + 1);
    }
    for day in changes {
        change_order(making, company, project_id, commitment_id, day);
    }
    if plan.percent_at_last == 100 && plan.releases && !plan.last_is_open && last > 0 {
        finish(company, project_id, commitment_id);
    }
}

/// Chooses the months: from the one of the contract on, none whose end lies after `as_of`.
fn plan(
    making: &mut Making,
    company: &Company,
    project_id: i64,
    commitment_id: i64,
    month: u32,
) -> Plan {
    let possible: Vec<u32> =
        (month..making.size.months).filter(|m| making.month_end(*m) <= making.as_of).collect();
    let count = making.rng.between(1, making.size.requisitions_max).min(possible.len());
    let skipped = making.rng.below(possible.len() - count + 1);
    let months = possible.into_iter().skip(skipped).take(count).collect();
    let whole_cents = company
        .project(project_id)
        .and_then(|p| p.commitment(commitment_id))
        .is_some_and(|c| c.lines.iter().all(|l| l.amount.normalize().scale() <= 2));
    let complete = whole_cents && making.rng.chance(35);
    Plan {
        months,
        percent_at_last: if complete { 100 } else { making.rng.between(40, 85) },
        releases: complete && making.rng.chance(60),
        last_is_open: making.rng.chance(15),
    }
}

/// The days of its change orders. A contract that will be billed in full has none after its last
/// requisition, because a reduction then would leave it over-billed.
fn change_order_days(making: &mut Making, plan: &Plan, month: u32) -> Vec<NaiveDate> {
    let count = making.rng.between(0, making.size.change_orders_max);
    let last = plan.months.last().copied().unwrap_or(month);
    let latest = if plan.percent_at_last == 100 { last } else { making.size.months - 1 };
    let after_contract = making.month_end(month);
    let day_before = making.as_of - Days::new(1);
    let mut days: Vec<NaiveDate> = (0..count)
        .map(|_| {
            let from = usize::try_from(month).unwrap_or_default();
            let to = usize::try_from(latest).unwrap_or_default();
            let in_month = u32::try_from(making.rng.between(from, to)).unwrap_or(month);
            let day = making.day_in_month(in_month);
            // In the month of the contract itself only its last day is surely not before it.
            if in_month == month { day.max(after_contract) } else { day }
        })
        .map(|day| day.min(day_before))
        .collect();
    days.sort_unstable();
    days
}

fn codings_of(company: &Company, project_id: i64, commitment_id: i64) -> (Vec<Coding>, Decimal) {
    company.project(project_id).and_then(|p| p.commitment(commitment_id)).map_or_else(
        || (Vec::new(), Decimal::ZERO),
        |c| (c.lines.iter().filter_map(|l| l.coding).collect(), sum_of(&c.lines)),
    )
}

/// One to three lines; a fifth are reductions of at most three percent of the contract, a tenth
/// move money between two cost codes. About four in five are approved.
fn change_order(
    making: &mut Making,
    company: &mut Company,
    project_id: i64,
    commitment_id: i64,
    day: NaiveDate,
) {
    let (codings, contract) = codings_of(company, project_id, commitment_id);
    if codings.is_empty() {
        return;
    }
    let share = |making: &mut Making| {
        let per_mille = Decimal::from(u64::try_from(making.rng.between(2, 10)).unwrap_or(2));
        cents(contract * per_mille / Decimal::ONE_THOUSAND)
    };
    let draw = making.rng.below(100);
    let count = making.rng.between(1, 3);
    let mut lines: Vec<NewLine> = (0..count)
        .map(|_| {
            let coding = *making.rng.pick(&codings);
            let amount = share(making);
            let amount = if draw < 20 { -amount } else { amount };
            typed(coding, "Change in scope", amount)
        })
        .collect();
    if (20..30).contains(&draw) {
        let back: Decimal = lines.iter().map(|l| l.amount).sum();
        let coding = *making.rng.pick(&codings);
        lines.push(typed(coding, "Moved from here", -back));
    }
    let approved = making.rng.chance(82);
    let status = if approved {
        "approved"
    } else {
        *making.rng.pick(&["draft", "pending", "rejected", "no_charge", "void"])
    };
    let markups = markups(making, company, project_id, &lines);
    on(company, day);
    let new = NewChangeOrder {
        contract_id: commitment_id,
        title: "Owner directed change".to_owned(),
        status: status.to_owned(),
        reviewed_at: approved.then(|| morning(day)),
        lines,
        markups,
    };
    // The commitment was looked up above.
    let _ = company.add_change_order(project_id, new);
}

/// Markup on packages of 3-tier projects, half of it without a cost code.
fn markups(
    making: &mut Making,
    company: &Company,
    project_id: i64,
    lines: &[NewLine],
) -> Vec<NewLine> {
    let three = company.project(project_id).is_some_and(|p| p.change_order_tiers == 3);
    let sum: Decimal = lines.iter().map(|l| l.amount).sum();
    if !three || sum <= Decimal::ZERO || making.rng.chance(40) {
        return Vec::new();
    }
    let coding = if making.rng.chance(50) { None } else { lines.first().and_then(|l| l.coding) };
    vec![NewLine {
        coding,
        description: "Overhead and profit".to_owned(),
        amount: cents(sum * Decimal::new(8, 2)),
        priced: None,
    }]
}

/// The nth requisition of the plan.
fn requisition(
    making: &mut Making,
    company: &mut Company,
    project_id: i64,
    commitment_id: i64,
    plan: &Plan,
    n: usize,
) {
    let Some(project) = company.project(project_id) else {
        return;
    };
    let month = plan.months[n - 1];
    let end = making.month_end(month);
    let last = n == plan.months.len();
    let previous = project.requisition(commitment_id, i64::try_from(n).unwrap_or(1) - 1).cloned();
    let work = work(making, project, commitment_id, previous.as_ref(), plan, n);
    let period_id = project.billing_periods.iter().find(|p| p.end_date == end).map(|p| p.id);
    let under_review = last && plan.last_is_open;
    let status = if under_review {
        *making.rng.pick(&["draft", "under_review", "approved_as_noted"])
    } else {
        "approved"
    };
    on(company, end.min(making.as_of));
    let new = NewRequisition {
        commitment_id,
        status: status.to_owned(),
        invoice_number: Some(making.invoice_number()),
        period_id,
        billing_date: Some(end),
        is_final: last && plan.percent_at_last == 100,
        tax: Decimal::ZERO,
        work,
    };
    if company.add_requisition(project_id, new).is_ok() && !last {
        payment(making, company, project_id, end);
    }
}

/// What every line bills. Positive lines follow the plan's percent; reductions are billed whole at
/// once and carry no retainage.
fn work(
    making: &mut Making,
    project: &Project,
    commitment_id: i64,
    previous: Option<&Requisition>,
    plan: &Plan,
    n: usize,
) -> Vec<Work> {
    let last = n == plan.months.len();
    let step = Decimal::from(u64::try_from(plan.percent_at_last * n).unwrap_or_default())
        / Decimal::from(u64::try_from(plan.months.len() * 100).unwrap_or(100));
    let contract = project.commitment(commitment_id).into_iter().flat_map(|c| &c.lines);
    let changes = project
        .change_orders
        .iter()
        .filter(|c| c.contract_id == commitment_id && c.is_approved())
        .flat_map(|c| c.lines.iter().chain(&c.markups));
    contract
        .chain(changes)
        .map(|line| {
            let before = previous.and_then(|p| p.items.iter().find(|i| i.line_item_id == line.id));
            let done = before.map_or(Decimal::ZERO, |i| i.work_previous + i.work_this_period);
            let stored_before = before.map_or(Decimal::ZERO, |i| i.materials_stored);
            if line.amount <= Decimal::ZERO {
                return Work {
                    line_item_id: line.id,
                    completed: line.amount - done,
                    ..Work::default()
                };
            }
            let target = cents(line.amount * step).max(done + stored_before);
            let moved = if making.rng.chance(50) { stored_before } else { Decimal::ZERO };
            let open = target - done - moved;
            let stores = !last && making.rng.chance(15);
            let stored = if stores { cents(open * Decimal::new(3, 1)) } else { Decimal::ZERO };
            let completed = open - stored;
            let held = cents(completed * Decimal::new(1, 1))
                + cents(moved * Decimal::new(1, 1))
                    .min(before.map_or(Decimal::ZERO, |i| i.materials_retainage))
                + before.map_or(Decimal::ZERO, |i| i.work_retained());
            Work {
                line_item_id: line.id,
                completed,
                materials_stored: stored,
                materials_moved: moved,
                retainage_percent: Decimal::TEN,
                released: if last && plan.releases { held } else { Decimal::ZERO },
            }
        })
        .collect()
}

/// Pays the requisition that was made last, twenty days after its period.
fn payment(making: &Making, company: &mut Company, project_id: i64, end: NaiveDate) {
    let date = end + Days::new(20);
    if date > making.as_of {
        return;
    }
    let id = company.new_id();
    let Some(project) = company.project_mut(project_id) else {
        return;
    };
    let Some(requisition) = project.requisitions.last() else {
        return;
    };
    let payment = Payment {
        id,
        contract_id: requisition.commitment_id,
        requisition_id: Some(requisition.id),
        amount: requisition.payment_due(project),
        date,
        check_number: format!("{}", 70_000 + project.payments.len()),
        created_at: morning(date),
    };
    project.payments.push(payment);
}

fn finish(company: &mut Company, project_id: i64, commitment_id: i64) {
    let now = company.now;
    let Some(project) = company.project_mut(project_id) else {
        return;
    };
    for commitment in project.commitments.iter_mut().filter(|c| c.id == commitment_id) {
        "Complete".clone_into(&mut commitment.status);
        commitment.updated_at = now;
    }
}
