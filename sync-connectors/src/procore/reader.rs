//! One project being read: its calls, its zone, its facts, and what every record has in common.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use procore_client::{Listing, Project, resources::line_items::LineItem};
use sync_core::model::{CompanyId, CostLine, Kind, ProjectId, SourceKey};

use super::{facts::Facts, failure::Failure, text::plain};
use crate::time_zone::Zone;

/// One project being read.
#[derive(Clone, Debug)]
pub(super) struct Reader {
    pub(super) project: Project,
    pub(super) zone: Zone,
    pub(super) facts: Arc<Facts>,
}

/// When a record was made and last changed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Times {
    pub(super) created_on: NaiveDate,
    pub(super) updated_at: DateTime<Utc>,
}

impl Reader {
    pub(super) fn key(&self, kind: Kind, id: i64) -> SourceKey {
        SourceKey {
            company: CompanyId(self.project.company_id().get()),
            project: ProjectId(self.project.id().get()),
            kind,
            id,
        }
    }

    /// The times of a record; one of the two stands for the other where Procore states only one.
    pub(super) fn times(
        &self,
        created_at: Option<DateTime<Utc>>,
        updated_at: Option<DateTime<Utc>>,
    ) -> Result<Times, Failure> {
        let Some(updated) = updated_at.or(created_at) else {
            return Err(Failure::Record("neither created_at nor updated_at is stated".to_owned()));
        };
        let created_on = self.zone.date_of(created_at.unwrap_or(updated));
        Ok(Times { created_on, updated_at: updated })
    }

    /// The lines of a listing; one that does not read, or is missing, makes the record unreadable.
    pub(super) async fn lines_of(
        &self,
        listing: Listing<LineItem>,
    ) -> Result<Vec<CostLine>, Failure> {
        if let Some(line) = listing.unreadable.first() {
            let id = line.id.as_deref().unwrap_or("without an id");
            return Err(Failure::Record(format!("line {id}: {}: {}", line.path, line.problem)));
        }
        if !listing.complete {
            return Err(Failure::Record(
                "its lines ended before the stated total, or some vanished while they were read"
                    .to_owned(),
            ));
        }
        self.lines(listing.into_values()).await
    }

    pub(super) async fn lines(&self, lines: Vec<LineItem>) -> Result<Vec<CostLine>, Failure> {
        let mut all = Vec::with_capacity(lines.len());
        for line in &lines {
            all.push(self.line(line).await?);
        }
        Ok(all)
    }

    /// A line: its stated amount is the truth, quantity and unit cost are carried to be checked.
    pub(super) async fn line(&self, line: &LineItem) -> Result<CostLine, Failure> {
        let stated = line.amount.or(line.total_amount).or(line.extended_amount);
        let Some(amount) = stated else {
            return Err(Failure::Record(format!("line {} states no amount", line.id)));
        };
        let calculated = line.extended_type
            == Some(procore_client::resources::line_items::ExtendedType::Calculated);
        Ok(CostLine {
            id: line.id.get(),
            amount,
            quantity: line.quantity,
            unit_cost: line.unit_cost,
            calculated,
            coding: self.coding_of_line(line).await?,
            description: line.description.as_deref().map(plain).unwrap_or_default(),
        })
    }
}
