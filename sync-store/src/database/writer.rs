//! The one task that writes: it owns the connection, the right to write and the epoch.
//!
//! Calls that wait together are committed together, because each commit waits for the disk once.
//! Each call stands in a savepoint, so that one that is refused takes no other with it. A caller that
//! is dropped while it waits leaves its call behind whole: the task does not depend on callers.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use sync_core::ports::{Epoch, StoreError, StoreErrorKind};
use tokio::sync::{mpsc, oneshot};

use super::{
    backend::{Backend, Lasting},
    change::{Change, Failure, Writing},
    sql::Sql,
};

/// The calls of one commit; those beyond wait for the next.
const GROUP_MAX: usize = 64;

type Answer<T> = oneshot::Sender<Result<T, StoreError>>;

/// What the task is asked for. An answer that nobody waits for is dropped.
#[derive(Debug)]
pub(super) enum Command {
    Acquire { now: DateTime<Utc>, answer: Answer<Epoch> },
    Release { epoch: Epoch, answer: Answer<()> },
    Lasts { epoch: Epoch, answer: Answer<Option<Duration>> },
    Write(Write),
    Close { answer: Answer<()> },
}

#[derive(Debug)]
pub(super) struct Write {
    pub(super) epoch: Epoch,
    pub(super) change: Change,
    pub(super) answer: Answer<i64>,
}

/// The right to write, and under which epoch.
#[derive(Debug)]
struct Held<L> {
    epoch: Epoch,
    lease: L,
}

#[derive(Debug)]
pub(super) struct Writer<B: Backend> {
    backend: Arc<B>,
    /// Absent after a failure: what a failed transaction left behind is not built upon.
    connection: Option<B::Connection>,
    held: Option<Held<B::Lease>>,
}

impl<B: Backend> Writer<B> {
    pub(super) fn new(backend: Arc<B>, connection: B::Connection) -> Self {
        Self { backend, connection: Some(connection), held: None }
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
                    let _ = answer.send(self.release(epoch).await);
                }
                Command::Lasts { epoch, answer } => {
                    let _ = answer.send(self.lasts(epoch).await);
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
        self.end().await;
        if let Some(answer) = closed {
            let _ = answer.send(Ok(()));
        }
    }

    /// The connection ends before the right to write, so that the next writer meets no other.
    async fn end(&mut self) {
        let held = self.held.take();
        if let Some(held) = &held
            && let Err(error) = self.backend.release(self.connection.as_mut(), held.epoch).await
        {
            tracing::warn!(%error, "the right to write was not given back");
        }
        if let Some(connection) = self.connection.take()
            && let Err(error) = self.backend.disconnect(connection).await
        {
            tracing::warn!(place = %self.backend.place(), %error, "closing the store failed");
        }
    }

    async fn acquire(&mut self, now: DateTime<Utc>) -> Result<Epoch, StoreError> {
        // A second writer of this store replaces the first: the right stays, the epoch grows.
        let held = self.held.take().map(|held| held.lease);
        let backend = Arc::clone(&self.backend);
        let connection = self.connected().await;
        let connection =
            connection.map_err(|error| backend.failed("becoming the writer", &error))?;
        let acquired = backend.acquire(connection, held, now).await;
        if acquired.as_ref().is_err_and(|error| error.kind != StoreErrorKind::LeaseHeld) {
            self.connection = None;
        }
        let (epoch, lease) = acquired?;
        self.held = Some(Held { epoch, lease });
        tracing::debug!(epoch = epoch.0, place = %backend.place(), "became the writer");
        Ok(epoch)
    }

    async fn release(&mut self, epoch: Epoch) -> Result<(), StoreError> {
        if self.held.take_if(|held| held.epoch == epoch).is_none() {
            return Ok(());
        }
        let released = self.backend.release(self.connection.as_mut(), epoch).await;
        if released.is_err() {
            self.connection = None;
        }
        released
    }

    async fn lasts(&mut self, epoch: Epoch) -> Result<Option<Duration>, StoreError> {
        let held = self.held.as_ref().map(|held| held.epoch);
        if held != Some(epoch) {
            return Err(self.lease_lost(epoch, held.map_or(0, |held| held.0)));
        }
        match self.asked().await {
            Ok(Some(lasting)) if lasting.epoch != epoch.0 => {
                Err(self.lease_lost(epoch, lasting.epoch))
            }
            Ok(lasting) => Ok(lasting.map(|lasting| lasting.left)),
            Err(error) => {
                self.connection = None;
                Err(self.backend.failed("asking how long the right to write lasts", &error))
            }
        }
    }

    async fn asked(&mut self) -> Result<Option<Lasting>, sqlx::Error> {
        let backend = Arc::clone(&self.backend);
        backend.lasts(self.connected().await?).await
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
                let error = self.backend.failed("writing", &error);
                tracing::warn!(%error, calls = group.len(), "a transaction of the store failed");
                for write in group {
                    let again = StoreError::new(error.kind, &error.detail);
                    let _ = write.answer.send(Err(again));
                }
            }
        }
    }

    /// Makes the changes of a group in one transaction.
    ///
    /// Transactions and savepoints are plain statements: after any error the connection is dropped, and what it had
    /// begun with it.
    async fn transact(
        &mut self,
        group: &[Write],
    ) -> Result<Vec<Result<i64, StoreError>>, sqlx::Error> {
        let held = self.held.as_ref().map(|held| held.epoch);
        self.connected().await?.execute(B::DIALECT.begin, &[]).await?;
        let newest = self.connected().await?.number(B::DIALECT.epoch, &[]).await?;
        let newest = newest.ok_or(sqlx::Error::RowNotFound)?;
        let mut results = Vec::with_capacity(group.len());
        for Write { epoch, change, .. } in group {
            if held != Some(*epoch) || newest != epoch.0 {
                results.push(Err(self.lease_lost(*epoch, newest)));
                continue;
            }
            let sql = self.connected().await?;
            sql.execute("SAVEPOINT one_call", &[]).await?;
            let mut writing = Writing { sql, dialect: B::DIALECT, epoch: *epoch, tail: None };
            let made = match writing.make(change).await {
                Ok(number) => Ok(number),
                Err(Failure::Refused(error)) => {
                    sql.execute("ROLLBACK TO SAVEPOINT one_call", &[]).await?;
                    Err(error)
                }
                Err(Failure::Database(error)) => return Err(error),
            };
            sql.execute("RELEASE SAVEPOINT one_call", &[]).await?;
            results.push(made);
        }
        self.connected().await?.execute("COMMIT", &[]).await?;
        Ok(results)
    }

    fn lease_lost(&self, epoch: Epoch, newest: i64) -> StoreError {
        StoreError::new(
            StoreErrorKind::LeaseLost,
            format!(
                "the writer with epoch {} does not write to {} any more (newest epoch: {newest}); nothing was written",
                epoch.0,
                self.backend.place()
            ),
        )
    }

    /// The connection, opened again after a failure.
    async fn connected(&mut self) -> Result<&mut B::Connection, sqlx::Error> {
        let connection = match self.connection.take() {
            Some(connection) => connection,
            None => self.backend.connect().await?,
        };
        Ok(self.connection.insert(connection))
    }
}
