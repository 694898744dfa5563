//! How a login looks: company database, user and password, or whatever a host brings.

use super::{LoginAnswer, SessionCookies};
use crate::error::{Error, ErrorKind, Outcome, Result};
use bytes::Bytes;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::time::Duration;

/// The idle time SAP sets by default (SAP manual 1.22, p. 183), where the answer names none.
const IDLE_TIMEOUT_DEFAULT: Duration = Duration::from_secs(30 * 60);

/// Knows how to sign in with one request.
///
/// The client decides when it is called: never twice at the same time, and never again after a refusal.
pub trait Authenticator: Send + Sync + fmt::Debug {
    /// Builds the login request. `service_root` is the base address without a trailing slash.
    ///
    /// # Errors
    /// When the request cannot be built.
    fn login_request(&self, service_root: &str) -> Result<http::Request<Bytes>>;

    /// Reads a successful answer. The default takes `B1SESSION`, `ROUTEID`, `SessionTimeout` and `Version`.
    ///
    /// # Errors
    /// When the answer holds no session.
    fn read_answer(&self, answer: &http::Response<Bytes>) -> Result<LoginAnswer> {
        read_login(answer)
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

impl Authenticator for PasswordLogin {
    fn login_request(&self, service_root: &str) -> Result<http::Request<Bytes>> {
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
            .map_err(|error| {
                Error::configuration("the login request cannot be built").with_source(error)
            })
    }

    fn scrub(&self, error: Error) -> Error {
        error.scrubbed(self.password.expose_secret())
    }
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "PascalCase", default)]
struct LoginFields {
    session_id: Option<String>,
    version: Option<String>,
    session_timeout: Option<u64>,
}

fn read_login(answer: &http::Response<Bytes>) -> Result<LoginAnswer> {
    let fields: LoginFields = serde_json::from_slice(answer.body()).unwrap_or_default();
    let Some(cookies) = SessionCookies::from_answer(answer.headers(), fields.session_id.as_deref())
    else {
        let message =
            "the login answered success without a session cookie; is this address a Service Layer?";
        return Err(
            Error::new(ErrorKind::Decode, Outcome::Done, message).with_status(answer.status())
        );
    };
    let idle_timeout = fields
        .session_timeout
        .filter(|minutes| *minutes > 0)
        .map(|minutes| Duration::from_secs(minutes.saturating_mul(60)));
    Ok(LoginAnswer {
        cookies,
        idle_timeout: idle_timeout.unwrap_or(IDLE_TIMEOUT_DEFAULT),
        version: fields.version,
    })
}
