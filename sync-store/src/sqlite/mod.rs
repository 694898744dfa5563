//! What SQLite does its own way: one file, an OS lock beside it, WAL.

mod error;
mod file;
mod schema;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use chrono::{DateTime, Utc};
use sqlx::{
    Connection, SqliteConnection, SqlitePool,
    sqlite::{
        SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteRow, SqliteSynchronous,
    },
};
use sync_core::ports::{Epoch, StoreError, StoreErrorKind};

use self::file::FileLock;
use crate::database::{
    Backend, Dialect, Lasting, Store, moment,
    sql::{Sql, Value, Wrapped, sql_of},
};

/// How long a statement waits for another process's commit.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// Reading calls at one time; the others wait for a free connection.
const READERS_MAX: u32 = 4;

/// The state in one SQLite file.
///
/// Any number of processes may open and read it. One writes: the process that holds `<file>.lock`,
/// under the epoch of its [`acquire_writer`](sync_core::ports::StateStore::acquire_writer); a second is told so
/// (`lease_held`). Asking again through the same handle is a new writer that replaces the old one.
/// The lock file must stay where it is, on a file system whose locks work between the processes
/// (not every network share).
///
/// Commits reach the disk before a call answers (WAL, `synchronous = FULL`). The file is checked for damage when it is
/// opened, which takes time in proportion to its size; above 64 MiB that is left to [`verify`](Store::verify) and to
/// the moment a damaged page is met.
pub type SqliteStore = Store<Sqlite>;

/// The file of a [`SqliteStore`].
#[derive(Debug)]
pub struct Sqlite {
    path: PathBuf,
    writing: SqliteConnectOptions,
    readers: SqlitePool,
}

impl Store<Sqlite> {
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
        // From now on the file must not be made anew: a deleted database is an error, not a new one.
        let writing = writing.create_if_missing(false);
        Ok(Self::over(Arc::new(Sqlite { path, writing, readers }), connection))
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.backend.path
    }

    /// Reads every page and index of the file, as `PRAGMA integrity_check` does; answers what SQLite says of damage, or
    /// nothing.
    ///
    /// # Errors
    ///
    /// When the file cannot be read.
    pub async fn damage(&self) -> Result<Option<String>, StoreError> {
        let statement = "PRAGMA integrity_check(1)";
        let verdict = self.read(statement, &[], |row| {
            row.text("integrity_check").map(str::to_owned).map_err(crate::database::unusable)
        });
        Ok(verdict.await?.pop().filter(|verdict| verdict != "ok"))
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

sql_of!(SqliteConnection, SqlitePool, SqliteRow);

/// The database is in this process: its answers come, late at most.
macro_rules! unwrapped {
    ($($type:ty)*) => {
        $(impl Wrapped for $type {
            type Raw = Self;

            fn raw(&self) -> &Self {
                self
            }

            fn raw_mut(&mut self) -> &mut Self {
                self
            }

            fn patience(&self) -> Option<Duration> {
                None
            }
        })*
    };
}
unwrapped! { SqliteConnection SqlitePool }

impl Backend for Sqlite {
    type Connection = SqliteConnection;
    type Readers = SqlitePool;
    type Lease = FileLock;

    const ACTS_SINCE: i64 = 4;
    const DIALECT: Dialect = Dialect {
        begin: "BEGIN IMMEDIATE",
        epoch: "SELECT epoch FROM writer WHERE id = 1",
        records: "SELECT snapshot FROM record WHERE key IN (SELECT value FROM json_each($1))",
        families: "SELECT snapshot FROM record
                   WHERE project = $1 AND family IN (SELECT value FROM json_each($2))",
        snapshot: "BEGIN",
        migrated_at: "SELECT strftime('%Y-%m-%dT%H:%M:%SZ', installed_on) AS at
                      FROM _sqlx_migrations WHERE version = $1",
        shared_time: None,
        audit_tail: "SELECT COALESCE((SELECT MAX(number) FROM audit), 0) AS number,
                         (SELECT hash FROM audit ORDER BY number DESC LIMIT 1) AS hash,
                         (SELECT MAX(number) FROM cycle) AS cycle,
                         strftime('%Y-%m-%dT%H:%M:%fZ', 'now') AS now",
    };

    fn place(&self) -> String {
        self.path.display().to_string()
    }

    async fn connect(&self) -> Result<SqliteConnection, sqlx::Error> {
        SqliteConnection::connect_with(&self.writing).await
    }

    async fn connect_reading(&self) -> Result<SqliteConnection, sqlx::Error> {
        SqliteConnection::connect_with(&reading_options(&self.path)).await
    }

    async fn disconnect(&self, connection: SqliteConnection) -> Result<(), sqlx::Error> {
        connection.close().await
    }

    async fn acquire(
        &self,
        connection: &mut SqliteConnection,
        held: Option<FileLock>,
        now: DateTime<Utc>,
    ) -> Result<(Epoch, FileLock), StoreError> {
        let lock = match held {
            Some(lock) => lock,
            None => FileLock::take(&self.path)?,
        };
        let statement =
            "UPDATE writer SET epoch = epoch + 1, acquired_at = $1 WHERE id = 1 RETURNING epoch";
        let epoch = connection.number(statement, &[Value::Text(&moment(now))]).await;
        let epoch = epoch.and_then(|epoch| epoch.ok_or(sqlx::Error::RowNotFound));
        let epoch = epoch.map_err(|error| self.failed("becoming the writer", &error))?;
        Ok((Epoch(epoch), lock))
    }

    /// The lock itself is the right, and nobody else has to know.
    async fn release(&self, _: Option<&mut SqliteConnection>, _: Epoch) -> Result<(), StoreError> {
        Ok(())
    }

    /// The lock lasts as long as the process.
    async fn lasts(&self, _: &mut SqliteConnection) -> Result<Option<Lasting>, sqlx::Error> {
        Ok(None)
    }

    fn readers(&self) -> &SqlitePool {
        &self.readers
    }

    fn kind(error: &sqlx::Error) -> StoreErrorKind {
        error::kind(error)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
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
        sqlx::query("DELETE FROM cycle").execute(&store.backend.readers).await.unwrap_err();
    }
}
