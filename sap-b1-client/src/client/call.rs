//! A request as a value: what to send, before session and address are added.

use bytes::Bytes;
use http::Method;
use std::fmt;

/// Whether a call changes anything in SAP. Only this decides what may be sent again, not the HTTP method: some functions
/// that only read are sent as `POST`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CallClass {
    /// It changes nothing.
    Read,
    /// It may change something.
    Write,
}

/// One call, relative to the service root.
#[derive(Clone, PartialEq, Eq)]
pub struct Call {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) class: CallClass,
    pub(crate) body: Option<Bytes>,
    pub(crate) page_size: Option<u32>,
    pub(crate) if_match: Option<String>,
}

impl Call {
    /// A call; `path` follows the service root and is percent-encoded (`PurchaseInvoices(7)`).
    #[must_use]
    pub fn new(
        method: Method,
        path: impl Into<String>,
        class: CallClass,
        body: Option<Bytes>,
    ) -> Self {
        Self { method, path: path.into(), class, body, page_size: None, if_match: None }
    }

    /// A `GET`.
    #[must_use]
    pub fn get(path: impl Into<String>) -> Self {
        Self::new(Method::GET, path, CallClass::Read, None)
    }

    /// A `POST` that writes.
    #[must_use]
    pub fn post(path: impl Into<String>, body: Bytes) -> Self {
        Self::new(Method::POST, path, CallClass::Write, Some(body))
    }

    /// A `PATCH`.
    #[must_use]
    pub fn patch(path: impl Into<String>, body: Bytes) -> Self {
        Self::new(Method::PATCH, path, CallClass::Write, Some(body))
    }

    /// Asks for pages of this many rows.
    #[must_use]
    pub fn page_size(mut self, rows: u32) -> Self {
        self.page_size = Some(rows);
        self
    }

    /// Writes only if the object still has this ETag.
    #[must_use]
    pub fn if_match(mut self, etag: impl Into<String>) -> Self {
        self.if_match = Some(etag.into());
        self
    }

    /// Method and resource without query and key: safe to log.
    #[must_use]
    pub fn name(&self) -> String {
        let resource = self.path.split(['?', '(']).next().unwrap_or_default();
        let action = self
            .path
            .split('?')
            .next()
            .and_then(|path| path.rsplit_once(")/"))
            .map(|(_, action)| action);
        match action {
            Some(action) => format!("{} {resource}/{action}", self.method),
            None => format!("{} {resource}", self.method),
        }
    }
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("call", &self.name())
            .field("class", &self.class)
            .field("body_bytes", &self.body.as_ref().map(Bytes::len))
            .finish_non_exhaustive()
    }
}
