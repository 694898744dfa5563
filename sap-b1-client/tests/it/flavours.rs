//! Both versions of the protocol, against the two flavours of the simulated server and against scripted answers.

use crate::fake::{FakeSap, Reply, ok};
use crate::sandbox::{Sandbox, day, entry};
use sap_b1_client::{Call, ErrorKind, Filter, ODataVersion, Order, Outcome, Query};
use sync_sandbox::service_layer::{ServiceLayerOptions, SessionErrorShape};

const VERSIONS: [(&str, ODataVersion); 2] = [("v1", ODataVersion::V1), ("v2", ODataVersion::V2)];

#[tokio::test(start_paused = true)]
async fn pages_are_followed_by_relative_and_rooted_links() {
    for (name, version) in VERSIONS {
        for rooted_next_link in [false, true] {
            let options = ServiceLayerOptions { rooted_next_link, ..Default::default() };
            let sandbox = Sandbox::new(options);
            let client = sandbox.builder(name).page_size(10).build().unwrap();
            assert_eq!(client.odata_version(), version);
            let by_link = Query::new().order_by("Code", Order::Descending);
            for query in [Query::new(), by_link] {
                let rows = client.projects().all(query).await.unwrap();
                assert_eq!(rows.len(), 45, "{name} {rooted_next_link}");
            }
            let rows = client.any_entity_set("Projects").unwrap();
            let query = Query::new().order_by("Code", Order::Ascending);
            assert_eq!(rows.all(query).await.unwrap().len(), 45, "{name} {rooted_next_link}");
            client.close().await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn absolute_links_are_followed_to_the_same_server_only() {
    for (version, annotation) in [("v1", "odata.nextLink"), ("v2", "@odata.nextLink")] {
        for (host, followed) in
            [("https://b1.test:50000", true), ("https://evil.test:50000", false)]
        {
            let link = format!("{host}/b1s/{version}/Projects?$skip=1");
            let sap = FakeSap::new(move |seen, _| match seen.path.as_str() {
                "Login" => None,
                path if path.ends_with("$skip=1") => Some(ok(r#"{"value":[{"Code":"B"}]}"#)),
                _ => Some(ok(&format!(r#"{{"value":[{{"Code":"A"}}],"{annotation}":"{link}"}}"#))),
            });
            let client = sap.builder(version).build().unwrap();
            let query = Query::new().order_by("Name", Order::Ascending);
            let result = client.projects().all(query).await;
            assert_eq!(result.is_ok(), followed, "{version} {host}");
            if let Err(error) = result {
                assert_eq!(error.kind(), ErrorKind::Decode);
            }
            client.close().await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn errors_dates_and_functions_read_the_same() {
    for (version, _) in VERSIONS {
        let sandbox = Sandbox::usual();
        let client = sandbox.client(version);
        let missing = client.projects().get("NONE").await.unwrap_err();
        assert_eq!(
            (missing.kind(), missing.code()),
            (ErrorKind::NotFound, Some(-2028)),
            "{version}"
        );
        let refused =
            client.create_raw("JournalEntries", "{\"No\":1}".into(), None).await.unwrap_err();
        assert_eq!(
            (refused.kind(), refused.code()),
            (ErrorKind::Rejected, Some(-1000)),
            "{version}"
        );
        assert_eq!(refused.message(), "Property 'No' of 'JournalEntry' is invalid", "{version}");
        client.journal_entries().create(&entry("K"), None).await.unwrap();
        let query = Query::new().filter(Filter::eq("ReferenceDate", day("2026-03-10")));
        let rows = client.journal_entries().all(query).await.unwrap();
        assert_eq!(rows[0].value.reference_date, Some(day("2026-03-10")), "{version}");
        let info = client.company_info().await.unwrap();
        assert!(info.value.company_name.is_some(), "{version}");
        assert!(!client.periods().await.unwrap().is_empty(), "{version}");
        assert!(!client.finance_periods(1).await.unwrap().is_empty(), "{version}");
        client.close().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_lost_session_is_known_in_every_shape_of_its_error() {
    for (version, session_error_shape) in [
        ("v1", SessionErrorShape::Manual),
        ("v1", SessionErrorShape::Hybrid),
        ("v2", SessionErrorShape::Manual),
    ] {
        let sandbox =
            Sandbox::new(ServiceLayerOptions { session_error_shape, ..Default::default() });
        let client = sandbox.client(version);
        client.login().await.unwrap();
        sandbox.layer.expire_sessions();
        client.journal_entries().create(&entry("K"), None).await.unwrap();
        assert_eq!((client.logins(), sandbox.layer.journal_entries().len()), (2, 1), "{version}");
        client.close().await;
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_without_its_rows_is_an_error_and_never_an_empty_list() {
    for (version, _) in VERSIONS {
        for body in [
            "{}",
            "{\"values\":[]}",
            "{\"value\":null}",
            "{\"value\":{}}",
            "null",
            "",
            "[]",
            "{\"error\":{}}",
        ] {
            let sap = FakeSap::new(move |seen, _| {
                (seen.path != "Login").then(|| Reply::Answer(200, body.to_owned()))
            });
            let client = sap.builder(version).build().unwrap();
            let mut errors = vec![
                client.projects().all(Query::new()).await.map(|_| ()),
                client.any_entity_set("Projects").unwrap().all(Query::new()).await.map(|_| ()),
                client
                    .user_table("X")
                    .unwrap()
                    .pages(Query::new())
                    .unwrap()
                    .all()
                    .await
                    .map(|_| ()),
                client.run_sql_query("q", []).unwrap().all().await.map(|_| ()),
            ];
            // The bare list is a documented answer of these operations.
            if body != "[]" {
                errors.push(client.periods().await.map(|_| ()));
                errors.push(client.finance_periods(1).await.map(|_| ()));
            }
            for (n, result) in errors.into_iter().enumerate() {
                let error = result.expect_err(&format!("{version} {body} {n}"));
                assert_eq!(
                    (error.kind(), error.outcome()),
                    (ErrorKind::Decode, Outcome::Done),
                    "{body} {n}"
                );
            }
            client.close().await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_contains_filter_is_worded_as_the_version_wants_it() {
    for (version, wanted) in [("v1", "substringof("), ("v2", "contains(")] {
        let sap = FakeSap::new(|_, _| None);
        let client = sap.builder(version).build().unwrap();
        let call = Query::new().filter(Filter::contains("Name", "x"));
        client.projects().all(call).await.unwrap();
        assert!(sap.log()[1].path.contains(wanted), "{version}");
        client.send(&Call::get("Projects"), None).await.unwrap();
        client.close().await;
    }
}
