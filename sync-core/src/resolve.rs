//! What a person decides on a record that a rule stopped, as a value.
//!
//! A [`Resolution`] belongs to one key, one reason and one fingerprint. Nothing carries it over to
//! another record, another reason or another state of the record: when one of these changes, it has
//! lapsed, and the rule stops the record again.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    model::HeldDocument,
    ports::{OpeningEntry, StoredRecord},
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
    /// The A/P invoice with this `DocEntry`, which the hold names, counts as the record's document: nothing
    /// is posted for it any more.
    Adopt(i64),
}

impl Verb {
    /// The name of the command's option.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Post => "post",
            Self::Skip => "skip",
            Self::Adopt(_) => "adopt",
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

/// What people decided on one record: at most one decision per reason, so that an answer to one hold never
/// takes back the answer to another. Each stands as long as the record's fingerprint does.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Decisions(Vec<Resolution>);

impl Decisions {
    /// Takes a decision in place of an earlier one for its reason. Who posts a record that was given up
    /// takes that back.
    pub fn take(&mut self, decision: Resolution) {
        let posts = decision.verb == Verb::Post;
        self.0.retain(|other| {
            other.reason != decision.reason && !(posts && other.verb == Verb::Skip)
        });
        self.0.push(decision);
    }

    /// Ends a decision that was carried out and answers nothing that comes after it.
    pub fn spend(&mut self, reason: Reason) {
        self.0.retain(|decision| decision.reason != reason);
    }

    /// Keeps those that belong to a record with this fingerprint; the others have lapsed.
    pub fn keep_at(&mut self, fingerprint: &str) {
        self.0.retain(|decision| decision.stands_at(fingerprint));
    }

    /// Lets those that belong to one fingerprint belong to another one of the same record.
    pub(crate) fn carry_over(&mut self, from: &str, to: &str) {
        for decision in self.0.iter_mut().filter(|decision| decision.stands_at(from)) {
            to.clone_into(&mut decision.fingerprint);
        }
    }

    /// Whether one of them belongs to another fingerprint.
    #[must_use]
    pub fn any_lapsed_at(&self, fingerprint: &str) -> bool {
        self.0.iter().any(|decision| !decision.stands_at(fingerprint))
    }

    /// Each decision, the oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &Resolution> {
        self.0.iter()
    }

    /// Whether nothing was decided.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The decision on this hold.
    #[must_use]
    pub fn on(&self, reason: Reason) -> Option<&Resolution> {
        self.0.iter().find(|decision| decision.reason == reason)
    }

    /// The decision on this hold, where it was answered with `--post`.
    #[must_use]
    pub fn posted(&self, reason: Reason) -> Option<&Resolution> {
        self.on(reason).filter(|decision| decision.verb == Verb::Post)
    }

    /// The last `--skip`.
    #[must_use]
    pub fn skipped(&self) -> Option<&Resolution> {
        self.0.iter().rev().find(|decision| decision.verb == Verb::Skip)
    }
}

impl From<Resolution> for Decisions {
    fn from(decision: Resolution) -> Self {
        Self(vec![decision])
    }
}

/// Reads the decisions of a record; states of earlier versions keep one decision, or none.
pub(crate) fn one_or_many<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<Decisions, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Stored {
        Many(Decisions),
        One(Option<Resolution>),
    }
    Ok(match Stored::deserialize(deserializer)? {
        Stored::Many(decisions) => decisions,
        Stored::One(decision) => decision.map(Decisions::from).unwrap_or_default(),
    })
}

/// An A/P invoice that a person keyed and a person took for the record's own. Unlike a decision it does
/// not lapse: what becomes of the record afterwards is held as `changed_after_posting`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Adoption {
    /// `DocEntry` of the invoice.
    pub doc_entry: i64,
    /// What the invoice was when it was adopted, in words.
    pub invoice: String,
    /// The hold that named it.
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

