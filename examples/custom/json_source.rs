//! Costs from a JSON file.

use std::{fs, path::PathBuf};

use async_trait::async_trait;
use sync_core::{
    model::{CompanyId, CostRecord, ReadKind},
    ports::{
        Changes, Chunk, CostSource, PageToken, ReadScope, ScopeReport, SourceError, SourceErrorKind,
    },
};

use super::company;

/// The source; its file is a list of records.
pub(crate) struct JsonSource(pub(crate) PathBuf);

impl JsonSource {
    /// Every record of the file. A file that does not read is an error: an empty list would mean
    /// that everything was deleted.
    fn records(&self) -> Result<Vec<CostRecord>, SourceError> {
        let unavailable = |error: String| {
            let detail = format!("{}: {error}", self.0.display());
            SourceError::new(SourceErrorKind::Unavailable, detail)
        };
        let bytes = fs::read(&self.0).map_err(|error| unavailable(error.to_string()))?;
        serde_json::from_slice(&bytes).map_err(|error| unavailable(error.to_string()))
    }
}

#[async_trait]
impl CostSource for JsonSource {
    async fn scope(&self) -> Result<ScopeReport, SourceError> {
        Ok(ScopeReport {
            company: CompanyId(8089),
            company_name: "Example".to_owned(),
            projects: vec![company::project()],
            not_visible: Vec::new(),
        })
    }

    async fn read(&self, scope: &ReadScope, _: Option<&PageToken>) -> Result<Chunk, SourceError> {
        let asked = |record: &CostRecord| match &scope.changes {
            // The file has the lines of every record: none is answered by its header alone.
            Changes::All | Changes::Headers => true,
            Changes::Since(moment) => record.updated_at >= *moment,
            Changes::Ids(ids) => ids.contains(&record.key.id),
        };
        let mut records = self.records()?;
        records.retain(|record| {
            record.key.project == scope.project
                && ReadKind::of(record.kind()) == scope.kind
                && asked(record)
        });
        // The file is one chunk; a source with pages answers the next one's token.
        Ok(Chunk { records, ..Chunk::default() })
    }

    fn calls(&self) -> u64 {
        0
    }
}
