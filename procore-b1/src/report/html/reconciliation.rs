//! The page of `reconcile`.

use std::collections::{BTreeMap, BTreeSet};

use maud::{Markup, html};
use rust_decimal::Decimal;
use sync_core::reconcile::{ProjectReconciliation, Reconciliation};

use super::{
    budget::{budgets, findings},
    chart::{self, Bar},
    commitments::commitments,
    money, page,
    periods::periods,
    rounding::rounding,
    sections::{differences, duplicates, obstacles, open_items, postable, signatures},
    summary::{signed_term, summary, term_heading, used_terms},
    tie_out::tie_out,
};
use crate::report::{amount::whole, text::verdict};

/// Project to general ledger, as a page.
#[must_use]
pub fn reconciliation(report: &Reconciliation) -> String {
    let body = html! {
        h1 { "Reconciliation of Procore and SAP Business One" }
        dl.meta {
            dt { "Procore" } dd { (report.source_company) }
            dt { "SAP Business One" } dd { (report.company) }
            dt { "As of" } dd { (report.as_of.format("%Y-%m-%d %H:%M UTC")) }
        }
        p.verdict.waiting[report.exit_code() == 2].differs[report.exit_code() == 1] {
            (verdict(report))
        }
        (obstacles(report.failure.as_ref(), &report.problems))
        (totals(report))
        @for currency in currencies(report) {
            (of_currency(report, currency))
        }
        (differences(report))
        (open_items(report))
        (findings(report))
        (duplicates(report))
        (accounts(report))
        (tie_out(report))
        (postable(&report.postable))
        (signatures())
        footer {
            "Both systems were read for this page. Amounts are net of tax. Amounts below zero have \
             a minus sign. Expected in SAP is the Procore total less what is explained, plus \
             rounding; the difference is expected less what SAP holds by key."
        }
    };
    page("Reconciliation of Procore and SAP Business One", &body)
}

/// One line per currency, where there is more than one: amounts of two currencies are never added.
fn totals(report: &Reconciliation) -> Markup {
    let totals = report.totals();
    if totals.len() < 2 {
        return html! {};
    }
    html! {
        h2 { "Totals per currency" }
        table.summary {
            thead { tr {
                th { "Currency" } th.money { "Procore total" } th.money { "Explained and rounding" }
                th.money { "Expected in SAP" } th.money { "In SAP" } th.money { "Difference" }
            } }
            tbody { @for total in &totals { tr {
                td { (total.currency) }
                (money(total.procore_total(), &total.currency))
                (money(total.terms.rounding - total.terms.waiting_total(), &total.currency))
                (money(total.expected(), &total.currency))
                (money(total.in_sap, &total.currency))
                (money(total.difference(), &total.currency))
            } } }
        }
    }
}

fn currencies(report: &Reconciliation) -> BTreeSet<&str> {
    report.projects.iter().map(|project| project.currency.as_str()).collect()
}

fn of_currency(report: &Reconciliation, currency: &str) -> Markup {
    let projects: Vec<&ProjectReconciliation> =
        report.projects.iter().filter(|project| project.currency == currency).collect();
    html! {
        h2 { "Summary in " (currency) }
        (summary(&projects, currency))
        h2 { "Projects in " (currency) }
        (projects_table(&projects, currency))
        (billing_and_retainage(&projects, currency))
        (commitments(&projects, currency))
        (periods(&projects, currency))
        (months(&projects, currency))
        (budgets(&projects, currency))
        (rounding(&projects, currency))
    }
}

