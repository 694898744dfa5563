//! The OAuth 2.0 grant `client_credentials` (Procore: Developer-Managed Service Account).

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use url::Url;

use super::{AccessToken, TokenSource};
use crate::error::{Error, ErrorKind, Outcome, Result};
use crate::error_body;
use crate::transport::{Sent, Transport, TransportError, is_protected};

/// Used when the login server names no lifetime, which it always does according to its documentation.
const LIFETIME_UNSTATED: Duration = Duration::from_secs(15 * 60);
const ENDPOINT: &str = "POST /oauth/token";

/// Client id and secret of a service account.
pub struct ClientCredentials {
    token_url: Url,
    client_id: String,
    client_secret: SecretString,
}

impl ClientCredentials {
    /// Makes a source for the login host, such as `https://login.procore.com`.
    ///
    /// # Errors
    ///
    /// When the URL is no URL, or neither https nor on this machine.
    pub fn new(
        login_url: &str,
        client_id: impl Into<String>,
        client_secret: SecretString,
    ) -> Result<Self> {
        let token_url = Url::parse(login_url)
            .and_then(|url| url.join("/oauth/token"))
            .map_err(|error| Error::configuration(format!("login_url is not a URL: {error}")))?;
        if !is_protected(&token_url) {
            return Err(Error::configuration(
                "login_url must be https; plain http is allowed only to this machine",
            ));
        }
        Ok(Self { token_url, client_id: client_id.into(), client_secret })
    }

    fn request(&self) -> Result<http::Request<Bytes>> {
        // Form-urlencoded as RFC 6749 asks; Procore's pages also show multipart and JSON.
        let form = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("grant_type", "client_credentials")
            .append_pair("client_id", &self.client_id)
            .append_pair("client_secret", self.client_secret.expose_secret())
            .finish();
        http::Request::post(self.token_url.as_str())
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(ACCEPT, "application/json")
            .body(Bytes::from(form))
            .map_err(|error| {
                Error::configuration(format!("the login request cannot be built: {error}"))
            })
    }

    fn refusal(&self, response: &http::Response<Bytes>) -> Error {
        #[derive(Deserialize, Default)]
        #[serde(default)]
        struct Refusal {
            error: Option<String>,
            error_description: Option<String>,
        }
        let status = response.status().as_u16();
        let body = error_body::bounded(response.body(), Some(self.client_secret.expose_secret()))
            .unwrap_or_default();
        let refusal: Refusal = serde_json::from_str(&body).unwrap_or_default();
        let code = refusal.error.as_deref().unwrap_or_default();
        let wrong = matches!(code, "invalid_client" | "unauthorized_client" | "invalid_grant");
        let (kind, outcome, message) = match status {
            401 => (ErrorKind::LoginRefused, Outcome::Refused, REFUSED),
            400 | 403 if wrong => (ErrorKind::LoginRefused, Outcome::Refused, REFUSED),
            429 => (ErrorKind::Throttled, Outcome::Refused, "the login server asks to wait"),
            500..=599 => (ErrorKind::Login, Outcome::Unknown, "the login server failed"),
            _ => (ErrorKind::Login, Outcome::Refused, "the login server refused the request"),
        };
        // Only the two fields of RFC 6749 are told, not the body: a server might echo what it was sent.
        let messages = [refusal.error, refusal.error_description].into_iter().flatten();
        let messages = messages.map(|text| text.chars().take(300).collect()).collect();
        Error::new(kind, outcome, message).with_status(status).with_messages(messages).at(ENDPOINT)
    }
}

const REFUSED: &str =
    "the login server refused the client id or secret; check that they belong to this environment";

impl fmt::Debug for ClientCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientCredentials")
            .field("token_url", &self.token_url.as_str())
            .field("client_id", &self.client_id)
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl TokenSource for ClientCredentials {
    async fn issue(&self, transport: &dyn Transport) -> Result<AccessToken> {
        #[derive(Deserialize)]
        struct Issued<'a> {
            access_token: &'a str,
            #[serde(default, deserialize_with = "crate::wire::opt")]
            expires_in: Option<i64>,
        }
        let response = transport.send(self.request()?).await.map_err(no_answer)?;
        if !response.status().is_success() {
            return Err(self.refusal(&response));
        }
        let issued: Issued<'_> = serde_json::from_slice(response.body()).map_err(|_| {
            // The parser's words are left out: they could quote the token.
            Error::new(
                ErrorKind::Login,
                Outcome::Unknown,
                "the login server's answer holds no access_token",
            )
            .with_status(response.status().as_u16())
            .at(ENDPOINT)
        })?;
        let seconds = issued.expires_in.and_then(|seconds| u64::try_from(seconds).ok());
        Ok(AccessToken {
            secret: SecretString::from(issued.access_token),
            lifetime: seconds.map_or(LIFETIME_UNSTATED, Duration::from_secs),
        })
    }
}

fn no_answer(error: TransportError) -> Error {
    let outcome = match error.sent {
        Sent::NotSent => Outcome::NotSent,
        Sent::MaybeSent => Outcome::Unknown,
    };
    Error::new(ErrorKind::Login, outcome, "the login server could not be asked")
        .at(ENDPOINT)
        .with_source(Box::new(error))
}
