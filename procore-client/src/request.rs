//! A request as a value: method, path, query and body, comparable and independent of the host.

use std::fmt;

use bytes::Bytes;
use secrecy::SecretString;
use serde::Serialize;

use crate::error::{Error, Result};

/// What a request does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method {
    /// Reads; the only method that is harmless to repeat.
    Get,
    /// Creates.
    Post,
    /// Changes some fields.
    Patch,
    /// Replaces.
    Put,
    /// Deletes.
    Delete,
}

impl Method {
    /// Returns the method's name in capitals.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Patch => "PATCH",
            Self::Put => "PUT",
            Self::Delete => "DELETE",
        }
    }

    /// Returns whether the method changes something on the server.
    #[must_use]
    pub const fn is_write(self) -> bool {
        !matches!(self, Self::Get)
    }
}

impl From<Method> for http::Method {
    fn from(method: Method) -> Self {
        match method {
            Method::Get => Self::GET,
            Method::Post => Self::POST,
            Method::Patch => Self::PATCH,
            Method::Put => Self::PUT,
            Method::Delete => Self::DELETE,
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Room for a path with a few filters.
const PATH_AND_QUERY_BYTES_USUAL: usize = 192;

/// A request below the API's base URL. Its `Debug` text tells how long the body is, not what it holds.
#[derive(Clone)]
pub struct Request {
    method: Method,
    path: String,
    query: Vec<(String, String)>,
    body: Option<Bytes>,
    hidden: Option<SecretString>,
}

impl Request {
    /// Begins a request of any method for a path such as `/rest/v1.0/vendors`.
    #[must_use]
    pub fn new(method: Method, path: impl Into<String>) -> Self {
        Self { method, path: path.into(), query: Vec::new(), body: None, hidden: None }
    }

    /// Begins a read.
    #[must_use]
    pub fn get(path: impl Into<String>) -> Self {
        Self::new(Method::Get, path)
    }

    /// Begins a creating write.
    #[must_use]
    pub fn post(path: impl Into<String>) -> Self {
        Self::new(Method::Post, path)
    }

    /// Begins a changing write; sync actions are patches too.
    #[must_use]
    pub fn patch(path: impl Into<String>) -> Self {
        Self::new(Method::Patch, path)
    }

    /// Begins a replacing write.
    #[must_use]
    pub fn put(path: impl Into<String>) -> Self {
        Self::new(Method::Put, path)
    }

    /// Begins a deletion.
    #[must_use]
    pub fn delete(path: impl Into<String>) -> Self {
        Self::new(Method::Delete, path)
    }

    /// Adds a query pair; it is encoded when it is sent.
    #[must_use]
    pub fn query(mut self, key: impl Into<String>, value: impl ToString) -> Self {
        self.query.push((key.into(), value.to_string()));
        self
    }

    /// Sets the JSON body. Amounts must serialise as exact numbers, as with [`crate::exact`].
    ///
    /// # Errors
    ///
    /// [`Configuration`](crate::ErrorKind::Configuration) when the value cannot be written as JSON.
    pub fn json<T: Serialize + ?Sized>(mut self, body: &T) -> Result<Self> {
        let bytes = serde_json::to_vec(body).map_err(|error| {
            Error::configuration(format!("the body cannot be written as JSON: {error}"))
        })?;
        self.body = Some(Bytes::from(bytes));
        Ok(self)
    }

    /// Keeps a secret that the body holds, such as the Authorization value of a hook, out of the errors of this
    /// request, even where the server repeats it.
    #[must_use]
    pub fn hiding(mut self, secret: SecretString) -> Self {
        self.hidden = Some(secret);
        self
    }

    pub(crate) fn hidden(&self) -> Option<&SecretString> {
        self.hidden.as_ref()
    }

    pub(crate) fn query_opt(self, key: &str, value: Option<impl ToString>) -> Self {
        match value {
            Some(value) => self.query(key, value),
            None => self,
        }
    }

    /// Adds `filters[name]=v` for one value and `filters[name][]=v` for each of several.
    pub(crate) fn filter<T: ToString>(self, name: &str, values: &[T]) -> Self {
        match values {
            [] => self,
            [value] => self.query(format!("filters[{name}]"), value.to_string()),
            _ => values.iter().fold(self, |request, value| {
                request.query(format!("filters[{name}][]"), value.to_string())
            }),
        }
    }

    pub(crate) fn filter_opt(self, name: &str, value: Option<impl ToString>) -> Self {
        match value {
            Some(value) => self.query(format!("filters[{name}]"), value),
            None => self,
        }
    }

    /// Returns the method.
    #[must_use]
    pub fn method(&self) -> Method {
        self.method
    }

    /// Returns the path, such as `/rest/v1.1/requisitions`.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Returns the query pairs, not encoded, in their order.
    #[must_use]
    pub fn query_pairs(&self) -> &[(String, String)] {
        &self.query
    }

    /// Returns the body, if the request has one.
    #[must_use]
    pub fn body(&self) -> Option<&Bytes> {
        self.body.as_ref()
    }

    /// Returns path and encoded query.
    #[must_use]
    pub fn path_and_query(&self) -> String {
        if self.query.is_empty() {
            return self.path.clone();
        }
        let mut text = String::with_capacity(PATH_AND_QUERY_BYTES_USUAL.max(self.path.len() + 1));
        text.push_str(&self.path);
        text.push('?');
        let query_begins = text.len();
        url::form_urlencoded::Serializer::for_suffix(text, query_begins)
            .extend_pairs(&self.query)
            .finish()
    }
}

/// Requests are equal when they send the same.
impl PartialEq for Request {
    fn eq(&self, other: &Self) -> bool {
        self.method == other.method
            && self.path == other.path
            && self.query == other.query
            && self.body == other.body
    }
}

impl Eq for Request {}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("path", &self.path)
            .field("query", &self.query)
            .field("body_bytes", &self.body.as_ref().map(Bytes::len))
            .finish_non_exhaustive()
    }
}

/// A path as logs show it: everything that is no plain word is `{id}`, so that logs group by endpoint.
pub(crate) struct Template<'a>(pub(crate) &'a str);

