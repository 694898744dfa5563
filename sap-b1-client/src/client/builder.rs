//! Settings of a client.

use super::jitter::Jitter;
use super::lane::Lane;
use super::{BaseUrl, Client, Inner, Line, ODataVersion, Timeouts};
use crate::error::{Error, Result};
use crate::lengths::LengthLimits;
use crate::session::{Authenticator, SessionHolder};
use crate::transport::{ReqwestTransport, Timer, TokioTimer, Transport};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

/// Settings of a [`Client`]; each has a default that suits a small Service Layer.
#[derive(Debug)]
pub struct ClientBuilder {
    base_url: String,
    version: Option<ODataVersion>,
    authenticator: Arc<dyn Authenticator>,
    transport: Option<Arc<dyn Transport>>,
    timer: Option<Arc<dyn Timer>>,
    reads_in_flight: usize,
    writes_in_flight: usize,
    timeouts: Timeouts,
    page_size: u32,
    keep_raw: bool,
    lengths: LengthLimits,
    jitter_seed: u64,
}

impl ClientBuilder {
    pub(super) fn new(base_url: String, authenticator: Arc<dyn Authenticator>) -> Self {
        Self {
            base_url,
            version: None,
            authenticator,
            transport: None,
            timer: None,
            reads_in_flight: 8,
            writes_in_flight: 4,
            timeouts: Timeouts::default(),
            page_size: 100,
            keep_raw: true,
            lengths: LengthLimits::default(),
            jitter_seed: 0x5EED,
        }
    }

    /// Sets the version where the address does not show it (behind a proxy that rewrites paths).
    #[must_use]
    pub fn odata_version(mut self, version: ODataVersion) -> Self {
        self.version = Some(version);
        self
    }

    /// Sends through another transport. Default: [`ReqwestTransport`] with its defaults.
    #[must_use]
    pub fn transport(mut self, transport: Arc<dyn Transport>) -> Self {
        self.transport = Some(transport);
        self
    }

    /// Uses another clock. Default: [`TokioTimer`].
    #[must_use]
    pub fn timer(mut self, timer: Arc<dyn Timer>) -> Self {
        self.timer = Some(timer);
        self
    }

    /// Most reads under way at the same time. Default 8, at least 1; fewer while the server is slow or says it is busy.
    #[must_use]
    pub fn reads_in_flight(mut self, reads: usize) -> Self {
        self.reads_in_flight = reads;
        self
    }

    /// Most writes under way at the same time. Default 4, at least 1: documents queue for number ranges anyway. Fewer while
    /// the server is slow or says it is busy.
    #[must_use]
    pub fn writes_in_flight(mut self, writes: usize) -> Self {
        self.writes_in_flight = writes;
        self
    }

    /// Time for a read. Default 60 s.
    #[must_use]
    pub fn read_timeout(mut self, timeout: Duration) -> Self {
        self.timeouts.read = timeout;
        self
    }

    /// Time for a write. Default 180 s.
    #[must_use]
    pub fn document_timeout(mut self, timeout: Duration) -> Self {
        self.timeouts.document = timeout;
        self
    }

    /// Time for every kind of call at once.
    #[must_use]
    pub fn timeouts(mut self, timeouts: Timeouts) -> Self {
        self.timeouts = timeouts;
        self
    }

    /// Rows asked for per page (`Prefer: odata.maxpagesize`). Default 100; 1 to 5000.
    #[must_use]
    pub fn page_size(mut self, rows: u32) -> Self {
        self.page_size = rows;
        self
    }

    /// Whether records keep their raw JSON, where user-defined fields are. Default on.
    #[must_use]
    pub fn keep_raw(mut self, keep: bool) -> Self {
        self.keep_raw = keep;
        self
    }

    /// Length limits of this customer's version.
    #[must_use]
    pub fn length_limits(mut self, limits: LengthLimits) -> Self {
        self.lengths = limits;
        self
    }

    /// Seed of the waiting times' randomness, for replayable tests and for hosts that want each process to differ.
    #[must_use]
    pub fn jitter_seed(mut self, seed: u64) -> Self {
        self.jitter_seed = seed;
        self
    }

    /// Builds the client. Nothing is sent.
    ///
    /// # Errors
    /// When a setting cannot work: the address, a limit of zero, the transport.
    pub fn build(self) -> Result<Client> {
        let base = BaseUrl::parse(&self.base_url, self.version)?;
        if self.reads_in_flight == 0 || self.writes_in_flight == 0 {
            return Err(Error::configuration(
                "reads_in_flight and writes_in_flight must be at least 1",
            ));
        }
        if !(1..=5000).contains(&self.page_size) {
            return Err(Error::configuration("page_size must be between 1 and 5000"));
        }
        self.timeouts.check()?;
        let transport = match self.transport {
            Some(transport) => transport,
            None => Arc::new(ReqwestTransport::builder().build()?),
        };
        let line = Line {
            base,
            authenticator: self.authenticator,
            transport,
            timer: self.timer.unwrap_or_else(|| Arc::new(TokioTimer::new())),
            jitter: Jitter::new(self.jitter_seed),
            timeouts: self.timeouts,
            calls: AtomicU64::new(0),
            logins: AtomicU64::new(0),
        };
        let inner = Inner {
            line: Arc::new(line),
            session: SessionHolder::default(),
            reads: Lane::new(self.reads_in_flight),
            writes: Lane::new(self.writes_in_flight),
            page_size: self.page_size,
            keep_raw: self.keep_raw,
            lengths: self.lengths,
        };
        Ok(Client { inner: Arc::new(inner) })
    }
}
