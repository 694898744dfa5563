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
/// used: a crash after that loses nothing. Two accidents end the authorisation, and the error says so with
/// [`AuthorizationLost`](ErrorKind::AuthorizationLost): the answer is lost on its way (the old token is used up, the
/// new one unknown), or the new token cannot be saved. A refused refresh token is never tried again.
pub struct RefreshTokens {
    app: App,
    redirect_uri: String,
    store: Arc<dyn TokenStore>,
    /// The access token that came with the code; serves the first request for one.
    first: Mutex<Option<AccessToken>>,
}

impl RefreshTokens {
    pub(super) fn begun(
        app: App,
        redirect_uri: String,
        store: Arc<dyn TokenStore>,
        first: AccessToken,
    ) -> Self {
        Self { app, redirect_uri, store, first: Mutex::new(Some(first)) }
    }

    pub(super) fn resumed(app: App, redirect_uri: String, store: Arc<dyn TokenStore>) -> Self {
        Self { app, redirect_uri, store, first: Mutex::new(None) }
    }

    fn take_first(&self) -> Option<AccessToken> {
        self.first.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

#[async_trait]
impl TokenSource for RefreshTokens {
    async fn issue(&self, transport: &dyn Transport) -> Result<AccessToken> {
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
        let issued = self.app.grant(transport, &fields).await.map_err(lost_when_sent)?;
        // A server that sends no next token leaves the saved one valid (RFC 6749, section 6).
        if let Some(next) = &issued.refresh {
            save(&*self.store, next).await?;
        }
        Ok(issued.access)
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
