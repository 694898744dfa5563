//! The ledger tie-out on the page of `reconcile`.

use maud::{Markup, html};
use sync_core::reconcile::{Reconciliation, TieOutRow};

use super::money;
use crate::report::amount::{accounting, whole};

/// Each account: SAP's own journal, what of it is ours, what our documents say, and what is not ours.
pub(super) fn tie_out(report: &Reconciliation) -> Markup {
    let tie_out = &report.tie_out;
    let home = tie_out.local_currency.as_str();
    html! {
        h2 { "Ledger tie-out" }
        @if let Some(why) = &tie_out.unavailable {
            p.remedy { "Not made: " (why) }
        }
        @if !tie_out.rows.is_empty() {
            p {
                "The movement of each account in SAP's own journal since the cut-over, debits less \
                 credits, in the currency of the postings and, in the last two columns, in that of the \
                 books. Accounts without a figure under our documents are chosen by SAP itself, for tax \
                 for example."
                @for (currency, tax) in &tie_out.tax {
                    " In " (currency) " documents state " (accounting(tax.of_documents, currency))
                    " of tax, the journal " (accounting(tax.in_journal, currency)) "."
                }
            }
            div.wide { table {
                thead { tr {
                    th { "Account" } th { "Name" } th { "Profit center" }
                    th.money { "In the journal" } th.money { "Ours by key" }
                    th.money { "Our documents" } th.money { "Does not tie" } th.money { "Not ours" }
                    th { "Currency" }
                    th.money { "In the journal, " (home) } th.money { "Does not tie, " (home) }
                } }
                tbody { @for row in &tie_out.rows { tr {
                    td { (row.account) } td { (row.name) }
                    td { (row.profit_center.as_deref().unwrap_or_default()) }
                    (money(row.amounts.in_ledger(), &row.currency))
                    (money(row.amounts.by_key, &row.currency))
                    @match row.amounts.documents {
                        Some(amount) => { (money(amount, &row.currency)) }
                        None => { td {} }
                    }
                    (money(row.amounts.difference(), &row.currency))
                    (money(row.amounts.foreign, &row.currency))
                    td { (row.currency) }
                    (money(row.local.in_ledger(), home)) (money(row.local.difference(), home))
                } } }
            } }
            (foreign(&tie_out.rows))
        }
    }
}

/// What is not ours, with number and text.
fn foreign(rows: &[TieOutRow]) -> Markup {
    if rows.iter().all(|row| row.foreign_count == 0) {
        return html! {};
    }
    html! {
        h3 { "Not ours on these accounts" }
        div.wide { table {
            thead { tr {
                th { "Account" } th { "Date" } th { "Journal entry" } th { "Text" } th.money { "Amount" }
                th { "Currency" }
            } }
            tbody { @for row in rows {
                @for movement in &row.foreign_movements { tr {
                    td { (row.account) } td { (movement.posting_date) } td { (movement.entry) }
                    td { (movement.text) } (money(movement.amount, &movement.currency))
                    td { (movement.currency) }
                } }
                @if row.foreign_count > row.foreign_movements.len() { tr {
                    td { (row.account) }
                    td colspan="3" {
                        "and " (whole((row.foreign_count - row.foreign_movements.len()) as u64)) " more"
                    }
                    td {} td {}
                } }
            } }
        } }
    }
}
