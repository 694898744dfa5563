//! The system's own time.

use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
use sync_core::ports::Clock;

use crate::time_zone::Zone;

/// The clock of the machine, with sleeps by tokio.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

#[async_trait]
impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the port that reads the clock")]
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }

    fn date(&self, moment: DateTime<Utc>, time_zone: &str) -> NaiveDate {
        Zone::named(time_zone).date_of(moment)
    }

    async fn sleep(&self, for_: Duration) {
        tokio::time::sleep(for_).await;
    }
}
