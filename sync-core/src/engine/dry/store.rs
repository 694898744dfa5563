//! A store that writes nothing: it answers from the real one and keeps what is written beside it.

use std::{collections::BTreeMap, time::Duration};

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::{
    memory::MemoryStore,
    model::{FamilyId, ProjectId, SourceKey},
    ports::{
        Act, Cursor, CycleRow, Epoch, Intent, Profile, ReadBatch, ResultBatch, StateStore,
        StoreError, StoredRecord,
    },
    states::RecordState,
};

/// A store over a real one. Its memory grows with what is written, not with what the real one holds.
///
/// Its writer is its own: the real one may be written by another process meanwhile, as by any writer
/// beside a reader.
pub(in crate::engine) struct DryStore<'a> {
    real: &'a dyn StateStore,
    /// What was written, and the open intents from the beginning: what ends them is written here.
    written: MemoryStore,
}

impl<'a> DryStore<'a> {
    /// A store over `real`, which passes for it.
    ///
    /// # Errors
    ///
    /// When the real store cannot be read.
    pub(in crate::engine) async fn over(
        real: &'a dyn StateStore,
        now: DateTime<Utc>,
    ) -> Result<Self, StoreError> {
        let written = MemoryStore::passing_for(real.id().await?, real.last_cycle().await?);
        let epoch = written.acquire_writer(now).await?;
        written.record_intents(&real.open_intents().await?, epoch).await?;
        written.release_writer(epoch).await?;
        Ok(Self { real, written })
    }

    /// What the real store answered, without the records that were written since, and those of them that
    /// belong to the question.
    fn beside(&self, mut real: Vec<StoredRecord>, written: Vec<StoredRecord>) -> Vec<StoredRecord> {
        real.retain(|record| !self.written.holds(&record.key()));
        real.extend(written);
        real
    }
}

