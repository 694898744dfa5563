//! The document of `preview`; `preview --save` writes the same.

use std::collections::BTreeMap;

use serde::Serialize;
use sync_core::{
    engine::{PreviewDocument, PreviewReport},
    model::{ApDocument, JournalEntry, JournalTarget, Posting},
};

use super::{
    FailureJson, ProblemJson,
    cycle::{Counts, FindingJson, ProjectFindingJson, findings, project_findings},
    document,
    exceptions::{ExceptionJson, rows},
    problems,
};
use crate::report::amount::plain;

/// The documents that a sync would post.
#[must_use]
pub fn preview(report: &PreviewReport) -> Vec<u8> {
    let status = match (&report.failure, report.problems.is_empty()) {
        (Some(_), _) => "failed",
        (None, false) => "partial",
        (None, true) => "done",
    };
    document(&PreviewJson {
        preview: HeadJson {
            status,
            failure: report.failure.as_ref().map(FailureJson::from),
            posts_from: report.posts_from.map(|from| from.to_rfc3339()),
        },
        records: Counts(&report.counts),
        documents: report.documents.iter().map(of_document).collect(),
        accounts: &report.account_names,
        exceptions: rows(&report.exceptions),
        findings: findings(&report.findings),
        project_findings: project_findings(&report.project_findings),
        problems: problems(&report.problems),
    })
}

#[derive(Serialize)]
struct PreviewJson<'a> {
    preview: HeadJson<'a>,
    records: Counts<'a>,
    documents: Vec<DocumentJson<'a>>,
    accounts: &'a BTreeMap<String, String>,
    exceptions: Vec<ExceptionJson<'a>>,
    findings: Vec<FindingJson<'a>>,
    project_findings: Vec<ProjectFindingJson<'a>>,
    problems: Vec<ProblemJson<'a>>,
}

#[derive(Serialize)]
struct HeadJson<'a> {
    status: &'a str,
    failure: Option<FailureJson<'a>>,
    /// From when on the documents are posted, where a take-over keeps them back.
    posts_from: Option<String>,
}

#[derive(Serialize)]
struct DocumentJson<'a> {
    key: String,
    sequence: u32,
    #[serde(rename = "type")]
    document_type: &'a str,
    posting_date: String,
    reference: &'a str,
    title: &'a str,
    card_code: Option<&'a str>,
    control_account: Option<&'a str>,
    total: String,
    net_cost: String,
    currency: &'a str,
    /// The rate of the posting date, of a document in foreign currency.
    exchange_rate: Option<String>,
    content_hash: &'a str,
    lines: Vec<LineJson<'a>>,
}

#[derive(Serialize)]
struct LineJson<'a> {
    account: &'a str,
    card_code: Option<&'a str>,
    dimensions: [Option<&'a str>; 5],
    project: Option<&'a str>,
    tax_code: Option<&'a str>,
    /// Debit minus credit of a journal line; the line's net of an A/P document.
    amount: String,
    description: &'a str,
}

fn of_document(row: &PreviewDocument) -> DocumentJson<'_> {
    let header = row.posting.header();
    let (lines, control_account) = match &row.posting {
        Posting::PurchaseInvoice(document) | Posting::PurchaseCreditNote(document) => {
            (ap_lines(document), document.control_account.as_deref())
        }
        Posting::JournalEntry(entry) => (journal_lines(entry), None),
    };
    DocumentJson {
        key: header.key.source.to_string(),
        sequence: header.key.sequence,
        document_type: row.posting.document_type().entity_set(),
        posting_date: header.posting_date.to_string(),
        reference: &header.reference,
        title: &row.title,
        card_code: row.posting.card_code(),
        control_account,
        total: plain(row.posting.total(), &header.currency),
        net_cost: plain(row.posting.net_cost(), &header.currency),
        currency: &header.currency,
        exchange_rate: header.exchange_rate.map(|rate| rate.rate.to_string()),
        content_hash: &row.content_hash,
        lines,
    }
}

fn ap_lines(document: &ApDocument) -> Vec<LineJson<'_>> {
    document
        .lines
        .iter()
        .map(|line| LineJson {
            account: &line.coding.account,
            card_code: None,
            dimensions: line.coding.dimensions.each_ref().map(Option::as_deref),
            project: line.coding.project.as_deref(),
            tax_code: line.coding.tax_code.as_deref(),
            amount: plain(line.amount, &document.header.currency),
            description: &line.description,
        })
        .collect()
}

fn journal_lines(entry: &JournalEntry) -> Vec<LineJson<'_>> {
    entry
        .lines
        .iter()
        .map(|line| {
            let amount = plain(line.amount, &entry.header.currency);
            let description = line.description.as_str();
            match &line.target {
                JournalTarget::Account(coding) => LineJson {
                    account: &coding.account,
                    card_code: None,
                    dimensions: coding.dimensions.each_ref().map(Option::as_deref),
                    project: coding.project.as_deref(),
                    tax_code: coding.tax_code.as_deref(),
                    amount,
                    description,
                },
                JournalTarget::Partner { card_code, control_account, project } => LineJson {
                    account: control_account,
                    card_code: Some(card_code),
                    dimensions: [None; 5],
                    project: project.as_deref(),
                    tax_code: None,
                    amount,
                    description,
                },
            }
        })
        .collect()
}
