//! Amounts and dates survive the wire exactly.

use chrono::{DateTime, NaiveDate, Utc};
use procore_client::exact;
use procore_client::resources::line_items::LineItem;
use proptest::prelude::*;
use rust_decimal::Decimal;

fn line(amount: &str) -> Result<LineItem, serde_json::Error> {
    serde_json::from_str(&format!(r#"{{"id":1,"amount":{amount},"updated_at":null}}"#))
}

proptest! {
    #[test]
    fn an_amount_of_18_digits_is_read_alike_from_number_and_string(mantissa in -999_999_999_999_999_999_i64..=999_999_999_999_999_999, scale in 0_u32..=12) {
        let amount = Decimal::new(mantissa, scale);
        let digits = amount.to_string();
        let number = line(&digits).unwrap().amount.unwrap();
        let string = line(&format!("\"{digits}\"")).unwrap().amount.unwrap();
        prop_assert_eq!(number, amount);
        prop_assert_eq!(string, amount);
        prop_assert_eq!(number.to_string(), digits);
        prop_assert_eq!(string.scale(), amount.scale());
    }

    #[test]
    fn an_exponent_moves_the_point_and_nothing_else(mantissa in -999_999_999_i64..=999_999_999, scale in 0_u32..=6, exponent in -12_i32..=12) {
        let written = format!("{}e{exponent}", Decimal::new(mantissa, scale));
        let read = exact::parse(&written).unwrap();
        let ten = Decimal::TEN;
        let expected = (0..exponent.abs()).fold(Decimal::new(mantissa, scale), |value, _| {
            if exponent < 0 { value / ten } else { value * ten }
        });
        prop_assert_eq!(read, expected);
        prop_assert_eq!(line(&written).unwrap().amount, Some(expected));
    }

    #[test]
    fn an_amount_in_quotes_is_the_same_with_and_without_escapes(mantissa in -999_999_999_999_i64..=999_999_999_999, scale in 0_u32..=6) {
        let amount = Decimal::new(mantissa, scale);
        let escaped: String = amount.to_string().chars().map(|c| format!("\\u{:04x}", u32::from(c))).collect();
        prop_assert_eq!(line(&format!("\"{escaped}\"")).unwrap().amount, Some(amount));
    }

    #[test]
    fn an_id_is_the_same_as_number_string_escape_and_exponent(id in 0_i64..=i64::MAX, zeros in 0_u32..=3) {
        let read = |written: &str| serde_json::from_str::<LineItem>(&format!(r#"{{"id":{written}}}"#)).map(|line| line.id.get());
        let escaped: String = id.to_string().chars().map(|c| format!("\\u{:04x}", u32::from(c))).collect();
        prop_assert_eq!(read(&id.to_string()).unwrap(), id);
        prop_assert_eq!(read(&format!("\"{id}\"")).unwrap(), id);
        prop_assert_eq!(read(&format!("\"{escaped}\"")).unwrap(), id);
        let small = id % 1_000_000_000_000;
        let power = 10_i64.pow(zeros);
        prop_assert_eq!(read(&format!("{small}e{zeros}")).unwrap(), small * power);
        prop_assert_eq!(read(&format!("{}.{}", small, "0".repeat(zeros as usize + 1))).unwrap(), small);
        let half = format!("{small}.5");
        prop_assert!(read(&half).is_err());
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in "\\PC{0,40}") {
        let _ = exact::parse(&text);
    }

    #[test]
    fn digits_are_kept_or_refused_but_never_changed(text in "-?[0-9]{1,35}(\\.[0-9]{1,35})?") {
        if let Ok(amount) = exact::parse(&text) {
            let trimmed = |text: &str| {
                let (sign, rest) = text.strip_prefix('-').map_or(("", text), |rest| ("-", rest));
                let (whole, fraction) = rest.split_once('.').unwrap_or((rest, ""));
                let (whole, fraction) = (whole.trim_start_matches('0'), fraction.trim_end_matches('0'));
                if whole.is_empty() && fraction.is_empty() { String::new() } else { format!("{sign}{whole}.{fraction}") }
            };
            prop_assert_eq!(trimmed(&amount.to_string()), trimmed(&text));
        }
    }

    #[test]
    fn date_times_mean_the_same_moment_in_any_offset(seconds in 0_i64..4_000_000_000, micros in 0_u32..1_000_000, minutes in -840_i32..=840) {
        let moment = DateTime::<Utc>::from_timestamp(seconds, micros * 1_000).unwrap();
        let offset = chrono::FixedOffset::east_opt(minutes * 60).unwrap();
        let written = moment.with_timezone(&offset).to_rfc3339();
        let line: LineItem = serde_json::from_str(&format!(r#"{{"id":1,"updated_at":"{written}"}}"#)).unwrap();
        prop_assert_eq!(line.updated_at, Some(moment));
    }

    #[test]
    fn dates_are_read_as_written(days in 700_000_i32..760_000) {
        let date = NaiveDate::from_num_days_from_ce_opt(days).unwrap();
        let body = format!(r#"{{"id":1,"start_date":"{date}"}}"#);
        let period: procore_client::resources::billing_periods::BillingPeriod = serde_json::from_str(&body).unwrap();
        prop_assert_eq!(period.start_date, Some(date));
    }
}

#[test]
fn nothing_is_absent_and_nonsense_is_an_error() {
    assert_eq!(line("null").unwrap().amount, None);
    assert_eq!(line("\"\"").unwrap().amount, None);
    assert_eq!(serde_json::from_str::<LineItem>(r#"{"id":1}"#).unwrap().amount, None);
    for nonsense in ["\"$1,087.80\"", "\"NaN\"", "true", "{}", "[]", "\"1 000\""] {
        assert!(line(nonsense).is_err(), "{nonsense}");
    }
}

#[test]
fn a_host_can_use_the_reader_for_its_own_types() {
    #[derive(serde::Deserialize)]
    struct Own {
        #[serde(deserialize_with = "exact::deserialize")]
        total: Decimal,
        #[serde(default, deserialize_with = "exact::option")]
        tax: Option<Decimal>,
    }
    let own: Own = serde_json::from_str(r#"{"total":9007199254740993.17}"#).unwrap();
    assert_eq!((own.total.to_string().as_str(), own.tax), ("9007199254740993.17", None));
    assert!(serde_json::from_str::<Own>(r#"{"total":null}"#).is_err());
}
