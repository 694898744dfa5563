//! When every list is read in full again.

use std::fmt;

use chrono::{DateTime, Utc};
use croner::Cron;

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

    /// Whether a list that was last read in full at this moment is due: the newest due time lies
    /// between then and now.
    #[must_use]
    pub fn is_due(&self, last_full_read: DateTime<Utc>, now: DateTime<Utc>) -> bool {
        self.cron
            .find_previous_occurrence(&now, true)
            .is_ok_and(|due: DateTime<Utc>| last_full_read < due)
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
    fn a_sweep_is_due_once_after_each_due_time() {
        let sweep = SweepSchedule::default();
        // 2026-11-21 is a Saturday.
        assert!(sweep.is_due(at("2026-11-20T12:00:00Z"), at("2026-11-23T02:00:00Z")));
        assert!(!sweep.is_due(at("2026-11-21T03:00:01Z"), at("2026-11-23T02:00:00Z")));
        assert!(!sweep.is_due(at("2026-11-20T12:00:00Z"), at("2026-11-21T02:59:00Z")));
        assert!(sweep.is_due(at("2026-11-20T12:00:00Z"), at("2026-11-21T03:00:00Z")));
    }

    #[test]
    fn a_text_that_is_no_schedule_is_refused() {
        for text in ["", "every saturday", "0 25 * * *", "0 3 * *"] {
            assert!(SweepSchedule::parse(text).is_err(), "{text}");
        }
    }
}
