//! Settings of a client, checked before anything is sent.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use url::Url;

use super::{Client, Environment, Shared, WriteAccess};
use crate::auth::{ClientCredentials, TokenSource};
use crate::error::{Error, Result};
use crate::id::{CompanyId, ProjectId};
use crate::limit::{QuotaStore, Sharing};
use crate::retry::RetryPolicy;
use crate::transport::{HttpTransport, Timer, TokioTimer, Transport, is_protected};

/// Builds a [`Client`]; see each method for its default.
#[must_use]
pub struct ClientBuilder {
    company: CompanyId,
    base_url: String,
    login_url: String,
    credentials: Option<(String, SecretString)>,
    token_source: Option<Arc<dyn TokenSource>>,
    projects: Option<BTreeSet<ProjectId>>,
    transport: Option<Arc<dyn Transport>>,
    timer: Option<Arc<dyn Timer>>,
    writes: WriteAccess,
    quota_store: Option<(Arc<dyn QuotaStore>, String)>,
    retry: RetryPolicy,
    request_timeout: Duration,
    in_flight_max: usize,
    quota_share_percent: u8,
    per_page: u32,
    keep_raw: bool,
    jitter_seed: Option<u64>,
    user_agent: String,
}

impl ClientBuilder {
    pub(super) fn new(company: CompanyId) -> Self {
        Self {
            company,
            base_url: Environment::Production.base_url().to_owned(),
            login_url: Environment::Production.login_url().to_owned(),
            credentials: None,
            token_source: None,
            projects: None,
            transport: None,
            timer: None,
            writes: WriteAccess::ReadOnly,
            quota_store: None,
            retry: RetryPolicy::default(),
            request_timeout: Duration::from_secs(60),
            in_flight_max: 8,
            quota_share_percent: 80,
            per_page: 100,
            keep_raw: false,
            jitter_seed: None,
            user_agent: concat!("procore-client/", env!("CARGO_PKG_VERSION")).to_owned(),
        }
    }

    /// Sets both hosts of an environment. Default: production.
    pub fn environment(self, environment: Environment) -> Self {
        self.base_url(environment.base_url()).login_url(environment.login_url())
    }

