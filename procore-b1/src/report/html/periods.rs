//! Posting periods on the page of `reconcile`.

use std::collections::BTreeMap;

use maud::{Markup, html};
use rust_decimal::Decimal;
use sync_core::reconcile::{PeriodReconciliation, ProjectReconciliation, periods_of};

use super::money;
use crate::report::amount::whole;

/// One amount of a period.
type Figure = fn(&PeriodReconciliation) -> Decimal;

const COLUMNS: [(&str, Figure); 7] = [
    ("Procore", |row| row.procore),
    ("Explained and rounding", |row| row.terms.rounding - row.terms.waiting_total()),
    ("Moved out", |row| -row.moved_out),
    ("Moved in", |row| row.moved_in),
    ("Expected in SAP", PeriodReconciliation::expected),
    ("In SAP", |row| row.in_sap),
    ("Difference", PeriodReconciliation::difference),
];

/// Each posting period with what was moved out of it and into it, and what SAP holds to its end.
pub(super) fn periods(projects: &[&ProjectReconciliation], currency: &str) -> Markup {
    let rows = periods_of(projects.iter().copied());
    if rows.is_empty() {
        return html! {};
    }
    let to_date = rows.iter().scan(Decimal::ZERO, |sum, row| {
        *sum += row.in_sap;
        Some(*sum)
    });
    html! {
        h3 { "Posting periods" }
        p {
            "A record belongs to the period of its own date. What SAP holds of it in another period, \
             an adjustment for example, is moved out of the one and into the other."
        }
        div.wide { table {
            thead { tr {
                th { "Period" }
                @for (heading, _) in &COLUMNS { th.money { (heading) } }
                th.money { "In SAP to date" }
            } }
            tbody {
                @for (row, to_date) in rows.iter().zip(to_date) { tr {
                    td { (row.name) }
                    @for (_, of) in &COLUMNS { (money(of(row), currency)) }
                    (money(to_date, currency))
                } }
                tr.total {
                    td { "Total" }
                    @for (_, of) in &COLUMNS { (money(rows.iter().map(of).sum(), currency)) }
                    td {}
                }
            }
        } }
        (moves(projects, currency))
    }
}

fn moves(projects: &[&ProjectReconciliation], currency: &str) -> Markup {
    let mut sums: BTreeMap<(&str, &str), (usize, Decimal)> = BTreeMap::new();
    for row in projects.iter().flat_map(|project| &project.moves) {
        let (records, amount) = sums.entry((&row.from, &row.to)).or_default();
        *records += row.records;
        *amount += row.amount;
    }
    if sums.is_empty() {
        return html! {};
    }
    html! {
        h3 { "Posted into another period than its own" }
        table.summary {
            thead { tr {
                th { "Belongs to" } th { "Posted in" } th.money { "Records" } th.money { "Amount" }
            } }
            tbody { @for ((from, to), (records, amount)) in &sums { tr {
                td { (from) } td { (to) } td.money { (whole(*records as u64)) }
                (money(*amount, currency))
            } } }
        }
    }
}
