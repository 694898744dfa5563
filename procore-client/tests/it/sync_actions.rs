//! Sync actions: an answer of 200 is not a success, and every entry has a result.

use procore_client::resources::projects::ProjectDetails;
use procore_client::resources::vendors::Vendor;
use procore_client::{ErrorKind, Outcome, Request, WriteAccess};
use serde::Serialize;

use crate::double::{Double, PROJECT, builder, ok, status};

#[derive(Clone, Serialize)]
struct Entry {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<i64>,
    name: &'static str,
}

fn entries(count: usize) -> Vec<Entry> {
    vec![Entry { id: None, name: "x" }; count]
}

fn writing(double: &std::sync::Arc<Double>) -> procore_client::Client {
    builder(double).allow_writes(WriteAccess::Write).build().unwrap()
}

/// The documentation's own example of an update by an id that does not exist.
fn documented() -> String {
    let text = include_str!("../fixtures/sync-actions.json");
    let file: std::collections::BTreeMap<String, Box<serde_json::value::RawValue>> =
        serde_json::from_str(text).unwrap();
    let examples: Vec<std::collections::BTreeMap<String, Box<serde_json::value::RawValue>>> =
        serde_json::from_str(file["examples"].get()).unwrap();
    examples
        .iter()
        .map(|example| example["json"].get())
        .find(|json| json.contains("not found"))
        .unwrap()
        .to_owned()
}

#[tokio::test(start_paused = true)]
async fn refused_entries_are_told_although_the_status_is_200() {
    let answer = documented();
    let double = Double::api(move |_| ok(&answer));
    let updates = [Entry { id: Some(4), name: "a" }, Entry { id: Some(0), name: "b" }];
    let request = Request::patch("/rest/v1.0/vendors/sync");
    let report = writing(&double).sync::<_, ProjectDetails>(request, &updates).await.unwrap();
    assert_eq!((report.entities.len(), report.refused.len(), report.unaccounted()), (1, 1, 0));
    assert!(!report.is_complete());
    assert_eq!(report.refused[0].id.as_deref(), Some("0"));
    assert_eq!(report.refused[0].messages, ["id: Entity with this ID not found"]);
    let call = &double.api_calls()[0];
    assert_eq!(call.method, "PATCH");
    assert_eq!(
        call.body,
        r#"{"company_id":7,"updates":[{"id":4,"name":"a"},{"id":0,"name":"b"}]}"#
    );
}

