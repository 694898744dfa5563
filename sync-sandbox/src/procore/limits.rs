//! The two rate windows: an hour, and a spike window of ten seconds.

use chrono::{DateTime, TimeDelta, Utc};

/// How many calls a window admits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateWindow {
    /// The calls admitted per window.
    pub calls_max: u32,
    /// The length of the window in seconds.
    pub seconds: u32,
}

/// One window as it stands.
#[derive(Clone, Copy, Debug)]
struct Running {
    window: RateWindow,
    resets_at: DateTime<Utc>,
    used: u32,
}

impl Running {
    fn new(window: RateWindow) -> Self {
        Self { window, resets_at: DateTime::UNIX_EPOCH, used: 0 }
    }

    fn roll(&mut self, now: DateTime<Utc>) {
        if now >= self.resets_at {
            self.resets_at = now + TimeDelta::seconds(i64::from(self.window.seconds));
            self.used = 0;
        }
    }

    fn remaining(&self) -> u32 {
        self.window.calls_max.saturating_sub(self.used)
    }
}

/// What the `X-Rate-Limit-*` headers say.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shown {
    pub(crate) limit: u32,
    pub(crate) remaining: u32,
    pub(crate) resets_at: DateTime<Utc>,
}

/// Both windows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    hourly: Running,
    spike: Running,
}

impl Limits {
    pub(crate) fn new(hourly: RateWindow, spike: RateWindow) -> Self {
        Self { hourly: Running::new(hourly), spike: Running::new(spike) }
    }

    /// Counts one call; `false` where a window is exhausted. A refused call is not counted.
    pub(crate) fn admit(&mut self, now: DateTime<Utc>) -> bool {
        self.hourly.roll(now);
        self.spike.roll(now);
        if self.hourly.remaining() == 0 || self.spike.remaining() == 0 {
            return false;
        }
        self.hourly.used += 1;
        self.spike.used += 1;
        true
    }

    /// The window that is nearer to its end, so the limit's meaning changes between responses.
    pub(crate) fn shown(&self) -> Shown {
        let nearer = if self.hourly.remaining() < self.spike.remaining() {
            &self.hourly
        } else {
            &self.spike
        };
        Shown {
            limit: nearer.window.calls_max,
            remaining: nearer.remaining(),
            resets_at: nearer.resets_at,
        }
    }

    /// Whether the hour, not the spike window, is exhausted.
    pub(crate) fn hour_exhausted(&self) -> bool {
        self.hourly.remaining() == 0
    }
}
