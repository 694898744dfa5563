//! Reading a project's lists into the store, before any cursor passes them.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::{
    CycleOptions, Engine, ExceptionRow, Failure, Sweep, cycle::Cycle, project::gone_through,
    sweep::Headers,
};
use crate::{
    model::{CompanyId, CostRecord, FamilyId, Kind, ReadKind, SourceKey},
    money,
    plan::{opening_counts, shows_others},
    ports::{
        Changes, Chunk, Cursor, Progress, ReadBatch, ReadScope, Settling, SourceProject,
        StoredRecord, UnreadableRecord,
    },
    states::{Cause, Reason, RecordState},
};

/// What reading a project found besides the records themselves.
#[derive(Debug, Default)]
pub(super) struct ReadOutcome {
    /// Records that were answered in this cycle, with their lines.
    pub seen: BTreeSet<SourceKey>,
    /// Records that were answered by their headers, and what a sweep is to read of them.
    pub headers: Headers,
    /// Items that do not decode.
    pub unreadable: Vec<ExceptionRow>,
    /// Whether a list was read in full again, as a sweep asks for.
    pub swept: bool,
    /// How many tiers the project's change orders have, where the source told it.
    pub(super) tiers: Option<i64>,
}

impl ReadOutcome {
    /// Whether a list showed the record, whole or by its header.
    fn has(&self, key: &SourceKey) -> bool {
        self.seen.contains(key) || self.headers.listed.contains(key)
    }
}

/// One list of one project in one cycle.
#[derive(Clone, Copy)]
pub(super) struct List<'a> {
    pub(super) project: &'a SourceProject,
    pub(super) kind: ReadKind,
    today: NaiveDate,
    /// Whether no cycle has gone through all lists of the project yet.
    first_cycle: bool,
    /// Whether a record that did not change is noted as read: a sweep goes by it.
    noted: bool,
}

impl List<'_> {
    /// The list, read so that records that did not change are noted as read.
    pub(super) fn noted(self) -> Self {
        Self { noted: true, ..self }
    }
}

