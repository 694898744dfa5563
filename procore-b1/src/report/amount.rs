//! Amounts as text: for accountants, and for programs.

use rust_decimal::Decimal;
use sync_core::money::iso_scale;

/// `1,234,567.89` and `-500.00`: thousands separated, at least `scale` and never fewer than two
/// decimals, and never fewer digits than the amount has.
#[must_use]
pub fn amount(amount: Decimal, scale: u32) -> String {
    let digits = with_decimals(amount, scale.max(2));
    let (sign, digits) = match digits.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", digits.as_str()),
    };
    match digits.split_once('.') {
        Some((whole, fraction)) => format!("{sign}{}.{fraction}", grouped(whole)),
        None => format!("{sign}{}", grouped(digits)),
    }
}

/// An amount for accountants with the decimals of its currency.
#[must_use]
pub fn accounting(value: Decimal, currency: &str) -> String {
    amount(value, iso_scale(currency))
}

/// `-1234567.89`: for JSON and CSV, with at least the decimals of the currency.
#[must_use]
pub fn plain(amount: Decimal, currency: &str) -> String {
    with_decimals(amount, iso_scale(currency))
}

/// `1,904`: a count for people.
#[must_use]
pub fn whole(count: u64) -> String {
    grouped(&count.to_string())
}

/// Without trailing zeros beyond `scale`, without a sign on zero.
fn with_decimals(amount: Decimal, scale: u32) -> String {
    let mut amount = if amount.is_zero() { Decimal::ZERO } else { amount.normalize() };
    if amount.scale() >= scale {
        return amount.to_string();
    }
    amount.rescale(scale);
    let mut digits = amount.to_string();
    // Where 96 bits are too few for the zeros, they are written all the same.
    if amount.scale() < scale {
        if amount.scale() == 0 {
            digits.push('.');
        }
        digits.extend((amount.scale()..scale).map(|_| '0'));
    }
    digits
}

fn grouped(digits: &str) -> String {
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn amounts_read_as_accountants_write_them_and_lose_no_digit() {
        for (digits, scale, expected) in [
            ("0", 2, "0.00"),
            ("-0.00", 2, "0.00"),
            ("5", 2, "5.00"),
            ("-500", 2, "-500.00"),
            ("999.9", 2, "999.90"),
            ("1000", 0, "1,000.00"),
            ("1234567.89", 2, "1,234,567.89"),
            ("-123456", 2, "-123,456.00"),
            ("12.345", 2, "12.345"),
            ("12.3", 3, "12.300"),
            ("12.3400", 2, "12.34"),
            ("0.00000001", 2, "0.00000001"),
            ("79228162514264337593543950335", 2, "79,228,162,514,264,337,593,543,950,335.00"),
            ("7922816251426433759354395033.5", 2, "7,922,816,251,426,433,759,354,395,033.50"),
        ] {
            let value: Decimal = digits.parse().unwrap();
            assert_eq!(amount(value, scale), expected, "{digits}");
        }
    }

    #[test]
    fn the_decimals_are_those_of_the_currency() {
        assert_eq!(accounting("12.3".parse().unwrap(), "USD"), "12.30");
        assert_eq!(accounting("12.3".parse().unwrap(), "KWD"), "12.300");
        assert_eq!(whole(1_234_567), "1,234,567");
    }

    #[test]
    fn amounts_for_programs_are_plain_digits() {
        for (digits, currency, expected) in [
            ("-1234567.8900", "USD", "-1234567.89"),
            ("500", "USD", "500.00"),
            ("500", "JPY", "500"),
            ("-0", "USD", "0.00"),
        ] {
            assert_eq!(plain(digits.parse().unwrap(), currency), expected, "{digits}");
        }
    }
}
