//! The store in a database, whichever it is: who may write, how a call becomes a transaction, how it is read.
//!
//! [`Store`] turns each writing call into columns and hands them to the one task of `writer`, which commits them; reading
//! calls go to connections of their own and never wait for it. What a record means is not known here, and what only one
//! database does stands in its [`Backend`].

mod audit;
mod backend;
mod change;
mod migrations;
mod rows;
pub(crate) mod sql;
mod verify;
mod writer;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sync_core::{
    model::{FamilyId, ProjectId, SourceKey},
    ports::{
        Act, Cursor, CycleRow, Epoch, Intent, Profile, ReadBatch, ResultBatch, StateStore,
        StoreError, StoreErrorKind, StoredRecord,
    },
    states::RecordState,
};
use tokio::sync::{mpsc, oneshot};

pub(crate) use self::backend::{Backend, Dialect, Lasting, failed};
pub use self::verify::{Fault, Verification};
use self::{
    change::Change,
    rows::{IntentColumns, RecordColumns},
    sql::{Columns, Readers, Sql, Value},
    writer::{Command, Write, Writer},
};
pub(crate) use self::{
    migrations::{Found, Known, judge},
    rows::{moment, unusable},
};

/// Writing calls that wait; the others wait to be let in.
const QUEUE_MAX: usize = 256;

/// A store in a database: [`SqliteStore`](crate::SqliteStore) or `PostgresStore`.
///
/// Calls that wait at the same time share one commit, and one that is refused takes no other with it. Commits are on the
/// disk before a call answers.
#[derive(Debug)]
pub struct Store<B: Backend> {
    pub(crate) backend: Arc<B>,
    writer: mpsc::Sender<Command>,
}

impl<B: Backend> Store<B> {
    /// Starts the writing task on a database whose schema is this program's.
    pub(crate) fn over(backend: Arc<B>, connection: B::Connection) -> Self {
        let (writer, commands) = mpsc::channel(QUEUE_MAX);
        tokio::spawn(Writer::new(Arc::clone(&backend), connection).run(commands));
        Self { backend, writer }
    }

    /// Ends the store: what waits is written, the connections are closed, the right to write is given back.
    ///
    /// # Errors
    ///
    /// When the writing task has ended already.
    pub async fn close(self) -> Result<(), StoreError> {
        self.backend.readers().end().await;
        self.ask(|answer| Command::Close { answer }).await
    }

    async fn ask<T: Send>(
        &self,
        command: impl FnOnce(oneshot::Sender<Result<T, StoreError>>) -> Command + Send,
    ) -> Result<T, StoreError> {
        let (answer, answered) = oneshot::channel();
        let ended = || {
            let detail = format!("the writing task of {} has ended", self.backend.place());
            StoreError::new(StoreErrorKind::Unavailable, detail)
        };
        self.writer.send(command(answer)).await.map_err(|_| ended())?;
        answered.await.map_err(|_| ended())?
    }

    /// Reads rows beside the writer.
    pub(crate) async fn read<T: Send>(
        &self,
        statement: &'static str,
        values: &[Value<'_>],
        decode: fn(&dyn Columns) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let rows = self.backend.readers().rows(statement, values, decode).await;
        rows.map_err(|error| self.backend.failed("reading", &error))?
    }

    /// A connection of its own that reads what is committed now, however long it reads.
    async fn snapshot(&self) -> Result<B::Connection, StoreError> {
        let broken = |error| self.backend.failed("reading", &error);
        let mut sql = self.backend.connect_reading().await.map_err(broken)?;
        sql.execute(B::DIALECT.snapshot, &[]).await.map_err(broken)?;
        Ok(sql)
    }

    async fn write(&self, change: Change, epoch: Epoch) -> Result<i64, StoreError> {
        self.ask(|answer| Command::Write(Write { epoch, change, answer })).await
    }
}

fn columns_of(records: &[StoredRecord]) -> Result<Vec<RecordColumns>, StoreError> {
    records.iter().map(RecordColumns::of).collect()
}

/// A list as one JSON parameter, so that the statement is the same for every length.
fn list_of(words: impl Iterator<Item = String>) -> Result<String, StoreError> {
    rows::json("a list of keys", &words.collect::<Vec<_>>())
}

#[async_trait]
impl<B: Backend> StateStore for Store<B> {
    async fn acquire_writer(&self, now: DateTime<Utc>) -> Result<Epoch, StoreError> {
        self.ask(|answer| Command::Acquire { now, answer }).await
    }

    async fn release_writer(&self, epoch: Epoch) -> Result<(), StoreError> {
        self.ask(|answer| Command::Release { epoch, answer }).await
    }

    async fn writer_lasts(&self, epoch: Epoch) -> Result<Option<Duration>, StoreError> {
        self.ask(|answer| Command::Lasts { epoch, answer }).await
    }

    async fn time(&self, here: DateTime<Utc>) -> Result<DateTime<Utc>, StoreError> {
        let Some(statement) = B::DIALECT.shared_time else { return Ok(here) };
        Ok(self.read(statement, &[], rows::now).await?.pop().unwrap_or(here))
    }

    async fn id(&self) -> Result<String, StoreError> {
        let statement = "SELECT store FROM identity WHERE id = 1";
        let decode = |row: &dyn Columns| rows::text(row, "store").map(str::to_owned);
        let mut ids = self.read(statement, &[], decode).await?;
        ids.pop().ok_or_else(|| unusable(format!("{} has lost its name", self.backend.place())))
    }

    async fn profile(&self) -> Result<Option<Profile>, StoreError> {
        let statement = "SELECT * FROM profile WHERE id = 1";
        Ok(self.read(statement, &[], rows::profile).await?.pop())
    }

