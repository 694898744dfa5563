//! Whether a store is what it was left as: the chain of the audit trail, and every row against what it should say.
//! Nothing is repaired here.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use sync_core::{
    model::Posting,
    ports::{Intent, IntentState, StoreError, StoredRecord},
};

use super::{
    Store,
    audit::AuditRow,
    backend::Backend,
    rows::{self, text},
    sql::{Columns, Value},
};

/// Rows that are read at one time.
const PAGE: usize = 1_000;
/// Faults that are told; the rest is counted.
const FAULTS_MAX: usize = 100;

/// One thing that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The row: `audit 17`, `record 1:2:subcontract:3`, `intent 1:2:subcontract:3#1`.
    pub row: String,
    /// What is wrong.
    pub detail: String,
}

/// What was looked at, and what is wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verification {
    /// Rows of the audit trail.
    pub audit_rows: u64,
    /// Of these, rows from before the chain, which carry no hash.
    pub unchained: u64,
    /// The last hash: noted outside of the store, it proves later that nothing before it was changed.
    pub last_hash: Option<String>,
    /// Records by state.
    pub records: BTreeMap<&'static str, u64>,
    /// Documents by the state of their intent.
    pub intents: BTreeMap<&'static str, u64>,
    /// Posted documents by currency: how many, and the sum of their amounts; of a journal entry its debits.
    pub posted: BTreeMap<String, (u64, Decimal)>,
    /// What is wrong, the first hundred.
    pub faults: Vec<Fault>,
    /// How many things are wrong.
    pub faults_found: u64,
}

impl Verification {
    /// Whether nothing is wrong.
    #[must_use]
    pub const fn is_sound(&self) -> bool {
        self.faults_found == 0
    }

    fn fault(&mut self, row: String, detail: impl Into<String>) {
        self.faults_found += 1;
        if self.faults.len() < FAULTS_MAX {
            self.faults.push(Fault { row, detail: detail.into() });
        }
    }

    /// Goes on along the chain.
    fn audit(&mut self, row: &AuditRow, before: Option<&AuditRow>, told: &mut Told) {
        self.audit_rows += 1;
        let name = || format!("audit {}", row.number);
        let expected = before.map_or(1, |before| before.number + 1);
        if row.number != expected {
            self.fault(name(), format!("row {expected} is missing before it"));
        }
        let hash_before = before.and_then(|before| before.hash.as_deref());
        match &row.hash {
            None if hash_before.is_some() => {
                self.fault(name(), "it has no hash, but the row before it has one");
            }
            None => self.unchained += 1,
            Some(hash) if *hash != row.chained(hash_before.unwrap_or_default()) => {
                let detail = "its hash is not that of its content after the row before it: one of the two was changed";
                self.fault(name(), detail);
            }
            Some(hash) => self.last_hash = Some(hash.clone()),
        }
        match row.what.as_str() {
            "intent" => told.intents += 1,
            "result" => {
                let state = row.detail.split([',', ':']).next().unwrap_or_default();
                told.results.insert(row.key.clone(), state.to_owned());
            }
            _ => {}
        }
    }

    fn intent(&mut self, intent: &Intent, told: &mut Told) {
        *self.intents.entry(intent.state.name()).or_default() += 1;
        let name = || format!("intent {}", intent.key);
        if intent.posting.header().key != intent.key {
            let other = intent.posting.header().key;
            self.fault(name(), format!("its posting is the one of {other}"));
        }
        let waits = matches!(intent.state, IntentState::InFlight | IntentState::Uncertain);
        if waits && intent.body.is_empty() {
            self.fault(name(), "it has no result yet, and its payload is gone");
        }
        let said = told.results.remove(&intent.key.to_string());
        let said = said.as_deref().unwrap_or(IntentState::InFlight.name());
        if said != intent.state.name() {
            let detail =
                format!("its state is {}, the audit trail says {said}", intent.state.name());
            self.fault(name(), detail);
        }
        if intent.state == IntentState::Posted {
            let posted = self.posted.entry(intent.posting.header().currency.clone()).or_default();
            posted.0 += 1;
            match amount(&intent.posting).and_then(|amount| posted.1.checked_add(amount)) {
                Some(sum) => posted.1 = sum,
                None => self.fault(name(), "its amounts cannot be summed"),
            }
        }
    }

    fn record(&mut self, row: &RecordRow) {
        let name = || format!("record {}", row.key);
        let record = match &row.record {
            Ok(record) => record,
            Err(error) => return self.fault(name(), error.to_string()),
        };
        *self.records.entry(record.state.name()).or_default() += 1;
        let stated = (record.key().to_string(), record.family().to_string(), record.state.name());
        if stated != (row.key.clone(), row.family.clone(), row.state.as_str()) {
            let (key, family, state) = stated;
            let detail = format!(
                "its columns say {} {}, its content says {key} {family} {state}",
                row.family, row.state
            );
            self.fault(name(), detail);
        }
    }
}

