//! Procore's budget on the page of `reconcile`.

use maud::{Markup, html};
use rust_decimal::Decimal;
use sync_core::reconcile::{BudgetLine, ProjectReconciliation, Reconciliation};

use super::money;

/// One amount of a cost code.
type Figure = fn(&BudgetLine) -> Decimal;

const COLUMNS: [(&str, Figure); 4] = [
    ("Committed", |line| line.committed),
    ("Direct costs", |line| line.direct_costs),
    ("Recognised in SAP", |line| line.recognised),
    ("Remaining", BudgetLine::remaining),
];

/// The budget of each project per cost code, beside what is committed and recognised.
pub(super) fn budgets(projects: &[&ProjectReconciliation], currency: &str) -> Markup {
    html! {
        h2 { "Budget in " (currency) }
        @if projects.iter().any(|project| !project.budget.compared) { p {
            "A budget has its project's own currency. What is committed in another one stands below \
             without a budget: nothing is converted."
        } }
        p {
            "Recognised is what SAP holds by key; remaining is the budget less what is committed and \
             spent directly, whether SAP holds it yet or not."
        }
        @for project in projects { (of_project(project, currency)) }
    }
}

fn of_project(project: &ProjectReconciliation, currency: &str) -> Markup {
    let beside = &project.budget;
    let total = |of: Figure| -> Decimal { beside.lines.iter().map(of).sum() };
    let budget: Decimal = beside.lines.iter().filter_map(|line| line.budget).sum();
    html! {
        h3 { (project.name) }
        @if let Some(finding) = &beside.unavailable {
            p.remedy { (finding.kind) ": " (finding.detail) "; " (finding.kind.remedy()) }
        }
        @if !beside.lines.is_empty() {
            div.wide { table {
                thead { tr {
                    th { "Cost code" } th.money { "Budget" }
                    @for (heading, _) in &COLUMNS { th.money { (heading) } }
                } }
                tbody {
                    @for line in &beside.lines { tr {
                        td.key { (line.code) }
                        @match line.budget {
                            Some(amount) => { (money(amount, currency)) }
                            None if beside.compared => { td.money.below { "none" } }
                            None => { td {} }
                        }
                        @for (_, of) in &COLUMNS[..3] { (money(of(line), currency)) }
                        @if beside.compared { (money(line.remaining(), currency)) } @else { td {} }
                    } }
                    @if !beside.uncoded.is_zero() { tr {
                        td { "on codes that are not known any more" } td {} td {} td {}
                        (money(beside.uncoded, currency)) td {}
                    } }
                    tr.total {
                        td { "Total" }
                        (money(budget, currency))
                        (money(total(COLUMNS[0].1), currency))
                        (money(total(COLUMNS[1].1), currency))
                        (money(total(COLUMNS[2].1) + beside.uncoded, currency))
                        @if beside.compared { (money(total(COLUMNS[3].1), currency)) } @else { td {} }
                    }
                }
            } }
        }
    }
}

/// What is worth knowing of single records.
pub(super) fn findings(report: &Reconciliation) -> Markup {
    if report.projects.iter().all(|project| project.findings.is_empty()) {
        return html! {};
    }
    html! {
        h2 { "Findings" }
        p { "None of these stops a record." }
        div.wide { table {
            thead { tr { th { "Record" } th { "Finding" } th { "Detail and remedy" } } }
            tbody { @for row in report.projects.iter().flat_map(|project| &project.findings) { tr {
                td.key { (row.key) }
                td { (row.finding.kind.name().replace('_', " ")) }
                td { (row.finding.detail) br; span.remedy { (row.finding.kind.remedy()) } }
            } } }
        } }
    }
}
