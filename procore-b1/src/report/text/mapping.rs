//! What `mapping lint` and `mapping diff` print.

use sync_core::{
    mapping::{BlastRadius, Coverage, Lint, LintKind},
    model::{Coding, SourceKey},
};

use super::{count, grid::Grid, say};
use crate::report::amount::accounting;

/// Faults and coverage of the tables.
#[must_use]
pub fn lint(lint: &Lint) -> String {
    let mut text = String::new();
    coverage(&mut text, &lint.coverage);
    if lint.findings.is_empty() {
        say(&mut text, "No fault in the tables.");
        return text;
    }
    say(&mut text, "");
    let mut grid = Grid::new(&["Table", ">Row", "Fault", "What"]);
    for finding in &lint.findings {
        grid.row([
            format!("{}.csv", finding.table),
            finding.row.to_string(),
            finding.kind.name().to_owned(),
            finding.detail.clone(),
        ]);
    }
    text.push_str(&grid.lines());
    let stopping = lint.findings.iter().filter(|f| f.kind.stops_records()).count();
    let unused = lint.findings.iter().filter(|f| f.kind == LintKind::Unused).count();
    say(
        &mut text,
        format!(
            "{}: {stopping} would hold records, {unused} say only that a rule is not used yet.",
            count(lint.findings.len() as u64, "fault")
        ),
    );
    text
}

fn coverage(text: &mut String, coverage: &Coverage) {
    if coverage.amounts.is_empty() {
        say(text, "Procore has no cost that is posted or waits to be.");
    }
    for (currency, amount) in &coverage.amounts {
        let whole = amount.mapped + amount.unmapped;
        say(
            text,
            format!(
                "{} % of {} {currency} has a place in SAP ({}); {} in {} has none.",
                amount.percent(),
                accounting(whole, currency),
                count(amount.mapped_lines, "line"),
                accounting(amount.unmapped, currency),
                count(amount.unmapped_lines, "line"),
            ),
        );
    }
    let mut grid = Grid::new(&[">Money that waits", "", ">Lines", ">Records", "Remedy"]);
    for row in &coverage.unmapped {
        grid.row([
            accounting(row.amount, &row.currency),
            row.currency.clone(),
            row.lines.to_string(),
            row.records.len().to_string(),
            row.remedy(),
        ]);
    }
    for row in &coverage.vendors {
        grid.row([
            accounting(row.amount, &row.currency),
            row.currency.clone(),
            String::new(),
            row.records.len().to_string(),
            format!("add '{},<CardCode>' to vendors.csv ({})", row.vendor, row.name),
        ]);
    }
    if !coverage.unmapped.is_empty() || !coverage.vendors.is_empty() {
        say(text, "");
        text.push_str(&grid.lines());
    }
}

/// What an edited table would change.
#[must_use]
pub fn blast_radius(radius: &BlastRadius) -> String {
    let mut text = String::new();
    let records = |n: usize| count(n as u64, "record");
    say(
        &mut text,
        format!(
            "{} posted and {} waiting would change; {} posted would stay where they stand.",
            records(radius.posted_records().len()),
            records(radius.waiting_records().len()),
            records(radius.kept_records().len()),
        ),
    );
    if !radius.accounts.is_empty() {
        say(&mut text, "");
        let mut grid = Grid::new(&["Account", ">Posted", ">Waiting", ""]);
        for ((account, currency), shift) in &radius.accounts {
            grid.row([
                account.clone(),
                accounting(shift.posted, currency),
                accounting(shift.waiting, currency),
                currency.clone(),
            ]);
        }
        text.push_str(&grid.lines());
    }
    if !radius.costs.is_empty() {
        say(&mut text, "");
        let mut grid = Grid::new(&["Record", ">Line", ">Amount", "From", "To", "Effect"]);
        for cost in &radius.costs {
            grid.row([
                SourceKey::to_string(&cost.key),
                cost.line.to_string(),
                accounting(cost.amount, &cost.currency),
                of_place(cost.from.as_ref(), cost.from_row),
                of_place(cost.to.as_ref(), cost.to_row),
                effect(cost.posted, cost.takes_effect()).to_owned(),
            ]);
        }
        text.push_str(&grid.lines());
    }
    text
}

pub(crate) fn effect(posted: bool, takes_effect: bool) -> &'static str {
    match (posted, takes_effect) {
        (true, true) => "moves",
        (true, false) => "stays",
        (false, _) => "waits",
    }
}

fn of_place(place: Option<&Coding>, row: Option<usize>) -> String {
    let row = row.map(|row| format!(" (row {row})")).unwrap_or_default();
    place.map_or_else(|| "unmapped".to_owned(), |coding| format!("{}{row}", in_short(coding)))
}

/// `5010 CHI P865`: account, dimensions, project.
pub(crate) fn in_short(coding: &Coding) -> String {
    let dimensions = coding.dimensions.iter().flatten().map(String::as_str);
    let parts: Vec<&str> = std::iter::once(coding.account.as_str())
        .chain(dimensions)
        .chain(coding.project.as_deref())
        .collect();
    parts.join(" ")
}
