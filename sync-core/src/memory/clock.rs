//! The reference clock: it stands still until it is told to move.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use chrono::{DateTime, FixedOffset, NaiveDate, TimeDelta, Utc};

use crate::ports::Clock;

/// A clock that moves only by [`ManualClock::advance`], [`ManualClock::set`] and its own
/// [`Clock::sleep`], which returns at once with the time asked for gone by.
///
/// It knows no time zones but those that [`ManualClock::set_zone`] names, with one offset for the
/// whole year; any other is read as UTC.
#[derive(Debug)]
pub struct ManualClock {
    inner: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    now: DateTime<Utc>,
    zones: BTreeMap<String, FixedOffset>,
}

impl ManualClock {
    /// A clock that stands at `now`.
    #[must_use]
    pub fn at(now: DateTime<Utc>) -> Self {
        Self { inner: Mutex::new(Inner { now, zones: BTreeMap::new() }) }
    }

    /// Moves the clock on.
    pub fn advance(&self, by: TimeDelta) {
        self.lock().now += by;
    }

    /// Puts the clock at a moment; it may lie in the past.
    pub fn set(&self, now: DateTime<Utc>) {
        self.lock().now = now;
    }

    /// Gives a time zone its offset.
    pub fn set_zone(&self, name: impl Into<String>, offset: FixedOffset) {
        self.lock().zones.insert(name.into(), offset);
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Clock for ManualClock {
    fn now(&self) -> DateTime<Utc> {
        self.lock().now
    }

    fn date(&self, moment: DateTime<Utc>, time_zone: &str) -> NaiveDate {
        match self.lock().zones.get(time_zone) {
            Some(offset) => moment.with_timezone(offset).date_naive(),
            None => moment.date_naive(),
        }
    }

    async fn sleep(&self, for_: Duration) {
        let by = TimeDelta::from_std(for_).unwrap_or(TimeDelta::MAX);
        let mut inner = self.lock();
        inner.now = inner.now.checked_add_signed(by).unwrap_or(DateTime::<Utc>::MAX_UTC);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn today_is_the_date_in_the_zone_and_utc_where_the_zone_is_unknown() {
        let clock = ManualClock::at("2026-03-01T03:00:00Z".parse().unwrap());
        clock.set_zone("America/Chicago", FixedOffset::west_opt(6 * 3600).unwrap());
        assert_eq!(clock.today("America/Chicago").to_string(), "2026-02-28");
        assert_eq!(clock.today("Nowhere").to_string(), "2026-03-01");
        clock.advance(TimeDelta::hours(4));
        assert_eq!(clock.today("America/Chicago").to_string(), "2026-03-01");
    }
}
