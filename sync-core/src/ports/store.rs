//! Where the state lives between cycles.

use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::{Act, OpeningEntry, StoreError};
use crate::{
    model::{
        CompanyId, CostRecord, DocumentKey, DocumentType, FamilyId, HeldDocument, PostedPlace,
        Posting, ProjectId, ReadKind, RoundingRow, SourceKey,
    },
    resolve::{Adoption, Decisions},
    states::{Cause, Finding, RecordState},
};

/// A writer's right to write: it grows with each writer, and a smaller one is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Epoch(pub i64);

/// What a store remembers of the pair of companies that it belongs to; it never changes silently.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// Procore's company.
    pub company: CompanyId,
    /// Procore's base URL: production and sandbox never mix.
    pub environment: String,
    /// SAP's company database, with the host it is served by.
    pub ledger: String,
    /// The recognition basis.
    pub basis: String,
    /// The cut-over.
    pub start_date: NaiveDate,
    /// What the books held at the cut-over.
    pub opening: String,
    /// Where documents carry their keys; empty in a state of an earlier version, until a cycle takes it over.
    #[serde(default)]
    pub reference: String,
}

/// How far one list of one project has been read. A list without one has never been followed to its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// The project.
    pub project: ProjectId,
    /// The list.
    pub kind: ReadKind,
    /// The latest `updated_at` whose records are stored; `None` before any.
    pub high_water: Option<DateTime<Utc>>,
    /// When the list was last read in full, without a filter; `None` where an item has not decoded each time.
    pub full_read_at: Option<DateTime<Utc>>,
}

impl Cursor {
    /// Moves to a newer cursor of the same list; its mark never moves back.
    pub(crate) fn advance(&mut self, other: &Self) {
        // `None` is before every moment.
        self.high_water = self.high_water.max(other.high_water);
        // This machine's clock, not Procore's: one that was ahead is set right.
        self.full_read_at = other.full_read_at.or(self.full_read_at);
    }
}

/// Since when, and in how many cycles, a posted record has been seen outside its status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settling {
    /// First seen so.
    pub since: DateTime<Utc>,
    /// Cycles that saw it so.
    pub cycles: u32,
    /// The last of them. A state of an earlier version has none until the next one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen_in_cycle: Option<i64>,
}

/// One record with everything that is known of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredRecord {
    /// The record as it was last read.
    pub record: CostRecord,
    /// The fingerprint of the record when it was last planned; empty before.
    pub fingerprint: String,
    /// Its state.
    pub state: RecordState,
    /// Why it waits, is held or was rejected.
    pub cause: Option<Cause>,
    /// What is worth knowing of it.
    pub findings: Vec<Finding>,
    /// Whether it was missing from the last full list.
    pub absent: bool,
    /// When it was first read.
    pub first_seen_at: DateTime<Utc>,
    /// When a sweep, or the reading that stored the record, last read its lines. A state of an earlier version
    /// has none until then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lines_read_at: Option<DateTime<Utc>>,
    /// The day it was first seen in a postable status.
    pub first_postable_on: Option<NaiveDate>,
    /// Whether that was the project's first cycle, which cannot know when it became so.
    pub postable_at_first_cycle: bool,
    /// Set while it is seen outside its status although money of it stands in SAP.
    pub settling: Option<Settling>,
    /// Set when it is on the opening list.
    pub opening: Option<OpeningEntry>,
    /// The posting date that was settled when it was first planned.
    pub posting_date: Option<NaiveDate>,
    /// The project's day on which the change that it is planned for was first seen; `None` where it stands as
    /// planned. A state of an earlier version has none until the record is planned again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change_seen_on: Option<NaiveDate>,
    /// The highest sequence ever used for it.
    pub sequence: u32,
    /// The highest sequence used when SAP last refused the record's vendor reference; 0 before.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub reference_refused: u32,
    /// The documents that SAP held when it was last looked up.
    pub documents: Vec<HeldDocument>,
    /// The cycle that last planned it.
    pub planned_in_cycle: i64,
    /// What people decided on it.
    #[serde(default, alias = "resolution", deserialize_with = "crate::resolve::one_or_many")]
    pub decisions: Decisions,
    /// The A/P invoice that a person took for the record's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adopted: Option<Adoption>,
    /// Sequences whose cancelled, rejected or vanished documents a person answered by posting again.
    #[serde(default)]
    pub answered: Vec<u32>,
    /// How many tiers the project's change orders had when this one was last read; of a change order,
    /// where the source tells it.
    #[serde(default)]
    pub tiers: Option<i64>,
    /// Set on a posted change order that the lists of another tier do not show, or show with another
    /// commitment or amount, until a person has matched it.
    #[serde(default)]
    pub unmatched: bool,
    /// Where its lines were posted, of a record of which SAP holds sums of lines: they do not tell it.
    #[serde(default)]
    pub places: Vec<PostedPlace>,
    /// The units that rounding moved onto its lines, as they stand in SAP: its rows of the rounding
    /// ledger. A state of an earlier version has none until the record is planned again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rounding: Vec<RoundingRow>,
}

