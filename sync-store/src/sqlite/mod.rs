//! The store in one SQLite file: who may write, how a call becomes a transaction, how it is read.
//!
//! [`SqliteStore`] turns each writing call into columns and hands them to the one task of
//! `writer`, which commits them; reading calls go to a pool of their own and never wait for it. What
//! a record means is not known here.

mod change;
mod error;
mod file;
mod rows;
mod schema;
mod writer;

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sqlx::{
    SqlitePool,
    sqlite::{
        SqliteArguments, SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteRow,
        SqliteSynchronous,
    },
};
use sync_core::{
    model::{FamilyId, ProjectId, SourceKey},
    ports::{
        Cursor, CycleRow, Epoch, Intent, Profile, ReadBatch, ResultBatch, StateStore, StoreError,
        StoredRecord,
    },
    states::RecordState,
};
use tokio::sync::{mpsc, oneshot};

use self::{
    change::Change,
    error::{failed, unavailable},
    rows::{IntentColumns, RecordColumns},
    writer::{Command, Write, Writer},
};

/// How long a statement waits for another process's commit.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// Reading calls at one time; the others wait for a free connection.
const READERS_MAX: u32 = 4;
/// Writing calls that wait; the others wait to be let in.
const QUEUE_MAX: usize = 256;

/// The state in one SQLite file.
///
/// Any number of processes may open and read it. One writes: the process that holds `<file>.lock`,
/// under the epoch of its [`acquire_writer`](StateStore::acquire_writer); a second is told so
/// (`lease_held`). Asking again through the same handle is a new writer that replaces the old one.
/// The lock file must stay where it is, on a file system whose locks work between the processes
/// (not every network share).
///
/// Commits reach the disk before a call answers (WAL, `synchronous = FULL`). Calls that wait at the
/// same time share one commit. The file is checked for damage when it is opened, which takes time in
/// proportion to its size.
#[derive(Debug)]
pub struct SqliteStore {
    path: PathBuf,
    readers: SqlitePool,
    writer: mpsc::Sender<Command>,
}

impl SqliteStore {
    /// Opens a database, or creates it: `state/contractor.db`, `sqlite:state/contractor.db`. The
    /// folder must exist. Must be called inside a Tokio runtime with time enabled, which the store
    /// does not outlive.
    ///
    /// # Errors
    ///
    /// `store_unusable` when the file is damaged, of a newer schema, or another program's: it is then
    /// left as it is. `lease_held` when the schema is older and another process writes.
    /// `store_unavailable` when the file cannot be reached.
    pub async fn open(location: impl AsRef<Path> + Send) -> Result<Self, StoreError> {
        let path = file::database_file(location.as_ref())?;
        let writing = writing_options(&path);
        let connection = schema::open(&path, &writing).await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS_MAX)
            .connect_lazy_with(reading_options(&path));
        let (writer, commands) = mpsc::channel(QUEUE_MAX);
        // From now on the file must not be made anew: a deleted database is an error, not a new one.
        let reopening = writing.create_if_missing(false);
        tokio::spawn(Writer::new(path.clone(), reopening, connection).run(commands));
        Ok(Self { path, readers, writer })
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Ends the store: what waits is written, the connections are closed, the lock is freed.
    ///
    /// # Errors
    ///
    /// When the writing task has ended already.
    pub async fn close(self) -> Result<(), StoreError> {
        self.readers.close().await;
        self.ask(|answer| Command::Close { answer }).await
    }

    async fn ask<T: Send>(
        &self,
        command: impl FnOnce(oneshot::Sender<Result<T, StoreError>>) -> Command + Send,
    ) -> Result<T, StoreError> {
        let (answer, answered) = oneshot::channel();
        let ended =
            || unavailable(format!("the writing task of {} has ended", self.path.display()));
        self.writer.send(command(answer)).await.map_err(|_| ended())?;
        answered.await.map_err(|_| ended())?
    }

    async fn write(&self, change: Change, epoch: Epoch) -> Result<i64, StoreError> {
        self.ask(|answer| Command::Write(Write { epoch, change, answer })).await
    }

    async fn read<T>(
        &self,
        query: sqlx::query::Query<'_, sqlx::Sqlite, SqliteArguments>,
        decode: impl Fn(&SqliteRow) -> Result<T, StoreError> + Send,
    ) -> Result<Vec<T>, StoreError> {
        let rows = query
            .fetch_all(&self.readers)
            .await
            .map_err(|error| failed(&self.path, "reading", &error))?;
        rows.iter().map(decode).collect()
    }
}

/// Each commit waits for the disk; readers go on beside it.
fn writing_options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .busy_timeout(BUSY_TIMEOUT)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
}

/// Nothing can be written, but the files beside the database can be used as SQLite needs them.
fn reading_options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new().filename(path).busy_timeout(BUSY_TIMEOUT).pragma("query_only", "ON")
}

fn columns_of(records: &[StoredRecord]) -> Result<Vec<RecordColumns>, StoreError> {
    records.iter().map(RecordColumns::of).collect()
}

