//! The number and time formats of the wire: no two resources agree.

use chrono::{DateTime, FixedOffset, Utc};
use rust_decimal::{Decimal, RoundingStrategy};

use super::json::Json;

fn with_scale_min(value: Decimal, scale_min: u32) -> String {
    let mut value = value.normalize();
    if value.scale() < scale_min {
        value.rescale(scale_min);
    }
    value.to_string()
}

/// `"1000.0"`, `"250.25"`, `"0.125"`: at least one decimal, none more than needed.
pub(crate) fn loose(value: Decimal) -> Json {
    Json::Text(with_scale_min(value, 1))
}

/// `"1000.00"`, `"0.125"`: at least two decimals.
pub(crate) fn two(value: Decimal) -> Json {
    Json::Text(with_scale_min(value, 2))
}

/// `"100.0000"`: at least four decimals.
pub(crate) fn four(value: Decimal) -> Json {
    Json::Text(with_scale_min(value, 4))
}

/// `"200.000000000000"`: at least twelve decimals.
pub(crate) fn twelve(value: Decimal) -> Json {
    Json::Text(with_scale_min(value, 12))
}

/// A JSON number with no more digits than needed.
pub(crate) fn bare(value: Decimal) -> Json {
    Json::Number(value.normalize().to_string())
}

/// `part / whole` in percent with two decimals; zero where there is no whole.
pub(crate) fn percent(part: Decimal, whole: Decimal) -> Decimal {
    if whole.is_zero() {
        return Decimal::ZERO;
    }
    (part * Decimal::ONE_HUNDRED / whole)
        .round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)
}

/// `2026-02-01T10:00:00Z`, whole seconds.
pub(crate) fn utc(at: DateTime<Utc>) -> Json {
    Json::Text(at.format("%Y-%m-%dT%H:%M:%SZ").to_string())
}

/// The same instant in one of three spellings, by the record's id: with `Z`, with an offset, with
/// a fraction.
pub(crate) fn instant(at: DateTime<Utc>, id: i64) -> Json {
    match id.rem_euclid(3) {
        0 => utc(at),
        1 => {
            let offset = FixedOffset::west_opt(7 * 3600).map(|o| at.with_timezone(&o));
            Json::from(offset.map(|t| t.format("%Y-%m-%dT%H:%M:%S%:z").to_string()))
        }
        _ => Json::Text(at.format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(json: Json) -> String {
        String::from_utf8(json.to_bytes()).expect("it is text")
    }

    #[test]
    fn formats_keep_every_digit_and_add_only_zeros() {
        let amount = Decimal::new(250, 0);
        assert_eq!(text(loose(amount)), "\"250.0\"");
        assert_eq!(text(two(amount)), "\"250.00\"");
        assert_eq!(text(four(amount)), "\"250.0000\"");
        assert_eq!(text(bare(Decimal::new(25010, 2))), "250.1");
        assert_eq!(text(two(Decimal::new(1_234_567, 4))), "\"123.4567\"");
    }

    #[test]
    fn percents_are_rounded_to_the_nearest() {
        assert_eq!(percent(Decimal::from(1000), Decimal::from(1500)).to_string(), "66.67");
        assert_eq!(percent(Decimal::from(53000), Decimal::from(55000)).to_string(), "96.36");
    }
}
