//! Parts that pages share.

use std::collections::BTreeMap;

use maud::{Markup, html};
use sync_core::{
    engine::{Failure, ProjectProblem},
    reconcile::Reconciliation,
};

use super::money;
use crate::report::json::state_name;

/// Why the whole or a part could not be done.
pub(super) fn obstacles(failure: Option<&Failure>, problems: &[ProjectProblem]) -> Markup {
    html! {
        @if let Some(failure) = failure {
            p.verdict.differs { (failure.name) ": " (failure.detail) }
        }
        @for problem in problems {
            p.verdict.differs {
                "Project " (problem.project) ": " (problem.failure.name) ": " (problem.failure.detail)
            }
        }
    }
}

/// What SAP holds otherwise than expected.
pub(super) fn differences(report: &Reconciliation) -> Markup {
    if report.projects.iter().all(|project| project.differences.is_empty()) {
        return html! {};
    }
    html! {
        h2 { "Differences" }
        div.wide { table {
            thead { tr {
                th { "Project" } th { "Record" } th { "Kind" }
                th.money { "Expected" } th.money { "In SAP" } th { "Documents" }
            } }
            tbody { @for project in &report.projects { @for difference in &project.differences { tr {
                td { (project.name) }
                td.key { (difference.key) }
                td { (difference.kind.name()) }
                (money(difference.expected, &project.currency))
                (money(difference.in_sap, &project.currency))
                td { (difference.detail) }
            } } } }
        } }
    }
}

/// What is not in SAP for a known reason.
pub(super) fn open_items(report: &Reconciliation) -> Markup {
    if report.projects.iter().all(|project| project.open_items.is_empty()) {
        return html! {};
    }
    html! {
        h2 { "Open items" }
        p { "Procore's amount less what SAP holds; a reduction that waits is below zero." }
        div.wide { table {
            thead { tr {
                th { "Project" } th { "Record" } th { "State" } th.money { "Amount" }
                th { "Reason and remedy" }
            } }
            tbody { @for project in &report.projects { @for item in &project.open_items { tr {
                td { (project.name) }
                td { (item.number) " " (item.title) br; span.key { (item.key) } }
                td { (state_name(item.state).replace('_', " ")) }
                (money(item.amount, &project.currency))
                td {
                    @if let Some(cause) = &item.cause {
                        (cause.reason) ": " (cause.detail)
                        br;
                        span.remedy { (cause.reason.remedy()) }
                    }
                }
            } } } }
        } }
    }
}

/// The company's written definition of "approved".
pub(super) fn postable(definition: &BTreeMap<String, Vec<String>>) -> Markup {
    html! {
        h2 { "What counts as approved" }
        table {
            thead { tr { th { "Records" } th { "Statuses in Procore that are posted" } } }
            tbody { @for (kind, statuses) in definition { tr {
                td { (kind.replace('_', " ")) }
                td {
                    @if statuses.is_empty() { "none" } @else { (statuses.join(", ")) }
                }
            } } }
        }
    }
}
