//! The reference store: everything in one mutex, each writing call one transaction.
//!
//! It carries the switches that a simulation needs: a write that fails although it was kept, a write
//! that is lost, and a backup that is restored.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};

use super::outdated::Outdated;
use crate::{
    model::{DocumentKey, FamilyId, ProjectId, ReadKind, SourceKey},
    ports::{
        Act, Cursor, CycleRow, CycleStatus, Epoch, Intent, IntentState, Profile, ReadBatch,
        ResultBatch, ResultRow, StateStore, StoreError, StoreErrorKind, StoredRecord,
    },
    states::RecordState,
};

/// How a write fails. Either way its caller reads `store_unavailable` and cannot tell which it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WriteFault {
    /// The whole transaction is lost.
    Lost,
    /// The whole transaction is kept; only the answer is lost.
    Kept,
}

/// Everything that a store held at one moment: a backup.
#[derive(Clone, Debug)]
pub struct MemorySnapshot(Data);

/// A store in memory. Clones share one store, as several handles share one file.
///
/// A new writer always takes over: its epoch is one above the last, and the writer before it is
/// refused. A write that the store refuses anyway (a lost lease, a key written twice) uses up no
/// planned fault.
#[derive(Clone, Debug, Default)]
pub struct MemoryStore {
    inner: Arc<Mutex<Inner>>,
}

#[derive(Debug, Default)]
struct Inner {
    data: Data,
    /// The writer of the moment; not part of a backup.
    writer: Option<Epoch>,
    /// What the next questions for the right's end are answered; afterwards it lasts as long as the process.
    lasting: VecDeque<Duration>,
    /// What the store's own clock is ahead of the callers'; not part of a backup.
    ahead: TimeDelta,
    /// Whether another writer takes over after the next intents.
    replaced_after_intents: bool,
    /// What becomes of the next transactions, in order.
    planned: VecDeque<Option<WriteFault>>,
    /// Transactions so far, lost ones among them.
    writes: u64,
}

#[derive(Clone, Debug)]
struct Data {
    id: String,
    epoch: i64,
    profile: Option<Profile>,
    cycles: BTreeMap<i64, CycleRow>,
    cursors: BTreeMap<(ProjectId, ReadKind), Cursor>,
    records: BTreeMap<SourceKey, StoredRecord>,
    intents: BTreeMap<DocumentKey, Intent>,
    results: BTreeMap<DocumentKey, ResultRow>,
    acts: Vec<Act>,
}

/// Stores that this process has made: the only randomness that a name of one needs.
static MADE: AtomicU64 = AtomicU64::new(0);

impl Default for Data {
    fn default() -> Self {
        Self {
            id: format!("memory-{}", MADE.fetch_add(1, Ordering::Relaxed)),
            epoch: 0,
            profile: None,
            cycles: BTreeMap::new(),
            cursors: BTreeMap::new(),
            records: BTreeMap::new(),
            intents: BTreeMap::new(),
            results: BTreeMap::new(),
            acts: Vec::new(),
        }
    }
}

impl MemoryStore {
    /// An empty store that passes for another one, in its newest cycle.
    #[must_use]
    pub fn passing_for(id: String, last_cycle: Option<CycleRow>) -> Self {
        let store = Self::default();
        let mut inner = store.lock();
        inner.data.id = id;
        inner.data.cycles.extend(last_cycle.map(|row| (row.number, row)));
        drop(inner);
        store
    }

    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Lets the next write fail that has no fault planned yet.
    pub fn fail_next_write(&self, fault: WriteFault) {
        self.lock().planned.push_back(Some(fault));
    }

    /// Lets `passing` writes through and fails the one after them. Earlier plans come first.
    pub fn fail_write_after(&self, passing: usize, fault: WriteFault) {
        let mut inner = self.lock();
        inner.planned.extend(std::iter::repeat_n(None, passing));
        inner.planned.push_back(Some(fault));
    }

    /// Forgets the faults that are still planned.
    pub fn clear_faults(&self) {
        self.lock().planned.clear();
    }

