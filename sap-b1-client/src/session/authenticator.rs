//! How a login looks: company database, user and password, or whatever a host brings.

use super::LoginAnswer;
#[cfg(doc)]
use crate::error::ErrorKind;
use crate::error::{Error, Result};
use async_trait::async_trait;
use bytes::Bytes;
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use std::fmt;

/// The next thing a sign-in does.
pub enum LoginStep {
    /// Sends a request, to the Service Layer or to an identity provider, and looks at its answer.
    Send(http::Request<Bytes>),
    /// Is signed in.
    Done(LoginAnswer),
}

/// A request of a login carries the password or a token: only where it goes is shown.
impl fmt::Debug for LoginStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Send(request) => f
                .debug_struct("Send")
                .field("method", request.method())
                .field("host", &request.uri().host())
                .field("path", &request.uri().path())
                .finish_non_exhaustive(),
            Self::Done(answer) => f.debug_tuple("Done").field(answer).finish(),
        }
    }
}

/// Knows how to sign in: what to send, and what the answers mean. It sends nothing to the Service Layer itself.
///
/// The client sends the requests and decides when a sign-in begins: never twice at the same time, and never again after a
/// refusal. [`PasswordLogin`] takes one request. SAML takes several, each built from the answer before it; a bearer token
/// (OAuth, OIDC) needs none here: fetch it in [`Authenticator::begin`] and return [`LoginStep::Done`] with
/// [`LoginAnswer::bearer`]. Neither has been tried against a real server.
///
/// ```
/// use sap_b1_client::{Authenticator, LoginAnswer, LoginStep, Result, SecretString};
///
/// #[derive(Debug)]
/// struct Token;
///
/// #[async_trait::async_trait]
/// impl Authenticator for Token {
///     async fn begin(&self, _service_root: &str) -> Result<LoginStep> {
///         let token: SecretString = "fetched from the identity provider".into();
///         Ok(LoginStep::Done(LoginAnswer::bearer(token, std::time::Duration::from_secs(3600))))
///     }
/// }
/// ```
#[async_trait]
pub trait Authenticator: Send + Sync + fmt::Debug {
    /// The first step. `service_root` is the base address without a trailing slash.
    ///
    /// # Errors
    /// When the request cannot be built. An error of kind [`ErrorKind::LoginRefused`] is remembered: nothing is tried again.
    async fn begin(&self, service_root: &str) -> Result<LoginStep>;

    /// The step after a successful answer (status 2xx). The default takes `B1SESSION`, `ROUTEID`, `SessionTimeout` and
    /// `Version` from it and is done.
    ///
    /// # Errors
    /// When the answer holds no session.
    async fn answered(&self, answer: &http::Response<Bytes>) -> Result<LoginStep> {
        LoginAnswer::read(answer).map(LoginStep::Done)
    }

    /// Removes secrets of the login from an error that is about to leave the crate.
    fn scrub(&self, error: Error) -> Error {
        error
    }
}

/// `POST Login` with company database, user and password.
#[derive(Debug, Clone)]
pub struct PasswordLogin {
    company_db: String,
    user_name: String,
    password: SecretString,
    language: Option<String>,
}

impl PasswordLogin {
    /// A login in English (language `3`), so that messages read the same everywhere.
    #[must_use]
    pub fn new(
        company_db: impl Into<String>,
        user_name: impl Into<String>,
        password: SecretString,
    ) -> Self {
        Self {
            company_db: company_db.into(),
            user_name: user_name.into(),
            password,
            language: Some("3".to_owned()),
        }
    }

    /// Uses another language number, or the user's own with `None`.
    #[must_use]
    pub fn language(mut self, language: Option<&str>) -> Self {
        self.language = language.map(str::to_owned);
        self
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct LoginBody<'a> {
    #[serde(rename = "CompanyDB")]
    company_db: &'a str,
    user_name: &'a str,
    password: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<&'a str>,
}

#[async_trait]
impl Authenticator for PasswordLogin {
    async fn begin(&self, service_root: &str) -> Result<LoginStep> {
        let body = LoginBody {
            company_db: &self.company_db,
            user_name: &self.user_name,
            password: self.password.expose_secret(),
            language: self.language.as_deref(),
        };
        let body = serde_json::to_vec(&body).map_err(|error| {
            Error::configuration("the login does not serialise").with_source(error)
        })?;
        http::Request::post(format!("{service_root}/Login"))
            .header(http::header::CONTENT_TYPE, "application/json")
            .body(Bytes::from(body))
            .map(LoginStep::Send)
            .map_err(|error| {
                Error::configuration("the login request cannot be built").with_source(error)
            })
    }

    fn scrub(&self, error: Error) -> Error {
        error.scrubbed(self.password.expose_secret())
    }
}
