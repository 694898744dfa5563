//! The escape hatch: any GET of the API as bytes, still with token, limits and retries, and still in scope.

use bytes::Bytes;
use http::HeaderMap;
use percent_encoding::percent_decode_str;
use url::Url;

use super::{Client, Project};
use crate::error::{Error, Result};
use crate::request::Request;

/// An answer as it came.
#[derive(Debug)]
#[non_exhaustive]
pub struct RawResponse {
    /// The status, always a successful one.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

impl Client {
    /// Gets any path of the API, such as `/rest/v1.0/companies/1/uoms`, as bytes.
    ///
    /// # Errors
    ///
    /// [`OutOfScope`](crate::ErrorKind::OutOfScope) before anything is sent when path or query name another company
    /// or a project that may not be read; otherwise as every call.
    pub async fn get_raw(&self, path: &str, query: &[(&str, &str)]) -> Result<RawResponse> {
        if !path.starts_with("/rest/") || path.contains(['?', '#', '\\']) {
            return Err(Error::configuration("the path must begin with /rest/ and hold no query"));
        }
        let request = query
            .iter()
            .fold(Request::get(path), |request, (key, value)| request.query(*key, value));
        let url = self.shared.url(&request)?;
        self.check_scope(&url)?;
        let answer = self.shared.get(&url).await?;
        Ok(RawResponse {
            status: answer.status.as_u16(),
            headers: answer.headers,
            body: answer.body,
        })
    }

    /// Checks every company and project that a URL names.
    pub(crate) fn check_scope(&self, url: &Url) -> Result<()> {
        let segments: Vec<String> = url
            .path_segments()
            .into_iter()
            .flatten()
            .map(|segment| percent_decode_str(segment).decode_utf8_lossy().into_owned())
            .collect();
        if segments.iter().any(|segment| segment == ".." || segment.contains('/')) {
            return Err(Error::out_of_scope("a path with .. or an encoded slash was refused"));
        }
        for pair in segments.windows(2) {
            // A word such as `/projects/templates` names no project; what begins like a number must be one,
            // because servers read `12x` as 12.
            let is_word = pair[1].starts_with(|first: char| first.is_ascii_alphabetic());
            match pair[0].as_str() {
                "projects" if !is_word => self.check_project(number(&pair[1])?.into())?,
                "companies" if !is_word => self.check_company(number(&pair[1])?)?,
                _ => {}
            }
        }
        for (key, value) in url.query_pairs() {
            match key.split('[').next() {
                Some("project_id") => self.check_project(number(&value)?.into())?,
                Some("company_id") => self.check_company(number(&value)?)?,
                _ => {}
            }
        }
        Ok(())
    }

    fn check_company(&self, id: i64) -> Result<()> {
        if id == self.company_id().get() {
            return Ok(());
        }
        Err(Error::out_of_scope(format!(
            "company {id} is not the client's company {}",
            self.company_id()
        )))
    }
}

fn number(text: &str) -> Result<i64> {
    text.parse()
        .map_err(|_| Error::out_of_scope(format!("{} is not an id", crate::wire::shown(text))))
}

impl Project {
    /// Gets any path of the API as bytes, with `project_id` added to the query unless the path names the project.
    ///
    /// # Errors
    ///
    /// As [`Client::get_raw`].
    pub async fn get_raw(&self, path: &str, query: &[(&str, &str)]) -> Result<RawResponse> {
        let id = self.id().to_string();
        let named = path.contains(&format!("/projects/{id}/"))
            || path.ends_with(&format!("/projects/{id}"));
        let mut query = query.to_vec();
        if !named && !query.iter().any(|(key, _)| *key == "project_id") {
            query.push(("project_id", &id));
        }
        self.client().get_raw(path, &query).await
    }
}
