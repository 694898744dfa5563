//! Time, as the engine is told it.

use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};

/// The only source of time for the engine.
///
/// Laws: `now` never goes backwards by more than the clock's own corrections; `date` depends on the moment
/// and the zone alone, `today` is that of `now`, and an unknown zone is read as UTC; `sleep` returns
/// after at least the time asked for by this clock.
#[async_trait]
pub trait Clock: Send + Sync {
    /// The present moment.
    fn now(&self) -> DateTime<Utc>;

    /// The calendar date of a moment in a time zone (an IANA name or one of Procore's own).
    fn date(&self, moment: DateTime<Utc>, time_zone: &str) -> NaiveDate;

    /// Today's date in a time zone.
    fn today(&self, time_zone: &str) -> NaiveDate {
        self.date(self.now(), time_zone)
    }

    /// Waits.
    async fn sleep(&self, for_: Duration);
}

/// The calendar of a project: in which day a moment lies for its people.
#[derive(Clone, Copy)]
pub struct Calendar<'a> {
    clock: &'a dyn Clock,
    time_zone: &'a str,
}

impl<'a> Calendar<'a> {
    /// The calendar of a time zone.
    #[must_use]
    pub fn of(clock: &'a dyn Clock, time_zone: &'a str) -> Self {
        Self { clock, time_zone }
    }

    /// The day in which a moment lies.
    #[must_use]
    pub fn date(&self, moment: DateTime<Utc>) -> NaiveDate {
        self.clock.date(moment, self.time_zone)
    }
}

impl std::fmt::Debug for Calendar<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Calendar").field(&self.time_zone).finish()
    }
}
