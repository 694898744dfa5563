//! How one JSON value of Procore is read: scalars that drift between types, lists, open enumerations.
//!
//! Here live the reading rules and the macros `model!` and `open_enum!` that apply them to every field, so that
//! no field of a model can forget one: any field may be null or absent, numbers come as strings and strings as
//! numbers, and empty strings stand for nothing. Amounts have their own home in [`crate::exact`].
//! Models read with these rules must be decoded from memory, because the rules borrow raw tokens.

pub(crate) mod dates;
mod flat;
mod model;

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use chrono::{DateTime, FixedOffset, NaiveDate, Utc};
use serde::{Deserialize, Deserializer, de};
use serde_json::value::RawValue;

pub(crate) use flat::flat;
pub(crate) use model::{model, open_enum};

/// A value read from one JSON token; `Ok(None)` when the token says nothing (`null`, `""`).
pub(crate) trait Scalar: Sized {
    fn read(token: &RawValue) -> Result<Option<Self>, String>;
}

/// Reads an optional scalar field.
pub(crate) fn opt<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Scalar,
{
    T::read(<&'de RawValue>::deserialize(deserializer)?).map_err(de::Error::custom)
}

/// Reads a list field; `null` is an empty list, and an element that is `null` is none.
pub(crate) fn list<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Ok(Option::<Elements<T>>::deserialize(deserializer)?.map_or_else(Vec::new, |found| found.0))
}

struct Elements<T>(Vec<T>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Elements<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(ElementsVisitor(PhantomData))
    }
}

struct ElementsVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> de::Visitor<'de> for ElementsVisitor<T> {
    type Value = Elements<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: de::SeqAccess<'de>>(self, mut list: A) -> Result<Elements<T>, A::Error> {
        let mut found = Vec::new();
        while let Some(element) = list.next_element::<Option<T>>()? {
            found.extend(element);
        }
        Ok(Elements(found))
    }
}

/// The text of a string, number or boolean token; `null` and `""` are absent.
pub(crate) fn text(token: &RawValue) -> Result<Option<String>, String> {
    Ok(borrowed(token)?.map(Cow::into_owned))
}

/// As [`text`], without a copy where the token holds no escape.
pub(crate) fn borrowed(token: &RawValue) -> Result<Option<Cow<'_, str>>, String> {
    let raw = token.get();
    let text = match raw.as_bytes() {
        [b'"', inner @ .., b'"'] if !inner.contains(&b'\\') => {
            Cow::Borrowed(&raw[1..raw.len() - 1])
        }
        [b'"', ..] => {
            let text = serde_json::from_str::<String>(raw);
            Cow::Owned(text.map_err(|_| format!("{} is not readable text", shown(raw)))?)
        }
        [b'{' | b'[', ..] | [] => return Err(format!("{} is not text", shown(raw))),
        b"null" => return Ok(None),
        _ => Cow::Borrowed(raw),
    };
    Ok(if text.is_empty() { None } else { Some(text) })
}

/// Reads text that some endpoints send as an object with a `name` (`stage`, `uom`).
pub(crate) fn name<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    #[derive(Deserialize)]
    struct Named<'a> {
        #[serde(borrow, default)]
        name: Option<&'a RawValue>,
    }
    let token = <&'de RawValue>::deserialize(deserializer)?;
    if token.get().starts_with('{') {
        let named: Named<'_> = serde_json::from_str(token.get()).map_err(de::Error::custom)?;
        return named.name.map_or(Ok(None), text).map_err(de::Error::custom);
    }
    text(token).map_err(de::Error::custom)
}

/// A token as an error message quotes it: quoted, on one line, cut.
pub(crate) fn shown(text: &str) -> String {
    const LENGTH_MAX: usize = 60;
    let text = text.trim_matches('"');
    let mut short: String = text.chars().take(LENGTH_MAX).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    format!("{short:?}")
}

impl Scalar for String {
    fn read(token: &RawValue) -> Result<Option<Self>, String> {
        text(token)
    }
}

impl Scalar for bool {
    fn read(token: &RawValue) -> Result<Option<Self>, String> {
        match borrowed(token)?.as_deref() {
            None => Ok(None),
            Some("true" | "1") => Ok(Some(true)),
            Some("false" | "0") => Ok(Some(false)),
            Some(other) => Err(format!("{} is neither true nor false", shown(other))),
        }
    }
}

