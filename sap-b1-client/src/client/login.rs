//! Logging in and out. The session itself, and that only one login is ever under way, live in [`crate::session`].

use super::retry::{self, Decision, Facts};
use super::{Call, CallClass, Inner, Line};
use crate::error::{Error, ErrorKind, Outcome, Result};
use crate::session::{Live, LoginAnswer, LoginStep};
use bytes::Bytes;
use http::{Method, StatusCode};
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// Requests that one sign-in may take.
const LOGIN_STEPS_MAX: u32 = 6;

impl Inner {
    /// A usable session, logging in if need be. Only one login is ever under way.
    pub(crate) async fn session(&self, stale: Option<u64>) -> Result<Arc<Live>> {
        let begin = || self.line.clone().log_in(self.session.has_logged_in());
        self.session.get(|| self.line.timer.now(), stale, begin).await
    }

    /// Logs out, best effort.
    pub(crate) async fn logout(&self) {
        let Some(live) = self.session.take(|| self.line.timer.now()).await else { return };
        if live.answer.cookies.is_none() {
            return;
        }
        let call = Call::new(Method::POST, "Logout", CallClass::Read, None);
        let result = match self.line.request(&call, Some(&live)) {
            Ok(request) => self
                .line
                .exchange(request, CallClass::Read, self.line.timeouts.logout)
                .await
                .map(|_| ()),
            Err(error) => Err(error),
        };
        if let Err(error) = result {
            tracing::warn!(kind = ?error.kind(), "logout failed; the session stays until it times out");
        }
    }
}

impl Line {
    /// Logs in; repeats only what certainly was no refusal of the credentials. `proven` says whether they worked before.
    async fn log_in(self: Arc<Self>, proven: bool) -> Result<LoginAnswer> {
        let started = self.timer.now();
        let mut sends = 0;
        loop {
            self.logins.fetch_add(1, Ordering::Relaxed);
            let error = match self.log_in_once().await {
                Ok(answer) => {
                    tracing::debug!(idle_timeout_s = answer.idle_timeout.as_secs(), "logged in");
                    return Ok(answer);
                }
                Err(error) => error,
            };
            sends += 1;
            let elapsed = self.timer.now().saturating_sub(started);
            let facts = Facts::of(CallClass::Read, &error, sends, elapsed);
            match retry::decide(&facts, self.jitter.next()) {
                Decision::Wait(wait) if may_log_in_again(&error, proven) => {
                    self.timer.sleep(wait).await;
                }
                _ => {
                    tracing::warn!(kind = ?error.kind(), code = error.code(), "login failed");
                    return Err(error.with_call("POST Login"));
                }
            }
        }
    }

    async fn log_in_once(&self) -> Result<LoginAnswer> {
        let scrub = |error| self.authenticator.scrub(error);
        let mut step = self.authenticator.begin(self.base.root()).await.map_err(scrub)?;
        for _ in 0..LOGIN_STEPS_MAX {
            let request = match step {
                LoginStep::Done(answer) => return Ok(answer),
                LoginStep::Send(request) => request,
            };
            let answer = self.login_exchange(request).await.map_err(scrub)?;
            step = self.authenticator.answered(&answer).await.map_err(scrub)?;
        }
        match step {
            LoginStep::Done(answer) => Ok(answer),
            LoginStep::Send(_) => {
                Err(Error::configuration("the sign-in takes more requests than any should"))
            }
        }
    }

    async fn login_exchange(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>> {
        self.exchange(request, CallClass::Read, self.timeouts.login).await.map_err(|error| {
            let refused = error.status() == Some(StatusCode::UNAUTHORIZED)
                || error.status() == Some(StatusCode::FORBIDDEN);
            if refused { error.with_kind(ErrorKind::LoginRefused, Outcome::Refused) } else { error }
        })
    }
}

/// A login without an answer may have been a wrong password, and users are locked after a few of those. It is sent
/// again only with credentials that have worked before.
fn may_log_in_again(error: &Error, proven: bool) -> bool {
    error.outcome() != Outcome::Unknown || proven
}
