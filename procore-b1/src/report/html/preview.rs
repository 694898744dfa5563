//! The page of `preview`.

use maud::{Markup, html};
use sync_core::engine::{PreviewDocument, PreviewReport};

use super::{
    money, page,
    sections::{decisions, obstacles},
};
use crate::report::{
    json::{remedy, state_name},
    text::{lines, preview_verdict},
};

/// The documents that a sync would post, as a page.
#[must_use]
pub fn preview(report: &PreviewReport) -> String {
    let body = html! {
        h1 { "Preview of documents for SAP Business One" }
        p.verdict.waiting[report.exit_code() == 2].differs[report.exit_code() == 1] {
            (preview_verdict(report))
        }
        (obstacles(report.failure.as_ref(), &report.problems))
        @for document in &report.documents { (of_document(document, report)) }
        (exceptions(report))
        (findings(report))
        footer {
            "Amounts below zero have a minus sign; in a journal entry those are credits. The \
             content hash is SHA-256 over the exact bytes that would be sent."
        }
    };
    page("Preview of documents for SAP Business One", &body)
}

fn of_document(row: &PreviewDocument, report: &PreviewReport) -> Markup {
    let header = row.posting.header();
    html! {
        section.document {
            h3 {
                (row.posting.document_type().entity_set()) " " (header.posting_date) " "
                (row.posting.card_code().unwrap_or_default()) " " (row.title)
            }
            p.key { (header.key) " | " (header.reference) " | " (row.content_hash) }
            table {
                thead { tr {
                    th { "Account" } th { "Name" } th { "Profit center" } th { "Project" }
                    th { "Description" } th.money { "Amount, " (header.currency) }
                } }
                tbody {
                    @for line in lines(&row.posting) { tr {
                        td { (line.account) }
                        td {
                            @match line.partner {
                                Some(partner) => { (partner) }
                                None => {
                                    @if let Some(name) = report.account_names.get(line.account) {
                                        (name)
                                    }
                                }
                            }
                        }
                        td { (line.profit_center.unwrap_or_default()) }
                        td { (line.project.unwrap_or_default()) }
                        td { (line.description) }
                        (money(line.amount, &header.currency))
                    } }
                    tr.total {
                        td colspan="5" { "Total of the document, with tax" }
                        (money(row.posting.total(), &header.currency))
                    }
                }
            }
        }
    }
}

fn exceptions(report: &PreviewReport) -> Markup {
    if report.exceptions.is_empty() {
        return html! {};
    }
    html! {
        h2 { "Would wait for a person" }
        div.wide { table {
            thead { tr {
                th { "Record" } th { "State" } th.money { "Amount" } th { "Reason and remedy" }
            } }
            tbody { @for row in &report.exceptions { tr {
                td { (row.number) " " (row.title) br; span.key { (row.key) } }
                td { (state_name(row.state).replace('_', " ")) }
                (money(row.amount, &row.currency))
                td {
                    @if let Some(cause) = &row.cause { (cause.reason) ": " (cause.detail) br; }
                    span.remedy { (remedy(row)) (decisions(row.cause.as_ref())) }
                }
            } } }
        } }
    }
}

fn findings(report: &PreviewReport) -> Markup {
    if report.findings.is_empty() && report.project_findings.is_empty() {
        return html! {};
    }
    html! {
        h2 { "Findings" }
        @for row in &report.project_findings {
            p.remedy { "Project " (row.project) ": " (row.finding.kind) ": " (row.finding.detail) }
        }
        table {
            thead { tr { th { "Record" } th { "Finding" } th { "Detail" } } }
            tbody { @for row in &report.findings { tr {
                td.key { (row.key) }
                td { (row.finding.kind.name().replace('_', " ")) }
                td { (row.finding.detail) }
            } } }
        }
    }
}
