//! The order of things around one call: permit, session, deadline, send, classify, decide.

use super::retry::{self, Decision, Facts};
use super::{Call, CallClass, Inner, ResendGuard};
use crate::error::{Error, ErrorKind, Outcome, Result, body, classify};
use crate::session::{Live, LoginAnswer};
use crate::transport::{Sent, TransportError};
use bytes::Bytes;
use futures_util::future::{Either, select};
use http::header::{ACCEPT, CONTENT_TYPE, COOKIE, HeaderName, HeaderValue, IF_MATCH, RETRY_AFTER};
use http::{Method, StatusCode};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// Time for a logout, which nobody waits for gladly.
const LOGOUT_TIMEOUT: Duration = Duration::from_secs(10);

/// What is spent on one call: at most one new login with one resend, and a few sends.
pub(super) struct Progress {
    pub(super) sends: u32,
    pub(super) relogged: bool,
    /// A write was answered with a -5002 and a lost session: what a later failure means for it stays unknown.
    pub(super) suspect: bool,
    started: Duration,
}

/// What to do after a failed send.
pub(super) enum Next {
    Stop(Error),
    Again,
    NewSession,
}

impl Inner {
    /// Sends a call until it succeeds, is refused, or may not be sent again.
    pub(crate) async fn run(
        &self,
        call: &Call,
        guard: Option<&dyn ResendGuard>,
    ) -> Result<http::Response<Bytes>> {
        let permits = match call.class {
            CallClass::Read => &self.reads,
            CallClass::Write => &self.writes,
        };
        let _permit = permits
            .acquire()
            .await
            .map_err(|_| Error::configuration("the client is shutting down"))?;
        let mut progress =
            Progress { sends: 0, relogged: false, suspect: false, started: self.timer.now() };
        let mut stale = None;
        loop {
            let live = self
                .session(stale)
                .await
                .map_err(|error| before_the_call(error, &progress).with_call(&call.name()))?;
            let error = match self.send_once(call, Some(&live)).await {
                Ok(answer) => {
                    self.session.succeeded(&live, self.timer.now());
                    return Ok(answer);
                }
                Err(error) => error,
            };
            progress.sends += 1;
            match self.after(error, call, &live, &mut progress, guard).await {
                Next::Stop(error) => return Err(error.with_call(&call.name())),
                Next::Again => {}
                Next::NewSession => stale = Some(live.generation),
            }
        }
    }

    /// Decides what a failed send means.
    async fn after(
        &self,
        error: Error,
        call: &Call,
        live: &Live,
        progress: &mut Progress,
        guard: Option<&dyn ResendGuard>,
    ) -> Next {
        match error.kind() {
            ErrorKind::SessionLost if !progress.relogged => {
                progress.relogged = true;
                return Next::NewSession;
            }
            ErrorKind::BrokenNode if self.session.broken(live, self.timer.now()) => {
                self.session.forget(live);
                if call.class == CallClass::Read && !progress.relogged {
                    progress.relogged = true;
                    return Next::NewSession;
                }
                return Next::Stop(error);
            }
            _ if error.code() == Some(classify::BUSINESS) => {
                return self.after_business(error, call, live, progress, guard).await;
            }
            _ => {}
        }
        let elapsed = self.timer.now().saturating_sub(progress.started);
        match retry::decide(
            &Facts::of(call.class, &error, progress.sends, elapsed),
            self.jitter.next(),
        ) {
            Decision::Stop => Next::Stop(error),
            Decision::Wait(wait) => {
                tracing::debug!(call = %call.name(), kind = ?error.kind(), sends = progress.sends, wait_ms = wait.as_millis(), "sending again");
                self.timer.sleep(wait).await;
                Next::Again
            }
        }
    }

    /// A usable session, logging in if need be. Only one login is ever under way.
    pub(crate) async fn session(&self, stale: Option<u64>) -> Result<Arc<Live>> {
        self.session.get(|| self.timer.now(), stale, || self.log_in()).await
    }

