//! What the books held of a record at the cut-over, as the store keeps it.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::{
    model::{Coding, CostCoding, Vendor},
    money::as_text,
};

/// One line of a record on the opening list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpeningLine {
    /// The source line; of a requisition the schedule-of-values line that an item bills.
    pub id: i64,
    /// Its amount in units of the currency; of a requisition's item what it billed.
    #[serde(with = "as_text")]
    pub amount: Decimal,
    /// How Procore coded it then; `None` where it had no cost code.
    pub coding: Option<CostCoding>,
    /// Where the tables put it when the list was made; `None` where no rule did.
    pub place: Option<Coding>,
}

/// What a record was worth at the cut-over. States that are older than the lines have none: their
/// records cannot be compared line by line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpeningEntry {
    /// The posting date that put it on the list.
    pub dated: NaiveDate,
    /// Its net amount then; for a requisition, its gross. What SAP held by our key is not part of it.
    #[serde(with = "as_text")]
    pub amount: Decimal,
    /// For a commitment: billed by requisitions on the list.
    #[serde(with = "as_text")]
    pub billed: Decimal,
    /// For a commitment: retainage held by requisitions on the list.
    #[serde(with = "as_text")]
    pub retained: Decimal,
    /// Its currency.
    #[serde(default)]
    pub currency: String,
    /// Its vendor; that of its commitment for a change order or a requisition.
    #[serde(default)]
    pub vendor: Option<Vendor>,
    /// The vendor's `CardCode`, where the tables named one.
    #[serde(default)]
    pub card_code: Option<String>,
    /// Its lines; those of zero are left out.
    #[serde(default)]
    pub lines: Vec<OpeningLine>,
    /// For a requisition: retainage that it held.
    #[serde(default, with = "as_text")]
    pub held: Decimal,
    /// For a requisition: retainage that it released.
    #[serde(default, with = "as_text")]
    pub released: Decimal,
    /// The tax that Procore stated of a direct cost or a requisition.
    #[serde(default, with = "as_text")]
    pub tax: Decimal,
    /// The fingerprint that the record had then; empty in older states, which kept it as the record's.
    #[serde(default)]
    pub fingerprint: String,
}

impl OpeningEntry {
    /// Whether the list knows the record line by line: a change of it can be told, and posted, as a
    /// difference.
    #[must_use]
    pub fn knows_its_lines(&self) -> bool {
        let moves = [self.amount, self.held, self.released, self.tax];
        !self.lines.is_empty() || moves.iter().all(Decimal::is_zero)
    }
}
