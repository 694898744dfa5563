//! What a store need not keep for ever, dropped at the end of a cycle.

use chrono::NaiveTime;

use super::Engine;
use crate::ports::{Epoch, StoreError};

impl Engine<'_> {
    /// Drops what is older than the retention, counted from the beginning of the day: the first cycle of
    /// a day finds what fell due, the others find nothing. One that broke off leaves the rest to the next
    /// cycle.
    pub(super) async fn drop_what_is_old(&self, epoch: Epoch) -> Result<(), StoreError> {
        let Some(before) = self.clock.now().checked_sub_signed(self.limits.retention) else {
            return Ok(());
        };
        let before = before.date_naive().and_time(NaiveTime::MIN).and_utc();
        while !self.stop.is_requested() {
            if self.store.compact(before, epoch).await? == 0 {
                break;
            }
        }
        Ok(())
    }
}
