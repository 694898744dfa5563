//! The way from Procore's total to what SAP holds, line by line.

use maud::{Markup, html};
use rust_decimal::Decimal;
use sync_core::reconcile::{ProjectReconciliation, Terms};

use super::money;

/// The reconciliation of all projects of one currency on a few lines.
pub(super) fn summary(projects: &[&ProjectReconciliation], currency: &str) -> Markup {
    let total = |of: &dyn Fn(&ProjectReconciliation) -> Decimal| -> Markup {
        money(projects.iter().map(|project| of(project)).sum(), currency)
    };
    html! {
        table.summary {
            tbody {
                tr { td { "Commitments and change orders" } (total(&|p| p.committed)) }
                tr { td { "Direct costs" } (total(&|p| p.direct_costs)) }
                tr.subtotal {
                    td { "Procore total" } (total(&ProjectReconciliation::procore_total))
                }
                @for name in used_terms(projects) {
                    tr {
                        td { (term_heading(name)) }
                        (total(&|p| signed_term(p, name)))
                    }
                }
                tr.subtotal {
                    td { "Expected in SAP" } (total(&ProjectReconciliation::expected))
                }
                tr { td { "In SAP, by key" } (total(&|p| p.in_sap)) }
                tr.total {
                    td { "Difference" } (total(&ProjectReconciliation::difference))
                }
            }
        }
    }
}

/// The terms that are not zero everywhere.
pub(super) fn used_terms(projects: &[&ProjectReconciliation]) -> Vec<&'static str> {
    let every = Terms::default().named();
    every
        .iter()
        .map(|(name, _)| *name)
        .filter(|name| projects.iter().any(|project| !signed_term(project, name).is_zero()))
        .collect()
}

/// Terms are subtracted on the way from Procore's total to what is expected, rounding is added: a
/// row then adds up from left to right.
pub(super) fn signed_term(project: &ProjectReconciliation, name: &str) -> Decimal {
    let named = project.terms.named();
    let amount = named.iter().find(|(known, _)| *known == name).map_or(Decimal::ZERO, |(_, a)| *a);
    if name == "rounding" { amount } else { -amount }
}

/// A term in words.
pub(super) fn term_heading(name: &str) -> String {
    match name {
        "opening" => "Less opening list".to_owned(),
        "not_configured" => "Less direct cost types without an offset".to_owned(),
        "accepted" => "Less difference of adopted documents".to_owned(),
        "rounding" => "Rounding".to_owned(),
        other => format!("Less {}", other.replace('_', " ")),
    }
}