impl StoredRecord {
    /// A record of which nothing is known but what was just read: not planned, not in SAP, in no
    /// status that counts.
    #[must_use]
    pub fn unplanned(record: CostRecord, first_seen_at: DateTime<Utc>) -> Self {
        Self {
            record,
            fingerprint: String::new(),
            state: RecordState::Pending,
            cause: None,
            findings: Vec::new(),
            absent: false,
            first_seen_at,
            lines_read_at: None,
            first_postable_on: None,
            postable_at_first_cycle: false,
            settling: None,
            opening: None,
            posting_date: None,
            change_seen_on: None,
            sequence: 0,
            reference_refused: 0,
            documents: Vec::new(),
            planned_in_cycle: 0,
            decisions: Decisions::default(),
            adopted: None,
            answered: Vec::new(),
            tiers: None,
            unmatched: false,
            places: Vec::new(),
            rounding: Vec::new(),
        }
    }

    /// The record's key.
    #[must_use]
    pub fn key(&self) -> SourceKey {
        self.record.key
    }

    /// Whether a person took this A/P invoice for the record's own.
    #[must_use]
    pub fn has_adopted(&self, doc_entry: i64) -> bool {
        self.adopted.as_ref().is_some_and(|adoption| adoption.doc_entry == doc_entry)
    }

    /// The family in which it is planned.
    #[must_use]
    pub fn family(&self) -> FamilyId {
        self.record.family()
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks by reference")]
const fn is_zero(sequence: &u32) -> bool {
    *sequence == 0
}

/// Where an intent is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IntentState {
    /// Stored before the post; no result yet.
    InFlight,
    /// SAP holds the document.
    Posted,
    /// SAP refused it, or it was provably never executed.
    Rejected,
    /// Sent, without a trustworthy answer.
    Uncertain,
}

impl IntentState {
    /// The name in the store.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::InFlight => "in_flight",
            Self::Posted => "posted",
            Self::Rejected => "rejected",
            Self::Uncertain => "uncertain",
        }
    }

    /// Reads a name back.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::InFlight, Self::Posted, Self::Rejected, Self::Uncertain]
            .into_iter()
            .find(|state| state.name() == name)
    }
}

/// A document that is about to be posted: written before the first byte leaves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intent {
    /// The document's key.
    pub key: DocumentKey,
    /// The document as a value, for the adoption test.
    pub posting: Posting,
    /// The entity set.
    pub document_type: DocumentType,
    /// The exact bytes to be sent.
    pub body: Vec<u8>,
    /// Where it is.
    pub state: IntentState,
    /// When it was written.
    pub written_at: DateTime<Utc>,
    /// When its request was given up, by the store's time; absence counts only `unknown_settle` later.
    pub given_up_at: Option<DateTime<Utc>>,
    /// The writer that wrote it.
    pub epoch: Epoch,
    /// The cycle that wrote it.
    pub cycle: i64,
}

/// Records that were read, with the cursor that they allow: stored together or not at all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReadBatch {
    /// New and changed records.
    pub records: Vec<StoredRecord>,
    /// The cursor after them; `None` leaves it where it is.
    pub cursor: Option<Cursor>,
}

