//! The one error of this crate: what kind it is, what became of the request, and what a person can do.
//!
//! [`body`] reads the shapes of error bodies, [`detail`] takes SAP's message texts apart, [`classify`] is the pure decision
//! from status and body to kind and outcome, [`kind`] names both, [`remedy`] says what to do. Nothing here holds a password
//! or a session, and no type of the HTTP library shows.

pub(crate) mod body;
pub(crate) mod classify;
pub(crate) mod detail;
mod kind;
mod remedy;
#[cfg(test)]
mod tests;

pub use detail::MessageDetail;
pub use kind::{ErrorKind, Outcome};

use http::StatusCode;
use std::fmt;
use std::sync::Arc;

type Source = Arc<dyn std::error::Error + Send + Sync>;

/// An error of a call to the Service Layer.
///
/// Two questions matter and have their own answers: [`Error::kind`] says what is wrong, [`Error::outcome`] says whether
/// the request was executed. Cloning is cheap enough to remember one.
#[derive(Clone)]
pub struct Error {
    inner: Box<Inner>,
}

#[derive(Clone)]
struct Inner {
    kind: ErrorKind,
    outcome: Outcome,
    status: Option<StatusCode>,
    code: Option<i64>,
    message: String,
    detail: MessageDetail,
    call: Option<String>,
    retry_after: Option<std::time::Duration>,
    source: Option<Source>,
}

/// The result of a call.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    pub(crate) fn new(kind: ErrorKind, outcome: Outcome, message: impl Into<String>) -> Self {
        let message = message.into();
        let detail = MessageDetail::default();
        let inner = Inner {
            kind,
            outcome,
            status: None,
            code: None,
            message,
            detail,
            call: None,
            retry_after: None,
            source: None,
        };
        Self { inner: Box::new(inner) }
    }

    /// A request that cannot be sent as it is.
    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::InvalidRequest, Outcome::NotSent, message)
    }

    /// An error a caller's own look-up ([`crate::ResendGuard`]) reports; it never counts as absence.
    #[must_use]
    pub fn lookup_failed(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::OutcomeUnknown, Outcome::Unknown, message)
    }

    /// What a caller's own guard ([`crate::ResendGuard::may_send`]) answers when a write may not leave now.
    #[must_use]
    pub fn not_permitted(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::NotSent, Outcome::NotSent, message)
    }

    /// A client that cannot be built as it is.
    pub(crate) fn configuration(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Configuration, Outcome::NotSent, message)
    }

    /// An answer that does not read. The server did what was asked, so a write is `Done`.
    pub(crate) fn decode(what: &str, source: serde_json::Error) -> Self {
        let message = format!("the answer does not read as {what}: {source}");
        Self::new(ErrorKind::Decode, Outcome::Done, message).with_source(source)
    }

    pub(crate) fn with_status(mut self, status: StatusCode) -> Self {
        self.inner.status = Some(status);
        self
    }

    pub(crate) fn with_code(mut self, code: Option<i64>) -> Self {
        self.inner.code = code;
        self
    }

    pub(crate) fn with_detail(mut self, detail: MessageDetail) -> Self {
        self.inner.detail = detail;
        self
    }

    pub(crate) fn with_retry_after(mut self, retry_after: Option<std::time::Duration>) -> Self {
        self.inner.retry_after = retry_after;
        self
    }

    pub(crate) fn with_call(mut self, call: &str) -> Self {
        self.inner.call.get_or_insert_with(|| call.to_owned());
        self
    }

    pub(crate) fn with_source(
        mut self,
        source: impl std::error::Error + Send + Sync + 'static,
    ) -> Self {
        self.inner.source = Some(Arc::new(source));
        self
    }

    pub(crate) fn with_kind(mut self, kind: ErrorKind, outcome: Outcome) -> Self {
        self.inner.kind = kind;
        self.inner.outcome = outcome;
        self
    }

    /// Replaces secrets that an answer repeats.
    pub(crate) fn scrubbed(mut self, secret: &str) -> Self {
        if !secret.is_empty() && self.inner.message.contains(secret) {
            self.inner.message = self.inner.message.replace(secret, "***");
            self.inner.detail = MessageDetail::default();
            self.inner.source = None;
        }
        self
    }

    /// The server's own text: empty where [`Error::message`] stands in for a missing one.
    pub(crate) fn message_on_the_wire(&self) -> &str {
        if self.inner.message.starts_with(classify::NO_MESSAGE) { "" } else { &self.inner.message }
    }

    /// What is wrong.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.inner.kind
    }

    /// Whether the request was executed. Only this decides whether a write may be sent again.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        self.inner.outcome
    }

    /// The HTTP status, if there was an answer.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        self.inner.status
    }

    /// SAP's code (`-5002`, `301`), if the body had one.
    #[must_use]
    pub fn code(&self) -> Option<i64> {
        self.inner.code
    }

    /// SAP's message, or what went wrong on the way. At most 2000 characters.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.inner.message
    }

    /// What the message says in parts: number, table and field, line, value.
    #[must_use]
    pub fn detail(&self) -> &MessageDetail {
        &self.inner.detail
    }

    /// The call that failed (`POST PurchaseInvoices`), without its query and body.
    #[must_use]
    pub fn call(&self) -> Option<&str> {
        self.inner.call.as_deref()
    }

    /// How long the server asked to wait, if it did.
    #[must_use]
    pub fn retry_after(&self) -> Option<std::time::Duration> {
        self.inner.retry_after
    }

    /// One sentence that says what a person can do: that of the [`kind`](Error::kind), or a narrower one where SAP's code or
    /// text names the cause of a rejection.
    #[must_use]
    pub fn remedy(&self) -> &'static str {
        remedy::of(self.kind(), self.code(), self.message_on_the_wire())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(call) = self.call() {
            write!(f, "{call}: ")?;
        }
        f.write_str(if self.message().is_empty() { "no message" } else { self.message() })?;
        match (self.status(), self.code()) {
            (Some(status), Some(code)) => write!(f, " (status {}, code {code})", status.as_u16())?,
            (Some(status), None) => write!(f, " (status {})", status.as_u16())?,
            _ => {}
        }
        write!(f, "; {}", self.remedy())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.kind())
            .field("outcome", &self.outcome())
            .field("status", &self.status().map(|status| status.as_u16()))
            .field("code", &self.code())
            .field("message", &self.message())
            .field("call", &self.call())
            .finish()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.inner.source.as_deref().map(|source| source as _)
    }
}
