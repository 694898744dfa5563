//! One request and one answer: headers, deadline, and what an answer that is none means.

use super::{Call, CallClass, Inner, Line};
use crate::error::{Error, ErrorKind, Outcome, Result, body, classify};
use crate::session::Live;
use crate::transport::{Sent, TransportError};
use bytes::Bytes;
use futures_util::future::{Either, select};
use http::StatusCode;
use http::header::{
    ACCEPT, AUTHORIZATION, CONTENT_TYPE, COOKIE, HeaderMap, HeaderName, HeaderValue, IF_MATCH,
    RETRY_AFTER,
};
use std::sync::atomic::Ordering;
use std::time::Duration;

impl Inner {
    /// Sends a call once with a session, and keeps the session's idle clock.
    pub(super) async fn send_once(
        &self,
        call: &Call,
        live: &Live,
    ) -> Result<http::Response<Bytes>> {
        let started = self.line.timer.now();
        let request = self.line.request(call, Some(live))?;
        let result = self.line.exchange(request, call.class, self.line.timeouts.of(call)).await;
        let status = result.as_ref().map_or_else(Error::status, |answer| Some(answer.status()));
        if status.is_some_and(|status| status != StatusCode::UNAUTHORIZED) {
            self.session.touch(live, started);
        }
        if let Ok(answer) = &result {
            live.follow_route(answer.headers());
        }
        let took = self.line.timer.now().saturating_sub(started);
        self.learn(call.class, &result, took);
        tracing::debug!(
            status = status.map(|status| status.as_u16()),
            took_ms = took.as_millis(),
            "answered"
        );
        result.map_err(|error| live.answer.scrub(error))
    }

    /// Tells the lane how the server is doing. What never left says nothing about it.
    fn learn(&self, class: CallClass, result: &Result<http::Response<Bytes>>, took: Duration) {
        let lane = self.lane(class);
        let now = self.line.timer.now();
        match result.as_ref().map_err(Error::kind) {
            Err(ErrorKind::NotSent | ErrorKind::InvalidRequest) => {}
            Err(ErrorKind::Transient | ErrorKind::OutcomeUnknown) => lane.overloaded(now),
            _ => lane.answered(now, took),
        }
    }
}

impl Line {
    pub(super) fn request(&self, call: &Call, live: Option<&Live>) -> Result<http::Request<Bytes>> {
        let bad =
            |error: http::Error| Error::invalid("the request cannot be built").with_source(error);
        let mut request = http::Request::builder()
            .method(call.method.clone())
            .uri(format!("{}/{}", self.base.root(), call.path))
            .body(call.body.clone().unwrap_or_default())
            .map_err(bad)?;
        let headers = request.headers_mut();
        call_headers(call, headers).map_err(bad)?;
        if let Some(live) = live {
            if let Some(cookie) = live.cookie_header() {
                headers.insert(COOKIE, cookie);
            }
            if let Some(authorization) = live.answer.authorization_header() {
                headers.insert(AUTHORIZATION, authorization);
            }
        }
        Ok(request)
    }

    /// One request, one answer or error, within the time allowed.
    pub(super) async fn exchange(
        &self,
        request: http::Request<Bytes>,
        class: CallClass,
        timeout: Duration,
    ) -> Result<http::Response<Bytes>> {
        self.calls.fetch_add(1, Ordering::Relaxed);
        let answer = match select(self.transport.send(request), self.timer.sleep(timeout)).await {
            Either::Left((Ok(answer), _)) => answer,
            Either::Left((Err(error), _)) => return Err(unanswered(class, error)),
            Either::Right(((), _)) => {
                let message = format!("no answer within {} s", timeout.as_secs());
                return Err(unanswered(class, TransportError::maybe_sent(message)));
            }
        };
        if answer.status().is_success() {
            return trustworthy(class, answer);
        }
        let body = body::parse(answer.body());
        let retry_after = answer
            .headers()
            .get(RETRY_AFTER)
            .and_then(|value| value.to_str().ok()?.trim().parse().ok())
            .map(Duration::from_secs);
        Err(classify::classify(class, answer.status(), &body).with_retry_after(retry_after))
    }
}

/// The headers of a call itself, without the session's.
fn call_headers(call: &Call, headers: &mut HeaderMap) -> std::result::Result<(), http::Error> {
    let accept = if call.is_batch() { "multipart/mixed" } else { "application/json" };
    headers.insert(ACCEPT, HeaderValue::from_static(accept));
    match &call.content_type {
        Some(content_type) => {
            headers.insert(CONTENT_TYPE, HeaderValue::try_from(content_type.as_str())?);
        }
        None if call.body.is_some() => {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        None => {}
    }
    if let Some(rows) = call.page_size {
        let value = HeaderValue::try_from(format!("odata.maxpagesize={rows}"))?;
        headers.insert(HeaderName::from_static("prefer"), value);
    }
    if let Some(etag) = &call.if_match {
        headers.insert(IF_MATCH, HeaderValue::try_from(etag.as_str())?);
    }
    Ok(())
}

/// A proxy's page with status 200 is no answer of the Service Layer.
fn trustworthy(class: CallClass, answer: http::Response<Bytes>) -> Result<http::Response<Bytes>> {
    let html = answer.body().iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'<');
    if !html {
        return Ok(answer);
    }
    let error = unanswered(
        class,
        TransportError::maybe_sent("an HTML page instead of an answer of the Service Layer"),
    );
    Err(error.with_status(answer.status()))
}

/// No answer: what that means depends on whether the request left, and on whether it writes.
fn unanswered(class: CallClass, error: TransportError) -> Error {
    let (kind, outcome) = match (error.sent, class) {
        (Sent::NotSent, _) => (ErrorKind::NotSent, Outcome::NotSent),
        (Sent::MaybeSent, CallClass::Read) => (ErrorKind::Transient, Outcome::Unknown),
        (Sent::MaybeSent, CallClass::Write) => (ErrorKind::OutcomeUnknown, Outcome::Unknown),
    };
    Error::new(kind, outcome, error.to_string()).with_source(error)
}
