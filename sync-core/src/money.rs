//! Exact amounts: a currency's decimals, rounding, and where the units go that rounding leaves over.
//!
//! Every amount keeps each digit that Procore states until it is rounded, once, to the decimals of its
//! currency. An amount is never cut or guessed: one with more than the 13 digits before the decimal point
//! that SAP's columns hold is an [`OutOfRange`].
//!
//! A *unit* is the smallest amount of a currency, such as a cent. Lines rounded each by itself may sum to
//! a few units more or less than their rounded header; [`place`] moves these units onto lines, by the
//! largest remainder, so that they sum to it. Which line carries which is the rounding ledger
//! ([`RoundingRow`](crate::model::RoundingRow)).

use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};

/// How an amount between two units is rounded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rounding {
    /// Away from zero at the midpoint.
    #[default]
    HalfUp,
    /// To the even unit at the midpoint.
    HalfEven,
}

impl Rounding {
    /// Rounds to `scale` decimals.
    #[must_use]
    pub fn round(self, amount: Decimal, scale: u32) -> Decimal {
        let strategy = match self {
            Self::HalfUp => RoundingStrategy::MidpointAwayFromZero,
            Self::HalfEven => RoundingStrategy::MidpointNearestEven,
        };
        amount.round_dp_with_strategy(scale, strategy)
    }
}

/// An amount or a sum that SAP's columns (13 digits before the point) cannot hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the amount {0} has more than the 13 digits before the decimal point that SAP's columns hold"
)]
pub struct OutOfRange(pub String);

/// The smallest amount, without sign, that SAP's columns do not hold.
const LIMIT: u128 = 10_000_000_000_000;

/// The amount, if SAP's columns hold it.
///
/// # Errors
///
/// [`OutOfRange`] when it has more than 13 digits before the decimal point.
pub fn in_range(amount: Decimal) -> Result<Decimal, OutOfRange> {
    // Every amount of a family is asked, and most are small even without their point.
    if amount.mantissa().unsigned_abs() < LIMIT {
        return Ok(amount);
    }
    if amount.abs() >= Decimal::from(LIMIT) {
        Err(OutOfRange(amount.to_string()))
    } else {
        Ok(amount)
    }
}

/// Adds amounts up.
///
/// # Errors
///
/// [`OutOfRange`] when the sum leaves the range.
pub fn sum(amounts: impl IntoIterator<Item = Decimal>) -> Result<Decimal, OutOfRange> {
    amounts.into_iter().try_fold(Decimal::ZERO, |total, amount| {
        let next =
            total.checked_add(amount).ok_or_else(|| OutOfRange(format!("{total} + {amount}")))?;
        in_range(next)
    })
}

/// The smallest unit of a currency with `scale` decimals, e.g. 0.01.
#[must_use]
pub fn unit(scale: u32) -> Decimal {
    Decimal::new(1, scale)
}

/// The decimals of a currency by ISO 4217, for currencies that SAP leaves at their default.
#[must_use]
pub fn iso_scale(currency: &str) -> u32 {
    match currency {
        "BIF" | "CLP" | "DJF" | "GNF" | "ISK" | "JPY" | "KMF" | "KRW" | "PYG" | "RWF" | "UGX"
        | "UYI" | "VND" | "VUV" | "XAF" | "XOF" | "XPF" => 0,
        "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
        "CLF" | "UYW" => 4,
        _ => 2,
    }
}

/// One line that a unit may be moved onto.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share {
    /// The source line's id: of two lines with the same remainder the smaller id gets the unit.
    pub line: i64,
    /// The exact amount, before rounding.
    pub exact: Decimal,
    /// What the line had in the revision before, if it was posted: a unit stays where it was.
    pub before: Option<Decimal>,
}

/// Rounds each line, then moves the units that are missing to `total`, or are too much: first onto lines
/// that carried one before, then by largest remainder, of equal ones by line id. The result sums to `total`
/// exactly.
///
/// `total` is rounded already, and every amount is one that SAP's columns hold ([`in_range`]). Whether
/// rounding explains the difference at all is asked before: half a unit per line and half a unit for the
/// header at most, else the record is held as `rounding_mismatch`.
#[must_use]
pub fn place(shares: &[Share], total: Decimal, scale: u32, rounding: Rounding) -> Vec<Decimal> {
    let unit = unit(scale);
    let mut rounded: Vec<Decimal> =
        shares.iter().map(|share| rounding.round(share.exact, scale)).collect();
    let mut rest = total.saturating_sub(saturated(rounded.iter().copied()));
    if rest.is_zero() || shares.is_empty() {
        return rounded;
    }
    // More than a unit for each line: every line gets the same first.
    let each = Decimal::from(shares.len()).saturating_mul(unit);
    let rounds = rest.checked_div(each).unwrap_or_default().trunc();
    for amount in &mut rounded {
        *amount = amount.saturating_add(rounds.saturating_mul(unit));
    }
    rest = rest.saturating_sub(rounds.saturating_mul(each));
    let step = if rest.is_sign_negative() { -unit } else { unit };
    for index in in_order(shares, &rounded, step) {
        if rest.is_zero() {
            break;
        }
        rounded[index] = rounded[index].saturating_add(step);
        rest = rest.saturating_sub(step);
    }
    rounded
}

