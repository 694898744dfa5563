//! What a -5002 means. SAP gives this code to most business rejections, and it may also be a lost session.
//!
//! A read is repeated once after a new login. A write is never repeated because of a message alone: a specific message is
//! a refusal; a bare one is probed, and only a session shown to be lost, plus a look-up that proved absence, lets it be
//! sent once more. At most one login and one resend per call, so it can neither loop nor post twice.

use super::pipeline::{Next, Progress};
use super::{Call, CallClass, Inner, ResendGuard};
use crate::error::classify::{self, Suspicion};
use crate::error::{Error, ErrorKind, Outcome};
use crate::session::Live;

/// What one cheap read said about the session.
enum Probe {
    Alive,
    Lost,
    Undecided(Error),
}

impl Inner {
    /// Decides about a -5002.
    pub(super) async fn after_business(
        &self,
        error: Error,
        call: &Call,
        live: &Live,
        progress: &mut Progress,
        guard: Option<&dyn ResendGuard>,
    ) -> Next {
        if call.class == CallClass::Write && !is_suspect(&error) {
            return Next::Stop(error);
        }
        if progress.relogged || !self.session.doubt(self.line.timer.now()) {
            return Next::Stop(error);
        }
        match call.class {
            CallClass::Read => {
                progress.relogged = true;
                Next::NewSession
            }
            CallClass::Write => self.doubted_write(error, live, progress, guard).await,
        }
    }

    /// A write with a bare -5002: was the session alive?
    async fn doubted_write(
        &self,
        error: Error,
        live: &Live,
        progress: &mut Progress,
        guard: Option<&dyn ResendGuard>,
    ) -> Next {
        match self.probe(live).await {
            Probe::Alive => {
                self.session.proven(live, self.line.timer.now());
                Next::Stop(error)
            }
            Probe::Undecided(cause) => Next::Stop(
                error.with_kind(ErrorKind::OutcomeUnknown, Outcome::Unknown).with_source(cause),
            ),
            Probe::Lost => {
                (progress.relogged, progress.suspect) = (true, true);
                self.session.forget(live);
                let Some(guard) = guard else {
                    return Next::Stop(error.with_kind(ErrorKind::SessionLost, Outcome::Unknown));
                };
                self.look_up_after_loss(error, live, guard).await
            }
        }
    }

    /// Logs in once and lets the caller's look-up decide.
    async fn look_up_after_loss(&self, error: Error, live: &Live, guard: &dyn ResendGuard) -> Next {
        if let Err(cause) = self.session(Some(live.generation)).await {
            let kind = if cause.kind() == ErrorKind::LoginRefused {
                ErrorKind::LoginRefused
            } else {
                ErrorKind::OutcomeUnknown
            };
            return Next::Stop(error.with_kind(kind, Outcome::Unknown).with_source(cause));
        }
        match guard.is_absent().await {
            Ok(true) => Next::NewSession,
            Ok(false) => Next::Stop(error.with_kind(ErrorKind::AlreadyExists, Outcome::Done)),
            Err(cause) => Next::Stop(
                error.with_kind(ErrorKind::OutcomeUnknown, Outcome::Unknown).with_source(cause),
            ),
        }
    }

    /// A failure inside a batch: a bare -5002 to a write is a refusal only if the session is shown to live.
    pub(crate) async fn judged(&self, error: Error, class: CallClass, live: &Live) -> Error {
        let suspect = class == CallClass::Write && is_suspect(&error);
        if !suspect || !self.session.doubt(self.line.timer.now()) {
            return error;
        }
        match self.probe(live).await {
            Probe::Alive => {
                self.session.proven(live, self.line.timer.now());
                error
            }
            Probe::Lost => {
                self.session.forget(live);
                error.with_kind(ErrorKind::SessionLost, Outcome::Unknown)
            }
            Probe::Undecided(cause) => {
                error.with_kind(ErrorKind::OutcomeUnknown, Outcome::Unknown).with_source(cause)
            }
        }
    }

    /// One cheap read with the very session in doubt.
    async fn probe(&self, live: &Live) -> Probe {
        let call = Call::get("Currencies?$select=Code&$top=1");
        match self.send_once(&call, live).await {
            Ok(_) => Probe::Alive,
            Err(error) if error.kind() == ErrorKind::SessionLost || is_suspect(&error) => {
                Probe::Lost
            }
            Err(error) => Probe::Undecided(error),
        }
    }
}

/// A -5002 that says nothing about the content, and so may be a lost session.
fn is_suspect(error: &Error) -> bool {
    error.code() == Some(classify::BUSINESS)
        && classify::suspicion(error.message_on_the_wire()) == Suspicion::Suspect
}