fn projects_table(projects: &[&ProjectReconciliation], currency: &str) -> Markup {
    let used = used_terms(projects);
    let total = |of: Figure| -> Decimal { projects.iter().map(|project| of(project)).sum() };
    html! {
        div.wide { table {
            thead { tr {
                th { "Project" } th { "SAP project" }
                th.money { "Commitments" } th.money { "Direct costs" } th.money { "Procore total" }
                @for name in &used { th.money { (term_heading(name)) } }
                th.money { "Expected in SAP" } th.money { "In SAP" } th.money { "Difference" }
            } }
            tbody {
                @for project in projects {
                    tr {
                        td { (project.name) " " span.key { (project.project) } }
                        td { (project.sap_project.as_deref().unwrap_or_default()) }
                        (money(project.committed, currency))
                        (money(project.direct_costs, currency))
                        (money(project.procore_total(), currency))
                        @for name in &used { (money(signed_term(project, name), currency)) }
                        (money(project.expected(), currency))
                        (money(project.in_sap, currency))
                        (money(project.difference(), currency))
                    }
                }
                tr.total {
                    td colspan="2" { "Total" }
                    (money(total(|p| p.committed), currency))
                    (money(total(|p| p.direct_costs), currency))
                    (money(total(ProjectReconciliation::procore_total), currency))
                    @for name in &used {
                        (money(projects.iter().map(|p| signed_term(p, name)).sum(), currency))
                    }
                    (money(total(ProjectReconciliation::expected), currency))
                    (money(total(|p| p.in_sap), currency))
                    (money(total(ProjectReconciliation::difference), currency))
                }
            }
        } }
    }
}

/// One amount of a project.
type Figure = fn(&ProjectReconciliation) -> Decimal;

fn billing_and_retainage(projects: &[&ProjectReconciliation], currency: &str) -> Markup {
    let columns: [(&str, Figure); 9] = [
        ("Committed", |p| p.committed),
        ("Billed", |p| p.billed),
        ("Unbilled in Procore", |p| p.committed - p.billed),
        ("Unbilled, opening list", |p| p.unbilled_opening),
        ("Unbilled in SAP by key", |p| p.unbilled_in_sap),
        ("Retainage in Procore", |p| p.retainage_in_procore),
        ("Retainage, opening list", |p| p.retainage_opening),
        ("Retainage in SAP by key", |p| p.retainage_in_sap),
        ("Retainage difference", |p| {
            p.retainage_in_procore - p.retainage_opening - p.retainage_in_sap
        }),
    ];
    let documents: u64 = projects.iter().map(|project| project.documents).sum();
    html! {
        h3 { "Billing and retainage" }
        div.wide { table {
            thead { tr {
                th { "Project" }
                @for (heading, _) in &columns { th.money { (heading) } }
                th.money { "Documents" }
            } }
            tbody {
                @for project in projects { tr {
                    td { (project.name) }
                    @for (_, of) in &columns { (money(of(project), currency)) }
                    td.money { (whole(project.documents)) }
                } }
                tr.total {
                    td { "Total" }
                    @for (_, of) in &columns {
                        (money(projects.iter().map(|project| of(project)).sum(), currency))
                    }
                    td.money { (whole(documents)) }
                }
            }
        } }
    }
}

fn months(projects: &[&ProjectReconciliation], currency: &str) -> Markup {
    let mut sums: BTreeMap<chrono::NaiveDate, Decimal> = BTreeMap::new();
    for month in projects.iter().flat_map(|project| &project.months) {
        *sums.entry(month.month).or_default() += month.amount;
    }
    let bars: Vec<Bar> = sums
        .into_iter()
        .map(|(month, amount)| Bar { label: month.format("%Y-%m").to_string(), amount })
        .collect();
    chart::bars("Cost recognised in SAP per month of posting", &bars, currency)
}

fn accounts(report: &Reconciliation) -> Markup {
    if report.accounts.is_empty() {
        return html! {};
    }
    html! {
        h2 { "Accounts and profit centers" }
        p {
            "What stands in SAP by key, in the currency of the documents: debits less credits, net of \
             tax."
        }
        table {
            thead { tr {
                th { "Account" } th { "Name" } th { "Profit center" } th { "Currency" }
                th.money { "Balance" }
            } }
            tbody { @for balance in &report.accounts { tr {
                td { (balance.account) } td { (balance.name) }
                td { (balance.profit_center.as_deref().unwrap_or_default()) }
                td { (balance.currency) }
                (money(balance.amount, &balance.currency))
            } } }
        }
    }
}
