//! The escape hatch: any call of the API as bytes, still with token, limits and retries, and still in scope.

use std::fmt;

use bytes::Bytes;
use http::HeaderMap;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::call::Call;
use super::{Answer, Client, Project};
use crate::error::{Error, Result};
use crate::request::{Method, Request};

/// An answer as it came. Its `Debug` text tells how long the body is, not what it holds.
#[non_exhaustive]
pub struct RawResponse {
    /// The status, always a successful one.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body; empty where the server answers 204.
    pub body: Bytes,
}

impl RawResponse {
    /// Reads the body as JSON.
    ///
    /// # Errors
    ///
    /// [`Decode`](crate::ErrorKind::Decode) with outcome [`Done`](crate::Outcome::Done): the server did what it was
    /// asked.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T> {
        serde_json::from_slice(&self.body).map_err(|error| {
            Error::decode(format!("the answer cannot be read: {error}")).with_status(self.status)
        })
    }
}

impl fmt::Debug for RawResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawResponse")
            .field("status", &self.status)
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

impl Client {
    /// Sends any request, whose path begins with `/rest/`.
    ///
    /// Reads are tried again. A write is sent again only after the server said that it did nothing (429, or 503 with
    /// a wait from Procore itself), after a 401 with a new token, or when no byte of it left. Otherwise the error's
    /// [`outcome`](Error::outcome) tells whether it can have been done; look before it is sent again.
    ///
    /// # Errors
    ///
    /// Before anything is sent: [`OutOfScope`](crate::ErrorKind::OutOfScope) when path, query or body name another
    /// company or a project that may not be read, [`ReadOnly`](crate::ErrorKind::ReadOnly) for a write that was not
    /// allowed when the client was built. Otherwise as every call.
    pub async fn raw(&self, request: &Request) -> Result<RawResponse> {
        let answer = self.send_in_scope(request).await?;
        Ok(RawResponse {
            status: answer.status.as_u16(),
            headers: answer.headers,
            body: answer.body,
        })
    }

    pub(crate) async fn send_in_scope(&self, request: &Request) -> Result<Answer> {
        let path = request.path();
        if !path.starts_with("/rest/") || path.contains(['?', '#', '\\']) {
            return Err(Error::configuration("the path must begin with /rest/ and hold no query"));
        }
        let url = self.shared.url(request)?;
        self.check_scope(&url)?;
        self.check_write(request)?;
        let _turn = match request.method() {
            method if method.is_write() && path.contains("/direct_costs") => {
                Some(self.shared.turn_of_direct_costs().await?)
            }
            _ => None,
        };
        let call = Call::new(request.method(), url, request.body()).hiding(request.hidden());
        self.shared.call(call).await
    }

    /// Gets a path such as `/rest/v1.0/companies/1/uoms` as bytes; see [`raw`](Self::raw).
    ///
    /// # Errors
    ///
    /// As [`raw`](Self::raw).
    pub async fn get_raw(&self, path: &str, query: &[(&str, &str)]) -> Result<RawResponse> {
        self.raw(&request(Method::Get, path, query)).await
    }

    /// Posts a value as JSON; see [`raw`](Self::raw).
    ///
    /// # Errors
    ///
    /// As [`raw`](Self::raw).
    pub async fn post_raw<T>(
        &self,
        path: &str,
        query: &[(&str, &str)],
        body: &T,
    ) -> Result<RawResponse>
    where
        T: Serialize + Sync + ?Sized,
    {
        self.raw(&request(Method::Post, path, query).json(body)?).await
    }

    /// Patches with a value as JSON; see [`raw`](Self::raw).
    ///
    /// # Errors
    ///
    /// As [`raw`](Self::raw).
    pub async fn patch_raw<T>(
        &self,
        path: &str,
        query: &[(&str, &str)],
        body: &T,
    ) -> Result<RawResponse>
    where
        T: Serialize + Sync + ?Sized,
    {
        self.raw(&request(Method::Patch, path, query).json(body)?).await
    }

    /// Deletes a path; see [`raw`](Self::raw).
    ///
    /// # Errors
    ///
    /// As [`raw`](Self::raw).
    pub async fn delete_raw(&self, path: &str, query: &[(&str, &str)]) -> Result<RawResponse> {
        self.raw(&request(Method::Delete, path, query)).await
    }
}

fn request(method: Method, path: &str, query: &[(&str, &str)]) -> Request {
    query
        .iter()
        .fold(Request::new(method, path), |request, (key, value)| request.query(*key, value))
}

impl Project {
    /// Sends any request, with `project_id` added to the query unless the path names the project.
    ///
    /// # Errors
    ///
    /// As [`Client::raw`].
    pub async fn raw(&self, request: &Request) -> Result<RawResponse> {
        self.client().raw(&self.named_in(request.clone())).await
    }

    /// Gets any path as bytes, with `project_id` added to the query unless the path names the project.
    ///
    /// # Errors
    ///
    /// As [`Client::raw`].
    pub async fn get_raw(&self, path: &str, query: &[(&str, &str)]) -> Result<RawResponse> {
        self.raw(&request(Method::Get, path, query)).await
    }

    /// Adds `project_id` to the query unless path or query name the project.
    pub(crate) fn named_in(&self, request: Request) -> Request {
        let named = self.is_named_by(request.path())
            || request.query_pairs().iter().any(|(key, _)| key == "project_id");
        if named { request } else { request.query("project_id", self.id()) }
    }

    pub(crate) fn is_named_by(&self, path: &str) -> bool {
        let id = self.id();
        path.contains(&format!("/projects/{id}/")) || path.ends_with(&format!("/projects/{id}"))
    }
}
