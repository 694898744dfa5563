//! When every list is read in full again.

use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};
use croner::Cron;
use sync_core::engine::Sweep;

/// The schedule of sweeps: five cron fields, in UTC.
#[derive(Clone)]
pub struct SweepSchedule {
    text: String,
    cron: Cron,
}

impl SweepSchedule {
    /// Reads five cron fields: minute, hour, day, month, weekday.
    ///
    /// # Errors
    ///
    /// Why it is none, in a few words.
    pub fn parse(text: &str) -> Result<Self, String> {
        let cron: Cron =
            text.parse().map_err(|error: croner::errors::CronError| error.to_string())?;
        Ok(Self { text: text.to_owned(), cron })
    }

    /// The lists that are due: those that were last read in full before the newest due time.
    #[must_use]
    pub fn due_at(&self, now: DateTime<Utc>) -> Sweep {
        match self.cron.find_previous_occurrence(&now, true) {
            Ok(due) => Sweep::Before(due),
            // No due time ever came.
            Err(_) => Sweep::Nothing,
        }
    }

    /// The time between the newest due time and the next one; a week where there are not both.
    #[must_use]
    pub fn period_at(&self, now: DateTime<Utc>) -> TimeDelta {
        match (self.cron.find_previous_occurrence(&now, true), self.next_after(now)) {
            (Ok(newest), Some(next)) => next - newest,
            _ => TimeDelta::days(7),
        }
    }

    /// The next due time after this moment; `None` where none ever comes.
    #[must_use]
    pub fn next_after(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.cron.find_next_occurrence(&now, false).ok()
    }
}

impl Default for SweepSchedule {
    /// Saturdays at 03:00.
    fn default() -> Self {
        Self::parse("0 3 * * 6").expect("the default is a schedule")
    }
}

impl fmt::Debug for SweepSchedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SweepSchedule({})", self.text)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn what_was_not_read_since_the_newest_due_time_is_due() {
        let sweep = SweepSchedule::default();
        // 2026-11-21 is a Saturday.
        for (now, due) in [
            ("2026-11-23T02:00:00Z", "2026-11-21T03:00:00Z"),
            ("2026-11-21T02:59:59Z", "2026-11-14T03:00:00Z"),
            ("2026-11-21T03:00:00Z", "2026-11-21T03:00:00Z"),
        ] {
            assert_eq!(sweep.due_at(at(now)), Sweep::Before(at(due)), "{now}");
        }
        assert_eq!(sweep.period_at(at("2026-11-23T02:00:00Z")), TimeDelta::days(7));
        assert_eq!(sweep.next_after(at("2026-11-21T03:00:00Z")), Some(at("2026-11-28T03:00:00Z")));
    }

    #[test]
    fn a_text_that_is_no_schedule_is_refused() {
        for text in ["", "every saturday", "0 25 * * *", "0 3 * *"] {
            assert!(SweepSchedule::parse(text).is_err(), "{text}");
        }
    }
}
