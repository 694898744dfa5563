//! Whether a failed attempt is made again, and after how long: a pure function with a table of tests.

use std::time::Duration;

use crate::error::Outcome;

/// How often and how long a call is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RetryPolicy {
    /// Attempts of one call in all, the first included. Default 6.
    pub attempts_max: u32,
    /// Upper bound of the first wait. Default 500 ms; doubled with each attempt.
    pub backoff_min: Duration,
    /// Upper bound of any wait that the server did not ask for. Default 30 s.
    pub backoff_max: Duration,
    /// Time for a call in all, waits for the rate limit included. Default 15 minutes.
    pub deadline: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            attempts_max: 6,
            backoff_min: Duration::from_millis(500),
            backoff_max: Duration::from_secs(30),
            deadline: Duration::from_secs(15 * 60),
        }
    }
}

/// Why an attempt failed, as far as trying again depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// No whole answer came.
    NoAnswer,
    /// 429, or 503.
    Throttled,
    /// 500, 502 or 504.
    ServerFault,
    /// The login server could not be reached or failed for the moment.
    LoginFault,
    /// Anything that would fail again in the same way.
    Final,
}

/// One failed attempt.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Failed {
    /// Whether sending the request twice is harmless (GET, HEAD).
    pub(crate) repeatable: bool,
    pub(crate) outcome: Outcome,
    pub(crate) cause: Cause,
    /// Number of this attempt, from 1.
    pub(crate) attempt: u32,
    /// Time since the call began.
    pub(crate) elapsed: Duration,
    /// Wait that the server asked for.
    pub(crate) hint: Option<Duration>,
}

/// What follows from a failed attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    Wait(Duration),
    Stop,
}

/// Decides. `random` is a uniform number that spreads the waits of many callers (full jitter).
pub(crate) fn decide(policy: &RetryPolicy, failed: Failed, random: u64) -> Decision {
    if failed.attempt >= policy.attempts_max {
        return Decision::Stop;
    }
    let again = match failed.cause {
        Cause::Final => false,
        // The server says that it did not do it, whatever the method.
        Cause::Throttled => failed.repeatable || failed.outcome == Outcome::Refused,
        Cause::LoginFault => true,
        Cause::NoAnswer | Cause::ServerFault => {
            failed.repeatable || failed.outcome == Outcome::NotSent
        }
    };
    if !again {
        return Decision::Stop;
    }
    let wait = backoff(policy, failed.attempt, random).max(failed.hint.unwrap_or_default());
    // Nothing can be waited for at the deadline itself.
    if failed.elapsed.saturating_add(wait) >= policy.deadline {
        return Decision::Stop;
    }
    Decision::Wait(wait)
}

fn backoff(policy: &RetryPolicy, attempt: u32, random: u64) -> Duration {
    let doubled =
        policy.backoff_min.saturating_mul(1_u32.checked_shl(attempt - 1).unwrap_or(u32::MAX));
    let bound_ms = u64::try_from(doubled.min(policy.backoff_max).as_millis()).unwrap_or(u64::MAX);
    Duration::from_millis(random % bound_ms.saturating_add(1).max(1))
}

/// A small seedable generator (splitmix64), so that the same seed waits the same.
#[derive(Debug)]
pub(crate) struct Jitter(std::sync::atomic::AtomicU64);

impl Jitter {
    pub(crate) fn new(seed: u64) -> Self {
        Self(std::sync::atomic::AtomicU64::new(seed))
    }

    pub(crate) fn next(&self) -> u64 {
        const STEP: u64 = 0x9E37_79B9_7F4A_7C15;
        let state = self.0.fetch_add(STEP, std::sync::atomic::Ordering::Relaxed).wrapping_add(STEP);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const S: Duration = Duration::from_secs(1);

    fn failed(repeatable: bool, outcome: Outcome, cause: Cause) -> Failed {
        Failed { repeatable, outcome, cause, attempt: 1, elapsed: Duration::ZERO, hint: None }
    }

    #[test]
    fn the_table_of_what_is_tried_again() {
        use Cause::{Final, LoginFault, NoAnswer, ServerFault, Throttled};
        use Outcome::{NotSent, Refused, Unknown};
        let policy = RetryPolicy::default();
        #[rustfmt::skip]
        let table = [
            // repeatable, outcome, cause, again
            (true,  NotSent, NoAnswer,    true),
            (true,  Unknown, NoAnswer,    true),
            (false, NotSent, NoAnswer,    true),
            (false, Unknown, NoAnswer,    false),
            (true,  Refused, Throttled,   true),
            (false, Refused, Throttled,   true),
            (false, Unknown, Throttled,   false),
            (true,  Unknown, ServerFault, true),
            (false, Unknown, ServerFault, false),
            (true,  NotSent, LoginFault,  true),
            (false, NotSent, LoginFault,  true),
            (true,  Refused, Final,       false),
            (true,  NotSent, Final,       false),
        ];
        for (repeatable, outcome, cause, again) in table {
            let decision = decide(&policy, failed(repeatable, outcome, cause), 7);
            assert_eq!(decision != Decision::Stop, again, "{repeatable} {outcome:?} {cause:?}");
        }
    }

    #[test]
    fn the_last_attempt_and_the_deadline_end_it() {
        let policy = RetryPolicy::default();
        let mut attempt = failed(true, Outcome::Unknown, Cause::NoAnswer);
        attempt.attempt = policy.attempts_max;
        assert_eq!(decide(&policy, attempt, 0), Decision::Stop);
        attempt.attempt = 1;
        attempt.hint = Some(60 * S);
        attempt.elapsed = policy.deadline - 30 * S;
        assert_eq!(decide(&policy, attempt, 0), Decision::Stop);
        attempt.elapsed = policy.deadline - 60 * S;
        assert_eq!(decide(&policy, attempt, 0), Decision::Stop);
        attempt.elapsed = policy.deadline - 61 * S;
        assert_eq!(decide(&policy, attempt, 0), Decision::Wait(60 * S));
    }

    #[test]
    fn the_backoff_doubles_up_to_its_cap_and_is_jittered_from_zero() {
        let policy = RetryPolicy { attempts_max: 100, ..RetryPolicy::default() };
        for (attempt, bound_ms) in [(1, 500), (2, 1_000), (3, 2_000), (7, 30_000), (80, 30_000)] {
            let of = |random| {
                decide(
                    &policy,
                    Failed { attempt, ..failed(true, Outcome::Unknown, Cause::NoAnswer) },
                    random,
                )
            };
            assert_eq!(
                of(bound_ms),
                Decision::Wait(Duration::from_millis(bound_ms)),
                "attempt {attempt}"
            );
            assert_eq!(of(bound_ms + 1), Decision::Wait(Duration::ZERO), "attempt {attempt}");
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_numbers() {
        let (a, b) = (Jitter::new(42), Jitter::new(42));
        let first: Vec<u64> = (0..4).map(|_| a.next()).collect();
        assert_eq!(first, (0..4).map(|_| b.next()).collect::<Vec<_>>());
        assert_eq!(first.iter().collect::<std::collections::BTreeSet<_>>().len(), 4);
    }
}
