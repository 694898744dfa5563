//! The ledger tie-out in the document of `reconcile`.

use std::collections::BTreeMap;

use serde::Serialize;
use sync_core::{
    ports::Movement,
    reconcile::{TaxTie, TieOut, TieOutFigures, TieOutRow},
};

use super::reconciliation::by_currency;
use crate::report::amount::plain;

#[derive(Serialize)]
pub(super) struct TieOutJson<'a> {
    unavailable: Option<&'a str>,
    ties: bool,
    local_currency: &'a str,
    /// Each currency in which an account does not tie, the accounts without their signs.
    differs_by: BTreeMap<String, String>,
    tax: Vec<TaxJson<'a>>,
    accounts: Vec<RowJson<'a>>,
}

#[derive(Serialize)]
struct TaxJson<'a> {
    currency: &'a str,
    in_journal: String,
    of_documents: String,
}

#[derive(Serialize)]
struct RowJson<'a> {
    account: &'a str,
    name: &'a str,
    profit_center: Option<&'a str>,
    currency: &'a str,
    #[serde(flatten)]
    amounts: FiguresJson,
    /// The same in the currency of the books.
    local: FiguresJson,
    not_ours_count: usize,
    not_ours_first: Vec<MovementJson<'a>>,
}

#[derive(Serialize)]
struct FiguresJson {
    in_journal: String,
    by_key: String,
    documents: Option<String>,
    difference: String,
    not_ours: String,
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
        ties: tie_out.ties(),
        local_currency: &tie_out.local_currency,
        differs_by: by_currency(tie_out.differences()),
        tax: tie_out.tax.iter().map(of_tax).collect(),
        accounts: tie_out.rows.iter().map(|row| of_row(row, &tie_out.local_currency)).collect(),
    }
}

fn of_tax<'a>((currency, tax): (&'a String, &TaxTie)) -> TaxJson<'a> {
    TaxJson {
        currency,
        in_journal: plain(tax.in_journal, currency),
        of_documents: plain(tax.of_documents, currency),
    }
}

fn of_row<'a>(row: &'a TieOutRow, local_currency: &str) -> RowJson<'a> {
    RowJson {
        account: &row.account,
        name: &row.name,
        profit_center: row.profit_center.as_deref(),
        currency: &row.currency,
        amounts: of_figures(&row.amounts, &row.currency),
        local: of_figures(&row.local, local_currency),
        not_ours_count: row.foreign_count,
        not_ours_first: row.foreign_movements.iter().map(of_movement).collect(),
    }
}

fn of_figures(figures: &TieOutFigures, currency: &str) -> FiguresJson {
    let money = |amount| plain(amount, currency);
    FiguresJson {
        in_journal: money(figures.in_ledger()),
        by_key: money(figures.by_key),
        documents: figures.documents.map(money),
        difference: money(figures.difference()),
        not_ours: money(figures.foreign),
    }
}

fn of_movement(movement: &Movement) -> MovementJson<'_> {
    MovementJson {
        entry: movement.entry,
        posting_date: movement.posting_date.to_string(),
        text: &movement.text,
        amount: plain(movement.amount, &movement.currency),
    }
}
