//! Where the access token comes from and how all callers share one.
//!
//! A [`TokenSource`] gets a token: [`ClientCredentials`] for a service account, [`RefreshTokens`] for a user who
//! authorised the app ([`AuthorizationCode`] begins that). `TokenCache` keeps the token, renews it when 80 % of its
//! life is gone, lets one caller at a time log in, and never tries refused credentials twice. `endpoint` is the one
//! place that speaks with the login server; `info` asks it about a token and revokes one.

mod authorization_code;
mod cache;
mod credentials;
mod endpoint;
mod info;
mod refresh;

use std::time::Duration;

use async_trait::async_trait;
use secrecy::SecretString;

use crate::error::{Error, Result};
use crate::transport::Transport;

pub use authorization_code::AuthorizationCode;
pub(crate) use cache::{Held, TokenCache};
pub use credentials::ClientCredentials;
pub use info::TokenInfo;
pub(crate) use info::token_info;
pub use refresh::{MemoryTokenStore, RefreshTokens, TokenStore, TokenStoreError};

/// A token as the login server issued it.
#[derive(Debug)]
pub struct AccessToken {
    /// The bearer token.
    pub secret: SecretString,
    /// How long it is valid from now on.
    pub lifetime: Duration,
}

/// Gets access tokens.
#[async_trait]
pub trait TokenSource: Send + Sync {
    /// Gets a new token over the client's transport. Never called by two callers at once.
    ///
    /// # Errors
    ///
    /// [`LoginRefused`](crate::ErrorKind::LoginRefused) when the credentials are wrong and
    /// [`AuthorizationLost`](crate::ErrorKind::AuthorizationLost) when a user has to authorise again (the client then
    /// never asks again), any other kind when it may work later.
    async fn issue(&self, transport: &dyn Transport) -> Result<AccessToken>;

    /// Returns whether [`issue`](Self::issue) uses up something that can be used once. Such a login is carried to its
    /// end by a task of its own where a tokio runtime is there, so that a caller who gives up loses nothing. This one:
    /// no.
    fn is_single_use(&self) -> bool {
        false
    }

    /// Tells what it means that [`issue`](Self::issue) was given up because no answer came in time. This one: that it
    /// may work later.
    fn unanswered(&self, timeout: Error) -> Error {
        timeout
    }

    /// Revokes a token, where the source knows how: this one does nothing.
    ///
    /// # Errors
    ///
    /// When the login server could not be asked.
    async fn revoke(&self, _transport: &dyn Transport, _token: &SecretString) -> Result<()> {
        Ok(())
    }
}
