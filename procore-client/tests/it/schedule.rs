//! The limiter against a scripted quota, in virtual time: how much time it loses, and that it never meets a 429.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::join_all;
use procore_client::{MemoryQuotaStore, ProjectId, QuotaReading, QuotaStore, RetryPolicy};
use proptest::prelude::*;

use crate::double::{Double, Reply, TOKEN_BODY, builder, ok, with_headers};

/// A server's window as it really is: exact to the millisecond, while its headers show whole seconds.
#[derive(Clone, Copy, Debug)]
struct Window {
    limit: u64,
    seconds: i64,
    /// Starts at multiples of its length instead of at the first call.
    aligned: bool,
}

#[derive(Clone, Copy, Debug)]
struct Script {
    windows: [Option<Window>; 2],
    /// How far the server's clock is ahead of ours.
    ahead_ms: i64,
    round_trip_ms: u64,
    in_flight_max: usize,
    calls: usize,
}

#[derive(Debug, Default)]
struct Running {
    ends: Option<DateTime<Utc>>,
    used: u64,
}

#[derive(Debug)]
struct Result {
    elapsed: Duration,
    refused: usize,
    /// The time that the quota alone asks for.
    least: Duration,
}

impl Window {
    /// The time that this window alone asks for, from the arrival of the first call to that of the last.
    fn least(&self, script: Script, first: DateTime<Utc>) -> Duration {
        let length_ms = self.seconds.unsigned_abs() * 1_000;
        let past_ms = first.timestamp_millis().unsigned_abs() % length_ms;
        let rest_ms = if self.aligned { length_ms - past_ms } else { length_ms };
        // One call asks for the limits; the others follow as often as answers come before the window's end.
        let turns = rest_ms.saturating_sub(1) / script.round_trip_ms;
        let in_first = turns.saturating_mul(script.in_flight_max as u64).saturating_add(1);
        match (script.calls as u64).saturating_sub(in_first.min(self.limit)) {
            0 => Duration::ZERO,
            more => Duration::from_millis(rest_ms + (more - 1) / self.limit * length_ms),
        }
    }

    fn roll(&self, running: &mut Running, now: DateTime<Utc>) {
        if running.ends.is_none_or(|ends| now >= ends) {
            let length = TimeDelta::seconds(self.seconds);
            let started = if self.aligned {
                let past = now.timestamp_millis().rem_euclid(self.seconds * 1_000);
                now - TimeDelta::milliseconds(past)
            } else {
                now
            };
            *running = Running { ends: Some(started + length), used: 0 };
        }
    }
}

/// Answers as a server with these windows would, when the request arrives.
fn served(
    script: Script,
    refused: Arc<Mutex<usize>>,
) -> impl FnMut(&crate::double::Seen) -> Reply + Send + 'static {
    let mut running: Vec<Running> = script.windows.iter().map(|_| Running::default()).collect();
    move |seen| {
        if seen.is_login() {
            return ok(TOKEN_BODY);
        }
        let arrives = TimeDelta::milliseconds(i64::try_from(script.round_trip_ms).unwrap());
        let now = seen.at + arrives + TimeDelta::milliseconds(script.ahead_ms);
        let windows: Vec<Window> = script.windows.into_iter().flatten().collect();
        for (window, running) in windows.iter().zip(&mut running) {
            window.roll(running, now);
        }
        let full =
            windows.iter().zip(&running).any(|(window, running)| running.used >= window.limit);
        if full {
            *refused.lock().unwrap() += 1;
        } else {
            running.iter_mut().for_each(|running| running.used += 1);
        }
        let left = |at: usize| windows[at].limit - running[at].used;
        let nearer = (0..windows.len())
            .min_by_key(|&at| (left(at), std::cmp::Reverse(windows[at].seconds)))
            .unwrap();
        let headers = [
            ("date", now.format("%a, %d %b %Y %H:%M:%S GMT").to_string()),
            ("x-rate-limit-limit", windows[nearer].limit.to_string()),
            ("x-rate-limit-remaining", left(nearer).to_string()),
            ("x-rate-limit-reset", running[nearer].ends.unwrap().timestamp().to_string()),
        ];
        let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        with_headers(if full { 429 } else { 200 }, &headers, "[]")
    }
}

