//! What one writing call changes, statement by statement, inside a transaction of the writer.

use sqlx::SqliteConnection;
use sync_core::ports::{Cursor, CycleRow, CycleStatus, Epoch, Profile, ResultRow, StoreError};

use super::{
    error::unusable,
    rows::{IntentColumns, RecordColumns, json, moment},
};

/// One writing call of the port.
#[derive(Debug)]
pub(super) enum Change {
    Profile(Profile),
    OpenCycle { started_at: String },
    CloseCycle(CycleRow),
    Read { records: Vec<RecordColumns>, cursor: Option<Cursor> },
    Intents(Vec<IntentColumns>),
    Results { results: Vec<ResultRow>, records: Vec<RecordColumns> },
}

/// Why a change was not made.
#[derive(Debug)]
pub(super) enum Failure {
    /// This change contradicts what is stored; others of its transaction go on.
    Refused(StoreError),
    /// The database failed; the whole transaction is lost.
    Database(sqlx::Error),
}

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Refused(error)
    }
}

impl Change {
    /// Makes the change; the answer is the number of the cycle that it began, else zero.
    pub(super) async fn apply(
        &self,
        connection: &mut SqliteConnection,
        epoch: Epoch,
    ) -> Result<i64, Failure> {
        match self {
            Self::Profile(profile) => set_profile(connection, profile, epoch).await?,
            Self::OpenCycle { started_at } => {
                return Ok(open_cycle(connection, started_at, epoch).await?);
            }
            Self::CloseCycle(row) => close_cycle(connection, row).await?,
            Self::Read { records, cursor } => {
                put_records(connection, records).await?;
                if let Some(cursor) = cursor {
                    put_cursor(connection, cursor).await?;
                }
            }
            Self::Intents(intents) => {
                for intent in intents {
                    put_intent(connection, intent, epoch).await?;
                }
            }
            Self::Results { results, records } => {
                for result in results {
                    put_result(connection, result, epoch).await?;
                }
                put_records(connection, records).await?;
            }
        }
        Ok(0)
    }
}

async fn set_profile(
    connection: &mut SqliteConnection,
    profile: &Profile,
    epoch: Epoch,
) -> Result<(), Failure> {
    sqlx::query(
        "INSERT INTO profile (id, company, environment, ledger, basis, start_date, opening)
         VALUES (1, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET company = excluded.company,
             environment = excluded.environment, ledger = excluded.ledger, basis = excluded.basis,
             start_date = excluded.start_date, opening = excluded.opening",
    )
    .bind(profile.company.0)
    .bind(&profile.environment)
    .bind(&profile.ledger)
    .bind(&profile.basis)
    .bind(profile.start_date.to_string())
    .bind(&profile.opening)
    .execute(&mut *connection)
    .await?;
    let detail = json("the profile", profile)?;
    audit(connection, epoch, None, "profile", "profile", &detail).await?;
    Ok(())
}

async fn open_cycle(
    connection: &mut SqliteConnection,
    started_at: &str,
    epoch: Epoch,
) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar(
        "INSERT INTO cycle (number, started_at, status, epoch)
         VALUES ((SELECT COALESCE(MAX(number), 0) + 1 FROM cycle), ?, ?, ?) RETURNING number",
    )
    .bind(started_at)
    .bind(CycleStatus::Open.name())
    .bind(epoch.0)
    .fetch_one(connection)
    .await
}

async fn close_cycle(connection: &mut SqliteConnection, row: &CycleRow) -> Result<(), Failure> {
    let done = sqlx::query(
        "UPDATE cycle SET started_at = ?, finished_at = ?, status = ? WHERE number = ?",
    )
    .bind(moment(row.started_at))
    .bind(row.finished_at.map(moment))
    .bind(row.status.name())
    .bind(row.number)
    .execute(connection)
    .await?;
    if done.rows_affected() == 0 {
        return Err(unusable(format!("cycle {} cannot end: it never began", row.number)).into());
    }
    Ok(())
}

