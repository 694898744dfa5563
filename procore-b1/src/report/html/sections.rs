//! Parts that pages share.

use std::collections::BTreeMap;

use maud::{Markup, html};
use sync_core::{
    engine::{Failure, ProjectProblem},
    reconcile::Reconciliation,
    states::Cause,
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
                td { (difference.kind.name().replace('_', " ")) }
                (money(difference.expected, &project.currency))
                (money(difference.in_sap, &project.currency))
                td { (difference.detail) br; span.remedy { (difference.kind.remedy()) } }
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
                        span.remedy { (cause.reason.remedy()) (decisions(Some(cause))) }
                    }
                }
            } } } }
        } }
    }
}

/// What a person may decide, behind the remedy.
pub(super) fn decisions(cause: Option<&Cause>) -> String {
    let Some(cause) = cause else { return String::new() };
    let allowed = cause.reason.decisions();
    let names: Vec<String> = allowed
        .names()
        .into_iter()
        .map(|name| match (name, allowed.post) {
            ("post", Some(what)) => format!("post ({what})"),
            _ => name.to_owned(),
        })
        .collect();
    if names.is_empty() { String::new() } else { format!("; or decide: {}", names.join(", ")) }
}

/// Where the people sign who made and who checked the page.
pub(super) fn signatures() -> Markup {
    html! {
        div.signatures {
            @for line in ["Prepared by", "Reviewed by", "Date"] { div { (line) } }
        }
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
