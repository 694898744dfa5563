//! What `preview` prints.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use sync_core::{
    engine::{PreviewDocument, PreviewReport},
    model::{Coding, JournalTarget, Posting},
};

use super::{
    count,
    cycle::{counts, findings},
    exceptions,
    grid::Grid,
    moment, obstacles, printable, say,
};
use crate::report::amount::accounting;

/// The documents that a sync would post, line by line.
#[must_use]
pub fn preview(report: &PreviewReport) -> String {
    let mut text = String::new();
    say(&mut text, verdict(report));
    obstacles(&mut text, report.failure.as_ref(), &report.problems);
    text.push_str(&counts(&report.counts));
    for document in &report.documents {
        say(&mut text, "");
        of_document(&mut text, document, report);
    }
    text.push_str(&findings(&report.findings));
    for row in &report.project_findings {
        let finding = &row.finding;
        say(&mut text, format!("project {}: {}: {}", row.project, finding.kind, finding.detail));
    }
    if !report.exceptions.is_empty() {
        say(&mut text, "");
        text.push_str(&exceptions(&report.exceptions));
    }
    text
}

/// The result in a sentence; never kinder than the exit code.
#[must_use]
pub(crate) fn verdict(report: &PreviewReport) -> String {
    if report.failure.is_some() {
        return "The preview could not be made. Nothing was written.".to_owned();
    }
    let documents = count(report.documents.len() as u64, "document");
    let unread = match report.problems.len() {
        0 => String::new(),
        n => format!("{} could not be read in full; ", count(n as u64, "project")),
    };
    let waiting = match report.exceptions.len() {
        0 => "nothing would wait for a person".to_owned(),
        n => format!("{} would wait for a person", count(n as u64, "record")),
    };
    let read = if unread.is_empty() { "A sync" } else { "of the others a sync" };
    let when = report.posts_from.map(|from| format!(", not before {}", moment(from)));
    let when = when.unwrap_or_default();
    format!("{unread}{read} would post {documents}{when}; {waiting}. Nothing was written.")
}

fn of_document(text: &mut String, row: &PreviewDocument, report: &PreviewReport) {
    let header = row.posting.header();
    say(
        text,
        format!(
            "{} {} on {}, {} {}{}{}",
            header.key,
            row.posting.document_type().entity_set(),
            header.posting_date,
            accounting(row.posting.total(), &header.currency),
            header.currency,
            header.exchange_rate.map(|rate| format!(" at {}", rate.rate)).unwrap_or_default(),
            row.posting.card_code().map(|code| format!(", {code}")).unwrap_or_default(),
        ),
    );
    let (title, reference) = (printable(&row.title), printable(&header.reference));
    say(text, format!("  {title} | {reference} | hash {}", row.content_hash));
    text.push_str(&posting_lines(&row.posting, &report.account_names));
}

/// The lines of a document as a table.
pub(super) fn posting_lines(posting: &Posting, names: &BTreeMap<String, String>) -> String {
    let mut grid =
        Grid::new(&["Account", "Name", "Profit center", "Project", "Description", ">Amount"]);
    for line in lines(posting) {
        let name = names.get(line.account).cloned().unwrap_or_default();
        grid.row([
            line.account.to_owned(),
            line.partner.map_or(name, str::to_owned),
            line.profit_center.unwrap_or_default().to_owned(),
            line.project.unwrap_or_default().to_owned(),
            line.description.to_owned(),
            accounting(line.amount, &posting.header().currency),
        ]);
    }
    grid.lines()
}

/// One line of a document as reports print it.
pub(crate) struct Line<'a> {
    pub(crate) account: &'a str,
    pub(crate) partner: Option<&'a str>,
    pub(crate) profit_center: Option<&'a str>,
    pub(crate) project: Option<&'a str>,
    pub(crate) description: &'a str,
    /// Debit minus credit of a journal line; the line's net of an A/P document.
    pub(crate) amount: Decimal,
}

/// The lines of a document.
pub(crate) fn lines(posting: &Posting) -> Vec<Line<'_>> {
    match posting {
        Posting::PurchaseInvoice(document) | Posting::PurchaseCreditNote(document) => document
            .lines
            .iter()
            .map(|line| of_account(&line.coding, &line.description, line.amount))
            .collect(),
        Posting::JournalEntry(entry) => entry
            .lines
            .iter()
            .map(|line| match &line.target {
                JournalTarget::Account(coding) => {
                    of_account(coding, &line.description, line.amount)
                }
                JournalTarget::Partner { card_code, control_account, project } => Line {
                    account: control_account,
                    partner: Some(card_code),
                    profit_center: None,
                    project: project.as_deref(),
                    description: &line.description,
                    amount: line.amount,
                },
            })
            .collect(),
    }
}

fn of_account<'a>(coding: &'a Coding, description: &'a str, amount: Decimal) -> Line<'a> {
    Line {
        account: &coding.account,
        partner: None,
        profit_center: coding.dimensions[0].as_deref(),
        project: coding.project.as_deref(),
        description,
        amount,
    }
}
