//! Exchange rates: what a document in foreign currency is worth in the books' own currency.
//!
//! The books carry every document twice: in its own currency, where it balances to zero, and in the
//! local one, where each line is converted by the rate of the posting date. What the conversion of
//! the lines rounds away stands on the largest line, so that the entry balances in both.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::money::{self, OutOfRange, Rounding, as_text};

/// The rate of one currency on one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExchangeRate {
    /// The rate as the ledger states it; above zero.
    #[serde(with = "as_text")]
    pub rate: Decimal,
    /// Whether it says how many foreign units one local unit is worth, and not the reverse.
    pub indirect: bool,
}

/// The rates that are known: by currency and day, `None` where the ledger has none.
pub type Rates = BTreeMap<(String, NaiveDate), Option<ExchangeRate>>;

impl ExchangeRate {
    /// A rate that says how many local units one foreign unit is worth.
    #[must_use]
    pub const fn direct(rate: Decimal) -> Self {
        Self { rate, indirect: false }
    }

    /// An amount in local currency, rounded half up to `scale` decimals as SAP rounds.
    ///
    /// # Errors
    ///
    /// [`OutOfRange`] when it leaves the range of SAP's columns.
    pub fn to_local(self, amount: Decimal, scale: u32) -> Result<Decimal, OutOfRange> {
        let exact = if self.indirect {
            amount.checked_div(self.rate)
        } else {
            amount.checked_mul(self.rate)
        };
        let exact = exact.ok_or_else(|| OutOfRange(format!("{amount} at {}", self.rate)))?;
        money::in_range(Rounding::HalfUp.round(exact, scale))
    }

    /// The lines of a balanced entry in local currency: they balance as well, and what rounding leaves
    /// over stands on the largest line, of equally large ones on the first.
    ///
    /// # Errors
    ///
    /// [`OutOfRange`].
    pub fn balanced(self, amounts: &[Decimal], scale: u32) -> Result<Vec<Decimal>, OutOfRange> {
        let converted = amounts.iter().map(|amount| self.to_local(*amount, scale));
        let mut local = converted.collect::<Result<Vec<_>, _>>()?;
        let rest = money::sum(local.iter().copied())?;
        let largest = (0..amounts.len()).rev().max_by_key(|at| amounts[*at].abs());
        if let Some(at) = largest.filter(|_| !rest.is_zero()) {
            local[at] = money::sum([local[at], -rest])?;
        }
        Ok(local)
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
    fn a_direct_rate_multiplies_and_an_indirect_one_divides() {
        let direct = ExchangeRate::direct(d("1.085"));
        assert_eq!(direct.to_local(d("100.01"), 2).unwrap(), d("108.51"));
        let indirect = ExchangeRate { rate: d("0.8"), indirect: true };
        assert_eq!(indirect.to_local(d("100"), 2).unwrap(), d("125"));
    }

    #[test]
    fn the_rest_unit_stands_on_the_largest_line() {
        let rate = ExchangeRate::direct(d("1.005"));
        let local = rate.balanced(&[d("1"), d("1"), d("1"), d("-3")], 2).unwrap();
        assert_eq!(local, [d("1.01"), d("1.01"), d("1.01"), d("-3.03")]);
    }

    #[test]
    fn what_no_column_holds_is_an_error_and_not_a_panic() {
        let rate = ExchangeRate::direct(Decimal::MAX);
        assert!(rate.to_local(d("2"), 2).is_err());
        assert!(rate.to_local(d("1"), 2).is_err());
        let none = ExchangeRate { rate: Decimal::ZERO, indirect: true };
        assert!(none.to_local(d("1"), 2).is_err());
    }

    proptest! {
        #[test]
        fn a_balanced_entry_balances_in_local_currency_and_no_line_is_off_by_more_than_the_rest(
            amounts in proptest::collection::vec(-1_000_000_i64..1_000_000, 1..30),
            rate in 1_u32..5_000_000,
            indirect in any::<bool>(),
        ) {
            let mut amounts: Vec<Decimal> = amounts.iter().map(|a| Decimal::new(*a, 2)).collect();
            amounts.push(-amounts.iter().copied().sum::<Decimal>());
            let rate = ExchangeRate { rate: Decimal::new(i64::from(rate), 4), indirect };
            // A rate far from one lifts the amounts out of the columns; that is another test.
            prop_assume!(!indirect || rate.rate > d("0.01"));
            let local = rate.balanced(&amounts, 2).unwrap();
            prop_assert_eq!(local.iter().copied().sum::<Decimal>(), Decimal::ZERO);
            let moved = local.iter().zip(&amounts)
                .filter(|(local, amount)| **local != rate.to_local(**amount, 2).unwrap())
                .count();
            prop_assert!(moved <= 1);
        }
    }
}
