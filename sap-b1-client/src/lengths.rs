//! How long texts may be. SAP refuses a text that is longer than its column; it never cuts one.
//!
//! Lengths are those of SAP Business One 10.0 and, where versions differ, the shortest of 10.0; a customer's own are set
//! with [`LengthLimits::with`]. Source: public table reference of B1 10.0 and older; the metadata has no lengths. What is in
//! neither has no limit here, and is left to SAP.

use crate::error::{Error, Result};
use std::collections::BTreeMap;
use std::fmt;

/// Column lengths in characters by (entity set or collection, property).
const LENGTHS: &[(&str, &str, usize)] = &[
    ("PurchaseInvoices", "CardCode", 15),
    ("PurchaseInvoices", "NumAtCard", 100),
    ("PurchaseInvoices", "Reference1", 11),
    ("PurchaseInvoices", "Reference2", 11),
    ("PurchaseInvoices", "Comments", 254),
    ("PurchaseInvoices", "JournalMemo", 50),
    ("PurchaseInvoices", "DocCurrency", 3),
    ("PurchaseInvoices", "Project", 20),
    ("DocumentLines", "AccountCode", 15),
    ("DocumentLines", "ItemDescription", 100),
    ("DocumentLines", "CostingCode", 8),
    ("DocumentLines", "CostingCode2", 8),
    ("DocumentLines", "CostingCode3", 8),
    ("DocumentLines", "CostingCode4", 8),
    ("DocumentLines", "CostingCode5", 8),
    ("DocumentLines", "ProjectCode", 20),
    ("DocumentLines", "VatGroup", 8),
    ("DocumentLines", "TaxCode", 8),
    ("JournalEntries", "Memo", 254),
    ("JournalEntries", "Reference", 100),
    ("JournalEntries", "Reference2", 100),
    ("JournalEntries", "Reference3", 100),
    ("JournalEntries", "TransactionCode", 4),
    ("JournalEntries", "ProjectCode", 20),
    ("JournalEntryLines", "AccountCode", 15),
    ("JournalEntryLines", "ShortName", 15),
    ("JournalEntryLines", "LineMemo", 254),
    ("JournalEntryLines", "Reference1", 100),
    ("JournalEntryLines", "Reference2", 100),
    ("JournalEntryLines", "AdditionalReference", 100),
    ("JournalEntryLines", "CostingCode", 8),
    ("JournalEntryLines", "CostingCode2", 8),
    ("JournalEntryLines", "CostingCode3", 8),
    ("JournalEntryLines", "CostingCode4", 8),
    ("JournalEntryLines", "CostingCode5", 8),
    ("JournalEntryLines", "FCCurrency", 3),
    ("ProfitCenters", "CenterCode", 8),
    ("ProfitCenters", "CenterName", 30),
    ("ProfitCenters", "GroupCode", 4),
    ("DistributionRules", "FactorCode", 8),
    ("DistributionRules", "FactorDescription", 30),
    ("Projects", "Code", 20),
    ("Projects", "Name", 100),
    ("VatGroups", "Code", 8),
    ("VatGroups", "Name", 50),
    ("BusinessPartners", "CardCode", 15),
    ("ChartOfAccounts", "Code", 15),
    ("BusinessPartners", "CardName", 100),
];

/// A property of an entity set or of its rows.
type Place = (&'static str, &'static str);

/// Properties that hold the code of another entity, and so are as long as that code: (entity set or collection, property)
/// and the property whose length it is. The metadata says which entity most of them refer to; it has no lengths itself.
const CODES: &[(Place, Place)] = &[
    (("PurchaseInvoices", "ControlAccount"), ("ChartOfAccounts", "Code")),
    (("JournalEntryLines", "ControlAccount"), ("ChartOfAccounts", "Code")),
    (("JournalEntryLines", "ContraAccount"), ("JournalEntryLines", "ShortName")),
    (("JournalEntryLines", "ProjectCode"), ("Projects", "Code")),
    (("JournalEntryLines", "TaxGroup"), ("VatGroups", "Code")),
    (("JournalEntryLines", "TaxCode"), ("DocumentLines", "TaxCode")),
    (("BusinessPartners", "ProjectCode"), ("Projects", "Code")),
    (("BusinessPartners", "Currency"), ("PurchaseInvoices", "DocCurrency")),
    (("BusinessPartners", "VatGroup"), ("VatGroups", "Code")),
    (("BusinessPartners", "DebitorAccount"), ("ChartOfAccounts", "Code")),
    (("BPAddresses", "TaxCode"), ("DocumentLines", "TaxCode")),
    (("ChartOfAccounts", "FatherAccountKey"), ("ChartOfAccounts", "Code")),
    (("ChartOfAccounts", "AcctCurrency"), ("PurchaseInvoices", "DocCurrency")),
    (("ChartOfAccounts", "DefaultVatGroup"), ("VatGroups", "Code")),
    (("ChartOfAccounts", "ProjectCode"), ("Projects", "Code")),
    (("DistributionRuleLines", "CenterCode"), ("ProfitCenters", "CenterCode")),
    (("VatGroups", "TaxAccount"), ("ChartOfAccounts", "Code")),
    (("WithholdingTaxCodes", "Account"), ("ChartOfAccounts", "Code")),
    (("SalesTaxCodes", "Code"), ("DocumentLines", "TaxCode")),
    (("Currencies", "Code"), ("PurchaseInvoices", "DocCurrency")),
];

