//! No text from outside changes what is asked, whatever is in it: filters, keys, parameters of stored queries, arguments of
//! functions, bodies and names, as they arrive at the server.

use crate::fake::{FakeSap, Seen, error, ok};
use crate::sandbox::day;
use percent_encoding::percent_decode_str;
use proptest::prelude::*;
use sap_b1_client::{Client, ErrorKind, Filter, Literal, NewProject, Order, Query};
use std::sync::Arc;

/// Runs in virtual time; properties are ordinary functions.
fn block_on<T>(future: impl Future<Output = T>) -> T {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    runtime.enable_time().start_paused(true).build().unwrap().block_on(future)
}

fn sap() -> (Arc<FakeSap>, Client) {
    let sap = FakeSap::new(|seen, _| match seen.method.as_str() {
        "GET" if seen.path.starts_with("SBOBobService") => Some(ok("2")),
        "POST" if seen.path.starts_with("SBOBobService") => Some(error(405, 0, "no POST here")),
        "GET" if seen.path.starts_with("Projects(") => Some(ok("{}")),
        _ => None,
    });
    let client = sap.client();
    (sap, client)
}

/// The last request's path and its options, each decoded by itself, as a server takes an address apart. What was sent is
/// plain ASCII, and no `+` that one server reads as a space and another does not.
fn taken_apart(seen: &Seen) -> (Vec<String>, Vec<String>) {
    assert!(seen.path.bytes().all(|byte| byte.is_ascii_graphic()), "{}", seen.path);
    assert!(!seen.path.contains(['+', '#']), "{}", seen.path);
    let (path, query) = seen.path.split_once('?').unwrap_or((&seen.path, ""));
    assert!(!query.contains('?'), "{query}");
    let decoded = |part: &str| percent_decode_str(part).decode_utf8().unwrap().into_owned();
    let options = query.split('&').filter(|option| !option.is_empty());
    (path.split('/').map(decoded).collect(), options.map(decoded).collect())
}

/// OData's own rule: quotes around, quotes doubled inside.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// Any text, and texts made of what means something in an address or an expression.
fn hostile() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "('|''|%27|%|\\+| |&|=|\\?|#|/|\\(|\\)|,|;|\\$|\r|\n|\u{0}|or|eq|1|ü){0,16}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn a_filter_arrives_as_one_condition(text in hostile()) {
        let (sap, client) = sap();
        let query = Query::new().filter(Filter::eq("Name", text.as_str())).order_by("Name", Order::Descending);
        block_on(client.projects().all(query)).unwrap();
        let (path, options) = taken_apart(&sap.log()[1]);
        prop_assert_eq!(path, ["Projects"]);
        let expected = [format!("$filter=Name eq {}", quoted(&text)), "$orderby=Name desc".to_owned()];
        prop_assert_eq!(options, expected);
    }

    #[test]
    fn a_key_arrives_as_one_key(text in hostile()) {
        let (sap, client) = sap();
        block_on(client.projects().get(text.as_str())).unwrap();
        let (path, options) = taken_apart(&sap.log()[1]);
        prop_assert_eq!(path, [format!("Projects({})", quoted(&text))]);
        prop_assert!(options.is_empty());
    }

    #[test]
    fn a_stored_query_keeps_its_name_and_each_parameter(code in hostile(), text in hostile()) {
        let (sap, client) = sap();
        let parameters = [("vendor", Literal::from(text.as_str())), ("total", Literal::from(7))];
        block_on(client.run_sql_query(&code, parameters).unwrap().all()).unwrap();
        let (path, options) = taken_apart(&sap.log()[1]);
        prop_assert_eq!(path, [format!("SQLQueries({})", quoted(&code)), "List".to_owned()]);
        prop_assert_eq!(options, [format!("vendor={}", quoted(&text)), "total=7".to_owned()]);
    }

    #[test]
    fn an_argument_of_a_function_arrives_as_one_argument(currency in hostile()) {
        let (sap, client) = sap();
        block_on(client.currency_rate(&currency, day("2026-08-01"))).unwrap();
        let (path, options) = taken_apart(&sap.log()[2]);
        let call = format!("SBOBobService_GetCurrencyRate(Currency={},Date='20260801')", quoted(&currency));
        prop_assert_eq!(path, [call]);
        prop_assert!(options.is_empty());
    }

    #[test]
    fn a_text_in_a_body_arrives_as_that_text(text in hostile()) {
        let (sap, client) = sap();
        let text: String = text.chars().take(100).collect();
        let project = NewProject { name: Some(text.clone()), ..NewProject::default() };
        block_on(client.projects().create(&project, None)).unwrap();
        let body: std::collections::BTreeMap<String, String> = serde_json::from_str(&sap.log()[1].body).unwrap();
        prop_assert_eq!(body, [("Name".to_owned(), text)].into());
    }

    /// A name is sent as it is, so it is one or is not sent at all.
    #[test]
    fn what_is_no_name_of_a_property_is_never_sent(text in hostile()) {
        let plain = !text.is_empty()
            && !text.starts_with(|first: char| first.is_ascii_digit())
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        let (sap, client) = sap();
        for query in [
            Query::new().filter(Filter::eq(text.as_str(), 1)),
            Query::new().filter(Filter::starts_with(text.as_str(), "x")),
            Query::new().select([text.as_str()]),
            Query::new().expand([text.as_str()]),
            Query::new().order_by(text.as_str(), Order::Ascending),
        ] {
            let result = block_on(client.projects().all(query));
            if !plain {
                prop_assert_eq!(result.unwrap_err().kind(), ErrorKind::InvalidRequest);
            }
        }
        prop_assert_eq!(client.user_table(&text).is_ok(), plain);
        prop_assert!(plain || sap.log().is_empty());
    }
}
