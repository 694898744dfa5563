//! Document dates: local calendar dates, never converted by a time zone.

use chrono::NaiveDate;
use serde::{Deserialize, Deserializer, Serializer, de};
use std::borrow::Cow;

/// Reads `2026-08-01`, `2026-08-01T00:00:00Z` or `20260801`; `null` and empty are absent.
pub(crate) mod option {
    use super::*;

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<NaiveDate>, D::Error> {
        let text = Option::<Cow<'de, str>>::deserialize(deserializer)?;
        match text.as_deref().map(str::trim) {
            None | Some("") => Ok(None),
            Some(text) => parse(text).map(Some).ok_or_else(|| {
                de::Error::custom(format!(
                    "{text:?} is not a date; expected YYYY-MM-DD, YYYY-MM-DDT00:00:00Z or YYYYMMDD"
                ))
            }),
        }
    }

    /// Writes the plain form `2026-08-01`, which every documented example of both versions uses.
    pub(crate) fn serialize<S: Serializer>(
        value: &Option<NaiveDate>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match value {
            Some(date) => serializer.collect_str(&format_args!("{}", date.format("%Y-%m-%d"))),
            None => serializer.serialize_none(),
        }
    }
}

/// Parses one of the three forms a Service Layer answers with.
pub(crate) fn parse(text: &str) -> Option<NaiveDate> {
    if text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return NaiveDate::parse_from_str(text, "%Y%m%d").ok();
    }
    let date = text.get(..10)?;
    match text.as_bytes().get(10) {
        None | Some(b'T' | b' ') => NaiveDate::parse_from_str(date, "%Y-%m-%d").ok(),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn reads_the_three_forms_as_the_same_calendar_day() {
        let day = NaiveDate::from_ymd_opt(2026, 8, 1).unwrap();
        for text in ["2026-08-01", "2026-08-01T00:00:00Z", "2026-08-01T23:59:59+09:00", "20260801"]
        {
            assert_eq!(parse(text), Some(day), "{text}");
        }
    }

    #[test]
    fn refuses_what_is_no_date() {
        for text in ["", "2026-13-01", "2026-08-011", "01.08.2026", "2026080", "2026-08-0é"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
