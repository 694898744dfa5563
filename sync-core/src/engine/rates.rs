//! Exchange rates, asked for when the first record needs them and kept for the cycle.

use std::sync::{Mutex, PoisonError};

use super::Engine;
use crate::{
    exchange::Rates,
    plan::{Decision, PlanContext},
    ports::LedgerError,
};

impl Engine<'_> {
    /// Plans until no rate is missing that the ledger was not asked for. Each round adds a rate, and a
    /// plan asks for one at a time: it ends.
    pub(super) async fn with_rates<T>(
        &self,
        known: &Mutex<Rates>,
        context: &PlanContext<'_>,
        plan: impl Fn(&PlanContext<'_>) -> T,
        decision: impl Fn(&T) -> &Decision,
    ) -> Result<T, LedgerError> {
        loop {
            // Locked for the plan alone, which waits for nothing.
            let planned = {
                let rates = known.lock().unwrap_or_else(PoisonError::into_inner);
                plan(&PlanContext { rates: &rates, ..*context })
            };
            let Decision::NeedsRate { currency, day } = decision(&planned) else {
                return Ok(planned);
            };
            let (currency, day) = (currency.clone(), *day);
            let rate = self.ledger.exchange_rate(&currency, day).await?;
            let mut rates = known.lock().unwrap_or_else(PoisonError::into_inner);
            rates.insert((currency, day), rate);
        }
    }
}
