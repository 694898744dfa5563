//! Lines of a project's budget, one by one. No call lists them: read a budget through
//! [`budget_views`](super::budget_views).

use super::shapes::CurrencyConfiguration;
use super::wbs::WbsCodeRef;
use crate::client::Project;
use crate::error::Result;
use crate::id::BudgetLineItemId;
use crate::record::Record;
use crate::wire::{model, open_enum};

open_enum! {
    /// How the amount of a budget line comes about.
    pub enum CalculationStrategy {
        /// Quantity times unit cost:
        Automatic = "automatic",
        /// Typed in:
        Manual = "manual",
    }
}

model! {
    /// A line of a budget. This is the one place where Procore declares amounts as JSON numbers; they are read from
    /// their digits all the same.
    pub struct BudgetLineItem {
        /// Its id.
        key id: BudgetLineItemId,
        /// The original budget.
        money original_budget_amount,
        /// The quantity.
        money quantity,
        /// The price of one unit.
        money unit_cost,
        /// The unit of measure, by name.
        name uom,
        /// How the amount comes about.
        opt calculation_strategy: CalculationStrategy,
        /// The code of the work breakdown structure.
        sub wbs_code: WbsCodeRef,
        /// Its currency: the project's.
        sub currency_configuration: CurrencyConfiguration,
    }
}

impl Project {
    /// Shows a line of the budget (v1.1).
    ///
    /// # Errors
    ///
    /// As every call; 404 is not a proof of deletion.
    pub async fn budget_line_item(&self, id: BudgetLineItemId) -> Result<Record<BudgetLineItem>> {
        self.show(&self.by_query(format!("/rest/v1.1/budget_line_items/{id}"))).await
    }
}
