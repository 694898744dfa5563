//! The time that both simulated systems live in.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use chrono::{DateTime, TimeDelta, Utc};

/// The clock of a sandbox: the wall clock plus an offset that a test moves, or a clock that
/// stands still until it is moved. Clones share one time.
#[derive(Clone, Debug)]
pub struct SandboxClock {
    fixed_at: Option<DateTime<Utc>>,
    offset_ms: Arc<AtomicI64>,
}

impl SandboxClock {
    /// A clock that runs with the wall clock.
    #[must_use]
    pub fn wall() -> Self {
        Self { fixed_at: None, offset_ms: Arc::default() }
    }

    /// A clock that stands at `at` until [`SandboxClock::advance`] moves it.
    #[must_use]
    pub fn fixed(at: DateTime<Utc>) -> Self {
        Self { fixed_at: Some(at), offset_ms: Arc::default() }
    }

    /// The present time of the simulated servers.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        let base = self.fixed_at.unwrap_or_else(wall_now);
        base + TimeDelta::milliseconds(self.offset_ms.load(Ordering::SeqCst))
    }

    /// Moves the clock of every clone forward by `by`.
    pub fn advance(&self, by: TimeDelta) {
        self.offset_ms.fetch_add(by.num_milliseconds(), Ordering::SeqCst);
    }
}

/// Reads the operating system's clock: the one place in this crate that does.
#[expect(clippy::disallowed_methods, reason = "the sandbox brings its own clock; this is it")]
fn wall_now() -> DateTime<Utc> {
    DateTime::<Utc>::from(std::time::SystemTime::now())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clones_share_the_time_that_one_of_them_moves() {
        let clock = SandboxClock::fixed(DateTime::UNIX_EPOCH);
        let other = clock.clone();
        clock.advance(TimeDelta::minutes(31));
        assert_eq!(other.now(), DateTime::UNIX_EPOCH + TimeDelta::minutes(31));
    }
}
