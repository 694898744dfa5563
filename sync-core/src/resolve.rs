//! What a person decides on a record that a rule stopped, as a value.
//!
//! A [`Resolution`] belongs to one key, one reason and one fingerprint. Nothing carries it over to
//! another record, another reason or another state of the record: when one of these changes, it has
//! lapsed, and the rule stops the record again.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    ports::StoredRecord,
    states::{Reason, RecordState},
};

/// What is decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verb {
    /// Post as the reason's row says; every other check still applies.
    Post,
    /// Post nothing for this fingerprint, accept the rest as it stands.
    Skip,
}

impl Verb {
    /// The name of the command's option.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Post => "post",
            Self::Skip => "skip",
        }
    }
}

/// One decision of one person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resolution {
    /// What is decided.
    pub verb: Verb,
    /// The reason that it answers.
    pub reason: Reason,
    /// The fingerprint that the record had then.
    pub fingerprint: String,
    /// Who decided.
    pub by: String,
    /// Why.
    pub note: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// Why a decision cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ResolveError {
    /// The record does not wait for a person.
    #[error("{key} is {state}: there is nothing to decide")]
    NothingToDecide {
        /// The record.
        key: String,
        /// Its state.
        state: RecordState,
    },
    /// The reason allows other decisions only.
    #[error("{reason} cannot be answered with --{verb}; {allowed}; {remedy}")]
    NotAllowed {
        /// The reason.
        reason: Reason,
        /// What was asked for.
        verb: &'static str,
        /// What would be allowed, in words.
        allowed: String,
        /// What would mend the cause.
        remedy: &'static str,
    },
    /// Name or reason are empty.
    #[error("a decision needs the name of who decides and a reason; both are printed from then on")]
    Anonymous,
}

impl Resolution {
    /// Decides on a record as it now stands.
    ///
    /// # Errors
    ///
    /// When the record waits for nobody, its reason does not allow the decision, or nobody signs it.
    pub fn of(
        stored: &StoredRecord,
        verb: Verb,
        by: &str,
        note: &str,
        at: DateTime<Utc>,
    ) -> Result<Self, ResolveError> {
        let (by, note) = (by.trim(), note.trim());
        if by.is_empty() || note.is_empty() {
            return Err(ResolveError::Anonymous);
        }
        let cause = stored
            .cause
            .as_ref()
            .filter(|_| matches!(stored.state, RecordState::Held | RecordState::Rejected))
            .ok_or_else(|| ResolveError::NothingToDecide {
                key: stored.key().to_string(),
                state: stored.state,
            })?;
        let allowed = allowed(cause.reason);
        if !allowed.contains(&verb) {
            let names: Vec<String> =
                allowed.iter().map(|verb| format!("--{}", verb.name())).collect();
            return Err(ResolveError::NotAllowed {
                reason: cause.reason,
                verb: verb.name(),
                allowed: match names.as_slice() {
                    [] => "no decision helps".to_owned(),
                    names => format!("it takes {}", names.join(" or ")),
                },
                remedy: cause.reason.remedy(),
            });
        }
        Ok(Self {
            verb,
            reason: cause.reason,
            fingerprint: stored.fingerprint.clone(),
            by: by.to_owned(),
            note: note.to_owned(),
            at,
        })
    }

    /// Whether it still belongs to a record with this fingerprint.
    #[must_use]
    pub fn stands_at(&self, fingerprint: &str) -> bool {
        self.fingerprint == fingerprint
    }
}

/// The decisions that a reason takes, as far as the planner can follow them: what posts the
/// difference to the opening list is not built.
fn allowed(reason: Reason) -> Vec<Verb> {
    let decisions = reason.decisions();
    let mut verbs = Vec::new();
    if decisions.post.is_some() && reason != Reason::ChangedBeforeStart {
        verbs.push(Verb::Post);
    }
    if decisions.skip {
        verbs.push(Verb::Skip);
    }
    verbs
}