fn run(script: Script) -> Result {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    runtime.block_on(async {
        let refused = Arc::new(Mutex::new(0));
        let double = Double::slow(
            Duration::from_millis(script.round_trip_ms),
            served(script, Arc::clone(&refused)),
        );
        let mut retry = RetryPolicy::default();
        retry.deadline = Duration::from_secs(40 * 3_600);
        let client = builder(&double)
            .in_flight_max(script.in_flight_max)
            .quota_share_percent(100)
            .retry(retry)
            .request_timeout(Duration::from_secs(600))
            .build()
            .unwrap();
        // The token is there before the clock starts: it is not the quota's business.
        client.login().await.unwrap();
        let began = tokio::time::Instant::now();
        let calls = (0..script.calls).map(|_| client.get_raw("/rest/v1.0/x", &[]));
        join_all(calls).await.into_iter().for_each(|call| drop(call.unwrap()));
        let first = double.api_calls()[0].at
            + TimeDelta::milliseconds(
                i64::try_from(script.round_trip_ms).unwrap() + script.ahead_ms,
            );
        let hour = script.windows[1].map_or(u64::MAX, |window| window.limit);
        let last = (script.calls as u64 - 1) % hour + 1;
        let least = script.windows.into_iter().flatten().map(|window| window.least(script, first));
        // After the last full hour its own calls still take the spike windows that they need.
        let tail = script.windows[1]
            .and(script.windows[0])
            .map_or(0, |spike| (last - 1) / spike.limit * spike.seconds.unsigned_abs());
        let refused = *refused.lock().unwrap();
        let hours = script.windows[1].is_some_and(|hour| script.calls as u64 > hour.limit);
        let tail = Duration::from_secs(if hours { tail } else { 0 });
        Result { elapsed: began.elapsed(), refused, least: least.max().unwrap() + tail }
    })
}

fn spike(aligned: bool) -> Option<Window> {
    Some(Window { limit: 25, seconds: 10, aligned })
}

#[test]
fn a_spike_window_loses_at_most_a_second_and_a_round_trip() {
    for (aligned, round_trip_ms) in [(false, 20), (false, 150), (true, 20), (true, 150)] {
        let mut worst: f64 = 0.0;
        for ahead_ms in [0, 250, 999, 3_600_400, -7_777] {
            let script = Script {
                windows: [spike(aligned), None],
                ahead_ms,
                round_trip_ms,
                in_flight_max: 8,
                calls: 500,
            };
            let result = run(script);
            assert_eq!(result.refused, 0, "{script:?}");
            let ratio = result.elapsed.as_secs_f64() / result.least.as_secs_f64();
            worst = worst.max(ratio);
            assert!(ratio <= 1.12, "{script:?}: {ratio:.4}");
            let each = Duration::from_secs(1) + Duration::from_millis(round_trip_ms);
            let most = result.least + each * u32::try_from(script.calls / 25).unwrap();
            assert!(result.elapsed <= most, "{script:?}: {result:?}, at most {most:?}");
        }
        println!(
            "25 per 10 s, aligned {aligned}, round trip {round_trip_ms} ms: at most {worst:.4} of the least time, no 429"
        );
    }
}

