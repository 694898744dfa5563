//! One call through the outer layers: deadline, retry, rate limit, authentication. `exchange` has the inner ones.
//!
//! The deadline is no timer of its own: whatever a call waits for is given up when the time of the call is over, and a
//! call that waits for nothing but its answer needs one timer for both.

use std::sync::atomic::Ordering;
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use secrecy::SecretString;
use tracing::{Instrument, Span};
use url::Url;

use super::Shared;
use super::exchange::{Answer, Failure, Reply};
use crate::error::{Error, ErrorKind, Outcome, Result};
use crate::id::ProjectId;
use crate::limit::Place;
use crate::request::{Method, Template};
use crate::retry::{Decision, Failed, decide};
use crate::timeout::within;
use crate::transport::same_origin;

/// A request on its way through the layers, with what is known of its effect so far.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) body: Option<&'a Bytes>,
    /// A secret in the body.
    pub(super) hidden: Option<&'a SecretString>,
    /// Whose turn it uses, as path or query name it.
    project: Option<ProjectId>,
    /// Whether a request without a trustworthy answer has left.
    pub(super) maybe_done: AtomicFlag,
}

/// A flag that only this call sets; atomic, so that the call can move between threads.
pub(super) type AtomicFlag = std::sync::atomic::AtomicBool;

impl<'a> Call<'a> {
    pub(crate) fn new(method: Method, url: Url, body: Option<&'a Bytes>) -> Self {
        let project = project_of(&url);
        Self { method, url, body, hidden: None, project, maybe_done: AtomicFlag::new(false) }
    }

    /// Keeps a secret of the body out of errors.
    pub(crate) fn hiding(mut self, hidden: Option<&'a SecretString>) -> Self {
        self.hidden = hidden;
        self
    }

    /// Method and path as errors name it.
    pub(super) fn endpoint(&self) -> String {
        endpoint(self.method, &self.url)
    }

    fn outcome_without_answer(&self) -> Outcome {
        if self.maybe_done.load(Ordering::Relaxed) { Outcome::Unknown } else { Outcome::NotSent }
    }
}

/// Method and path.
pub(super) fn endpoint(method: Method, url: &Url) -> String {
    [method.as_str(), " ", url.path()].concat()
}

impl Shared {
    /// Gets a URL of the API within the deadline.
    pub(crate) async fn get(&self, url: Url) -> Result<Answer> {
        self.call(Call::new(Method::Get, url, None)).await
    }

    /// Makes a call within the deadline.
    pub(crate) async fn call(&self, call: Call<'_>) -> Result<Answer> {
        let span = tracing::debug_span!(
            "procore",
            method = call.method.as_str(),
            path = %Template(call.url.path()),
            status = tracing::field::Empty,
            attempts = tracing::field::Empty,
            wait_ms = tracing::field::Empty,
            outcome = tracing::field::Empty,
            request_id = tracing::field::Empty,
        );
        match self.with_retries(&call, &span).instrument(span.clone()).await {
            Ok(reply) => Ok(Answer::new(call, reply)),
            Err(error) => {
                span.record("outcome", error.outcome().as_str());
                Err(error)
            }
        }
    }

