//! Aligns the parts of an answer with the requests, and says of each what became of it.
//!
//! Only what the answer shows is believed: a request behind a failure was not executed if the answer came to its end, and
//! is unknown if it did not.

use super::reader::{self, Part, Parts};
use super::request::{Batch, ChangeSet, Item};
use super::writer;
use crate::client::{Call, CallClass, Client, ResendGuard};
use crate::error::{Error, ErrorKind, Outcome, Result, body, classify};
use bytes::Bytes;
use http::Method;
use http::header::CONTENT_TYPE;

/// What became of one item of a batch.
#[derive(Debug, Clone)]
pub enum BatchAnswer {
    /// It happened: the answers to its requests, in their order; one for a request of its own.
    Done(Vec<http::Response<Bytes>>),
    /// It failed: [`Error::outcome`] says whether it may have happened. A change set has one error for all of it.
    Failed(Error),
    /// The batch stopped at an earlier failure: it was not executed.
    NotExecuted,
}

/// What became of a batch, item by item.
#[derive(Debug, Clone)]
pub struct BatchAnswers(Vec<BatchAnswer>);

impl BatchAnswers {
    /// One entry for each item, in their order.
    #[must_use]
    pub fn as_slice(&self) -> &[BatchAnswer] {
        &self.0
    }

    /// One entry for each item, in their order.
    #[must_use]
    pub fn into_vec(self) -> Vec<BatchAnswer> {
        self.0
    }

    /// The first failure, at which the batch stopped.
    #[must_use]
    pub fn failure(&self) -> Option<&Error> {
        self.0.iter().find_map(|answer| match answer {
            BatchAnswer::Failed(error) => Some(error),
            _ => None,
        })
    }
}

impl Client {
    /// Sends a batch and says what became of each item. Items fail by themselves: see [`BatchAnswer`].
    ///
    /// # Errors
    /// When the batch as a whole was not sent, was refused, or has no trustworthy answer. Its outcome is that of every
    /// write in it; with [`Outcome::Unknown`] each of them must be looked up. It is never sent again unless it certainly was
    /// not executed or holds only reads.
    pub async fn batch(&self, batch: &Batch) -> Result<BatchAnswers> {
        self.send_batch(batch, None, |call| call).await
    }

    /// As [`Client::batch`], with leave for each sending, and with what is particular to its call.
    pub(super) async fn send_batch(
        &self,
        batch: &Batch,
        guard: Option<&dyn ResendGuard>,
        as_call: impl FnOnce(Call) -> Call,
    ) -> Result<BatchAnswers> {
        batch.check()?;
        let written = writer::write(batch, self.inner.line.base.root_path());
        let call = Call::new(Method::POST, "$batch", batch.class(), Some(written.body))
            .content_type(written.content_type);
        let call = as_call(call);
        let (answer, live) = self.inner.run_on_session(&call, guard).await?;
        let content_type = answer.headers().get(CONTENT_TYPE).and_then(|text| text.to_str().ok());
        let answers = reader::read(content_type, answer.body())
            .ok_or_else(|| unknown(batch.class(), "the answer to the batch is no multipart text"))
            .and_then(|parts| align(batch, parts))
            .map_err(|error| error.with_status(answer.status()).with_call(&call.name()))?;
        let mut judged = Vec::with_capacity(answers.len());
        for (item, answer) in batch.items.iter().zip(answers) {
            judged.push(match answer {
                BatchAnswer::Failed(error) => {
                    let error = live.answer.scrub(error);
                    BatchAnswer::Failed(self.inner.judged(error, item.class(), &live).await)
                }
                answer => answer,
            });
        }
        Ok(BatchAnswers(judged))
    }
}

