//! What compaction drops of a store in memory.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use crate::{
    model::DocumentKey,
    ports::{CycleRow, Intent, IntentState},
};

/// What nothing needs any more.
#[derive(Debug)]
pub(super) struct Outdated {
    /// Documents whose payload goes.
    payloads: Vec<DocumentKey>,
    cycles: Vec<i64>,
}

impl Outdated {
    pub(super) fn of(
        intents: &BTreeMap<DocumentKey, Intent>,
        cycles: &BTreeMap<i64, CycleRow>,
        before: DateTime<Utc>,
    ) -> Self {
        let settled =
            |intent: &Intent| matches!(intent.state, IntentState::Posted | IntentState::Rejected);
        let payloads = intents
            .values()
            .filter(|intent| intent.written_at < before && settled(intent))
            .filter(|intent| !intent.body.is_empty())
            .map(|intent| intent.key)
            .collect();
        let ended = |row: &CycleRow| row.finished_at.unwrap_or(row.started_at) < before;
        let newest = cycles.last_key_value().map(|(number, _)| *number);
        let cycles = cycles
            .iter()
            .take_while(|(number, row)| ended(row) && newest != Some(**number))
            .map(|(number, _)| *number)
            .collect();
        Self { payloads, cycles }
    }

    pub(super) fn len(&self) -> u64 {
        (self.payloads.len() + self.cycles.len()) as u64
    }

    pub(super) fn drop_from(
        &self,
        intents: &mut BTreeMap<DocumentKey, Intent>,
        cycles: &mut BTreeMap<i64, CycleRow>,
    ) {
        for key in &self.payloads {
            if let Some(intent) = intents.get_mut(key) {
                intent.body.clear();
            }
        }
        cycles.retain(|number, _| !self.cycles.contains(number));
    }
}