    /// Sets the API's base URL: https, or plain http to this machine.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = url.into();
        self
    }

    /// Sets the login server's URL: https, or plain http to this machine.
    pub fn login_url(mut self, url: impl Into<String>) -> Self {
        self.login_url = url.into();
        self
    }

    /// Sets client id and secret of the service account.
    pub fn credentials(
        mut self,
        client_id: impl Into<String>,
        client_secret: SecretString,
    ) -> Self {
        self.credentials = Some((client_id.into(), client_secret));
        self
    }

    /// Takes tokens from another source than client credentials.
    pub fn token_source(mut self, source: Arc<dyn TokenSource>) -> Self {
        self.token_source = Some(source);
        self
    }

    /// Names the projects that may be read. Default: none, until [`Client::with_projects`] names them.
    pub fn projects(mut self, projects: impl IntoIterator<Item = ProjectId>) -> Self {
        self.projects = Some(projects.into_iter().collect());
        self
    }

    /// Replaces the transport. Default: [`HttpTransport`].
    pub fn transport(mut self, transport: Arc<dyn Transport>) -> Self {
        self.transport = Some(transport);
        self
    }

    /// Replaces the timer. Default: [`TokioTimer`].
    pub fn timer(mut self, timer: Arc<dyn Timer>) -> Self {
        self.timer = Some(timer);
        self
    }

    /// Lets the client change something in Procore. Default: [`WriteAccess::ReadOnly`].
    pub fn allow_writes(mut self, access: WriteAccess) -> Self {
        self.writes = access;
        self
    }

    /// Shares what the server says about its limits with other processes that use the same token's owner.
    ///
    /// `key` names that owner, such as the client id; it must not be a secret. Default: none.
    pub fn quota_store(mut self, store: Arc<dyn QuotaStore>, key: impl Into<String>) -> Self {
        self.quota_store = Some((store, key.into()));
        self
    }

    /// Sets how often and how long a call is tried.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// Sets how long one request may take. Default: 60 s.
    pub fn request_timeout(mut self, timeout: Duration) -> Self {
        self.request_timeout = timeout;
        self
    }

    /// Sets how many requests may be in flight at once. Default: 8.
    pub fn in_flight_max(mut self, requests: usize) -> Self {
        self.in_flight_max = requests;
        self
    }

    /// Sets which share of a rate limit window longer than a minute may be used, in percent. Default: 80.
    pub fn quota_share_percent(mut self, percent: u8) -> Self {
        self.quota_share_percent = percent;
        self
    }

    /// Sets how many records a page has. Default: 100, which is the most that REST v2 gives.
    pub fn per_page(mut self, records: u32) -> Self {
        self.per_page = records;
        self
    }

    /// Sets whether records keep their JSON text. Default: no.
    pub fn keep_raw(mut self, keep: bool) -> Self {
        self.keep_raw = keep;
        self
    }

    /// Sets the seed of the jitter, for reproducible waits. Default: the time of building.
    pub fn jitter_seed(mut self, seed: u64) -> Self {
        self.jitter_seed = Some(seed);
        self
    }

    /// Sets the `User-Agent` header. Default: name and version of this crate.
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.user_agent = user_agent.into();
        self
    }

    /// Builds the client; nothing is sent.
    ///
    /// # Errors
    ///
    /// [`Configuration`](crate::ErrorKind::Configuration) naming the setting that cannot work.
    pub fn build(self) -> Result<Client> {
        let base_url = api_url(&self.base_url)?;
        let login_url = Url::parse(&self.login_url)
            .map_err(|error| Error::configuration(format!("login_url is not a URL: {error}")))?;
        if !is_protected(&login_url) {
            return Err(Error::configuration(
                "login_url must be https; plain http is allowed only to this machine",
            ));
        }
        if self.company.get() <= 0 {
            return Err(Error::configuration("company_id must be a positive number"));
        }
        if self.in_flight_max == 0 {
            return Err(Error::configuration("in_flight_max must be at least 1"));
        }
        if !(1..=100).contains(&self.quota_share_percent) {
            return Err(Error::configuration("quota_share_percent must be from 1 to 100"));
        }
        if !(1..=2_000).contains(&self.per_page) {
            return Err(Error::configuration("per_page must be from 1 to 2000"));
        }
        if self.retry.attempts_max == 0 {
            return Err(Error::configuration("attempts_max must be at least 1"));
        }
        let user_agent = http::HeaderValue::from_str(&self.user_agent).map_err(|_| {
            Error::configuration("user_agent holds characters that a header cannot carry")
        })?;
        let tokens: Arc<dyn TokenSource> = match (self.token_source, self.credentials) {
            (Some(source), None) => source,
            (None, Some((id, secret))) => {
                Arc::new(ClientCredentials::new(&self.login_url, id, secret)?)
            }
            (Some(_), Some(_)) => {
                return Err(Error::configuration(
                    "set either credentials or token_source, not both",
                ));
            }
            (None, None) => {
                return Err(Error::configuration(
                    "credentials are missing: set client id and client secret",
                ));
            }
        };
        let transport = match self.transport {
            Some(transport) => transport,
            None => Arc::new(HttpTransport::new()?),
        };
        let timer = self.timer.unwrap_or_else(|| Arc::new(TokioTimer::new()));
        let seed =
            self.jitter_seed.unwrap_or_else(|| timer.now().timestamp_micros().unsigned_abs());
        let shared = Shared::new(super::shared::Parts {
            base_url,
            login_url,
            company: self.company,
            transport,
            timer,
            tokens,
            writes: self.writes,
            sharing: self.quota_store.map(|(store, key)| Sharing::new(store, key)),
            retry: self.retry,
            request_timeout: self.request_timeout,
            in_flight_max: self.in_flight_max,
            quota_share_percent: self.quota_share_percent,
            per_page: self.per_page,
            keep_raw: self.keep_raw,
            seed,
            user_agent,
        });
        Ok(Client::from_parts(shared, self.projects))
    }
}

fn api_url(text: &str) -> Result<Url> {
    let url = Url::parse(text)
        .map_err(|error| Error::configuration(format!("base_url is not a URL: {error}")))?;
    if !is_protected(&url) {
        return Err(Error::configuration(
            "base_url must be https; plain http is allowed only to this machine",
        ));
    }
    if !matches!(url.path(), "" | "/")
        || url.query().is_some()
        || !url.username().is_empty()
        || url.password().is_some()
    {
        return Err(Error::configuration(
            "base_url must be scheme and host alone, such as https://api.procore.com",
        ));
    }
    Ok(url)
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("company", &self.company)
            .field("base_url", &self.base_url)
            .field("login_url", &self.login_url)
            .field("projects", &self.projects)
            .finish_non_exhaustive()
    }
}
