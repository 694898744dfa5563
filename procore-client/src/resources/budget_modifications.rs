//! Budget modifications: transfers between lines of a budget, of projects that have not moved to budget changes.

use chrono::{DateTime, Utc};

use crate::client::Project;
use crate::id::{BudgetLineItemId, BudgetModificationId};
use crate::paging::List;
use crate::wire::model;

model! {
    /// A transfer from one budget line to another.
    pub struct BudgetModification {
        /// Its id.
        key id: BudgetModificationId,
        /// The line that gives; absent where the modification raises the whole budget.
        opt from_budget_line_item_id: BudgetLineItemId,
        /// The line that receives.
        opt to_budget_line_item_id: BudgetLineItemId,
        /// What is transferred, in the project's currency.
        money transfer_amount,
        /// What it is for.
        opt notes: String,
        /// The id in another system.
        opt origin_id: String,
        /// Data of another system.
        opt origin_data: String,
        /// When it was made.
        opt created_at: DateTime<Utc>,
        /// When it was changed.
        opt updated_at: DateTime<Utc>,
    }
}

impl Project {
    /// Lists the project's budget modifications.
    ///
    /// A project that has moved to [`budget_changes`](Self::budget_changes) refuses the call with 405, which
    /// [`Error::status`](crate::Error::status) tells.
    pub fn budget_modifications(&self) -> List<BudgetModification> {
        self.list(self.by_path("v1.0", "/budget_modifications"))
    }
}