/// What the audit trail says of the documents.
#[derive(Debug, Default)]
struct Told {
    intents: u64,
    /// The last result of each document that has one.
    results: BTreeMap<String, String>,
}

#[derive(Debug)]
struct RecordRow {
    key: String,
    family: String,
    state: String,
    record: Result<StoredRecord, StoreError>,
}

fn record_row(row: &dyn Columns) -> Result<RecordRow, StoreError> {
    Ok(RecordRow {
        key: text(row, "key")?.to_owned(),
        family: text(row, "family")?.to_owned(),
        state: text(row, "state")?.to_owned(),
        record: rows::record(row),
    })
}

fn intent_row(row: &dyn Columns) -> Result<(String, Result<Intent, StoreError>), StoreError> {
    Ok((text(row, "key")?.to_owned(), rows::intent(row)))
}

/// A document's amount, tax included where it is expected.
fn amount(posting: &Posting) -> Option<Decimal> {
    let mut sum = Decimal::ZERO;
    match posting {
        Posting::PurchaseInvoice(document) | Posting::PurchaseCreditNote(document) => {
            for line in &document.lines {
                sum = sum.checked_add(line.amount)?;
            }
            sum.checked_add(document.expected_tax)
        }
        Posting::JournalEntry(entry) => {
            for line in &entry.lines {
                sum = sum.checked_add(line.amount.max(Decimal::ZERO))?;
            }
            Some(sum)
        }
    }
}

impl<B: Backend> Store<B> {
    /// The version of the schema: the number of its newest migration. Opening a store brings it to this program's.
    ///
    /// # Errors
    ///
    /// When the store cannot be read.
    pub async fn schema_version(&self) -> Result<i64, StoreError> {
        let statement = "SELECT MAX(version) AS version FROM _sqlx_migrations";
        let mut versions = self.read(statement, &[], |row| rows::integer(row, "version")).await?;
        versions.pop().ok_or_else(|| rows::unusable("the list of migrations is empty"))
    }

    /// Reads the whole store and compares: the audit trail with its chain, each document with the trail, each record's
    /// columns with its content. Repairs nothing. Memory grows with the documents, not with the records. Nothing may write
    /// meanwhile: [`acquire_writer`](sync_core::ports::StateStore::acquire_writer) keeps others out.
    ///
    /// # Errors
    ///
    /// When the store cannot be read. What can be read but is wrong is a fault of the verification.
    pub async fn verify(&self) -> Result<Verification, StoreError> {
        let mut found = Verification::default();
        let mut told = Told::default();
        self.verify_audit(&mut found, &mut told).await?;
        self.verify_intents(&mut found, &mut told).await?;
        self.verify_records(&mut found).await?;
        Ok(found)
    }

    async fn verify_audit(
        &self,
        found: &mut Verification,
        told: &mut Told,
    ) -> Result<(), StoreError> {
        let mut before: Option<AuditRow> = None;
        loop {
            let after = before.as_ref().map_or(i64::MIN, |row| row.number);
            let statement = "SELECT * FROM audit WHERE number > $1 ORDER BY number LIMIT 1000";
            let page = self.read(statement, &[Value::Integer(after)], AuditRow::of).await?;
            let last = page.len() < PAGE;
            for row in page {
                found.audit(&row, before.as_ref(), told);
                before = Some(row);
            }
            if last {
                return Ok(());
            }
        }
    }

    async fn verify_intents(
        &self,
        found: &mut Verification,
        told: &mut Told,
    ) -> Result<(), StoreError> {
        let mut intents = 0;
        let mut after = String::new();
        loop {
            let statement = "SELECT * FROM intent WHERE key > $1 ORDER BY key LIMIT 1000";
            let page = self.read(statement, &[Value::Text(&after)], intent_row).await?;
            let last = page.len() < PAGE;
            for (key, intent) in page {
                intents += 1;
                match intent {
                    Ok(intent) => found.intent(&intent, told),
                    Err(error) => found.fault(format!("intent {key}"), error.to_string()),
                }
                after = key;
            }
            if last {
                break;
            }
        }
        for key in told.results.keys() {
            let detail = "the audit trail has its result, but it is gone";
            found.fault(format!("intent {key}"), detail);
        }
        if told.intents != intents {
            let detail = format!(
                "the audit trail tells of {} documents, the store has {intents}",
                told.intents
            );
            found.fault("audit".to_owned(), detail);
        }
        Ok(())
    }

    async fn verify_records(&self, found: &mut Verification) -> Result<(), StoreError> {
        let mut after = String::new();
        loop {
            let statement = "SELECT key, family, state, snapshot FROM record WHERE key > $1 ORDER BY key LIMIT 1000";
            let page = self.read(statement, &[Value::Text(&after)], record_row).await?;
            let last = page.len() < PAGE;
            for row in page {
                found.record(&row);
                after = row.key;
            }
            if last {
                return Ok(());
            }
        }
    }
}