    /// Logs in; repeats only what certainly was no refusal of the credentials.
    async fn log_in(&self) -> Result<LoginAnswer> {
        let started = self.timer.now();
        let mut sends = 0;
        loop {
            let error = match self.log_in_once().await {
                Ok(answer) => {
                    tracing::debug!(idle_timeout_s = answer.idle_timeout.as_secs(), "logged in");
                    return Ok(answer);
                }
                Err(error) => error,
            };
            sends += 1;
            let elapsed = self.timer.now().saturating_sub(started);
            match retry::decide(
                &Facts::of(CallClass::Read, &error, sends, elapsed),
                self.jitter.next(),
            ) {
                Decision::Wait(wait) => self.timer.sleep(wait).await,
                Decision::Stop => {
                    tracing::warn!(kind = ?error.kind(), code = error.code(), "login failed");
                    return Err(error.with_call("POST Login"));
                }
            }
        }
    }

    async fn log_in_once(&self) -> Result<LoginAnswer> {
        let request = self.authenticator.login_request(self.base.root())?;
        self.logins.fetch_add(1, Ordering::Relaxed);
        let answer =
            self.exchange(request, CallClass::Read, self.read_timeout).await.map_err(|error| {
                let refused = error.status() == Some(StatusCode::UNAUTHORIZED)
                    || error.status() == Some(StatusCode::FORBIDDEN);
                let error = if refused {
                    error.with_kind(ErrorKind::LoginRefused, Outcome::Refused)
                } else {
                    error
                };
                self.authenticator.scrub(error)
            })?;
        self.authenticator.read_answer(&answer).map_err(|error| self.authenticator.scrub(error))
    }

    /// Sends a call once with a session, and keeps the session's idle clock.
    pub(super) async fn send_once(
        &self,
        call: &Call,
        live: Option<&Live>,
    ) -> Result<http::Response<Bytes>> {
        let started = self.timer.now();
        let request = self.request(call, live)?;
        let timeout = match call.class {
            CallClass::Read => self.read_timeout,
            CallClass::Write => self.document_timeout,
        };
        let result = self.exchange(request, call.class, timeout).await;
        let status = result.as_ref().map_or_else(Error::status, |answer| Some(answer.status()));
        if let (Some(live), Some(status)) = (live, status)
            && status != StatusCode::UNAUTHORIZED
        {
            self.session.touch(live, started);
        }
        let took_ms = self.timer.now().saturating_sub(started).as_millis();
        tracing::debug!(call = %call.name(), status = status.map(|status| status.as_u16()), took_ms, "answered");
        result.map_err(|error| match live {
            Some(live) => error.scrubbed(live.answer.cookies.session_id()),
            None => error,
        })
    }

    fn request(&self, call: &Call, live: Option<&Live>) -> Result<http::Request<Bytes>> {
        let bad =
            |error: http::Error| Error::invalid("the request cannot be built").with_source(error);
        let mut request = http::Request::builder()
            .method(call.method.clone())
            .uri(format!("{}/{}", self.base.root(), call.path))
            .body(call.body.clone().unwrap_or_default())
            .map_err(bad)?;
        let headers = request.headers_mut();
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        if call.body.is_some() {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        if let Some(rows) = call.page_size {
            let value = HeaderValue::try_from(format!("odata.maxpagesize={rows}"))
                .map_err(|error| bad(error.into()))?;
            headers.insert(HeaderName::from_static("prefer"), value);
        }
        if let Some(etag) = &call.if_match {
            headers.insert(
                IF_MATCH,
                HeaderValue::try_from(etag.as_str()).map_err(|error| bad(error.into()))?,
            );
        }
        if let Some(cookie) = live.and_then(|live| live.answer.cookies.header()) {
            headers.insert(COOKIE, cookie);
        }
        Ok(request)
    }

    /// One request, one answer or error, within the time allowed.
    async fn exchange(
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

    /// Logs out, best effort.
    pub(crate) async fn logout(&self) {
        let Some(live) = self.session.take().await else { return };
        let call = Call::new(Method::POST, "Logout", CallClass::Read, None);
        let result = match self.request(&call, Some(&live)) {
            Ok(request) => {
                self.exchange(request, CallClass::Read, LOGOUT_TIMEOUT).await.map(|_| ())
            }
            Err(error) => Err(error),
        };
        if let Err(error) = result {
            tracing::warn!(kind = ?error.kind(), "logout failed; the session stays until it times out");
        }
    }
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

/// A login that failed before the call: the call itself was not sent, or its fate is as open as before.
fn before_the_call(error: Error, progress: &Progress) -> Error {
    let kind = error.kind();
    if progress.suspect {
        error.with_kind(kind, Outcome::Unknown)
    } else {
        error.with_kind(kind, Outcome::NotSent)
    }
}
