//! JSON values as the simulated server holds them: numbers are exact decimals, dates are dates.

use std::{borrow::Cow, fmt};

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// One value of a property.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    Null,
    Bool(bool),
    Integer(i64),
    Number(Decimal),
    Text(String),
    Date(NaiveDate),
    List(Vec<Record>),
    Record(Record),
}

/// Properties in the order they were set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Record {
    members: Vec<(Cow<'static, str>, Value)>,
}

impl Record {
    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.members.iter().find(|(n, _)| n == name).map(|(_, v)| v)
    }

    pub(crate) fn set(&mut self, name: impl Into<Cow<'static, str>>, value: Value) {
        let name = name.into();
        match self.members.iter_mut().find(|(n, _)| *n == name) {
            Some((_, held)) => *held = value,
            None => self.members.push((name, value)),
        }
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.set(name, value.into());
        self
    }

    pub(crate) fn remove(&mut self, name: &str) -> Option<Value> {
        let at = self.members.iter().position(|(n, _)| n == name)?;
        Some(self.members.remove(at).1)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.members.iter().map(|(n, v)| (n.as_ref(), v))
    }

    /// The text of a property; empty where it is absent, null or of another kind.
    pub(crate) fn text(&self, name: &str) -> &str {
        match self.get(name) {
            Some(Value::Text(text)) => text,
            _ => "",
        }
    }

    /// The text of a property, if it is set and not empty.
    pub(crate) fn filled(&self, name: &str) -> Option<&str> {
        Some(self.text(name)).filter(|t| !t.is_empty())
    }

    /// The amount of a property; zero where it is absent.
    pub(crate) fn amount(&self, name: &str) -> Decimal {
        self.number(name).unwrap_or(Decimal::ZERO)
    }

    pub(crate) fn number(&self, name: &str) -> Option<Decimal> {
        match self.get(name) {
            Some(Value::Number(number)) => Some(*number),
            Some(Value::Integer(number)) => Some(Decimal::from(*number)),
            _ => None,
        }
    }

    pub(crate) fn integer(&self, name: &str) -> Option<i64> {
        match self.get(name) {
            Some(Value::Integer(number)) => Some(*number),
            _ => None,
        }
    }

    pub(crate) fn date(&self, name: &str) -> Option<NaiveDate> {
        match self.get(name) {
            Some(Value::Date(date)) => Some(*date),
            _ => None,
        }
    }

    pub(crate) fn list(&self, name: &str) -> &[Record] {
        match self.get(name) {
            Some(Value::List(list)) => list,
            _ => &[],
        }
    }

    pub(crate) fn is_yes(&self, name: &str) -> bool {
        self.text(name) == "tYES"
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<i32> for Value {
    fn from(number: i32) -> Self {
        Self::Integer(i64::from(number))
    }
}

impl From<Decimal> for Value {
    fn from(number: Decimal) -> Self {
        Self::Number(number)
    }
}

impl From<NaiveDate> for Value {
    fn from(date: NaiveDate) -> Self {
        Self::Date(date)
    }
}

impl From<Option<NaiveDate>> for Value {
    fn from(date: Option<NaiveDate>) -> Self {
        date.map_or(Self::Null, Self::Date)
    }
}

impl From<Vec<Record>> for Value {
    fn from(list: Vec<Record>) -> Self {
        Self::List(list)
    }
}

/// `tYES` or `tNO`.
impl From<bool> for Value {
    fn from(yes: bool) -> Self {
        Self::Text(if yes { "tYES" } else { "tNO" }.to_owned())
    }
}

/// What is wrong with a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NotJson;

impl fmt::Display for NotJson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the body is not a JSON object")
    }
}

/// Reads a JSON object exactly: no number passes through a binary float.
pub(crate) fn parse_object(bytes: &[u8]) -> Result<Record, NotJson> {
    let text = std::str::from_utf8(bytes).map_err(|_| NotJson)?;
    let members: Members<'_> = serde_json::from_str(text).map_err(|_| NotJson)?;
    members.into_record(0)
}

