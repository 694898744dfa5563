//! The timer of a program that runs on tokio.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use tokio::time::Instant;

use super::Timer;

/// Takes the wall clock once and counts on from there by the monotonic clock, so that setting the system's clock
/// cannot make waits longer or tokens older.
#[derive(Clone, Copy, Debug)]
pub struct TokioTimer {
    wall: DateTime<Utc>,
    started: Instant,
}

impl TokioTimer {
    /// Starts the timer at the system's time.
    #[must_use]
    pub fn new() -> Self {
        #[allow(
            clippy::disallowed_methods,
            reason = "this is the one place that reads the system's clock"
        )]
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let seconds = i64::try_from(since_epoch.as_secs()).unwrap_or(0);
        let wall = DateTime::from_timestamp(seconds, since_epoch.subsec_nanos())
            .unwrap_or(DateTime::UNIX_EPOCH);
        Self { wall, started: Instant::now() }
    }
}

impl Default for TokioTimer {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait]
impl Timer for TokioTimer {
    fn now(&self) -> DateTime<Utc> {
        self.wall + TimeDelta::from_std(self.started.elapsed()).unwrap_or_default()
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}
