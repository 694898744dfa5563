//! Values of the port as columns, and columns as values.

use std::str::FromStr;

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use serde::{Serialize, de::DeserializeOwned};
use sync_core::{
    model::{CompanyId, DocumentType, FamilyId, ProjectId, ReadKind, SourceKey},
    ports::{
        Act, Cursor, CycleRow, CycleStatus, Epoch, Intent, IntentState, Profile, StoreError,
        StoreErrorKind, StoredRecord,
    },
    states::RecordState,
};

use super::sql::Columns;

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
pub(crate) fn moment(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Nanos, true)
}

/// JSON text; amounts stand in it as strings.
pub(super) fn json(what: &str, value: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value)
        .map_err(|error| unusable(format!("{what} cannot be written as JSON: {error}")))
}

/// The key of an act's row: empty for what was about the store.
pub(super) fn act_key(key: Option<&SourceKey>) -> String {
    key.map(SourceKey::to_string).unwrap_or_default()
}

pub(super) fn act(row: &dyn Columns) -> Result<Act, StoreError> {
    parsed(row, "detail")
}

pub(super) fn record(row: &dyn Columns) -> Result<StoredRecord, StoreError> {
    parsed(row, "snapshot")
}

pub(super) fn record_state(
    row: &dyn Columns,
) -> Result<(SourceKey, FamilyId, RecordState), StoreError> {
    Ok((word(row, "key")?, word(row, "family")?, named(row, "state", RecordState::from_name)?))
}

pub(super) fn intent(row: &dyn Columns) -> Result<Intent, StoreError> {
    Ok(Intent {
        key: word(row, "key")?,
        posting: parsed(row, "posting")?,
        document_type: named(row, "document_type", document_type)?,
        body: row.bytes("body").map_err(|error| unreadable("body", &error))?,
        state: named(row, "state", IntentState::from_name)?,
        written_at: word(row, "written_at")?,
        given_up_at: optional_moment(row, "given_up_at")?,
        epoch: Epoch(integer(row, "epoch")?),
        cycle: integer(row, "cycle")?,
    })
}

pub(super) fn profile(row: &dyn Columns) -> Result<Profile, StoreError> {
    Ok(Profile {
        company: CompanyId(integer(row, "company")?),
        environment: text(row, "environment")?.to_owned(),
        ledger: text(row, "ledger")?.to_owned(),
        basis: text(row, "basis")?.to_owned(),
        start_date: word::<NaiveDate>(row, "start_date")?,
        opening: text(row, "opening")?.to_owned(),
        reference: text(row, "reference")?.to_owned(),
    })
}

pub(super) fn cycle(row: &dyn Columns) -> Result<CycleRow, StoreError> {
    Ok(CycleRow {
        number: integer(row, "number")?,
        started_at: word(row, "started_at")?,
        finished_at: optional_moment(row, "finished_at")?,
        status: named(row, "status", cycle_status)?,
    })
}

/// The column `now`.
pub(super) fn now(row: &dyn Columns) -> Result<DateTime<Utc>, StoreError> {
    word(row, "now")
}

pub(super) fn cursor(row: &dyn Columns) -> Result<Cursor, StoreError> {
    Ok(Cursor {
        project: ProjectId(integer(row, "project")?),
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

/// A whole number.
pub(super) fn integer(row: &dyn Columns, name: &str) -> Result<i64, StoreError> {
    row.integer(name).map_err(|error| unreadable(name, &error))
}

/// A whole number, or nothing.
pub(super) fn maybe_integer(row: &dyn Columns, name: &str) -> Result<Option<i64>, StoreError> {
    row.maybe_integer(name).map_err(|error| unreadable(name, &error))
}

/// Text.
pub(super) fn text<'r>(row: &'r dyn Columns, name: &str) -> Result<&'r str, StoreError> {
    row.text(name).map_err(|error| unreadable(name, &error))
}

/// Text, or nothing.
pub(super) fn maybe_text<'r>(
    row: &'r dyn Columns,
    name: &str,
) -> Result<Option<&'r str>, StoreError> {
    row.maybe_text(name).map_err(|error| unreadable(name, &error))
}

/// A column of text that is one word of the model.
pub(super) fn word<T: FromStr<Err: std::fmt::Display>>(
    row: &dyn Columns,
    name: &str,
) -> Result<T, StoreError> {
    text(row, name)?.parse().map_err(|error| unreadable(name, &error))
}

fn optional_moment(row: &dyn Columns, name: &str) -> Result<Option<DateTime<Utc>>, StoreError> {
    let text = maybe_text(row, name)?;
    text.map(|text| text.parse().map_err(|error| unreadable(name, &error))).transpose()
}

/// A column of text that is one of a few names.
fn named<T>(
    row: &dyn Columns,
    name: &str,
    from_name: impl FnOnce(&str) -> Option<T>,
) -> Result<T, StoreError> {
    let text = text(row, name)?;
    from_name(text).ok_or_else(|| unreadable(name, &format!("'{text}' is not known")))
}

/// A column of JSON.
fn parsed<T: DeserializeOwned>(row: &dyn Columns, name: &str) -> Result<T, StoreError> {
    serde_json::from_str(text(row, name)?).map_err(|error| unreadable(name, &error))
}

fn unreadable(name: &str, error: &dyn std::fmt::Display) -> StoreError {
    unusable(format!("the column '{name}' of the store cannot be read: {error}"))
}

/// A store that this program must leave as it is.
pub(crate) fn unusable(detail: impl std::fmt::Display) -> StoreError {
    StoreError::new(StoreErrorKind::Unusable, detail)
}
