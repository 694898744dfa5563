//! The sub-ledgers commitment by commitment: those that tie are counted, the others are shown.

use maud::{Markup, html};
use sync_core::reconcile::{CommitmentBalance, ProjectReconciliation, SubLedger};

use super::money;
use crate::report::text::count;

/// What is unbilled and retained of each commitment, of the projects of one currency.
pub(super) fn commitments(projects: &[&ProjectReconciliation], currency: &str) -> Markup {
    let every = || {
        projects
            .iter()
            .flat_map(|project| project.commitments.iter().map(move |own| (*project, own)))
    };
    let ties = |own: &CommitmentBalance| own.standing == SubLedger::Ties;
    let tie = every().filter(|(_, own)| ties(own)).count();
    let others: Vec<_> = every().filter(|(_, own)| !ties(own)).collect();
    if tie == 0 && others.is_empty() {
        return html! {};
    }
    html! {
        h3 { "Commitments one by one" }
        p {
            "Unbilled and retainage of " (count(tie as u64, "commitment"))
            " tie, each by itself"
            @if others.is_empty() { "." } @else { "; those below do not." }
        }
        @if !others.is_empty() { div.wide { table {
            thead { tr {
                th { "Project" } th { "Commitment" } th { "Standing" }
                th.money { "Approved" } th.money { "Billed" }
                th.money { "Unbilled" } th.money { "Unbilled in SAP" }
                th.money { "Retainage" } th.money { "Retainage in SAP" } th { "What is off" }
            } }
            tbody { @for (project, own) in &others { tr {
                td { (project.name) }
                td { (own.number) " " span.key { (own.key) } }
                td { (own.standing.name()) }
                (money(own.approved, currency))
                (money(own.billed, currency))
                (money(own.unbilled, currency))
                (money(own.unbilled_in_sap, currency))
                (money(own.retainage, currency))
                (money(own.retainage_in_sap, currency))
                td { (own.off().join("; ")) }
            } } }
        } } }
    }
}
