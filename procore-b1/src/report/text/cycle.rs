//! What `sync` and `replay` print.

use std::collections::BTreeMap;

use sync_core::{
    engine::{CycleReport, FindingRow},
    states::RecordState,
};

use super::{count, exceptions, grid::Grid, obstacles, say};
use crate::report::{amount::accounting, json::state_name};

/// What a cycle did.
#[must_use]
pub fn cycle(report: &CycleReport) -> String {
    let mut text = String::new();
    let seconds = (report.finished_at - report.started_at).num_seconds();
    say(
        &mut text,
        format!(
            "Cycle {} is {} after {seconds} s: {} seen, {} posted.",
            report.number,
            report.status.name(),
            count(report.seen(), "record"),
            count(report.documents.len() as u64, "document"),
        ),
    );
    obstacles(&mut text, report.failure.as_ref(), &report.problems);
    text.push_str(&counts(&report.counts));
    documents(&mut text, report);
    not_postable(&mut text, report);
    text.push_str(&findings(&report.findings));
    if !report.exceptions.is_empty() {
        say(&mut text, "");
        text.push_str(&exceptions(&report.exceptions));
    }
    say(
        &mut text,
        format!(
            "\n{} to Procore, {} to SAP Business One with {}.",
            count(report.calls.source, "call"),
            count(report.calls.ledger, "call"),
            count(report.calls.logins, "login"),
        ),
    );
    text
}

/// The records by state.
pub(super) fn counts(counts: &BTreeMap<RecordState, u64>) -> String {
    let mut by_name: Vec<(&str, u64)> = Vec::new();
    for (state, n) in counts.iter().filter(|(_, n)| **n > 0) {
        let name = state_name(*state);
        match by_name.iter_mut().find(|(known, _)| *known == name) {
            Some((_, sum)) => *sum += n,
            None => by_name.push((name, *n)),
        }
    }
    if by_name.is_empty() {
        return String::new();
    }
    let mut grid = Grid::new(&["State", ">Records"]);
    for (name, n) in by_name {
        grid.row([name.to_owned(), n.to_string()]);
    }
    format!("\n{}", grid.lines())
}

fn documents(text: &mut String, report: &CycleReport) {
    if report.documents.is_empty() {
        return;
    }
    let mut grid = Grid::new(&["Key", "Document", ">DocEntry", ">Net cost", ">Total", "Currency"]);
    for document in &report.documents {
        grid.row([
            format!("{}#{}", document.key, document.sequence),
            document.document_type.entity_set().to_owned(),
            document.doc_entry.to_string(),
            accounting(document.net_cost, &document.currency),
            accounting(document.total, &document.currency),
            document.currency.clone(),
        ]);
    }
    say(text, "\nPosted");
    text.push_str(&grid.lines());
}

fn not_postable(text: &mut String, report: &CycleReport) {
    if report.not_postable.is_empty() {
        return;
    }
    let mut grid = Grid::new(&["Kind", "Status", ">Records", ">Amount"]);
    for ((kind, status), sum) in &report.not_postable {
        let amount = accounting(sum.amount, "");
        grid.row([kind.clone(), status.clone(), sum.records.to_string(), amount]);
    }
    say(text, "\nIn statuses that are not posted");
    text.push_str(&grid.lines());
}

/// What is worth knowing.
pub(super) fn findings(rows: &[FindingRow]) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let mut grid = Grid::new(&["Key", "Finding", "Detail"]);
    for row in rows {
        let finding = &row.finding;
        grid.row([row.key.to_string(), finding.kind.name().to_owned(), finding.detail.clone()]);
    }
    format!("\nFindings\n{}", grid.lines())
}
