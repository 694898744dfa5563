//! Values of the port as columns, and columns as values.

use std::str::FromStr;

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use serde::{Serialize, de::DeserializeOwned};
use sqlx::{Row, sqlite::SqliteRow};
use sync_core::{
    model::{CompanyId, DocumentType, FamilyId, ProjectId, ReadKind, SourceKey},
    ports::{
        Cursor, CycleRow, CycleStatus, Epoch, Intent, IntentState, Profile, StoreError,
        StoredRecord,
    },
    states::RecordState,
};

use super::error::unusable;

/// A record as columns: made by the caller, so that the writer only writes.
#[derive(Debug)]
pub(super) struct RecordColumns {
    pub(super) key: String,
    pub(super) project: i64,
    pub(super) family: String,
    pub(super) kind: &'static str,
    pub(super) id: i64,
    pub(super) state: &'static str,
    pub(super) waits_for_person: bool,
    pub(super) snapshot: String,
}

impl RecordColumns {
    pub(super) fn of(record: &StoredRecord) -> Result<Self, StoreError> {
        let key = record.key();
        Ok(Self {
            key: key.to_string(),
            project: key.project.0,
            family: record.family().to_string(),
            kind: key.kind.name(),
            id: key.id,
            state: record.state.name(),
            waits_for_person: record.state.waits_for_a_person(),
            snapshot: json(&format!("the record {key}"), record)?,
        })
    }
}

/// An intent as columns.
#[derive(Debug)]
pub(super) struct IntentColumns {
    pub(super) key: String,
    pub(super) source: String,
    pub(super) sequence: u32,
    pub(super) document_type: &'static str,
    pub(super) posting: String,
    pub(super) body: Vec<u8>,
    pub(super) state: &'static str,
    pub(super) written_at: String,
    pub(super) given_up_at: Option<String>,
    pub(super) epoch: i64,
    pub(super) cycle: i64,
}

impl IntentColumns {
    pub(super) fn of(intent: &Intent) -> Result<Self, StoreError> {
        Ok(Self {
            key: intent.key.to_string(),
            source: intent.key.source.to_string(),
            sequence: intent.key.sequence,
            document_type: intent.document_type.entity_set(),
            posting: json(&format!("the posting {}", intent.key), &intent.posting)?,
            body: intent.body.clone(),
            state: intent.state.name(),
            written_at: moment(intent.written_at),
            given_up_at: intent.given_up_at.map(moment),
            epoch: intent.epoch.0,
            cycle: intent.cycle,
        })
    }
}

/// RFC 3339 in UTC with nine decimals: equal when read back, and in order as text.
pub(super) fn moment(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Nanos, true)
}

/// JSON text; amounts stand in it as strings.
pub(super) fn json(what: &str, value: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value)
        .map_err(|error| unusable(format!("{what} cannot be written as JSON: {error}")))
}

pub(super) fn record(row: &SqliteRow) -> Result<StoredRecord, StoreError> {
    parsed(row, "snapshot")
}

pub(super) fn record_state(
    row: &SqliteRow,
) -> Result<(SourceKey, FamilyId, RecordState), StoreError> {
    Ok((word(row, "key")?, word(row, "family")?, named(row, "state", RecordState::from_name)?))
}

pub(super) fn intent(row: &SqliteRow) -> Result<Intent, StoreError> {
    Ok(Intent {
        key: word(row, "key")?,
        posting: parsed(row, "posting")?,
        document_type: named(row, "document_type", document_type)?,
        body: column(row, "body")?,
        state: named(row, "state", IntentState::from_name)?,
        written_at: word(row, "written_at")?,
        given_up_at: optional_moment(row, "given_up_at")?,
        epoch: Epoch(column(row, "epoch")?),
        cycle: column(row, "cycle")?,
    })
}

pub(super) fn profile(row: &SqliteRow) -> Result<Profile, StoreError> {
    Ok(Profile {
        company: CompanyId(column(row, "company")?),
        environment: column(row, "environment")?,
        ledger: column(row, "ledger")?,
        basis: column(row, "basis")?,
        start_date: word::<NaiveDate>(row, "start_date")?,
        opening: column(row, "opening")?,
    })
}

pub(super) fn cycle(row: &SqliteRow) -> Result<CycleRow, StoreError> {
    Ok(CycleRow {
        number: column(row, "number")?,
        started_at: word(row, "started_at")?,
        finished_at: optional_moment(row, "finished_at")?,
        status: named(row, "status", cycle_status)?,
    })
}

pub(super) fn cursor(row: &SqliteRow) -> Result<Cursor, StoreError> {
    Ok(Cursor {
        project: ProjectId(column(row, "project")?),
        kind: named(row, "kind", |name| {
            ReadKind::ALL.into_iter().find(|kind| kind.name() == name)
        })?,
        high_water: optional_moment(row, "high_water")?,
        full_read_at: optional_moment(row, "full_read_at")?,
    })
}

fn document_type(name: &str) -> Option<DocumentType> {
    use DocumentType::{Draft, JournalEntry, PurchaseCreditNote, PurchaseInvoice};
    [PurchaseInvoice, PurchaseCreditNote, JournalEntry, Draft]
        .into_iter()
        .find(|kind| kind.entity_set() == name)
}

fn cycle_status(name: &str) -> Option<CycleStatus> {
    [CycleStatus::Open, CycleStatus::Done, CycleStatus::Partial, CycleStatus::Failed]
        .into_iter()
        .find(|status| status.name() == name)
}

/// A column of SQLite's own types.
fn column<'r, T>(row: &'r SqliteRow, name: &str) -> Result<T, StoreError>
where
    T: sqlx::Decode<'r, sqlx::Sqlite> + sqlx::Type<sqlx::Sqlite>,
{
    row.try_get(name).map_err(|error| unreadable(name, &error))
}

/// A column of text that is one word of the model.
fn word<T: FromStr<Err: std::fmt::Display>>(row: &SqliteRow, name: &str) -> Result<T, StoreError> {
    column::<&str>(row, name)?.parse().map_err(|error| unreadable(name, &error))
}

fn optional_moment(row: &SqliteRow, name: &str) -> Result<Option<DateTime<Utc>>, StoreError> {
    let text: Option<&str> = column(row, name)?;
    text.map(|text| text.parse().map_err(|error| unreadable(name, &error))).transpose()
}

/// A column of text that is one of a few names.
fn named<T>(
    row: &SqliteRow,
    name: &str,
    from_name: impl FnOnce(&str) -> Option<T>,
) -> Result<T, StoreError> {
    let text: &str = column(row, name)?;
    from_name(text).ok_or_else(|| unreadable(name, &format!("'{text}' is not known")))
}

/// A column of JSON.
fn parsed<T: DeserializeOwned>(row: &SqliteRow, name: &str) -> Result<T, StoreError> {
    serde_json::from_str(column(row, name)?).map_err(|error| unreadable(name, &error))
}

fn unreadable(name: &str, error: &dyn std::fmt::Display) -> StoreError {
    unusable(format!("the column '{name}' of the store cannot be read: {error}"))
}
