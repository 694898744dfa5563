//! The rate limit that all clones of a client share, learnt from the server's answers.
//!
//! Procore names two limits in the same three headers (a spike window of seconds and an hourly one), whichever is
//! nearer, and calls no number fixed. `headers` reads them, `window` remembers them, [`Limiter`] makes callers wait.

mod headers;
mod window;

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::error::{Error, ErrorKind, Outcome, Result};
use crate::transport::Timer;

pub(crate) use headers::Hints;
use window::Windows;

/// What the server's last answers said about its limits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct RateLimitStatus {
    /// The limit of a window of at most a minute: calls in all, calls left, end.
    pub short: Option<RateWindow>,
    /// The limit of a longer window, usually an hour.
    pub long: Option<RateWindow>,
}

/// One window of a rate limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RateWindow {
    /// Calls allowed in the window.
    pub limit: u64,
    /// Calls left by our own count.
    pub remaining: u64,
    /// When the window ends, by the client's timer.
    pub resets_at: DateTime<Utc>,
}

#[derive(Debug)]
pub(crate) struct Limiter {
    places: Semaphore,
    windows: Mutex<Windows>,
}

impl Limiter {
    pub(crate) fn new(in_flight_max: usize, quota_share_percent: u8) -> Self {
        Self {
            places: Semaphore::new(in_flight_max),
            windows: Mutex::new(Windows::new(quota_share_percent)),
        }
    }

    /// Waits for a place and for the rate limit, and takes one call from it.
    ///
    /// # Errors
    ///
    /// When the wait would pass `deadline`; nothing was sent.
    pub(crate) async fn enter(
        &self,
        timer: &dyn Timer,
        deadline: DateTime<Utc>,
    ) -> Result<SemaphorePermit<'_>> {
        let place = self.places.acquire().await;
        let place = place.map_err(|_| Error::configuration("the client was closed"))?;
        self.turn(timer, deadline).await?;
        Ok(place)
    }

    /// Waits for the rate limit alone; for a second request of a caller who has a place.
    pub(crate) async fn turn(&self, timer: &dyn Timer, deadline: DateTime<Utc>) -> Result<()> {
        loop {
            let now = timer.now();
            let wait = match self.lock().take(now) {
                None => return Ok(()),
                Some(until) => until - now,
            };
            let wait_time = wait.to_std().unwrap_or_default();
            if now + wait > deadline {
                return Err(Error::new(
                    ErrorKind::Throttled,
                    Outcome::NotSent,
                    format!("the rate limit is used up for the next {} s, longer than this call may take", wait.num_seconds()),
                )
                .with_retry_after(Some(wait_time)));
            }
            tracing::debug!(wait_ms = wait.num_milliseconds(), "waiting for the rate limit");
            // Never zero, so that a wait that rounds down cannot spin.
            timer.sleep(wait_time.max(Duration::from_millis(1))).await;
        }
    }

    /// Learns from an answer.
    pub(crate) fn learn(&self, hints: &Hints, now: DateTime<Utc>) {
        self.lock().learn(hints, now);
    }

    /// Stops all callers for a while because the server said so.
    pub(crate) fn pause(&self, now: DateTime<Utc>, wait: Duration) {
        let until = now + TimeDelta::from_std(wait).unwrap_or(TimeDelta::hours(1));
        self.lock().pause(until);
    }

    pub(crate) fn status(&self) -> RateLimitStatus {
        self.lock().status()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Windows> {
        self.windows.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