    async fn set_profile(&self, profile: &Profile, epoch: Epoch) -> Result<(), StoreError> {
        self.write(Change::Profile(profile.clone()), epoch).await.map(drop)
    }

    async fn open_cycle(&self, started_at: DateTime<Utc>, epoch: Epoch) -> Result<i64, StoreError> {
        self.write(Change::OpenCycle { started_at: moment(started_at) }, epoch).await
    }

    async fn close_cycle(&self, row: &CycleRow, epoch: Epoch) -> Result<(), StoreError> {
        self.write(Change::CloseCycle(row.clone()), epoch).await.map(drop)
    }

    async fn last_cycle(&self) -> Result<Option<CycleRow>, StoreError> {
        let statement = "SELECT * FROM cycle ORDER BY number DESC LIMIT 1";
        Ok(self.read(statement, &[], rows::cycle).await?.pop())
    }

    async fn cycle(&self, number: i64) -> Result<Option<CycleRow>, StoreError> {
        let statement = "SELECT * FROM cycle WHERE number = $1";
        Ok(self.read(statement, &[Value::Integer(number)], rows::cycle).await?.pop())
    }

    async fn cursors(&self, project: ProjectId) -> Result<Vec<Cursor>, StoreError> {
        let statement = "SELECT * FROM cursor WHERE project = $1";
        self.read(statement, &[Value::Integer(project.0)], rows::cursor).await
    }

    async fn save_read(&self, batch: &ReadBatch, epoch: Epoch) -> Result<(), StoreError> {
        let records = columns_of(&batch.records)?;
        let change = Change::Read { records, cursor: batch.cursor.clone() };
        self.write(change, epoch).await.map(drop)
    }

    async fn records(&self, keys: &[SourceKey]) -> Result<Vec<StoredRecord>, StoreError> {
        let keys = list_of(keys.iter().map(SourceKey::to_string))?;
        self.read(B::DIALECT.records, &[Value::Text(&keys)], rows::record).await
    }

    async fn families(
        &self,
        project: ProjectId,
        families: &[FamilyId],
    ) -> Result<Vec<StoredRecord>, StoreError> {
        let families = list_of(families.iter().map(FamilyId::to_string))?;
        let values = [Value::Integer(project.0), Value::Text(&families)];
        self.read(B::DIALECT.families, &values, rows::record).await
    }

    async fn project_records(&self, project: ProjectId) -> Result<Vec<StoredRecord>, StoreError> {
        let statement = "SELECT snapshot FROM record WHERE project = $1";
        self.read(statement, &[Value::Integer(project.0)], rows::record).await
    }

    async fn project_states(
        &self,
        project: ProjectId,
    ) -> Result<Vec<(SourceKey, FamilyId, RecordState)>, StoreError> {
        let statement = "SELECT key, family, state FROM record WHERE project = $1";
        self.read(statement, &[Value::Integer(project.0)], rows::record_state).await
    }

    async fn exceptions(&self) -> Result<Vec<StoredRecord>, StoreError> {
        let statement = "SELECT snapshot FROM record WHERE waits_for_person";
        self.read(statement, &[], rows::record).await
    }

    async fn adopter_of(&self, doc_entry: i64) -> Result<Option<SourceKey>, StoreError> {
        // Asked for only where a person decides; no text inside a snapshot looks like this, whose quotes are
        // escaped.
        let statement = "SELECT snapshot FROM record WHERE snapshot LIKE $1";
        let adopted = format!("%\"adopted\":{{\"doc_entry\":{doc_entry},%");
        let found = self.read(statement, &[Value::Text(&adopted)], rows::record).await?;
        Ok(found.iter().find(|record| record.has_adopted(doc_entry)).map(StoredRecord::key))
    }

    async fn record_intents(&self, intents: &[Intent], epoch: Epoch) -> Result<(), StoreError> {
        let intents: Result<_, _> = intents.iter().map(IntentColumns::of).collect();
        self.write(Change::Intents(intents?), epoch).await.map(drop)
    }

    async fn record_results(&self, batch: &ResultBatch, epoch: Epoch) -> Result<(), StoreError> {
        let records = columns_of(&batch.records)?;
        let change = Change::Results { results: batch.results.clone(), records };
        self.write(change, epoch).await.map(drop)
    }

    async fn open_intents(&self) -> Result<Vec<Intent>, StoreError> {
        let statement = "SELECT * FROM intent WHERE state IN ('in_flight', 'uncertain')";
        self.read(statement, &[], rows::intent).await
    }

    async fn intents(&self, key: &SourceKey) -> Result<Vec<Intent>, StoreError> {
        let statement = "SELECT * FROM intent WHERE source = $1 ORDER BY sequence";
        self.read(statement, &[Value::Text(&key.to_string())], rows::intent).await
    }

    async fn record_act(
        &self,
        act: &Act,
        records: &[StoredRecord],
        epoch: Epoch,
    ) -> Result<(), StoreError> {
        let key = rows::act_key(act.key.as_ref());
        let change = Change::Act {
            act: rows::json("what a person did", act)?,
            records: columns_of(records)?,
            key,
        };
        self.write(change, epoch).await.map(drop)
    }

    async fn acts(&self, key: Option<&SourceKey>) -> Result<Vec<Act>, StoreError> {
        let statement = "SELECT detail FROM audit WHERE key = $1 AND what = 'act' ORDER BY number";
        self.read(statement, &[Value::Text(&rows::act_key(key))], rows::act).await
    }

    async fn compact(&self, before: DateTime<Utc>, epoch: Epoch) -> Result<u64, StoreError> {
        let dropped = self.write(Change::Compact { before: moment(before) }, epoch).await?;
        Ok(u64::try_from(dropped).unwrap_or(0))
    }
}