    /// Makes a call, trying again as the policy allows.
    async fn with_retries(&self, call: &Call<'_>, span: &Span) -> Result<Reply> {
        if !same_origin(&call.url, &self.base_url) {
            return Err(Error::out_of_scope(
                "a URL of another host was refused: the token belongs to the API's host",
            ));
        }
        let started = self.timer.now();
        let mut now = started;
        let deadline =
            started + TimeDelta::from_std(self.retry.deadline).unwrap_or(TimeDelta::days(1));
        let mut waited = Duration::ZERO;
        let mut attempt = 1;
        loop {
            span.record("attempts", attempt);
            let result = self.attempt(call, span, now, deadline, &mut waited).await;
            span.record("wait_ms", u64::try_from(waited.as_millis()).unwrap_or(u64::MAX));
            let failure = match result {
                Ok(reply) => return Ok(reply),
                Err(failure) => failure,
            };
            let failed = Failed {
                repeatable: !call.method.is_write(),
                outcome: failure.error.outcome(),
                cause: failure.cause,
                attempt,
                elapsed: (self.timer.now() - started).to_std().unwrap_or_default(),
                hint: failure.hint,
            };
            match decide(&self.retry, failed, self.jitter.next()) {
                Decision::Stop => return Err(failure.error),
                Decision::Wait(wait) => {
                    // Not the error itself: the server's words may hold names.
                    tracing::debug!(
                        kind = ?failure.error.kind(),
                        status = failure.error.status(),
                        attempt,
                        wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX),
                        "trying again"
                    );
                    self.timer.sleep(wait).await;
                    waited += wait;
                }
            }
            now = self.timer.now();
            attempt += 1;
            self.retries.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// One attempt: a place within the rate limit, a token, the request; a 401 brings one new token and one resend.
    ///
    /// A 401 says that nothing was done, so that a write is sent again too.
    async fn attempt(
        &self,
        call: &Call<'_>,
        span: &Span,
        now: DateTime<Utc>,
        deadline: DateTime<Utc>,
        waited: &mut Duration,
    ) -> Result<Reply, Failure> {
        let (place, now) = self.enter(call, false, now, deadline, waited).await?;
        let token = match self.tokens.fresh(now).map_err(Failure::login)? {
            Some(token) => token,
            None => {
                let login = self.tokens.current(&self.transport, &*self.timer);
                self.in_time(call, deadline, login).await?.map_err(Failure::login)?
            }
        };
        match self.send(call, span, &token, place, deadline).await {
            Err(failure) if failure.error.kind() == ErrorKind::Unauthorized => {
                let login = self.tokens.renewed(token.login, &self.transport, &*self.timer);
                let token = self.in_time(call, deadline, login).await?.map_err(Failure::login)?;
                let now = self.timer.now();
                let (place, _) = self.enter(call, true, now, deadline, waited).await?;
                self.retries.fetch_add(1, Ordering::Relaxed);
                self.send(call, span, &token, place, deadline).await
            }
            other => other,
        }
    }

    /// A place within the rate limit, and the time when it was got.
    async fn enter(
        &self,
        call: &Call<'_>,
        again: bool,
        mut now: DateTime<Utc>,
        deadline: DateTime<Utc>,
        waited: &mut Duration,
    ) -> Result<(Place, DateTime<Utc>), Failure> {
        if let Some(sharing) = &self.sharing {
            self.in_time(call, deadline, sharing.ask(&self.limiter, &*self.timer)).await?;
            now = self.timer.now();
        }
        if let Some(place) = self.limiter.enter_at_once(now) {
            return Ok((place, now));
        }
        let turn = self.limiter.wait_for_turn(call.project, again, deadline);
        let place = self.in_time(call, deadline, turn).await;
        let entered = self.timer.now();
        *waited += (entered - now).to_std().unwrap_or_default();
        Ok((place?.map_err(Failure::last)?, entered))
    }

    /// Does a part of a call for as long as the call may still take.
    async fn in_time<F>(
        &self,
        call: &Call<'_>,
        deadline: DateTime<Utc>,
        work: F,
    ) -> Result<F::Output, Failure>
    where
        F: Future + Send,
        F::Output: Send,
    {
        let rest = (deadline - self.timer.now()).to_std().unwrap_or_default();
        within(&*self.timer, rest, work).await.ok_or_else(|| Failure::last(self.too_late(call)))
    }

    /// The time of the call is over.
    pub(super) fn too_late(&self, call: &Call<'_>) -> Error {
        let seconds = self.retry.deadline.as_secs();
        let message = format!("the call did not end within its deadline of {seconds} s");
        Error::new(ErrorKind::Timeout, call.outcome_without_answer(), message).at(call.endpoint())
    }
}

/// The project that a URL names, in its path or its query.
fn project_of(url: &Url) -> Option<ProjectId> {
    let in_path = || {
        let mut segments = url.path_segments()?;
        segments.find(|segment| *segment == "projects")?;
        segments.next()?.parse::<i64>().ok()
    };
    let in_query = || {
        let (_, value) = url.query_pairs().find(|(key, _)| key == "project_id")?;
        value.parse::<i64>().ok()
    };
    in_path().or_else(in_query).map(ProjectId::new)
}
