//! Where requests leave: a trait over `http` values, and time beside it.
//!
//! A transport sends one request once. Sessions, retries, deadlines and concurrency live in [`crate::client`]; a test or a
//! simulation brings its own transport and its own [`Timer`].

mod pin;
mod reqwest;
mod tokio_timer;

pub(crate) use self::reqwest::is_loopback;
pub use self::reqwest::{ReqwestTransport, ReqwestTransportBuilder};
pub use tokio_timer::TokioTimer;

use async_trait::async_trait;
use bytes::Bytes;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// Sends one HTTP request and returns its answer, whatever the status.
///
/// # Contract
/// It never repeats a request by itself, follows no redirect, keeps no cookies, adds no `Expect: 100-continue`, and reports
/// [`Sent::NotSent`] only if not a single byte of the request left. Dropping the future gives the request up.
#[async_trait]
pub trait Transport: Send + Sync + fmt::Debug {
    /// Sends `request`.
    ///
    /// # Errors
    /// When there is no complete answer.
    async fn send(
        &self,
        request: http::Request<Bytes>,
    ) -> Result<http::Response<Bytes>, TransportError>;
}

/// The clock of a client: monotonic, with an arbitrary start.
#[async_trait]
pub trait Timer: Send + Sync + fmt::Debug {
    /// Time since an arbitrary, fixed start.
    fn now(&self) -> Duration;

    /// Waits for `duration`.
    async fn sleep(&self, duration: Duration);
}

/// Whether a failed request may have reached the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sent {
    /// Not a byte of it left.
    NotSent,
    /// Some of it may have left.
    MaybeSent,
}

/// A request without an answer.
#[derive(Debug, Clone)]
pub struct TransportError {
    /// Whether the request may have reached the server.
    pub sent: Sent,
    message: String,
    source: Option<Arc<dyn std::error::Error + Send + Sync>>,
}

impl TransportError {
    /// Describes a request without an answer. The message must not hold a secret.
    #[must_use]
    pub fn new(sent: Sent, message: impl Into<String>) -> Self {
        Self { sent, message: message.into(), source: None }
    }

    /// A failure before any byte of the request left.
    #[must_use]
    pub fn not_sent(message: impl Into<String>) -> Self {
        Self::new(Sent::NotSent, message)
    }

    /// A failure after the request may have reached the server.
    #[must_use]
    pub fn maybe_sent(message: impl Into<String>) -> Self {
        Self::new(Sent::MaybeSent, message)
    }

    /// Keeps the cause.
    #[must_use]
    pub fn with_source(mut self, source: impl std::error::Error + Send + Sync + 'static) -> Self {
        self.source = Some(Arc::new(source));
        self
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for TransportError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}