    /// Lets another writer take over as soon as the next intents are written.
    pub fn replace_after_intents(&self) {
        self.lock().replaced_after_intents = true;
    }

    /// Lets the right to write last this long when it is next asked for, one answer after the other; afterwards it lasts as
    /// long as the process again.
    pub fn let_the_right_last(&self, answers: impl IntoIterator<Item = Duration>) {
        self.lock().lasting.extend(answers);
    }

    /// Gives the store a clock of its own, which is so far ahead of that of its callers.
    pub fn keep_time(&self, ahead: TimeDelta) {
        self.lock().ahead = ahead;
    }

    /// The transactions so far, lost ones among them: the number of places to crash at.
    #[must_use]
    pub fn writes(&self) -> u64 {
        self.lock().writes
    }

    /// A backup of everything that is stored.
    #[must_use]
    pub fn snapshot(&self) -> MemorySnapshot {
        MemorySnapshot(self.lock().data.clone())
    }

    /// Puts a backup in the place of everything that is stored, the last epoch included; whoever was
    /// the writer is no more.
    pub fn restore(&self, backup: &MemorySnapshot) {
        let mut inner = self.lock();
        inner.data = backup.0.clone();
        inner.writer = None;
    }

    /// Whether it knows a record, without copying it.
    pub(crate) fn holds(&self, key: &SourceKey) -> bool {
        self.lock().data.records.contains_key(key)
    }

    /// The result that was last written for a document.
    #[must_use]
    pub fn result(&self, key: &DocumentKey) -> Option<ResultRow> {
        self.lock().data.results.get(key).cloned()
    }

    /// A panic elsewhere cannot leave half a transaction behind: changes are made on a copy of what
    /// they touch, or after every check.
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    /// Refuses a writer whose epoch is not the newest.
    fn check(&self, epoch: Epoch) -> Result<(), StoreError> {
        if self.writer == Some(epoch) { Ok(()) } else { Err(lease_lost(epoch, self.data.epoch)) }
    }

    /// Makes a change that was checked, unless a fault is planned for it.
    fn commit<T>(&mut self, change: impl FnOnce(&mut Data) -> T) -> Result<T, StoreError> {
        self.writes += 1;
        match self.planned.pop_front().flatten() {
            Some(WriteFault::Lost) => Err(crashed()),
            Some(WriteFault::Kept) => {
                change(&mut self.data);
                Err(crashed())
            }
            None => Ok(change(&mut self.data)),
        }
    }
}

impl Data {
    fn put_records(&mut self, records: &[StoredRecord]) {
        for record in records {
            self.records.insert(record.key(), record.clone());
        }
    }

    fn put_cursor(&mut self, new: &Cursor) {
        let cursor = self.cursors.entry((new.project, new.kind)).or_insert_with(|| new.clone());
        cursor.advance(new);
    }

    fn put_result(&mut self, row: &ResultRow) {
        if let Some(intent) = self.intents.get_mut(&row.key) {
            intent.state = row.state;
            // The moment from which absence counts is moved, never forgotten.
            intent.given_up_at = row.given_up_at.or(intent.given_up_at);
        }
        self.results.insert(row.key, row.clone());
    }

    fn select(&self, matches: impl Fn(&StoredRecord) -> bool) -> Vec<StoredRecord> {
        self.records.values().filter(|record| matches(record)).cloned().collect()
    }
}

fn lease_lost(epoch: Epoch, newest: i64) -> StoreError {
    StoreError::new(
        StoreErrorKind::LeaseLost,
        format!(
            "the writer with epoch {} does not write here any more (newest epoch: {newest})",
            epoch.0
        ),
    )
}

fn crashed() -> StoreError {
    StoreError::new(
        StoreErrorKind::Unavailable,
        "the store broke off during a write; whether it was kept is not known",
    )
}

fn unusable(detail: String) -> StoreError {
    StoreError::new(StoreErrorKind::Unusable, detail)
}

