//! When the quota store is asked and told.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::{Limiter, QuotaStore};
use crate::timeout::within;
use crate::transport::Timer;

const PAUSE: TimeDelta = TimeDelta::seconds(1);
const PATIENCE: Duration = Duration::from_millis(250);

/// A store with the key under which this client shares.
pub(crate) struct Sharing {
    store: Arc<dyn QuotaStore>,
    key: String,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    asked: Option<DateTime<Utc>>,
    told: Option<DateTime<Utc>>,
}

impl Sharing {
    pub(crate) fn new(store: Arc<dyn QuotaStore>, key: String) -> Self {
        Self { store, key, state: Mutex::default() }
    }

    /// Learns what other processes read, unless that was asked within the last second.
    pub(crate) async fn ask(&self, limiter: &Arc<Limiter>, timer: &dyn Timer) {
        if !self.is_due(timer.now(), |state| &mut state.asked) {
            return;
        }
        match within(timer, PATIENCE, self.store.latest(&self.key)).await {
            Some(Ok(readings)) => limiter.overhear(&readings),
            Some(Err(error)) => tracing::warn!(%error, "the shared quota could not be read"),
            None => tracing::warn!("the quota store did not answer in time"),
        }
    }

    /// Tells what the last answer said, once a second or when a window is used up.
    pub(crate) async fn tell(&self, limiter: &Arc<Limiter>, timer: &dyn Timer) {
        let readings = limiter.readings();
        let used_up = readings.iter().any(|reading| reading.remaining == 0);
        if !self.is_due(timer.now(), |state| &mut state.told) && !used_up {
            return;
        }
        for reading in readings {
            match within(timer, PATIENCE, self.store.tell(&self.key, reading)).await {
                Some(Ok(())) => {}
                Some(Err(error)) => tracing::warn!(%error, "the quota could not be shared"),
                None => tracing::warn!("the quota store did not answer in time"),
            }
        }
    }

    fn is_due(
        &self,
        now: DateTime<Utc>,
        of: impl FnOnce(&mut State) -> &mut Option<DateTime<Utc>>,
    ) -> bool {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let last = of(&mut state);
        let due = last.is_none_or(|last| now - last >= PAUSE);
        if due {
            *last = Some(now);
        }
        due
    }
}
