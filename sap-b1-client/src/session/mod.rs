//! One session for all callers: who logs in, when, and what is remembered.
//!
//! [`authenticator`] knows how a login request looks, [`cookies`] reads and echoes the session cookies. What a lost session
//! means for a request is decided in [`crate::client`].

mod authenticator;
mod cookies;
mod holder;

pub use authenticator::{Authenticator, PasswordLogin};
pub use cookies::SessionCookies;
pub(crate) use holder::{Live, SessionHolder};

use std::time::Duration;

/// What a login answered.
#[derive(Debug, Clone)]
pub struct LoginAnswer {
    /// The cookies to echo.
    pub cookies: SessionCookies,
    /// How long the session may be idle. The server's setting, 30 minutes by default.
    pub idle_timeout: Duration,
    /// Version of SAP Business One (`1000280` is 10.00.280), if the answer had it.
    pub version: Option<String>,
}
