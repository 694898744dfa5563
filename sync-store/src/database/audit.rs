//! The audit trail: rows that are only ever appended, each with a hash over itself and the hash of the row before it.
//!
//! Whoever changes, removes or inserts a row without computing every later hash anew is found by
//! [`verify`](super::verify). Whoever can write to the database can also do that: so note the last hash outside of it
//! (`procore-b1 verify` prints it), and a later run proves that everything up to it still stands.

use sha2::{Digest, Sha256};
use sync_core::ports::{Epoch, StoreError};

use super::{
    backend::Dialect,
    change::Failure,
    rows::{integer, maybe_integer, maybe_text, text},
    sql::{Columns, Sql, Value},
};

/// What a person did; the detail is the act as JSON.
pub(super) const ACT: &str = "act";

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct AuditRow {
    pub(super) number: i64,
    pub(super) at: String,
    pub(super) epoch: i64,
    pub(super) cycle: Option<i64>,
    pub(super) what: String,
    pub(super) key: String,
    pub(super) detail: String,
    /// Absent in rows from before the chain.
    pub(super) hash: Option<String>,
}

impl AuditRow {
    pub(super) fn of(row: &dyn Columns) -> Result<Self, StoreError> {
        Ok(Self {
            number: integer(row, "number")?,
            at: text(row, "at")?.to_owned(),
            epoch: integer(row, "epoch")?,
            cycle: maybe_integer(row, "cycle")?,
            what: text(row, "what")?.to_owned(),
            key: text(row, "key")?.to_owned(),
            detail: text(row, "detail")?.to_owned(),
            hash: maybe_text(row, "hash")?.map(str::to_owned),
        })
    }

    /// SHA-256 in hexadecimal digits over the hash before and every field, each with its length before it, so that no
    /// two rows have the same bytes.
    pub(super) fn chained(&self, before: &str) -> String {
        let cycle = self.cycle.map(|cycle| cycle.to_string()).unwrap_or_default();
        let (number, epoch) = (self.number.to_string(), self.epoch.to_string());
        let fields =
            [before, &number, &self.at, &epoch, &cycle, &self.what, &self.key, &self.detail];
        let mut hash = Sha256::new();
        for field in fields {
            hash.update(u64::try_from(field.len()).unwrap_or(u64::MAX).to_be_bytes());
            hash.update(field.as_bytes());
        }
        hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// The end of the trail, as one call finds it and goes on from it.
#[derive(Debug)]
pub(super) struct Tail {
    number: i64,
    hash: Option<String>,
    cycle: Option<i64>,
    now: String,
}

impl Tail {
    /// Reads it.
    pub(super) async fn read(sql: &mut impl Sql, dialect: Dialect) -> Result<Self, Failure> {
        let mut found = None;
        sql.each(dialect.audit_tail, &[], |row| found = Some(Self::of(row))).await?;
        let Some(tail) = found else { return Err(sqlx::Error::RowNotFound.into()) };
        Ok(tail?)
    }

    fn of(row: &dyn Columns) -> Result<Self, StoreError> {
        Ok(Self {
            number: integer(row, "number")?,
            hash: maybe_text(row, "hash")?.map(str::to_owned),
            cycle: maybe_integer(row, "cycle")?,
            now: text(row, "now")?.to_owned(),
        })
    }

    /// Appends a row, in the transaction of what it tells. Without a cycle of its own it belongs to the newest.
    pub(super) async fn append(
        &mut self,
        sql: &mut impl Sql,
        epoch: Epoch,
        cycle: Option<i64>,
        (what, key, detail): (&str, &str, &str),
    ) -> Result<(), Failure> {
        let row = AuditRow {
            number: self.number + 1,
            at: self.now.clone(),
            epoch: epoch.0,
            cycle: cycle.or(self.cycle),
            what: what.to_owned(),
            key: key.to_owned(),
            detail: detail.to_owned(),
            hash: None,
        };
        let hash = row.chained(self.hash.as_deref().unwrap_or_default());
        let values = [
            Value::Integer(row.number),
            Value::Text(&row.at),
            Value::Integer(row.epoch),
            Value::MaybeInteger(row.cycle),
            Value::Text(what),
            Value::Text(key),
            Value::Text(detail),
            Value::Text(&hash),
        ];
        sql.execute(
            "INSERT INTO audit (number, at, epoch, cycle, what, key, detail, hash)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            &values,
        )
        .await?;
        (self.number, self.hash) = (row.number, Some(hash));
        Ok(())
    }
}