/// A list as one JSON parameter, so that the statement is the same for every length.
fn list_of(words: impl Iterator<Item = String>) -> Result<String, StoreError> {
    rows::json("a list of keys", &words.collect::<Vec<_>>())
}

#[async_trait]
impl StateStore for SqliteStore {
    async fn acquire_writer(&self, now: DateTime<Utc>) -> Result<Epoch, StoreError> {
        self.ask(|answer| Command::Acquire { now, answer }).await
    }

    async fn release_writer(&self, epoch: Epoch) -> Result<(), StoreError> {
        self.ask(|answer| Command::Release { epoch, answer }).await
    }

    async fn profile(&self) -> Result<Option<Profile>, StoreError> {
        let query = sqlx::query("SELECT * FROM profile WHERE id = 1");
        Ok(self.read(query, rows::profile).await?.pop())
    }

    async fn set_profile(&self, profile: &Profile, epoch: Epoch) -> Result<(), StoreError> {
        self.write(Change::Profile(profile.clone()), epoch).await.map(drop)
    }

    async fn open_cycle(&self, started_at: DateTime<Utc>, epoch: Epoch) -> Result<i64, StoreError> {
        self.write(Change::OpenCycle { started_at: rows::moment(started_at) }, epoch).await
    }

    async fn close_cycle(&self, row: &CycleRow, epoch: Epoch) -> Result<(), StoreError> {
        self.write(Change::CloseCycle(row.clone()), epoch).await.map(drop)
    }

    async fn last_cycle(&self) -> Result<Option<CycleRow>, StoreError> {
        let query = sqlx::query("SELECT * FROM cycle ORDER BY number DESC LIMIT 1");
        Ok(self.read(query, rows::cycle).await?.pop())
    }

    async fn cursors(&self, project: ProjectId) -> Result<Vec<Cursor>, StoreError> {
        let query = sqlx::query("SELECT * FROM cursor WHERE project = ?").bind(project.0);
        self.read(query, rows::cursor).await
    }

    async fn save_read(&self, batch: &ReadBatch, epoch: Epoch) -> Result<(), StoreError> {
        let records = columns_of(&batch.records)?;
        let change = Change::Read { records, cursor: batch.cursor.clone() };
        self.write(change, epoch).await.map(drop)
    }

    async fn records(&self, keys: &[SourceKey]) -> Result<Vec<StoredRecord>, StoreError> {
        let query = sqlx::query(
            "SELECT snapshot FROM record WHERE key IN (SELECT value FROM json_each(?))",
        )
        .bind(list_of(keys.iter().map(SourceKey::to_string))?);
        self.read(query, rows::record).await
    }

    async fn families(
        &self,
        project: ProjectId,
        families: &[FamilyId],
    ) -> Result<Vec<StoredRecord>, StoreError> {
        let query = sqlx::query(
            "SELECT snapshot FROM record
             WHERE project = ? AND family IN (SELECT value FROM json_each(?))",
        )
        .bind(project.0)
        .bind(list_of(families.iter().map(FamilyId::to_string))?);
        self.read(query, rows::record).await
    }

    async fn project_records(&self, project: ProjectId) -> Result<Vec<StoredRecord>, StoreError> {
        let query = sqlx::query("SELECT snapshot FROM record WHERE project = ?").bind(project.0);
        self.read(query, rows::record).await
    }

    async fn project_states(
        &self,
        project: ProjectId,
    ) -> Result<Vec<(SourceKey, FamilyId, RecordState)>, StoreError> {
        let query =
            sqlx::query("SELECT key, family, state FROM record WHERE project = ?").bind(project.0);
        self.read(query, rows::record_state).await
    }

    async fn exceptions(&self) -> Result<Vec<StoredRecord>, StoreError> {
        let query = sqlx::query("SELECT snapshot FROM record WHERE waits_for_person = 1");
        self.read(query, rows::record).await
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
        let query = sqlx::query("SELECT * FROM intent WHERE state IN ('in_flight', 'uncertain')");
        self.read(query, rows::intent).await
    }

    async fn intents(&self, key: &SourceKey) -> Result<Vec<Intent>, StoreError> {
        let query = sqlx::query("SELECT * FROM intent WHERE source = ? ORDER BY sequence")
            .bind(key.to_string());
        self.read(query, rows::intent).await
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use sqlx::{Connection, SqliteConnection};

    use super::*;

    #[tokio::test]
    async fn the_writer_waits_for_the_disk_and_readers_cannot_write() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state.db");
        let store = SqliteStore::open(&path).await.unwrap();
        let mut writer = SqliteConnection::connect_with(&writing_options(&path)).await.unwrap();
        let mode: String =
            sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&mut writer).await.unwrap();
        let synchronous: i64 =
            sqlx::query_scalar("PRAGMA synchronous").fetch_one(&mut writer).await.unwrap();
        assert_eq!((mode.as_str(), synchronous), ("wal", 2), "2 is FULL");
        sqlx::query("DELETE FROM cycle").execute(&store.readers).await.unwrap_err();
    }
}
