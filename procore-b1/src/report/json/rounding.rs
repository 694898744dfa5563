//! The rounding ledger in the documents of `explain` and `reconcile`.

use serde::Serialize;
use sync_core::{model::RoundingRow, reconcile::RecordRounding};

use crate::report::amount::plain;

/// What rounding added to one record.
#[derive(Serialize)]
pub(super) struct RecordRoundingJson<'a> {
    key: String,
    number: &'a str,
    stated: String,
    in_sap: String,
    total: String,
    lines: String,
    moved: String,
    untraced: String,
    rows: Vec<RoundingRowJson<'a>>,
}

pub(super) fn of_record<'a>(of: &'a RecordRounding, currency: &str) -> RecordRoundingJson<'a> {
    let money = |amount| plain(amount, currency);
    RecordRoundingJson {
        key: of.key.to_string(),
        number: &of.number,
        stated: money(of.stated),
        in_sap: money(of.in_sap),
        total: money(of.total()),
        lines: money(of.lines),
        moved: money(of.moved_total()),
        untraced: money(of.untraced()),
        rows: of.moved.iter().map(of_row).collect(),
    }
}

/// One row of the rounding ledger.
#[derive(Serialize)]
pub(super) struct RoundingRowJson<'a> {
    key: String,
    line: i64,
    currency: &'a str,
    exact: String,
    rounded: String,
    moved: String,
    posted: String,
    since: String,
}

pub(super) fn of_row(row: &RoundingRow) -> RoundingRowJson<'_> {
    let money = |amount| plain(amount, &row.currency);
    RoundingRowJson {
        key: row.source.to_string(),
        line: row.line,
        currency: &row.currency,
        exact: money(row.exact),
        rounded: money(row.rounded),
        moved: money(row.moved),
        posted: money(row.posted()),
        since: row.since.to_string(),
    }
}
