//! The inner layers of a call: headers and tracing, time-out, transport, and what an answer means.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, USER_AGENT};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri};
use secrecy::{ExposeSecret, SecretString};
use tracing::Span;
use url::Url;

use super::Shared;
use super::call::{Call, endpoint};
use crate::auth::Held;
use crate::error::{Error, ErrorKind, Outcome, Result};
use crate::error_body;
use crate::limit::{Hints, Place};
use crate::request::Method;
use crate::retry::Cause;
use crate::timeout::within;
use crate::transport::Sent;

const COMPANY_HEADER: HeaderName = HeaderName::from_static("procore-company-id");
const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// A successful answer, with what was asked.
#[derive(Debug)]
pub(crate) struct Answer {
    method: Method,
    url: Url,
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) server_time: Option<DateTime<Utc>>,
    /// What no error about the answer may show.
    secrets: Secrets,
}

/// A successful answer on its way up through the layers.
pub(super) struct Reply {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
    server_time: Option<DateTime<Utc>>,
    token: Arc<SecretString>,
}

/// The token that a request carried, and the secret of its body.
#[derive(Debug)]
struct Secrets {
    token: Arc<SecretString>,
    hidden: Option<SecretString>,
}

impl Secrets {
    /// The beginning of a body without the secrets.
    fn taken_out_of(&self, body: &[u8]) -> Option<String> {
        let hidden = self.hidden.as_ref().map(|secret| secret.expose_secret());
        let secrets = [Some(self.token.expose_secret()), hidden];
        error_body::bounded(body, secrets.into_iter().flatten())
    }
}

/// A failed attempt with what the retry decision needs.
pub(super) struct Failure {
    pub(super) error: Error,
    pub(super) cause: Cause,
    pub(super) hint: Option<Duration>,
}

impl Answer {
    pub(super) fn new(call: Call<'_>, reply: Reply) -> Self {
        let Reply { status, headers, body, server_time, token } = reply;
        let secrets = Secrets { token, hidden: call.hidden.cloned() };
        let Call { method, url, .. } = call;
        Self { method, url, status, headers, body, server_time, secrets }
    }

    /// Method and path as errors name it.
    pub(crate) fn endpoint(&self) -> String {
        endpoint(self.method, &self.url)
    }

    pub(crate) fn request_id(&self) -> Option<String> {
        request_id(&self.headers)
    }

    /// An error about this answer's body.
    pub(crate) fn unreadable(&self, message: impl Into<String>) -> Error {
        let body = self.secrets.taken_out_of(&self.body);
        let page = body.as_deref().is_some_and(error_body::is_html);
        let messages = if page {
            error_body::messages(body.as_deref().unwrap_or_default())
        } else {
            Vec::new()
        };
        Error::decode(message)
            .at(self.endpoint())
            .with_status(self.status.as_u16())
            .with_request_id(self.request_id())
            .with_messages(messages)
            .with_body(body)
    }
}

impl Shared {
    /// Sends the request once and waits for its answer, at most until the deadline.
    pub(super) async fn send(
        &self,
        call: &Call<'_>,
        span: &Span,
        token: &Held,
        mut place: Place,
        deadline: DateTime<Utc>,
    ) -> Result<Reply, Failure> {
        let request = self.http_request(call, token).map_err(Failure::last)?;
        let began = self.timer.now();
        let rest = (deadline - began).to_std().unwrap_or_default();
        if rest.is_zero() {
            // Nobody would be there to hear the answer.
            return Err(Failure::last(self.too_late(call)));
        }
        self.sent.fetch_add(1, Ordering::Relaxed);
        place.leaves(began);
        call.maybe_done.store(true, Ordering::Relaxed);
        let work = self.transport.send_to(&call.url, request);
        let answered = within(&*self.timer, self.request_timeout.min(rest), work).await;
        let now = self.timer.now();
        let elapsed_ms = (now - began).num_milliseconds();
        let response = match answered {
            Some(Ok(response)) => response,
            Some(Err(error)) => {
                tracing::debug!(elapsed_ms, %error, "no answer");
                let outcome = if error.sent == Sent::NotSent {
                    place.not_sent();
                    call.maybe_done.store(false, Ordering::Relaxed);
                    Outcome::NotSent
                } else {
                    Outcome::Unknown
                };
                let kind = if error.timed_out { ErrorKind::Timeout } else { ErrorKind::Transport };
                let told = Error::new(kind, outcome, "Procore could not be reached");
                return Err(Failure::unanswered(
                    told.at(call.endpoint()).with_source(Box::new(error)),
                ));
            }
            None => {
                tracing::debug!(elapsed_ms, "no answer in time");
                if rest < self.request_timeout {
                    return Err(Failure::last(self.too_late(call)));
                }
                let message =
                    format!("Procore did not answer within {} s", self.request_timeout.as_secs());
                let error = Error::new(ErrorKind::Timeout, Outcome::Unknown, message);
                return Err(Failure::unanswered(error.at(call.endpoint())));
            }
        };
        let hints = Hints::read(response.headers(), now);
        let (head, body) = response.into_parts();
        let status = head.status;
        let wait = wait_asked_for(status.as_u16(), &hints);
        if let Some(wait) = wait {
            self.limiter.pause(now, wait);
        }
        place.answered(&hints, now);
        if let Some(sharing) = &self.sharing {
            sharing.tell(&self.limiter, &*self.timer).await;
        }
        note_answer(span, status, &head.headers, body.len(), elapsed_ms);
        let token = Arc::clone(&token.secret);
        let server_time = hints.server_time;
        let reply = Reply { status, headers: head.headers, body, server_time, token };
        if status.is_success() {
            return Ok(reply);
        }
        let failure = refused(call, reply, &hints, wait);
        if failure.error.outcome() == Outcome::Refused {
            call.maybe_done.store(false, Ordering::Relaxed);
        }
        Err(failure)
    }