impl Engine<'_> {
    /// Reads every list of a project: in full the first time and in a sweep, else what changed.
    pub(super) async fn read_project(
        &self,
        cycle: &Cycle,
        project: &SourceProject,
        options: &CycleOptions,
    ) -> Result<ReadOutcome, Failure> {
        let cursors = self.store.cursors(project.id).await?;
        let cursor = |kind: ReadKind| cursors.iter().find(|cursor| cursor.kind == kind);
        let first_cycle = !gone_through(&cursors);
        let today = self.clock.today(project.time_zone.as_deref().unwrap_or(self.time_zone));
        let mut outcome = ReadOutcome::default();
        for kind in ReadKind::ALL {
            if self.stop.is_requested() {
                break;
            }
            let list = List { project, kind, today, first_cycle, noted: false };
            if let Some(only) = &options.only {
                self.read_named(cycle, &list, only, &mut outcome).await?;
                continue;
            }
            let own = cursor(kind);
            let full_read_at = own.and_then(|cursor| cursor.full_read_at);
            // A list that was empty has no mark yet: it is read in full until it has one, which costs the
            // same call.
            let marked = own.filter(|own| own.full_read_at.is_some() && own.high_water.is_some());
            let due = full_read_at.is_some_and(|at| options.sweep.takes(at, self.clock.now()));
            match (marked, options.sweep) {
                (Some(own), Sweep::Before(moment)) if due => {
                    self.sweep_list(cycle, &list, Some(moment), Some(own), &mut outcome).await?;
                }
                (Some(own), _) if !due => {
                    self.read_changes(cycle, &list, own, &mut outcome).await?;
                }
                // A first reading that was broken off goes on: what it stored is not read again. One with an
                // item that does not decode is swept as any other list.
                (_, Sweep::Nothing | Sweep::Before(_))
                    if full_read_at.is_none() && self.has_records(&list).await? =>
                {
                    let moment = match options.sweep {
                        Sweep::Before(moment) => Some(moment),
                        Sweep::Nothing | Sweep::Everything => None,
                    };
                    self.sweep_list(cycle, &list, moment, own, &mut outcome).await?;
                }
                _ => {
                    outcome.swept |= due;
                    self.read_in_full(cycle, &list, (own, due), &mut outcome).await?;
                }
            }
        }
        for kind in ReadKind::ALL {
            let list = List { project, kind, today, first_cycle, noted: false };
            self.read_differing(cycle, &list, &mut outcome).await?;
        }
        Ok(outcome)
    }

    /// Reads what changed since the mark, and what waits for Procore.
    async fn read_changes(
        &self,
        cycle: &Cycle,
        list: &List<'_>,
        cursor: &Cursor,
        outcome: &mut ReadOutcome,
    ) -> Result<(), Failure> {
        let Some(high_water) = cursor.high_water else { return Ok(()) };
        let started_at = self.clock.now();
        let unreadable_before = outcome.unreadable.len();
        let since = Changes::Since(high_water - self.limits.overlap);
        let high = self.read_list(cycle, list, since, outcome).await?;
        // An item that does not decode is behind the cursor until it does.
        if outcome.unreadable.len() == unreadable_before {
            self.advance(cycle, list, (high, started_at), Some(cursor), None).await?;
        }
        self.read_waiting(cycle, list, outcome).await
    }

    /// Whether the store knows a record of a list.
    async fn has_records(&self, list: &List<'_>) -> Result<bool, Failure> {
        let states = self.store.project_states(list.project.id).await?;
        Ok(states.iter().any(|(key, ..)| ReadKind::of(key.kind) == list.kind))
    }

    pub(super) async fn read_in_full(
        &self,
        cycle: &Cycle,
        list: &List<'_>,
        (cursor, sweep): (Option<&Cursor>, bool),
        outcome: &mut ReadOutcome,
    ) -> Result<(), Failure> {
        let started_at = self.clock.now();
        let unreadable_before = outcome.unreadable.len();
        let high = self.read_list(cycle, list, Changes::All, outcome).await?;
        // A list with an item that does not decode was not read in full: it is read again. It was gone
        // through all the same, which the cursor says by being there.
        if outcome.unreadable.len() > unreadable_before {
            return self.advance(cycle, list, (None, started_at), cursor, None).await;
        }
        self.mark_absent(cycle, list, outcome).await?;
        let stays_empty = high.is_none() && cursor.is_some_and(|c| c.full_read_at.is_some());
        let full_read_at = Some(started_at).filter(|_| sweep || !stays_empty);
        self.advance(cycle, list, (high, started_at), cursor, full_read_at).await
    }

    /// Reads the records that this list has among those named.
    async fn read_named(
        &self,
        cycle: &Cycle,
        list: &List<'_>,
        only: &[SourceKey],
        outcome: &mut ReadOutcome,
    ) -> Result<(), Failure> {
        let ids: Vec<i64> = only
            .iter()
            .filter(|key| key.project == list.project.id && ReadKind::of(key.kind) == list.kind)
            .map(|key| key.id)
            .collect();
        self.read_ids(cycle, list, ids, outcome).await?;
        Ok(())
    }

    /// Records that are settling, or did not decode, are read again in every cycle, and the commitments with
    /// which they leave: by id, and by the headers of the full list where they were missing from it.
    async fn read_waiting(
        &self,
        cycle: &Cycle,
        list: &List<'_>,
        outcome: &mut ReadOutcome,
    ) -> Result<(), Failure> {
        if !self.read_waiting_by_id(cycle, list, outcome).await?.is_empty() {
            self.read_headers(cycle, list, outcome).await?;
        }
        Ok(())
    }

    /// Reads by their ids the waiting records of a list that it showed; answers those that it did not.
    pub(super) async fn read_waiting_by_id(
        &self,
        cycle: &Cycle,
        list: &List<'_>,
        outcome: &mut ReadOutcome,
    ) -> Result<Vec<SourceKey>, Failure> {
        let states = self.store.project_states(list.project.id).await?;
        let waiting = waiting_families(&states);
        let keys: Vec<SourceKey> = states
            .into_iter()
            .filter(|(key, family, state)| {
                (may_wait_for_source(*state)
                    || (key.kind.is_commitment() && waiting.contains(family)))
                    && ReadKind::of(key.kind) == list.kind
                    && !outcome.seen.contains(key)
            })
            .map(|(key, _, _)| key)
            .collect();
        let records = self.store.records(&keys).await?;
        let (absent, present): (Vec<_>, Vec<_>) = records
            .into_iter()
            .filter(|stored| {
                let cause = stored.cause.as_ref().map(|cause| cause.reason);
                stored.settling.is_some()
                    || cause == Some(Reason::Settling)
                    || does_not_decode(stored)
            })
            .partition(|stored| stored.absent);
        let ids: Vec<i64> = present.iter().map(|stored| stored.key().id).collect();
        self.read_ids(cycle, list, ids, outcome).await?;
        Ok(absent.iter().map(StoredRecord::key).collect())
    }

    /// Follows a list to its end; answers the latest `updated_at` of the records that were read whole.
    pub(super) async fn read_list(
        &self,
        cycle: &Cycle,
        list: &List<'_>,
        changes: Changes,
        outcome: &mut ReadOutcome,
    ) -> Result<Option<DateTime<Utc>>, Failure> {
        let scope = ReadScope { project: list.project.id, kind: list.kind, changes };
        let mut high = None;
        let mut page = None;
        loop {
            let chunk = self.source.read(&scope, page.as_ref()).await?;
            self.observer
                .on(&Progress::Read { project: list.project.id, records: chunk.records.len() });
            high = high.max(chunk.records.iter().map(|record| record.updated_at).max());
            self.keep(cycle, list, &chunk, outcome).await?;
            self.compare(list, &scope.changes, &chunk.headers, outcome).await?;
            match chunk.next {
                Some(next) if page.as_ref() != Some(&next) => page = Some(next),
                _ => return Ok(high),
            }
        }
    }

    /// Reads the records of a list with these ids; no ids are no call.
    pub(super) async fn read_ids(
        &self,
        cycle: &Cycle,
        list: &List<'_>,
        ids: Vec<i64>,
        outcome: &mut ReadOutcome,
    ) -> Result<Option<DateTime<Utc>>, Failure> {
        if ids.is_empty() {
            return Ok(None);
        }
        self.read_list(cycle, list, Changes::Ids(ids), outcome).await
    }

    /// Stores a chunk's records; what is known of each stays.
    async fn keep(
        &self,
        cycle: &Cycle,
        list: &List<'_>,
        chunk: &Chunk,
        outcome: &mut ReadOutcome,
    ) -> Result<(), Failure> {
        outcome.tiers = chunk.tiers.or(outcome.tiers);
        let keys: Vec<SourceKey> = chunk.records.iter().map(|record| record.key).collect();
        let known: BTreeMap<SourceKey, StoredRecord> = self
            .store
            .records(&keys)
            .await?
            .into_iter()
            .map(|stored| (stored.key(), stored))
            .collect();
        let mut batch = ReadBatch::default();
        for record in &chunk.records {
            outcome.seen.insert(record.key);
            let stored = match known.get(&record.key) {
                Some(stored) => self
                    .seen_again(stored, record, (cycle, list.today), outcome.tiers)
                    .or_else(|| list.noted.then(|| stored.clone())),
                None => Some(StoredRecord {
                    tiers: outcome.tiers.filter(|_| record.kind().is_change_order()),
                    ..self.seen_first(record, list)
                }),
            };
            let lines_read_at = Some(self.clock.now());
            batch.records.extend(stored.map(|stored| StoredRecord { lines_read_at, ..stored }));
        }
        for item in &chunk.unreadable {
            self.unreadable(list, item, outcome, &mut batch).await?;
        }
        if !batch.records.is_empty() {
            self.store.save_read(&batch, cycle.epoch).await?;
        }
        Ok(())
    }

    fn seen_first(&self, record: &CostRecord, list: &List<'_>) -> StoredRecord {
        let postable = !record.deleted && self.policy.is_postable(record.kind(), &record.status);
        StoredRecord {
            first_postable_on: postable.then_some(list.today),
            postable_at_first_cycle: postable && list.first_cycle,
            ..StoredRecord::unplanned(record.clone(), self.clock.now())
        }
    }

    /// The record as it is now known; `None` where nothing changed and nothing waits.
    fn seen_again(
        &self,
        stored: &StoredRecord,
        record: &CostRecord,
        (cycle, today): (&Cycle, NaiveDate),
        tiers: Option<i64>,
    ) -> Option<StoredRecord> {
        let same = stored.record == *record && !does_not_decode(stored);
        let postable = !record.deleted && self.policy.is_postable(record.kind(), &record.status);
        // What left its status and stands in SAP is observed again, also where it was not known to
        // stand there when it left.
        let settles = stored.settling.is_some() || (!postable && self.settles(stored));
        let tiers = tiers.filter(|_| record.kind().is_change_order()).or(stored.tiers);
        if same && !stored.absent && !settles && tiers == stored.tiers {
            return None;
        }
        let mut next = stored.clone();
        next.tiers = tiers;
        if same && !stored.absent && !settles {
            return Some(next);
        }
        // Found again as it was, a posted change order is matched.
        if shows_others(stored.tiers, tiers) && self.stands_in_sap(stored) {
            next.unmatched = !is_same_change_order(&stored.record, record);
        } else if stored.absent {
            next.unmatched = false;
        }
        if postable && next.first_postable_on.is_none() {
            next.first_postable_on = Some(today);
        }
        next.record = record.clone();
        next.absent = false;
        // What is in flight stays so until SAP has answered for it.
        if !matches!(next.state, RecordState::InFlight | RecordState::Uncertain) {
            next.state = RecordState::Pending;
        }
        if postable {
            next.settling = None;
        } else if self.settles(&next) {
            next.settling = Some(self.observed(next.settling, cycle));
        }
        Some(next)
    }

    /// Whether something is taken back when the record stays outside its status. With a commitment its change
    /// orders leave, which may be worth something where it is not.
    fn settles(&self, stored: &StoredRecord) -> bool {
        let counted = stored.record.kind().is_commitment() && stored.first_postable_on.is_some();
        counted || self.stands_in_sap(stored)
    }

    /// Whether documents of a record stand in SAP, or the books held it at the cut-over.
    pub(super) fn stands_in_sap(&self, stored: &StoredRecord) -> bool {
        stored.documents.iter().any(crate::model::HeldDocument::is_live)
            || opening_counts(self.policy, stored)
    }

    /// One more cycle that saw it so; a cycle that reads a record twice has seen it once.
    fn observed(&self, settling: Option<Settling>, cycle: &Cycle) -> Settling {
        let seen_in_cycle = Some(cycle.number);
        match settling {
            Some(settling) if settling.seen_in_cycle == seen_in_cycle => settling,
            Some(settling) => Settling { cycles: settling.cycles + 1, seen_in_cycle, ..settling },
            None => Settling { since: self.clock.now(), cycles: 1, seen_in_cycle },
        }
    }

    /// After a full list: the records that it no longer has.
    pub(super) async fn mark_absent(
        &self,
        cycle: &Cycle,
        list: &List<'_>,
        outcome: &ReadOutcome,
    ) -> Result<(), Failure> {
        let states = self.store.project_states(list.project.id).await?;
        let waiting = waiting_families(&states);
        let missing: Vec<SourceKey> = states
            .into_iter()
            .map(|(key, _, _)| key)
            .filter(|key| ReadKind::of(key.kind) == list.kind && !outcome.has(key))
            .collect();
        if missing.is_empty() {
            return Ok(());
        }
        let mut batch = ReadBatch::default();
        for mut stored in self.store.records(&missing).await? {
            // What was taken back in full, and with all that left with it, is not observed for ever.
            let is_over = stored.absent
                && stored.state == RecordState::NotPostable
                && !waiting.contains(&stored.family());
            if is_over {
                continue;
            }
            if self.settles(&stored) {
                stored.unmatched = shows_others(stored.tiers, outcome.tiers);
                let settling = self.observed(stored.settling, cycle);
                stored.settling = (!stored.unmatched).then_some(settling);
            } else if stored.absent {
                continue;
            }
            stored.absent = true;
            if !matches!(stored.state, RecordState::InFlight | RecordState::Uncertain) {
                stored.state = RecordState::Pending;
            }
            batch.records.push(stored);
        }
        self.store.save_read(&batch, cycle.epoch).await?;
        Ok(())
    }

    /// Moves the cursor of a list that was read from `started_at` until now. What was edited meanwhile may
    /// be missing from it, so that the mark stays as far behind as the reading took: by this machine's
    /// measure of time, whatever its clock says.
    pub(super) async fn advance(
        &self,
        cycle: &Cycle,
        list: &List<'_>,
        (high_water, started_at): (Option<DateTime<Utc>>, DateTime<Utc>),
        before: Option<&Cursor>,
        full_read_at: Option<DateTime<Utc>>,
    ) -> Result<(), Failure> {
        let took = (self.clock.now() - started_at).max(TimeDelta::zero());
        let high_water = high_water.map(|high| high - took);
        let cursor = Cursor {
            project: list.project.id,
            kind: list.kind,
            high_water: high_water.max(before.and_then(|cursor| cursor.high_water)),
            full_read_at: full_read_at.or(before.and_then(|cursor| cursor.full_read_at)),
        };
        if before != Some(&cursor) {
            let batch = ReadBatch { records: Vec::new(), cursor: Some(cursor) };
            self.store.save_read(&batch, cycle.epoch).await?;
        }
        Ok(())
    }

    /// An item that does not decode: a known record is held, an unknown one is reported; the
    /// cursor does not pass it.
    async fn unreadable(
        &self,
        list: &List<'_>,
        item: &UnreadableRecord,
        outcome: &mut ReadOutcome,
        batch: &mut ReadBatch,
    ) -> Result<(), Failure> {
        let cause = Cause::new(Reason::UnreadableRecord, item.detail.clone());
        let kinds: &[Kind] = match list.kind {
            ReadKind::PurchaseOrders => &[Kind::PurchaseOrder],
            ReadKind::Subcontracts => &[Kind::Subcontract],
            ReadKind::ChangeOrders => &[Kind::ChangeOrder, Kind::CommitmentChangeOrder],
            ReadKind::DirectCosts => &[Kind::DirectCost],
            ReadKind::Requisitions => &[Kind::Requisition],
        };
        let key = |kind: Kind| SourceKey {
            company: self.profile.company,
            project: list.project.id,
            kind,
            id: item.id.unwrap_or_default(),
        };
        let keys: Vec<SourceKey> = kinds.iter().map(|kind| key(*kind)).collect();
        for mut stored in self.store.records(&keys).await? {
            outcome.seen.insert(stored.key());
            // What is in flight stays so: its children must not pass it.
            if !matches!(stored.state, RecordState::InFlight | RecordState::Uncertain) {
                stored.state = RecordState::Held;
                stored.cause = Some(cause.clone());
            }
            batch.records.push(stored);
        }
        outcome.unreadable.push(ExceptionRow {
            key: keys[0],
            number: String::new(),
            title: String::new(),
            state: RecordState::Held,
            cause: Some(cause),
            amount: rust_decimal::Decimal::ZERO,
            currency: String::new(),
        });
        Ok(())
    }

    /// The company that every key of this engine names.
    pub(super) fn company(&self) -> CompanyId {
        self.profile.company
    }
}

