//! Times as HTTP headers write them. Every answer has one, so that the usual form has a reader of its own: the general
//! one of chrono costs several times as much.

use chrono::{DateTime, NaiveDate, Utc};

use crate::wire::dates::number;

/// Reads `Sun, 06 Nov 1994 08:49:37 GMT`, or any other date of RFC 2822.
pub(super) fn read(text: &str) -> Option<DateTime<Utc>> {
    fixed(text.as_bytes())
        .or_else(|| DateTime::parse_from_rfc2822(text).ok().map(|time| time.to_utc()))
}

/// Reads the form that RFC 9110 prescribes; `None` for any other.
fn fixed(text: &[u8]) -> Option<DateTime<Utc>> {
    let [_, _, _, b',', b' ', d1, d2, b' ', m1, m2, m3, b' ', y1, y2, y3, y4, b' ', rest @ ..] =
        text
    else {
        return None;
    };
    let [h1, h2, b':', n1, n2, b':', s1, s2, b' ', b'G', b'M', b'T'] = rest else {
        return None;
    };
    let month = match &[*m1, *m2, *m3] {
        b"Jan" => 1,
        b"Feb" => 2,
        b"Mar" => 3,
        b"Apr" => 4,
        b"May" => 5,
        b"Jun" => 6,
        b"Jul" => 7,
        b"Aug" => 8,
        b"Sep" => 9,
        b"Oct" => 10,
        b"Nov" => 11,
        b"Dec" => 12,
        _ => return None,
    };
    let year = i32::try_from(number(&[*y1, *y2, *y3, *y4])?).ok()?;
    let day = NaiveDate::from_ymd_opt(year, month, number(&[*d1, *d2])?)?;
    let time = day.and_hms_opt(number(&[*h1, *h2])?, number(&[*n1, *n2])?, number(&[*s1, *s2])?)?;
    Some(time.and_utc())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_prescribed_form_reads_as_the_general_reader_reads_it(seconds in 0_i64..253_402_300_800) {
            let time = DateTime::from_timestamp(seconds, 0).unwrap();
            let text = time.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
            prop_assert_eq!(fixed(text.as_bytes()), Some(time));
            prop_assert_eq!(read(&text), Some(time));
        }
    }

    #[test]
    fn other_forms_are_read_and_nonsense_is_not() {
        let time = DateTime::from_timestamp(784_111_777, 0);
        assert_eq!(read("Sun, 6 Nov 1994 08:49:37 +0000"), time);
        assert_eq!(read("Sun, 06 Nov 1994 09:49:37 +0100"), time);
        for text in ["", "soon", "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 Nov 1994 25:49:37 GMT"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