/// The result of one intent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResultRow {
    /// The document's key.
    pub key: DocumentKey,
    /// Where the intent is now.
    pub state: IntentState,
    /// When the request was given up, where it had no answer.
    pub given_up_at: Option<DateTime<Utc>>,
    /// `DocEntry`, where SAP holds the document.
    pub doc_entry: Option<i64>,
    /// SAP's message, or what is known.
    pub detail: String,
}

/// Results with the records as they stand after them: stored together or not at all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResultBatch {
    /// Results of intents.
    pub results: Vec<ResultRow>,
    /// The records, whole.
    pub records: Vec<StoredRecord>,
}

/// How a cycle ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CycleStatus {
    /// Still running, or killed.
    Open,
    /// Everything was gone through.
    Done,
    /// Something could not be read or was stopped; the rest is done.
    Partial,
    /// Nothing was written.
    Failed,
}

impl CycleStatus {
    /// The name in reports and in the store.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Done => "done",
            Self::Partial => "partial",
            Self::Failed => "failed",
        }
    }
}

/// One cycle, as the store remembers it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CycleRow {
    /// Its number.
    pub number: i64,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it ended.
    pub finished_at: Option<DateTime<Utc>>,
    /// How it ended.
    pub status: CycleStatus,
}

/// Where the state lives between cycles.
///
/// Laws: each writing call is one transaction, kept whole or lost whole; a call with an epoch that
/// is not the newest writes nothing and answers `lease_lost`; what was written is read back equal,
/// every digit and byte; the mark of a cursor never moves back; an intent's key is written once; an act is never
/// changed or dropped; readers are never shut out by a writer.
#[async_trait]
pub trait StateStore: Send + Sync {
    /// Becomes the writer, with a new epoch.
    ///
    /// # Errors
    ///
    /// `lease_held` while another process writes.
    async fn acquire_writer(&self, now: DateTime<Utc>) -> Result<Epoch, StoreError>;

    /// Stops being the writer.
    ///
    /// # Errors
    ///
    /// When the store cannot be reached; the right ends with the process all the same.
    async fn release_writer(&self, epoch: Epoch) -> Result<(), StoreError>;

    /// How long the right to write surely lasts if nobody renews it, counted from the answer; `None` when it lasts as long
    /// as the process. The engine asks before each document, and sends none that the right might not outlast.
    ///
    /// # Errors
    ///
    /// `lease_lost` for an epoch that is not the writer's, or when the store cannot be reached.
    async fn writer_lasts(&self, epoch: Epoch) -> Result<Option<Duration>, StoreError>;

    /// The present moment by the clock that everybody who shares the store has in common: `here` where that is
    /// one machine's, the database's where it is a server. What is counted between two cycles, which two
    /// machines may have gone through, is counted by it.
    ///
    /// # Errors
    ///
    /// When the store cannot be asked.
    async fn time(&self, here: DateTime<Utc>) -> Result<DateTime<Utc>, StoreError> {
        Ok(here)
    }

    /// The store's own name: made with it, never changed, copied with it.
    ///
    /// # Errors
    ///
    /// When the store cannot be read.
    async fn id(&self) -> Result<String, StoreError>;

    /// The companies that the store belongs to; `None` when it is new.
    ///
    /// # Errors
    ///
    /// When the store cannot be read.
    async fn profile(&self) -> Result<Option<Profile>, StoreError>;

    /// Remembers the companies.
    ///
    /// # Errors
    ///
    /// `lease_lost`, or when the store cannot be written.
    async fn set_profile(&self, profile: &Profile, epoch: Epoch) -> Result<(), StoreError>;

    /// Begins a cycle and answers its number, one above the highest.
    ///
    /// # Errors
    ///
    /// `lease_lost`, or when the store cannot be written.
    async fn open_cycle(&self, started_at: DateTime<Utc>, epoch: Epoch) -> Result<i64, StoreError>;

    /// Ends a cycle.
    ///
    /// # Errors
    ///
    /// `lease_lost`, or when the store cannot be written.
    async fn close_cycle(&self, row: &CycleRow, epoch: Epoch) -> Result<(), StoreError>;

    /// The newest cycle.
    ///
    /// # Errors
    ///
    /// When the store cannot be read.
    async fn last_cycle(&self) -> Result<Option<CycleRow>, StoreError>;

