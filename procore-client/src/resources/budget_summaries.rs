//! Summary rows of a budget view: its detail rows added up by the server in groups.

use super::budget_rows::{BudgetForecast, ViewRow};
use super::budget_views::{Biller, BudgetRowType, PATH};
use super::cost_codes::BillerType;
use super::query::query;
use super::shapes::CurrencyConfiguration;
use crate::client::Project;
use crate::id::{BudgetLineItemId, BudgetViewId, CostCodeId, LineItemTypeId};
use crate::paging::List;
use crate::wire::{model, open_enum};

model! {
    /// The fields that a group of rows has in every view.
    pub struct BudgetSummary {
        /// What the group is of, as text; different groups may share it, because it names one level of them alone.
        opt id: String,
        /// Its name.
        opt name: String,
        /// Whether it belongs to the project or to a sub job.
        opt biller_type: BillerType,
        /// The lines that were added up, in snapshots.
        list budget_line_item_ids: BudgetLineItemId,
        /// The original budget, in the project's currency.
        money original_budget_amount,
        /// What modifications added to it or took from it.
        money budget_modifications,
        /// The forecast.
        sub budget_forecast: BudgetForecast,
        /// The currency; its code is null when multi-currency is off.
        sub currency_configuration: CurrencyConfiguration,
    }
}

/// A row of a budget view for a group of codes.
pub type BudgetSummaryRow = ViewRow<BudgetSummary>;

open_enum! {
    /// What rows of a budget are added up by.
    pub enum BudgetGroup {
        /// The project with its sub jobs:
        Project = "project",
        /// The project or sub job:
        Biller = "biller",
        /// The cost type:
        Category = "category",
        /// The cost code:
        CostCode = "cost_code",
        /// The division:
        RootCostCode = "root_cost_code",
        /// The cost code's name, over sub jobs:
        CostCodeName = "cost_code_name",
        /// The division's name, over sub jobs:
        RootCostCodeName = "root_cost_code_name",
    }
}

query! {
    /// What the summary rows of a budget view or snapshot are narrowed by.
    pub struct BudgetSummaryQuery {
        /// The server's default is biller, then division.
        joined group_by: BudgetGroup = "group_by",
        /// The server's default is the rows with a budget line; of snapshots, all.
        param row_type: BudgetRowType = "budget_row_type",
        params billers: Biller = "biller",
        params cost_codes: CostCodeId = "cost_code_id",
        params cost_code_names: String = "cost_code_name",
        params root_cost_codes: CostCodeId = "root_cost_code_id",
        params root_cost_code_names: String = "root_cost_code_name",
        params cost_types: LineItemTypeId = "category_id",
        params budget_lines: BudgetLineItemId = "budget_line_item_id",
    }
}

impl Project {
    /// Lists the project's rows in a budget view, added up in groups, with the view's columns as cells.
    pub fn budget_summary_rows(
        &self,
        view: BudgetViewId,
        query: &BudgetSummaryQuery,
    ) -> List<BudgetSummaryRow> {
        self.list(query.apply(self.by_query(format!("{PATH}/{view}/summary_rows"))))
            .told_apart_by_text()
    }
}
