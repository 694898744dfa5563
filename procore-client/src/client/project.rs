//! A project of the company: the only way to the calls that need a project id.

use serde::de::DeserializeOwned;

use super::Client;
use crate::error::Result;
use crate::id::{CompanyId, ProjectId};
use crate::paging::List;
use crate::record::Record;
use crate::request::Request;

/// A project that the client may read, made by [`Client::project`]. The methods are with their resources.
#[derive(Clone, Debug)]
pub struct Project {
    client: Client,
    id: ProjectId,
}

impl Project {
    pub(super) fn new(client: Client, id: ProjectId) -> Self {
        Self { client, id }
    }

    /// Returns the project's id.
    #[must_use]
    pub fn id(&self) -> ProjectId {
        self.id
    }

    /// Returns the company's id.
    #[must_use]
    pub fn company_id(&self) -> CompanyId {
        self.client.company_id()
    }

    /// Returns the client that this project belongs to.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// A request of an endpoint that takes the project in its query.
    pub(crate) fn by_query(&self, path: impl Into<String>) -> Request {
        Request::get(path).query("project_id", self.id)
    }

    /// A request of an endpoint below `/rest/{version}/projects/{id}`.
    pub(crate) fn by_path(&self, version: &str, rest: &str) -> Request {
        Request::get(format!("/rest/{version}/projects/{}{rest}", self.id))
    }

    /// A request of an endpoint below `/rest/{version}/companies/{id}/projects/{id}`.
    pub(crate) fn by_company_path(&self, version: &str, rest: &str) -> Request {
        Request::get(format!(
            "/rest/{version}/companies/{}/projects/{}{rest}",
            self.company_id(),
            self.id
        ))
    }

    pub(crate) fn list<T: DeserializeOwned>(&self, request: Request) -> List<T> {
        self.client.list(request)
    }

    pub(crate) async fn show<T: DeserializeOwned>(&self, request: &Request) -> Result<Record<T>> {
        self.client.show(request).await
    }
}
