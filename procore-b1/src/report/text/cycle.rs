//! What `sync`, `replay` and `resolve` print.

use std::collections::BTreeMap;

use sync_core::{
    engine::{CycleReport, FindingRow},
    model::SourceKey,
    ports::CycleStatus,
    resolve::Resolution,
    states::RecordState,
};

use super::{count, exceptions, grid::Grid, kept_back, moment, obstacles, printable, say};
use crate::report::{
    amount::{accounting, whole},
    json::state_name,
};

/// What a cycle did.
#[must_use]
pub fn cycle(report: &CycleReport) -> String {
    let mut text = String::new();
    say(&mut text, verdict(report));
    kept_back(&mut text, report.posts_from);
    obstacles(&mut text, report.failure.as_ref(), &report.problems);
    text.push_str(&counts(&report.counts));
    documents(&mut text, report);
    not_postable(&mut text, report);
    text.push_str(&findings(&report.findings));
    if !report.exceptions.is_empty() {
        say(&mut text, "");
        text.push_str(&exceptions(&report.exceptions));
    }
    let seconds = (report.finished_at - report.started_at).num_seconds();
    say(
        &mut text,
        format!(
            "\n{} seen in {seconds} s; {} to Procore, {} to SAP Business One with {}.",
            count(report.seen(), "record"),
            count(report.calls.source, "call"),
            count(report.calls.ledger, "call"),
            count(report.calls.logins, "login"),
        ),
    );
    text
}

/// A person's decision, and what the cycle after it did.
#[must_use]
pub fn decision(key: SourceKey, decision: &Resolution, report: &CycleReport) -> String {
    let mut text = String::new();
    let (verb, reason) = (decision.verb.name(), decision.reason);
    say(
        &mut text,
        format!(
            "{} decided {verb} on {key} ({reason}): {}",
            decision.by,
            printable(&decision.note)
        ),
    );
    text.push_str(&cycle(report));
    text
}

/// The result in a sentence; never kinder than the exit code.
#[must_use]
pub(crate) fn verdict(report: &CycleReport) -> String {
    let sum = |of: fn(RecordState) -> bool| -> u64 {
        report.counts.iter().filter(|(state, _)| of(**state)).map(|(_, n)| *n).sum()
    };
    let unchanged = sum(|state| state == RecordState::Unchanged);
    // What the exit code counts: the states, and findings that a person must accept.
    let records = sum(RecordState::waits_for_a_person).max(report.exceptions.len() as u64);
    let to_accept = report.findings.iter().filter(|row| row.finding.kind.waits_for_a_person());
    let mut parts = vec![
        format!("{} posted", count(report.documents.len() as u64, "document")),
        format!("{} unchanged", count(unchanged, "record")),
        match records {
            0 => "nothing waits for a person".to_owned(),
            1 => "1 waits for a person".to_owned(),
            n => format!("{} wait for a person", whole(n)),
        },
    ];
    match to_accept.count() as u64 {
        0 => {}
        n if records == 0 => parts[2] = format!("{} to accept", count(n, "finding")),
        n => parts.push(format!("{} to accept", count(n, "finding"))),
    }
    if let Some(from) = report.posts_from.filter(|_| report.left > 0) {
        parts.push(format!("{} left until {}", count(report.left, "record"), moment(from)));
    }
    let parts = parts.join(", ");
    let number = report.number;
    match report.status {
        CycleStatus::Done => format!("Cycle {number} is done: {parts}."),
        CycleStatus::Partial => {
            format!("Cycle {number} is partial, a part could not be done: {parts}.")
        }
        CycleStatus::Open => format!("Cycle {number} did not end: {parts}."),
        CycleStatus::Failed if number == 0 => {
            "The cycle failed before it began; nothing was posted.".to_owned()
        }
        CycleStatus::Failed => format!("Cycle {number} failed: {parts}."),
    }
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
        grid.row([name.to_owned(), whole(n)]);
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
        grid.row([kind.clone(), status.clone(), whole(sum.records), amount]);
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
