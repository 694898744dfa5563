//! The schema: numbered migrations, and what a file must be before it is touched.

use std::{path::Path, time::Duration};

use sqlx::{Connection, SqliteConnection, migrate::Migrator, sqlite::SqliteConnectOptions};
use sync_core::ports::{StoreError, StoreErrorKind};

use super::{error::failed, file::FileLock};
use crate::database::{Found, Known, judge, unusable};

static MIGRATIONS: Migrator = sqlx::migrate!("./migrations/sqlite");

/// Set by the first migration.
const APPLICATION_ID: i64 = 1_346_585_137;

/// How often another process that creates or migrates the file is waited for, a tenth of a second each.
const LOCK_ATTEMPTS_MAX: u32 = 50;

/// A larger file is not read whole when it is opened.
const EXAMINED_MAX_BYTES: u64 = 64 * 1024 * 1024;

/// Opens the writing connection of a database that has the schema of this program afterwards.
///
/// A file that is damaged, newer than this program or another program's is left as it is.
pub(super) async fn open(
    path: &Path,
    options: &SqliteConnectOptions,
) -> Result<SqliteConnection, StoreError> {
    if inspect(path).await? == Found::Current {
        return connect(path, options).await;
    }
    // Created and migrated by one process at a time; an older program that writes is not disturbed.
    let _lock = wait_for_lock(path).await?;
    let behind = inspect(path).await? == Found::Behind;
    let mut connection = connect(path, options).await?;
    if behind {
        MIGRATIONS.run(&mut connection).await.map_err(|error| match error {
            sqlx::migrate::MigrateError::Execute(error)
            | sqlx::migrate::MigrateError::ExecuteMigration(error, _) => {
                failed(path, "migrating the schema", &error)
            }
            other => unusable(format!("{} cannot be migrated: {other}", path.display())),
        })?;
    }
    Ok(connection)
}

async fn connect(
    path: &Path,
    options: &SqliteConnectOptions,
) -> Result<SqliteConnection, StoreError> {
    SqliteConnection::connect_with(options)
        .await
        .map_err(|error| failed(path, "opening the database", &error))
}

async fn wait_for_lock(path: &Path) -> Result<FileLock, StoreError> {
    let mut attempt = 1;
    loop {
        match FileLock::take(path) {
            Err(error)
                if error.kind == StoreErrorKind::LeaseHeld && attempt < LOCK_ATTEMPTS_MAX =>
            {
                attempt += 1;
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            taken => return taken,
        }
    }
}

/// Looks at a file without changing it.
async fn inspect(path: &Path) -> Result<Found, StoreError> {
    // SQLite takes an empty file for a new database, as this does.
    if std::fs::metadata(path).map_or(true, |file| file.len() == 0) {
        return Ok(Found::Behind);
    }
    let options = SqliteConnectOptions::new()
        .filename(path)
        .busy_timeout(super::BUSY_TIMEOUT)
        .pragma("query_only", "ON");
    let mut connection = connect(path, &options).await?;
    let found = examine(path, &mut connection).await;
    // A close that fails changes nothing of what was seen.
    let _ = connection.close().await;
    found
}

async fn examine(path: &Path, connection: &mut SqliteConnection) -> Result<Found, StoreError> {
    let broken = |error: sqlx::Error| failed(path, "examining the database", &error);
    let small = std::fs::metadata(path).is_ok_and(|file| file.len() <= EXAMINED_MAX_BYTES);
    if small {
        let verdict: String = sqlx::query_scalar("PRAGMA quick_check(1)")
            .fetch_one(&mut *connection)
            .await
            .map_err(broken)?;
        if verdict != "ok" {
            return Err(unusable(format!(
                "{} is damaged ({verdict}); restore a backup, or rebuild the state from SAP",
                path.display()
            )));
        }
    }
    let application: i64 = sqlx::query_scalar("PRAGMA application_id")
        .fetch_one(&mut *connection)
        .await
        .map_err(broken)?;
    let tables: Vec<String> = sqlx::query_scalar(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite~_%' ESCAPE '~'",
    )
    .fetch_all(&mut *connection)
    .await
    .map_err(broken)?;
    // A process that was killed while it created the file leaves the list of migrations alone.
    let is_new = tables.iter().all(|table| table == "_sqlx_migrations");
    if application != APPLICATION_ID && !is_new {
        return Err(unusable(format!(
            "{} is a database of another program; name another file",
            path.display()
        )));
    }
    if tables.iter().all(|table| table != "_sqlx_migrations") {
        return if is_new { Ok(Found::Behind) } else { Err(no_list(path)) };
    }
    compare(path, connection).await
}

fn no_list(path: &Path) -> StoreError {
    unusable(format!("{} has lost its list of migrations; restore a backup", path.display()))
}

/// Compares the migrations of a file with those of this program.
async fn compare(path: &Path, connection: &mut SqliteConnection) -> Result<Found, StoreError> {
    let known: Vec<Known> =
        sqlx::query_as("SELECT version, checksum, success FROM _sqlx_migrations")
            .fetch_all(connection)
            .await
            .map_err(|error| failed(path, "reading the schema's version", &error))?;
    judge(&path.display().to_string(), &MIGRATIONS, &known)
}
