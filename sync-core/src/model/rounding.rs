//! The rounding ledger.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::SourceKey;
use crate::money::as_text;

/// One row of the rounding ledger: a unit of the currency that one line carries above or below its own
/// rounded amount, so that the lines of its record sum to the header.
///
/// The rows of a record sum to its rounded header less the sum of its lines rounded alone. A row is kept
/// with its record as long as the unit stands on that line in SAP.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoundingRow {
    /// The record.
    pub source: SourceKey,
    /// Procore's id of the line that carries the unit.
    pub line: i64,
    /// The currency of the amounts.
    pub currency: String,
    /// The line's exact amount; its share of markup without a cost code is in it.
    #[serde(with = "as_text")]
    pub exact: Decimal,
    /// The exact amount rounded alone, to the currency's decimals.
    #[serde(with = "as_text")]
    pub rounded: Decimal,
    /// The unit with its sign: the line is posted with the rounded amount plus this.
    #[serde(with = "as_text")]
    pub moved: Decimal,
    /// The day, in the project's time zone, on which the line first got it.
    pub since: NaiveDate,
}

impl RoundingRow {
    /// What the line is posted with.
    #[must_use]
    pub fn posted(&self) -> Decimal {
        self.rounded + self.moved
    }
}
