//! The one task that writes: it owns the connection, the file lock and the epoch.
//!
//! Calls that wait together are committed together, because each commit waits for the disk once.
//! Each call stands in a savepoint, so that one that is refused takes no other with it. A caller that
//! is dropped while it waits leaves its call behind whole: the task does not depend on callers.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use sqlx::{Connection, SqliteConnection, sqlite::SqliteConnectOptions};
use sync_core::ports::{Epoch, StoreError};
use tokio::sync::{mpsc, oneshot};

use super::{
    change::{Change, Failure},
    error::{again, failed, lease_lost},
    file::FileLock,
    rows::moment,
};

/// The calls of one commit; those beyond wait for the next.
const GROUP_MAX: usize = 64;

type Answer<T> = oneshot::Sender<Result<T, StoreError>>;

/// What the task is asked for. An answer that nobody waits for is dropped.
#[derive(Debug)]
pub(super) enum Command {
    Acquire { now: DateTime<Utc>, answer: Answer<Epoch> },
    Release { epoch: Epoch, answer: Answer<()> },
    Write(Write),
    Close { answer: Answer<()> },
}

#[derive(Debug)]
pub(super) struct Write {
    pub(super) epoch: Epoch,
    pub(super) change: Change,
    pub(super) answer: Answer<i64>,
}

/// The right to write: it ends when the lock is dropped.
#[derive(Debug)]
struct Lease {
    epoch: Epoch,
    _lock: FileLock,
}

#[derive(Debug)]
pub(super) struct Writer {
    path: PathBuf,
    options: SqliteConnectOptions,
    /// Absent after a failure: what a failed transaction left behind is not built upon.
    connection: Option<SqliteConnection>,
    lease: Option<Lease>,
}

impl Writer {
    pub(super) fn new(
        path: PathBuf,
        options: SqliteConnectOptions,
        connection: SqliteConnection,
    ) -> Self {
        Self { path, options, connection: Some(connection), lease: None }
    }

    /// Works until the store is closed or its last handle is dropped.
    pub(super) async fn run(mut self, mut commands: mpsc::Receiver<Command>) {
        let mut next = commands.recv().await;
        let mut closed = None;
        while let Some(command) = next.take() {
            match command {
                Command::Acquire { now, answer } => {
                    let _ = answer.send(self.acquire(now).await);
                }
                Command::Release { epoch, answer } => {
                    if self.lease.as_ref().is_some_and(|lease| lease.epoch == epoch) {
                        self.lease = None;
                    }
                    let _ = answer.send(Ok(()));
                }
                Command::Close { answer } => {
                    closed = Some(answer);
                    break;
                }
                Command::Write(first) => {
                    let mut group = vec![first];
                    while group.len() < GROUP_MAX {
                        match commands.try_recv() {
                            Ok(Command::Write(write)) => group.push(write),
                            Ok(other) => {
                                next = Some(other);
                                break;
                            }
                            Err(_) => break,
                        }
                    }
                    self.commit(group).await;
                }
            }
            if next.is_none() {
                next = commands.recv().await;
            }
        }
        // The connection ends before the lock, so that the next writer meets no other.
        if let Some(connection) = self.connection.take()
            && let Err(error) = connection.close().await
        {
            tracing::warn!(path = %self.path.display(), %error, "closing the store failed");
        }
        self.lease = None;
        if let Some(answer) = closed {
            let _ = answer.send(Ok(()));
        }
    }

    async fn acquire(&mut self, now: DateTime<Utc>) -> Result<Epoch, StoreError> {
        // A second writer of this process replaces the first: the lock stays, the epoch grows.
        let lock = match self.lease.take() {
            Some(lease) => lease._lock,
            None => FileLock::take(&self.path)?,
        };
        let epoch = self.next_epoch(now).await?;
        self.lease = Some(Lease { epoch, _lock: lock });
        tracing::debug!(epoch = epoch.0, path = %self.path.display(), "became the writer");
        Ok(epoch)
    }

    async fn next_epoch(&mut self, now: DateTime<Utc>) -> Result<Epoch, StoreError> {
        let path = self.path.clone();
        let result = async {
            let mut transaction = self.connected().await?.begin_with("BEGIN IMMEDIATE").await?;
            let epoch: i64 = sqlx::query_scalar(
                "UPDATE writer SET epoch = epoch + 1, acquired_at = ? WHERE id = 1 RETURNING epoch",
            )
            .bind(moment(now))
            .fetch_one(&mut *transaction)
            .await?;
            transaction.commit().await?;
            Ok(Epoch(epoch))
        }
        .await;
        result.map_err(|error| {
            self.connection = None;
            failed(&path, "becoming the writer", &error)
        })
    }

    /// Commits a group and answers each of its calls.
    async fn commit(&mut self, group: Vec<Write>) {
        match self.transact(&group).await {
            Ok(results) => {
                for (write, result) in group.into_iter().zip(results) {
                    let _ = write.answer.send(result);
                }
            }
            Err(error) => {
                self.connection = None;
                let error = failed(&self.path, "writing", &error);
                tracing::warn!(%error, calls = group.len(), "a transaction of the store failed");
                for write in group {
                    let _ = write.answer.send(Err(again(&error)));
                }
            }
        }
    }

    /// Makes the changes of a group in one transaction.
    async fn transact(
        &mut self,
        group: &[Write],
    ) -> Result<Vec<Result<i64, StoreError>>, sqlx::Error> {
        let path = self.path.clone();
        let held = self.lease.as_ref().map(|lease| lease.epoch);
        let mut transaction = self.connected().await?.begin_with("BEGIN IMMEDIATE").await?;
        let newest: i64 = sqlx::query_scalar("SELECT epoch FROM writer WHERE id = 1")
            .fetch_one(&mut *transaction)
            .await?;
        let mut results = Vec::with_capacity(group.len());
        for Write { epoch, change, .. } in group {
            if held != Some(*epoch) || newest != epoch.0 {
                results.push(Err(lease_lost(&path, *epoch, newest)));
                continue;
            }
            let mut savepoint = transaction.begin().await?;
            match change.apply(&mut savepoint, *epoch).await {
                Ok(number) => {
                    savepoint.commit().await?;
                    results.push(Ok(number));
                }
                Err(Failure::Refused(error)) => {
                    savepoint.rollback().await?;
                    results.push(Err(error));
                }
                Err(Failure::Database(error)) => return Err(error),
            }
        }
        transaction.commit().await?;
        Ok(results)
    }

    /// The connection, opened again after a failure.
    async fn connected(&mut self) -> Result<&mut SqliteConnection, sqlx::Error> {
        let connection = match self.connection.take() {
            Some(connection) => connection,
            None => SqliteConnection::connect_with(&self.options).await?,
        };
        Ok(self.connection.insert(connection))
    }
}
