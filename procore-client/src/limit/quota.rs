//! The port through which processes that share a token share what the server said about its limits.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use chrono::{DateTime, Utc};

/// What one answer said about one window of the rate limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuotaReading {
    /// Calls allowed in the window; windows are told apart by it.
    pub limit: u64,
    /// Calls left, those on their way already taken off.
    pub remaining: u64,
    /// When the window ends, by the server's clock.
    pub resets_at: DateTime<Utc>,
    /// The longest rest of this window that was seen, in seconds: tells the hourly window from the spike window.
    pub window_seconds: u32,
}

impl QuotaReading {
    /// Joins two readings of windows with the same limit: of two windows the later one counts, of the same window
    /// (ends at most a second apart) the fewer calls.
    ///
    /// Joining in any order, and joining one reading twice, gives the same result up to that second.
    #[must_use]
    pub fn joined(self, other: Self) -> Self {
        let window_seconds = self.window_seconds.max(other.window_seconds);
        let apart = (self.resets_at - other.resets_at).num_seconds();
        let (remaining, resets_at) = match apart {
            -1..=1 => (self.remaining.min(other.remaining), self.resets_at.max(other.resets_at)),
            2.. => (self.remaining, self.resets_at),
            _ => (other.remaining, other.resets_at),
        };
        Self { limit: self.limit, remaining, resets_at, window_seconds }
    }
}

/// A store that could not be reached or used; the words are for the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuotaStoreError(pub String);

impl std::fmt::Display for QuotaStoreError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the quota store failed: {}", self.0)
    }
}

impl std::error::Error for QuotaStoreError {}

/// Shares readings between the processes that use one Procore token.
///
/// Laws, which an implementation keeps:
///
/// 1. `latest` gives at most one reading per limit: all that were told under this key, [joined](QuotaReading::joined).
/// 2. A reading whose window has ended may be kept or dropped.
/// 3. Keys do not see each other's readings.
/// 4. Readings are hints. The client goes on when the store fails or takes longer than 250 ms; what is at stake is a
///    429, which is waited for, never a call or a record.
///
/// The client tells at most once a second, and at once when a window is used up; it asks at most once a second. So
/// processes know of each other with a delay of about a second, and a share of the spike window may be spent twice.
#[async_trait]
pub trait QuotaStore: Send + Sync {
    /// Tells what an answer said. `key` names the token's owner, as the host chose it; it is no secret.
    async fn tell(&self, key: &str, reading: QuotaReading) -> Result<(), QuotaStoreError>;

    /// Returns what is known under a key.
    async fn latest(&self, key: &str) -> Result<Vec<QuotaReading>, QuotaStoreError>;
}

/// Readings in memory: for clients in one process that were built apart, and the reference of the laws.
#[derive(Debug, Default)]
pub struct MemoryQuotaStore {
    readings: Mutex<BTreeMap<String, BTreeMap<u64, QuotaReading>>>,
}

#[async_trait]
impl QuotaStore for MemoryQuotaStore {
    async fn tell(&self, key: &str, reading: QuotaReading) -> Result<(), QuotaStoreError> {
        let mut readings = self.readings.lock().unwrap_or_else(PoisonError::into_inner);
        readings
            .entry(key.to_owned())
            .or_default()
            .entry(reading.limit)
            .and_modify(|known| *known = known.joined(reading))
            .or_insert(reading);
        Ok(())
    }

    async fn latest(&self, key: &str) -> Result<Vec<QuotaReading>, QuotaStoreError> {
        let readings = self.readings.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(readings.get(key).map(|of_key| of_key.values().copied().collect()).unwrap_or_default())
    }
}
