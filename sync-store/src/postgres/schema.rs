//! The schema: numbered migrations, and what a database must be before it is touched.

use sqlx::migrate::Migrator;
use sync_core::ports::{Epoch, StoreError, StoreErrorKind};

use super::{
    Postgres,
    error::failed,
    lease::Lease,
    place,
    session::{Session, Settings},
};
use crate::database::{
    Backend, Found, Known, judge,
    sql::{Wrapped, within},
    unusable,
};

static MIGRATIONS: Migrator = sqlx::migrate!("./migrations/postgres");

/// How often another process that migrates the schema is waited for, a tenth of a second each.
const LEASE_ATTEMPTS_MAX: u32 = 50;

/// A session of a server that keeps what it answers.
pub(super) async fn session(place: &str, settings: &Settings) -> Result<Session, StoreError> {
    let session = settings.writing().await;
    let mut session = session.map_err(|error| failed(place, "opening the database", &error))?;
    durable(place, &mut session).await?;
    Ok(session)
}

/// Brings the schema to the version of this program, or makes it.
///
/// A schema that is newer than this program or another program's is left as it is, and so is an older one while somebody
/// writes to it. Two processes that make it at the same time make it once: migrations take an advisory lock of the database.
pub(super) async fn bring_up(
    backend: &Postgres,
    session: &mut Session,
    schema: &str,
) -> Result<(), StoreError> {
    let mut attempt = 1;
    loop {
        if inspect(&backend.place, session, schema).await? == Found::Current {
            return Ok(());
        }
        match right_to_migrate(backend, session, schema).await {
            Err(error) if error.kind == StoreErrorKind::LeaseHeld => {
                if attempt == LEASE_ATTEMPTS_MAX {
                    let told = "is of an earlier version and is migrated only while nobody writes";
                    let detail = format!("{} {told}: {}", backend.place, error.detail);
                    return Err(StoreError::new(error.kind, detail));
                }
                attempt += 1;
                place::pause().await;
            }
            right => return under(right?, backend, session, schema).await,
        }
    }
}

/// The lease of an older schema, so that its writer is not disturbed; a new schema has none yet.
async fn right_to_migrate(
    backend: &Postgres,
    session: &mut Session,
    schema: &str,
) -> Result<Option<(Epoch, Lease)>, StoreError> {
    let tables = tables_of(session, schema).await;
    let tables = tables.map_err(|error| backend.failed("examining the database", &error))?;
    if tables.iter().all(|table| table != "writer") {
        return Ok(None);
    }
    Lease::take(backend, session, None).await.map(Some)
}

async fn under(
    right: Option<(Epoch, Lease)>,
    backend: &Postgres,
    session: &mut Session,
    schema: &str,
) -> Result<(), StoreError> {
    let migrated = migrate(&backend.place, session, schema).await;
    let Some((epoch, lease)) = right else { return migrated };
    drop(lease);
    // What a failed migration left of its session is not built upon.
    let session = migrated.is_ok().then_some(session);
    let released = backend.release(session, epoch).await;
    migrated.and(released)
}

async fn migrate(place: &str, session: &mut Session, schema: &str) -> Result<(), StoreError> {
    let made = create(session, schema).await;
    made.map_err(|error| failed(place, "making the schema", &error))?;
    // However long a migration takes: nobody may break it off while the server works at it.
    MIGRATIONS.run(session.raw_mut()).await.map_err(|error| match error {
        sqlx::migrate::MigrateError::Execute(error)
        | sqlx::migrate::MigrateError::ExecuteMigration(error, _) => {
            failed(place, "migrating the schema", &error)
        }
        other => unusable(format!("{place} cannot be migrated: {other}")),
    })
}

/// Whether a schema holds anything; nothing is made.
pub(super) async fn exists(
    place: &str,
    settings: &Settings,
    schema: &str,
) -> Result<bool, StoreError> {
    let broken = |error: sqlx::Error| failed(place, "looking for the store", &error);
    let mut session = settings.writing().await.map_err(broken)?;
    let tables = tables_of(&mut session, schema).await;
    // A close that fails changes nothing of what was seen.
    let _ = session.close().await;
    Ok(!tables.map_err(broken)?.is_empty())
}

async fn tables_of(session: &mut Session, schema: &str) -> Result<Vec<String>, sqlx::Error> {
    let query = sqlx::query_scalar("SELECT tablename::text FROM pg_tables WHERE schemaname = $1");
    within(session.patience(), query.bind(schema).fetch_all(session.raw_mut())).await
}

/// An intent that is lost with the server's memory could be posted twice.
async fn durable(place: &str, session: &mut Session) -> Result<(), StoreError> {
    let fsync = sqlx::query_scalar("SHOW fsync");
    let fsync = within(session.patience(), fsync.fetch_one(session.raw_mut())).await;
    let fsync: String = fsync.map_err(|error| failed(place, "examining the database", &error))?;
    if fsync == "on" {
        return Ok(());
    }
    Err(unusable(format!(
        "the server of {place} runs with fsync = {fsync}: what it answers is not on its disk; turn fsync on"
    )))
}

/// The name was checked: it can be a keyword, but nothing that ends the quotes.
async fn create(session: &mut Session, schema: &str) -> Result<(), sqlx::Error> {
    let (mut attempt, patience) = (0, session.patience());
    loop {
        let statement = sqlx::AssertSqlSafe(format!("CREATE SCHEMA IF NOT EXISTS \"{schema}\""));
        let made = sqlx::raw_sql(statement).execute(session.raw_mut());
        match within(patience, made).await {
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

async fn inspect(place: &str, session: &mut Session, schema: &str) -> Result<Found, StoreError> {
    let broken = |error: sqlx::Error| failed(place, "examining the database", &error);
    let tables = tables_of(session, schema).await.map_err(broken)?;
    if tables.iter().all(|table| table != "_sqlx_migrations") {
        if tables.is_empty() {
            return Ok(Found::Behind);
        }
        return Err(unusable(format!(
            "{place} holds tables of another program; name another schema (?schema=...)"
        )));
    }
    let known = sqlx::query_as("SELECT version, checksum, success FROM _sqlx_migrations");
    let known = within(session.patience(), known.fetch_all(session.raw_mut())).await;
    let known: Vec<Known> = known.map_err(broken)?;
    let strange = tables.len() > 1 && tables.iter().all(|table| table != "writer");
    if strange {
        return Err(unusable(format!(
            "{place} is another program's; name another schema (?schema=...)"
        )));
    }
    judge(place, &MIGRATIONS, &known)
}
