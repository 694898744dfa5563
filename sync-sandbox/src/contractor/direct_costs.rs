//! Direct costs: vendors' invoices, employees' expenses, payroll.

use rust_decimal::Decimal;

use super::{
    Making,
    commitments::{on, typed},
    directory::codings,
    words::EMPLOYEES,
};
use crate::procore::{Company, DirectCostType, NewDirectCost, NewLine};

/// Makes the direct costs of a project: about nine in ten approved.
pub(crate) fn direct_costs(making: &mut Making, company: &mut Company, project_id: i64) {
    for _ in 0..making.size.direct_costs {
        let months = usize::try_from(making.size.months).unwrap_or(1);
        let month = u32::try_from(making.rng.below(months)).unwrap_or_default();
        let day = making.day_in_month(month);
        let kind = match making.rng.below(10) {
            0..=5 => DirectCostType::Invoice,
            6..=7 => DirectCostType::Expense,
            _ => DirectCostType::Payroll,
        };
        let invoice = kind == DirectCostType::Invoice;
        let approved = making.rng.chance(92);
        let status = if approved { "approved" } else { *making.rng.pick(&["draft", "pending"]) };
        let lines = lines(making, company, project_id, kind);
        let vendor = invoice.then(|| making.rng.pick(&company.vendors).id);
        let number = invoice.then(|| making.invoice_number());
        let employee = (!invoice).then(|| (*making.rng.pick(&EMPLOYEES)).to_owned());
        on(company, day);
        let new = NewDirectCost {
            kind,
            status: status.to_owned(),
            date: Some(day),
            vendor_id: vendor,
            employee,
            invoice_number: number,
            description: format!("{} of {}", kind.as_str(), day.format("%B")),
            tax_total: Decimal::ZERO,
            lines,
        };
        // The project was listed from this very company.
        let _ = company.add_direct_cost(project_id, new);
    }
}

fn lines(
    making: &mut Making,
    company: &Company,
    project_id: i64,
    kind: DirectCostType,
) -> Vec<NewLine> {
    let (cost_type, to) = match kind {
        DirectCostType::Payroll => ("L", 9_000),
        DirectCostType::Expense => ("O", 400),
        _ => ("M", 3_500),
    };
    let codings = codings(company, project_id, cost_type);
    let count = making.rng.between(1, 4);
    let thirds = making.rng.chance(10);
    let credit = kind == DirectCostType::Invoice && making.rng.chance(5);
    let mut lines: Vec<NewLine> = (0..count)
        .map(|_| {
            let coding = *making.rng.pick(&codings);
            let mut amount = making.rng.amount(20, to);
            if thirds {
                amount += Decimal::new(3_333, 6);
                amount = amount.round_dp(4);
            }
            typed(coding, "As entered", if credit { -amount } else { amount })
        })
        .collect();
    if count > 2 && making.rng.chance(15) {
        let coding = *making.rng.pick(&codings);
        lines.push(typed(coding, "Deposit returned", -making.rng.amount(1, 15)));
    }
    lines
}
