//! What lists can be narrowed by.
//!
//! Each list has a type of its own for its parameters, with a field for every one that Procore offers there. A filter
//! that a list lacks would be ignored by the server and pass for a narrowed list; here it does not compile:
//!
//! ```compile_fail,E0560
//! use procore_client::resources::cost_codes::CostCodeQuery;
//!
//! // Cost codes cannot be narrowed by time.
//! let query = CostCodeQuery { updated: None, ..CostCodeQuery::default() };
//! ```
//!
//! ```
//! use procore_client::resources::commitments::{CommitmentQuery, CommitmentStatus};
//! use procore_client::resources::filters::{IncludeDeleted, TimeRange};
//!
//! let query = CommitmentQuery {
//!     updated: Some(TimeRange::since("2026-01-01T00:00:00Z".parse()?)),
//!     statuses: vec![CommitmentStatus::Approved],
//!     include_deleted: Some(IncludeDeleted::With),
//!     ..CommitmentQuery::default()
//! };
//! # Ok::<(), chrono::ParseError>(())
//! ```

use chrono::{DateTime, SecondsFormat, SubsecRound, TimeDelta, Utc};

use crate::wire::open_enum;

/// A range of `updated_at` (or another date-time): Procore takes only ranges with two ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeRange {
    from: DateTime<Utc>,
    until: Option<DateTime<Utc>>,
}

impl TimeRange {
    /// Everything from a moment on; the end sent is the year 2100, because no open range is documented.
    #[must_use]
    pub fn since(from: DateTime<Utc>) -> Self {
        Self { from, until: None }
    }

    /// Everything between two moments.
    #[must_use]
    pub fn between(from: DateTime<Utc>, until: DateTime<Utc>) -> Self {
        Self { from, until: Some(until) }
    }
}

/// The wire form, widened to whole seconds.
impl std::fmt::Display for TimeRange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text = |time: DateTime<Utc>| time.to_rfc3339_opts(SecondsFormat::Secs, true);
        write!(f, "{}...", text(self.from.trunc_subsecs(0)))?;
        match self.until {
            None => f.write_str("2100-01-01T00:00:00Z"),
            Some(until) => {
                let whole = until.trunc_subsecs(0);
                f.write_str(&text(if whole < until {
                    whole + TimeDelta::seconds(1)
                } else {
                    whole
                }))
            }
        }
    }
}

/// The order of a list, by a key that the list offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Sort<K> {
    key: K,
    descending: bool,
}

impl<K> Sort<K> {
    /// The smallest or oldest first.
    #[must_use]
    pub const fn ascending(key: K) -> Self {
        Self { key, descending: false }
    }

    /// The largest or newest first.
    #[must_use]
    pub const fn descending(key: K) -> Self {
        Self { key, descending: true }
    }
}

/// The wire form: the key, with a minus sign before it for descending order.
impl<K: std::fmt::Display> std::fmt::Display for Sort<K> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.descending {
            f.write_str("-")?;
        }
        self.key.fmt(f)
    }
}

open_enum! {
    /// Whether deleted records are listed.
    pub enum IncludeDeleted {
        /// Deleted ones as well:
        With = "with",
        /// Deleted ones alone:
        Only = "only",
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn descending_order_has_a_minus_sign() {
        assert_eq!(Sort::ascending("created_at").to_string(), "created_at");
        assert_eq!(Sort::descending("created_at").to_string(), "-created_at");
    }

    #[test]
    fn a_range_has_two_ends_and_is_widened_to_whole_seconds() {
        let from = "2026-01-01T00:00:00.900Z".parse().unwrap();
        let until = "2026-02-01T00:00:00.100Z".parse().unwrap();
        assert_eq!(
            TimeRange::between(from, until).to_string(),
            "2026-01-01T00:00:00Z...2026-02-01T00:00:01Z"
        );
        assert_eq!(
            TimeRange::since(from).to_string(),
            "2026-01-01T00:00:00Z...2100-01-01T00:00:00Z"
        );
    }
}
