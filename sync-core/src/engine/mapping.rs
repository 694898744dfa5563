//! The mapping tables against SAP's master data and the costs in Procore; nothing is written.

use std::collections::BTreeMap;

use super::{Engine, Failure};
use crate::{
    catalog::Catalog,
    mapping::{self, BlastRadius, Lint, MappedCost, MappingTables},
    model::{CostRecord, FamilyId, SourceKey},
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
            let records = self.store.project_records(project.id).await?;
            costs.extend(self.costs_of(records, project, catalog));
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
            let as_stated = |record: CostRecord| match known.remove(&record.key) {
                Some(stored) => StoredRecord { record, ..stored },
                None => self.unseen(record),
            };
            let records = records.into_iter().map(as_stated).collect();
            costs.extend(self.costs_of(records, &project, catalog));
        }
        Ok(costs)
    }

    /// The costs of a project's records, family by family: what a requisition moves depends on the one
    /// before it.
    fn costs_of(
        &self,
        records: Vec<StoredRecord>,
        project: &SourceProject,
        catalog: &Catalog,
    ) -> Vec<MappedCost> {
        let currency = project.currency.as_deref().unwrap_or(&catalog.local_currency);
        let mut families: BTreeMap<FamilyId, Vec<StoredRecord>> = BTreeMap::new();
        for stored in records {
            families.entry(stored.family()).or_default().push(stored);
        }
        let families = families.into_values().map(mapping::family_of);
        families.flat_map(|family| MappedCost::of_family(&family, self.policy, currency)).collect()
    }

    /// A record that no cycle has read yet.
    fn unseen(&self, record: CostRecord) -> StoredRecord {
        StoredRecord {
            postable_at_first_cycle: true,
            ..StoredRecord::unplanned(record, self.clock.now())
        }
    }
}
