//! The login server's `/oauth/token`: one form goes in, a token or a refusal comes out.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use chrono::DateTime;
use http::header::{ACCEPT, CONTENT_TYPE};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use url::Url;

use super::AccessToken;
use crate::error::{Error, ErrorKind, Outcome, Result};
use crate::error_body;
use crate::limit::Hints;
use crate::transport::{Sent, Transport, TransportError, is_protected};

/// Used when the login server names no lifetime, which it always does according to its documentation.
const LIFETIME_UNSTATED: Duration = Duration::from_secs(15 * 60);
const REFUSED: &str =
    "the login server refused the client id or secret; check that they belong to this environment";

/// An app at a login server.
pub(super) struct App {
    login_url: Url,
    pub(super) client_id: String,
    client_secret: SecretString,
}

/// What the token endpoint issued.
#[derive(Debug)]
pub(super) struct Issued {
    pub(super) access: AccessToken,
    pub(super) refresh: Option<SecretString>,
}

impl App {
    pub(super) fn new(
        login_url: &str,
        client_id: impl Into<String>,
        client_secret: SecretString,
    ) -> Result<Self> {
        let login_url = Url::parse(login_url)
            .map_err(|error| Error::configuration(format!("login_url is not a URL: {error}")))?;
        if !is_protected(&login_url) {
            return Err(Error::configuration(
                "login_url must be https; plain http is allowed only to this machine",
            ));
        }
        Ok(Self { login_url, client_id: client_id.into(), client_secret })
    }

    pub(super) fn url(&self, path: &str) -> Result<Url> {
        self.login_url
            .join(path)
            .map_err(|error| Error::configuration(format!("login_url is not a URL: {error}")))
    }

    /// Posts a form with client id and secret; form-urlencoded as RFC 6749 asks, while Procore's pages also show
    /// multipart and JSON.
    pub(super) async fn post(
        &self,
        transport: &dyn Transport,
        path: &'static str,
        fields: &[(&str, &str)],
    ) -> Result<http::Response<Bytes>> {
        let form = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .append_pair("client_id", &self.client_id)
            .append_pair("client_secret", self.client_secret.expose_secret())
            .finish();
        let request = http::Request::post(self.url(path)?.as_str())
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(ACCEPT, "application/json")
            .body(Bytes::from(form))
            .map_err(|error| {
                Error::configuration(format!("the login request cannot be built: {error}"))
            })?;
        transport.send(request).await.map_err(|error| no_answer(error, path))
    }

    /// Asks for a token by a grant.
    pub(super) async fn grant(
        &self,
        transport: &dyn Transport,
        fields: &[(&str, &str)],
    ) -> Result<Issued> {
        #[derive(Deserialize)]
        struct Token<'a> {
            access_token: std::borrow::Cow<'a, str>,
            #[serde(default, deserialize_with = "crate::wire::opt")]
            expires_in: Option<i64>,
            #[serde(default, deserialize_with = "crate::wire::opt")]
            refresh_token: Option<String>,
        }
        let response = self.post(transport, "/oauth/token", fields).await?;
        if !response.status().is_success() {
            return Err(self.refusal(&response, fields));
        }
        let token: Token<'_> = serde_json::from_slice(response.body()).map_err(|_| {
            // The parser's words are left out: they could quote the token.
            Error::new(
                ErrorKind::Login,
                Outcome::Unknown,
                "the login server's answer holds no access_token",
            )
            .with_status(response.status().as_u16())
            .at("POST /oauth/token")
        })?;
        let seconds = token.expires_in.and_then(|seconds| u64::try_from(seconds).ok());
        Ok(Issued {
            access: AccessToken {
                secret: SecretString::from(token.access_token.into_owned()),
                lifetime: seconds.map_or(LIFETIME_UNSTATED, Duration::from_secs),
            },
            refresh: token.refresh_token.map(SecretString::from),
        })
    }

    fn refusal(&self, response: &http::Response<Bytes>, fields: &[(&str, &str)]) -> Error {
        #[derive(Deserialize, Default)]
        #[serde(default)]
        struct Refusal {
            error: Option<String>,
            error_description: Option<String>,
        }
        let status = response.status().as_u16();
        // Without the server's own time a date in Retry-After is not understood; seconds are.
        let hints = Hints::read(response.headers(), DateTime::UNIX_EPOCH);
        // A code or a refresh token is as secret as the client's own.
        let given = fields.iter().filter(|(name, _)| matches!(*name, "code" | "refresh_token"));
        let secrets = given.map(|(_, value)| *value).chain([self.client_secret.expose_secret()]);
        let body = error_body::bounded(response.body(), secrets).unwrap_or_default();
        let refusal: Refusal = serde_json::from_str(&body).unwrap_or_default();
        let code = refusal.error.as_deref().unwrap_or_default();
        let (kind, outcome, message) = match (status, code) {
            (400 | 401 | 403, "invalid_grant") => (
                ErrorKind::AuthorizationLost,
                Outcome::Refused,
                "the login server refused the code or the refresh token: both can be used once",
            ),
            (401, _) | (400 | 403, "invalid_client" | "unauthorized_client") => {
                (ErrorKind::LoginRefused, Outcome::Refused, REFUSED)
            }
            (429, _) => (ErrorKind::Throttled, Outcome::Refused, "the login server asks to wait"),
            // A page of a proxy says nothing about what happened behind it.
            (503, _) if hints.retry_after.is_some() && !error_body::is_html(&body) => {
                (ErrorKind::Throttled, Outcome::Refused, "the login server asks to wait")
            }
            (500..=599, _) => (ErrorKind::Login, Outcome::Unknown, "the login server failed"),
            _ => (ErrorKind::Login, Outcome::Refused, "the login server refused the request"),
        };
        // Only the two fields of RFC 6749 are told, not the body: a server might echo what it was sent.
        let messages = [refusal.error, refusal.error_description].into_iter().flatten();
        let messages = messages.map(|text| text.chars().take(300).collect()).collect();
        Error::new(kind, outcome, message)
            .with_status(status)
            .with_retry_after(hints.retry_after)
            .with_messages(messages)
            .at("POST /oauth/token")
    }
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App")
            .field("login_url", &self.login_url.as_str())
            .field("client_id", &self.client_id)
            .finish_non_exhaustive()
    }
}

pub(super) fn no_answer(error: TransportError, path: &str) -> Error {
    let outcome = match error.sent {
        Sent::NotSent => Outcome::NotSent,
        Sent::MaybeSent => Outcome::Unknown,
    };
    Error::new(ErrorKind::Login, outcome, "the login server could not be asked")
        .at(format!("POST {path}"))
        .with_source(Box::new(error))
}