#[test]
fn the_hourly_window_loses_a_hundredth_at_most() {
    for aligned in [false, true] {
        let hourly = Window { limit: 600, seconds: 3_600, aligned };
        for windows in [[Some(hourly), None], [spike(aligned), Some(hourly)]] {
            let script = Script {
                windows,
                ahead_ms: 62_400,
                round_trip_ms: 80,
                in_flight_max: 8,
                calls: 1_900,
            };
            let result = run(script);
            assert_eq!(result.refused, 0, "{script:?}");
            let ratio = result.elapsed.as_secs_f64() / result.least.as_secs_f64();
            println!("600 per hour, {windows:?}: {ratio:.5} of the least time, no 429");
            assert!(ratio <= 1.01, "{script:?}: {ratio:.4}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]
    #[test]
    fn no_known_window_is_overrun_and_no_schedule_waits_long(
        limit in 2_u64..80, seconds in 2_i64..30, aligned: bool, ahead_ms in -100_000_i64..100_000,
        round_trip_ms in 1_u64..900, in_flight_max in 1_usize..64, calls in 1_usize..300,
        hourly: bool, hourly_limit in 100_u64..400,
    ) {
        let long = hourly.then_some(Window { limit: hourly_limit.max(limit + 1), seconds: 3_600, aligned });
        let script = Script {
            windows: [Some(Window { limit, seconds, aligned }), long],
            ahead_ms, round_trip_ms, in_flight_max, calls,
        };
        let result = run(script);
        // An hourly limit that no answer has named yet can be overrun once by what is on its way.
        let hidden = if hourly { in_flight_max } else { 0 };
        prop_assert!(result.refused <= hidden, "{:?}: {} refused", script, result.refused);
        // The quota, or the round trips one after another; per window a second, the clock's doubt and its last calls.
        let round_trips = Duration::from_millis(round_trip_ms) * (u32::try_from(calls.div_ceil(in_flight_max)).unwrap() + 4);
        let windows = u32::try_from(calls as u64 / limit + 2).unwrap();
        let most = result.least + round_trips
            + (Duration::from_secs(2) + 6 * Duration::from_millis(round_trip_ms)) * windows
            + Duration::from_secs(10);
        prop_assert!(result.elapsed <= most, "{:?}: {:?} of {:?}", script, result, most);
    }
}

#[tokio::test(start_paused = true)]
async fn a_project_with_many_queued_calls_does_not_starve_another() {
    let script = Script {
        windows: [spike(false), None],
        ahead_ms: 0,
        round_trip_ms: 50,
        in_flight_max: 4,
        calls: 0,
    };
    let double = Double::slow(Duration::from_millis(50), served(script, Arc::default()));
    let client = builder(&double).projects([86, 87].map(ProjectId::new)).build().unwrap();
    let busy = (0..200).map(|_| client.get_raw("/rest/v1.0/x", &[("project_id", "86")]));
    let other = async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let began = tokio::time::Instant::now();
        let calls = (0..3).map(|_| client.get_raw("/rest/v1.0/projects/87/y", &[]));
        join_all(calls).await.into_iter().for_each(|call| drop(call.unwrap()));
        began.elapsed()
    };
    let (_, waited) = tokio::join!(join_all(busy), other);
    // It joins when a window is used up, so that the end of that window is all it waits for.
    assert!(waited <= Duration::from_secs(12), "{waited:?}");
    let last =
        double.api_calls().iter().rfind(|call| call.param("project_id") == Some("86")).unwrap().at;
    assert!(
        last - double.api_calls()[0].at >= TimeDelta::seconds(70),
        "the busy one did need long"
    );
}

#[tokio::test(start_paused = true)]
async fn a_caller_who_gives_up_leaves_its_place_to_others() {
    let double = Double::api(|_| ok("[]"));
    let client = builder(&double).in_flight_max(1).build().unwrap();
    for _ in 0..50 {
        let impatient = tokio::time::timeout(Duration::from_millis(5), async {
            tokio::join!(client.get_raw("/rest/v1.0/x", &[]), client.get_raw("/rest/v1.0/x", &[]))
        });
        assert!(impatient.await.is_err());
    }
    client.get_raw("/rest/v1.0/x", &[]).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn processes_that_share_a_store_share_the_quota() {
    let script = Script {
        windows: [Some(Window { limit: 100, seconds: 60, aligned: false }), None],
        ahead_ms: 0,
        round_trip_ms: 50,
        in_flight_max: 2,
        calls: 0,
    };
    let refused = Arc::default();
    let double = Double::slow(Duration::from_millis(50), served(script, Arc::clone(&refused)));
    let store: Arc<MemoryQuotaStore> = Arc::default();
    let process =
        || builder(&double).in_flight_max(2).quota_store(store.clone(), "an-id").build().unwrap();
    let (one, two) = (process(), process());
    for _ in 0..100 {
        one.get_raw("/rest/v1.0/x", &[]).await.unwrap();
    }
    let began = tokio::time::Instant::now();
    two.get_raw("/rest/v1.0/x", &[]).await.unwrap();
    assert!(began.elapsed() >= Duration::from_secs(50), "{:?}", began.elapsed());
    assert_eq!(*refused.lock().unwrap(), 0, "the second process knew of the first one's calls");
}

#[derive(Debug)]
struct Broken;

#[async_trait::async_trait]
impl QuotaStore for Broken {
    async fn tell(
        &self,
        _: &str,
        _: QuotaReading,
    ) -> std::result::Result<(), procore_client::QuotaStoreError> {
        Err(procore_client::QuotaStoreError("the disk is full".to_owned()))
    }

    async fn latest(
        &self,
        _: &str,
    ) -> std::result::Result<Vec<QuotaReading>, procore_client::QuotaStoreError> {
        std::future::pending().await
    }
}

#[tokio::test(start_paused = true)]
async fn a_quota_store_that_fails_or_hangs_stops_nobody() {
    let double = Double::api(|_| ok("[]"));
    let client = builder(&double).quota_store(Arc::new(Broken), "an-id").build().unwrap();
    let began = tokio::time::Instant::now();
    client.get_raw("/rest/v1.0/x", &[]).await.unwrap();
    assert!(began.elapsed() < Duration::from_secs(1));
}

proptest! {
    #[test]
    fn readings_join_in_any_order(
        readings in prop::collection::vec((1_u64..50, 0_i64..5), 1..8),
    ) {
        let of = |&(remaining, window): &(u64, i64)| QuotaReading {
            limit: 50,
            remaining,
            resets_at: DateTime::from_timestamp(1_800_000_000 + window * 10, 0).unwrap(),
            window_seconds: 10,
        };
        let forth = readings.iter().map(of).reduce(QuotaReading::joined);
        let back = readings.iter().rev().map(of).reduce(QuotaReading::joined);
        prop_assert_eq!(forth, back);
        prop_assert_eq!(forth.map(|reading| reading.joined(reading)), forth);
    }
}