/// Aligns parts with items.
pub(super) fn align(batch: &Batch, parts: Parts) -> Result<Vec<BatchAnswer>> {
    if parts.parts.len() > batch.items.len() {
        return Err(unknown(batch.class(), "the batch has more answers than requests"));
    }
    let mut answers: Vec<_> =
        batch.items.iter().zip(parts.parts).map(|(item, part)| answer_of(item, part)).collect();
    let stopped =
        matches!(answers.last(), Some(BatchAnswer::Failed(error)) if error.status().is_some());
    for item in batch.items.iter().skip(answers.len()) {
        answers.push(if parts.complete && stopped {
            BatchAnswer::NotExecuted
        } else {
            failed(item.class(), "the answer to the batch ends before this request's")
        });
    }
    Ok(answers)
}

fn answer_of(item: &Item, part: Part) -> BatchAnswer {
    match (item, part) {
        (_, Part::Unreadable) => failed(item.class(), "a part of the batch's answer does not read"),
        (Item::Single(call), Part::Answer { answer, .. }) => answer_to(call, answer),
        (Item::Single(call), Part::Set(parts)) => {
            let complete = parts.complete;
            match <[Part; 1]>::try_from(parts.parts) {
                Ok([Part::Answer { answer, .. }]) if complete => answer_to(call, answer),
                _ => failed(call.class, "a single request was answered like a change set"),
            }
        }
        (Item::Set(set), Part::Set(parts)) => set_answer(set, parts),
        (Item::Set(set), Part::Answer { answer, .. }) => {
            if !answer.status().is_success() {
                return BatchAnswer::Failed(refusal(CallClass::Write, &answer, None));
            }
            match set.calls.as_slice() {
                [call] => answer_to(call, answer),
                _ => failed(CallClass::Write, "a change set was answered with a single success"),
            }
        }
    }
}

/// A change set that happened has an answer for each of its requests, all of them good.
fn set_answer(set: &ChangeSet, parts: Parts) -> BatchAnswer {
    let mut found = Vec::with_capacity(parts.parts.len());
    for part in parts.parts {
        match part {
            Part::Answer { content_id, answer } => found.push((content_id, answer)),
            _ => {
                return failed(CallClass::Write, "a part of the change set's answer does not read");
            }
        }
    }
    if let [(_, only)] = found.as_slice()
        && !only.status().is_success()
    {
        return BatchAnswer::Failed(refusal(CallClass::Write, only, None));
    }
    let good = found.iter().all(|(_, answer)| answer.status().is_success() && !is_html(answer));
    if !good || !parts.complete || found.len() != set.calls.len() {
        return failed(CallClass::Write, "the answers of a change set do not fit its requests");
    }
    // Answers with an id are put where it says; without ids their order speaks.
    if found.iter().any(|(id, _)| id.is_some()) {
        found.sort_by_key(|(id, _)| *id);
        let fits = found.iter().enumerate().all(|(n, (id, _))| *id == Some(set.id(n)));
        if !fits {
            return failed(CallClass::Write, "the answers of a change set name other requests");
        }
    }
    BatchAnswer::Done(found.into_iter().map(|(_, answer)| answer).collect())
}

fn answer_to(call: &Call, answer: http::Response<Bytes>) -> BatchAnswer {
    if is_html(&answer) && answer.status().is_success() {
        return failed(call.class, "an HTML page stands for an answer inside the batch");
    }
    if answer.status().is_success() {
        BatchAnswer::Done(vec![answer])
    } else {
        BatchAnswer::Failed(refusal(call.class, &answer, Some(call)))
    }
}

fn refusal(class: CallClass, answer: &http::Response<Bytes>, call: Option<&Call>) -> Error {
    let error = classify::classify(class, answer.status(), &body::parse(answer.body()));
    match call {
        Some(call) => error.with_call(&call.name()),
        None => error,
    }
}

fn failed(class: CallClass, message: &str) -> BatchAnswer {
    BatchAnswer::Failed(unknown(class, message))
}

fn unknown(class: CallClass, message: &str) -> Error {
    let kind = match class {
        CallClass::Read => ErrorKind::Decode,
        CallClass::Write => ErrorKind::OutcomeUnknown,
    };
    Error::new(kind, Outcome::Unknown, message)
}

fn is_html(answer: &http::Response<Bytes>) -> bool {
    answer.body().iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'<')
}
