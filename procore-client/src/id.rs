//! Identifiers of Procore records, one newtype per kind so that they cannot be mixed up.
//!
//! Ids are integers in REST v1 and JSON strings in REST v2, exceed 32 bits, and both forms occur in one body.
//! Every type here reads `123` and `"123"` alike.

use rust_decimal::prelude::ToPrimitive;
use serde::{Deserialize, Deserializer, de};
use serde_json::value::RawValue;

macro_rules! ids {
    ($($(#[$meta:meta])* $name:ident)+) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(i64);

        impl $name {
            /// Wraps Procore's number.
            #[must_use]
            pub const fn new(id: i64) -> Self {
                Self(id)
            }

            /// Returns Procore's number.
            #[must_use]
            pub const fn get(self) -> i64 {
                self.0
            }
        }

        impl From<i64> for $name {
            fn from(id: i64) -> Self {
                Self(id)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = std::num::ParseIntError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let token = <&'de RawValue>::deserialize(deserializer)?;
                match parse(token.get()) {
                    Ok(Some(id)) => Ok(Self(id)),
                    Ok(None) => Err(de::Error::custom("the id is null or empty")),
                    Err(problem) => Err(de::Error::custom(problem)),
                }
            }
        }

        impl crate::wire::Scalar for $name {
            fn read(token: &RawValue) -> Result<Option<Self>, String> {
                Ok(parse(token.get())?.map(Self))
            }
        }
    )+};
}

ids! {
    /// A Procore company (the tenant).
    CompanyId
    /// A project of a company.
    ProjectId
    /// A vendor of the company directory.
    VendorId
    /// A purchase order contract or a work order contract; both families share one number space.
    CommitmentId
    /// A line of a commitment, change order or direct cost.
    LineItemId
    /// A cost code of a project.
    CostCodeId
    /// A line item type (cost type).
    LineItemTypeId
    /// A code of the work breakdown structure.
    WbsCodeId
    /// A segment of the work breakdown structure.
    SegmentId
    /// A value of a segment.
    SegmentItemId
    /// A tax code of the company.
    TaxCodeId
    /// A sub job of a project.
    SubJobId
    /// A commitment change order (1- and 2-tier projects).
    CommitmentChangeOrderId
    /// A change order package (every tier).
    ChangeOrderPackageId
    /// A change order request (3-tier projects).
    ChangeOrderRequestId
    /// A potential change order.
    PotentialChangeOrderId
    /// A direct cost.
    DirectCostId
    /// A requisition (subcontractor invoice).
    RequisitionId
    /// An item of a requisition.
    RequisitionItemId
    /// A billing period of a project.
    BillingPeriodId
    /// A payment on a contract.
    ContractPaymentId
    /// A view of budgets; views belong to the company.
    BudgetViewId
    /// A line of a project's budget.
    BudgetLineItemId
    /// A change of a project's budget.
    BudgetChangeId
    /// A line of a budget change.
    BudgetAdjustmentId
    /// A transfer between lines of a project's budget, of projects without budget changes.
    BudgetModificationId
    /// A snapshot of a project's budget.
    BudgetSnapshotId
    /// A unit of measure of the company.
    UnitOfMeasureId
    /// A tax type of the company.
    TaxTypeId
    /// A record whose kind has no type of its own here.
    Id
}

/// Reads an id token: `123`, `"123"`, or nothing (`null`, `""`).
///
/// Escapes, a fraction of zero and an exponent are read as JSON means them; what is no whole number of 64 bits is not
/// an id.
pub(crate) fn parse(token: &str) -> Result<Option<i64>, String> {
    let refuse = || format!("{} is not an id", crate::wire::shown(token));
    let unescaped;
    let text = match token.as_bytes().first() {
        Some(b'"') if token.contains('\\') => {
            unescaped = serde_json::from_str::<String>(token).map_err(|_| refuse())?;
            unescaped.as_str()
        }
        Some(b'"') => token.trim_matches('"'),
        Some(b'-' | b'0'..=b'9') => token,
        _ if token == "null" => return Ok(None),
        _ => return Err(refuse()),
    };
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    if let Ok(id) = text.parse() {
        return Ok(Some(id));
    }
    let number = crate::exact::parse(text).map_err(|_| refuse())?.normalize();
    let whole = if number.scale() == 0 { number.to_i64() } else { None };
    whole.map(Some).ok_or_else(refuse)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn ids_read_numbers_and_strings_beyond_32_bits() {
        assert_eq!(parse("598134325841112").unwrap(), Some(598_134_325_841_112));
        assert_eq!(parse("\"562949953443325\"").unwrap(), Some(562_949_953_443_325));
        let id: ProjectId = serde_json::from_str("\"86\"").unwrap();
        assert_eq!(id, ProjectId::new(86));
    }

    #[test]
    fn ids_are_read_as_json_means_them() {
        assert_eq!(parse(r#""\u0031\u0032""#).unwrap(), Some(12));
        assert_eq!(parse("1.2e3").unwrap(), Some(1_200));
        assert_eq!(parse("\"86.0\"").unwrap(), Some(86));
        assert_eq!(parse("9223372036854775807").unwrap(), Some(i64::MAX));
    }

    #[test]
    fn an_id_that_is_null_empty_or_no_number_is_not_an_id() {
        assert_eq!(parse("null").unwrap(), None);
        assert_eq!(parse("\"\"").unwrap(), None);
        assert!(parse("\"new\"").unwrap_err().contains("new"));
        assert!(parse("1.5").is_err());
        assert!(parse("9223372036854775808").is_err());
        assert!(parse("true").is_err());
        assert!(parse("[1]").is_err());
        assert!(serde_json::from_str::<ProjectId>("null").is_err());
    }
}
