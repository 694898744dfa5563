//! Records of which a list said only the header: what differs from the store is read again, and a sweep
//! reads the lines of the rest, oldest read first, within its share of the calls.
//!
//! Whether editing a line moves the `updated_at` of its record, or the total of its header, is unverified:
//! a sweep believes neither. It needs no memory of its own. A list counts as read in full only when every
//! line of it was read since the sweep was due; until then each cycle reads its headers again, a call for
//! a hundred of them, and goes on with the lines that were read longest ago.

use std::{
    collections::BTreeSet,
    sync::atomic::{AtomicUsize, Ordering},
};

use chrono::{DateTime, TimeDelta, Utc};

use super::{
    Engine, Failure,
    cycle::Cycle,
    read::{List, ReadOutcome},
};
use crate::{
    model::{ReadKind, RecordHeader, SourceKey},
    plan::is_finished,
    ports::{Changes, Cursor, CycleRow, StoredRecord},
};

/// The records that were answered by their headers.
#[derive(Debug, Default)]
pub(super) struct Headers {
    /// Every one of a list that was read by its headers.
    pub(super) listed: BTreeSet<SourceKey>,
    /// Those that the store does not know, or knows otherwise.
    differing: BTreeSet<SourceKey>,
    /// Those that are as the store knows them, and may have other lines: when those were last read.
    unread: BTreeSet<(Option<DateTime<Utc>>, SourceKey)>,
    /// The latest `updated_at` of those that are as the store knows them.
    high: Option<DateTime<Utc>>,
}

/// A list that was read by its headers.
#[derive(Debug)]
pub(super) struct ByHeaders {
    /// The latest `updated_at` of what is stored now.
    high: Option<DateTime<Utc>>,
    /// Whether every record that its header announced was answered.
    answered: bool,
    /// The records that are as the store knows them, by when their lines were last read.
    unread: BTreeSet<(Option<DateTime<Utc>>, SourceKey)>,
}

/// What became of the records whose headers are not as the store knows them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Differing {
    /// The latest `updated_at` among them.
    high: Option<DateTime<Utc>>,
    /// Whether each of them was answered.
    answered: bool,
}

/// What a cycle may spend on lines of which nothing says that they changed.
#[derive(Debug)]
pub(super) struct Share(AtomicUsize);

impl Share {
    /// An hour's share, or the part of it for the time since the last cycle began; at least one.
    pub(super) fn since(last: Option<CycleRow>, now: DateTime<Utc>, an_hour: usize) -> Self {
        let hour = TimeDelta::hours(1);
        // A cycle that is yet to begin was told by a clock that was ahead.
        let passed = last.map(|last| now - last.started_at).filter(|p| *p >= TimeDelta::zero());
        let passed = passed.map_or(hour, |passed| passed.min(hour));
        let seconds = usize::try_from(passed.num_seconds()).unwrap_or_default();
        Self(AtomicUsize::new((an_hour.saturating_mul(seconds) / 3_600).max(1)))
    }

    /// Takes as many of these as are left.
    fn take(&self, wanted: usize) -> usize {
        let left = |left: usize| Some(left.saturating_sub(wanted));
        let before = self.0.fetch_update(Ordering::SeqCst, Ordering::SeqCst, left);
        wanted.min(before.unwrap_or_default())
    }
}