/// The order in which lines take a unit: those that had it before, then by what rounding took from
/// each in the direction of the step, then by id.
fn in_order(shares: &[Share], rounded: &[Decimal], step: Decimal) -> Vec<usize> {
    let mut order: Vec<usize> = (0..shares.len()).collect();
    let kept = |i: usize| shares[i].before == Some(rounded[i].saturating_add(step));
    let lost = |i: usize| {
        let lost = shares[i].exact.saturating_sub(rounded[i]);
        if step.is_sign_negative() { -lost } else { lost }
    };
    order.sort_by(|&a, &b| {
        kept(b).cmp(&kept(a)).then(lost(b).cmp(&lost(a))).then(shares[a].line.cmp(&shares[b].line))
    });
    order
}

/// Spreads `total` over `weights` so that the parts are multiples of the unit and sum to `total`;
/// the largest remainders get the units that are left, ties go to the earlier weight.
/// Weights that sum to zero spread evenly, and so do weights that cancel out so far that a part would
/// be beyond what SAP's columns hold.
#[must_use]
pub fn spread(total: Decimal, weights: &[Decimal], scale: u32) -> Vec<Decimal> {
    spread_by(total, weights, scale, Rounding::HalfEven)
}

/// As [`spread`], with parts that are rounded as `rounding` says before units are moved.
#[must_use]
pub(crate) fn spread_by(
    total: Decimal,
    weights: &[Decimal],
    scale: u32,
    rounding: Rounding,
) -> Vec<Decimal> {
    if weights.is_empty() {
        return Vec::new();
    }
    let sum = saturated(weights.iter().copied());
    let parts: Option<Vec<Decimal>> =
        weights.iter().map(|weight| part_of(total, *weight, sum)).collect();
    let even = total / Decimal::from(weights.len());
    let parts = parts.unwrap_or_else(|| vec![even; weights.len()]);
    let shares: Vec<Share> = parts
        .into_iter()
        .zip(0_i64..)
        .map(|(exact, line)| Share { line, exact, before: None })
        .collect();
    place(&shares, total, scale, rounding)
}

/// `total * weight / sum`, where it is an amount; the quotient first where the product has no room.
fn part_of(total: Decimal, weight: Decimal, sum: Decimal) -> Option<Decimal> {
    if sum.is_zero() {
        return None;
    }
    let exact = match total.checked_mul(weight) {
        Some(product) => product.checked_div(sum),
        None => weight.checked_div(sum).and_then(|part| part.checked_mul(total)),
    };
    exact.and_then(|part| in_range(part).ok())
}

/// A sum for reports, which must be written even of amounts that no column holds: it ends at the
/// largest number instead of failing.
#[must_use]
pub fn saturated(amounts: impl IntoIterator<Item = Decimal>) -> Decimal {
    amounts.into_iter().fold(Decimal::ZERO, Decimal::saturating_add)
}

/// Serialises an amount as its digits in a JSON string.
pub mod as_text {
    use rust_decimal::Decimal;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    /// Writes the digits.
    ///
    /// # Errors
    ///
    /// Those of the serializer.
    pub fn serialize<S: Serializer>(amount: &Decimal, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(amount)
    }

    /// Reads the digits, exactly.
    ///
    /// # Errors
    ///
    /// When the text is no decimal number of at most 28 digits.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Decimal, D::Error> {
        let text = String::deserialize(deserializer)?;
        Decimal::from_str_exact(&text).map_err(D::Error::custom)
    }
}

/// Serialises an optional amount as its digits in a JSON string, or null.
pub mod as_text_option {
    use rust_decimal::Decimal;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    /// Writes the digits, or null.
    ///
    /// # Errors
    ///
    /// Those of the serializer.
    pub fn serialize<S: Serializer>(
        amount: &Option<Decimal>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match amount {
            Some(amount) => serializer.collect_str(amount),
            None => serializer.serialize_none(),
        }
    }