#[tokio::test(start_paused = true)]
async fn entries_that_nobody_mentions_are_counted() {
    let double = Double::api(|_| ok(r#"{"entities":[{"id":1}],"errors":[]}"#));
    let request = Request::patch("/rest/v1.0/vendors/sync");
    let report = writing(&double).sync::<_, Vendor>(request, &entries(3)).await.unwrap();
    assert_eq!((report.unaccounted(), report.is_complete()), (2, false));
}

#[tokio::test(start_paused = true)]
async fn too_many_entries_and_none_are_refused_before_sending() {
    let double = Double::api(|_| ok("{}"));
    for count in [0, 1_001] {
        let request = Request::patch("/rest/v1.0/vendors/sync");
        let result = writing(&double).sync::<_, Vendor>(request, &entries(count)).await;
        let error = result.unwrap_err();
        assert_eq!((error.kind(), error.outcome()), (ErrorKind::Configuration, Outcome::NotSent));
    }
    assert!(double.seen().is_empty());
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_says_nothing_of_the_entries_leaves_them_unknown() {
    for body in ["", "{}", "<html>", r#"{"entities":null}"#, r#"{"errors":[]}"#] {
        let double = Double::api(move |_| ok(body));
        let request = Request::patch("/rest/v1.0/vendors/sync");
        let result = writing(&double).sync::<_, Vendor>(request, &entries(1)).await;
        let error = result.unwrap_err();
        assert_eq!(
            (error.kind(), error.outcome()),
            (ErrorKind::Decode, Outcome::Unknown),
            "{body}"
        );
        assert_eq!(double.api_calls().len(), 1, "{body}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_project_is_named_where_the_action_wants_it() {
    let double = Double::api(|_| ok(r#"{"entities":[{"id":1}],"errors":[]}"#));
    let project = writing(&double).project(PROJECT).unwrap();
    let by_query = Request::patch("/rest/v1.0/work_order_contracts/sync");
    let by_path = Request::patch("/rest/v1.0/projects/86/direct_costs/sync");
    for request in [by_query, by_path] {
        let _ = project.sync::<_, Vendor>(request, &entries(1)).await.unwrap();
    }
    let calls = double.api_calls();
    assert_eq!(calls[0].param("project_id"), Some("86"));
    assert!(calls[0].body.starts_with(r#"{"project_id":86,"#), "{}", calls[0].body);
    assert_eq!((calls[1].param("project_id"), calls[1].body.contains("project_id")), (None, false));
}

#[tokio::test(start_paused = true)]
async fn writes_of_direct_costs_take_turns() {
    let double = Double::api(|_| status(200, r#"{"entities":[{"id":1}],"errors":[]}"#));
    let project = writing(&double).project(PROJECT).unwrap();
    let updates = entries(1);
    let calls = (0..5).map(|_| {
        project
            .sync::<_, Vendor>(Request::patch("/rest/v1.0/projects/86/direct_costs/sync"), &updates)
    });
    assert!(futures_util::future::join_all(calls).await.iter().all(Result::is_ok));
    assert_eq!(double.in_flight_max(), 1);
}

#[derive(Serialize)]
struct WithOrigin {
    id: i64,
    origin_id: &'static str,
}

/// Procore tells a duplicate within the answer, and refuses a whole call with 409 or 422: none is sent a second time.
#[tokio::test(start_paused = true)]
async fn a_conflict_shows_per_entry_or_as_a_whole_and_is_never_sent_again() {
    let double = Double::api(|_| {
        ok(r#"{"entities":[{"id":1,"origin_id":"A"}],"errors":[
            {"id":2,"origin_id":"A","errors":{"origin_id":["has already been taken"]}},
            {"id":"3","origin_id":"B","errors":["Conflict","locked"]},
            {"origin_id":"C","errors":"duplicate"},{"id":4}]}"#)
    });
    let client = builder(&double).allow_writes(WriteAccess::WriteWithOrigin).build().unwrap();
    let updates: Vec<WithOrigin> = (1..=5).map(|id| WithOrigin { id, origin_id: "A" }).collect();
    let request = || Request::patch("/rest/v1.0/vendors/sync");
    let report = client.sync::<_, Vendor>(request(), &updates).await.unwrap();
    let told: Vec<_> = report
        .refused
        .iter()
        .map(|entry| (entry.id.as_deref(), entry.origin_id.as_deref(), entry.messages.join("; ")))
        .collect();
    assert_eq!(
        told,
        [
            (Some("2"), Some("A"), "origin_id: has already been taken".to_owned()),
            (Some("3"), Some("B"), "Conflict; locked".to_owned()),
            (None, Some("C"), "duplicate".to_owned()),
            (Some("4"), None, String::new()),
        ]
    );
    assert_eq!((report.unaccounted(), report.is_complete()), (0, false));
    assert_eq!(double.api_calls().len(), 1);

    for (code, kind) in [(409, ErrorKind::Conflict), (422, ErrorKind::Invalid)] {
        let double =
            Double::api(move |_| status(code, r#"{"errors":{"origin_id":["has been taken"]}}"#));
        let client = builder(&double).allow_writes(WriteAccess::WriteWithOrigin).build().unwrap();
        let error = client.sync::<_, Vendor>(request(), &updates).await.unwrap_err();
        assert_eq!((error.kind(), error.outcome()), (kind, Outcome::Refused));
        assert_eq!(error.api_messages(), ["origin_id: has been taken"]);
        assert_eq!(double.api_calls().len(), 1);
    }
}
