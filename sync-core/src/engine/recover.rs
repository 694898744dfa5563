//! Intents without a result: SAP answers for them before anything else is done.

use std::collections::{BTreeMap, BTreeSet};

use super::{Engine, Failure, ProjectProblem, cycle::Cycle, project::FAILED_IN_A_ROW_MAX};
use crate::{
    model::{HeldDocument, HeldState, ProjectId, SourceKey},
    ports::{Intent, IntentState, ResultBatch, ResultRow},
    states::RecordState,
};

impl Engine<'_> {
    /// Resolves every intent that is in flight or uncertain.
    ///
    /// A document found counts at once. Absence counts only when the look-up began at least
    /// `unknown_settle` after the request was given up; an intent that a killed process left in
    /// flight is given up when it is first found, because its request may still be running in SAP. Both
    /// moments are the store's: of two machines that share it one clock may be ahead.
    /// A failed look-up leaves the intents of its project as they are, and is answered; the others go on.
    pub(super) async fn recover(&self, cycle: &Cycle) -> Result<Vec<ProjectProblem>, Failure> {
        let mut by_project: BTreeMap<ProjectId, Vec<Intent>> = BTreeMap::new();
        for intent in self.store.open_intents().await? {
            by_project.entry(intent.key.source.project).or_default().push(intent);
        }
        let mut problems = Vec::new();
        let mut in_a_row = 0;
        for (project, open) in by_project {
            let failure = if in_a_row < FAILED_IN_A_ROW_MAX {
                self.recover_project(cycle, &open).await?
            } else {
                let keys: Vec<SourceKey> = open.iter().map(|intent| intent.key.source).collect();
                self.block(cycle, &keys).await?;
                problems.last().map(|problem: &ProjectProblem| problem.failure.clone())
            };
            in_a_row = if failure.is_some() { in_a_row + 1 } else { 0 };
            problems.extend(failure.map(|failure| ProjectProblem { project, failure }));
        }
        Ok(problems)
    }

    /// Resolves the open intents of one project; answers why SAP could not be asked.
    async fn recover_project(
        &self,
        cycle: &Cycle,
        open: &[Intent],
    ) -> Result<Option<Failure>, Failure> {
        let asked_at = self.store.time(self.clock.now()).await?;
        let keys: BTreeSet<SourceKey> = open.iter().map(|intent| intent.key.source).collect();
        let keys: Vec<SourceKey> = keys.into_iter().collect();
        let held = match self.ledger.look_up(&keys).await {
            Ok(held) => held,
            Err(error) => {
                self.block(cycle, &keys).await?;
                return Ok(Some(error.into()));
            }
        };
        let mut results = Vec::new();
        for intent in open {
            let found = held.iter().find(|document| document.key == intent.key);
            results.push(match found {
                Some(document) => present(intent, document),
                None => match intent.given_up_at {
                    Some(at) if asked_at - at >= self.policy.unknown_settle => ResultRow {
                        key: intent.key,
                        state: IntentState::Rejected,
                        given_up_at: Some(at),
                        doc_entry: None,
                        detail: format!("absent in SAP since it was given up at {at}"),
                    },
                    Some(_) => continue,
                    None => ResultRow {
                        key: intent.key,
                        state: IntentState::Uncertain,
                        given_up_at: Some(asked_at),
                        doc_entry: None,
                        detail: "left in flight by a process that ended".to_owned(),
                    },
                },
            });
        }
        let records = self.unblocked(open, &results, &held).await?;
        self.store.record_results(&ResultBatch { results, records }, cycle.epoch).await?;
        Ok(None)
    }

    /// Keeps records from being planned whose intents nobody could be asked about. The state of a record
    /// need not say so: the process may have been killed right after the intent was written.
    async fn block(&self, cycle: &Cycle, keys: &[SourceKey]) -> Result<(), Failure> {
        let mut records = self.store.records(keys).await?;
        let blocked = |state| matches!(state, RecordState::InFlight | RecordState::Uncertain);
        records.retain(|stored| !blocked(stored.state));
        if records.is_empty() {
            return Ok(());
        }
        for stored in &mut records {
            stored.state = RecordState::Uncertain;
        }
        let batch = ResultBatch { results: Vec::new(), records };
        Ok(self.store.record_results(&batch, cycle.epoch).await?)
    }

    /// The records of resolved intents, to be planned again.
    async fn unblocked(
        &self,
        open: &[Intent],
        results: &[ResultRow],
        held: &[HeldDocument],
    ) -> Result<Vec<crate::ports::StoredRecord>, Failure> {
        let still_open = |key: &SourceKey| {
            open.iter().any(|intent| {
                intent.key.source == *key
                    && !results
                        .iter()
                        .any(|row| row.key == intent.key && row.state != IntentState::Uncertain)
            })
        };
        let keys: Vec<SourceKey> = open.iter().map(|intent| intent.key.source).collect();
        let mut records = self.store.records(&keys).await?;
        for stored in &mut records {
            let key = stored.key();
            // An intent's number is used up, whatever became of it; the write of the record that
            // would have said so may be what was lost.
            let used = open.iter().filter(|i| i.key.source == key).map(|i| i.key.sequence).max();
            stored.sequence = stored.sequence.max(used.unwrap_or_default());
            let now = held.iter().filter(|document| document.key.source == key);
            stored.documents.retain(|before| !held.iter().any(|now| now.key == before.key));
            stored.documents.extend(now.cloned());
            stored.state =
                if still_open(&key) { RecordState::Uncertain } else { RecordState::Pending };
        }
        Ok(records)
    }
}

fn present(intent: &Intent, document: &HeldDocument) -> ResultRow {
    let detail = if document.state == HeldState::Live {
        "found in SAP".to_owned()
    } else {
        format!("found in SAP, {:?}", document.state)
    };
    ResultRow {
        key: intent.key,
        state: IntentState::Posted,
        given_up_at: intent.given_up_at,
        doc_entry: Some(document.doc_entry),
        detail,
    }
}
