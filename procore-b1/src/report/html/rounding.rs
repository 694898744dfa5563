//! The rounding ledger on the page of `reconcile`.

use maud::{Markup, html};
use sync_core::reconcile::ProjectReconciliation;

use super::money;

/// Each record of which something was rounded, and each unit that was moved between its lines.
pub(super) fn rounding(projects: &[&ProjectReconciliation], currency: &str) -> Markup {
    if projects.iter().all(|project| project.rounding.is_empty()) {
        return html! {};
    }
    html! {
        h3 { "Rounding ledger" }
        p {
            "What rounding added to each record: its lines rounded alone to the decimals of the currency, \
             and the units that were moved so that the lines sum to their header."
        }
        div.wide { table {
            thead { tr {
                th { "Record" } th { "Line" }
                th.money { "In Procore" } th.money { "Rounded alone" } th.money { "Moved" }
                th.money { "Not traced" } th.money { "In SAP" } th { "Since" }
            } }
            tbody {
                @for project in projects { @for record in &project.rounding {
                    tr {
                        td { (record.number) " " span.key { (record.key) } } td { "all" }
                        (money(record.stated, currency))
                        (money(record.stated + record.lines, currency))
                        (money(record.moved_total(), currency))
                        (money(record.untraced(), currency))
                        (money(record.in_sap, currency)) td {}
                    }
                    @for row in &record.moved { tr {
                        td {} td { (row.line) }
                        (money(row.exact, currency)) (money(row.rounded, currency))
                        (money(row.moved, currency)) td {} (money(row.posted(), currency))
                        td { (row.since) }
                    } }
                } }
            }
        } }
    }
}