#[async_trait]
impl StateStore for MemoryStore {
    async fn acquire_writer(&self, _now: DateTime<Utc>) -> Result<Epoch, StoreError> {
        let mut inner = self.lock();
        let epoch = inner.commit(|data| {
            data.epoch += 1;
            Epoch(data.epoch)
        })?;
        inner.writer = Some(epoch);
        Ok(epoch)
    }

    async fn release_writer(&self, epoch: Epoch) -> Result<(), StoreError> {
        let mut inner = self.lock();
        if inner.writer == Some(epoch) {
            inner.writer = None;
        }
        Ok(())
    }

    async fn writer_lasts(&self, epoch: Epoch) -> Result<Option<Duration>, StoreError> {
        let mut inner = self.lock();
        inner.check(epoch)?;
        Ok(inner.lasting.pop_front())
    }

    async fn time(&self, here: DateTime<Utc>) -> Result<DateTime<Utc>, StoreError> {
        Ok(here + self.lock().ahead)
    }

    async fn id(&self) -> Result<String, StoreError> {
        Ok(self.lock().data.id.clone())
    }

    async fn profile(&self) -> Result<Option<Profile>, StoreError> {
        Ok(self.lock().data.profile.clone())
    }

    async fn set_profile(&self, profile: &Profile, epoch: Epoch) -> Result<(), StoreError> {
        let mut inner = self.lock();
        inner.check(epoch)?;
        inner.commit(|data| data.profile = Some(profile.clone()))
    }

    async fn open_cycle(&self, started_at: DateTime<Utc>, epoch: Epoch) -> Result<i64, StoreError> {
        let mut inner = self.lock();
        inner.check(epoch)?;
        inner.commit(|data| {
            let number = data.cycles.last_key_value().map_or(1, |(last, _)| last + 1);
            let row = CycleRow { number, started_at, finished_at: None, status: CycleStatus::Open };
            data.cycles.insert(number, row);
            number
        })
    }

    async fn close_cycle(&self, row: &CycleRow, epoch: Epoch) -> Result<(), StoreError> {
        let mut inner = self.lock();
        inner.check(epoch)?;
        if !inner.data.cycles.contains_key(&row.number) {
            return Err(unusable(format!("cycle {} cannot end: it never began", row.number)));
        }
        inner.commit(|data| {
            data.cycles.insert(row.number, row.clone());
        })
    }

    async fn last_cycle(&self) -> Result<Option<CycleRow>, StoreError> {
        Ok(self.lock().data.cycles.last_key_value().map(|(_, row)| row.clone()))
    }

    async fn cycle(&self, number: i64) -> Result<Option<CycleRow>, StoreError> {
        Ok(self.lock().data.cycles.get(&number).cloned())
    }

    async fn cursors(&self, project: ProjectId) -> Result<Vec<Cursor>, StoreError> {
        let inner = self.lock();
        Ok(inner
            .data
            .cursors
            .values()
            .filter(|cursor| cursor.project == project)
            .cloned()
            .collect())
    }

    async fn save_read(&self, batch: &ReadBatch, epoch: Epoch) -> Result<(), StoreError> {
        let mut inner = self.lock();
        inner.check(epoch)?;
        inner.commit(|data| {
            data.put_records(&batch.records);
            if let Some(cursor) = &batch.cursor {
                data.put_cursor(cursor);
            }
        })
    }

    async fn records(&self, keys: &[SourceKey]) -> Result<Vec<StoredRecord>, StoreError> {
        let inner = self.lock();
        let keys: BTreeSet<&SourceKey> = keys.iter().collect();
        Ok(keys.into_iter().filter_map(|key| inner.data.records.get(key)).cloned().collect())
    }

    async fn families(
        &self,
        project: ProjectId,
        families: &[FamilyId],
    ) -> Result<Vec<StoredRecord>, StoreError> {
        Ok(self.lock().data.select(|record| {
            record.key().project == project && families.contains(&record.family())
        }))
    }

