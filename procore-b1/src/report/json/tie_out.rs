//! The ledger tie-out in the document of `reconcile`.

use serde::Serialize;
use sync_core::{
    ports::Movement,
    reconcile::{TieOut, TieOutRow},
};

use crate::report::amount::plain;

#[derive(Serialize)]
pub(super) struct TieOutJson<'a> {
    unavailable: Option<&'a str>,
    difference: String,
    tax_in_journal: String,
    tax_of_documents: String,
    accounts: Vec<RowJson<'a>>,
}

#[derive(Serialize)]
struct RowJson<'a> {
    account: &'a str,
    name: &'a str,
    profit_center: Option<&'a str>,
    in_journal: String,
    by_key: String,
    documents: Option<String>,
    difference: String,
    not_ours: String,
    not_ours_count: usize,
    not_ours_first: Vec<MovementJson<'a>>,
}

#[derive(Serialize)]
struct MovementJson<'a> {
    entry: i64,
    posting_date: String,
    text: &'a str,
    amount: String,
}

pub(super) fn of_tie_out(tie_out: &TieOut) -> TieOutJson<'_> {
    TieOutJson {
        unavailable: tie_out.unavailable.as_deref(),
        difference: plain(tie_out.difference(), ""),
        tax_in_journal: plain(tie_out.tax_by_key, ""),
        tax_of_documents: plain(tie_out.tax_of_documents, ""),
        accounts: tie_out.rows.iter().map(of_row).collect(),
    }
}

fn of_row(row: &TieOutRow) -> RowJson<'_> {
    let money = |amount| plain(amount, "");
    RowJson {
        account: &row.account,
        name: &row.name,
        profit_center: row.profit_center.as_deref(),
        in_journal: money(row.in_ledger()),
        by_key: money(row.by_key),
        documents: row.documents.map(money),
        difference: money(row.difference()),
        not_ours: money(row.foreign),
        not_ours_count: row.foreign_count,
        not_ours_first: row.foreign_movements.iter().map(of_movement).collect(),
    }
}

fn of_movement(movement: &Movement) -> MovementJson<'_> {
    MovementJson {
        entry: movement.entry,
        posting_date: movement.posting_date.to_string(),
        text: &movement.text,
        amount: plain(movement.amount, ""),
    }
}
