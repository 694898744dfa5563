//! Purchase orders and subcontracts with their schedules of values.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::{
    Making, billing,
    directory::codings,
    morning,
    words::{KINDS, UNITS},
};
use crate::procore::{Coding, CommitmentKind, Company, NewCommitment, NewLine, cents};

/// A line with a typed amount.
pub(crate) fn typed(coding: Coding, description: &str, amount: Decimal) -> NewLine {
    NewLine { coding: Some(coding), description: description.to_owned(), amount, priced: None }
}

/// A calculated line: its amount has up to four decimals and needs rounding.
fn priced(making: &mut Making, coding: Coding) -> NewLine {
    let (uom, what) = *making.rng.pick(&UNITS);
    let quantity = Decimal::new(i64::try_from(making.rng.between(200, 90_000)).unwrap_or(1), 2);
    let price = Decimal::new(i64::try_from(making.rng.between(10_000, 900_000)).unwrap_or(1), 4);
    let amount = (quantity * price).round_dp(4);
    NewLine {
        coding: Some(coding),
        description: what.to_owned(),
        amount,
        priced: Some((quantity, price, uom.to_owned())),
    }
}

/// The amounts of a project, scaled by its kind.
fn scaled(making: &mut Making, company: &Company, project_id: i64, to: usize) -> Decimal {
    let kind = company.project(project_id).map(|p| p.kind.clone()).unwrap_or_default();
    let percent = KINDS.iter().find(|(k, _)| *k == kind).map_or(100, |(_, percent)| *percent);
    let percent = Decimal::from(u64::try_from(percent).unwrap_or(100));
    cents(making.rng.amount(to / 10, to) * percent / Decimal::ONE_HUNDRED)
}

fn vendor(making: &mut Making, company: &Company) -> Option<i64> {
    (!company.vendors.is_empty()).then(|| making.rng.pick(&company.vendors).id)
}

/// Sets the company's time to the day on which a record is made.
pub(crate) fn on(company: &mut Company, day: NaiveDate) {
    company.now = morning(day);
}

/// Makes the purchase orders of a project: about nine in ten in a postable status.
pub(crate) fn purchase_orders(making: &mut Making, company: &mut Company, project_id: i64) {
    let statuses = [
        "Approved",
        "Approved",
        "Approved",
        "Partially Received",
        "Received",
        "Received",
        "Closed",
    ];
    for n in 0..making.size.purchase_orders {
        let month = u32::try_from(making.rng.below(months(making))).unwrap_or_default();
        let day = making.day_in_month(month);
        let status = if making.rng.chance(90) {
            *making.rng.pick(&statuses)
        } else {
            *making.rng.pick(&["Draft", "Submitted", "Processing"])
        };
        let lines = purchase_order_lines(making, company, project_id, n);
        on(company, day);
        let new = NewCommitment {
            kind: CommitmentKind::PurchaseOrder,
            number: format!("PO-{:03}", n + 1),
            title: format!("Materials {}", n + 1),
            status: status.to_owned(),
            vendor_id: vendor(making, company),
            contract_date: Some(day),
            execution_date: making.rng.chance(60).then_some(day),
            retainage_percent: Decimal::ZERO,
            lines,
        };
        // The project was listed from this very company.
        let _ = company.add_commitment(project_id, new);
    }
}

fn months(making: &Making) -> usize {
    usize::try_from(making.size.months).unwrap_or(1)
}

/// Two to six lines; some priced, some with a rebate below zero, some at zero.
fn purchase_order_lines(
    making: &mut Making,
    company: &Company,
    project_id: i64,
    n: usize,
) -> Vec<NewLine> {
    let materials = codings(company, project_id, "M");
    let equipment = codings(company, project_id, "E");
    let count = making.rng.between(2, 6);
    let mut lines = Vec::with_capacity(count + 1);
    for _ in 0..count {
        let pool = if making.rng.chance(80) { &materials } else { &equipment };
        let coding = *making.rng.pick(pool);
        if n % 3 == 1 {
            lines.push(priced(making, coding));
        } else {
            let amount = scaled(making, company, project_id, 12_000);
            lines.push(typed(coding, "Delivered to site", amount));
        }
    }
    if making.rng.chance(20) {
        let coding = *making.rng.pick(&materials);
        let rebate = -making.rng.amount(20, 100);
        lines.push(typed(coding, "Volume rebate", rebate));
    }
    if making.rng.chance(10) {
        let coding = *making.rng.pick(&materials);
        lines.push(typed(coding, "Delivery included", Decimal::ZERO));
    }
    lines
}

/// Makes the subcontracts of a project with their change orders and requisitions.
pub(crate) fn subcontracts(making: &mut Making, company: &mut Company, project_id: i64) {
    for n in 0..making.size.subcontracts {
        let latest = months(making).saturating_sub(3).max(1);
        let month = u32::try_from(making.rng.below(latest)).unwrap_or_default();
        let day = making.day_in_month(month);
        let live = making.rng.chance(93);
        let status = if live {
            "Approved"
        } else {
            *making.rng.pick(&["Draft", "Out For Bid", "Out For Signature", "Void"])
        };
        let lines = subcontract_lines(making, company, project_id, n);
        on(company, day);
        let new = NewCommitment {
            kind: CommitmentKind::Subcontract,
            number: format!("SC-{:03}", n + 1),
            title: format!("Subcontract {}", n + 1),
            status: status.to_owned(),
            vendor_id: vendor(making, company),
            contract_date: Some(day),
            execution_date: making.rng.chance(70).then_some(day),
            retainage_percent: Decimal::TEN,
            lines,
        };
        if let Ok(id) = company.add_commitment(project_id, new)
            && live
        {
            billing::life_of(making, company, project_id, id, month);
        }
    }
}

/// Three to eight lines to the cent; every ninth subcontract has lines with three decimals.
fn subcontract_lines(
    making: &mut Making,
    company: &Company,
    project_id: i64,
    n: usize,
) -> Vec<NewLine> {
    let work = codings(company, project_id, "S");
    let labor = codings(company, project_id, "L");
    let count = making.rng.between(3, 8);
    let mut lines: Vec<NewLine> = (0..count)
        .map(|k| {
            let coding = *making.rng.pick(if k % 4 == 3 { &labor } else { &work });
            let mut amount = scaled(making, company, project_id, 60_000);
            if n % 9 == 4 {
                amount += Decimal::new(i64::try_from(making.rng.between(1, 9)).unwrap_or(1), 3);
            }
            typed(coding, &format!("Phase {}", k + 1), amount)
        })
        .collect();
    if making.rng.chance(8) {
        let coding = *making.rng.pick(&work);
        lines.push(typed(coding, "Warranty included", Decimal::ZERO));
    }
    lines
}
