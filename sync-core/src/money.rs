//! Exact amounts: scale, rounding, and the placing of what rounding leaves over.
//!
//! Every amount is a [`Decimal`] from the wire's own digits to the wire's own digits. Nothing here
//! panics or wraps: what does not fit is an [`OutOfRange`].

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

/// The largest amount, without sign, that SAP's columns hold.
fn limit() -> Decimal {
    Decimal::new(10_000_000_000_000, 0)
}

/// The amount, if SAP's columns hold it.
///
/// # Errors
///
/// [`OutOfRange`] when it has more than 13 digits before the decimal point.
pub fn in_range(amount: Decimal) -> Result<Decimal, OutOfRange> {
    if amount.abs() >= limit() { Err(OutOfRange(amount.to_string())) } else { Ok(amount) }
}

/// Sums amounts without wrapping.
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

/// One line's share in [`place`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share {
    /// The source line's id: ties go to the smaller one.
    pub line: i64,
    /// The exact amount.
    pub exact: Decimal,
    /// What the line had in the revision before, if it was posted: a unit stays where it was.
    pub before: Option<Decimal>,
}

/// Rounds each share, then places `total - sum` unit by unit: first on lines that carried a unit
/// before, then by largest remainder, ties by line id. The result sums to `total` exactly.
///
/// `total` must be a multiple of the unit. The caller has checked that the difference is one that
/// rounding explains.
#[must_use]
pub fn place(shares: &[Share], total: Decimal, scale: u32, rounding: Rounding) -> Vec<Decimal> {
    let unit = unit(scale);
    let mut rounded: Vec<Decimal> =
        shares.iter().map(|share| rounding.round(share.exact, scale)).collect();
    let mut rest = total - rounded.iter().copied().sum::<Decimal>();
    while !rest.is_zero() && !shares.is_empty() {
        let step = if rest.is_sign_negative() { -unit } else { unit };
        let mut order: Vec<usize> = (0..shares.len()).collect();
        order.sort_by(|&a, &b| {
            let kept = |i: usize| shares[i].before == Some(rounded[i] + step);
            // The remainder in the direction of the step: what rounding took from the line.
            let lost = |i: usize| (shares[i].exact - rounded[i]) * step;
            kept(b)
                .cmp(&kept(a))
                .then(lost(b).cmp(&lost(a)))
                .then(shares[a].line.cmp(&shares[b].line))
        });
        for index in order {
            if rest.is_zero() {
                break;
            }
            rounded[index] += step;
            rest -= step;
        }
    }
    rounded
}

/// Spreads `total` over `weights` so that the parts are multiples of the unit and sum to `total`;
/// the largest remainders get the units that are left, ties go to the earlier weight.
/// Weights that sum to zero spread evenly.
#[must_use]
pub fn spread(total: Decimal, weights: &[Decimal], scale: u32) -> Vec<Decimal> {
    if weights.is_empty() {
        return Vec::new();
    }
    let sum: Decimal = weights.iter().copied().sum();
    let even = Decimal::ONE / Decimal::from(weights.len());
    let shares: Vec<Share> = weights
        .iter()
        .zip(0_i64..)
        .map(|(weight, line)| {
            let part = if sum.is_zero() { even } else { weight / sum };
            Share { line, exact: total * part, before: None }
        })
        .collect();
    place(&shares, total, scale, Rounding::HalfEven)
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

    proptest::proptest! {
        #[test]
        fn placed_lines_always_sum_to_the_total(
            amounts in proptest::collection::vec(-1_000_000_i64..1_000_000, 1..40),
            nudge in -20_i64..20,
        ) {
            let shares: Vec<Share> = amounts.iter().zip(1_i64..)
                .map(|(&a, line)| Share { line, exact: Decimal::new(a, 4), before: None })
                .collect();
            let total = Rounding::HalfUp.round(shares.iter().map(|s| s.exact).sum(), 2)
                + Decimal::new(nudge, 2);
            let placed = place(&shares, total, 2, Rounding::HalfUp);
            proptest::prop_assert_eq!(placed.iter().copied().sum::<Decimal>(), total);
        }
    }
}
