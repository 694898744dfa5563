//! The documents of `preview --opening` and `sync --rebuild-opening`, and the list in that of `rebuild`.

use serde::Serialize;
use sync_core::engine::{OpeningChange, OpeningList, OpeningMove, OpeningRow, opening_sums};

use super::{
    FailureJson, ProblemJson,
    cycle::{CycleJson, of_cycle},
    document, problems,
};
use crate::report::amount::plain;

/// The opening list.
#[must_use]
pub fn opening(list: &OpeningList) -> Vec<u8> {
    let status = match (&list.failure, list.problems.is_empty()) {
        (Some(_), _) => "failed",
        (None, false) => "partial",
        (None, true) => "done",
    };
    document(&ListJson {
        preview: HeadJson { status, failure: list.failure.as_ref().map(FailureJson::from) },
        start_date: list.start_date.to_string(),
        holds: &list.opening,
        not_stored: list.not_stored.iter().map(|project| project.0).collect(),
        opening: rows(&list.rows),
        sums: sums(&list.rows),
        problems: problems(&list.problems),
    })
}

/// What making the list anew changed, the list, and the cycle that read both sides.
#[must_use]
pub fn rebuilt_opening(change: &OpeningChange) -> Vec<u8> {
    document(&ChangeJson {
        former_start_date: change.former_start_date.map(|day| day.to_string()),
        start_date: change.start_date.to_string(),
        changes: change.moves.iter().map(of_move).collect(),
        opening: rows(&change.rows),
        sums: sums(&change.rows),
        cycle: of_cycle(&change.cycle, None),
    })
}

#[derive(Serialize)]
struct ListJson<'a> {
    preview: HeadJson<'a>,
    start_date: String,
    /// What the books are said to hold of commitments.
    holds: &'a str,
    /// Projects whose part no cycle has stored yet.
    not_stored: Vec<i64>,
    opening: Vec<OpeningJson<'a>>,
    sums: Vec<SumJson>,
    problems: Vec<ProblemJson<'a>>,
}

#[derive(Serialize)]
struct HeadJson<'a> {
    status: &'a str,
    failure: Option<FailureJson<'a>>,
}

#[derive(Serialize)]
struct ChangeJson<'a> {
    former_start_date: Option<String>,
    start_date: String,
    changes: Vec<MoveJson<'a>>,
    opening: Vec<OpeningJson<'a>>,
    sums: Vec<SumJson>,
    #[serde(flatten)]
    cycle: CycleJson<'a>,
}

#[derive(Serialize)]
struct MoveJson<'a> {
    before: Option<OpeningJson<'a>>,
    after: Option<OpeningJson<'a>>,
}

#[derive(Serialize)]
pub(super) struct OpeningJson<'a> {
    key: String,
    number: &'a str,
    title: &'a str,
    vendor: &'a str,
    card_code: Option<&'a str>,
    dated: String,
    amount: String,
    billed: String,
    retained: String,
    currency: &'a str,
}

#[derive(Serialize)]
pub(super) struct SumJson {
    project: i64,
    kind: &'static str,
    records: u64,
    amount: String,
    billed: String,
    retained: String,
    currency: String,
}

pub(super) fn rows(rows: &[OpeningRow]) -> Vec<OpeningJson<'_>> {
    rows.iter().map(of_row).collect()
}

fn of_row(row: &OpeningRow) -> OpeningJson<'_> {
    let money = |amount| plain(amount, &row.currency);
    OpeningJson {
        key: row.key.to_string(),
        number: &row.number,
        title: &row.title,
        vendor: &row.vendor,
        card_code: row.card_code.as_deref(),
        dated: row.dated.to_string(),
        amount: money(row.amount),
        billed: money(row.billed),
        retained: money(row.retained),
        currency: &row.currency,
    }
}

fn of_move(moved: &OpeningMove) -> MoveJson<'_> {
    MoveJson { before: moved.before.as_ref().map(of_row), after: moved.after.as_ref().map(of_row) }
}

pub(super) fn sums(rows: &[OpeningRow]) -> Vec<SumJson> {
    let of_sum = |sum: sync_core::engine::OpeningSum| {
        let money = |amount| plain(amount, &sum.currency);
        SumJson {
            project: sum.project.0,
            kind: sum.kind.name(),
            records: sum.records,
            amount: money(sum.amount),
            billed: money(sum.billed),
            retained: money(sum.retained),
            currency: sum.currency.clone(),
        }
    };
    opening_sums(rows).into_iter().map(of_sum).collect()
}
