//! Pages that a finance team reads and prints: one file each, no scripts, nothing loaded from
//! elsewhere. Text of Procore and SAP is escaped by maud.
//!
//! Amounts below zero have a minus sign, thousands are separated by commas.

mod budget;
mod chart;
mod commitments;
mod opening;
mod periods;
mod preview;
mod reconciliation;
mod rounding;
mod sections;
mod summary;
mod tie_out;

use maud::{DOCTYPE, Markup, PreEscaped, html};
use rust_decimal::Decimal;

pub use opening::opening;
pub use preview::preview;
pub use reconciliation::reconciliation;

use super::amount::accounting;

const STYLE: &str = include_str!("style.css");

/// A whole page.
fn page(title: &str, body: &Markup) -> String {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="Content-Security-Policy"
                    content="default-src 'none'; style-src 'unsafe-inline'";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body { main { (body) } }
        }
    }
    .into_string()
}

/// A right-aligned cell with an amount.
fn money(amount: Decimal, currency: &str) -> Markup {
    let below = amount.is_sign_negative() && !amount.is_zero();
    html! { td.money.below[below] { (accounting(amount, currency)) } }
}
