//! What the login server knows of a token, and how a token is given back.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::header::{ACCEPT, AUTHORIZATION};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use url::Url;

use super::endpoint::{App, no_answer};
use crate::error::{Error, ErrorKind, Outcome, Result};
use crate::transport::Transport;

/// What the login server says about a token.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TokenInfo {
    /// The user or service account that it acts for.
    pub resource_owner_id: Option<i64>,
    /// How many seconds it is still valid.
    pub expires_in_seconds: Option<i64>,
    /// The app's client id.
    pub application_uid: Option<String>,
    /// When it was issued.
    pub created_at: Option<DateTime<Utc>>,
}

#[derive(Deserialize)]
struct Wire {
    #[serde(default, deserialize_with = "crate::wire::opt")]
    resource_owner_id: Option<i64>,
    #[serde(default, deserialize_with = "crate::wire::opt")]
    expires_in_seconds: Option<i64>,
    #[serde(default)]
    application: Option<Application>,
    #[serde(default, deserialize_with = "crate::wire::opt")]
    created_at: Option<i64>,
}

#[derive(Deserialize)]
struct Application {
    #[serde(default, deserialize_with = "crate::wire::opt")]
    uid: Option<String>,
}

/// Asks about a token: `GET /oauth/token/info`.
pub(crate) async fn token_info(
    login_url: &Url,
    transport: &dyn Transport,
    token: &SecretString,
) -> Result<TokenInfo> {
    const ENDPOINT: &str = "GET /oauth/token/info";
    let cannot =
        |error: String| Error::configuration(format!("the request cannot be built: {error}"));
    let url = login_url.join("/oauth/token/info").map_err(|error| cannot(error.to_string()))?;
    let mut bearer = http::HeaderValue::from_str(&format!("Bearer {}", token.expose_secret()))
        .map_err(|_| cannot("the token holds odd characters".to_owned()))?;
    bearer.set_sensitive(true);
    let request = http::Request::get(url.as_str())
        .header(AUTHORIZATION, bearer)
        .header(ACCEPT, "application/json")
        .body(Bytes::new())
        .map_err(|error| cannot(error.to_string()))?;
    let response =
        transport.send(request).await.map_err(|error| no_answer(error, "/oauth/token/info"))?;
    let status = response.status().as_u16();
    if !response.status().is_success() {
        let (kind, message) = match status {
            401 => (ErrorKind::Unauthorized, "the login server does not know the token"),
            _ => (ErrorKind::Login, "the login server did not tell about the token"),
        };
        return Err(Error::new(kind, Outcome::Refused, message).with_status(status).at(ENDPOINT));
    }
    let wire: Wire = serde_json::from_slice(response.body())
        .map_err(|_| Error::decode("the login server's answer cannot be read").at(ENDPOINT))?;
    Ok(TokenInfo {
        resource_owner_id: wire.resource_owner_id,
        expires_in_seconds: wire.expires_in_seconds,
        application_uid: wire.application.and_then(|application| application.uid),
        created_at: wire.created_at.and_then(|seconds| DateTime::from_timestamp(seconds, 0)),
    })
}

/// Gives a token back: `POST /oauth/revoke`, which answers 200 even for a token that it does not know.
pub(super) async fn revoke(app: &App, transport: &dyn Transport, token: &str) -> Result<()> {
    let response = app.post(transport, "/oauth/revoke", &[("token", token)]).await?;
    if response.status().is_success() {
        return Ok(());
    }
    let status = response.status().as_u16();
    let message = "the login server did not take the token back; it ends by itself";
    let outcome = if status >= 500 { Outcome::Unknown } else { Outcome::Refused };
    Err(Error::new(ErrorKind::Login, outcome, message).with_status(status).at("POST /oauth/revoke"))
}
