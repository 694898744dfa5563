//! A bar chart as inline SVG.

use maud::{Markup, html};
use rust_decimal::{Decimal, prelude::ToPrimitive};

use crate::report::amount::accounting;

const WIDTH: i64 = 1000;
const LABEL: i64 = 100;
const AMOUNT: i64 = 150;
const ROW: i64 = 24;
/// Bars are measured in thousandths of the largest.
const PARTS: i64 = 1000;

/// One bar.
pub(super) struct Bar {
    pub(super) label: String,
    pub(super) amount: Decimal,
}

/// Horizontal bars over a common zero, each with its amount.
pub(super) fn bars(caption: &str, bars: &[Bar], currency: &str) -> Markup {
    let largest = bars.iter().map(|bar| bar.amount.abs()).max().unwrap_or_default();
    if largest.is_zero() {
        return html! {};
    }
    let falls = bars.iter().any(|bar| bar.amount.is_sign_negative() && !bar.amount.is_zero());
    let room = WIDTH - LABEL - AMOUNT;
    let (zero, reach) = if falls { (LABEL + room / 2, room / 2) } else { (LABEL, room) };
    let height = ROW * i64::try_from(bars.len()).unwrap_or(i64::MAX / ROW);
    html! {
        figure {
            svg viewBox={ "0 0 " (WIDTH) " " (height) } role="img" aria-label=(caption) {
                title { (caption) }
                line x1=(zero) y1="0" x2=(zero) y2=(height) stroke="#1c1c1a" stroke-width="1" {}
                @for (bar, top) in bars.iter().zip((0..).step_by(ROW as usize)) {
                    (of_bar(bar, top, zero, reach, largest, currency))
                }
            }
            figcaption { (caption) }
        }
    }
}

fn of_bar(bar: &Bar, top: i64, zero: i64, reach: i64, largest: Decimal, currency: &str) -> Markup {
    // A picture needs no cent: the length is rounded, the figure beside it is exact.
    let share = (bar.amount.abs() / largest * Decimal::from(PARTS)).round().to_i64();
    let length = share.unwrap_or(PARTS) * reach / PARTS;
    let below = bar.amount.is_sign_negative() && !bar.amount.is_zero();
    let (from, color) = if below { (zero - length, "#a12622") } else { (zero, "#2f5d8a") };
    html! {
        text x="0" y=(top + 16) { (bar.label) }
        rect x=(from) y=(top + 4) width=(length.max(1)) height=(ROW - 8) fill=(color) {}
        text x=(WIDTH) y=(top + 16) text-anchor="end" { (accounting(bar.amount, currency)) }
    }
}
