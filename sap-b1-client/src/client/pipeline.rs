//! The order of things around one call: place, session, send, classify, decide.

use super::lane::Lane;
use super::retry::{self, Decision, Facts};
use super::{Call, CallClass, Inner, ResendGuard};
use crate::error::{Error, ErrorKind, Outcome, Result, classify};
use crate::session::Live;
use bytes::Bytes;
use std::sync::Arc;
use std::time::Duration;
use tracing::Instrument;
use tracing::field::Empty;

/// What is spent on one call: at most one new login with one resend, and a few sends.
pub(super) struct Progress {
    pub(super) sends: u32,
    pub(super) relogged: bool,
    /// A write was answered with a -5002 and a lost session: what a later failure means for it stays unknown.
    pub(super) suspect: bool,
    /// Attempts begun, for the span.
    begun: u64,
    /// Time spent waiting for a place and between attempts.
    waited: Duration,
    started: Duration,
}

impl Progress {
    fn begin(now: Duration) -> Self {
        Self {
            sends: 0,
            relogged: false,
            suspect: false,
            begun: 0,
            waited: Duration::ZERO,
            started: now,
        }
    }
}

/// What to do after a failed send.
pub(super) enum Next {
    Stop(Error),
    Again,
    NewSession,
}

impl Inner {
    /// Sends a call until it succeeds, is refused, or may not be sent again, inside a span that names no value.
    pub(crate) async fn run(
        &self,
        call: &Call,
        guard: Option<&dyn ResendGuard>,
    ) -> Result<http::Response<Bytes>> {
        self.run_on_session(call, guard).await.map(|(answer, _)| answer)
    }

    /// As [`Inner::run`], and says which session was answered.
    pub(crate) async fn run_on_session(
        &self,
        call: &Call,
        guard: Option<&dyn ResendGuard>,
    ) -> Result<(http::Response<Bytes>, Arc<Live>)> {
        let span = tracing::debug_span!(
            "service_layer",
            method = %call.method,
            path = %call.template(),
            status = Empty,
            attempts = Empty,
            wait_ms = Empty,
            outcome = Empty,
        );
        let mut progress = Progress::begin(self.line.timer.now());
        let result = self.attempts(call, guard, &mut progress).instrument(span.clone()).await;
        if !span.is_disabled() {
            let status = match &result {
                Ok((answer, _)) => Some(answer.status()),
                Err(error) => error.status(),
            };
            span.record("status", status.map(|status| status.as_u16()));
            span.record("attempts", progress.begun);
            span.record("wait_ms", u64::try_from(progress.waited.as_millis()).unwrap_or(u64::MAX));
            let outcome = result.as_ref().map_or_else(Error::outcome, |_| Outcome::Done);
            span.record("outcome", tracing::field::debug(outcome));
        }
        result
    }

    async fn attempts(
        &self,
        call: &Call,
        guard: Option<&dyn ResendGuard>,
        progress: &mut Progress,
    ) -> Result<(http::Response<Bytes>, Arc<Live>)> {
        let _place = self.lane(call.class).enter().await?;
        progress.waited = self.line.timer.now().saturating_sub(progress.started);
        progress.started = self.line.timer.now();
        let mut stale = None;
        loop {
            let live = self
                .session(stale)
                .await
                .map_err(|error| before_the_call(error, progress).with_call(&call.name()))?;
            if let Some(guard) = guard {
                let leave = guard.may_send().await;
                leave.map_err(|error| before_the_call(error, progress).with_call(&call.name()))?;
            }
            progress.begun += 1;
            let error = match self.send_once(call, &live).await {
                Ok(answer) => {
                    self.session.succeeded(&live, self.line.timer.now());
                    return Ok((answer, live));
                }
                Err(error) => error,
            };
            progress.sends += 1;
            match self.after(error, call, &live, progress, guard).await {
                Next::Stop(error) => return Err(error.with_call(&call.name())),
                Next::Again => {}
                Next::NewSession => stale = Some(live.generation),
            }
        }
    }

    /// The places that calls of a class share.
    pub(super) fn lane(&self, class: CallClass) -> &Lane {
        match class {
            CallClass::Read => &self.reads,
            CallClass::Write => &self.writes,
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
            ErrorKind::BrokenNode if self.session.broken(live, self.line.timer.now()) => {
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
        let elapsed = self.line.timer.now().saturating_sub(progress.started);
        match retry::decide(
            &Facts::of(call.class, &error, progress.sends, elapsed),
            self.line.jitter.next(),
        ) {
            Decision::Stop => Next::Stop(error),
            Decision::Wait(wait) => {
                tracing::debug!(kind = ?error.kind(), attempt = progress.begun, wait_ms = wait.as_millis(), "sending again");
                progress.waited += wait;
                self.line.timer.sleep(wait).await;
                Next::Again
            }
        }
    }
}

/// A login that failed before the call, or a guard that kept it back: the call itself was not sent, or its fate is as open
/// as before.
fn before_the_call(error: Error, progress: &Progress) -> Error {
    let kind = error.kind();
    if progress.suspect {
        error.with_kind(kind, Outcome::Unknown)
    } else {
        error.with_kind(kind, Outcome::NotSent)
    }
}
