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
