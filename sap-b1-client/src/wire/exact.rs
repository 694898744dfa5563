//! Amounts, read and written with the wire's own digits.
//!
//! The Service Layer types every number as `Edm.Double` although its columns are `Num(19,6)`. Reading through `f64` would
//! lose digits, so the raw token is parsed; writing goes through `RawValue` so that `serde_json` prints what we hold.

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};
use serde_json::value::RawValue;

/// The most decimal places a `Decimal` can hold.
const SCALE_MAX: i64 = 28;

/// Reads an amount that may be absent: `null`, an empty string and a missing property are all `None`.
pub(crate) mod option {
    use super::*;

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Decimal>, D::Error> {
        let raw = <&RawValue>::deserialize(deserializer)?;
        parse_token(raw.get()).map_err(de::Error::custom)
    }
}

/// Writes an amount as a JSON number with exactly its own digits.
pub(crate) fn serialize<S: Serializer>(value: &Decimal, serializer: S) -> Result<S::Ok, S::Error> {
    RawValue::from_string(value.to_string()).map_err(ser::Error::custom)?.serialize(serializer)
}

/// Parses a JSON token (number, string or null) into an exact amount.
pub(crate) fn parse_token(token: &str) -> Result<Option<Decimal>, String> {
    let token = token.trim();
    if token == "null" {
        return Ok(None);
    }
    if token.starts_with('"') {
        let text: String = serde_json::from_str(token).map_err(|error| error.to_string())?;
        let text = text.trim();
        return if text.is_empty() { Ok(None) } else { parse_number(text).map(Some) };
    }
    parse_number(token).map(Some)
}

/// Parses the digits of a number; an exponent is applied to the exact mantissa.
fn parse_number(text: &str) -> Result<Decimal, String> {
    let refuse = || {
        format!(
            "the number {:?} cannot be held exactly; at most 28 digits are supported",
            clip(text)
        )
    };
    let (digits, exponent) = match text.split_once(['e', 'E']) {
        Some((digits, exponent)) => (digits, exponent.parse::<i64>().map_err(|_| refuse())?),
        None => (text, 0),
    };
    let mantissa = Decimal::from_str_exact(digits).map_err(|_| refuse())?;
    if exponent == 0 {
        return Ok(mantissa);
    }
    shift(mantissa, exponent).ok_or_else(refuse)
}

/// Moves the decimal point of `value` by `exponent` places, or says that the result does not fit.
fn shift(value: Decimal, exponent: i64) -> Option<Decimal> {
    let mut mantissa = value.mantissa();
    if mantissa == 0 {
        return Some(Decimal::ZERO);
    }
    let mut scale = i64::from(value.scale()).checked_sub(exponent)?;
    while scale > SCALE_MAX && mantissa % 10 == 0 {
        mantissa /= 10;
        scale -= 1;
    }
    while scale < 0 {
        mantissa = mantissa.checked_mul(10)?;
        scale += 1;
    }
    Decimal::try_from_i128_with_scale(mantissa, u32::try_from(scale).ok()?).ok()
}

/// Shortens a text for an error message.
fn clip(text: &str) -> String {
    text.chars().take(60).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    #[derive(Serialize, Deserialize)]
    struct Line {
        #[serde(
            deserialize_with = "option::deserialize",
            serialize_with = "crate::wire::field::write",
            default
        )]
        amount: Option<Decimal>,
    }

    fn read(json: &str) -> Result<Option<Decimal>, serde_json::Error> {
        serde_json::from_str::<Line>(json).map(|line| line.amount)
    }

    #[test]
    fn reads_the_digits_of_the_wire() {
        for (token, digits) in [
            ("0.0", "0.0"),
            ("12500.00", "12500.00"),
            ("\"100\"", "100"),
            ("\" 7.25 \"", "7.25"),
            ("-1234567890123.123456", "-1234567890123.123456"),
            ("0.30000000000000004", "0.30000000000000004"),
            ("1e3", "1000"),
            ("1.5E-7", "0.00000015"),
            ("-2.50e1", "-25.0"),
            ("1.0E+2", "100"),
            ("0e99", "0"),
        ] {
            let value = read(&format!("{{\"amount\":{token}}}")).unwrap().unwrap();
            assert_eq!(value.to_string(), digits, "{token}");
        }
    }

    #[test]
    fn absent_is_null_or_empty_or_missing() {
        for json in ["{}", "{\"amount\":null}", "{\"amount\":\"\"}", "{\"amount\":\"  \"}"] {
            assert_eq!(read(json).unwrap(), None, "{json}");
        }
    }

    #[test]
    fn what_does_not_fit_is_an_error_that_names_the_number() {
        for token in [
            "1e40",
            "0.12345678901234567890123456789",
            "1e-29",
            "\"twelve\"",
            "true",
            "[]",
            "1e9999999999999999999",
        ] {
            assert!(read(&format!("{{\"amount\":{token}}}")).is_err(), "{token}");
        }
        let error = read("{\"amount\":1e40}").unwrap_err().to_string();
        assert!(error.contains("1e40"), "{error}");
    }

    proptest! {
        #[test]
        fn every_amount_survives_the_wire_both_ways(mantissa in -(1i128 << 95)..(1i128 << 95), scale in 0u32..=28) {
            let amount = Decimal::from_i128_with_scale(mantissa, scale);
            let body = serde_json::to_vec(&Line { amount: Some(amount) }).unwrap();
            let expected = format!("{{\"amount\":{amount}}}");
            prop_assert_eq!(std::str::from_utf8(&body).unwrap(), expected.as_str());
            let back: Line = serde_json::from_slice(&body).unwrap();
            prop_assert_eq!(back.amount.unwrap().to_string(), amount.to_string());
        }

        #[test]
        fn no_token_panics(token in ".{0,40}") {
            let _ = parse_token(&token);
        }
    }
}
