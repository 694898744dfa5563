//! What all clones of a client share: settings, token, limiter, counters.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use http::HeaderValue;
use url::Url;

use super::{CallCount, WriteAccess};
use crate::auth::{TokenCache, TokenSource};
use crate::error::{Error, ErrorKind, Outcome, Result};
use crate::id::CompanyId;
use crate::limit::{Limiter, Sharing};
use crate::request::Request;
use crate::retry::{Jitter, RetryPolicy};
use crate::timeout::within;
use crate::transport::{Timer, Transport};

/// What a client is made of.
pub(crate) struct Parts {
    pub(crate) base_url: Url,
    pub(crate) login_url: Url,
    pub(crate) company: CompanyId,
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) timer: Arc<dyn Timer>,
    pub(crate) tokens: Arc<dyn TokenSource>,
    pub(crate) writes: WriteAccess,
    pub(crate) sharing: Option<Sharing>,
    pub(crate) retry: RetryPolicy,
    pub(crate) request_timeout: Duration,
    pub(crate) in_flight_max: usize,
    pub(crate) quota_share_percent: u8,
    pub(crate) per_page: u32,
    pub(crate) keep_raw: bool,
    pub(crate) seed: u64,
    pub(crate) user_agent: HeaderValue,
}

/// What all clones of a client share.
pub(crate) struct Shared {
    pub(crate) base_url: Url,
    pub(crate) login_url: Url,
    pub(crate) company: CompanyId,
    pub(crate) writes: WriteAccess,
    pub(crate) per_page: u32,
    pub(crate) keep_raw: bool,
    pub(crate) limiter: Arc<Limiter>,
    pub(super) sharing: Option<Sharing>,
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) timer: Arc<dyn Timer>,
    pub(crate) tokens: TokenCache,
    pub(super) retry: RetryPolicy,
    pub(super) request_timeout: Duration,
    pub(super) jitter: Jitter,
    pub(super) user_agent: HeaderValue,
    /// The company's id as a header, made once.
    pub(super) company_header: HeaderValue,
    pub(super) sent: AtomicU64,
    pub(super) retries: AtomicU64,
    /// Procore answers 409 to concurrent writes of direct costs, so they take turns.
    pub(super) direct_cost_write: tokio::sync::Mutex<()>,
}

impl Shared {
    pub(crate) fn new(parts: Parts) -> Self {
        let limiter =
            Limiter::new(Arc::clone(&parts.timer), parts.in_flight_max, parts.quota_share_percent);
        Self {
            base_url: parts.base_url,
            login_url: parts.login_url,
            company: parts.company,
            writes: parts.writes,
            per_page: parts.per_page,
            keep_raw: parts.keep_raw,
            limiter: Arc::new(limiter),
            sharing: parts.sharing,
            transport: parts.transport,
            timer: parts.timer,
            tokens: TokenCache::new(parts.tokens, parts.request_timeout),
            retry: parts.retry,
            request_timeout: parts.request_timeout,
            jitter: Jitter::new(parts.seed),
            user_agent: parts.user_agent,
            company_header: HeaderValue::from(parts.company.get()),
            sent: AtomicU64::new(0),
            retries: AtomicU64::new(0),
            direct_cost_write: tokio::sync::Mutex::new(()),
        }
    }

    pub(crate) fn calls(&self) -> CallCount {
        CallCount {
            api: self.sent.load(Ordering::Relaxed),
            retries: self.retries.load(Ordering::Relaxed),
            logins: self.tokens.logins(),
        }
    }

    /// Waits, at most as long as a call may take, until no other write of direct costs is under way.
    pub(super) async fn turn_of_direct_costs(&self) -> Result<tokio::sync::MutexGuard<'_, ()>> {
        let turn = within(&*self.timer, self.retry.deadline, self.direct_cost_write.lock()).await;
        turn.ok_or_else(|| {
            let message = "another write of direct costs did not end in time";
            Error::new(ErrorKind::Timeout, Outcome::NotSent, message)
        })
    }

    pub(crate) fn url(&self, request: &Request) -> Result<Url> {
        self.base_url.join(&request.path_and_query()).map_err(|error| {
            Error::configuration(format!("{} is not a path: {error}", request.path()))
        })
    }
}
