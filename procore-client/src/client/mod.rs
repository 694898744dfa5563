//! The client: what a caller holds, how it is built, and the layers that a call passes through.
//!
//! `builder` checks the settings, `shared` holds what clones share. `call` takes a request through deadline, retry,
//! rate limit and authentication, `exchange` through headers, tracing, time-out and transport. `project` is the only
//! way to a project's records, `scope` tells what the app can see. `raw` and `sync` send what has no model; `fence`
//! and `writes` check that nothing leaves scope and permission. Models and methods of the resources live in
//! [`crate::resources`], paging in [`crate::paging`].

mod builder;
mod call;
mod environment;
mod exchange;
mod fence;
mod project;
mod raw;
mod scope;
mod shared;
mod sync;
mod writes;

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use serde::de::DeserializeOwned;

pub use builder::ClientBuilder;
pub use environment::Environment;
pub(crate) use exchange::Answer;
pub use project::Project;
pub use raw::RawResponse;
pub use scope::{Invisible, ScopeReport, Visibility};
pub(crate) use shared::Shared;
pub use sync::{RefusedEntry, SYNC_ENTRIES_MAX, SyncReport};
pub use writes::WriteAccess;

use crate::auth::TokenInfo;
use crate::error::{Error, ErrorKind, Outcome, Result};
use crate::id::{CompanyId, ProjectId};
use crate::limit::RateLimitStatus;
use crate::paging::List;
use crate::record::Record;
use crate::request::Request;
use crate::timeout::within;

/// A client of one Procore company. Clones share token, rate limit and counters.
#[derive(Clone)]
pub struct Client {
    shared: Arc<Shared>,
    projects: Option<Arc<BTreeSet<ProjectId>>>,
}

/// How many requests a client has sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CallCount {
    /// Requests to the API, repeated ones included.
    pub api: u64,
    /// Requests to the API that repeated an earlier one.
    pub retries: u64,
    /// Requests to the login server.
    pub logins: u64,
}

impl Client {
    /// Begins a client for a company.
    pub fn builder(company: CompanyId) -> ClientBuilder {
        ClientBuilder::new(company)
    }

    pub(crate) fn from_parts(shared: Shared, projects: Option<BTreeSet<ProjectId>>) -> Self {
        Self { shared: Arc::new(shared), projects: projects.map(Arc::new) }
    }

    /// Returns the company.
    #[must_use]
    pub fn company_id(&self) -> CompanyId {
        self.shared.company
    }

    /// Returns the projects that may be read, or `None` when they were not named yet.
    #[must_use]
    pub fn projects_allowed(&self) -> Option<&BTreeSet<ProjectId>> {
        self.projects.as_deref()
    }

    /// Returns a clone that may read exactly these projects; token and rate limit stay shared.
    #[must_use]
    pub fn with_projects(&self, projects: impl IntoIterator<Item = ProjectId>) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
            projects: Some(Arc::new(projects.into_iter().collect())),
        }
    }

    /// Enters a project; the calls that need one exist only there.
    ///
    /// # Errors
    ///
    /// [`OutOfScope`](crate::ErrorKind::OutOfScope) when the project is not among those that may be read.
    pub fn project(&self, id: ProjectId) -> Result<Project> {
        self.check_project(id)?;
        Ok(Project::new(self.clone(), id))
    }

    pub(crate) fn check_project(&self, id: ProjectId) -> Result<()> {
        match &self.projects {
            Some(allowed) if allowed.contains(&id) => Ok(()),
            Some(_) => Err(Error::out_of_scope(format!(
                "project {id} is not among the projects that this client may read"
            ))),
            None => Err(Error::out_of_scope(format!(
                "project {id} cannot be read: the client was not told which projects it may read"
            ))),
        }
    }

    /// Gets a token now, unless there is one: finds out whether the credentials work before anything is asked.
    ///
    /// # Errors
    ///
    /// [`LoginRefused`](crate::ErrorKind::LoginRefused),
    /// [`AuthorizationLost`](crate::ErrorKind::AuthorizationLost), or another kind when it may work later.
    pub async fn login(&self) -> Result<()> {
        let shared = &self.shared;
        shared.tokens.current(&shared.transport, &*shared.timer).await.map(drop)
    }

    /// Asks the login server about the token in use.
    ///
    /// # Errors
    ///
    /// When no token can be got or the login server does not answer.
    pub async fn token_info(&self) -> Result<TokenInfo> {
        let shared = &self.shared;
        let held = shared.tokens.current(&shared.transport, &*shared.timer).await?;
        let asked = crate::auth::token_info(&shared.login_url, &*shared.transport, &held.secret);
        within(&*shared.timer, shared.request_timeout, asked).await.unwrap_or_else(|| {
            let message = "the login server did not answer in time";
            Err(Error::new(ErrorKind::Timeout, Outcome::Unknown, message))
        })
    }

    /// Gives the token in use back to the login server, if there is one; a later call logs in anew.
    ///
    /// Where a user authorised the app, the server may end the refresh token with it (it is not documented either way):
    /// a later call can fail with [`AuthorizationLost`](crate::ErrorKind::AuthorizationLost) then.
    ///
    /// # Errors
    ///
    /// When the login server did not take it; this client does not use it any more all the same.
    pub async fn revoke_token(&self) -> Result<()> {
        self.shared.tokens.revoke(&self.shared.transport, &*self.shared.timer).await
    }

    /// Returns how many requests this client and its clones have sent.
    #[must_use]
    pub fn calls(&self) -> CallCount {
        self.shared.calls()
    }

    /// Returns what is known of the rate limit.
    #[must_use]
    pub fn rate_limit(&self) -> RateLimitStatus {
        self.shared.limiter.status()
    }

    pub(crate) fn shared(&self) -> &Shared {
        &self.shared
    }

    pub(crate) fn list<T: DeserializeOwned>(&self, request: Request) -> List<T> {
        List::new(self.clone(), request, self.shared.per_page)
    }

    pub(crate) async fn show<T: DeserializeOwned>(&self, request: &Request) -> Result<Record<T>> {
        let answer = self.shared.get(self.shared.url(request)?).await?;
        crate::record::one(&answer, self.shared.keep_raw)
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base_url", &self.shared.base_url.as_str())
            .field("company", &self.shared.company)
            .field("projects", &self.projects)
            .finish_non_exhaustive()
    }
}
