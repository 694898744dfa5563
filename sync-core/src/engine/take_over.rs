//! A store that takes over: from another one, or from what was lost of itself.
//!
//! What the former writer sent last may still be executed by the ledger, and this store has no intent that would say
//! so: no look-up of the first minutes proves that a document is absent. So the moment of the take-over is kept, by the
//! store's time, and what is to be posted is left until `unknown_settle` after it. Everything else goes on.

use chrono::{DateTime, Utc};

use super::{CycleOptions, Engine, Failure, cycle::Purpose, store_row::Before};
use crate::ports::{Act, Deed, Epoch};

impl Engine<'_> {
    /// Keeps who takes over, or makes something anew, and why. To be kept before the ledger says that this store
    /// feeds it: a cycle that finds its own row there asks nobody any more.
    pub(super) async fn keep_deed(
        &self,
        (purpose, options): (Purpose, &CycleOptions),
        before: Before,
        epoch: Epoch,
    ) -> Result<(), Failure> {
        let (deed, takes_over) = match purpose {
            Purpose::Rebuild => (Deed::Rebuild, true),
            Purpose::Opening => (Deed::RebuildOpening, false),
            Purpose::Post if options.take_over => (Deed::TakeOver, true),
            Purpose::Post | Purpose::Preview => return Ok(()),
        };
        let signature = options.signature.clone().unwrap_or_default();
        let at = self.store.time(self.clock.now()).await?;
        let mut act = Act::on_store(deed, &signature, at);
        act.unsettled = takes_over && !before.is_ours;
        Ok(self.store.record_act(&act, &[], epoch).await?)
    }

    /// From when on documents are posted, where what another store sent may still be under way.
    pub(super) async fn posts_from(&self) -> Result<Option<DateTime<Utc>>, Failure> {
        let acts = self.store.acts(None).await?;
        let Some(act) = acts.iter().rev().find(|act| act.unsettled) else { return Ok(None) };
        let now = self.store.time(self.clock.now()).await?;
        let settle = self.policy.unknown_settle;
        if now - act.at >= settle {
            return Ok(None);
        }
        Ok(Some(act.at.checked_add_signed(settle).unwrap_or(DateTime::<Utc>::MAX_UTC)))
    }
}
