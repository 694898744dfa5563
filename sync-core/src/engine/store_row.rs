//! Across stores: the row in the ledger says which one feeds it, and how far it is.
//!
//! A store that is a copy, or was restored from a backup, has the name of the one it came from, and goes on
//! with the same numbers. What it has not is the moment to the nanosecond at which the other one's cycle
//! began: a store whose cycle of that number began at another moment did not write the row.

use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

use super::{Engine, Failure};
use crate::ports::{StoreRow, StoreRowState};

/// A store that is not the one that feeds the ledger.
pub(super) const NOT_CURRENT: &str = "store_is_not_current";

/// How long a running cycle believes in the row that it wrote.
const LOOKED_AT_EVERY: TimeDelta = TimeDelta::minutes(1);

/// The row as a cycle wrote it, and what was last seen of it.
#[derive(Debug)]
pub(super) struct Watched {
    row: StoreRow,
    seen: Mutex<Seen>,
}

#[derive(Debug)]
enum Seen {
    /// It stood as it was written.
    Ours(DateTime<Utc>),
    /// It is another store's: for good.
    Lost(Failure),
}

impl Watched {
    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is known of the store that wants to write.
#[derive(Clone, Copy, Debug)]
struct Ours<'a> {
    store: &'a str,
    /// Its newest cycle; 0 before the first.
    cycle: i64,
    /// When its cycle of the row's number began; `None` where it knows none.
    began: Option<DateTime<Utc>>,
    environment: &'a str,
}

/// What the row said before this store writes its own.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Before {
    /// Its turn; 0 without one.
    pub turn: u64,
    /// Whether it is of a cycle that this store went through to its end: it knows of all that is under way.
    pub is_ours: bool,
}

impl Engine<'_> {
    /// Stops a store that is not the one that feeds the ledger, before its first write. Answers what the row says.
    ///
    /// # Errors
    ///
    /// `store_is_not_current`, `environment_differs`, or when one side cannot be read.
    pub(super) async fn is_current(&self, takes_over: bool) -> Result<Before, Failure> {
        let StoreRowState::Present(row) = self.ledger.store_row(self.company()).await? else {
            return Ok(Before::default());
        };
        let store = self.store.id().await?;
        let cycle = self.store.cycle(row.cycle).await?;
        let ours = Ours {
            store: &store,
            cycle: self.store.last_cycle().await?.map_or(0, |cycle| cycle.number),
            began: cycle.as_ref().map(|cycle| cycle.started_at),
            environment: &self.profile.environment,
        };
        // A heartbeat of the future is young: a clock may be wrong.
        let is_young = self.clock.now() - row.heartbeat < self.limits.young_heartbeat;
        judge(&row, ours, is_young, takes_over, self.limits.young_heartbeat)?;
        let wrote = row.store == store && ours.began == Some(row.heartbeat);
        let ended = cycle.is_some_and(|cycle| cycle.finished_at.is_some());
        Ok(Before { turn: row.turn, is_ours: wrote && ended })
    }

    /// Writes that this store feeds the ledger, in this cycle that the store knows already: the turn after
    /// the one that was looked at.
    ///
    /// # Errors
    ///
    /// `store_is_not_current` where another store wrote that turn since; when the ledger does not take it.
    pub(super) async fn claim_row(
        &self,
        cycle: i64,
        started_at: DateTime<Utc>,
        looked_at: u64,
    ) -> Result<Watched, Failure> {
        let row = StoreRow {
            store: self.store.id().await?,
            cycle,
            heartbeat: started_at,
            environment: self.profile.environment.clone(),
            turn: looked_at + 1,
        };
        self.ledger.write_store_row(self.company(), &row).await?;
        Ok(Watched { row, seen: Mutex::new(Seen::Ours(self.clock.now())) })
    }

    /// Looks, not more often than once in [`LOOKED_AT_EVERY`], whether the row is still the one that this
    /// cycle wrote. A person may have made another state the one that feeds the ledger.
    ///
    /// # Errors
    ///
    /// `store_is_not_current` where it is another one; when the ledger cannot be asked.
    pub(super) async fn row_is_ours(&self, watched: &Watched) -> Result<(), Failure> {
        let now = self.clock.now();
        match &*watched.seen() {
            Seen::Lost(failure) => return Err(failure.clone()),
            Seen::Ours(at) if (now - *at).abs() < LOOKED_AT_EVERY => return Ok(()),
            Seen::Ours(_) => {}
        }
        let row = match self.ledger.store_row(self.company()).await? {
            StoreRowState::Present(row) if row != watched.row => row,
            // Where there is no place for a row, nobody can take it.
            _ => {
                let mut seen = watched.seen();
                if let Seen::Ours(at) = &mut *seen {
                    *at = now;
                }
                return Ok(());
            }
        };
        let failure = Failure {
            name: NOT_CURRENT,
            detail: format!(
                "another state ({}) began to feed SAP while this cycle ran; nothing more is posted by this one",
                row.store
            ),
        };
        *watched.seen() = Seen::Lost(failure.clone());
        Err(failure)
    }
}

