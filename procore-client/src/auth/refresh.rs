//! Refresh tokens: each can be used once, so the next one is saved before anything else happens.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use secrecy::{ExposeSecret, SecretString};

use super::authorization_code::lost_when_sent;
use super::endpoint::App;
use super::{AccessToken, TokenSource};
use crate::error::{Error, ErrorKind, Outcome, Result};
use crate::transport::Transport;

/// A store that failed; the words are for people and must not hold the token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenStoreError(pub String);

impl fmt::Display for TokenStoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the token store failed: {}", self.0)
    }
}

impl std::error::Error for TokenStoreError {}

/// Keeps one refresh token across restarts.
///
/// Laws, which an implementation keeps:
///
/// 1. When `save` has returned, the token survives a crash, and `load` returns it and no earlier one.
/// 2. When `save` fails, `load` returns either the token before or the new one, never half of one.
/// 3. One client at a time uses a store: a refresh token that two clients use is refused to the second.
#[async_trait]
pub trait TokenStore: Send + Sync {
    /// Returns the saved refresh token.
    async fn load(&self) -> Result<Option<SecretString>, TokenStoreError>;

    /// Saves a refresh token in place of the one before.
    async fn save(&self, token: &SecretString) -> Result<(), TokenStoreError>;
}

/// A token store in memory, for tests: a restart loses the authorisation.
#[derive(Debug, Default)]
pub struct MemoryTokenStore {
    token: Mutex<Option<SecretString>>,
}

impl MemoryTokenStore {
    /// Makes a store that holds a token.
    #[must_use]
    pub fn holding(token: SecretString) -> Self {
        Self { token: Mutex::new(Some(token)) }
    }
}

#[async_trait]
impl TokenStore for MemoryTokenStore {
    async fn load(&self) -> Result<Option<SecretString>, TokenStoreError> {
        Ok(self.token.lock().unwrap_or_else(PoisonError::into_inner).clone())
    }

    async fn save(&self, token: &SecretString) -> Result<(), TokenStoreError> {
        *self.token.lock().unwrap_or_else(PoisonError::into_inner) = Some(token.clone());
        Ok(())
    }
}

/// The grant `refresh_token`: access tokens for as long as each refresh token is followed by the next.
///
/// A refresh uses the saved token up. Its answer brings the next one, which is saved **before** the access token is
/// used: a crash after that loses nothing. Three accidents end the authorisation, and the error says so with
/// [`AuthorizationLost`](ErrorKind::AuthorizationLost): the answer is lost on its way (the old token is used up, the
/// new one unknown), it brings no next token, or the next token cannot be saved. No refresh token is sent twice, unless
/// the first request did not leave or was only asked to wait.
///
/// Clients that share one source take turns; two sources must not share a store.
pub struct RefreshTokens {
    app: App,
    redirect_uri: String,
    store: Arc<dyn TokenStore>,
    /// The access token that came with the code; serves the first request for one.
    first: Mutex<Option<AccessToken>>,
    /// The refresh token that was sent last.
    sent: Mutex<Option<SecretString>>,
    /// Held while refreshing.
    turn: tokio::sync::Mutex<()>,
}

impl RefreshTokens {
    pub(super) fn begun(
        app: App,
        redirect_uri: String,
        store: Arc<dyn TokenStore>,
        first: AccessToken,
    ) -> Self {
        Self { first: Mutex::new(Some(first)), ..Self::resumed(app, redirect_uri, store) }
    }

    pub(super) fn resumed(app: App, redirect_uri: String, store: Arc<dyn TokenStore>) -> Self {
        let (first, sent) = (Mutex::new(None), Mutex::new(None));
        Self { app, redirect_uri, store, first, sent, turn: tokio::sync::Mutex::new(()) }
    }

    fn take_first(&self) -> Option<AccessToken> {
        self.first.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Notes which refresh token is about to be sent, and refuses the one that was sent last.
    fn about_to_send(&self, token: &SecretString) -> Result<()> {
        let mut sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        let again = sent.as_ref().is_some_and(|last| last.expose_secret() == token.expose_secret());
        if again {
            return Err(Error::new(
                ErrorKind::AuthorizationLost,
                Outcome::NotSent,
                "the saved refresh token was used before and no next one was saved: the user has to authorise the \
                 app again",
            ));
        }
        *sent = Some(token.clone());
        Ok(())
    }

    fn not_used(&self) {
        *self.sent.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

/// Whether a failed request can have used the refresh token up.
fn is_used_up(error: &Error) -> bool {
    error.kind() == ErrorKind::AuthorizationLost
        || !matches!(error.outcome(), Outcome::NotSent | Outcome::Refused)
}

#[async_trait]
impl TokenSource for RefreshTokens {
    async fn issue(&self, transport: &dyn Transport) -> Result<AccessToken> {
        let _turn = self.turn.lock().await;
        if let Some(first) = self.take_first() {
            return Ok(first);
        }
        let saved = self.store.load().await.map_err(|error| {
            Error::new(ErrorKind::Login, Outcome::NotSent, "the refresh token could not be loaded")
                .with_source(Box::new(error))
        })?;
        let saved = saved.ok_or_else(|| {
            Error::new(
                ErrorKind::AuthorizationLost,
                Outcome::NotSent,
                "no refresh token is saved: the user has to authorise the app first",
            )
        })?;
        let fields = [
            ("grant_type", "refresh_token"),
            ("refresh_token", saved.expose_secret()),
            ("redirect_uri", self.redirect_uri.as_str()),
        ];
        // Before it is sent: who is dropped while waiting does not come back to say what happened.
        self.about_to_send(&saved)?;
        let granted = self.app.grant(transport, &fields).await.map_err(lost_when_sent);
        let issued = granted.inspect_err(|error| {
            if !is_used_up(error) {
                self.not_used();
            }
        })?;
        match &issued.refresh {
            Some(next) => save(&*self.store, next).await?,
            None => tracing::warn!(
                "the login server gave no next refresh token; the user has to authorise the app again soon"
            ),
        }
        Ok(issued.access)
    }

    fn is_single_use(&self) -> bool {
        true
    }

    fn unanswered(&self, timeout: Error) -> Error {
        lost_when_sent(timeout)
    }

    async fn revoke(&self, transport: &dyn Transport, token: &SecretString) -> Result<()> {
        super::info::revoke(&self.app, transport, token.expose_secret()).await
    }
}

/// Saves the next refresh token; the one before is used up already.
pub(super) async fn save(store: &dyn TokenStore, token: &SecretString) -> Result<()> {
    store.save(token).await.map_err(|error| {
        Error::new(
            ErrorKind::AuthorizationLost,
            Outcome::Done,
            "the new refresh token could not be saved and the old one is used up: mend the store, then let the user \
             authorise the app again",
        )
        .with_source(Box::new(error))
    })
}

impl fmt::Debug for RefreshTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RefreshTokens").field("app", &self.app).finish_non_exhaustive()
    }
}
