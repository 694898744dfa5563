//! The schema: numbered migrations, and what a database must be before it is touched.

use sqlx::{Connection, PgConnection, migrate::Migrator, postgres::PgConnectOptions};
use sync_core::ports::StoreError;

use super::{error::failed, place};
use crate::database::{Found, Known, judge, unusable};

static MIGRATIONS: Migrator = sqlx::migrate!("./migrations/postgres");

/// Opens the writing connection of a database that has the schema of this program afterwards.
///
/// A schema that is newer than this program or another program's is left as it is. Two processes that open it at the same
/// time make it once: migrations take an advisory lock of the database.
pub(super) async fn open(
    place: &str,
    connect: &PgConnectOptions,
    schema: &str,
) -> Result<PgConnection, StoreError> {
    let broken = |error: sqlx::Error| failed(place, "opening the database", &error);
    let mut connection = place::connected(connect).await.map_err(broken)?;
    durable(place, &mut connection).await?;
    if inspect(place, &mut connection, schema).await? == Found::Current {
        return Ok(connection);
    }
    create(&mut connection, schema).await.map_err(broken)?;
    MIGRATIONS.run(&mut connection).await.map_err(|error| match error {
        sqlx::migrate::MigrateError::Execute(error)
        | sqlx::migrate::MigrateError::ExecuteMigration(error, _) => {
            failed(place, "migrating the schema", &error)
        }
        other => unusable(format!("{place} cannot be migrated: {other}")),
    })?;
    Ok(connection)
}

/// Whether a schema holds anything; nothing is made.
pub(super) async fn exists(
    place: &str,
    connect: &PgConnectOptions,
    schema: &str,
) -> Result<bool, StoreError> {
    let broken = |error: sqlx::Error| failed(place, "looking for the store", &error);
    let mut connection = place::connected(connect).await.map_err(broken)?;
    let tables = tables_of(&mut connection, schema).await;
    // A close that fails changes nothing of what was seen.
    let _ = connection.close().await;
    Ok(!tables.map_err(broken)?.is_empty())
}

async fn tables_of(
    connection: &mut PgConnection,
    schema: &str,
) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar("SELECT tablename::text FROM pg_tables WHERE schemaname = $1")
        .bind(schema)
        .fetch_all(connection)
        .await
}

/// An intent that is lost with the server's memory could be posted twice.
async fn durable(place: &str, connection: &mut PgConnection) -> Result<(), StoreError> {
    let fsync: String = sqlx::query_scalar("SHOW fsync")
        .fetch_one(connection)
        .await
        .map_err(|error| failed(place, "examining the database", &error))?;
    if fsync == "on" {
        return Ok(());
    }
    Err(unusable(format!(
        "the server of {place} runs with fsync = {fsync}: what it answers is not on its disk; turn fsync on"
    )))
}

/// The name was checked: it needs no quotes, and cannot be anything but a name.
async fn create(connection: &mut PgConnection, schema: &str) -> Result<(), sqlx::Error> {
    let mut attempt = 0;
    loop {
        let statement = sqlx::AssertSqlSafe(format!("CREATE SCHEMA IF NOT EXISTS {schema}"));
        match sqlx::raw_sql(statement).execute(&mut *connection).await {
            // Two sessions that create it at once meet in the catalog; the other one has made it.
            Err(sqlx::Error::Database(error))
                if error.code().as_deref() == Some("23505") && attempt < 50 =>
            {
                attempt += 1;
                place::pause().await;
            }
            done => return done.map(drop),
        }
    }
}

async fn inspect(
    place: &str,
    connection: &mut PgConnection,
    schema: &str,
) -> Result<Found, StoreError> {
    let broken = |error: sqlx::Error| failed(place, "examining the database", &error);
    let tables = tables_of(connection, schema).await.map_err(broken)?;
    if tables.iter().all(|table| table != "_sqlx_migrations") {
        if tables.is_empty() {
            return Ok(Found::Behind);
        }
        return Err(unusable(format!(
            "{place} holds tables of another program; name another schema (?schema=...)"
        )));
    }
    let known: Vec<Known> =
        sqlx::query_as("SELECT version, checksum, success FROM _sqlx_migrations")
            .fetch_all(&mut *connection)
            .await
            .map_err(broken)?;
    let strange = tables.len() > 1 && tables.iter().all(|table| table != "writer");
    if strange {
        return Err(unusable(format!(
            "{place} is another program's; name another schema (?schema=...)"
        )));
    }
    judge(place, &MIGRATIONS, &known)
}
