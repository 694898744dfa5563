//! The OAuth 2.0 grant `authorization_code`: a user authorises the app in a browser.

use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::TokenStore;
use super::endpoint::App;
use super::refresh::RefreshTokens;
use crate::error::{Error, ErrorKind, Outcome, Result};
use crate::transport::Transport;

/// An app that users authorise: builds the address they visit, and exchanges the code they come back with.
///
/// ```
/// # use procore_client::SecretString;
/// # use procore_client::auth::AuthorizationCode;
/// # fn main() -> procore_client::Result<()> {
/// let app = AuthorizationCode::new(
///     "https://login.procore.com",
///     "client id",
///     SecretString::from("client secret"),
///     "https://app.example.com/callback",
/// )?;
/// let visit = app.authorize_url("a random text, kept in the user's session");
/// assert!(visit.as_str().starts_with("https://login.procore.com/oauth/authorize?response_type=code"));
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct AuthorizationCode {
    app: App,
    redirect_uri: String,
    authorize_url: Url,
}

impl AuthorizationCode {
    /// Makes the app; `redirect_uri` must be the one that is registered with it.
    ///
    /// # Errors
    ///
    /// When a URL is none, or the login URL is neither https nor on this machine.
    pub fn new(
        login_url: &str,
        client_id: impl Into<String>,
        client_secret: SecretString,
        redirect_uri: impl Into<String>,
    ) -> Result<Self> {
        let app = App::new(login_url, client_id, client_secret)?;
        let redirect_uri = redirect_uri.into();
        Url::parse(&redirect_uri)
            .map_err(|error| Error::configuration(format!("redirect_uri is not a URL: {error}")))?;
        let authorize_url = app.url("/oauth/authorize")?;
        Ok(Self { app, redirect_uri, authorize_url })
    }

    /// Returns the address at which the user authorises the app.
    ///
    /// `state` comes back with the code: make it random, keep it in the user's session, and compare it before the
    /// code is exchanged; that is what keeps someone from slipping their own account into another's session.
    #[must_use]
    pub fn authorize_url(&self, state: &str) -> Url {
        let mut url = self.authorize_url.clone();
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.app.client_id)
            .append_pair("redirect_uri", &self.redirect_uri)
            .append_pair("state", state);
        url
    }

    /// Exchanges the code (valid once, for ten minutes), saves the refresh token, and returns the source for a client.
    ///
    /// Let it run to its end: who drops it while it waits loses the code and the tokens.
    ///
    /// # Errors
    ///
    /// [`AuthorizationLost`](ErrorKind::AuthorizationLost) when the code is refused, when the answer was lost or when
    /// the refresh token could not be saved: the user has to authorise again.
    pub async fn exchange(
        self,
        code: &SecretString,
        store: Arc<dyn TokenStore>,
        transport: &dyn Transport,
    ) -> Result<RefreshTokens> {
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code.expose_secret()),
            ("redirect_uri", self.redirect_uri.as_str()),
        ];
        let issued = self.app.grant(transport, &fields).await.map_err(lost_when_sent)?;
        let refresh = issued.refresh.ok_or_else(|| {
            Error::new(
                ErrorKind::AuthorizationLost,
                Outcome::Done,
                "the login server gave no refresh token: the user has to authorise the app again",
            )
        })?;
        super::refresh::save(&*store, &refresh).await?;
        Ok(RefreshTokens::begun(self.app, self.redirect_uri, store, issued.access))
    }

    /// Goes on with the refresh token that the store holds from an earlier [`exchange`](Self::exchange).
    #[must_use]
    pub fn resume(self, store: Arc<dyn TokenStore>) -> RefreshTokens {
        RefreshTokens::resumed(self.app, self.redirect_uri, store)
    }
}

/// A code or refresh token that may have reached the login server is used up.
pub(super) fn lost_when_sent(error: Error) -> Error {
    if error.kind() == ErrorKind::Login && error.outcome() == Outcome::Unknown {
        return Error::new(
            ErrorKind::AuthorizationLost,
            Outcome::Unknown,
            "the login server's answer was lost, and with it the new refresh token: the user has to authorise the \
             app again",
        )
        .at("POST /oauth/token")
        .with_source(Box::new(error));
    }
    error
}
