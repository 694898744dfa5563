//! How a request reaches a server and how time passes: the two things a client does not decide itself.
//!
//! [`Transport`] carries one `http::Request<Bytes>` and nothing else: no retry, no token, no redirect to another
//! origin. [`Timer`] gives the time and waits. Tests and simulations replace both; [`HttpTransport`] and
//! [`TokioTimer`] are the real ones.

mod http;
mod timer;

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, Utc};

pub use self::http::HttpTransport;
pub use self::timer::TokioTimer;

/// Carries requests to a server.
#[async_trait]
pub trait Transport: Send + Sync {
    /// Sends one request and returns the whole answer, whatever its status.
    ///
    /// An implementation must not follow redirects to another origin: requests carry a token.
    ///
    /// # Errors
    ///
    /// When no whole answer came; the error says whether any byte of the request can have been sent.
    async fn send(
        &self,
        request: ::http::Request<Bytes>,
    ) -> Result<::http::Response<Bytes>, TransportError>;

    /// Sends a request whose address the client has as a parsed URL too: the same address, which an implementation may
    /// use to save itself the parsing. This one calls [`send`](Self::send), and that is what to implement.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send).
    async fn send_to(
        &self,
        _url: &url::Url,
        request: ::http::Request<Bytes>,
    ) -> Result<::http::Response<Bytes>, TransportError> {
        self.send(request).await
    }
}

/// The time and the waiting.
#[async_trait]
pub trait Timer: Send + Sync {
    /// Returns the current time; it never goes backwards.
    fn now(&self) -> DateTime<Utc>;

    /// Waits.
    async fn sleep(&self, duration: Duration);
}

#[async_trait]
impl<T: Transport + ?Sized> Transport for Arc<T> {
    async fn send(
        &self,
        request: ::http::Request<Bytes>,
    ) -> Result<::http::Response<Bytes>, TransportError> {
        (**self).send(request).await
    }

    async fn send_to(
        &self,
        url: &url::Url,
        request: ::http::Request<Bytes>,
    ) -> Result<::http::Response<Bytes>, TransportError> {
        (**self).send_to(url, request).await
    }
}

#[async_trait]
impl<T: Timer + ?Sized> Timer for Arc<T> {
    fn now(&self) -> DateTime<Utc> {
        (**self).now()
    }

    async fn sleep(&self, duration: Duration) {
        (**self).sleep(duration).await;
    }
}

/// Whether bytes of a failed request can have reached the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sent {
    /// No byte of the request left.
    NotSent,
    /// The request, or a part of it, may have arrived.
    MaybeSent,
}

/// A request that got no whole answer.
#[derive(Debug)]
pub struct TransportError {
    /// Whether the request can have arrived.
    pub sent: Sent,
    /// Whether it failed because of a time-out.
    pub timed_out: bool,
    source: Box<dyn StdError + Send + Sync>,
}

impl TransportError {
    /// Makes an error from its cause.
    pub fn new(sent: Sent, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self { sent, timed_out: false, source: source.into() }
    }

    /// Marks the failure as a time-out.
    #[must_use]
    pub fn timed_out(mut self) -> Self {
        self.timed_out = true;
        self
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.sent {
            Sent::NotSent => write!(f, "the request could not be sent: {}", self.source),
            Sent::MaybeSent => write!(f, "the request got no whole answer: {}", self.source),
        }
    }
}

impl StdError for TransportError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&*self.source)
    }
}

/// Tells whether two https or http URLs have the same scheme, host and port. As [`url::Url::origin`], which would
/// copy both for every call.
pub(crate) fn same_origin(one: &url::Url, other: &url::Url) -> bool {
    one.scheme() == other.scheme()
        && one.host() == other.host()
        && one.port_or_known_default() == other.port_or_known_default()
}

/// Tells whether a URL may carry a token: https, or plain http to this machine.
pub(crate) fn is_protected(url: &url::Url) -> bool {
    match url.scheme() {
        "https" => true,
        "http" => match url.host() {
            Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            Some(url::Host::Ipv4(address)) => address.is_loopback(),
            Some(url::Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        },
        _ => false,
    }
}
