//! Tax: groups in VAT countries, codes in sales tax countries.

use super::{Collection, Entity};
use crate::client::Client;
use crate::query::Key;
use crate::wire::{VatCategory, YesNo, date, exact, list};
use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Deserialize;

/// A tax group.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct VatGroup {
    /// Code.
    #[serde(rename = "Code")]
    pub code: Option<String>,
    /// Name.
    #[serde(rename = "Name")]
    pub name: Option<String>,
    /// Input or output.
    #[serde(rename = "Category")]
    pub category: Option<VatCategory>,
    /// Account.
    #[serde(rename = "TaxAccount")]
    pub tax_account: Option<String>,
    /// Inactive.
    #[serde(rename = "Inactive")]
    pub inactive: Option<YesNo>,
    /// Rates over time.
    #[serde(rename = "VatGroups_Lines", deserialize_with = "list::deserialize")]
    pub lines: Vec<VatGroupLine>,
}

/// A rate of a tax group.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct VatGroupLine {
    /// In effect from.
    #[serde(rename = "Effectivefrom", deserialize_with = "date::option::deserialize")]
    pub effective_from: Option<NaiveDate>,
    /// Rate, percent.
    #[serde(rename = "Rate", deserialize_with = "exact::option::deserialize")]
    pub rate: Option<Decimal>,
}

/// A sales tax code.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct SalesTaxCode {
    /// Code.
    #[serde(rename = "Code")]
    pub code: Option<String>,
    /// Name.
    #[serde(rename = "Name")]
    pub name: Option<String>,
    /// Rate, percent.
    #[serde(rename = "Rate", deserialize_with = "exact::option::deserialize")]
    pub rate: Option<Decimal>,
    /// For purchases.
    #[serde(rename = "ValidForAP")]
    pub valid_for_ap: Option<YesNo>,
    /// For sales.
    #[serde(rename = "ValidForAR")]
    pub valid_for_ar: Option<YesNo>,
    /// Inactive.
    #[serde(rename = "Inactive")]
    pub inactive: Option<YesNo>,
    /// Parts.
    #[serde(rename = "SalesTaxCodes_Lines", deserialize_with = "list::deserialize")]
    pub lines: Vec<SalesTaxCodeLine>,
}

/// A part of a sales tax code.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct SalesTaxCodeLine {
    /// Number of the part.
    #[serde(rename = "RowNumber")]
    pub row_number: Option<i32>,
    /// Code of the authority's tax.
    #[serde(rename = "STACode")]
    pub authority_code: Option<String>,
    /// Rate, percent.
    #[serde(rename = "EffectiveRate", deserialize_with = "exact::option::deserialize")]
    pub effective_rate: Option<Decimal>,
}

impl Entity for VatGroup {
    const KEY: &'static str = "Code";

    fn key(&self) -> Option<Key> {
        self.code.clone().map(Key::from)
    }
}

impl Entity for SalesTaxCode {
    const KEY: &'static str = "Code";

    fn key(&self) -> Option<Key> {
        self.code.clone().map(Key::from)
    }
}

impl Client {
    /// Tax groups.
    #[must_use]
    pub fn vat_groups(&self) -> Collection<VatGroup> {
        Collection::new(self, "VatGroups")
    }

    /// Sales tax codes.
    #[must_use]
    pub fn sales_tax_codes(&self) -> Collection<SalesTaxCode> {
        Collection::new(self, "SalesTaxCodes")
    }
}