/// Length limits of texts; defaults are those of version 10.0.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LengthLimits {
    own: BTreeMap<(String, String), usize>,
}

impl LengthLimits {
    /// The limits of 9.x, where memos hold 50 characters and the third reference 27.
    #[must_use]
    pub fn of_9x() -> Self {
        Self::default()
            .with("JournalEntries", "Memo", 50)
            .with("JournalEntryLines", "LineMemo", 50)
            .with("JournalEntries", "Reference3", 27)
            .with("JournalEntryLines", "AdditionalReference", 27)
    }

    /// Sets the length of one property in this customer's version.
    #[must_use]
    pub fn with(mut self, collection: &str, property: &str, chars_max: usize) -> Self {
        self.own.insert((collection.to_owned(), property.to_owned()), chars_max);
        self
    }

    /// The length of one property, if it is known. `PurchaseCreditNotes` and `Drafts` share `PurchaseInvoices`' lengths.
    #[must_use]
    pub fn limit(&self, collection: &str, property: &str) -> Option<usize> {
        let own = self.own.get(&(collection.to_owned(), property.to_owned())).copied();
        own.or_else(|| {
            LENGTHS
                .iter()
                .find(|(set, name, _)| *set == collection && *name == property)
                .map(|(_, _, chars_max)| *chars_max)
        })
        .or_else(|| {
            let code = CODES.iter().find(|(code, _)| *code == (collection, property));
            code.and_then(|(_, (set, name))| self.limit(set, name))
        })
    }

    pub(crate) fn findings(
        &self,
        collection: &'static str,
        row: Option<usize>,
        texts: &[(&'static str, Option<&str>)],
    ) -> Vec<TooLong> {
        let too_long = |&(property, text): &(&'static str, Option<&str>)| {
            let chars = text?.chars().count();
            let chars_max = self.limit(collection, property)?;
            (chars > chars_max).then_some(TooLong { collection, property, row, chars, chars_max })
        };
        texts.iter().filter_map(too_long).collect()
    }
}

/// A text that is longer than its column.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TooLong {
    /// Entity set or collection of rows.
    pub collection: &'static str,
    /// Property.
    pub property: &'static str,
    /// Row, from 0, where it is one of a row.
    pub row: Option<usize>,
    /// Length in characters.
    pub chars: usize,
    /// Longest length allowed.
    pub chars_max: usize,
}

impl fmt::Display for TooLong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}", self.property, self.collection)?;
        if let Some(row) = self.row {
            write!(f, " (row {row})")?;
        }
        write!(f, " is {} characters long; SAP Business One holds {}", self.chars, self.chars_max)
    }
}

/// The first finding as an error.
pub(crate) fn check(findings: &[TooLong]) -> Result<()> {
    match findings.first() {
        None => Ok(()),
        Some(first) => Err(Error::invalid(first.to_string())),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::Value;

    /// `DocumentLines.CostingCode..CostingCode5` names every one between.
    fn properties(text: &str) -> Option<(String, Vec<String>)> {
        let (collection, rest) = text.split_once('.')?;
        let names = match rest.split_once("..") {
            None => vec![rest.to_owned()],
            Some((first, last)) => {
                let last = last.rsplit_once('.').map_or(last, |(_, name)| name);
                let (stem, end) = last.split_at(last.len() - 1);
                let begin: u32 =
                    first.trim_start_matches(stem).rsplit('.').next()?.parse().unwrap_or(1);
                let number = |n: u32| if n == 1 { String::new() } else { n.to_string() };
                (begin..=end.parse().ok()?).map(|n| format!("{stem}{}", number(n))).collect()
            }
        };
        Some((collection.to_owned(), names))
    }

    #[test]
    fn the_table_holds_every_length_of_the_reference() {
        let reference: Vec<Value> =
            serde_json::from_str(include_str!("../tests/fixtures/field-lengths.json")).unwrap();
        let mut compared = 0;
        let mut known = std::collections::BTreeSet::new();
        for entry in &reference {
            let length = match &entry["type_or_length"] {
                Value::Number(number) => number.as_u64(),
                other => other.as_str().unwrap().split(' ').next().unwrap().parse().ok(),
            };
            let Some(length) = length else { continue };
            let (collection, names) =
                properties(entry["service_layer_property"].as_str().unwrap()).unwrap();
            for name in names {
                known.insert((collection.clone(), name.clone()));
                let limit = LengthLimits::default().limit(&collection, &name);
                assert_eq!(limit, usize::try_from(length).ok(), "{collection}.{name}");
                compared += 1;
            }
        }
        assert!(compared >= 45, "{compared}");
        // And none from memory: the partner's name is in the reference's text on partners.
        known.insert(("BusinessPartners".to_owned(), "CardName".to_owned()));
        for (collection, property, _) in LENGTHS {
            let named = (String::from(*collection), String::from(*property));
            assert!(known.contains(&named), "{collection}.{property} is in no reference");
        }
    }

    #[test]
    fn a_code_of_another_entity_is_as_long_as_that_code_in_this_customers_version() {
        for ((collection, property), _) in CODES {
            assert!(LengthLimits::default().limit(collection, property).is_some(), "{property}");
        }
        let wider = LengthLimits::default().with("Projects", "Code", 40);
        assert_eq!(wider.limit("JournalEntryLines", "ProjectCode"), Some(40));
        assert_eq!(wider.limit("BusinessPartners", "ProjectCode"), Some(40));
        assert_eq!(wider.limit("DocumentLines", "ProjectCode"), Some(20), "a column of its own");
    }
}
