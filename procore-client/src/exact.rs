//! Exact amounts: from the digits on the wire to [`Decimal`] without a detour over binary floating point.
//!
//! Procore sends amounts as strings in one place and as numbers in another, sometimes both in one object.
//! These functions borrow the raw token, unquote it if it is a string, and parse its digits. An exponent is
//! applied to the exact mantissa. What 28 digits cannot hold is an error that names the text; `""` and `null`
//! are absent. They work only when the document is read from memory (`serde_json::from_slice`, `from_str`).

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, de};
use serde_json::value::RawValue;

use crate::wire;

/// Reads a required amount: `#[serde(deserialize_with = "exact::deserialize")]`.
///
/// # Errors
///
/// When the value is absent, is not a decimal number, or needs more than 28 digits.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Decimal, D::Error> {
    option(deserializer)?.ok_or_else(|| de::Error::custom("the amount is null or empty"))
}

/// Reads an amount that may be absent: `#[serde(default, deserialize_with = "exact::option")]`.
///
/// # Errors
///
/// When the value is present and is not a decimal number of at most 28 digits.
pub fn option<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Decimal>, D::Error> {
    let token = <&'de RawValue>::deserialize(deserializer)?;
    read(token).map_err(de::Error::custom)
}

/// Reads a percentage that may carry a percent sign: `"96.36%"`, `"10.00"`, `0`.
///
/// # Errors
///
/// As [`option`].
pub fn percent<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Decimal>, D::Error> {
    let token = <&'de RawValue>::deserialize(deserializer)?;
    let Some(text) = wire::borrowed(token).map_err(de::Error::custom)? else {
        return Ok(None);
    };
    let digits = text.trim().trim_end_matches('%').trim_end();
    parse(digits).map(Some).map_err(de::Error::custom)
}

/// Reads one JSON token as an amount; `null` and `""` are absent.
///
/// # Errors
///
/// A sentence that quotes the text when it is not a decimal number of at most 28 digits.
pub fn read(token: &RawValue) -> Result<Option<Decimal>, String> {
    match token.get().as_bytes().first() {
        Some(b'"') => match wire::borrowed(token)? {
            None => Ok(None),
            Some(text) => parse(&text).map(Some),
        },
        Some(b'-' | b'0'..=b'9') => parse(token.get()).map(Some),
        _ if token.get() == "null" => Ok(None),
        _ => Err(format!("{} is not an amount", wire::shown(token.get()))),
    }
}

/// Parses decimal text exactly, with or without an exponent.
///
/// # Errors
///
/// A sentence that quotes the text when it is no decimal number or needs more than 28 digits.
pub fn parse(text: &str) -> Result<Decimal, String> {
    short(text).map_or_else(|| long(text), Ok)
}

/// The usual amount, in one walk: digits with a sign and a point at most, 18 digits at most. `None` for any other text.
fn short(text: &str) -> Option<Decimal> {
    const DIGITS_MAX: u32 = 18;
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (mut integer, mut digits, mut whole) = (0_i64, 0_u32, None);
    for byte in unsigned.bytes() {
        match byte {
            b'0'..=b'9' if digits < DIGITS_MAX => {
                integer = integer * 10 + i64::from(byte - b'0');
                digits += 1;
            }
            b'.' if digits > 0 && whole.is_none() => whole = Some(digits),
            _ => return None,
        }
    }
    let scale = digits - whole.unwrap_or(digits);
    if digits == 0 || (whole.is_some() && scale == 0) {
        return None;
    }
    let negative = unsigned.len() < text.len();
    Some(Decimal::new(if negative { -integer } else { integer }, scale))
}

