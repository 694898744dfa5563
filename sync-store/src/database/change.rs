//! What one writing call changes, statement by statement, inside a transaction of the writer.

use sync_core::ports::{Cursor, CycleRow, CycleStatus, Epoch, Profile, ResultRow, StoreError};

use super::{
    audit::{ACT, Tail},
    backend::Dialect,
    rows::{IntentColumns, RecordColumns, json, moment, unusable},
    sql::{Sql, Value},
};

/// Payloads that one call drops: its transaction stays small.
const COMPACTED_MAX: i64 = 5_000;

/// One writing call.
#[derive(Debug)]
pub(super) enum Change {
    Profile(Profile),
    OpenCycle { started_at: String },
    CloseCycle(CycleRow),
    Read { records: Vec<RecordColumns>, cursor: Option<Cursor> },
    Intents(Vec<IntentColumns>),
    Results { results: Vec<ResultRow>, records: Vec<RecordColumns> },
    Act { key: String, act: String, records: Vec<RecordColumns> },
    Compact { before: String },
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

/// A connection inside a transaction of one writer.
pub(super) struct Writing<'a, S> {
    pub(super) sql: &'a mut S,
    pub(super) dialect: Dialect,
    pub(super) epoch: Epoch,
    /// Read for the first row that this call appends.
    pub(super) tail: Option<Tail>,
}

