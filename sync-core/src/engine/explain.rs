//! The life of one record, asked for by its key; nothing is written.

use std::sync::Mutex;

use super::{Engine, Failure, project::gather};
use crate::{
    model::{ReadKind, SourceKey},
    plan::{self, Explanation, PlanContext},
    ports::{Act, CatalogRequest, Changes, Intent, ReadScope, StoredRecord},
};

/// The life of one record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordLife {
    /// What it is, what is decided now, and why.
    pub explanation: Explanation,
    /// Every document that was ever about to be posted for it, by sequence.
    pub intents: Vec<Intent>,
    /// What people decided on it, the oldest first; what has lapsed since is told too.
    pub acts: Vec<Act>,
    /// Why the record could not be read anew: what is explained is the copy of the last cycle.
    pub not_read_anew: Option<Failure>,
}

impl Engine<'_> {
    /// Explains a record: reads it and what SAP holds of it anew, and plans it as a cycle would.
    /// Nothing is written.
    ///
    /// # Errors
    ///
    /// `record_unknown` when no cycle has read the record, `project_not_visible`, and whatever keeps
    /// SAP, Procore or the store from answering.
    pub async fn explain(&self, key: SourceKey) -> Result<RecordLife, Failure> {
        let unknown = || Failure {
            name: "record_unknown",
            detail: format!("no cycle has read {key} yet; look at the key, or run a cycle first"),
        };
        let known = self.store.records(&[key]).await?;
        let family = known.first().map(StoredRecord::family).ok_or_else(unknown)?;
        let scope = self.source.scope().await?;
        let project = scope.projects.iter().find(|project| project.id == key.project);
        let project = project.ok_or_else(|| Failure {
            name: "project_not_visible",
            detail: format!("project {} is not visible any more", key.project),
        })?;
        let catalog = self.ledger.catalog(&CatalogRequest::default()).await?;
        let mut records = self.store.families(key.project, &[family]).await?;
        let not_read_anew = self.read_anew(key, &mut records).await.err();
        let keys: Vec<SourceKey> = records.iter().map(StoredRecord::key).collect();
        let held = self.ledger.look_up(&keys).await?;
        let mut families = gather(records, held);
        self.note_first_postable(&catalog, project, &mut families);
        let invoices = self.keyed_by_people(&catalog, project, &families).await?;
        let context = self.plan_context(&catalog, project);
        let states = self.store.project_states(project.id).await?;
        let billed = self.billed(&context, project, &states).await?;
        let context = PlanContext { billed: &billed, invoices: &invoices, ..context };
        let found = families.iter().find_map(|family| {
            let index = family.members.iter().position(|member| member.record().key == key)?;
            Some((family, index))
        });
        let (family, index) = found.ok_or_else(unknown)?;
        let explanation = self
            .with_rates(
                &Mutex::default(),
                &context,
                |context| plan::explain(context, family, index),
                |explanation| &explanation.decision,
            )
            .await?;
        let intents = self.store.intents(&key).await?;
        let acts = self.store.acts(Some(&key)).await?;
        Ok(RecordLife { explanation, intents, acts, not_read_anew })
    }

    /// Puts the record as the source states it now in the place of the stored copy.
    async fn read_anew(&self, key: SourceKey, records: &mut [StoredRecord]) -> Result<(), Failure> {
        let scope = ReadScope {
            project: key.project,
            kind: ReadKind::of(key.kind),
            changes: Changes::Ids(vec![key.id]),
        };
        let mut page = None;
        loop {
            let chunk = self.source.read(&scope, page.as_ref()).await?;
            if let Some(record) = chunk.records.into_iter().find(|record| record.key == key) {
                let stored = records.iter_mut().find(|stored| stored.key() == key);
                if let Some(stored) = stored {
                    stored.record = record;
                }
                return Ok(());
            }
            match chunk.next {
                Some(next) if page.as_ref() != Some(&next) => page = Some(next),
                _ => break,
            }
        }
        Err(Failure {
            name: "not_in_its_list",
            detail: "Procore does not answer it by its id: it is deleted, or does not decode"
                .to_owned(),
        })
    }
}
