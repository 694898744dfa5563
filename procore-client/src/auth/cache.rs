//! The token that all clones of a client share.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use secrecy::SecretString;

use super::{AccessToken, TokenSource};
use crate::error::{Error, ErrorKind, Outcome, Result};
use crate::timeout::within;
use crate::transport::{Timer, Transport};

/// Time between two tries to renew a token that is still valid.
const RENEWAL_PAUSE: TimeDelta = TimeDelta::seconds(30);

/// A token in use, with the number of the login that it came from.
#[derive(Clone, Debug)]
pub(crate) struct Held {
    pub(crate) secret: Arc<SecretString>,
    pub(crate) login: u64,
}

#[derive(Debug, Default)]
struct State {
    held: Option<Held>,
    renew_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    logins: u64,
    /// Why no login is tried any more.
    refused: Option<(ErrorKind, Option<u16>, Vec<String>)>,
}

pub(crate) struct TokenCache {
    source: Arc<dyn TokenSource>,
    timeout: Duration,
    state: Mutex<State>,
    /// Held while logging in, so that logins are never parallel. A login whose caller gave up stays here, and the
    /// next caller goes on with it: dropping it could lose a refresh token that can be used once.
    login: tokio::sync::Mutex<Option<Login>>,
}

/// A login under way.
struct Login {
    asked_at: DateTime<Utc>,
    work: BoxFuture<'static, Result<AccessToken>>,
}

impl TokenCache {
    pub(crate) fn new(source: Arc<dyn TokenSource>, timeout: Duration) -> Self {
        Self { source, timeout, state: Mutex::default(), login: tokio::sync::Mutex::new(None) }
    }

    /// Returns how often the source was asked.
    pub(crate) fn logins(&self) -> u64 {
        self.lock().logins
    }

    /// Returns a token that is good for now.
    ///
    /// Between 80 % and 100 % of its life one caller renews it and the others go on with the old one.
    pub(crate) async fn current(
        &self,
        transport: &Arc<dyn Transport>,
        timer: &dyn Timer,
    ) -> Result<Held> {
        if let Some(held) = self.fresh(timer.now())? {
            return Ok(held);
        }
        let still_good = self.unexpired(timer.now());
        let mut login = match (self.login.try_lock(), &still_good) {
            (Ok(guard), _) => guard,
            (Err(_), Some(held)) => return Ok(held.clone()),
            (Err(_), None) => self.login.lock().await,
        };
        if let Some(held) = self.fresh(timer.now())? {
            return Ok(held);
        }
        let issued = self.log_in(&mut login, transport, timer).await;
        drop(login);
        match (issued, still_good) {
            (Ok(held), _) => Ok(held),
            (Err(error), Some(held)) if !is_final(error.kind()) => {
                tracing::warn!(%error, "the token could not be renewed in time; the old one is still valid");
                Ok(held)
            }
            (Err(error), _) => Err(error),
        }
    }

    /// Returns a token of a later login than `rejected`, logging in unless someone just did.
    pub(crate) async fn renewed(
        &self,
        rejected: u64,
        transport: &Arc<dyn Transport>,
        timer: &dyn Timer,
    ) -> Result<Held> {
        let mut login = self.login.lock().await;
        {
            let state = self.lock();
            state.check_refused()?;
            if let Some(held) = state.held.as_ref().filter(|held| held.login > rejected) {
                return Ok(held.clone());
            }
        }
        self.log_in(&mut login, transport, timer).await
    }

    /// Gives the token back to the login server; the next call logs in anew.
    pub(crate) async fn revoke(
        &self,
        transport: &Arc<dyn Transport>,
        timer: &dyn Timer,
    ) -> Result<()> {
        let _guard = self.login.lock().await;
        let held = self.lock().held.take();
        let Some(held) = held else {
            return Ok(());
        };
        within(timer, self.timeout, self.source.revoke(&**transport, &held.secret))
            .await
            .unwrap_or_else(|| Err(no_answer_in_time()))
    }

    async fn log_in(
        &self,
        login: &mut Option<Login>,
        transport: &Arc<dyn Transport>,
        timer: &dyn Timer,
    ) -> Result<Held> {
        let Login { asked_at, work } = login.get_or_insert_with(|| {
            self.lock().logins += 1;
            let (source, transport) = (Arc::clone(&self.source), Arc::clone(transport));
            let alone = source.is_single_use();
            let work = async move { source.issue(&*transport).await };
            let work = if alone { outliving(work) } else { work.boxed() };
            Login { asked_at: timer.now(), work }
        });
        let asked_at = *asked_at;
        let issued = within(timer, self.timeout, work)
            .await
            .unwrap_or_else(|| Err(self.source.unanswered(no_answer_in_time())));
        *login = None;
        let mut state = self.lock();
        match issued {
            Ok(token) => {
                let lifetime = TimeDelta::from_std(token.lifetime).unwrap_or(TimeDelta::hours(1));
                state.renew_at = asked_at + lifetime * 4 / 5;
                state.expires_at = asked_at + lifetime;
                let held = Held { secret: Arc::new(token.secret), login: state.logins };
                state.held = Some(held.clone());
                Ok(held)
            }
            Err(error) => {
                // The old token, where it is still valid, serves for a while before the login is tried again.
                state.renew_at = (timer.now() + RENEWAL_PAUSE).min(state.expires_at);
                if is_final(error.kind()) {
                    state.held = None;
                    let messages = error.api_messages().to_vec();
                    state.refused = Some((error.kind(), error.status(), messages));
                }
                Err(error)
            }
        }
    }

    /// Returns the token that needs no renewal yet, if there is one.
    pub(crate) fn fresh(&self, now: DateTime<Utc>) -> Result<Option<Held>> {
        let state = self.lock();
        state.check_refused()?;
        Ok(state.held.clone().filter(|_| now < state.renew_at))
    }

    fn unexpired(&self, now: DateTime<Utc>) -> Option<Held> {
        let state = self.lock();
        state.held.clone().filter(|_| now < state.expires_at)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Lets a login go on although nobody waits for it any more; without a runtime it waits for the next caller.
fn outliving(
    login: impl Future<Output = Result<AccessToken>> + Send + 'static,
) -> BoxFuture<'static, Result<AccessToken>> {
    let Ok(runtime) = tokio::runtime::Handle::try_current() else {
        return login.boxed();
    };
    let task = runtime.spawn(login);
    async move { task.await.unwrap_or_else(|_| Err(ended_early())) }.boxed()
}

fn ended_early() -> Error {
    let message = "the login was ended before the login server answered";
    Error::new(ErrorKind::Login, Outcome::Unknown, message)
}

fn no_answer_in_time() -> Error {
    let message = "the login server did not answer in time";
    Error::new(ErrorKind::Login, Outcome::Unknown, message)
}

/// What no later login can mend.
fn is_final(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::LoginRefused | ErrorKind::AuthorizationLost)
}

impl State {
    fn check_refused(&self) -> Result<()> {
        let Some((kind, status, messages)) = &self.refused else {
            return Ok(());
        };
        let message = match kind {
            ErrorKind::AuthorizationLost => {
                "the authorisation was lost before: the user has to authorise the app again"
            }
            _ => {
                "the login server refused the client id or secret before; they are not tried again"
            }
        };
        let error = Error::new(*kind, Outcome::NotSent, message).with_messages(messages.clone());
        Err(match status {
            Some(status) => error.with_status(*status),
            None => error,
        })
    }
}
