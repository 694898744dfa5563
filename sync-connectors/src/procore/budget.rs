//! The budget of a project, read through a budget view: Procore lists budget lines nowhere else.

use procore_client::resources::budget_views::{BudgetRowQuery, BudgetRowType};
use sync_core::ports::{BudgetRow, SourceError, SourceErrorKind};

use super::{
    failure::{Failure, incomplete, source_error},
    reader::Reader,
};

impl Reader {
    /// What is budgeted per code, in the project's currency.
    ///
    /// Every view carries the original budget and its modifications, so the one with the smallest id is
    /// read. A row that does not read, or whose code is not known, fails the whole: a budget without it
    /// would be a wrong one. Rows without a cost code or an original amount are no budget.
    pub(super) async fn budget(&self) -> Result<Vec<BudgetRow>, SourceError> {
        let views = self.project.budget_views(None).all().await;
        let views = views.map_err(|error| source_error(&error))?;
        if !views.complete {
            return Err(incomplete("budget views"));
        }
        let Some(view) = views.into_values().into_iter().map(|view| view.id).min() else {
            let detail = format!("project {} has no budget view", self.project.id());
            return Err(SourceError::new(SourceErrorKind::Unavailable, detail));
        };
        let query =
            BudgetRowQuery { row_type: Some(BudgetRowType::Budgeted), ..BudgetRowQuery::default() };
        let listing = self.project.budget_detail_rows(view, &query).all().await;
        let listing = listing.map_err(|error| source_error(&error))?;
        if !listing.complete {
            return Err(incomplete("budget rows"));
        }
        if let Some(row) = listing.unreadable.first() {
            let id = row.id.as_deref().unwrap_or("without an id");
            let detail = format!("budget row {id}: {}: {}", row.path, row.problem);
            return Err(SourceError::new(SourceErrorKind::Unavailable, detail));
        }
        let mut rows = Vec::with_capacity(listing.records.len());
        for allocation in listing.records.iter().filter_map(|row| row.value.allocation()) {
            let cost_code = Some(allocation.cost_code_id.get());
            let cost_type = allocation.line_item_type_id.map(procore_client::LineItemTypeId::get);
            let coding = match self.coding_of_ids(cost_code, cost_type).await {
                // A code that the list of cost codes hides may still be in the breakdown structure.
                Err(Failure::Record(_)) if allocation.wbs_code_id.is_some() => {
                    let wbs = allocation.wbs_code_id.map(procore_client::WbsCodeId::get);
                    self.coding_of_wbs(None, wbs).await
                }
                coding => coding,
            };
            let coding = match coding {
                Ok(Some(coding)) => coding,
                Ok(None) => continue,
                Err(Failure::List(error)) => return Err(error),
                Err(Failure::Record(detail)) => {
                    return Err(SourceError::new(SourceErrorKind::Unavailable, detail));
                }
            };
            rows.push(BudgetRow {
                coding,
                original: allocation.original,
                modifications: allocation.modifications,
            });
        }
        Ok(rows)
    }
}
