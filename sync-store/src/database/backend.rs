//! What one database does its own way.

use std::{fmt::Debug, future::Future, time::Duration};

use chrono::{DateTime, Utc};
use sync_core::ports::{Epoch, StoreError, StoreErrorKind};

use super::sql::{Readers, Sql};

/// Texts of statements that differ between the databases.
#[derive(Clone, Copy, Debug)]
pub struct Dialect {
    /// Begins a transaction that will write.
    pub begin: &'static str,
    /// Reads the newest epoch, and keeps it until the transaction ends.
    pub epoch: &'static str,
    /// The records whose keys are in a JSON list.
    pub records: &'static str,
    /// The records of a project whose families are in a JSON list.
    pub families: &'static str,
    /// Begins a transaction that reads what is committed now, and nothing that is committed later.
    pub snapshot: &'static str,
    /// Since when the trail tells of what people do: when the migration of this number was made.
    pub migrated_at: &'static str,
    /// What time it is by a clock that everybody who shares the database has in common; `None` where that is
    /// this machine's.
    pub shared_time: Option<&'static str>,
    /// The last audit row's number and hash, the newest cycle, and what time it is.
    pub audit_tail: &'static str,
}

/// The right to write, as the database sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lasting {
    /// The newest writer's.
    pub epoch: i64,
    /// How long it surely lasts, from the answer on, if nobody renews it.
    pub left: Duration,
}

/// A database that a store stands in.
pub trait Backend: Debug + Send + Sync + 'static {
    /// The connection of the one task that writes.
    type Connection: Sql;
    /// The connections that read.
    type Readers: Readers;
    /// The right to write: it ends when this is dropped, at the latest with the process.
    type Lease: Debug + Send + Sync;

    /// The migration since which the trail tells of what people do.
    const ACTS_SINCE: i64;
    /// Its statements.
    const DIALECT: Dialect;

    /// How it is named in errors: without a password.
    fn place(&self) -> String;

    /// Opens a connection that writes.
    fn connect(&self) -> impl Future<Output = Result<Self::Connection, sqlx::Error>> + Send;

    /// Opens a connection that only reads.
    fn connect_reading(&self)
    -> impl Future<Output = Result<Self::Connection, sqlx::Error>> + Send;

    /// Ends a connection properly.
    fn disconnect(
        &self,
        connection: Self::Connection,
    ) -> impl Future<Output = Result<(), sqlx::Error>> + Send;

    /// Becomes the writer with a new epoch; `held` is the right of an earlier writer of this store.
    fn acquire(
        &self,
        connection: &mut Self::Connection,
        held: Option<Self::Lease>,
        now: DateTime<Utc>,
    ) -> impl Future<Output = Result<(Epoch, Self::Lease), StoreError>> + Send;

    /// Tells the database that the right is given back, on the writer's connection where it is open.
    fn release(
        &self,
        connection: Option<&mut Self::Connection>,
        epoch: Epoch,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Whose the right is and how long it lasts, asked of the database now; `None` when it lasts as long as the process.
    fn lasts(
        &self,
        connection: &mut Self::Connection,
    ) -> impl Future<Output = Result<Option<Lasting>, sqlx::Error>> + Send;

    /// What reads beside the writer.
    fn readers(&self) -> &Self::Readers;

    /// An error of the database as the port's kind.
    fn kind(error: &sqlx::Error) -> StoreErrorKind;

    /// The error of a statement: what was being done, where, and what the database says.
    fn failed(&self, doing: &str, error: &sqlx::Error) -> StoreError {
        failed(Self::kind(error), &self.place(), doing, error)
    }
}

/// The error of a statement: what was being done, where, and what the database says.
pub(crate) fn failed(
    kind: StoreErrorKind,
    place: &str,
    doing: &str,
    error: &sqlx::Error,
) -> StoreError {
    StoreError::new(kind, format!("{doing} failed in {place}: {error}"))
}
