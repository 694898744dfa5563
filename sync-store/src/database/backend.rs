//! What one database does its own way.

use std::{fmt::Debug, future::Future, time::Duration};

use chrono::{DateTime, Utc};
use sync_core::ports::{Epoch, StoreError};

use super::sql::{Columns, Sql, Value};

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
    /// The last audit row's number and hash, the newest cycle, and what time it is.
    pub audit_tail: &'static str,
}

/// A database that a store stands in.
pub trait Backend: Debug + Send + Sync + 'static {
    /// The connection of the one task that writes.
    type Connection: Sql;
    /// The right to write: it ends when this is dropped, at the latest with the process.
    type Lease: Debug + Send + Sync;

    /// Its statements.
    const DIALECT: Dialect;

    /// How it is named in errors: without a password.
    fn place(&self) -> String;

    /// Opens a connection that writes.
    fn connect(&self) -> impl Future<Output = Result<Self::Connection, sqlx::Error>> + Send;

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

    /// Gives the right back.
    fn release(
        &self,
        connection: &mut Self::Connection,
        lease: Self::Lease,
        epoch: Epoch,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// How long the right surely lasts if nobody renews it; `None` when it lasts as long as the process.
    fn lasts(lease: &Self::Lease) -> Option<Duration>;

    /// Reads rows beside the writer.
    fn read<T: Send>(
        &self,
        statement: &'static str,
        values: &[Value<'_>],
        decode: fn(&dyn Columns) -> Result<T, StoreError>,
    ) -> impl Future<Output = Result<Vec<T>, StoreError>> + Send;

    /// Closes what reads.
    fn close_readers(&self) -> impl Future<Output = ()> + Send;

    /// The error of a statement: what was being done, where, and what the database says.
    fn failed(&self, doing: &str, error: &sqlx::Error) -> StoreError;
}
