//! What may be sent again, and after how long: a pure function, tested as a table.

use super::CallClass;
use crate::error::{Error, ErrorKind, Outcome};
use std::time::Duration;

/// Sends of one read, the first included.
const READ_SENDS_MAX: u32 = 4;
/// Sends of one write that never left, the first included.
const UNSENT_WRITE_SENDS_MAX: u32 = 3;
/// Waits after an answer that says "before execution" (299, 305/-1102, 429), in milliseconds.
const TRANSIENT_WAITS_MS: [u64; 3] = [300, 700, 700];
/// The first backoff of a read.
const BACKOFF_BASE_MS: u64 = 250;
/// The longest backoff of a read.
const BACKOFF_CAP_MS: u64 = 8_000;
/// The longest wait a server can ask for.
const HINT_MAX: Duration = Duration::from_secs(60);
/// A call is not repeated when this much time has passed since it began.
const ELAPSED_MAX: Duration = Duration::from_secs(300);

/// What is known after a failed send.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Facts {
    pub(crate) class: CallClass,
    pub(crate) kind: ErrorKind,
    pub(crate) outcome: Outcome,
    /// Sends so far, at least 1.
    pub(crate) sends: u32,
    pub(crate) elapsed: Duration,
    pub(crate) hint: Option<Duration>,
}

impl Facts {
    pub(crate) fn of(class: CallClass, error: &Error, sends: u32, elapsed: Duration) -> Self {
        Self {
            class,
            kind: error.kind(),
            outcome: error.outcome(),
            sends,
            elapsed,
            hint: error.retry_after(),
        }
    }
}

/// Wait and send again, or stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Decision {
    Wait(Duration),
    Stop,
}

/// Decides; `random` is any 64-bit number.
pub(crate) fn decide(facts: &Facts, random: u64) -> Decision {
    if facts.elapsed >= ELAPSED_MAX {
        return Decision::Stop;
    }
    let wait = match (facts.outcome, facts.class, facts.kind) {
        (Outcome::Refused, _, ErrorKind::Transient) => transient_wait(facts.sends, random),
        (Outcome::Refused, CallClass::Read, ErrorKind::BrokenNode) if facts.sends == 1 => {
            transient_wait(1, random)
        }
        (Outcome::NotSent, CallClass::Read, ErrorKind::NotSent) => {
            backoff(facts.sends, READ_SENDS_MAX, random)
        }
        (Outcome::NotSent, CallClass::Write, ErrorKind::NotSent) => {
            backoff(facts.sends, UNSENT_WRITE_SENDS_MAX, random)
        }
        (Outcome::Unknown, CallClass::Read, ErrorKind::Transient) => {
            backoff(facts.sends, READ_SENDS_MAX, random)
        }
        _ => None,
    };
    match wait {
        Some(wait) => Decision::Wait(facts.hint.map_or(wait, |hint| wait.max(hint.min(HINT_MAX)))),
        None => Decision::Stop,
    }
}

/// 300 and 700 ms, each a quarter more or less.
fn transient_wait(sends: u32, random: u64) -> Option<Duration> {
    let index = usize::try_from(sends.checked_sub(1)?).ok()?;
    let wait_ms = *TRANSIENT_WAITS_MS.get(index)?;
    Some(Duration::from_millis(wait_ms * 3 / 4 + random % (wait_ms / 2 + 1)))
}

/// Capped exponential backoff with full jitter.
fn backoff(sends: u32, sends_max: u32, random: u64) -> Option<Duration> {
    if sends >= sends_max {
        return None;
    }
    let ceiling_ms = BACKOFF_BASE_MS.saturating_mul(1u64 << sends.min(16)).min(BACKOFF_CAP_MS);
    Some(Duration::from_millis(random % (ceiling_ms + 1)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const KINDS: [ErrorKind; 6] = [
        ErrorKind::Transient,
        ErrorKind::NotSent,
        ErrorKind::OutcomeUnknown,
        ErrorKind::Rejected,
        ErrorKind::Decode,
        ErrorKind::BrokenNode,
    ];

    fn facts(class: CallClass, outcome: Outcome, kind: ErrorKind, sends: u32) -> Facts {
        Facts { class, kind, outcome, sends, elapsed: Duration::ZERO, hint: None }
    }

    #[test]
    fn the_table_of_what_may_be_sent_again() {
        use CallClass::{Read, Write};
        // class, outcome, kind, sends after which it stops (1: never again)
        for (class, outcome, kind, sends_max) in [
            (Read, Outcome::NotSent, ErrorKind::NotSent, 4),
            (Write, Outcome::NotSent, ErrorKind::NotSent, 3),
            (Read, Outcome::Unknown, ErrorKind::Transient, 4),
            (Write, Outcome::Unknown, ErrorKind::OutcomeUnknown, 1),
            (Read, Outcome::Refused, ErrorKind::Transient, 4),
            (Write, Outcome::Refused, ErrorKind::Transient, 4),
            (Read, Outcome::Refused, ErrorKind::BrokenNode, 2),
            (Write, Outcome::Refused, ErrorKind::BrokenNode, 1),
            (Read, Outcome::Refused, ErrorKind::Rejected, 1),
            (Write, Outcome::Refused, ErrorKind::Rejected, 1),
            (Write, Outcome::Refused, ErrorKind::AlreadyExists, 1),
            (Read, Outcome::Refused, ErrorKind::LoginRefused, 1),
            (Read, Outcome::NotSent, ErrorKind::InvalidRequest, 1),
            (Write, Outcome::Done, ErrorKind::Decode, 1),
        ] {
            for sends in 1..6 {
                let decision = decide(&facts(class, outcome, kind, sends), 7);
                assert_eq!(
                    decision == Decision::Stop,
                    sends >= sends_max,
                    "{class:?} {outcome:?} {kind:?} after {sends}"
                );
            }
        }
    }

    #[test]
    fn a_servers_wish_is_kept_within_reason_and_time_runs_out() {
        let mut facts = facts(CallClass::Read, Outcome::Unknown, ErrorKind::Transient, 1);
        facts.hint = Some(Duration::from_secs(20));
        assert_eq!(decide(&facts, 0), Decision::Wait(Duration::from_secs(20)));
        facts.hint = Some(Duration::from_secs(86_400));
        assert_eq!(decide(&facts, 0), Decision::Wait(HINT_MAX));
        facts.elapsed = ELAPSED_MAX;
        assert_eq!(decide(&facts, 0), Decision::Stop);
    }

    proptest! {
        #[test]
        fn waits_are_bounded_and_a_write_is_repeated_only_if_it_was_not_executed(
            random in any::<u64>(), sends in 1u32..1000, kind in 0usize..6, outcome in 0usize..4, write in any::<bool>(),
        ) {
            let outcome = [Outcome::NotSent, Outcome::Refused, Outcome::Done, Outcome::Unknown][outcome];
            let class = if write { CallClass::Write } else { CallClass::Read };
            if let Decision::Wait(wait) = decide(&facts(class, outcome, KINDS[kind], sends), random) {
                prop_assert!(wait <= Duration::from_millis(BACKOFF_CAP_MS));
                prop_assert!(sends < 4);
                prop_assert!(!write || matches!(outcome, Outcome::NotSent | Outcome::Refused));
            }
        }
    }
}
