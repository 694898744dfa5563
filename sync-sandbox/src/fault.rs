//! Faults on demand: what goes wrong with which call, and how often.

use std::sync::{Arc, Mutex, PoisonError};

/// The connection ended without an answer; the caller cannot know whether the call was executed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConnectionLost;

/// How long an answer waits before it is sent.
///
/// A function cannot wait, so a slow answer carries this value in the extensions of its
/// `http::Response`; whoever serves or simulates the network waits for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AnswerAfter {
    /// The wait in milliseconds.
    pub ms: u64,
}

/// What goes wrong with one call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Answers this status with the server's own error body; the call is not executed.
    Refuse(u16),
    /// Ends the connection before the call is executed.
    LostBefore,
    /// Executes the call, then ends the connection without an answer.
    LostAfter,
    /// Executes the call, then answers this status with the balancer's HTML page.
    AnswerReplaced(u16),
    /// Answers this status with the balancer's HTML page; the call is not executed.
    Html(u16),
    /// Executes the call and answers 200 with a body that is no JSON.
    Malformed,
    /// Executes and answers after this many milliseconds.
    Slow(u64),
    /// Ends the connection at once and executes the call this many milliseconds later: the
    /// commit that comes after the caller has given up.
    LateCommit(u64),
    /// Executes the call twice, as a proxy that sends one request again, and answers what the second was answered.
    Twice,
    /// Service Layer only: answers HTTP 400 with the bare `Internal error (-5002) occurred`; not executed.
    Bare5002,
    /// Drops every session (Service Layer) or token (Procore) before the call is looked at.
    Expire,
    /// Procore only: answers 429 with a `Retry-After` of this many seconds.
    Throttle(u64),
}

/// Which calls a fault happens to.
#[derive(Clone, Debug)]
pub struct FaultRule {
    /// The method, in capitals; `None` means any.
    pub method: Option<String>,
    /// A part of path and query; empty means any.
    pub path_contains: String,
    /// How many matching calls pass before the fault happens.
    pub skip: u32,
    /// How many times it happens; afterwards the rule is gone.
    pub times: u32,
    /// What happens.
    pub fault: Fault,
}

/// The faults that still wait for their call. Clones share one list.
#[derive(Clone, Debug, Default)]
pub struct Faults {
    rules: Arc<Mutex<Vec<FaultRule>>>,
}

impl Faults {
    /// Adds a fault that waits for its call.
    pub fn add(&self, rule: FaultRule) {
        self.lock().push(rule);
    }

    /// Removes every fault that has not happened yet.
    pub fn clear(&self) {
        self.lock().clear();
    }

    /// How many faults still wait for a call.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.lock().len()
    }

    /// The fault that happens to this call, if any; each call meets at most one.
    #[must_use]
    pub fn take(&self, method: &str, path_and_query: &str) -> Option<Fault> {
        let mut rules = self.lock();
        let at = rules.iter_mut().position(|rule| {
            let hit = rule.method.as_deref().is_none_or(|m| m == method)
                && path_and_query.contains(&rule.path_contains);
            if hit && rule.skip > 0 {
                rule.skip -= 1;
                return false;
            }
            hit
        })?;
        let rule = rules.get_mut(at)?;
        rule.times = rule.times.saturating_sub(1);
        let fault = rule.fault.clone();
        if rule.times == 0 {
            rules.remove(at);
        }
        Some(fault)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<FaultRule>> {
        self.rules.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_waits_for_its_call_and_happens_as_often_as_asked() {
        let faults = Faults::default();
        faults.add(FaultRule {
            method: Some("POST".into()),
            path_contains: "JournalEntries".into(),
            skip: 1,
            times: 2,
            fault: Fault::LostAfter,
        });
        assert_eq!(faults.take("GET", "/b1s/v2/JournalEntries"), None);
        assert_eq!(faults.take("POST", "/b1s/v2/JournalEntries"), None, "the first passes");
        assert_eq!(faults.take("POST", "/b1s/v2/JournalEntries"), Some(Fault::LostAfter));
        assert_eq!(faults.take("POST", "/b1s/v2/JournalEntries"), Some(Fault::LostAfter));
        assert_eq!(faults.take("POST", "/b1s/v2/JournalEntries"), None, "used up");
        assert_eq!(faults.waiting(), 0);
    }
}
