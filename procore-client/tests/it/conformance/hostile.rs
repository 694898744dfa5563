//! Bodies as no document shows them: null in any place, nulls among the elements of lists, and moments in the spellings
//! of other libraries.

use chrono::{DateTime, FixedOffset, Utc};
use procore_client::Project;
use procore_client::resources::line_items::LineItem;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use serde_json::Value;

use super::{Mode, Modelled, body, documented, modelled};

/// Puts null where the mask says so, but never for an id: a record or line without an id is set aside on purpose.
fn with_nulls(value: &mut Value, mask: &mut impl Iterator<Item = bool>) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields.iter_mut() {
                if name == "id" || name == "data" {
                    with_nulls(field, mask);
                } else if mask.next() == Some(true) {
                    *field = Value::Null;
                } else {
                    with_nulls(field, mask);
                }
            }
        }
        Value::Array(items) => {
            for item in items.iter_mut() {
                with_nulls(item, mask);
            }
        }
        _ => {}
    }
}

/// Adds a null to every list below the record.
fn with_null_elements(value: &mut Value, depth: usize) {
    match value {
        Value::Object(fields) => {
            fields.values_mut().for_each(|field| with_null_elements(field, depth + 1));
        }
        Value::Array(items) => {
            items.iter_mut().for_each(|item| with_null_elements(item, depth + 1));
            // Outermost, in an envelope or not, are the records themselves.
            if depth > 1 {
                items.push(Value::Null);
            }
        }
        _ => {}
    }
}

fn decoded(modelled: &Modelled, text: String) -> Result<usize, String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    runtime.block_on(super::call(modelled, text)).0
}

#[test]
fn any_field_may_be_null_whatever_the_others_are() {
    let all: Vec<&Modelled> =
        modelled().filter(|modelled| modelled.operation.starts_with("GET ")).collect();
    let mut runner = TestRunner::new(Config { cases: 400, ..Config::default() });
    let strategy = (0..all.len(), proptest::collection::vec(any::<bool>(), 200));
    runner
        .run(&strategy, |(index, mask)| {
            let modelled = all[index];
            let text = body(documented(modelled), Mode::Declared);
            let mut value: Value = serde_json::from_str(&text).unwrap();
            with_nulls(&mut value, &mut mask.into_iter().cycle());
            let text = value.to_string();
            match decoded(modelled, text.clone()) {
                Ok(1) => Ok(()),
                other => {
                    Err(TestCaseError::fail(format!("{} {other:?} {text}", modelled.operation)))
                }
            }
        })
        .unwrap();
}

#[test]
fn a_null_among_the_elements_of_a_list_is_no_element() {
    let mut failed = Vec::new();
    for modelled in modelled().filter(|modelled| modelled.operation.starts_with("GET ")) {
        let text = body(documented(modelled), Mode::Declared);
        let mut value: Value = serde_json::from_str(&text).unwrap();
        with_null_elements(&mut value, 0);
        let answer = decoded(modelled, value.to_string());
        if answer != Ok(1) {
            failed.push(format!("{}: {answer:?}", modelled.operation));
        }
    }
    assert!(failed.is_empty(), "{failed:#?}");
}

proptest! {
    #[test]
    fn a_moment_is_read_in_every_spelling_of_its_offset(seconds in 0_i64..4_000_000_000, micros in 0_u32..1_000_000, quarters in -56_i32..=56) {
        let moment = DateTime::<Utc>::from_timestamp(seconds, micros * 1_000).unwrap();
        let local = moment.with_timezone(&FixedOffset::east_opt(quarters * 900).unwrap());
        for form in ["%Y-%m-%dT%H:%M:%S%.6f%:z", "%Y-%m-%dT%H:%M:%S%.6f%z", "%Y-%m-%d %H:%M:%S%.6f%z", "%Y-%m-%dt%H:%M:%S%.6f%:z"] {
            let written = local.format(form).to_string();
            let line: Result<LineItem, _> =
                serde_json::from_str(&format!(r#"{{"id":1,"updated_at":"{written}"}}"#));
            prop_assert_eq!(line.map(|line| line.updated_at).ok(), Some(Some(moment)), "{}", written);
        }
    }

    #[test]
    fn an_unknown_word_of_an_enumeration_is_kept_letter_by_letter(word in "[A-Za-z][A-Za-z _]{0,30}[0-9]") {
        let body = format!(r#"{{"id":1,"extended_type":"{word}"}}"#);
        let line: LineItem = serde_json::from_str(&body).unwrap();
        let kept = line.extended_type.unwrap().to_string();
        prop_assert_eq!(kept, word);
    }
}

#[tokio::test(start_paused = true)]
async fn rows_that_share_the_id_zero_are_different_rows_on_every_page() {
    let page = |rows: &[u32]| {
        let rows: Vec<String> =
            rows.iter().map(|code| format!(r#"{{"id":0,"cost_code_id":{code}}}"#)).collect();
        format!("[{}]", rows.join(","))
    };
    let double = crate::double::Double::api(move |seen| {
        let rows: &[u32] = if seen.param("page") == Some("1") { &[1, 2] } else { &[3, 3] };
        super::with_headers(200, &[("total", "4")], &page(rows))
    });
    let project: Project = crate::double::project(&double);
    let listing = project.budget_detail_rows(5.into(), &Default::default()).all().await.unwrap();
    let codes: Vec<i64> =
        listing.records.iter().map(|row| row.value.fixed.cost_code_id.unwrap().get()).collect();
    assert_eq!((codes, listing.complete), (vec![1, 2, 3, 3], true));
}