/// The families of which a record may wait for what Procore says next.
fn waiting_families(states: &[(SourceKey, FamilyId, RecordState)]) -> BTreeSet<FamilyId> {
    let waiting = states.iter().filter(|(_, _, state)| may_wait_for_source(*state));
    waiting.map(|(_, family, _)| *family).collect()
}

/// Whether a record in this state may be settling, or be one that did not decode. What SAP has not answered
/// for is looked up before anything else.
fn may_wait_for_source(state: RecordState) -> bool {
    matches!(
        state,
        RecordState::Waiting
            | RecordState::Held
            | RecordState::Pending
            | RecordState::Rejected
            | RecordState::PendingApproval
    )
}

/// Whether two readings of one key are of one change order: of one commitment, over one amount. No
/// amount was looked at yet: one that no column holds must not end the reading.
fn is_same_change_order(before: &CostRecord, now: &CostRecord) -> bool {
    let amount =
        |record: &CostRecord| money::saturated(record.lines().iter().map(|line| line.amount));
    before.commitment_id() == now.commitment_id() && amount(before) == amount(now)
}

/// Whether the record is held because its item did not decode when it was last read: what is stored
/// of it is an old copy, and nothing is planned from that.
pub(super) fn does_not_decode(stored: &StoredRecord) -> bool {
    let unreadable = |cause: &Cause| cause.reason == Reason::UnreadableRecord;
    stored.state == RecordState::Held && stored.cause.as_ref().is_some_and(unreadable)
}