impl Engine<'_> {
    /// Compares headers with what is stored. Those of the list itself, where it was read by them, are
    /// known to be there; any other that the store knows otherwise is to be read.
    pub(super) async fn compare(
        &self,
        list: &List<'_>,
        changes: &Changes,
        headers: &[RecordHeader],
        outcome: &mut ReadOutcome,
    ) -> Result<(), Failure> {
        if headers.is_empty() {
            return Ok(());
        }
        let keys: Vec<SourceKey> = headers.iter().map(|header| header.key).collect();
        let stored = self.store.records(&keys).await?;
        for header in headers {
            let stored = stored.iter().find(|stored| stored.key() == header.key);
            let own = *changes == Changes::Headers && ReadKind::of(header.key.kind) == list.kind;
            if !own {
                if stored.is_some_and(|stored| !header.agrees_with(&stored.record)) {
                    outcome.headers.differing.insert(header.key);
                }
                continue;
            }
            outcome.headers.listed.insert(header.key);
            match stored {
                Some(stored) if self.is_as_stored(header, stored, outcome.tiers) => {
                    let high = outcome.headers.high.max(Some(header.updated_at));
                    outcome.headers.high = high;
                    if self.may_have_other_lines(stored) {
                        outcome.headers.unread.insert((stored.lines_read_at, header.key));
                    }
                }
                _ => {
                    outcome.headers.differing.insert(header.key);
                }
            }
        }
        Ok(())
    }

    /// Whether a header says nothing new of a record. What waits for Procore's word is read beside.
    fn is_as_stored(
        &self,
        header: &RecordHeader,
        stored: &StoredRecord,
        tiers: Option<i64>,
    ) -> bool {
        let tiers = tiers.filter(|_| header.key.kind.is_change_order());
        header.agrees_with(&stored.record)
            && !stored.absent
            && tiers.is_none_or(|tiers| stored.tiers == Some(tiers))
    }

    /// Whether edits of its lines are money: not those of a commitment that is finished, nor of a record that
    /// counts nowhere.
    fn may_have_other_lines(&self, stored: &StoredRecord) -> bool {
        let record = &stored.record;
        let counts = self.policy.is_postable(record.kind(), &record.status);
        !record.deleted && !is_finished(record) && (counts || self.stands_in_sap(stored))
    }

    /// Reads a list by its headers, and what they say has changed.
    pub(super) async fn read_headers(
        &self,
        cycle: &Cycle,
        list: &List<'_>,
        outcome: &mut ReadOutcome,
    ) -> Result<ByHeaders, Failure> {
        let unreadable_before = outcome.unreadable.len();
        let high = self.read_list(cycle, list, Changes::Headers, outcome).await?;
        let same = std::mem::take(&mut outcome.headers.high);
        let unread = std::mem::take(&mut outcome.headers.unread);
        // An item that does not decode may be the one that seems to be missing.
        if outcome.unreadable.len() == unreadable_before {
            self.mark_absent(cycle, list, outcome).await?;
        }
        let changed = self.read_differing(cycle, list, outcome).await?;
        let high = high.max(same).max(changed.high);
        Ok(ByHeaders { high, answered: changed.answered, unread })
    }

    /// Reads a list by its headers, what they say has changed, and lines that were not read since the sweep
    /// was due; where none is due, a first reading that was broken off.
    pub(super) async fn sweep_list(
        &self,
        cycle: &Cycle,
        list: &List<'_>,
        due: Option<DateTime<Utc>>,
        cursor: Option<&Cursor>,
        outcome: &mut ReadOutcome,
    ) -> Result<(), Failure> {
        let started_at = self.clock.now();
        let unreadable_before = outcome.unreadable.len();
        let list_read = self.read_headers(cycle, list, outcome).await?;
        if !list_read.answered && outcome.unreadable.len() == unreadable_before {
            // A header announced what no id answers: the list itself has it.
            outcome.swept |= due.is_some();
            return self.read_in_full(cycle, list, (cursor, due.is_some()), outcome).await;
        }
        self.read_waiting_by_id(cycle, list, outcome).await?;
        let full_read_at = cursor.and_then(|cursor| cursor.full_read_at);
        let due_since = due.map(|due| self.first_due(due, full_read_at));
        let due_lines: Vec<i64> = list_read
            .unread
            .into_iter()
            .filter(|(read_at, key)| match due_since {
                Some(_) if outcome.seen.contains(key) => false,
                Some(due) => read_at.is_none_or(|at| at < due || at > started_at),
                None => false,
            })
            .map(|(_, key)| key.id)
            .collect();
        let granted = cycle.sweep_lines.take(due_lines.len());
        let ids = due_lines[..granted].to_vec();
        let lines = self.read_ids(cycle, &list.noted(), ids, outcome).await?;
        // An item that does not decode is behind the cursor until it does, and the list is not swept.
        if outcome.unreadable.len() > unreadable_before {
            return self.advance(cycle, list, (None, started_at), cursor, None).await;
        }
        let is_whole = granted == due_lines.len();
        outcome.swept |= is_whole && due.is_some();
        let high = list_read.high.max(lines);
        let full_read_at = is_whole.then_some(started_at);
        self.advance(cycle, list, (high, started_at), cursor, full_read_at).await
    }

    /// When a sweep of a list first became due after the list was last read in full. One that is larger than its
    /// share until the next is due goes through the lines that are left, and not through all of them again,
    /// or the lists after it would never have their turn.
    fn first_due(
        &self,
        newest: DateTime<Utc>,
        full_read_at: Option<DateTime<Utc>>,
    ) -> DateTime<Utc> {
        let every = self.limits.sweep_every.num_seconds().max(1);
        let missed = full_read_at.map_or(0, |at| (newest - at).num_seconds() - 1).max(0) / every;
        newest - self.limits.sweep_every * i32::try_from(missed).unwrap_or(i32::MAX)
    }

    /// Reads the records of a list whose headers are not as the store knows them.
    pub(super) async fn read_differing(
        &self,
        cycle: &Cycle,
        list: &List<'_>,
        outcome: &mut ReadOutcome,
    ) -> Result<Differing, Failure> {
        let of_list = |key: &SourceKey| ReadKind::of(key.kind) == list.kind;
        let (own, others): (BTreeSet<_>, BTreeSet<_>) =
            std::mem::take(&mut outcome.headers.differing).into_iter().partition(of_list);
        outcome.headers.differing = others;
        let ids = own.difference(&outcome.seen).map(|key| key.id).collect();
        let high = self.read_ids(cycle, list, ids, outcome).await?;
        Ok(Differing { high, answered: own.is_subset(&outcome.seen) })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::ports::CycleStatus;

    fn share(seconds: Option<i64>) -> usize {
        let now: DateTime<Utc> = "2026-11-28T03:00:00Z".parse().unwrap();
        let last = seconds.map(|seconds| CycleRow {
            number: 1,
            started_at: now - TimeDelta::seconds(seconds),
            finished_at: None,
            status: CycleStatus::Open,
        });
        Share::since(last, now, 300).take(usize::MAX)
    }

    #[test]
    fn a_cycle_has_the_hours_share_for_the_time_since_the_last_one() {
        assert_eq!(share(None), 300, "a first cycle");
        assert_eq!(share(Some(86_400)), 300, "once a day: an hour's calls");
        assert_eq!(share(Some(900)), 75, "every quarter of an hour");
        assert_eq!(share(Some(1)), 1, "never none");
        assert_eq!(share(Some(-60)), 300, "a clock that was set back");
    }

    #[test]
    fn what_is_taken_is_gone() {
        let share = Share(AtomicUsize::new(5));
        assert_eq!((share.take(3), share.take(3), share.take(3)), (3, 2, 0));
    }
}
