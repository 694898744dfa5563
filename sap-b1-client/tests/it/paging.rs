//! The way through pages: by key, by link, without repeats, within the service.

use crate::fake::{FakeSap, Reply, Seen, ok};
use percent_encoding::percent_decode_str;
use sap_b1_client::{ErrorKind, Filter, Order, Query};
use std::sync::Arc;

fn decoded(path: &str) -> String {
    percent_decode_str(path).decode_utf8().unwrap().into_owned()
}

/// Documents 1..=rows in pages of `page`, by `DocEntry gt n` and `$top`, with a link behind every page that is full.
fn documents(rows: i32, page: i32) -> impl Fn(&Seen, usize) -> Option<Reply> {
    move |seen, _| {
        let path = decoded(&seen.path);
        path.starts_with("PurchaseInvoices").then(|| {
            let after: i32 = path
                .split("DocEntry gt ")
                .nth(1)
                .map_or(0, |rest| rest.split(['&', ')']).next().unwrap().parse().unwrap());
            let top: i32 = path
                .split("$top=")
                .nth(1)
                .map_or(page, |rest| rest.split('&').next().unwrap().parse().unwrap());
            let last = (after + page.min(top)).min(rows);
            let items: Vec<_> = (after + 1..=last)
                .map(|entry| format!("{{\"DocEntry\":{entry},\"U_K\":\"k{entry}\"}}"))
                .collect();
            let link = if last - after == page {
                ",\"@odata.nextLink\":\"PurchaseInvoices?$skip=99\""
            } else {
                ""
            };
            ok(&format!("{{\"value\":[{}]{link}}}", items.join(",")))
        })
    }
}

#[tokio::test(start_paused = true)]
async fn reads_by_key_until_a_page_has_no_link() {
    for (rows, calls) in [(0, 1), (4, 1), (5, 2), (12, 3)] {
        let sap = FakeSap::new(documents(rows, 5));
        let client = sap.builder("v2").page_size(5).build().unwrap();
        let found = client
            .purchase_invoices()
            .all(Query::new().filter(Filter::eq("CardCode", "V1")))
            .await
            .unwrap();
        let entries: Vec<_> = found.iter().map(|row| row.value.doc_entry.unwrap()).collect();
        assert_eq!(entries, (1..=rows).collect::<Vec<_>>());
        assert_eq!(sap.count("GET", "PurchaseInvoices"), calls, "{rows} rows");
        client.close().await;
        let log = sap.log();
        assert_eq!(log[1].prefer.as_deref(), Some("odata.maxpagesize=5"));
        if rows == 12 {
            let last = decoded(&log[3].path);
            assert_eq!(
                last,
                "PurchaseInvoices?$filter=(CardCode eq 'V1' and DocEntry gt 10)&$orderby=DocEntry"
            );
            assert_eq!(found[11].udf("U_K").unwrap().as_str(), Some("k12"));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn top_holds_over_all_pages() {
    let sap = FakeSap::new(documents(100, 5));
    let client = sap.builder("v2").page_size(5).build().unwrap();
    assert_eq!(client.purchase_invoices().all(Query::new().top(7)).await.unwrap().len(), 7);
    assert!(client.purchase_invoices().all(Query::new().top(0)).await.unwrap().is_empty());
    assert_eq!(sap.count("GET", "PurchaseInvoices"), 2);
    client.close().await;
}

fn linked(version: &'static str) -> impl Fn(&Seen, usize) -> Option<Reply> {
    let name = if version == "v1" { "odata.nextLink" } else { "@odata.nextLink" };
    move |seen, _| match decoded(&seen.path).as_str() {
        "Projects?$orderby=Name desc" => Some(ok(&format!(
            "{{\"value\":[{{\"Code\":\"A\"}},{{\"Code\":\"B\"}}],\"{name}\":\"Projects?$orderby=Name%20desc&$skip=2\"}}"
        ))),
        "Projects?$orderby=Name desc&$skip=2" => Some(ok(&format!(
            "{{\"value\":[{{\"Code\":\"B\"}},{{\"Code\":\"C\"}}],\"{name}\":\"/b1s/{version}/Projects?$skip=4\"}}"
        ))),
        "Projects?$skip=4" => Some(ok("{\"value\":[]}")),
        _ => None,
    }
}

#[tokio::test(start_paused = true)]
async fn an_ordered_query_follows_links_and_hands_out_no_row_twice() {
    for version in ["v1", "v2"] {
        let sap = FakeSap::new(linked(version));
        let client = sap.builder(version).build().unwrap();
        let found =
            client.projects().all(Query::new().order_by("Name", Order::Descending)).await.unwrap();
        let codes: Vec<_> = found.iter().map(|row| row.value.code.clone().unwrap()).collect();
        assert_eq!(codes, ["A", "B", "C"]);
        assert_eq!(sap.count("GET", "Projects"), 3);
        client.close().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_link_to_another_server_is_refused_without_sending_the_session_there() {
    let sap: Arc<FakeSap> = FakeSap::new(|seen, _| {
        (seen.path != "Login").then(|| ok("{\"value\":[{\"FieldID\":0,\"TableName\":\"OPCH\"}],\"@odata.nextLink\":\"https://evil.test/b1s/v2/UserFieldsMD\"}"))
    });
    let client = sap.client();
    let error = client.user_fields().of_table("OPCH").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert_eq!(client.calls(), 2);
    client.close().await;
}

#[tokio::test(start_paused = true)]
async fn pages_that_make_no_progress_end_in_an_error() {
    let sap = FakeSap::new(|seen, _| {
        (seen.path != "Login").then(|| ok("{\"value\":[{\"DocEntry\":1,\"FieldID\":1,\"TableName\":\"OPCH\"}],\"@odata.nextLink\":\"UserFieldsMD\"}"))
    });
    let client = sap.client();
    assert_eq!(client.drafts().all(Query::new()).await.unwrap_err().kind(), ErrorKind::Decode);
    assert_eq!(client.user_fields().all(Query::new()).await.unwrap_err().kind(), ErrorKind::Decode);
    assert!(client.calls() < 8);
    client.close().await;
}

#[tokio::test(start_paused = true)]
async fn a_name_that_is_no_property_never_leaves() {
    let sap = FakeSap::new(|_, _| None);
    let client = sap.client();
    for name in ["Code eq 'x' or 1", "a b", "", "a'b", "1a", "a&$top=1"] {
        for query in [
            Query::new().filter(Filter::eq(name, "x")),
            Query::new().select([name]),
            Query::new().order_by(name, Order::Ascending),
        ] {
            assert_eq!(
                client.projects().all(query).await.unwrap_err().kind(),
                ErrorKind::InvalidRequest,
                "{name}"
            );
        }
    }
    assert_eq!(sap.count("GET", ""), 0);
    client.close().await;
}