impl<S: Sql> Writing<'_, S> {
    /// Makes the change; the answer is the number of the cycle that it began, or of the rows that it compacted, else zero.
    pub(super) async fn make(&mut self, change: &Change) -> Result<i64, Failure> {
        match change {
            Change::Profile(profile) => self.set_profile(profile).await?,
            Change::OpenCycle { started_at } => return self.open_cycle(started_at).await,
            Change::CloseCycle(row) => self.close_cycle(row).await?,
            Change::Read { records, cursor } => {
                self.put_records(records).await?;
                if let Some(cursor) = cursor {
                    self.put_cursor(cursor).await?;
                }
            }
            Change::Intents(intents) => {
                for intent in intents {
                    self.put_intent(intent).await?;
                }
            }
            Change::Results { results, records } => {
                for result in results {
                    self.put_result(result).await?;
                }
                self.put_records(records).await?;
            }
            Change::Act { key, act, records } => {
                self.put_records(records).await?;
                self.audit(None, (ACT, key, act)).await?;
            }
            Change::Compact { before } => return self.compact(before).await,
        }
        Ok(0)
    }

    async fn set_profile(&mut self, profile: &Profile) -> Result<(), Failure> {
        let start_date = profile.start_date.to_string();
        let values = [
            Value::Integer(profile.company.0),
            Value::Text(&profile.environment),
            Value::Text(&profile.ledger),
            Value::Text(&profile.basis),
            Value::Text(&start_date),
            Value::Text(&profile.opening),
            Value::Text(&profile.reference),
        ];
        self.sql
            .execute(
                "INSERT INTO profile
                     (id, company, environment, ledger, basis, start_date, opening, reference)
                 VALUES (1, $1, $2, $3, $4, $5, $6, $7)
                 ON CONFLICT (id) DO UPDATE SET company = excluded.company,
                     environment = excluded.environment, ledger = excluded.ledger,
                     basis = excluded.basis, start_date = excluded.start_date,
                     opening = excluded.opening, reference = excluded.reference",
                &values,
            )
            .await?;
        let detail = json("the profile", profile)?;
        self.audit(None, ("profile", "profile", &detail)).await
    }

    async fn open_cycle(&mut self, started_at: &str) -> Result<i64, Failure> {
        let values = [
            Value::Text(started_at),
            Value::Text(CycleStatus::Open.name()),
            Value::Integer(self.epoch.0),
        ];
        let number = self
            .sql
            .number(
                "INSERT INTO cycle (number, started_at, status, epoch)
                 VALUES ((SELECT COALESCE(MAX(number), 0) + 1 FROM cycle), $1, $2, $3)
                 RETURNING number",
                &values,
            )
            .await?;
        number.ok_or_else(|| sqlx::Error::RowNotFound.into())
    }

    async fn close_cycle(&mut self, row: &CycleRow) -> Result<(), Failure> {
        let (started_at, finished_at) = (moment(row.started_at), row.finished_at.map(moment));
        let values = [
            Value::Text(&started_at),
            Value::MaybeText(finished_at.as_deref()),
            Value::Text(row.status.name()),
            Value::Integer(row.number),
        ];
        let done = self
            .sql
            .execute(
                "UPDATE cycle SET started_at = $1, finished_at = $2, status = $3 WHERE number = $4",
                &values,
            )
            .await?;
        if done == 0 {
            return Err(unusable(format!("cycle {} cannot end: it never began", row.number)).into());
        }
        Ok(())
    }

    async fn put_records(&mut self, records: &[RecordColumns]) -> Result<(), Failure> {
        for record in records {
            let values = [
                Value::Text(&record.key),
                Value::Integer(record.project),
                Value::Text(&record.family),
                Value::Text(record.kind),
                Value::Integer(record.id),
                Value::Text(record.state),
                Value::Flag(record.waits_for_person),
                Value::Text(&record.snapshot),
            ];
            self.sql
                .execute(
                    "INSERT INTO record
                         (key, project, family, kind, id, state, waits_for_person, snapshot)
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
                     ON CONFLICT (key) DO UPDATE SET family = excluded.family,
                         state = excluded.state, waits_for_person = excluded.waits_for_person,
                         snapshot = excluded.snapshot",
                    &values,
                )
                .await?;
        }
        Ok(())
    }

    /// The mark of a cursor never moves back, and no moment is before every one. When the list was last read in
    /// full is the newest word.
    async fn put_cursor(&mut self, cursor: &Cursor) -> Result<(), Failure> {
        let high_water = cursor.high_water.map(moment);
        let full_read_at = cursor.full_read_at.map(moment);
        let values = [
            Value::Integer(cursor.project.0),
            Value::Text(cursor.kind.name()),
            Value::MaybeText(high_water.as_deref()),
            Value::MaybeText(full_read_at.as_deref()),
        ];
        self.sql
            .execute(
                "INSERT INTO cursor (project, kind, high_water, full_read_at)
                 VALUES ($1, $2, $3, $4)
                 ON CONFLICT (project, kind) DO UPDATE SET
                     high_water = CASE
                         WHEN excluded.high_water > COALESCE(cursor.high_water, '')
                         THEN excluded.high_water ELSE cursor.high_water END,
                     full_read_at = COALESCE(excluded.full_read_at, cursor.full_read_at)",
                &values,
            )
            .await?;
        Ok(())
    }

    async fn put_intent(&mut self, intent: &IntentColumns) -> Result<(), Failure> {
        let values = [
            Value::Text(&intent.key),
            Value::Text(&intent.source),
            Value::Integer(i64::from(intent.sequence)),
            Value::Text(intent.document_type),
            Value::Text(&intent.posting),
            Value::Bytes(&intent.body),
            Value::Text(intent.state),
            Value::Text(&intent.written_at),
            Value::MaybeText(intent.given_up_at.as_deref()),
            Value::Integer(intent.epoch),
            Value::Integer(intent.cycle),
        ];
        let done = self
            .sql
            .execute(
                "INSERT INTO intent (key, source, sequence, document_type, posting, body, state,
                     written_at, given_up_at, epoch, cycle)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING",
                &values,
            )
            .await?;
        if done == 0 {
            return Err(unusable(format!(
                "the document {} has an intent already; its number is never used again",
                intent.key
            ))
            .into());
        }
        let detail = format!("{}, {} bytes", intent.document_type, intent.body.len());
        self.audit(Some(intent.cycle), ("intent", &intent.key, &detail)).await
    }

    async fn put_result(&mut self, result: &ResultRow) -> Result<(), Failure> {
        let key = result.key.to_string();
        let given_up_at = result.given_up_at.map(moment);
        let values = [
            Value::Text(result.state.name()),
            Value::MaybeText(given_up_at.as_deref()),
            Value::MaybeInteger(result.doc_entry),
            Value::Text(&result.detail),
            Value::Text(&key),
        ];
        // The moment from which absence counts is moved, never forgotten.
        let done = self
            .sql
            .execute(
                "UPDATE intent SET state = $1, given_up_at = COALESCE($2, given_up_at),
                     doc_entry = $3, detail = $4 WHERE key = $5",
                &values,
            )
            .await?;
        if done == 0 {
            return Err(unusable(format!("the document {key} has a result but no intent")).into());
        }
        let entry = result.doc_entry.map(|entry| format!(", DocEntry {entry}")).unwrap_or_default();
        let detail = format!("{}{entry}: {}", result.state.name(), result.detail);
        self.audit(None, ("result", &key, &detail)).await
    }

    /// Drops a bounded number of payloads, and the cycles that ended before the oldest that stays.
    async fn compact(&mut self, before: &str) -> Result<i64, Failure> {
        let values = [Value::Text(before), Value::Bytes(&[]), Value::Integer(COMPACTED_MAX)];
        let payloads = self
            .sql
            .execute(
                "UPDATE intent SET body = $2 WHERE key IN (SELECT key FROM intent
                     WHERE written_at < $1 AND state IN ('posted', 'rejected') AND length(body) > 0
                     LIMIT $3)",
                &values,
            )
            .await?;
        let cycles = self
            .sql
            .execute(
                "DELETE FROM cycle WHERE number < COALESCE(
                     (SELECT number FROM cycle WHERE COALESCE(finished_at, started_at) >= $1
                         ORDER BY number LIMIT 1),
                     (SELECT MAX(number) FROM cycle))",
                &values[..1],
            )
            .await?;
        if payloads + cycles > 0 {
            let detail = format!("{payloads} payloads and {cycles} cycles from before {before}");
            self.audit(None, ("compact", "", &detail)).await?;
        }
        Ok(i64::try_from(payloads + cycles).unwrap_or(i64::MAX))
    }

    async fn audit(&mut self, cycle: Option<i64>, told: (&str, &str, &str)) -> Result<(), Failure> {
        let tail = match &mut self.tail {
            Some(tail) => tail,
            none => none.insert(Tail::read(self.sql, self.dialect).await?),
        };
        tail.append(self.sql, self.epoch, cycle, told).await
    }
}