impl fmt::Display for Template<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for segment in self.0.split('/').skip(1) {
            let is_word = segment
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || matches!(byte, b'_' | b'-'));
            let is_version = segment.strip_prefix('v').is_some_and(|rest| {
                rest.len() <= 4 && rest.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
            });
            let shown = if is_word || is_version { segment } else { "{id}" };
            write!(f, "/{shown}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_and_ranges_are_encoded() {
        let request = Request::get("/rest/v1.0/x")
            .filter("updated_at", &["2026-01-01T00:00:00Z...2026-02-01T00:00:00Z"])
            .filter("id", &[1, 2]);
        assert_eq!(
            request.path_and_query(),
            "/rest/v1.0/x?filters%5Bupdated_at%5D=2026-01-01T00%3A00%3A00Z...2026-02-01T00%3A00%3A00Z\
             &filters%5Bid%5D%5B%5D=1&filters%5Bid%5D%5B%5D=2"
        );
    }

    #[test]
    fn a_template_keeps_words_and_versions_alone() {
        for (path, template) in [
            ("/rest/v1.0/companies", "/rest/v1.0/companies"),
            ("/rest/v1.1/projects/86/direct_costs/5", "/rest/v1.1/projects/{id}/direct_costs/{id}"),
            ("/rest/v2.0/webhooks/hooks/01JMYX", "/rest/v2.0/webhooks/hooks/{id}"),
            ("/rest/v1.0/x/Jane%20Doe", "/rest/v1.0/x/{id}"),
        ] {
            assert_eq!(Template(path).to_string(), template);
        }
    }
}
