//! The token that all clones of a client share.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use secrecy::SecretString;

use super::TokenSource;
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
    refused: Option<(Option<u16>, Vec<String>)>,
}

pub(crate) struct TokenCache {
    source: Arc<dyn TokenSource>,
    timeout: Duration,
    state: Mutex<State>,
    /// Held while logging in, so that logins are never parallel.
    login: tokio::sync::Mutex<()>,
}

impl TokenCache {
    pub(crate) fn new(source: Arc<dyn TokenSource>, timeout: Duration) -> Self {
        Self { source, timeout, state: Mutex::default(), login: tokio::sync::Mutex::new(()) }
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
        transport: &dyn Transport,
        timer: &dyn Timer,
    ) -> Result<Held> {
        if let Some(held) = self.fresh(timer.now())? {
            return Ok(held);
        }
        let still_good = self.unexpired(timer.now());
        let guard = match (self.login.try_lock(), &still_good) {
            (Ok(guard), _) => guard,
            (Err(_), Some(held)) => return Ok(held.clone()),
            (Err(_), None) => self.login.lock().await,
        };
        if let Some(held) = self.fresh(timer.now())? {
            return Ok(held);
        }
        let issued = self.log_in(transport, timer).await;
        drop(guard);
        match (issued, still_good) {
            (Ok(held), _) => Ok(held),
            (Err(error), Some(held)) if error.kind() != ErrorKind::LoginRefused => {
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
        transport: &dyn Transport,
        timer: &dyn Timer,
    ) -> Result<Held> {
        let _guard = self.login.lock().await;
        {
            let state = self.lock();
            state.check_refused()?;
            if let Some(held) = state.held.as_ref().filter(|held| held.login > rejected) {
                return Ok(held.clone());
            }
        }
        self.log_in(transport, timer).await
    }

    async fn log_in(&self, transport: &dyn Transport, timer: &dyn Timer) -> Result<Held> {
        self.lock().logins += 1;
        let asked_at = timer.now();
        let issued =
            within(timer, self.timeout, self.source.issue(transport)).await.unwrap_or_else(|| {
                Err(Error::new(
                    ErrorKind::Login,
                    Outcome::Unknown,
                    "the login server did not answer in time",
                ))
            });
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
                if error.kind() == ErrorKind::LoginRefused {
                    state.held = None;
                    state.refused = Some((error.status(), error.api_messages().to_vec()));
                }
                Err(error)
            }
        }
    }

    fn fresh(&self, now: DateTime<Utc>) -> Result<Option<Held>> {
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

impl State {
    fn check_refused(&self) -> Result<()> {
        let Some((status, messages)) = &self.refused else {
            return Ok(());
        };
        let error = Error::new(
            ErrorKind::LoginRefused,
            Outcome::NotSent,
            "the login server refused the client id or secret before; they are not tried again",
        )
        .with_messages(messages.clone());
        Err(match status {
            Some(status) => error.with_status(*status),
            None => error,
        })
    }
}