/// Any amount.
fn long(text: &str) -> Result<Decimal, String> {
    let not_a_number = || format!("{} is not an amount", wire::shown(text));
    let too_long =
        || format!("{} needs more digits than the 28 that an amount can hold", wire::shown(text));

    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        None => (text, 0),
        Some((mantissa, exponent)) => {
            let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
            if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
                return Err(not_a_number());
            }
            // Beyond a thousand places nothing but zero fits, whatever the exact number is.
            let exponent =
                exponent.parse::<i32>().map_or(1_000, |value| value.clamp(-1_000, 1_000));
            let exponent =
                if text.contains("e-") || text.contains("E-") { -exponent.abs() } else { exponent };
            (mantissa, exponent)
        }
    };
    let (negative, unsigned) = match mantissa.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, mantissa.strip_prefix('+').unwrap_or(mantissa)),
    };
    let (whole, fraction) = match unsigned.split_once('.') {
        None => (unsigned, ""),
        Some((_, "")) => return Err(not_a_number()),
        Some(parts) => parts,
    };
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !all_digits(whole) || !all_digits(fraction) {
        return Err(not_a_number());
    }

    // The digits as one integer and the number of decimal places, the exponent applied.
    let mut digits = String::with_capacity(whole.len() + fraction.len());
    digits.push_str(whole);
    digits.push_str(fraction);
    let mut digits = digits.trim_start_matches('0').to_owned();
    let mut places =
        i32::try_from(fraction.len()).map_err(|_| too_long())?.saturating_sub(exponent);
    if digits.is_empty() {
        let scale = u32::try_from(places.clamp(0, 28)).unwrap_or(0);
        return Ok(Decimal::new(0, scale));
    }
    while (places > 28 || digits.len() > 28) && places > 0 && digits.ends_with('0') {
        digits.pop();
        places -= 1;
    }
    if places < 0 {
        if digits.len() > 28 || places < -28 {
            return Err(too_long());
        }
        digits.extend(std::iter::repeat_n('0', usize::try_from(-places).unwrap_or(0)));
        places = 0;
    }
    if digits.len() > 28 || places > 28 {
        return Err(too_long());
    }
    let integer: i128 = digits.parse().map_err(|_| too_long())?;
    let integer = if negative { -integer } else { integer };
    let scale = u32::try_from(places).map_err(|_| too_long())?;
    Decimal::try_from_i128_with_scale(integer, scale).map_err(|_| too_long())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    proptest::proptest! {
        #[test]
        fn the_usual_amount_is_read_as_any_amount_is(text in "[-+]?[0-9]{0,20}[.]?[0-9]{0,12}e?") {
            if let Some(amount) = short(&text) {
                let long = long(&text).unwrap();
                proptest::prop_assert_eq!((amount, amount.scale()), (long, long.scale()));
                proptest::prop_assert_eq!(amount.is_sign_negative(), long.is_sign_negative());
            }
        }
    }

    #[test]
    fn the_usual_amount_takes_the_short_way() {
        for text in ["0", "-1", "12.5", "-30000.00", "999999999999999999", "0.00000000000000001"] {
            assert_eq!(short(text).map(|amount| amount.to_string()).as_deref(), Some(text));
        }
        for text in ["", "-", ".5", "5.", "+1", "1e2", "1.2.3", "1234567890123456789", "--1"] {
            assert_eq!(short(text), None, "{text}");
        }
    }

    fn of(text: &str) -> String {
        parse(text).unwrap().to_string()
    }

    #[test]
    fn the_digits_and_the_scale_of_the_wire_are_kept() {
        assert_eq!(of("30000.00"), "30000.00");
        assert_eq!(of("200.000000000000"), "200.000000000000");
        assert_eq!(of("-12345.6789"), "-12345.6789");
        assert_eq!(of("0.0"), "0.0");
        assert_eq!(of("-0.00"), "0.00");
        assert_eq!(of("9007199254740993.17"), "9007199254740993.17");
    }

    #[test]
    fn an_exponent_is_applied_to_the_exact_mantissa() {
        assert_eq!(of("1.5e3"), "1500");
        assert_eq!(of("1.2345E2"), "123.45");
        assert_eq!(of("5E-3"), "0.005");
        assert_eq!(of("0e999999999999"), "0");
        assert_eq!(of("12e+1"), "120");
        assert_eq!(of("0.0000000000000000000000000000001e32"), "10");
    }

    #[test]
    fn trailing_zeros_beyond_28_digits_are_no_loss() {
        assert_eq!(parse("1.0000000000000000000000000000000000").unwrap(), Decimal::ONE);
        assert_eq!(parse("0.0000000000000000000000000010000").unwrap(), Decimal::new(1, 27));
    }

    #[test]
    fn what_28_digits_cannot_hold_is_an_error_that_names_the_text() {
        for text in [
            "0.12345678901234567890123456789",
            "1e29",
            "99999999999999999999999999999",
            "1e-40",
            "3e999999999999",
        ] {
            let problem = parse(text).unwrap_err();
            assert!(problem.contains(text), "{problem}");
            assert!(problem.contains("28"), "{problem}");
        }
        assert_eq!(of("9999999999999999999999999999"), "9999999999999999999999999999");
    }

    #[test]
    fn formatted_text_is_refused() {
        for text in [
            "$1,087.80",
            "1_000",
            "1,000.00",
            "NaN",
            "",
            ".5",
            "5.",
            "1e",
            "--1",
            " 1",
            "1.2.3",
            "٣",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
