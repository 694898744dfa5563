//! Writes: who may, what they may carry, and when one is sent again.

use std::collections::BTreeMap;

use procore_client::transport::Sent;
use procore_client::{Client, ErrorKind, Outcome, Request, WriteAccess};

use crate::double::{Double, PROJECT, Reply, builder, client, ok, status, with_headers};

const LIMITS: [(&str, &str); 3] = [
    ("x-rate-limit-limit", "25"),
    ("x-rate-limit-remaining", "5"),
    ("x-rate-limit-reset", "4000000000"),
];

fn writing(double: &std::sync::Arc<Double>) -> Client {
    builder(double).allow_writes(WriteAccess::Write).build().unwrap()
}

fn body(pairs: &[(&str, i64)]) -> BTreeMap<String, i64> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect()
}

#[tokio::test(start_paused = true)]
async fn a_client_writes_nothing_unless_it_was_built_to() {
    let double = Double::api(|_| ok("{}"));
    let client = client(&double);
    for request in [
        Request::post("/rest/v1.0/x"),
        Request::patch("/rest/v1.0/x"),
        Request::put("/rest/v1.0/x"),
        Request::delete("/rest/v1.0/x"),
    ] {
        let error = client.raw(&request).await.unwrap_err();
        assert_eq!((error.kind(), error.outcome()), (ErrorKind::ReadOnly, Outcome::NotSent));
    }
    assert!(double.seen().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_write_arrives_with_method_body_token_and_company() {
    let double = Double::api(|_| status(201, r#"{"id":9}"#));
    let project = writing(&double).project(PROJECT).unwrap();
    let request = Request::post("/rest/v1.0/x").json(&body(&[("amount", 5)])).unwrap();
    let answer = project.raw(&request).await.unwrap();
    assert_eq!((answer.status, &answer.body[..]), (201, &br#"{"id":9}"#[..]));
    let call = &double.api_calls()[0];
    assert_eq!((call.method.as_str(), call.body.as_str()), ("POST", r#"{"amount":5}"#));
    assert_eq!(call.param("project_id"), Some("86"));
    assert_eq!(call.headers["content-type"], "application/json");
    assert_eq!(call.headers["procore-company-id"], "7");
    assert_eq!(call.bearer(), "Bearer canary-token-1");
}

#[tokio::test(start_paused = true)]
async fn a_body_cannot_leave_the_scope_or_set_origin_fields_unasked() {
    let double = Double::api(|_| ok("{}"));
    let client = writing(&double);
    let refused = [
        (r#"{"project_id":87}"#, ErrorKind::OutOfScope),
        (r#"{"project_id":"87"}"#, ErrorKind::OutOfScope),
        (r#"{"project_id":86,"project_id":87}"#, ErrorKind::OutOfScope),
        (r#"{"company_id":8}"#, ErrorKind::OutOfScope),
        (r#"{"updates":[{"x":{"project_id":87}}]}"#, ErrorKind::OutOfScope),
        (r#"{"project_ids":[86,87]}"#, ErrorKind::OutOfScope),
        (r#"{"updates":[{"id":1,"origin_id":"a"}]}"#, ErrorKind::ReadOnly),
        (r#"{"origin_data":"a"}"#, ErrorKind::ReadOnly),
    ];
    for (text, kind) in refused {
        let raw: Box<serde_json::value::RawValue> = serde_json::from_str(text).unwrap();
        let error = client.post_raw("/rest/v1.0/x", &[], &raw).await.unwrap_err();
        assert_eq!((error.kind(), error.outcome()), (kind, Outcome::NotSent), "{text}");
    }
    let project_sync = r#"{"company_id":7,"updates":[{"id":86},{"name":"new"}]}"#;
    let raw: Box<serde_json::value::RawValue> = serde_json::from_str(project_sync).unwrap();
    let error = client.patch_raw("/rest/v1.0/projects/sync", &[], &raw).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::OutOfScope);
    assert!(double.seen().is_empty());
    let asked = builder(&double).allow_writes(WriteAccess::WriteWithOrigin).build().unwrap();
    let raw: Box<serde_json::value::RawValue> =
        serde_json::from_str(r#"{"project_id":86,"origin_id":"a"}"#).unwrap();
    asked.post_raw("/rest/v1.0/x", &[], &raw).await.unwrap();
}

/// What happens to the first request, how often a POST and a GET are sent then, and what the POST's error says.
#[tokio::test(start_paused = true)]
async fn a_write_is_sent_again_only_when_it_was_not_done_for_certain() {
    type First = fn() -> Reply;
    let table: [(&str, First, usize, Option<Outcome>); 14] = [
        ("not sent", || Reply::Fail(Sent::NotSent), 2, None),
        ("connection lost", || Reply::Fail(Sent::MaybeSent), 1, Some(Outcome::Unknown)),
        ("no answer", || Reply::Hang, 1, Some(Outcome::Unknown)),
        ("401", || status(401, "{}"), 2, None),
        ("429", || status(429, "slow"), 2, None),
        ("429 with a wait", || with_headers(429, &[("retry-after", "3")], "slow"), 2, None),
        (
            "503 of Procore",
            || with_headers(503, &[LIMITS[0], LIMITS[1], LIMITS[2], ("retry-after", "3")], "{}"),
            2,
            None,
        ),
        (
            "503 of a proxy with a wait",
            || with_headers(503, &[("retry-after", "3")], "<html>"),
            1,
            Some(Outcome::Unknown),
        ),
        ("503", || status(503, "{}"), 1, Some(Outcome::Unknown)),
        ("500", || status(500, "{}"), 1, Some(Outcome::Unknown)),
        ("502", || status(502, "<html>"), 1, Some(Outcome::Unknown)),
        ("504", || status(504, "<html>"), 1, Some(Outcome::Unknown)),
        ("302", || status(302, ""), 1, Some(Outcome::Unknown)),
        ("422", || status(422, "{}"), 1, Some(Outcome::Refused)),
    ];
    for (what, first, sent, outcome) in table {
        let run = |request: Request| async move {
            let mut calls = 0;
            let double = Double::api(move |_| {
                calls += 1;
                if calls == 1 { first() } else { ok("{}") }
            });
            let result = writing(&double).raw(&request).await;
            (result, double.api_calls().len())
        };
        let (result, calls) = run(Request::post("/rest/v1.0/x").json(&body(&[])).unwrap()).await;
        assert_eq!(calls, sent, "{what}");
        assert_eq!(result.err().map(|error| error.outcome()), outcome, "{what}");
        let (_, calls) = run(Request::get("/rest/v1.0/x")).await;
        let repeated = !matches!(what, "302" | "422");
        assert_eq!(calls, if repeated { 2 } else { 1 }, "{what}: a read");
    }
}

#[tokio::test(start_paused = true)]
async fn a_deadline_tells_whether_a_write_can_have_left() {
    let mut policy = procore_client::RetryPolicy::default();
    policy.deadline = std::time::Duration::from_secs(20);
    let hanging = Double::api(|_| Reply::Hang);
    let build = |double: &std::sync::Arc<Double>| {
        builder(double).allow_writes(WriteAccess::Write).retry(policy).build().unwrap()
    };
    let error = build(&hanging).delete_raw("/rest/v1.0/x/1", &[]).await.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (ErrorKind::Timeout, Outcome::Unknown));
    let login_hangs = Double::new(|_| Reply::Hang);
    let error = build(&login_hangs).delete_raw("/rest/v1.0/x/1", &[]).await.unwrap_err();
    assert_eq!(error.outcome(), Outcome::NotSent, "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_conflict_is_told_and_not_tried_again() {
    let double = Double::api(|_| status(409, r#"{"errors":"has been taken"}"#));
    let error = writing(&double).post_raw("/rest/v1.0/x", &[], &body(&[])).await.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (ErrorKind::Conflict, Outcome::Refused));
    assert_eq!(double.api_calls().len(), 1);
}
