//! Every list of a project in full, as reconciliation and the mapping's lint read it.

use super::{Engine, Failure};
use crate::{
    model::{CostRecord, ReadKind},
    ports::{Changes, ReadScope, SourceProject},
};

impl Engine<'_> {
    /// Every record of a project, each once, in the order of keys.
    ///
    /// # Errors
    ///
    /// When a list cannot be read to its end, or an item of one does not decode.
    pub(super) async fn every_record(
        &self,
        project: &SourceProject,
    ) -> Result<Vec<CostRecord>, Failure> {
        let mut records: Vec<CostRecord> = Vec::new();
        for kind in ReadKind::ALL {
            let scope = ReadScope { project: project.id, kind, changes: Changes::All };
            let mut page = None;
            loop {
                let chunk = self.source.read(&scope, page.as_ref()).await?;
                if let Some(item) = chunk.unreadable.first() {
                    let detail = format!("an item of {kind} does not decode: {}", item.detail);
                    return Err(Failure { name: "source_unavailable", detail });
                }
                records.extend(chunk.records);
                match chunk.next {
                    Some(next) if page.as_ref() != Some(&next) => page = Some(next),
                    _ => break,
                }
            }
        }
        // A page that moved while it was read answers a record twice.
        records.sort_by_key(|record| record.key);
        records.dedup_by_key(|record| record.key);
        Ok(records)
    }
}