    /// The cycle with this number, as long as the store remembers it.
    ///
    /// # Errors
    ///
    /// When the store cannot be read.
    async fn cycle(&self, number: i64) -> Result<Option<CycleRow>, StoreError>;

    /// How far the lists of a project have been read.
    ///
    /// # Errors
    ///
    /// When the store cannot be read.
    async fn cursors(&self, project: ProjectId) -> Result<Vec<Cursor>, StoreError>;

    /// Stores what was read.
    ///
    /// # Errors
    ///
    /// `lease_lost`, or when the store cannot be written.
    async fn save_read(&self, batch: &ReadBatch, epoch: Epoch) -> Result<(), StoreError>;

    /// The records with these keys that the store knows.
    ///
    /// # Errors
    ///
    /// When the store cannot be read.
    async fn records(&self, keys: &[SourceKey]) -> Result<Vec<StoredRecord>, StoreError>;

    /// Every record of these families of a project, in no order.
    ///
    /// # Errors
    ///
    /// When the store cannot be read.
    async fn families(
        &self,
        project: ProjectId,
        families: &[FamilyId],
    ) -> Result<Vec<StoredRecord>, StoreError>;

    /// Every record of a project, in no order.
    ///
    /// # Errors
    ///
    /// When the store cannot be read.
    async fn project_records(&self, project: ProjectId) -> Result<Vec<StoredRecord>, StoreError>;

    /// Key, family and state of every record of a project.
    ///
    /// # Errors
    ///
    /// When the store cannot be read.
    async fn project_states(
        &self,
        project: ProjectId,
    ) -> Result<Vec<(SourceKey, FamilyId, RecordState)>, StoreError>;

    /// The records that wait for a person, of every project.
    ///
    /// # Errors
    ///
    /// When the store cannot be read.
    async fn exceptions(&self) -> Result<Vec<StoredRecord>, StoreError>;

    /// The record that a person took this A/P invoice for, of whatever project; `None` where nobody did.
    ///
    /// # Errors
    ///
    /// When the store cannot be read.
    async fn adopter_of(&self, doc_entry: i64) -> Result<Option<SourceKey>, StoreError>;

    /// Writes intents, all or none.
    ///
    /// # Errors
    ///
    /// `lease_lost`, or when the store cannot be written; no document may be sent then.
    async fn record_intents(&self, intents: &[Intent], epoch: Epoch) -> Result<(), StoreError>;

    /// Writes results and records, all or none.
    ///
    /// # Errors
    ///
    /// `lease_lost`, or when the store cannot be written.
    async fn record_results(&self, batch: &ResultBatch, epoch: Epoch) -> Result<(), StoreError>;

    /// The intents that have no result yet: in flight or uncertain.
    ///
    /// # Errors
    ///
    /// When the store cannot be read.
    async fn open_intents(&self) -> Result<Vec<Intent>, StoreError>;

    /// Every intent of a record, by sequence.
    ///
    /// # Errors
    ///
    /// When the store cannot be read.
    async fn intents(&self, key: &SourceKey) -> Result<Vec<Intent>, StoreError>;

    /// Writes what a person did, with the records as they stand after it: all or nothing.
    ///
    /// # Errors
    ///
    /// `lease_lost`, or when the store cannot be written.
    async fn record_act(
        &self,
        act: &Act,
        records: &[StoredRecord],
        epoch: Epoch,
    ) -> Result<(), StoreError>;

    /// What people did about a record, or with `None` about the store itself; the oldest first.
    ///
    /// # Errors
    ///
    /// When the store cannot be read.
    async fn acts(&self, key: Option<&SourceKey>) -> Result<Vec<Act>, StoreError>;

    /// Drops of the time before a moment what nothing needs any more: the payload bytes of documents
    /// whose result is settled, and the rows of ended cycles before the oldest that stays. Keys,
    /// sequences, results, records, acts and the newest cycle stay: they keep a document from being
    /// posted twice.
    ///
    /// One call is one transaction of bounded size: it answers how much it dropped, and is called
    /// again until that is nothing.
    ///
    /// # Errors
    ///
    /// `lease_lost`, or when the store cannot be written.
    async fn compact(&self, before: DateTime<Utc>, epoch: Epoch) -> Result<u64, StoreError>;
}
