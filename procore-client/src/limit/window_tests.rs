//! The rules of [`super::Windows`], with a server whose clock is ours.
#![allow(clippy::unwrap_used)]

use std::time::Duration;

use super::*;

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
}

fn told(limit: u64, remaining: u64, now: i64, reset_in_s: u64) -> Hints {
    Hints {
        limit: Some(limit),
        remaining: Some(remaining),
        reset_at: Some(at(now) + TimeDelta::from_std(Duration::from_secs(reset_in_s)).unwrap()),
        reset_in: Some(Duration::from_secs(reset_in_s)),
        server_time: Some(at(now)),
        ..Hints::default()
    }
}

fn call(windows: &mut Windows, hints: &Hints, now: i64) {
    windows.take(at(now));
    windows.answered(hints, at(now), at(now));
}

#[test]
fn one_call_leaves_before_any_answer_and_all_after_one_without_limits() {
    let mut windows = Windows::new(80);
    assert_eq!(windows.turn(at(0)), Turn::Now);
    windows.take(at(0));
    assert!(matches!(windows.turn(at(0)), Turn::OnAnswer(_)));
    windows.answered(&Hints::default(), at(0), at(1));
    for _ in 0..50 {
        assert_eq!(windows.turn(at(1)), Turn::Now);
        windows.take(at(1));
    }
}

#[test]
fn a_used_up_short_window_waits_until_its_end_is_certain() {
    let mut windows = Windows::new(80);
    call(&mut windows, &told(25, 2, 0, 10), 0);
    windows.take(at(1));
    windows.take(at(1));
    assert_eq!(windows.turn(at(1)), Turn::OnAnswer(at(11)), "two on their way, none refused yet");
    windows.answered(&told(25, 1, 1, 9), at(1), at(1));
    windows.answered(&told(25, 0, 1, 9), at(1), at(1));
    assert_eq!(windows.turn(at(1)), Turn::At(at(11)));
    assert_eq!(windows.turn(at(11)), Turn::Now);
}

#[test]
fn a_new_window_starts_with_the_limit_that_was_named_before() {
    let mut windows = Windows::new(100);
    call(&mut windows, &told(3, 0, 0, 10), 0);
    for _ in 0..3 {
        assert_eq!(windows.turn(at(11)), Turn::Now);
        windows.take(at(11));
    }
    assert!(matches!(windows.turn(at(11)), Turn::OnAnswer(_)), "no burst beyond the limit");
}

#[test]
fn the_long_window_keeps_the_share_of_others() {
    let mut windows = Windows::new(80);
    call(&mut windows, &told(600, 121, 0, 1_800), 0);
    assert_eq!(windows.turn(at(1)), Turn::Now);
    call(&mut windows, &told(600, 120, 1, 1_799), 1);
    assert_eq!(windows.turn(at(1)), Turn::At(at(1_801)));
}

#[test]
fn an_overtaken_answer_gives_no_calls_back() {
    let mut windows = Windows::new(100);
    call(&mut windows, &told(25, 10, 0, 10), 0);
    call(&mut windows, &told(25, 20, 1, 9), 1);
    assert_eq!(windows.status().short.unwrap().remaining, 10);
    call(&mut windows, &told(25, 24, 12, 10), 12);
    assert_eq!(windows.status().short.unwrap().remaining, 24);
}

#[test]
fn windows_are_known_side_by_side_by_their_limits() {
    let mut windows = Windows::new(100);
    call(&mut windows, &told(600, 5, 0, 1_800), 0);
    call(&mut windows, &told(25, 20, 1, 10), 1);
    let status = windows.status();
    assert_eq!((status.short.unwrap().remaining, status.long.unwrap().remaining), (20, 4));
    // In its last minute the hourly window is still the hourly window.
    call(&mut windows, &told(600, 2, 1_770, 30), 1_770);
    assert_eq!(windows.status().long.unwrap().remaining, 2);
}

#[test]
fn a_window_that_the_server_names_no_more_is_forgotten() {
    let mut windows = Windows::new(100);
    call(&mut windows, &told(1, 0, 0, 10), 0);
    windows.turn(at(11));
    windows.turn(at(5_000));
    assert_eq!(windows.windows.len(), 1, "a wait for an hourly limit is no reason to forget");
    for _ in 0..UNNAMED_MAX {
        call(&mut windows, &told(50, 49, 5_000, 10), 5_000);
    }
    windows.turn(at(5_011));
    assert!(windows.windows.iter().all(|window| window.limit == 50));
}

#[test]
fn a_pause_stops_everyone_until_it_ends() {
    let mut windows = Windows::new(100);
    windows.pause(at(30));
    windows.pause(at(10));
    assert_eq!(windows.turn(at(1)), Turn::At(at(30)));
    assert_eq!(windows.turn(at(30)), Turn::Now);
}

#[test]
fn what_another_process_read_counts_unless_it_is_over() {
    let mut windows = Windows::new(100);
    call(&mut windows, &told(25, 20, 0, 10), 0);
    let reading = QuotaReading { limit: 25, remaining: 0, resets_at: at(10), window_seconds: 10 };
    windows.overheard(&reading, at(1));
    assert_eq!(windows.turn(at(1)), Turn::At(at(11)));
    windows.overheard(&reading, at(12));
    assert_eq!(windows.turn(at(12)), Turn::Now);
}