#[async_trait]
impl StateStore for DryStore<'_> {
    async fn acquire_writer(&self, now: DateTime<Utc>) -> Result<Epoch, StoreError> {
        self.written.acquire_writer(now).await
    }

    async fn release_writer(&self, epoch: Epoch) -> Result<(), StoreError> {
        self.written.release_writer(epoch).await
    }

    async fn writer_lasts(&self, epoch: Epoch) -> Result<Option<Duration>, StoreError> {
        self.written.writer_lasts(epoch).await
    }

    async fn time(&self, here: DateTime<Utc>) -> Result<DateTime<Utc>, StoreError> {
        self.real.time(here).await
    }

    async fn id(&self) -> Result<String, StoreError> {
        self.written.id().await
    }

    async fn profile(&self) -> Result<Option<Profile>, StoreError> {
        match self.written.profile().await? {
            Some(written) => Ok(Some(written)),
            None => self.real.profile().await,
        }
    }

    async fn set_profile(&self, profile: &Profile, epoch: Epoch) -> Result<(), StoreError> {
        self.written.set_profile(profile, epoch).await
    }

    async fn open_cycle(&self, started_at: DateTime<Utc>, epoch: Epoch) -> Result<i64, StoreError> {
        self.written.open_cycle(started_at, epoch).await
    }

    async fn close_cycle(&self, row: &CycleRow, epoch: Epoch) -> Result<(), StoreError> {
        self.written.close_cycle(row, epoch).await
    }

    async fn last_cycle(&self) -> Result<Option<CycleRow>, StoreError> {
        self.written.last_cycle().await
    }

    async fn cycle(&self, number: i64) -> Result<Option<CycleRow>, StoreError> {
        match self.written.cycle(number).await? {
            Some(written) => Ok(Some(written)),
            None => self.real.cycle(number).await,
        }
    }

    async fn cursors(&self, project: ProjectId) -> Result<Vec<Cursor>, StoreError> {
        let mut cursors: BTreeMap<_, Cursor> = BTreeMap::new();
        let real = self.real.cursors(project).await?;
        for cursor in real.into_iter().chain(self.written.cursors(project).await?) {
            cursors.entry(cursor.kind).and_modify(|known| known.advance(&cursor)).or_insert(cursor);
        }
        Ok(cursors.into_values().collect())
    }

    async fn save_read(&self, batch: &ReadBatch, epoch: Epoch) -> Result<(), StoreError> {
        self.written.save_read(batch, epoch).await
    }

    async fn records(&self, keys: &[SourceKey]) -> Result<Vec<StoredRecord>, StoreError> {
        Ok(self.beside(self.real.records(keys).await?, self.written.records(keys).await?))
    }

    async fn families(
        &self,
        project: ProjectId,
        families: &[FamilyId],
    ) -> Result<Vec<StoredRecord>, StoreError> {
        let written = self.written.families(project, families).await?;
        Ok(self.beside(self.real.families(project, families).await?, written))
    }

    async fn project_records(&self, project: ProjectId) -> Result<Vec<StoredRecord>, StoreError> {
        let written = self.written.project_records(project).await?;
        Ok(self.beside(self.real.project_records(project).await?, written))
    }

    async fn project_states(
        &self,
        project: ProjectId,
    ) -> Result<Vec<(SourceKey, FamilyId, RecordState)>, StoreError> {
        let mut states = self.real.project_states(project).await?;
        states.retain(|(key, _, _)| !self.written.holds(key));
        states.extend(self.written.project_states(project).await?);
        Ok(states)
    }

    async fn exceptions(&self) -> Result<Vec<StoredRecord>, StoreError> {
        Ok(self.beside(self.real.exceptions().await?, self.written.exceptions().await?))
    }

    async fn adopter_of(&self, doc_entry: i64) -> Result<Option<SourceKey>, StoreError> {
        let real = self.real.adopter_of(doc_entry).await?.filter(|key| !self.written.holds(key));
        Ok(self.written.adopter_of(doc_entry).await?.or(real))
    }

    async fn record_intents(&self, intents: &[Intent], epoch: Epoch) -> Result<(), StoreError> {
        self.written.record_intents(intents, epoch).await
    }

    async fn record_results(&self, batch: &ResultBatch, epoch: Epoch) -> Result<(), StoreError> {
        self.written.record_results(batch, epoch).await
    }

    async fn open_intents(&self) -> Result<Vec<Intent>, StoreError> {
        self.written.open_intents().await
    }

    async fn intents(&self, key: &SourceKey) -> Result<Vec<Intent>, StoreError> {
        let real = self.real.intents(key).await?.into_iter();
        let written = self.written.intents(key).await?.into_iter();
        let by_key: BTreeMap<_, Intent> =
            real.chain(written).map(|intent| (intent.key, intent)).collect();
        Ok(by_key.into_values().collect())
    }

    async fn record_act(
        &self,
        act: &Act,
        records: &[StoredRecord],
        epoch: Epoch,
    ) -> Result<(), StoreError> {
        self.written.record_act(act, records, epoch).await
    }

    async fn acts(&self, key: Option<&SourceKey>) -> Result<Vec<Act>, StoreError> {
        let mut acts = self.real.acts(key).await?;
        acts.extend(self.written.acts(key).await?);
        Ok(acts)
    }

    async fn compact(&self, before: DateTime<Utc>, epoch: Epoch) -> Result<u64, StoreError> {
        self.written.compact(before, epoch).await
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use futures_util::FutureExt as _;

    use super::*;
    use crate::{
        contract::{
            self,
            store::samples::{PROJECT, at, commitment, intent, key, result},
        },
        model::{ChangeOrder, Kind, ReadKind, RecordBody},
        ports::IntentState,
    };

    /// Nothing in memory waits for the outside.
    fn run<T>(future: impl Future<Output = T>) -> T {
        future.now_or_never().expect("a store in memory answers at once")
    }

    fn change_order_of(commitment_id: i64) -> StoredRecord {
        let mut stored = commitment(5, RecordState::Pending);
        stored.record.key = key(Kind::ChangeOrder, 5);
        stored.record.body = RecordBody::ChangeOrder(ChangeOrder {
            commitment_id,
            grand_total: None,
            reviewed_on: None,
            lines: Vec::new(),
        });
        stored
    }

    fn keys(mut records: Vec<StoredRecord>) -> Vec<(i64, RecordState)> {
        records.sort_by_key(StoredRecord::key);
        records.iter().map(|record| (record.key().id, record.state)).collect()
    }

    fn cursor(high_water: i64, full_read_at: Option<i64>) -> Cursor {
        Cursor {
            project: PROJECT,
            kind: ReadKind::ALL[0],
            high_water: Some(at(high_water)),
            full_read_at: full_read_at.map(at),
        }
    }

    #[test]
    fn over_an_empty_store_it_obeys_every_law_of_a_store() {
        run(contract::store::suite(async || {
            let real: &'static MemoryStore = Box::leak(Box::new(MemoryStore::new()));
            Box::new(DryStore::over(real, at(0)).await.unwrap()) as Box<dyn StateStore>
        }));
    }

    #[test]
    fn what_is_written_stands_in_the_place_of_what_the_real_store_holds_and_never_reaches_it() {
        run(async {
            let real = MemoryStore::new();
            let writer = real.acquire_writer(at(0)).await.unwrap();
            let records =
                vec![commitment(1, RecordState::Held), commitment(2, RecordState::Posted)];
            let batch = ReadBatch { records, cursor: Some(cursor(5, Some(9))) };
            real.save_read(&batch, writer).await.unwrap();

            let dry = DryStore::over(&real, at(1)).await.unwrap();
            let epoch = dry.acquire_writer(at(1)).await.unwrap();
            let records =
                vec![commitment(1, RecordState::Posted), commitment(3, RecordState::Held)];
            let batch = ReadBatch { records, cursor: Some(cursor(7, None)) };
            dry.save_read(&batch, epoch).await.unwrap();

            let all = [1, 2, 3].map(|id| key(Kind::Subcontract, id));
            let families = [1, 2, 3].map(FamilyId::Commitment);
            let expected =
                [(1, RecordState::Posted), (2, RecordState::Posted), (3, RecordState::Held)];
            assert_eq!(keys(dry.records(&all).await.unwrap()), expected);
            assert_eq!(keys(dry.families(PROJECT, &families).await.unwrap()), expected);
            assert_eq!(keys(dry.project_records(PROJECT).await.unwrap()), expected);
            let mut states = dry.project_states(PROJECT).await.unwrap();
            states.sort();
            let states: Vec<_> = states.iter().map(|(key, _, state)| (key.id, *state)).collect();
            assert_eq!(states, expected);
            assert_eq!(keys(dry.exceptions().await.unwrap()), [(3, RecordState::Held)]);
            assert_eq!(dry.cursors(PROJECT).await.unwrap(), [cursor(7, Some(9))]);

            let before = [(1, RecordState::Held), (2, RecordState::Posted)];
            assert_eq!(keys(real.project_records(PROJECT).await.unwrap()), before);
            assert_eq!(real.cursors(PROJECT).await.unwrap(), [cursor(5, Some(9))]);
            real.writer_lasts(writer).await.expect("the real store's writer is still the writer");
        });
    }

    #[test]
    fn a_record_that_moved_to_another_family_is_in_that_one_alone() {
        run(async {
            let real = MemoryStore::new();
            let writer = real.acquire_writer(at(0)).await.unwrap();
            let batch = ReadBatch { records: vec![change_order_of(1)], cursor: None };
            real.save_read(&batch, writer).await.unwrap();
            let dry = DryStore::over(&real, at(1)).await.unwrap();
            let epoch = dry.acquire_writer(at(1)).await.unwrap();
            let batch = ReadBatch { records: vec![change_order_of(2)], cursor: None };
            dry.save_read(&batch, epoch).await.unwrap();
            let of_family = async |id| {
                let families = [FamilyId::Commitment(id)];
                keys(dry.families(PROJECT, &families).await.unwrap())
            };
            assert_eq!(of_family(1).await, []);
            assert_eq!(of_family(2).await, [(5, RecordState::Pending)]);
        });
    }

    #[test]
    fn an_open_intent_is_ended_here_and_stays_open_in_the_real_store() {
        run(async {
            let real = MemoryStore::new();
            let writer = real.acquire_writer(at(0)).await.unwrap();
            let [settled, open, new] = [1, 2, 3].map(|sequence| intent(sequence, writer));
            real.record_intents(&[settled.clone(), open.clone()], writer).await.unwrap();
            let results = vec![result(&settled, IntentState::Posted, None)];
            let batch = ResultBatch { results, records: Vec::new() };
            real.record_results(&batch, writer).await.unwrap();

            let dry = DryStore::over(&real, at(1)).await.unwrap();
            let epoch = dry.acquire_writer(at(1)).await.unwrap();
            assert_eq!(dry.open_intents().await.unwrap(), std::slice::from_ref(&open));
            let results = vec![result(&open, IntentState::Rejected, None)];
            let batch = ResultBatch { results, records: Vec::new() };
            dry.record_results(&batch, epoch).await.unwrap();
            dry.record_intents(&[new], epoch).await.unwrap();

            let states = async |store: &dyn StateStore| -> Vec<(u32, IntentState)> {
                let intents = store.intents(&open.key.source).await.unwrap();
                intents.iter().map(|intent| (intent.key.sequence, intent.state)).collect()
            };
            let (posted, rejected) = (IntentState::Posted, IntentState::Rejected);
            let expected = [(1, posted), (2, rejected), (3, IntentState::InFlight)];
            assert_eq!(states(&dry).await, expected);
            assert_eq!(states(&real).await, [(1, posted), (2, IntentState::InFlight)]);
        });
    }
}
