//! The budget in the document of `reconcile`.

use serde::Serialize;
use sync_core::reconcile::{BudgetBeside, BudgetLine};

use crate::report::amount::plain;

/// `unavailable` says why there is no budget, `compared` is false outside the project's own currency; the
/// other figures stand all the same.
#[derive(Serialize)]
pub(super) struct BudgetJson<'a> {
    unavailable: Option<&'a str>,
    compared: bool,
    lines: Vec<BudgetLineJson<'a>>,
    uncoded: String,
}

#[derive(Serialize)]
struct BudgetLineJson<'a> {
    sub_job: Option<&'a str>,
    cost_code: &'a str,
    budget: Option<String>,
    committed: String,
    direct_costs: String,
    recognised: String,
    remaining: String,
}

pub(super) fn of_budget<'a>(beside: &'a BudgetBeside, currency: &str) -> BudgetJson<'a> {
    BudgetJson {
        unavailable: beside.unavailable.as_ref().map(|finding| finding.detail.as_str()),
        compared: beside.compared,
        lines: beside.lines.iter().map(|line| of_line(line, currency)).collect(),
        uncoded: plain(beside.uncoded, currency),
    }
}

fn of_line<'a>(line: &'a BudgetLine, currency: &str) -> BudgetLineJson<'a> {
    let money = |amount| plain(amount, currency);
    BudgetLineJson {
        sub_job: line.code.sub_job.as_deref(),
        cost_code: &line.code.cost_code,
        budget: line.budget.map(money),
        committed: money(line.committed),
        direct_costs: money(line.direct_costs),
        recognised: money(line.recognised),
        remaining: money(line.remaining()),
    }
}
