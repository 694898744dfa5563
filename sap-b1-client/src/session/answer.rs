//! What a login answered: what to send with every call, and how long it lasts.

use super::SessionCookies;
use crate::error::{Error, ErrorKind, Outcome, Result};
use bytes::Bytes;
use http::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use std::time::Duration;

/// The idle time SAP sets by default (SAP manual 1.22, p. 183), where the answer names none.
const IDLE_TIMEOUT_DEFAULT: Duration = Duration::from_secs(30 * 60);

/// What a login answered.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct LoginAnswer {
    /// The cookies to echo.
    pub cookies: Option<SessionCookies>,
    /// The `Authorization` header to send, where calls carry a token instead of cookies.
    pub authorization: Option<SecretString>,
    /// How long the session may be idle. The server's setting, 30 minutes by default.
    pub idle_timeout: Duration,
    /// How long it lasts however much it is used; a session of cookies has no such end.
    pub lifetime: Option<Duration>,
    /// Version of SAP Business One (`1000280` is 10.00.280), if the answer had it.
    pub version: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "PascalCase", default)]
struct LoginFields {
    session_id: Option<String>,
    version: Option<String>,
    session_timeout: Option<u64>,
}

impl LoginAnswer {
    /// A session of cookies.
    #[must_use]
    pub fn cookies(cookies: SessionCookies, idle_timeout: Duration) -> Self {
        Self {
            cookies: Some(cookies),
            authorization: None,
            idle_timeout,
            lifetime: None,
            version: None,
        }
    }

    /// A bearer token that is good for `lifetime`.
    #[must_use]
    pub fn bearer(token: SecretString, lifetime: Duration) -> Self {
        let header = format!("Bearer {}", token.expose_secret());
        Self {
            cookies: None,
            authorization: Some(header.into()),
            idle_timeout: lifetime,
            lifetime: Some(lifetime),
            version: None,
        }
    }

    /// Reads the answer of `POST Login`: `B1SESSION`, `ROUTEID`, `SessionTimeout` and `Version`.
    ///
    /// # Errors
    /// When it holds no session.
    pub fn read(answer: &http::Response<Bytes>) -> Result<Self> {
        let fields: LoginFields = serde_json::from_slice(answer.body()).unwrap_or_default();
        let cookies = SessionCookies::from_answer(answer.headers(), fields.session_id.as_deref())
            .ok_or_else(|| {
                let message = "the login answered success without a session cookie; is this address a Service Layer?";
                Error::new(ErrorKind::Decode, Outcome::Done, message).with_status(answer.status())
            })?;
        let idle_timeout = fields
            .session_timeout
            .filter(|minutes| *minutes > 0)
            .map(|minutes| Duration::from_secs(minutes.saturating_mul(60)));
        let answer = Self::cookies(cookies, idle_timeout.unwrap_or(IDLE_TIMEOUT_DEFAULT));
        Ok(Self { version: fields.version, ..answer })
    }

    /// The `Authorization` header, marked sensitive.
    pub(crate) fn authorization_header(&self) -> Option<HeaderValue> {
        let mut value = HeaderValue::try_from(self.authorization.as_ref()?.expose_secret()).ok()?;
        value.set_sensitive(true);
        Some(value)
    }

    /// Removes what a server repeats of it from an error.
    pub(crate) fn scrub(&self, mut error: Error) -> Error {
        if let Some(cookies) = &self.cookies {
            error = error.scrubbed(cookies.session_id());
        }
        if let Some(header) = &self.authorization {
            let header = header.expose_secret();
            error = error.scrubbed(header.rsplit(' ').next().unwrap_or(header));
        }
        error
    }
}
