//! What an answer's headers say about limits and the server's time.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use http::header::{DATE, RETRY_AFTER};
use http::{HeaderMap, HeaderName};

use super::http_date;

static LIMIT: HeaderName = HeaderName::from_static("x-rate-limit-limit");
static REMAINING: HeaderName = HeaderName::from_static("x-rate-limit-remaining");
static RESET: HeaderName = HeaderName::from_static("x-rate-limit-reset");

/// Longest wait that a header can ask for; more is taken for an error.
const WAIT_MAX: Duration = Duration::from_secs(2 * 60 * 60);

/// The hints of one answer; times are relative to the server's own clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Hints {
    pub(crate) limit: Option<u64>,
    pub(crate) remaining: Option<u64>,
    /// End of the window by the server's clock, in whole seconds.
    pub(crate) reset_at: Option<DateTime<Utc>>,
    /// Time from the answer to the end of the window.
    pub(crate) reset_in: Option<Duration>,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) server_time: Option<DateTime<Utc>>,
}

impl Hints {
    /// Reads the headers; `now` stands in where the server sent no `Date`.
    pub(crate) fn read(headers: &HeaderMap, now: DateTime<Utc>) -> Self {
        let text = |name: &HeaderName| {
            headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim)
        };
        let count = |name: &HeaderName| text(name).and_then(|value| value.parse::<u64>().ok());
        let server_time = text(&DATE).and_then(http_date::read);
        let server_now = server_time.unwrap_or(now);
        let reset_at = text(&RESET)
            .and_then(|value| value.parse::<i64>().ok())
            .and_then(|seconds| DateTime::from_timestamp(seconds, 0))
            .filter(|reset| {
                *reset - server_now <= TimeDelta::from_std(WAIT_MAX).unwrap_or_default()
            });
        let reset_in = reset_at.map(|reset| span(reset - server_now));
        let retry_after = text(&RETRY_AFTER).and_then(|value| match value.parse::<u64>() {
            Ok(seconds) => Some(Duration::from_secs(seconds).min(WAIT_MAX)),
            Err(_) => http_date::read(value).map(|time| span(time - server_now)),
        });
        Self {
            limit: count(&LIMIT),
            remaining: count(&REMAINING),
            reset_at,
            reset_in,
            retry_after,
            server_time,
        }
    }

    /// The wait that a throttled answer asks for: the longer of `Retry-After` and the window's rest.
    pub(crate) fn wait(&self) -> Option<Duration> {
        self.retry_after.max(self.reset_in)
    }
}

fn span(delta: TimeDelta) -> Duration {
    delta.to_std().unwrap_or_default().min(WAIT_MAX)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    #[test]
    fn the_reset_is_counted_on_the_servers_clock() {
        let now = DateTime::from_timestamp(2_000_000_000, 0).unwrap();
        let headers = headers(&[
            ("date", "Sun, 06 Nov 1994 08:49:37 GMT"),
            ("X-Rate-Limit-Limit", "25"),
            ("X-Rate-Limit-Remaining", "3"),
            ("X-Rate-Limit-Reset", "784111787"),
        ]);
        let hints = Hints::read(&headers, now);
        assert_eq!(hints.reset_in, Some(Duration::from_secs(10)));
        assert_eq!((hints.limit, hints.remaining), (Some(25), Some(3)));
        assert_eq!(hints.wait(), Some(Duration::from_secs(10)));
    }

    #[test]
    fn retry_after_may_be_seconds_or_a_date_and_nonsense_is_nothing() {
        let now = DateTime::from_timestamp(784_111_777, 0).unwrap();
        let of = |value: &str| Hints::read(&headers(&[("retry-after", value)]), now).retry_after;
        assert_eq!(of("7"), Some(Duration::from_secs(7)));
        assert_eq!(of("Sun, 06 Nov 1994 08:49:47 GMT"), Some(Duration::from_secs(10)));
        assert_eq!(of("99999999"), Some(WAIT_MAX));
        assert_eq!(of("soon"), None);
        assert_eq!(Hints::read(&HeaderMap::new(), now).wait(), None);
    }
}
