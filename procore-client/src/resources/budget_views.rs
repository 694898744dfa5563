//! Budget views: the company's ways to look at a budget, their columns, and a project's rows in one of them.

use chrono::{DateTime, Utc};

use super::budget_rows::{BudgetAllocation, BudgetDetailRow};
use super::filters::Sort;
use super::query::query;
use super::shapes::UserRef;
use crate::client::Project;
use crate::error::Result;
use crate::id::{BudgetLineItemId, BudgetViewId, CostCodeId, LineItemTypeId, ProjectId, SubJobId};
use crate::paging::List;
use crate::record::Record;
use crate::wire::{model, open_enum};

model! {
    /// A budget view. The links that Procore sends with it are left out: they lead to another host.
    pub struct BudgetView {
        /// Its id.
        key id: BudgetViewId,
        /// Its name.
        opt name: String,
        /// The description.
        opt description: String,
        /// What it is for, such as `budgeting`.
        opt role: String,
        /// Who made it.
        sub created_by: UserRef,
        /// When it was made.
        opt created_at: DateTime<Utc>,
        /// When it was changed.
        opt updated_at: DateTime<Utc>,
    }
}

model! {
    /// A column of a budget view. Rows carry its cells under its name: renaming it renames the key.
    pub struct BudgetColumn {
        /// Its id: a word such as `detail_type`, or a number.
        opt id: String,
        /// Its name as people see it, misspellings included.
        opt name: String,
        /// `standard` or `source`.
        #[serde(rename = "type")]
        opt kind: String,
        /// Its place; may be negative.
        opt position: i64,
        /// Whether its cells can be summed.
        opt aggregatable: bool,
        /// Whether rows can be narrowed by it.
        opt filterable: bool,
        /// Whether rows can be grouped by it.
        opt groupable: bool,
    }
}

open_enum! {
    /// Which rows of a budget are listed.
    pub enum BudgetRowType {
        /// Those with a budget line:
        Budgeted = "budgeted",
        /// Those with cost but without a budget line:
        Unbudgeted = "unbudgeted",
        /// Both:
        All = "all",
    }
}

open_enum! {
    /// What rows of a budget are sorted by.
    pub enum BudgetRowSort {
        /// Project before sub jobs:
        BillerType = "biller_type",
        /// The project:
        Project = "project",
        /// The project or sub job:
        Biller = "biller",
        /// The cost type:
        Category = "category_id",
        /// The cost code:
        CostCode = "cost_code",
        /// The division:
        RootCostCode = "root_cost_code",
    }
}

open_enum! {
    /// What budget views are sorted by.
    pub enum BudgetViewSort {
        /// When they were made:
        CreatedAt = "created_at",
    }
}

/// The project itself or one of its sub jobs, as rows are narrowed by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Biller {
    /// The project's own rows.
    Project(ProjectId),
    /// The rows of a sub job.
    SubJob(SubJobId),
}

/// The wire form, `id=1,type=SubJob`.
impl std::fmt::Display for Biller {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Project(id) => write!(f, "id={id},type=Project"),
            Self::SubJob(id) => write!(f, "id={id},type=SubJob"),
        }
    }
}

query! {
    /// What the rows of a budget view are narrowed by.
    pub struct BudgetRowQuery {
        param row_type: BudgetRowType = "budget_row_type",
        params billers: Biller = "biller",
        params cost_codes: CostCodeId = "cost_code_id",
        params cost_code_names: String = "cost_code_name",
        params root_cost_codes: CostCodeId = "root_cost_code_id",
        params root_cost_code_names: String = "root_cost_code_name",
        params cost_types: LineItemTypeId = "category_id",
        params budget_lines: BudgetLineItemId = "budget_line_item_id",
        param sort: Sort<BudgetRowSort> = "sort",
    }
}

model! {
    /// What is said of a project's budget as a whole.
    pub struct BudgetState {
        /// Whether the original budget is locked, so that it changes only by modifications or budget changes.
        opt locked: bool,
    }
}

pub(super) const PATH: &str = "/rest/v1.0/budget_views";

impl Project {
    /// Shows whether the project's budget is locked.
    ///
    /// # Errors
    ///
    /// As every call.
    pub async fn budget_state(&self) -> Result<Record<BudgetState>> {
        self.show(&self.by_path("v1.0", "/budget")).await
    }

    /// Lists the budget views that can be used in the project.
    pub fn budget_views(&self, sort: Option<Sort<BudgetViewSort>>) -> List<BudgetView> {
        self.list(self.by_query(PATH).query_opt("sort", sort))
    }

    /// Lists the columns of a budget view; the documentation names no paging.
    pub fn budget_detail_columns(&self, view: BudgetViewId) -> List<BudgetColumn> {
        self.list(self.by_query(format!("{PATH}/{view}/budget_detail_columns"))).without_page_size()
    }

    /// Lists the project's rows in a budget view, with the view's columns as cells.
    pub fn budget_detail_rows(
        &self,
        view: BudgetViewId,
        query: &BudgetRowQuery,
    ) -> List<BudgetDetailRow> {
        self.list(query.apply(self.by_query(format!("{PATH}/{view}/detail_rows"))))
    }

    /// Reads what is budgeted per code, from the rows that a view lists.
    ///
    /// Every view carries the original budget and its modifications, so the choice of the view changes nothing here.
    ///
    /// # Errors
    ///
    /// As every call, and [`Decode`](crate::ErrorKind::Decode) when a row cannot be read: a budget without that row
    /// would be a wrong budget.
    pub async fn budget_allocations(&self, view: BudgetViewId) -> Result<Vec<BudgetAllocation>> {
        let query =
            BudgetRowQuery { row_type: Some(BudgetRowType::Budgeted), ..BudgetRowQuery::default() };
        let listing = self.budget_detail_rows(view, &query).all().await?;
        if let Some(unreadable) = listing.unreadable.first() {
            return Err(crate::Error::decode(format!(
                "budget row {} cannot be read: {}",
                unreadable.id.as_deref().unwrap_or("without id"),
                unreadable.problem
            ))
            .with_path(Some(unreadable.path.clone())));
        }
        Ok(listing.records.iter().filter_map(|row| row.value.allocation()).collect())
    }
}
