//! Amounts as text: for accountants, and for programs.

use rust_decimal::Decimal;
use sync_core::money::iso_scale;

/// `1,234,567.89` and `(500.00)`: thousands separated, below zero in parentheses, at least the
/// decimals of the currency and never fewer digits than the amount has.
#[must_use]
pub fn accounting(amount: Decimal, currency: &str) -> String {
    let digits = plain(amount.abs(), currency);
    let (whole, fraction) = match digits.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (digits.as_str(), None),
    };
    let mut text = String::with_capacity(digits.len() + digits.len() / 3 + 2);
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if let Some(fraction) = fraction {
        text.push('.');
        text.push_str(fraction);
    }
    if amount.is_sign_negative() && !amount.is_zero() { format!("({text})") } else { text }
}

/// `-1234567.89`: for JSON and CSV, with at least the decimals of the currency.
#[must_use]
pub fn plain(amount: Decimal, currency: &str) -> String {
    let mut amount = if amount.is_zero() { Decimal::ZERO } else { amount.normalize() };
    let scale = iso_scale(currency);
    if amount.scale() < scale {
        amount.rescale(scale);
    }
    amount.to_string()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn amounts_read_as_accountants_write_them_and_lose_no_digit() {
        for (digits, currency, expected) in [
            ("1234567.89", "USD", "1,234,567.89"),
            ("-500", "USD", "(500.00)"),
            ("0", "USD", "0.00"),
            ("-0.00", "USD", "0.00"),
            ("999.9", "USD", "999.90"),
            ("1000", "JPY", "1,000"),
            ("12.345", "USD", "12.345"),
            ("-123456", "USD", "(123,456.00)"),
        ] {
            let amount: Decimal = digits.parse().unwrap();
            assert_eq!(accounting(amount, currency), expected, "{digits}");
        }
    }

    #[test]
    fn amounts_for_programs_are_plain_digits() {
        assert_eq!(plain("-1234567.8900".parse().unwrap(), "USD"), "-1234567.89");
        assert_eq!(plain("500".parse().unwrap(), "USD"), "500.00");
        assert_eq!(plain("-0".parse().unwrap(), "USD"), "0.00");
    }
}
