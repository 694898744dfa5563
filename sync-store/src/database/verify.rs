//! Whether a store is what it was left as: the chain of the audit trail, and every row against what it should say.
//! Nothing is repaired here, and nobody is kept from writing: all is read as of one moment.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use sync_core::{
    model::Posting,
    ports::{Act, Intent, IntentState, StoreError, StoredRecord},
};

use super::{
    Store,
    audit::{ACT, AuditRow},
    backend::Backend,
    rows::{self, maybe_text, text},
    sql::{Columns, Sql, Value},
};

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
    /// What people did, by its name, as the trail tells it.
    pub acts: BTreeMap<&'static str, u64>,
    /// Decisions that records hold from before the trail told of them.
    pub untold_decisions: u64,
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
    fn audit(&mut self, row: &AuditRow, before: Option<&AuditRow>, acts: &mut BTreeSet<String>) {
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
        if row.what == ACT {
            match serde_json::from_str::<Act>(&row.detail) {
                Ok(act) => {
                    *self.acts.entry(act.deed.name()).or_default() += 1;
                    acts.insert(row.detail.clone());
                }
                Err(error) => self.fault(name(), format!("what it tells cannot be read: {error}")),
            }
        }
    }

    fn intent(&mut self, row: &IntentRow) {
        let name = || format!("intent {}", row.key);
        let intent = match &row.intent {
            Ok(intent) => intent,
            Err(error) => return self.fault(name(), error.to_string()),
        };
        *self.intents.entry(intent.state.name()).or_default() += 1;
        if intent.posting.header().key != intent.key {
            let other = intent.posting.header().key;
            self.fault(name(), format!("its posting is the one of {other}"));
        }
        let waits = matches!(intent.state, IntentState::InFlight | IntentState::Uncertain);
        if waits && intent.body.is_empty() {
            self.fault(name(), "it has no result yet, and its payload is gone");
        }
        if row.told != 1 {
            self.fault(name(), format!("the audit trail tells {} times that it began", row.told));
        }
        let said = row.said.as_deref().and_then(|detail| detail.split([',', ':']).next());
        let said = said.unwrap_or(IntentState::InFlight.name());
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

    fn record(&mut self, row: &RecordRow, told: &Told) {
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
        let decided = record.decisions.iter().map(|decision| Act::resolved(record.key(), decision));
        let adopted = record.adopted.iter().map(|adopted| Act::adopted(record.key(), adopted));
        for act in decided.chain(adopted) {
            if serde_json::to_string(&act).is_ok_and(|text| told.acts.contains(&text)) {
                continue;
            }
            if act.at < told.acts_since {
                self.untold_decisions += 1;
            } else {
                let detail = format!(
                    "the audit trail does not tell of its decision {} by {} at {}",
                    act.deed, act.by, act.at
                );
                self.fault(name(), detail);
            }
        }
    }
}

/// What the audit trail says of people's decisions: few, however many records there are.
#[derive(Debug)]
struct Told {
    /// Each as it stands in the trail.
    acts: BTreeSet<String>,
    /// Older ones are not there.
    acts_since: DateTime<Utc>,
}

#[derive(Debug)]
struct IntentRow {
    key: String,
    intent: Result<Intent, StoreError>,
    /// How often the trail tells that it began.
    told: i64,
    /// The trail's last result of it.
    said: Option<String>,
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

fn intent_row(row: &dyn Columns) -> Result<IntentRow, StoreError> {
    Ok(IntentRow {
        key: text(row, "key")?.to_owned(),
        intent: rows::intent(row),
        told: rows::integer(row, "told")?,
        said: maybe_text(row, "said")?.map(str::to_owned),
    })
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

    /// Reads the whole store as of one moment and compares: the audit trail with its chain, each document with the trail,
    /// each record's columns with its content, its decisions with the trail. Repairs nothing, and keeps nobody from
    /// writing. Memory does not grow with the store, but for the decisions of people.
    ///
    /// # Errors
    ///
    /// When the store cannot be read. What can be read but is wrong is a fault of the verification.
    pub async fn verify(&self) -> Result<Verification, StoreError> {
        let mut sql = self.snapshot().await?;
        let verified = self.verified(&mut sql).await;
        // A close that fails changes nothing of what was seen.
        let _ = self.backend.disconnect(sql).await;
        verified
    }

    async fn verified(&self, sql: &mut B::Connection) -> Result<Verification, StoreError> {
        let mut found = Verification::default();
        let mut acts = BTreeSet::new();
        let mut before: Option<AuditRow> = None;
        let statement = "SELECT * FROM audit ORDER BY number";
        self.each(sql, statement, &[], AuditRow::of, |row| {
            found.audit(&row, before.as_ref(), &mut acts);
            before = Some(row);
        })
        .await?;
        let statement = "SELECT intent.*,
             (SELECT COUNT(*) FROM audit WHERE audit.key = intent.key AND what = 'intent') AS told,
             (SELECT audit.detail FROM audit WHERE audit.key = intent.key AND what = 'result'
                 ORDER BY number DESC LIMIT 1) AS said
             FROM intent";
        self.each(sql, statement, &[], intent_row, |row| found.intent(&row)).await?;
        let statement = "SELECT DISTINCT key FROM audit WHERE what IN ('intent', 'result')
             AND NOT EXISTS (SELECT 1 FROM intent WHERE intent.key = audit.key)";
        let key = |row: &dyn Columns| text(row, "key").map(str::to_owned);
        self.each(sql, statement, &[], key, |key| {
            found.fault(format!("intent {key}"), "the audit trail tells of it, but it is gone");
        })
        .await?;
        let mut acts_since = DateTime::<Utc>::MIN_UTC;
        let version = [Value::Integer(B::ACTS_SINCE)];
        let at = |row: &dyn Columns| rows::word(row, "at");
        self.each(sql, B::DIALECT.migrated_at, &version, at, |at| acts_since = at).await?;
        let told = Told { acts, acts_since };
        let statement = "SELECT key, family, state, snapshot FROM record";
        self.each(sql, statement, &[], record_row, |row| found.record(&row, &told)).await?;
        Ok(found)
    }

    /// Gives each row of a statement to `seen`; the first that cannot be decoded ends it.
    async fn each<T: Send>(
        &self,
        sql: &mut B::Connection,
        statement: &'static str,
        values: &[Value<'_>],
        decode: fn(&dyn Columns) -> Result<T, StoreError>,
        mut seen: impl FnMut(T) + Send,
    ) -> Result<(), StoreError> {
        let mut broken = Ok(());
        let read = sql.each(statement, values, |row| {
            if broken.is_ok() {
                match decode(row) {
                    Ok(value) => seen(value),
                    Err(error) => broken = Err(error),
                }
            }
        });
        read.await.map_err(|error| self.backend.failed("reading", &error))?;
        broken
    }
}
