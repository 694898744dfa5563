//! The term `rounding`, record by record: what rounding each line alone added, and the rows of the
//! rounding ledger.

use rust_decimal::Decimal;

use super::{both::Both, sides::Sides};
use crate::{
    model::{RoundingRow, SourceKey},
    money::saturated,
};

/// What rounding added to one record: its part of the term `rounding`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordRounding {
    /// The record.
    pub key: SourceKey,
    /// Its number in Procore.
    pub number: String,
    /// What Procore says, to its last digit, less what the books held of it at the cut-over.
    pub stated: Decimal,
    /// Net cost that SAP holds by key.
    pub in_sap: Decimal,
    /// What rounding each line alone, to the currency's decimals, added.
    pub lines: Decimal,
    /// The units that were moved so that the lines sum to the header: rows of the rounding ledger.
    pub moved: Vec<RoundingRow>,
}

impl RecordRounding {
    /// What rounding added: posted less stated.
    #[must_use]
    pub fn total(&self) -> Decimal {
        self.in_sap - self.stated
    }

    /// The units moved, added up: the rounded header less the sum of the lines rounded alone.
    #[must_use]
    pub fn moved_total(&self) -> Decimal {
        saturated(self.moved.iter().map(|row| row.moved))
    }

    /// What neither the lines nor the rounding ledger explain: zero, but for what an earlier version
    /// posted, which kept no rounding ledger, and for a unit by which SAP's own amounts are off.
    #[must_use]
    pub fn untraced(&self) -> Decimal {
        self.total() - self.lines - self.moved_total()
    }

    /// Whether the lines and the rounding ledger explain all of it.
    #[must_use]
    pub fn is_traced(&self) -> bool {
        self.untraced().is_zero()
    }

    /// The rounding of one record; `None` where nothing of it was rounded.
    pub(super) fn of(sides: &Sides<'_>, both: &Both<'_>, in_sap: Decimal) -> Option<Self> {
        let currency = both.record.map(|record| sides.currency_of(record));
        let of_cost =
            |row: &&RoundingRow| both.stated.of_lines && Some(row.currency.as_str()) == currency;
        let kept = both.stored.into_iter().flat_map(|stored| &stored.rounding);
        let rounding = Self {
            key: both.key,
            number: both.record.map(|record| record.number.clone()).unwrap_or_default(),
            stated: both.stated.exact - both.opening.exact,
            in_sap,
            lines: both.stated.added() - both.opening.added(),
            moved: kept.filter(of_cost).cloned().collect(),
        };
        let none =
            rounding.total().is_zero() && rounding.lines.is_zero() && rounding.moved.is_empty();
        (!none).then_some(rounding)
    }
}
