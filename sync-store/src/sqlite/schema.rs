//! The schema: numbered migrations, and what a file must be before it is touched.

use std::{path::Path, time::Duration};

use sqlx::{Connection, Row, SqliteConnection, migrate::Migrator, sqlite::SqliteConnectOptions};
use sync_core::ports::{StoreError, StoreErrorKind};

use super::{
    error::{failed, unusable},
    file::FileLock,
};

static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");

/// Set by the first migration.
const APPLICATION_ID: i64 = 1_346_585_137;

/// How often another process that creates or migrates the file is waited for, a tenth of a second each.
const LOCK_ATTEMPTS_MAX: u32 = 50;

/// What a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Found {
    /// Nothing, or a schema that lacks migrations.
    Behind,
    /// The schema of this program.
    Current,
}

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
    let broken = |error: sqlx::Error| failed(path, "reading the schema's version", &error);
    let rows = sqlx::query("SELECT version, checksum, success FROM _sqlx_migrations")
        .fetch_all(connection)
        .await
        .map_err(broken)?;
    let newest = MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or(0);
    for row in &rows {
        let version: i64 = row.try_get("version").map_err(broken)?;
        let checksum: Vec<u8> = row.try_get("checksum").map_err(broken)?;
        let success: bool = row.try_get("success").map_err(broken)?;
        let Some(known) = MIGRATIONS.iter().find(|migration| migration.version == version) else {
            return Err(unusable(format!(
                "{} has schema version {version}, this program knows versions up to {newest}; \
                 use the program that wrote it, or a newer one",
                path.display()
            )));
        };
        if !success || known.checksum[..] != checksum[..] {
            return Err(unusable(format!(
                "schema version {version} of {} is not the one that this program makes; \
                 use the program that wrote it, or restore a backup",
                path.display()
            )));
        }
    }
    let complete = MIGRATIONS.iter().count() == rows.len();
    Ok(if complete { Found::Current } else { Found::Behind })
}
