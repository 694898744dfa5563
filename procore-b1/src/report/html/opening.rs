//! The page of `preview --opening`.

use maud::{Markup, html};
use sync_core::engine::{OpeningList, OpeningRow, opening_sums};

use super::{money, page, sections::obstacles};
use crate::report::{amount::whole, text::opening_verdict};

/// The opening list, as a page for the controller to sign.
#[must_use]
pub fn opening(list: &OpeningList) -> String {
    let body = html! {
        h1 { "Opening list of " (list.start_date) }
        p.verdict.differs[list.exit_code() != 0] { (opening_verdict(list)) }
        (obstacles(list.failure.as_ref(), &list.problems))
        @if list.failure.is_none() {
            h2 { "Per project, kind and currency" }
            (sums(&list.rows))
            h2 { "Records" }
            (rows(&list.rows))
        }
        footer {
            "What was in the books before the cut-over is not posted. Billed and retained stand with the \
             commitment; a requisition's amount is its gross."
        }
    };
    page("Opening list", &body)
}

fn sums(rows: &[OpeningRow]) -> Markup {
    html! {
        table {
            thead { tr {
                th { "Project" } th { "Kind" } th.money { "Records" } th.money { "Amount" }
                th.money { "Billed" } th.money { "Retained" } th { "Currency" }
            } }
            tbody { @for sum in opening_sums(rows) { tr {
                td { (sum.project) }
                td { (sum.kind.name().replace('_', " ")) }
                td.money { (whole(sum.records)) }
                (money(sum.amount, &sum.currency))
                (money(sum.billed, &sum.currency))
                (money(sum.retained, &sum.currency))
                td { (sum.currency) }
            } } }
        }
    }
}

fn rows(rows: &[OpeningRow]) -> Markup {
    html! {
        div.wide { table {
            thead { tr {
                th { "Record" } th { "Vendor" } th { "Dated" } th.money { "Amount" }
                th.money { "Billed" } th.money { "Retained" } th { "Currency" }
            } }
            tbody { @for row in rows { tr {
                td { (row.number) " " (row.title) br; span.key { (row.key) } }
                td { (row.vendor) br; (row.card_code.as_deref().unwrap_or_default()) }
                td { (row.dated) }
                (money(row.amount, &row.currency))
                (money(row.billed, &row.currency))
                (money(row.retained, &row.currency))
                td { (row.currency) }
            } } }
        } }
    }
}