impl std::fmt::Display for Adoption {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let day = self.at.format("%Y-%m-%d");
        write!(f, "{} adopted by {} on {day}: {}", self.invoice, self.by, self.note)
    }
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
    /// The hold names no such document, or the document cannot be the record's.
    #[error("A/P invoice with DocEntry {doc_entry} cannot be adopted: {why}")]
    NotAdoptable {
        /// The document.
        doc_entry: i64,
        /// What stands against it, and what would be right.
        why: String,
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
        let allowed = allowed(stored, cause.reason);
        if !allowed.contains(&verb.name()) {
            let names: Vec<String> = allowed.iter().map(|name| format!("--{name}")).collect();
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
        if let Verb::Adopt(doc_entry) = verb {
            may_adopt(stored, &cause.detail, doc_entry)
                .map_err(|why| ResolveError::NotAdoptable { doc_entry, why })?;
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

/// The decisions that a reason takes, as far as the planner can follow them.
fn allowed(stored: &StoredRecord, reason: Reason) -> Vec<&'static str> {
    let mut names = reason.decisions().names();
    // A change of an adopted record has no document of ours that could be adjusted; one of a record on the
    // opening list has a difference only where the list knows its lines.
    let listed = stored.opening.as_ref().is_none_or(OpeningEntry::knows_its_lines);
    let posts = (listed || reason != Reason::ChangedBeforeStart) && stored.adopted.is_none();
    names.retain(|name| *name != "post" || posts);
    names
}

/// Whether the hold names the document, and the record has none of its own.
fn may_adopt(stored: &StoredRecord, detail: &str, doc_entry: i64) -> Result<(), String> {
    if !detail.contains(&format!("(DocEntry {doc_entry})")) {
        return Err(format!("the hold names another document: {detail}"));
    }
    if stored.documents.iter().any(HeldDocument::is_live) {
        return Err("documents of the record stand in SAP by its key already".to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decision(reason: Reason, verb: Verb) -> Resolution {
        Resolution {
            verb,
            reason,
            fingerprint: "9f86d081".to_owned(),
            by: "Ada".to_owned(),
            note: "agreed".to_owned(),
            at: DateTime::UNIX_EPOCH,
        }
    }

    fn reasons(decisions: &Decisions) -> Vec<Reason> {
        decisions.iter().map(|decision| decision.reason).collect()
    }

    #[test]
    fn states_of_earlier_versions_keep_one_decision_or_none() {
        #[derive(Deserialize)]
        struct Record {
            #[serde(default, alias = "resolution", deserialize_with = "one_or_many")]
            decisions: Decisions,
        }
        let one = r#"{"verb":"post","reason":"does_not_tie","fingerprint":"9f86d081","by":"Ada","note":"agreed",
                      "at":"1970-01-01T00:00:00Z"}"#;
        for (stored, expected) in [
            ("{}".to_owned(), vec![]),
            (r#"{"resolution":null}"#.to_owned(), vec![]),
            (format!(r#"{{"resolution":{one}}}"#), vec![Reason::DoesNotTie]),
            (format!(r#"{{"decisions":[{one}]}}"#), vec![Reason::DoesNotTie]),
        ] {
            let record: Record = serde_json::from_str(&stored).unwrap();
            assert_eq!(reasons(&record.decisions), expected, "{stored}");
        }
    }

    #[test]
    fn who_posts_takes_back_what_was_given_up_and_who_gives_up_leaves_the_other_answers() {
        let mut decisions = Decisions::from(decision(Reason::DoesNotTie, Verb::Post));
        decisions.take(decision(Reason::OverBilling, Verb::Skip));
        assert_eq!(reasons(&decisions), [Reason::DoesNotTie, Reason::OverBilling]);
        decisions.take(decision(Reason::OverRecognised, Verb::Post));
        assert_eq!(reasons(&decisions), [Reason::DoesNotTie, Reason::OverRecognised]);
        decisions.take(decision(Reason::DoesNotTie, Verb::Skip));
        assert_eq!(reasons(&decisions), [Reason::OverRecognised, Reason::DoesNotTie]);
        decisions.keep_at("another fingerprint");
        assert!(decisions.is_empty());
    }
}
