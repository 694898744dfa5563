//! What is tried again, how often, and when it ends.

use std::time::Duration;

use procore_client::transport::Sent;
use procore_client::{ErrorKind, Outcome, RetryPolicy};

use crate::double::{Double, Reply, builder, client, ok, status};

#[tokio::test(start_paused = true)]
async fn transient_failures_are_tried_again() {
    let mut calls = 0;
    let double = Double::api(move |_| {
        calls += 1;
        match calls {
            1 => Reply::Fail(Sent::NotSent),
            2 => Reply::Fail(Sent::MaybeSent),
            3 => status(502, "<html><title>Bad Gateway</title></html>"),
            4 => Reply::Hang,
            _ => ok("[]"),
        }
    });
    let client = client(&double);
    client.companies().all().await.unwrap();
    assert_eq!((client.calls().api, client.calls().retries), (5, 4));
}

#[tokio::test(start_paused = true)]
async fn attempts_end_and_the_last_error_is_told() {
    let double = Double::api(|_| status(500, r#"{"message":"boom"}"#));
    let error = client(&double).companies().all().await.unwrap_err();
    assert_eq!(
        (error.kind(), error.outcome(), error.status()),
        (ErrorKind::Server, Outcome::Unknown, Some(500))
    );
    assert_eq!(double.api_calls().len(), 6);
}

#[tokio::test(start_paused = true)]
async fn a_request_that_cannot_be_sent_says_so() {
    let double = Double::api(|_| Reply::Fail(Sent::NotSent));
    let error = client(&double).companies().all().await.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (ErrorKind::Transport, Outcome::NotSent));
}

#[tokio::test(start_paused = true)]
async fn refusals_are_not_tried_again() {
    for code in [400, 403, 404, 405, 406, 408, 409, 410, 422, 302] {
        let double = Double::api(move |_| status(code, "{}"));
        let error = client(&double).companies().all().await.unwrap_err();
        assert_eq!((error.status(), error.outcome()), (Some(code), Outcome::Refused));
        assert_eq!(double.api_calls().len(), 1, "{code}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_ends_at_its_deadline_even_when_the_server_hangs() {
    let double = Double::api(|_| Reply::Hang);
    let mut policy = RetryPolicy::default();
    policy.deadline = Duration::from_secs(90);
    let client = builder(&double).retry(policy).build().unwrap();
    let began = tokio::time::Instant::now();
    let error = client.companies().all().await.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (ErrorKind::Timeout, Outcome::Unknown));
    assert!(began.elapsed() <= Duration::from_secs(90));
}

#[tokio::test(start_paused = true)]
async fn the_same_seed_waits_the_same() {
    let mut waits = Vec::new();
    for _ in 0..2 {
        let double = Double::api(|_| status(500, ""));
        let began = tokio::time::Instant::now();
        assert!(client(&double).companies().all().await.is_err());
        waits.push(began.elapsed());
    }
    assert_eq!(waits[0], waits[1]);
}
