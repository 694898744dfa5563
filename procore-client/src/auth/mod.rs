//! Where the access token comes from and how all callers share one.
//!
//! A [`TokenSource`] gets a token; `TokenCache` keeps it, renews it when 80 % of its life is gone, lets one caller
//! at a time log in, and never tries refused credentials twice.

mod cache;
mod credentials;

use std::time::Duration;

use async_trait::async_trait;
use secrecy::SecretString;

use crate::error::Result;
use crate::transport::Transport;

pub(crate) use cache::{Held, TokenCache};
pub use credentials::ClientCredentials;

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
    /// Gets a new token over the client's transport.
    ///
    /// # Errors
    ///
    /// [`LoginRefused`](crate::ErrorKind::LoginRefused) when the credentials are wrong (the client then never asks
    /// again), any other kind when it may work later.
    async fn issue(&self, transport: &dyn Transport) -> Result<AccessToken>;
}
