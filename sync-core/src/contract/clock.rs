//! The laws of [`Clock`].

use std::time::Duration;

use chrono::{DateTime, TimeDelta};

use crate::ports::Clock;

/// Runs every law.
///
/// # Panics
///
/// When the clock breaks a law.
pub async fn suite(clock: &dyn Clock) {
    time_does_not_run_backwards(clock);
    the_date_of_a_moment_depends_on_the_zone_alone(clock);
    today_is_the_date_of_now_in_the_zone(clock);
    a_sleep_lasts_at_least_as_long_as_asked(clock).await;
}

/// One reading is never before the one made earlier.
pub fn time_does_not_run_backwards(clock: &dyn Clock) {
    let mut before = clock.now();
    for _ in 0..1_000 {
        let now = clock.now();
        assert!(now >= before, "{now} comes after {before}");
        before = now;
    }
}

/// The same moment lies in the same day whenever it is asked for; an unknown zone is read as UTC.
pub fn the_date_of_a_moment_depends_on_the_zone_alone(clock: &dyn Clock) {
    let moment = DateTime::from_timestamp(1_780_000_000, 0).expect("a day in 2026");
    for zone in ["UTC", "Nowhere/No City"] {
        assert_eq!(clock.date(moment, zone), moment.date_naive(), "{zone}");
    }
    let there = clock.date(moment, "Pacific/Auckland");
    assert_eq!(clock.date(moment, "Pacific/Auckland"), there);
    assert!((there - moment.date_naive()).abs() <= TimeDelta::days(1), "{there}");
}

/// In UTC it is the date of `now`, an unknown zone is read as UTC, and no zone is further than a day.
pub fn today_is_the_date_of_now_in_the_zone(clock: &dyn Clock) {
    let before = clock.now().date_naive();
    let unknown = clock.today("Nowhere/No City");
    let utc = clock.today("UTC");
    let after = clock.now().date_naive();
    for day in [unknown, utc] {
        assert!(before <= day && day <= after, "{day} is not the date of now in UTC");
    }
    for zone in
        ["America/Chicago", "Central Time (US & Canada)", "Pacific/Auckland", "Asia/Kolkata"]
    {
        let day = clock.today(zone);
        assert!((day - after).abs() <= TimeDelta::days(1), "{zone} is at {day}, UTC at {after}");
    }
}

/// By the clock itself at least the time asked for has gone by.
pub async fn a_sleep_lasts_at_least_as_long_as_asked(clock: &dyn Clock) {
    for asked_ms in [0, 1, 20] {
        let before = clock.now();
        clock.sleep(Duration::from_millis(asked_ms)).await;
        let slept = clock.now() - before;
        let asked = TimeDelta::milliseconds(i64::try_from(asked_ms).expect("small numbers"));
        assert!(slept >= asked, "slept {slept} of {asked}");
    }
}
