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
                    @if let Some(accepted) = &item.accepted {
                        "accepted: " (accepted)
                    } @else if let Some(cause) = &item.cause {
                        (cause.reason) ": " (cause.detail)
                        br;
                        span.remedy { (cause.reason.remedy()) (decisions(Some(cause))) }
                    }
                }
            } } } }
        } }
    }
}

/// A/P invoices that people keyed and that look like what stands in SAP by key.
pub(super) fn duplicates(report: &Reconciliation) -> Markup {
    if report.possible_duplicates.is_empty() {
        return html! {};
    }
    html! {
        h2 { "Possible manual duplicates" }
        p {
            "A/P invoices without our key that have the vendor and the number, or the project and the \
             amount, of a record that stands in SAP. If both are one cost, cancel one of them."
        }
        div.wide { table {
            thead { tr {
                th { "Record" } th { "A/P invoice" } th { "Vendor" } th { "Date" } th { "Reference" }
                th.money { "Net" } th { "Currency" } th { "In common" }
            } }
            tbody { @for found in &report.possible_duplicates { tr {
                td.key { (found.key) }
                td { (found.invoice.doc_num.unwrap_or(found.invoice.doc_entry)) }
                td { (found.invoice.card_code) } td { (found.invoice.posting_date) }
                td { (found.invoice.reference.as_deref().unwrap_or_default()) }
                (money(found.invoice.net, &found.invoice.currency))
                td { (found.invoice.currency) } td { (found.alike) }
            } } }
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