impl Scalar for i64 {
    fn read(token: &RawValue) -> Result<Option<Self>, String> {
        use rust_decimal::prelude::ToPrimitive;
        let Some(number) = crate::exact::read(token)? else {
            return Ok(None);
        };
        // Positions and tiers are declared as plain numbers in v2, so that 1.0 is a legal one.
        let whole = number.normalize();
        match whole.to_i64() {
            Some(integer) if whole.scale() == 0 => Ok(Some(integer)),
            _ => Err(format!("{number} is not a whole number")),
        }
    }
}

/// A moment in the form of RFC 3339; an offset without its colon, as other libraries write it, is read as well.
fn moment(text: &str) -> Option<DateTime<FixedOffset>> {
    DateTime::parse_from_rfc3339(text)
        .or_else(|_| DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f%z"))
        .or_else(|_| DateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f%z"))
        .ok()
}

impl Scalar for DateTime<Utc> {
    fn read(token: &RawValue) -> Result<Option<Self>, String> {
        let Some(text) = borrowed(token)? else {
            return Ok(None);
        };
        dates::date_time(&text)
            .or_else(|| moment(&text).map(|time| time.to_utc()))
            .map(Some)
            .ok_or_else(|| format!("{} is not a date with time and offset", shown(&text)))
    }
}

/// A date; of a date with time the day is taken as written, in the offset that it names.
impl Scalar for NaiveDate {
    fn read(token: &RawValue) -> Result<Option<Self>, String> {
        let Some(text) = borrowed(token)? else {
            return Ok(None);
        };
        let usual = dates::date(&text);
        if let Some(date) = usual.or_else(|| NaiveDate::parse_from_str(&text, "%Y-%m-%d").ok()) {
            return Ok(Some(date));
        }
        moment(&text)
            .map(|time| Some(time.date_naive()))
            .ok_or_else(|| format!("{} is not a date", shown(&text)))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn raw(json: &str) -> Box<RawValue> {
        RawValue::from_string(json.to_owned()).unwrap()
    }

    fn read<T: Scalar>(json: &str) -> Result<Option<T>, String> {
        T::read(&raw(json))
    }

    #[test]
    fn text_is_read_from_strings_and_numbers_and_may_be_nothing() {
        assert_eq!(read::<String>("\"a\\u00e9\\n\"").unwrap().as_deref(), Some("aé\n"));
        assert_eq!(read::<String>("123").unwrap().as_deref(), Some("123"));
        assert_eq!(read::<String>("\"\"").unwrap(), None);
        assert_eq!(read::<String>("null").unwrap(), None);
        assert!(read::<String>("{}").is_err());
    }

    #[test]
    fn date_times_take_any_offset_and_fraction() {
        let utc = read::<DateTime<Utc>>("\"2020-10-19T12:17:31-07:00\"").unwrap().unwrap();
        assert_eq!(utc.to_rfc3339(), "2020-10-19T19:17:31+00:00");
        assert!(read::<DateTime<Utc>>("\"2020-10-19T19:17:59.123456Z\"").unwrap().is_some());
        assert!(read::<DateTime<Utc>>("\"2020-10-19\"").is_err());
    }

    #[test]
    fn a_date_sent_with_time_keeps_the_day_that_is_written() {
        let day = NaiveDate::from_ymd_opt(2020, 10, 19).unwrap();
        assert_eq!(read::<NaiveDate>("\"2020-10-19\"").unwrap(), Some(day));
        assert_eq!(read::<NaiveDate>("\"2020-10-19T23:17:54-07:00\"").unwrap(), Some(day));
        assert!(read::<NaiveDate>("\"19/10/20\"").is_err());
    }

    #[test]
    fn whole_numbers_may_be_written_with_a_fraction_of_zero() {
        assert_eq!(read::<i64>("1.0").unwrap(), Some(1));
        assert_eq!(read::<i64>("\"7\"").unwrap(), Some(7));
        assert!(read::<i64>("1.5").is_err());
        assert_eq!(read::<bool>("\"true\"").unwrap(), Some(true));
        assert!(read::<bool>("2").is_err());
    }
}
