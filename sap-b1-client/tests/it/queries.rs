//! Streams, totals, counts, expansions, and answers that are no collection.

use crate::fake::{FakeSap, Seen, ok};
use futures_util::TryStreamExt;
use percent_encoding::percent_decode_str;
use sap_b1_client::{CardType, Entity, ErrorKind, Filter, Key, Query};
use serde::Deserialize;

fn decoded(seen: &Seen) -> String {
    percent_decode_str(&seen.path).decode_utf8().unwrap().into_owned()
}

#[tokio::test(start_paused = true)]
async fn an_answer_without_value_is_an_error_and_no_empty_collection() {
    for body in ["{}", "{\"value\":null}", "{\"value\":{}}", "[]", "", "{\"error\":null}", "null"] {
        let sap = FakeSap::new(move |seen, _| (seen.path != "Login").then(|| ok(body)));
        let client = sap.client();
        let error = client.purchase_invoices().all(Query::new()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode, "{body}");
        client.close().await;
    }
    for body in ["{}", "{\"value\":null}", "null"] {
        let sap = FakeSap::new(move |seen, _| (seen.path != "Login").then(|| ok(body)));
        let client = sap.client();
        assert_eq!(client.periods().await.unwrap_err().kind(), ErrorKind::Decode, "{body}");
        client.close().await;
    }
}

#[tokio::test(start_paused = true)]
async fn rows_stream_page_by_page_and_the_stream_ends_after_an_error() {
    let sap = FakeSap::new(|seen, _| match decoded(seen).as_str() {
        "Projects?$orderby=Code" => Some(ok(
            "{\"value\":[{\"Code\":\"A\"},{\"Code\":\"B\"}],\"@odata.nextLink\":\"Projects?$skip=2\"}",
        )),
        "Projects?$filter=Code gt 'B'&$orderby=Code" => Some(ok(
            "{\"value\":[{\"Code\":\"C\"},{\"Code\":\"D\"}],\"@odata.nextLink\":\"Projects?$skip=4\"}",
        )),
        "Projects?$filter=Code gt 'D'&$orderby=Code" => Some(ok("{\"oops\":1}")),
        _ => None,
    });
    let client = sap.client();
    let mut rows = std::pin::pin!(client.projects().pages(Query::new()).unwrap().into_stream());
    let mut codes = Vec::new();
    let error = loop {
        match rows.try_next().await {
            Ok(Some(row)) => codes.push(row.value.code.unwrap()),
            Ok(None) => panic!("an error is no end"),
            Err(error) => break error,
        }
        if codes.len() == 1 {
            assert_eq!(sap.count("GET", "Projects"), 1, "the next page is read when it is wanted");
        }
    };
    assert_eq!(codes, ["A", "B", "C", "D"]);
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert!(rows.try_next().await.unwrap().is_none());
    client.close().await;
}

#[tokio::test(start_paused = true)]
async fn the_total_is_asked_for_once_and_read_in_both_versions() {
    for (version, option, count) in [
        ("v1", "$inlinecount=allpages", "\"odata.count\":\"3\""),
        ("v2", "$count=true", "\"@odata.count\":3"),
    ] {
        let first = format!("Projects?$orderby=Code&{option}");
        let answer = format!("{{{count},\"value\":[{{\"Code\":\"A\"}},{{\"Code\":\"B\"}}]}}");
        let sap = FakeSap::new(move |seen, _| {
            let path = decoded(seen);
            if path == first {
                return Some(ok(&answer));
            }
            (path == "Projects?$filter=Code gt 'B'&$orderby=Code")
                .then(|| ok("{\"value\":[{\"Code\":\"C\"}]}"))
        });
        let client = sap.builder(version).page_size(2).build().unwrap();
        let mut pages = client.projects().pages(Query::new().with_total()).unwrap();
        assert_eq!(pages.total(), None);
        let mut rows = 0;
        while let Some(page) = pages.next_page().await.unwrap() {
            rows += page.len();
        }
        assert_eq!((rows, pages.total()), (3, Some(3)), "{version}");
        client.close().await;
    }
}

#[tokio::test(start_paused = true)]
async fn rows_are_counted_by_the_server() {
    let sap = FakeSap::new(|seen, _| match decoded(seen).as_str() {
        "BusinessPartners/$count?$filter=CardType eq 'cSupplier'" => Some(ok("42")),
        "BusinessPartners/$count" => Some(ok("\u{feff}57\r\n")),
        "Projects/$count" => Some(ok("many")),
        _ => None,
    });
    let client = sap.client();
    let vendors = Query::new().filter(Filter::eq("CardType", CardType::Supplier)).top(3);
    assert_eq!(client.business_partners().count(&vendors).await.unwrap(), 42);
    assert_eq!(client.business_partners().count(&Query::new()).await.unwrap(), 57);
    let error = client.projects().count(&Query::new()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    client.close().await;
}

#[derive(Debug, Deserialize)]
struct TransactionCode {
    #[serde(rename = "Code")]
    code: String,
}

impl Entity for TransactionCode {
    const KEY: &'static str = "Code";

    fn key(&self) -> Option<Key> {
        Some(Key::from(&self.code))
    }
}

#[tokio::test(start_paused = true)]
async fn any_entity_set_is_read_as_a_type_of_ones_own_and_expanded() {
    let sap = FakeSap::new(|seen, _| {
        let path = decoded(seen);
        (path == "TransactionCodes?$expand=JournalEntries&$orderby=Code")
            .then(|| ok("{\"value\":[{\"Code\":\"01\",\"JournalEntries\":[{\"JdtNum\":7}]}]}"))
    });
    let client = sap.client();
    let codes = client.entity_set::<TransactionCode>("TransactionCodes").unwrap();
    let found = codes.all(Query::new().expand(["JournalEntries"])).await.unwrap();
    assert_eq!(found[0].rows("JournalEntries")[0].get(), "{\"JdtNum\":7}");
    assert!(client.entity_set::<TransactionCode>("A/b").is_err());
    assert!(codes.all(Query::new().expand(["A&$top=1"])).await.is_err());
    client.close().await;
}
