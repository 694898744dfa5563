//! User-defined fields: an open map, because every company has its own.

use super::{date, exact};
use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// User-defined fields by their full name (`U_ProcoreKey`), in a stable order.
pub type Udfs = BTreeMap<String, UdfValue>;

/// The value of one user-defined field.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum UdfValue {
    /// No value.
    Null,
    /// `db_Alpha` and `db_Memo`.
    Text(String),
    /// `db_Numeric` and `db_Float`, exact.
    Number(Decimal),
    /// `db_Date`; only ever written, since a date reads as [`UdfValue::Text`] (see [`UdfValue::as_date`]).
    Date(NaiveDate),
}

impl UdfValue {
    /// Reads a JSON token; objects and arrays are kept as their text.
    pub(crate) fn from_raw(raw: &RawValue) -> Result<Self, String> {
        let token = raw.get().trim();
        match token.as_bytes().first() {
            Some(b'"') => {
                serde_json::from_str(token).map(Self::Text).map_err(|error| error.to_string())
            }
            Some(b'-' | b'0'..=b'9') => {
                Ok(exact::parse_token(token)?.map_or(Self::Null, Self::Number))
            }
            Some(b'n') => Ok(Self::Null),
            _ => Ok(Self::Text(token.to_owned())),
        }
    }

    /// The text, if it is one.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The number, also when the server wrote it as a string.
    #[must_use]
    pub fn as_decimal(&self) -> Option<Decimal> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Text(text) => Decimal::from_str_exact(text.trim()).ok(),
            _ => None,
        }
    }

    /// The calendar date, if the value is one.
    #[must_use]
    pub fn as_date(&self) -> Option<NaiveDate> {
        match self {
            Self::Date(day) => Some(*day),
            Self::Text(text) => date::parse(text),
            _ => None,
        }
    }

    /// True for [`UdfValue::Null`].
    #[must_use]
    pub fn is_null(&self) -> bool {
        *self == Self::Null
    }
}

impl Serialize for UdfValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_none(),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Number(number) => exact::serialize(number, serializer),
            Self::Date(day) => serializer.collect_str(&format_args!("{}", day.format("%Y-%m-%d"))),
        }
    }
}

impl From<&str> for UdfValue {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}
impl From<String> for UdfValue {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}
impl From<Decimal> for UdfValue {
    fn from(number: Decimal) -> Self {
        Self::Number(number)
    }
}
impl From<i64> for UdfValue {
    fn from(number: i64) -> Self {
        Self::Number(Decimal::from(number))
    }
}
impl From<NaiveDate> for UdfValue {
    fn from(day: NaiveDate) -> Self {
        Self::Date(day)
    }
}
