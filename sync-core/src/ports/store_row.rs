//! Which store feeds the ledger from one company of the source: a row that is kept in the ledger itself.

use chrono::{DateTime, Utc};

/// The row of one company of the source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreRow {
    /// The store's own name ([`StateStore::id`](super::StateStore::id)).
    pub store: String,
    /// The number of its newest cycle.
    pub cycle: i64,
    /// When that cycle began, to the nanosecond: a copy of the store tells by it that the row is not its own.
    pub heartbeat: DateTime<Utc>,
    /// The source's environment ([`Profile::environment`](super::Profile)): production and sandbox never mix.
    pub environment: String,
    /// How often the row was written: a store that read turn 7 writes turn 8, and of two that read it only one may.
    pub turn: u64,
}

/// What a ledger says of the row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoreRowState {
    /// There is no place for it, and why: two states that feed one company are told apart by their documents alone.
    NoPlace(String),
    /// Nobody has fed the ledger from this company yet.
    Absent,
    /// Who did last.
    Present(StoreRow),
}
