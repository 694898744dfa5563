//! What `preview --opening` and `sync --rebuild-opening` print, and the list of `rebuild`.

use sync_core::engine::{OpeningChange, OpeningList, OpeningMove, OpeningRow, opening_sums};

use super::{count, grid::Grid, obstacles, say};
use crate::report::amount::{accounting, whole};

/// The opening list.
#[must_use]
pub fn opening(list: &OpeningList) -> String {
    let mut text = String::new();
    say(&mut text, opening_verdict(list));
    obstacles(&mut text, list.failure.as_ref(), &list.problems);
    if list.failure.is_none() {
        say(&mut text, "");
        text.push_str(&rows_and_sums(&list.rows));
    }
    text
}

/// What the list is, in a sentence; never kinder than the exit code.
#[must_use]
pub(crate) fn opening_verdict(list: &OpeningList) -> String {
    if list.failure.is_some() {
        return "The opening list could not be made. Nothing was written.".to_owned();
    }
    let records = count(list.rows.len() as u64, "record");
    let holds = match list.opening.as_str() {
        "committed" => "whole commitments",
        _ => "what was billed of commitments",
    };
    let stored = match list.not_stored.len() {
        0 => "It is stored".to_owned(),
        n => format!("Of {} it is what a first cycle would store now", count(n as u64, "project")),
    };
    let unread = match list.problems.len() {
        0 => String::new(),
        n => format!(" {} could not be read in full.", count(n as u64, "project")),
    };
    format!(
        "The opening list of {} holds {records}; the books are to hold {holds}. {stored}; nothing was \
         written.{unread}",
        list.start_date
    )
}

/// What making the list anew came to.
#[must_use]
pub fn rebuilt_opening(change: &OpeningChange) -> String {
    let mut text = String::new();
    let former = change.former_start_date.map(|day| day.to_string()).unwrap_or_default();
    let cycle = &change.cycle;
    say(
        &mut text,
        format!(
            "The opening list of {} in place of {former} is {}: {} changed; nothing was posted.",
            change.start_date,
            cycle.status.name(),
            count(change.moves.len() as u64, "record"),
        ),
    );
    obstacles(&mut text, cycle.failure.as_ref(), &cycle.problems);
    if !change.moves.is_empty() {
        say(&mut text, "\nWhat changed:");
        let mut grid =
            Grid::new(&["Record", "Number", ">Before", ">Now", ">Billed", ">Retained", ""]);
        for moved in &change.moves {
            grid.row(of_move(moved));
        }
        text.push_str(&grid.lines());
    }
    if !change.rows.is_empty() {
        say(&mut text, "\nThe list as it now is; tie it to SAP:");
        text.push_str(&rows_and_sums(&change.rows));
    }
    text
}

fn of_move(moved: &OpeningMove) -> [String; 7] {
    let side = |row: &Option<OpeningRow>, of: fn(&OpeningRow) -> rust_decimal::Decimal| {
        row.as_ref().map_or_else(|| "-".to_owned(), |row| accounting(of(row), &row.currency))
    };
    let both = |of: fn(&OpeningRow) -> rust_decimal::Decimal| {
        format!("{} -> {}", side(&moved.before, of), side(&moved.after, of))
    };
    let either = moved.after.as_ref().or(moved.before.as_ref());
    let [key, number, currency] = either
        .map(|row| [row.key.to_string(), row.number.clone(), row.currency.clone()])
        .unwrap_or_default();
    [
        key,
        number,
        side(&moved.before, |row| row.amount),
        side(&moved.after, |row| row.amount),
        both(|row| row.billed),
        both(|row| row.retained),
        currency,
    ]
}

/// The list record by record, and added up per project, kind and currency.
pub(super) fn rows_and_sums(rows: &[OpeningRow]) -> String {
    let mut grid = Grid::new(&[
        "Record",
        "Number",
        "Vendor",
        "CardCode",
        "Dated",
        ">Amount",
        ">Billed",
        ">Retained",
        "",
    ]);
    for row in rows {
        let money = |amount| accounting(amount, &row.currency);
        grid.row([
            row.key.to_string(),
            row.number.clone(),
            row.vendor.clone(),
            row.card_code.clone().unwrap_or_default(),
            row.dated.to_string(),
            money(row.amount),
            money(row.billed),
            money(row.retained),
            row.currency.clone(),
        ]);
    }
    let mut text = grid.lines();
    let mut grid =
        Grid::new(&["Project", "Kind", ">Records", ">Amount", ">Billed", ">Retained", ""]);
    for sum in opening_sums(rows) {
        let money = |amount| accounting(amount, &sum.currency);
        grid.row([
            sum.project.to_string(),
            sum.kind.name().to_owned(),
            whole(sum.records),
            money(sum.amount),
            money(sum.billed),
            money(sum.retained),
            sum.currency.clone(),
        ]);
    }
    say(&mut text, "");
    text.push_str(&grid.lines());
    text
}
