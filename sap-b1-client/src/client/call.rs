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
    /// The type of a body that is not JSON; only a `$batch` has one.
    pub(crate) content_type: Option<String>,
    /// Whether a `$batch` holds one document, and so takes as long as one.
    pub(crate) is_one_document: bool,
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
        let path = path.into();
        Self {
            method,
            path,
            class,
            body,
            page_size: None,
            if_match: None,
            content_type: None,
            is_one_document: false,
        }
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

    /// A `DELETE`.
    #[must_use]
    pub fn delete(path: impl Into<String>) -> Self {
        Self::new(Method::DELETE, path, CallClass::Write, None)
    }

    /// An action that writes, with or without arguments (`POST PurchaseInvoices(7)/Cancel`).
    #[must_use]
    pub fn action(path: impl Into<String>, body: Option<Bytes>) -> Self {
        Self::new(Method::POST, path, CallClass::Write, body)
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

    pub(crate) fn content_type(mut self, content_type: String) -> Self {
        self.content_type = Some(content_type);
        self
    }

    pub(crate) fn one_document(mut self) -> Self {
        self.is_one_document = true;
        self
    }

    pub(crate) fn is_batch(&self) -> bool {
        self.content_type.is_some()
    }

    /// Method and resource without query and key: safe to log.
    #[must_use]
    pub fn name(&self) -> String {
        let (resource, action) = self.resource();
        match action {
            Some(action) => format!("{} {resource}/{action}", self.method),
            None => format!("{} {resource}", self.method),
        }
    }

    /// The path with its shape and without a literal value: `PurchaseInvoices({key})/Cancel`, `Orders?$filter&$top`.
    pub(crate) fn template(&self) -> String {
        let (resource, action) = self.resource();
        let path = self.path.split('?').next().unwrap_or_default();
        let mut template = resource.to_owned();
        if path.contains('(') {
            template.push_str("({key})");
        }
        if let Some(action) = action {
            template.push('/');
            template.push_str(action);
        }
        let options = self.path.split_once('?').map_or("", |(_, query)| query);
        for (n, option) in options.split('&').filter(|option| !option.is_empty()).enumerate() {
            template.push(if n == 0 { '?' } else { '&' });
            template.push_str(option.split('=').next().unwrap_or_default());
        }
        template
    }

    /// The resource, and what follows its key. A `/` inside a key is percent-encoded, so `)/` ends a key.
    fn resource(&self) -> (&str, Option<&str>) {
        let resource = self.path.split(['?', '(']).next().unwrap_or_default();
        let path = self.path.split('?').next().unwrap_or_default();
        (resource, path.rsplit_once(")/").map(|(_, action)| action))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_keeps_the_shape_and_no_value() {
        for (path, template) in [
            ("PurchaseInvoices", "PurchaseInvoices"),
            ("PurchaseInvoices(12)/Cancel", "PurchaseInvoices({key})/Cancel"),
            ("BusinessPartners('O''Brien%2F1')", "BusinessPartners({key})"),
            ("Orders?$filter=CardName%20eq%20'X'&$top=1", "Orders?$filter&$top"),
            ("SQLQueries('q')/List?vendor='V1'", "SQLQueries({key})/List?vendor"),
            ("Currency(Currency='USD',Date='1')", "Currency({key})"),
            ("Orders/$count?", "Orders/$count"),
        ] {
            assert_eq!(Call::get(path).template(), template);
        }
    }
}