    fn http_request(&self, call: &Call<'_>, token: &Held) -> Result<http::Request<Bytes>> {
        let mut bearer = HeaderValue::try_from(["Bearer ", token.secret.expose_secret()].concat())
            .map_err(|_| {
                Error::new(
                    ErrorKind::Login,
                    Outcome::NotSent,
                    "the token holds characters that a header cannot carry",
                )
            })?;
        bearer.set_sensitive(true);
        let uri = Uri::try_from(call.url.as_str()).map_err(|error| {
            Error::configuration(format!("the request cannot be built: {error}"))
        })?;
        let mut request = http::Request::new(call.body.cloned().unwrap_or_default());
        *request.method_mut() = call.method.into();
        *request.uri_mut() = uri;
        let headers = request.headers_mut();
        headers.insert(AUTHORIZATION, bearer);
        headers.insert(COMPANY_HEADER, self.company_header.clone());
        headers.insert(ACCEPT, JSON);
        headers.insert(USER_AGENT, self.user_agent.clone());
        if call.body.is_some() {
            headers.insert(CONTENT_TYPE, JSON);
        }
        Ok(request)
    }
}

/// Records an answer in the call's span, without anything of its body.
fn note_answer(
    span: &Span,
    status: StatusCode,
    headers: &HeaderMap,
    bytes: usize,
    elapsed_ms: i64,
) {
    if !span.is_disabled() {
        span.record("status", status.as_u16());
        let request_id = headers.get("x-request-id").and_then(|id| id.to_str().ok());
        if let Some(id) = request_id {
            span.record("request_id", id);
        }
    }
    tracing::debug!(status = status.as_u16(), bytes, elapsed_ms, "answer");
}

/// The wait that a throttled answer asks of all callers.
fn wait_asked_for(status: u16, hints: &Hints) -> Option<Duration> {
    match status {
        429 => hints.wait(),
        503 => hints.retry_after,
        _ => None,
    }
}

fn refused(call: &Call<'_>, reply: Reply, hints: &Hints, wait: Option<Duration>) -> Failure {
    let status = reply.status.as_u16();
    let secrets = Secrets { token: reply.token, hidden: call.hidden.cloned() };
    let body = secrets.taken_out_of(&reply.body);
    let is_html = body.as_deref().is_some_and(error_body::is_html);
    // Procore's own throttling names the wait and the limits; a 503 of a proxy says nothing about what happened behind it.
    let throttled = status == 429
        || (status == 503 && hints.retry_after.is_some() && hints.limit.is_some() && !is_html);
    let (kind, message) = classify(status, status == 429 || hints.retry_after.is_some());
    let outcome = match status {
        _ if throttled => Outcome::Refused,
        500.. => Outcome::Unknown,
        // A redirect or a time-out that a proxy declares leaves open what a write has done.
        ..400 | 408 if call.method.is_write() => Outcome::Unknown,
        _ => Outcome::Refused,
    };
    let cause = match status {
        429 | 503 => Cause::Throttled,
        500..=599 => Cause::ServerFault,
        _ => Cause::Final,
    };
    let error = Error::new(kind, outcome, message)
        .at(call.endpoint())
        .with_status(status)
        .with_request_id(request_id(&reply.headers))
        .with_retry_after(wait.or(hints.retry_after))
        .with_messages(body.as_deref().map(error_body::messages).unwrap_or_default())
        .with_body(body);
    Failure { error, cause, hint: wait }
}

impl Failure {
    pub(super) fn last(error: Error) -> Self {
        Self { error, cause: Cause::Final, hint: None }
    }

    fn unanswered(error: Error) -> Self {
        Self { error, cause: Cause::NoAnswer, hint: None }
    }

    pub(super) fn login(error: Error) -> Self {
        let transient = match error.kind() {
            ErrorKind::Throttled => true,
            ErrorKind::Login => error.outcome() != Outcome::Refused,
            _ => false,
        };
        let hint = error.retry_after();
        // The login may have happened; the call itself has not.
        let error = error.with_outcome(Outcome::NotSent);
        Self { error, cause: if transient { Cause::LoginFault } else { Cause::Final }, hint }
    }
}

fn classify(status: u16, asks_to_wait: bool) -> (ErrorKind, &'static str) {
    match status {
        300..=399 => {
            (ErrorKind::Unexpected, "Procore answered with a redirect, which is not followed")
        }
        401 => (ErrorKind::Unauthorized, "Procore did not accept the token"),
        403 => (
            ErrorKind::Forbidden,
            "Procore denies access: the permission is missing, the app is not installed, the tool is off, \
             or the project is not permitted to the app",
        ),
        404 | 410 => {
            (ErrorKind::NotFound, "Procore does not have it, or does not show it to this app")
        }
        408 => (
            ErrorKind::TooLarge,
            "Procore calls the data set too large; filter it or use smaller pages",
        ),
        409 => (
            ErrorKind::Conflict,
            "Procore has it already, or another write of the same direct cost is under way",
        ),
        429 => (ErrorKind::Throttled, "Procore's rate limit is used up"),
        400..=499 => (ErrorKind::Invalid, "Procore refused the request"),
        503 if asks_to_wait => (ErrorKind::Throttled, "Procore is overloaded and asks to wait"),
        500..=599 => (ErrorKind::Server, "Procore failed"),
        _ => (ErrorKind::Unexpected, "Procore answered with an unexpected status"),
    }
}

fn request_id(headers: &HeaderMap) -> Option<String> {
    let id = headers.get("x-request-id")?.to_str().ok()?;
    Some(id.chars().take(100).collect())
}