    /// Reads the digits, exactly; null is `None`.
    ///
    /// # Errors
    ///
    /// When the text is no decimal number of at most 28 digits.
    pub fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Decimal>, D::Error> {
        let text = Option::<String>::deserialize(deserializer)?;
        text.map(|text| Decimal::from_str_exact(&text).map_err(D::Error::custom)).transpose()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    fn d(text: &str) -> Decimal {
        Decimal::from_str_exact(text).unwrap()
    }

    #[test]
    fn half_up_rounds_away_from_zero_and_half_even_to_the_even_cent() {
        assert_eq!(Rounding::HalfUp.round(d("2.345"), 2), d("2.35"));
        assert_eq!(Rounding::HalfUp.round(d("-2.345"), 2), d("-2.35"));
        assert_eq!(Rounding::HalfEven.round(d("2.345"), 2), d("2.34"));
    }

    #[test]
    fn three_thirds_of_a_hundred_sum_to_a_hundred() {
        let shares: Vec<Share> =
            (1..=3).map(|line| Share { line, exact: d("33.3333"), before: None }).collect();
        let placed = place(&shares, d("100.00"), 2, Rounding::HalfUp);
        assert_eq!(placed, [d("33.34"), d("33.33"), d("33.33")], "the tie goes to the smaller id");
    }

    #[test]
    fn a_unit_stays_on_the_line_that_had_it() {
        let shares = [
            Share { line: 1, exact: d("33.3333"), before: Some(d("33.33")) },
            Share { line: 2, exact: d("33.3333"), before: Some(d("33.34")) },
            Share { line: 3, exact: d("33.3333"), before: Some(d("33.33")) },
        ];
        let placed = place(&shares, d("100.00"), 2, Rounding::HalfUp);
        assert_eq!(placed, [d("33.33"), d("33.34"), d("33.33")]);
    }

    #[test]
    fn a_midpoint_that_changes_its_sign_rounds_the_other_way_and_leaves_no_unit_to_place() {
        let shares = [
            Share { line: 1, exact: d("-7.565"), before: Some(d("-7.56")) },
            Share { line: 2, exact: d("0.005"), before: Some(d("0.00")) },
        ];
        let placed = place(&shares, d("-7.56"), 2, Rounding::HalfUp);
        assert_eq!(placed, [d("-7.57"), d("0.01")], "the lines rounded alone make the total");
    }

    #[test]
    fn a_spread_sums_to_its_total_even_over_weights_of_zero() {
        assert_eq!(spread(d("0.05"), &[d("0"), d("0")], 2), [d("0.03"), d("0.02")]);
        let parts = spread(d("-10.00"), &[d("1"), d("1"), d("1")], 2);
        assert_eq!(parts.iter().copied().sum::<Decimal>(), d("-10.00"));
    }

    #[test]
    fn an_amount_beyond_thirteen_digits_is_refused_not_wrapped() {
        assert!(in_range(d("9999999999999.99")).is_ok());
        assert!(in_range(d("10000000000000")).is_err());
        assert!(sum([d("9999999999999"), d("1")]).is_err());
    }

    #[test]
    fn currencies_have_the_decimals_of_iso_4217() {
        let scales = ["JPY", "USD", "KWD", "CLF"].map(iso_scale);
        assert_eq!(scales, [0, 2, 3, 4], "yen, dollar, Kuwaiti dinar, unidad de fomento");
    }

    fn rounding() -> impl Strategy<Value = Rounding> {
        prop_oneof![Just(Rounding::HalfUp), Just(Rounding::HalfEven)]
    }

    /// Any decimal number at all, with any scale, up to the largest.
    fn any_decimal() -> impl Strategy<Value = Decimal> {
        (any::<(u32, u32, u32)>(), any::<bool>(), 0_u32..=28).prop_map(
            |((lo, mid, hi), minus, scale)| Decimal::from_parts(lo, mid, hi, minus, scale),
        )
    }

    fn shares(amounts: &[i64]) -> Vec<Share> {
        let lines = amounts.iter().zip(1_i64..);
        lines.map(|(a, line)| Share { line, exact: Decimal::new(*a, 4), before: None }).collect()
    }

    fn total_of(shares: &[Share], nudge: i64) -> Decimal {
        let sum: Decimal = shares.iter().map(|share| share.exact).sum();
        Rounding::HalfUp.round(sum, 2) + Decimal::new(nudge, 2)
    }

    proptest! {
        #[test]
        fn rounding_moves_by_at_most_half_a_unit_and_turns_with_the_sign(
            amount in -10_000_000_i64..10_000_000,
            scale in 0_u32..4,
            mode in rounding(),
        ) {
            let amount = Decimal::new(amount, 5);
            let rounded = mode.round(amount, scale);
            prop_assert!((rounded - amount).abs() * Decimal::TWO <= unit(scale));
            prop_assert_eq!(mode.round(-amount, scale), -rounded);
            prop_assert_eq!(mode.round(rounded, scale), rounded, "once is enough");
            prop_assert!(rounded.scale() <= scale);
            // Only at a midpoint do the two modes differ.
            let midpoint = ((rounded - amount).abs() * Decimal::TWO) == unit(scale);
            if !midpoint {
                prop_assert_eq!(Rounding::HalfUp.round(amount, scale), Rounding::HalfEven.round(amount, scale));
            }
        }

        #[test]
        fn placed_lines_always_sum_to_the_total(
            amounts in proptest::collection::vec(-1_000_000_i64..1_000_000, 1..40),
            nudge in -2_000_i64..2_000,
            mode in rounding(),
        ) {
            let shares = shares(&amounts);
            let total = total_of(&shares, nudge);
            let placed = place(&shares, total, 2, mode);
            prop_assert_eq!(placed.iter().copied().sum::<Decimal>(), total);
        }

        #[test]
        fn a_difference_that_rounding_explains_moves_no_line_by_more_than_a_unit(
            amounts in proptest::collection::vec(-1_000_000_i64..1_000_000, 1..40),
            mode in rounding(),
        ) {
            let shares = shares(&amounts);
            let placed = place(&shares, total_of(&shares, 0), 2, mode);
            for (share, placed) in shares.iter().zip(&placed) {
                prop_assert!((mode.round(share.exact, 2) - placed).abs() <= unit(2));
            }
        }

        #[test]
        fn the_order_of_lines_never_moves_a_unit(
            amounts in proptest::collection::vec(-1_000_000_i64..1_000_000, 1..20),
            turn in 0_usize..20,
            mode in rounding(),
        ) {
            let mut shares = shares(&amounts);
            let total = total_of(&shares, 0);
            let by_line = |shares: &[Share]| -> std::collections::BTreeMap<i64, Decimal> {
                shares.iter().map(|s| s.line).zip(place(shares, total, 2, mode)).collect()
            };
            let before = by_line(&shares);
            let turn = turn % shares.len();
            shares.rotate_left(turn);
            prop_assert_eq!(by_line(&shares), before);
        }

        #[test]
        fn a_unit_stays_where_it_was_placed_whatever_else_changes(
            amounts in proptest::collection::vec(-1_000_000_i64..1_000_000, 2..20),
            more in -1_000_000_i64..1_000_000,
        ) {
            // The last line changes by whole units: the others keep their amounts to the unit.
            let mut shares = shares(&amounts);
            let total = total_of(&shares, 0);
            let placed = place(&shares, total, 2, Rounding::HalfUp);
            for (share, amount) in shares.iter_mut().zip(&placed) {
                share.before = Some(*amount);
            }
            prop_assert_eq!(&place(&shares, total, 2, Rounding::HalfUp), &placed);
            let whole = Decimal::new(more, 2);
            let last = shares.len() - 1;
            let before = Rounding::HalfUp.round(shares[last].exact, 2);
            shares[last].exact += whole;
            // A midpoint that changes its sign rounds the other way: no whole units then.
            prop_assume!(Rounding::HalfUp.round(shares[last].exact, 2) == before + whole);
            shares[last].before = Some(placed[last] + whole);
            let again = place(&shares, total + whole, 2, Rounding::HalfUp);
            prop_assert_eq!(&again[..last], &placed[..last]);
        }

        #[test]
        fn a_spread_sums_to_its_total_in_units_whatever_the_weights(
            total in -1_000_000_i64..1_000_000,
            weights in proptest::collection::vec(any_decimal(), 1..20),
            scale in 0_u32..4,
        ) {
            let total = Decimal::new(total, scale);
            let parts = spread(total, &weights, scale);
            prop_assert_eq!(parts.iter().copied().sum::<Decimal>(), total);
            prop_assert!(parts.iter().all(|part| part.scale() <= scale));
        }

        #[test]
        fn no_arithmetic_panics_on_any_number_and_what_does_not_fit_is_an_error(
            amounts in proptest::collection::vec(any_decimal(), 1..8),
            mode in rounding(),
        ) {
            let fits = |amount: &Decimal| amount.abs() < Decimal::from(10_000_000_000_000_i64);
            let sum = sum(amounts.iter().copied());
            if !amounts.iter().all(fits) && amounts.len() == 1 {
                prop_assert!(sum.is_err());
            }
            if let Ok(sum) = sum {
                prop_assert!(fits(&sum));
            }
            for amount in &amounts {
                prop_assert_eq!(in_range(*amount).is_ok(), fits(amount));
            }
            let shares: Vec<Share> = amounts.iter().zip(1_i64..)
                .map(|(amount, line)| Share { line, exact: *amount, before: None })
                .collect();
            prop_assert_eq!(place(&shares, Decimal::ONE, 2, mode).len(), shares.len());
            let _ = saturated(amounts);
        }
    }

    #[test]
    fn weights_that_cancel_out_spread_evenly_instead_of_beyond_saps_columns() {
        let weights = [d("9999999999999"), d("-9999999999998.9999")];
        assert_eq!(spread(d("9999999999.98"), &weights, 2), [d("4999999999.99"); 2]);
    }
}
