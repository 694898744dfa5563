//! The client: from a call to its answer, through deadline, retry, concurrency and session.
//!
//! [`pipeline`] is the order of it all: a place in a [`lane`], the session ([`login`]), one [`exchange`], and what it means:
//! [`retry`] is the pure decision what may be sent again, [`business`] what a -5002 means. [`call`] is the request as a value,
//! [`base_url`] knows the address and the version, [`timeouts`] how long what may take, [`jitter`] the waits' randomness.
//! Entities live in [`crate::resources`], queries in [`crate::query`].

mod base_url;
mod builder;
mod business;
mod call;
mod exchange;
mod guard;
mod jitter;
mod lane;
mod login;
mod pipeline;
mod retry;
mod timeouts;

pub use base_url::{BaseUrl, ODataVersion};
pub use builder::ClientBuilder;
pub use call::{Call, CallClass};
pub use guard::ResendGuard;
pub use timeouts::Timeouts;

use crate::error::Result;
use crate::lengths::LengthLimits;
use crate::session::{Authenticator, SessionHolder};
use crate::transport::{Timer, Transport};
use bytes::Bytes;
use jitter::Jitter;
use lane::Lane;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// A client of one company of one Service Layer. Cloning shares the session.
#[derive(Clone)]
pub struct Client {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) line: Arc<Line>,
    pub(crate) session: SessionHolder,
    pub(crate) reads: Lane,
    pub(crate) writes: Lane,
    pub(crate) page_size: u32,
    pub(crate) keep_raw: bool,
    pub(crate) lengths: LengthLimits,
}

/// What one exchange needs. Shared with the login under way, which outlives the call that began it.
pub(crate) struct Line {
    pub(crate) base: BaseUrl,
    pub(crate) authenticator: Arc<dyn Authenticator>,
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) timer: Arc<dyn Timer>,
    pub(crate) jitter: Jitter,
    pub(crate) timeouts: Timeouts,
    pub(crate) calls: AtomicU64,
    pub(crate) logins: AtomicU64,
}

impl Client {
    /// Starts a client of the Service Layer at `base_url` (`https://host:50000/b1s/v2`).
    ///
    /// ```
    /// use sap_b1_client::{Client, PasswordLogin};
    /// # fn main() -> sap_b1_client::Result<()> {
    /// let login = PasswordLogin::new("SBODEMOUS", "manager", "secret".into());
    /// let client = Client::builder("https://b1.example.com:50000/b1s/v2", login).build()?;
    /// # Ok(()) }
    /// ```
    pub fn builder(
        base_url: impl Into<String>,
        authenticator: impl Authenticator + 'static,
    ) -> ClientBuilder {
        ClientBuilder::new(base_url.into(), Arc::new(authenticator))
    }

    /// Number of HTTP requests sent so far, logins and probes included.
    #[must_use]
    pub fn calls(&self) -> u64 {
        self.inner.line.calls.load(Ordering::Relaxed)
    }

    /// Number of login requests sent so far.
    #[must_use]
    pub fn logins(&self) -> u64 {
        self.inner.line.logins.load(Ordering::Relaxed)
    }

    /// The version of the protocol in use.
    #[must_use]
    pub fn odata_version(&self) -> ODataVersion {
        self.inner.line.base.version()
    }

    /// Version of SAP Business One as the last login answered it (`1000280` is 10.00.280).
    #[must_use]
    pub fn server_version(&self) -> Option<String> {
        self.inner.session.current().and_then(|live| live.answer.version.clone())
    }

    /// How many reads may run at once now: the setting, or less while the server is slow.
    #[must_use]
    pub fn reads_allowed(&self) -> usize {
        self.inner.reads.limit()
    }

    /// How many writes may run at once now: the setting, or less while the server is slow.
    #[must_use]
    pub fn writes_allowed(&self) -> usize {
        self.inner.writes.limit()
    }

    /// Longest document write, the time after which its outcome is given up as unknown.
    #[must_use]
    pub fn document_timeout(&self) -> Duration {
        self.inner.line.timeouts.document
    }

    /// How long after a write was given up with [`crate::Outcome::Unknown`] a look-up must begin for absence to count: a
    /// request without an answer may still be running in SAP. The larger of 10 minutes and twice the document time.
    /// Presence counts at once, and a look-up that failed is not absence.
    #[must_use]
    pub fn unknown_settle(&self) -> Duration {
        (self.inner.line.timeouts.document * 2).max(Duration::from_secs(600))
    }

    /// Logs in now, unless a session is in use. Calls do this by themselves.
    ///
    /// # Errors
    /// When the login fails; a refused login is remembered and never repeated.
    pub async fn login(&self) -> Result<()> {
        self.inner.session(None).await.map(|_| ())
    }

    /// Sends any call: the way to what this crate has no method for. Retries, session and outcome rules are the same.
    ///
    /// # Errors
    /// As every call: see [`crate::Error::kind`] and [`crate::Error::outcome`].
    pub async fn send(
        &self,
        call: &Call,
        guard: Option<&dyn ResendGuard>,
    ) -> Result<http::Response<Bytes>> {
        self.inner.run(call, guard).await
    }

    /// Logs out, best effort. A later call would log in again.
    pub async fn close(&self) {
        self.inner.logout().await;
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base", &self.inner.line.base)
            .field("calls", &self.calls())
            .field("logins", &self.logins())
            .finish_non_exhaustive()
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        if self.session.is_left_open() {
            tracing::warn!(base = %self.line.base, "client dropped without close(): its session stays on the server until it times out");
        }
    }
}