async fn put_records(
    connection: &mut SqliteConnection,
    records: &[RecordColumns],
) -> Result<(), sqlx::Error> {
    for record in records {
        sqlx::query(
            "INSERT INTO record (key, project, family, kind, id, state, waits_for_person, snapshot)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?)
             ON CONFLICT (key) DO UPDATE SET family = excluded.family, state = excluded.state,
                 waits_for_person = excluded.waits_for_person, snapshot = excluded.snapshot",
        )
        .bind(&record.key)
        .bind(record.project)
        .bind(&record.family)
        .bind(record.kind)
        .bind(record.id)
        .bind(record.state)
        .bind(record.waits_for_person)
        .bind(&record.snapshot)
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

/// A cursor never moves back: the later of two moments stays, and no moment is before every one.
async fn put_cursor(connection: &mut SqliteConnection, cursor: &Cursor) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO cursor (project, kind, high_water, full_read_at) VALUES (?, ?, ?, ?)
         ON CONFLICT (project, kind) DO UPDATE SET
             high_water = NULLIF(MAX(IFNULL(high_water, ''), IFNULL(excluded.high_water, '')), ''),
             full_read_at =
                 NULLIF(MAX(IFNULL(full_read_at, ''), IFNULL(excluded.full_read_at, '')), '')",
    )
    .bind(cursor.project.0)
    .bind(cursor.kind.name())
    .bind(cursor.high_water.map(moment))
    .bind(cursor.full_read_at.map(moment))
    .execute(connection)
    .await?;
    Ok(())
}

async fn put_intent(
    connection: &mut SqliteConnection,
    intent: &IntentColumns,
    epoch: Epoch,
) -> Result<(), Failure> {
    let done = sqlx::query(
        "INSERT INTO intent (key, source, sequence, document_type, posting, body, state,
             written_at, given_up_at, epoch, cycle)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
    )
    .bind(&intent.key)
    .bind(&intent.source)
    .bind(intent.sequence)
    .bind(intent.document_type)
    .bind(&intent.posting)
    .bind(&intent.body)
    .bind(intent.state)
    .bind(&intent.written_at)
    .bind(&intent.given_up_at)
    .bind(intent.epoch)
    .bind(intent.cycle)
    .execute(&mut *connection)
    .await?;
    if done.rows_affected() == 0 {
        return Err(unusable(format!(
            "the document {} has an intent already; its number is never used again",
            intent.key
        ))
        .into());
    }
    let detail = format!("{}, {} bytes", intent.document_type, intent.body.len());
    audit(connection, epoch, Some(intent.cycle), "intent", &intent.key, &detail).await?;
    Ok(())
}

async fn put_result(
    connection: &mut SqliteConnection,
    result: &ResultRow,
    epoch: Epoch,
) -> Result<(), Failure> {
    let key = result.key.to_string();
    // The moment from which absence counts is moved, never forgotten.
    let done = sqlx::query(
        "UPDATE intent SET state = ?, given_up_at = COALESCE(?, given_up_at), doc_entry = ?,
             detail = ? WHERE key = ?",
    )
    .bind(result.state.name())
    .bind(result.given_up_at.map(moment))
    .bind(result.doc_entry)
    .bind(&result.detail)
    .bind(&key)
    .execute(&mut *connection)
    .await?;
    if done.rows_affected() == 0 {
        return Err(unusable(format!("the document {key} has a result but no intent")).into());
    }
    let entry = result.doc_entry.map(|entry| format!(", DocEntry {entry}")).unwrap_or_default();
    let detail = format!("{}{entry}: {}", result.state.name(), result.detail);
    audit(connection, epoch, None, "result", &key, &detail).await?;
    Ok(())
}

/// Appends to the audit table, in the transaction of what it tells. Without a cycle of its own it
/// belongs to the newest.
async fn audit(
    connection: &mut SqliteConnection,
    epoch: Epoch,
    cycle: Option<i64>,
    what: &str,
    key: &str,
    detail: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO audit (epoch, cycle, what, key, detail)
         VALUES (?, COALESCE(?, (SELECT MAX(number) FROM cycle)), ?, ?, ?)",
    )
    .bind(epoch.0)
    .bind(cycle)
    .bind(what)
    .bind(key)
    .bind(detail)
    .execute(connection)
    .await?;
    Ok(())
}