fn judge(
    row: &StoreRow,
    ours: Ours<'_>,
    is_young: bool,
    takes_over: bool,
    young: TimeDelta,
) -> Result<(), Failure> {
    if row.environment != ours.environment {
        return Err(Failure {
            name: "environment_differs",
            detail: format!(
                "SAP was fed from Procore at {}, the configuration says {}; each environment has a company \
                 database of its own",
                row.environment, ours.environment
            ),
        });
    }
    let stranger = row.store != ours.store;
    let follows = match stranger {
        true => !is_young && row.cycle <= ours.cycle,
        false => ours.began == Some(row.heartbeat),
    };
    if takes_over || follows {
        return Ok(());
    }
    let what = if stranger {
        format!("another state ({}) fed SAP last, in its cycle {}", row.store, row.cycle)
    } else if row.cycle <= ours.cycle {
        format!(
            "SAP was fed by another copy of this state, in a cycle {} that is not this one's own",
            row.cycle
        )
    } else {
        format!(
            "SAP was fed by cycle {} of this state, which knows {} only: it is a copy, or was restored from a \
             backup",
            row.cycle, ours.cycle
        )
    };
    Err(Failure {
        name: NOT_CURRENT,
        detail: format!(
            "{what}, at {}; name the right state or run rebuild, and if the other one is gone for good, \
             sync --take-over (without it a strange state counts as alive for {} days)",
            row.heartbeat.format("%Y-%m-%d %H:%M UTC"),
            young.num_days()
        ),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const HERE: &str = "https://api.procore.com";

    /// What is judged of the row of a store, which writes in its cycle, by a store `a` that knows seven cycles.
    fn judged(
        (store, cycle): (&str, i64),
        began: Option<&str>,
        environment: &str,
        (is_young, takes_over): (bool, bool),
    ) -> &'static str {
        let row = StoreRow {
            store: store.to_owned(),
            cycle,
            heartbeat: ROW.parse().unwrap(),
            environment: environment.to_owned(),
            turn: 1,
        };
        let began = began.map(|moment| moment.parse().unwrap());
        let ours = Ours { store: "a", cycle: 7, began, environment: HERE };
        judge(&row, ours, is_young, takes_over, TimeDelta::days(7))
            .map_or_else(|failure| failure.name, |()| "ok")
    }

    const ROW: &str = "2026-11-24T02:00:00.123456789Z";

    #[test]
    fn a_store_writes_only_where_it_is_the_newest_of_its_environment() {
        let stale = "store_is_not_current";
        let (own, other) = (Some(ROW), Some("2026-11-24T02:00:00.123456788Z"));
        for (row, began, environment, person, expected) in [
            (("a", 7), own, HERE, (true, false), "ok"),
            (("a", 6), own, HERE, (true, false), "ok"),
            (("a", 6), own, HERE, (false, false), "ok"),
            (("a", 7), other, HERE, (true, false), stale),
            (("a", 6), other, HERE, (false, false), stale),
            (("a", 6), None, HERE, (true, false), stale),
            (("a", 8), None, HERE, (true, false), stale),
            (("a", 8), None, HERE, (false, false), stale),
            (("a", 8), None, HERE, (true, true), "ok"),
            (("b", 3), other, HERE, (true, false), stale),
            (("b", 3), other, HERE, (false, false), "ok"),
            (("b", 7), other, HERE, (false, false), "ok"),
            (("b", 8), None, HERE, (false, false), stale),
            (("b", 8), None, HERE, (true, true), "ok"),
            (("a", 7), own, "https://sandbox.procore.com", (true, false), "environment_differs"),
            (("b", 9), None, "https://sandbox.procore.com", (false, true), "environment_differs"),
        ] {
            let given = (row, began, environment, person);
            assert_eq!(judged(row, began, environment, person), expected, "{given:?}");
        }
    }
}
