//! Dates in the one form in which Procore nearly always writes them, read without chrono's general reader, which takes
//! several times as long. What has another form is `None` here and is left to chrono.

use chrono::{DateTime, NaiveDate, Utc};

/// Reads `2026-03-31`.
pub(crate) fn date(text: &str) -> Option<NaiveDate> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = *text.as_bytes() else {
        return None;
    };
    let year = i32::try_from(number(&[y1, y2, y3, y4])?).ok()?;
    NaiveDate::from_ymd_opt(year, number(&[m1, m2])?, number(&[d1, d2])?)
}

/// Reads `2026-03-31T20:39:39Z`.
pub(super) fn date_time(text: &str) -> Option<DateTime<Utc>> {
    let (day, time) = text.split_once('T')?;
    let [h1, h2, b':', m1, m2, b':', s1, s2, b'Z'] = *time.as_bytes() else {
        return None;
    };
    let (hour, minute, second) = (number(&[h1, h2])?, number(&[m1, m2])?, number(&[s1, s2])?);
    Some(date(day)?.and_hms_opt(hour, minute, second)?.and_utc())
}

/// The value of decimal digits; `None` where another character is among them.
pub(crate) fn number(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0, |number, digit| {
        digit.is_ascii_digit().then(|| number * 10 + u32::from(digit - b'0'))
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_second_of_ten_thousand_years_reads_as_chrono_reads_it(
            seconds in -62_167_219_200_i64..253_402_300_800
        ) {
            let time = DateTime::from_timestamp(seconds, 0).unwrap();
            let text = time.format("%Y-%m-%dT%H:%M:%SZ").to_string();
            prop_assert_eq!(date_time(&text), Some(time));
            prop_assert_eq!(date(&text[..10]), Some(time.date_naive()));
        }

        #[test]
        fn what_is_read_at_all_is_read_as_chrono_reads_it(
            day in "[0-9]{4}-[0-9]{2}-[0-9]{2}",
            time in "[0-2][0-9]:[0-6][0-9]:[0-6][0-9]",
        ) {
            prop_assert_eq!(date(&day), NaiveDate::parse_from_str(&day, "%Y-%m-%d").ok());
            let text = format!("{day}T{time}Z");
            if let Some(read) = date_time(&text) {
                prop_assert_eq!(read, DateTime::parse_from_rfc3339(&text).unwrap().to_utc());
            }
        }
    }

    #[test]
    fn any_other_form_is_left_to_the_general_reader() {
        for text in ["", "2026-3-31", "+026-03-31", "2026-03-31 ", "2026-02-30", "２０２６-03-31"]
        {
            assert_eq!(date(text), None, "{text}");
        }
        for text in [
            "2026-03-31",
            "2026-03-31T20:39:39",
            "2026-03-31T20:39:39z",
            "2026-03-31T20:39:39.5Z",
            "2026-03-31T20:39:60Z",
            "2026-03-31T20:39:39+00:00",
        ] {
            assert_eq!(date_time(text), None, "{text}");
        }
    }
}