    async fn project_records(&self, project: ProjectId) -> Result<Vec<StoredRecord>, StoreError> {
        Ok(self.lock().data.select(|record| record.key().project == project))
    }

    async fn project_states(
        &self,
        project: ProjectId,
    ) -> Result<Vec<(SourceKey, FamilyId, RecordState)>, StoreError> {
        let inner = self.lock();
        let records = inner.data.records.values().filter(|record| record.key().project == project);
        Ok(records.map(|record| (record.key(), record.family(), record.state)).collect())
    }

    async fn exceptions(&self) -> Result<Vec<StoredRecord>, StoreError> {
        Ok(self.lock().data.select(|record| record.state.waits_for_a_person()))
    }

    async fn adopter_of(&self, doc_entry: i64) -> Result<Option<SourceKey>, StoreError> {
        let inner = self.lock();
        let mut records = inner.data.records.values();
        Ok(records.find(|record| record.has_adopted(doc_entry)).map(StoredRecord::key))
    }

    async fn record_intents(&self, intents: &[Intent], epoch: Epoch) -> Result<(), StoreError> {
        let mut inner = self.lock();
        inner.check(epoch)?;
        let mut seen = BTreeSet::new();
        for intent in intents {
            if inner.data.intents.contains_key(&intent.key) || !seen.insert(intent.key) {
                return Err(unusable(format!(
                    "the document {} has an intent already; its number is never used again",
                    intent.key
                )));
            }
        }
        inner.commit(|data| {
            data.intents.extend(intents.iter().map(|intent| (intent.key, intent.clone())));
        })?;
        if std::mem::take(&mut inner.replaced_after_intents) {
            inner.data.epoch += 1;
            inner.writer = None;
        }
        Ok(())
    }

    async fn record_results(&self, batch: &ResultBatch, epoch: Epoch) -> Result<(), StoreError> {
        let mut inner = self.lock();
        inner.check(epoch)?;
        for row in &batch.results {
            if !inner.data.intents.contains_key(&row.key) {
                return Err(unusable(format!(
                    "the document {} has a result but no intent",
                    row.key
                )));
            }
        }
        inner.commit(|data| {
            for row in &batch.results {
                data.put_result(row);
            }
            data.put_records(&batch.records);
        })
    }

    async fn open_intents(&self) -> Result<Vec<Intent>, StoreError> {
        let inner = self.lock();
        let open = |intent: &&Intent| {
            matches!(intent.state, IntentState::InFlight | IntentState::Uncertain)
        };
        Ok(inner.data.intents.values().filter(open).cloned().collect())
    }

    async fn intents(&self, key: &SourceKey) -> Result<Vec<Intent>, StoreError> {
        let inner = self.lock();
        // The map is in the order of keys, so the sequences of one record ascend.
        Ok(inner
            .data
            .intents
            .values()
            .filter(|intent| intent.key.source == *key)
            .cloned()
            .collect())
    }

    async fn record_act(
        &self,
        act: &Act,
        records: &[StoredRecord],
        epoch: Epoch,
    ) -> Result<(), StoreError> {
        let mut inner = self.lock();
        inner.check(epoch)?;
        inner.commit(|data| {
            data.acts.push(act.clone());
            data.put_records(records);
        })
    }

    async fn acts(&self, key: Option<&SourceKey>) -> Result<Vec<Act>, StoreError> {
        let inner = self.lock();
        Ok(inner.data.acts.iter().filter(|act| act.key.as_ref() == key).cloned().collect())
    }

    async fn compact(&self, before: DateTime<Utc>, epoch: Epoch) -> Result<u64, StoreError> {
        let mut inner = self.lock();
        inner.check(epoch)?;
        let outdated = Outdated::of(&inner.data.intents, &inner.data.cycles, before);
        if outdated.len() == 0 {
            return Ok(0);
        }
        inner.commit(|data| outdated.drop_from(&mut data.intents, &mut data.cycles))?;
        Ok(outdated.len())
    }
}
