//! Time, as the engine is told it.

use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};

/// The only source of time for the engine.
///
/// Laws: `now` never goes backwards by more than the clock's own corrections; `today` is the
/// calendar date of `now` in the zone named, and an unknown zone is read as UTC; `sleep` returns
/// after at least the time asked for by this clock.
#[async_trait]
pub trait Clock: Send + Sync {
    /// The present moment.
    fn now(&self) -> DateTime<Utc>;

    /// Today's date in a time zone (an IANA name or one of Procore's own).
    fn today(&self, time_zone: &str) -> NaiveDate;

    /// Waits.
    async fn sleep(&self, for_: Duration);
}