const DEPTH_MAX: usize = 8;

struct Members<'a>(Vec<(String, &'a RawValue)>);

impl Members<'_> {
    fn into_record(self, depth: usize) -> Result<Record, NotJson> {
        let mut record = Record::default();
        for (name, raw) in self.0 {
            record.set(name, parse_value(raw, depth)?);
        }
        Ok(record)
    }
}

fn parse_value(raw: &RawValue, depth: usize) -> Result<Value, NotJson> {
    if depth > DEPTH_MAX {
        return Err(NotJson);
    }
    let text = raw.get();
    let value = match text.as_bytes().first() {
        Some(b'n') => Value::Null,
        Some(b't') => Value::Bool(true),
        Some(b'f') => Value::Bool(false),
        Some(b'"') => Value::Text(serde_json::from_str(text).map_err(|_| NotJson)?),
        Some(b'{') => {
            let members: Members<'_> = serde_json::from_str(text).map_err(|_| NotJson)?;
            Value::Record(members.into_record(depth + 1)?)
        }
        Some(b'[') => {
            let items: Items<'_> = serde_json::from_str(text).map_err(|_| NotJson)?;
            let mut list = Vec::with_capacity(items.0.len());
            for item in items.0 {
                match parse_value(item, depth + 1)? {
                    Value::Record(record) => list.push(record),
                    _ => return Err(NotJson),
                }
            }
            Value::List(list)
        }
        _ => number(text)?,
    };
    Ok(value)
}

/// A number token: a whole number if it is written as one, otherwise an exact decimal.
fn number(text: &str) -> Result<Value, NotJson> {
    match text.parse::<i64>() {
        Ok(integer) => Ok(Value::Integer(integer)),
        Err(_) => exact_decimal(text).map(Value::Number).ok_or(NotJson),
    }
}

/// Reads a decimal without rounding; an exponent moves the point of the exact digits.
pub(crate) fn exact_decimal(text: &str) -> Option<Decimal> {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let mut decimal =
        Decimal::from_str_exact(mantissa.strip_prefix('+').unwrap_or(mantissa)).ok()?;
    for _ in 0..exponent.unsigned_abs().min(60) {
        decimal = if exponent > 0 {
            decimal.checked_mul(Decimal::TEN)?
        } else {
            let scale = decimal.scale().checked_add(1)?;
            let mut moved = decimal;
            moved.set_scale(scale).ok()?;
            moved
        };
    }
    Some(decimal)
}

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;
        impl<'de> Visitor<'de> for Read {
            type Value = Vec<(String, &'de RawValue)>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(members)
            }
        }
        deserializer.deserialize_map(Read).map(Members)
    }
}

struct Items<'a>(Vec<&'a RawValue>);

impl<'de: 'a, 'a> Deserialize<'de> for Items<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;
        impl<'de> Visitor<'de> for Read {
            type Value = Vec<&'de RawValue>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON array")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = seq.next_element()? {
                    items.push(item);
                }
                Ok(items)
            }
        }
        deserializer.deserialize_seq(Read).map(Items)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn every_digit_of_an_amount_survives() {
        let record =
            parse_object(br#"{"A":1234567890123.123456,"B":"0.1","C":1e-2,"D":1.5E3}"#).unwrap();
        assert_eq!(record.number("A").unwrap().to_string(), "1234567890123.123456");
        assert_eq!(record.text("B"), "0.1");
        assert_eq!(record.number("C").unwrap().to_string(), "0.01");
        assert_eq!(record.number("D").unwrap(), Decimal::from(1500));
    }

    #[test]
    fn what_is_no_object_is_refused() {
        for body in ["", "[]", "{\"A\":", "{\"A\":[1]}", "nonsense"] {
            assert_eq!(parse_object(body.as_bytes()), Err(NotJson), "{body}");
        }
    }
}
