//! One limiter for all clones, taught by the server's headers.

use std::time::Duration;

use futures_util::future::join_all;
use procore_client::{ErrorKind, Outcome};

use crate::double::{Double, Seen, builder, client, ok, with_headers};

/// Headers as Procore sends them, on a server whose clock is an hour ahead of ours.
fn limited(
    seen: &Seen,
    status: u16,
    limit: u64,
    remaining: u64,
    reset_in_s: i64,
) -> crate::double::Reply {
    let server_now = seen.at + chrono::TimeDelta::hours(1);
    let date = server_now.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    let reset = (server_now.timestamp() + reset_in_s).to_string();
    let headers = [
        ("date", date.as_str()),
        ("x-rate-limit-limit", &limit.to_string()),
        ("x-rate-limit-remaining", &remaining.to_string()),
        ("x-rate-limit-reset", &reset),
    ];
    with_headers(status, &headers, "[]")
}

fn seconds_between(calls: &[Seen], first: usize, second: usize) -> i64 {
    (calls[second].at - calls[first].at).num_seconds()
}

#[tokio::test(start_paused = true)]
async fn callers_wait_for_the_end_of_a_used_up_window_on_the_servers_clock() {
    let mut left = 3;
    let double = Double::api(move |seen| {
        left = if left == 0 { 2 } else { left - 1 };
        limited(seen, 200, 3, left, 10)
    });
    let client = client(&double);
    for _ in 0..4 {
        client.clone().companies().all().await.unwrap();
    }
    let calls = double.api_calls();
    assert_eq!(seconds_between(&calls, 0, 2), 0);
    assert!((9..=11).contains(&seconds_between(&calls, 2, 3)), "{}", seconds_between(&calls, 2, 3));
}

#[tokio::test(start_paused = true)]
async fn a_429_stops_every_clone_until_the_window_ends() {
    let mut calls = 0;
    let double = Double::api(move |seen| {
        calls += 1;
        if calls == 1 { limited(seen, 429, 25, 0, 30) } else { ok("[]") }
    });
    let client = client(&double);
    let first = client.clone();
    let (one, two) = tokio::join!(async { first.companies().all().await }, async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        client.companies().all().await
    });
    assert!(one.is_ok() && two.is_ok());
    let calls = double.api_calls();
    assert_eq!(calls.len(), 3);
    assert!(seconds_between(&calls, 0, 1) >= 29, "{}", seconds_between(&calls, 0, 1));
}

#[tokio::test(start_paused = true)]
async fn a_wait_asked_of_one_clone_holds_for_the_others() {
    for code in [429, 503] {
        let mut calls = 0;
        let double = Double::api(move |_| {
            calls += 1;
            if calls == 1 { with_headers(code, &[("retry-after", "30")], "wait") } else { ok("[]") }
        });
        let client = client(&double);
        let (one, two) = tokio::join!(client.companies().all(), async {
            tokio::time::sleep(Duration::from_secs(1)).await;
            client.companies().all().await
        });
        assert!(one.is_ok() && two.is_ok());
        let calls = double.api_calls();
        assert!(
            calls[1..].iter().all(|call| (call.at - calls[0].at).num_seconds() >= 30),
            "{code}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_503_with_retry_after_is_waited_for() {
    let mut calls = 0;
    let double = Double::api(move |_| {
        calls += 1;
        if calls == 1 { with_headers(503, &[("retry-after", "45")], "busy") } else { ok("[]") }
    });
    client(&double).companies().all().await.unwrap();
    let calls = double.api_calls();
    assert!((45..=46).contains(&seconds_between(&calls, 0, 1)));
}

#[tokio::test(start_paused = true)]
async fn the_longer_of_retry_after_and_reset_counts() {
    let mut calls = 0;
    let double = Double::api(move |seen| {
        calls += 1;
        let reset = (seen.at.timestamp() + 50).to_string();
        let headers = [
            ("retry-after", "5"),
            ("x-rate-limit-limit", "25"),
            ("x-rate-limit-remaining", "0"),
            ("x-rate-limit-reset", &reset),
        ];
        if calls == 1 { with_headers(429, &headers, "slow down") } else { ok("[]") }
    });
    client(&double).companies().all().await.unwrap();
    let calls = double.api_calls();
    assert!(seconds_between(&calls, 0, 1) >= 49);
}

#[tokio::test(start_paused = true)]
async fn a_wait_longer_than_the_deadline_is_refused_before_anything_is_sent() {
    let double = Double::api(|seen| limited(seen, 200, 600, 60, 3_000));
    let client = builder(&double).quota_share_percent(90).build().unwrap();
    client.companies().all().await.unwrap();
    let error = client.companies().all().await.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (ErrorKind::Throttled, Outcome::NotSent));
    assert!(error.retry_after().unwrap() > Duration::from_secs(2_900));
    assert_eq!(double.api_calls().len(), 1);
    assert_eq!(client.rate_limit().long.unwrap().remaining, 60);
}

#[tokio::test(start_paused = true)]
async fn no_more_requests_are_in_flight_than_allowed() {
    let double = Double::slow(Duration::from_millis(200), |seen| {
        if seen.is_login() { ok(crate::double::TOKEN_BODY) } else { ok("[]") }
    });
    let client = builder(&double).in_flight_max(3).build().unwrap();
    let calls = (0..12).map(|_| client.companies().all());
    assert!(join_all(calls).await.iter().all(Result::is_ok));
    assert_eq!(double.in_flight_max(), 3);
}
