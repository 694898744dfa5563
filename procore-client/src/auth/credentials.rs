//! The OAuth 2.0 grant `client_credentials` (Procore: Developer-Managed Service Account).

use async_trait::async_trait;
use secrecy::{ExposeSecret, SecretString};

use super::endpoint::App;
use super::{AccessToken, TokenSource};
use crate::error::Result;
use crate::transport::Transport;

/// Client id and secret of a service account: the right login for a program without a user.
#[derive(Debug)]
pub struct ClientCredentials {
    app: App,
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
        Ok(Self { app: App::new(login_url, client_id, client_secret)? })
    }
}

#[async_trait]
impl TokenSource for ClientCredentials {
    async fn issue(&self, transport: &dyn Transport) -> Result<AccessToken> {
        let fields = [("grant_type", "client_credentials")];
        self.app.grant(transport, &fields).await.map(|issued| issued.access)
    }

    async fn revoke(&self, transport: &dyn Transport, token: &SecretString) -> Result<()> {
        super::info::revoke(&self.app, transport, token.expose_secret()).await
    }
}
