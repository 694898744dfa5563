//! Posting periods in the document of `reconcile`.

use serde::Serialize;
use sync_core::reconcile::{PeriodMove, PeriodReconciliation};

use super::reconciliation::TermsJson;
use crate::report::amount::plain;

#[derive(Serialize)]
pub(super) struct PeriodJson<'a> {
    period: &'a str,
    first: String,
    last: String,
    procore_total: String,
    terms: TermsJson<'a>,
    moved_out: String,
    moved_in: String,
    expected: String,
    in_sap: String,
    difference: String,
}

pub(super) fn of_period<'a>(row: &'a PeriodReconciliation, currency: &'a str) -> PeriodJson<'a> {
    let money = |amount| plain(amount, currency);
    PeriodJson {
        period: &row.name,
        first: row.first.to_string(),
        last: row.last.to_string(),
        procore_total: money(row.procore),
        terms: TermsJson { terms: &row.terms, currency },
        moved_out: money(row.moved_out),
        moved_in: money(row.moved_in),
        expected: money(row.expected()),
        in_sap: money(row.in_sap),
        difference: money(row.difference()),
    }
}

#[derive(Serialize)]
pub(super) struct MoveJson<'a> {
    from: &'a str,
    to: &'a str,
    records: usize,
    amount: String,
}

pub(super) fn of_move<'a>(row: &'a PeriodMove, currency: &str) -> MoveJson<'a> {
    MoveJson {
        from: &row.from,
        to: &row.to,
        records: row.records,
        amount: plain(row.amount, currency),
    }
}
