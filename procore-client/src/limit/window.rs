//! The windows of the rate limit as far as they are known.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Hints, RateLimitStatus, RateWindow};

/// A window that ends later than this is the long one.
const SHORT_MAX: TimeDelta = TimeDelta::seconds(60);
/// Two ends that are this close are the same window, because `Date` and `Reset` are whole seconds.
const SAME_WINDOW: TimeDelta = TimeDelta::seconds(2);

#[derive(Debug)]
pub(super) struct Windows {
    short: Option<RateWindow>,
    long: Option<RateWindow>,
    paused_until: Option<DateTime<Utc>>,
    quota_share_percent: u8,
}

impl Windows {
    pub(super) fn new(quota_share_percent: u8) -> Self {
        Self {
            short: None,
            long: None,
            paused_until: None,
            quota_share_percent: quota_share_percent.min(100),
        }
    }

    /// Takes one call, or returns until when none may be made.
    pub(super) fn take(&mut self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.forget_past(now);
        let left_to_others = self.long.map_or(0, |window| {
            window.limit - window.limit * u64::from(self.quota_share_percent) / 100
        });
        let used_up = |window: Option<RateWindow>, floor: u64| {
            window.filter(|window| window.remaining <= floor).map(|window| window.resets_at)
        };
        let until = [self.paused_until, used_up(self.short, 0), used_up(self.long, left_to_others)];
        if let Some(until) = until.into_iter().flatten().max() {
            return Some(until);
        }
        for window in [&mut self.short, &mut self.long].into_iter().flatten() {
            window.remaining = window.remaining.saturating_sub(1);
        }
        None
    }

    pub(super) fn learn(&mut self, hints: &Hints, now: DateTime<Utc>) {
        let (Some(limit), Some(remaining), Some(reset_in)) =
            (hints.limit, hints.remaining, hints.reset_in)
        else {
            return;
        };
        let rest = TimeDelta::from_std(reset_in).unwrap_or_default();
        if limit == 0 || rest <= TimeDelta::zero() {
            return;
        }
        let told = RateWindow { limit, remaining: remaining.min(limit), resets_at: now + rest };
        // The hourly window is within the last minute of its life also "near"; its limit tells it apart.
        let is_long = rest > SHORT_MAX || self.long.is_some_and(|long| same(long, told));
        let known = if is_long { &mut self.long } else { &mut self.short };
        *known = Some(match *known {
            // Answers overtake each other, and calls in flight are in our count but not yet in the server's.
            Some(known) if same(known, told) => {
                RateWindow { remaining: known.remaining.min(told.remaining), ..known }
            }
            _ => told,
        });
    }

    pub(super) fn pause(&mut self, until: DateTime<Utc>) {
        self.paused_until = self.paused_until.max(Some(until));
    }

    pub(super) fn status(&self) -> RateLimitStatus {
        RateLimitStatus { short: self.short, long: self.long }
    }

    fn forget_past(&mut self, now: DateTime<Utc>) {
        self.short = self.short.filter(|window| window.resets_at > now);
        self.long = self.long.filter(|window| window.resets_at > now);
        self.paused_until = self.paused_until.filter(|until| *until > now);
    }
}

fn same(a: RateWindow, b: RateWindow) -> bool {
    a.limit == b.limit && (a.resets_at - b.resets_at).abs() <= SAME_WINDOW
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::time::Duration;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
    }

    fn told(limit: u64, remaining: u64, reset_in_s: u64) -> Hints {
        Hints {
            limit: Some(limit),
            remaining: Some(remaining),
            reset_in: Some(Duration::from_secs(reset_in_s)),
            ..Hints::default()
        }
    }

    #[test]
    fn nothing_waits_before_a_limit_is_known() {
        let mut windows = Windows::new(80);
        assert_eq!(windows.take(at(0)), None);
    }

    #[test]
    fn a_used_up_short_window_waits_for_its_end() {
        let mut windows = Windows::new(80);
        windows.learn(&told(25, 2, 10), at(0));
        assert_eq!(windows.take(at(1)), None);
        assert_eq!(windows.take(at(1)), None);
        assert_eq!(windows.take(at(1)), Some(at(10)));
        assert_eq!(windows.take(at(10)), None);
    }

    #[test]
    fn the_long_window_keeps_the_share_of_others() {
        let mut windows = Windows::new(80);
        windows.learn(&told(600, 121, 1_800), at(0));
        assert_eq!(windows.take(at(1)), None);
        assert_eq!(windows.take(at(1)), Some(at(1_800)));
    }

    #[test]
    fn an_overtaken_answer_does_not_give_calls_back() {
        let mut windows = Windows::new(100);
        windows.learn(&told(25, 10, 10), at(0));
        windows.learn(&told(25, 20, 9), at(1));
        assert_eq!(windows.status().short.unwrap().remaining, 10);
        windows.learn(&told(25, 24, 10), at(11));
        assert_eq!(windows.status().short.unwrap().remaining, 24);
    }

    #[test]
    fn both_windows_are_known_side_by_side() {
        let mut windows = Windows::new(100);
        windows.learn(&told(600, 5, 1_800), at(0));
        windows.learn(&told(25, 20, 10), at(1));
        windows.take(at(2));
        let status = windows.status();
        assert_eq!((status.short.unwrap().remaining, status.long.unwrap().remaining), (19, 4));
        // In its last minute the hourly window is still the hourly window.
        windows.learn(&told(600, 2, 30), at(1_770));
        assert_eq!(windows.status().long.unwrap().remaining, 2);
    }

    #[test]
    fn a_pause_stops_everyone_until_it_ends() {
        let mut windows = Windows::new(100);
        windows.pause(at(30));
        windows.pause(at(10));
        assert_eq!(windows.take(at(1)), Some(at(30)));
        assert_eq!(windows.take(at(30)), None);
    }
}
