//! The mapping tables against SAP's master data and the costs in Procore; nothing is written.

use std::collections::BTreeMap;

use super::{Engine, Failure};
use crate::{
    catalog::Catalog,
    mapping::{self, BlastRadius, Lint, MappedCost, MappingTables},
    model::{CostRecord, SourceKey},
    ports::{CatalogRequest, SourceProject, StoredRecord},
};

impl Engine<'_> {
    /// What is wrong with the tables, and how much of Procore's money they cover: every list is
    /// read in full, so that it can be asked before the first cycle.
    ///
    /// # Errors
    ///
    /// When a side or the store cannot be read.
    pub async fn lint_mapping(&self) -> Result<Lint, Failure> {
        let catalog = self.ledger.catalog(&CatalogRequest::default()).await?;
        let costs = self.costs_read_anew(&catalog).await?;
        let today = self.clock.today(self.time_zone);
        Ok(mapping::lint(self.mapping, &catalog, &costs, self.policy.start_date, today))
    }

    /// What an edited set of tables would change, over every list read in full. Where posted lines
    /// stand is what the last cycle saw in SAP.
    ///
    /// # Errors
    ///
    /// When a side or the store cannot be read.
    pub async fn blast_radius(&self, edited: &MappingTables) -> Result<BlastRadius, Failure> {
        let catalog = self.ledger.catalog(&CatalogRequest::default()).await?;
        let costs = self.costs_read_anew(&catalog).await?;
        Ok(mapping::blast_radius(self.mapping, edited, &costs, self.policy.remap_posted))
    }

    /// The lint over the costs that the store knows: no list is read.
    ///
    /// # Errors
    ///
    /// When the store cannot be read.
    pub(super) async fn lint_of_stored(
        &self,
        projects: &[SourceProject],
        catalog: &Catalog,
    ) -> Result<Lint, Failure> {
        let mut costs = Vec::new();
        for project in projects {
            for stored in self.store.project_records(project.id).await? {
                costs.extend(self.costs_of(&stored, project, catalog));
            }
        }
        let today = self.clock.today(self.time_zone);
        Ok(mapping::lint(self.mapping, catalog, &costs, self.policy.start_date, today))
    }

    async fn costs_read_anew(&self, catalog: &Catalog) -> Result<Vec<MappedCost>, Failure> {
        let mut costs = Vec::new();
        for project in self.source.scope().await?.projects {
            let records = self.every_record(&project).await?;
            let stored = self.store.project_records(project.id).await?;
            let mut known: BTreeMap<SourceKey, StoredRecord> =
                stored.into_iter().map(|stored| (stored.key(), stored)).collect();
            for record in records {
                let stored = match known.remove(&record.key) {
                    Some(stored) => StoredRecord { record, ..stored },
                    None => self.unseen(record),
                };
                costs.extend(self.costs_of(&stored, &project, catalog));
            }
        }
        Ok(costs)
    }

    fn costs_of(
        &self,
        stored: &StoredRecord,
        project: &SourceProject,
        catalog: &Catalog,
    ) -> Vec<MappedCost> {
        let currency = project.currency.as_deref().unwrap_or(&catalog.local_currency);
        MappedCost::of(stored, self.policy, currency)
    }

    /// A record that no cycle has read yet.
    fn unseen(&self, record: CostRecord) -> StoredRecord {
        StoredRecord {
            postable_at_first_cycle: true,
            ..StoredRecord::unplanned(record, self.clock.now())
        }
    }
}
