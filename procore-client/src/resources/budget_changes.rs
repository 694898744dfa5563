//! Budget changes, which take the place of budget modifications, and their adjustment lines.

use chrono::{DateTime, Utc};

use super::budget_line_items::CalculationStrategy;
use super::query::query;
use super::shapes::UserRef;
use super::wbs::WbsCodeRef;
use crate::client::Project;
use crate::error::Result;
use crate::id::{BudgetAdjustmentId, BudgetChangeId, Id, WbsCodeId};
use crate::paging::List;
use crate::record::Record;
use crate::wire::{model, open_enum};

open_enum! {
    /// The status of a budget change.
    pub enum BudgetChangeStatus {
        /// In draft:
        Draft = "draft",
        /// In review:
        UnderReview = "under_review",
        /// Approved; the only status that changes a budget:
        Approved = "approved",
        /// Void:
        Void = "void",
    }
}

open_enum! {
    /// Where an adjustment comes from.
    pub enum AdjustmentType {
        /// A change event:
        ChangeEvent = "change_event",
        /// The budget change itself:
        BudgetChange = "budget_change",
    }
}

model! {
    /// A budget change. No public document expands its body; the fields are those of the tutorial's request.
    pub struct BudgetChange {
        /// Its id.
        key id: BudgetChangeId,
        /// The number that people gave it.
        opt number: String,
        /// The title.
        opt title: String,
        /// The description.
        opt description: String,
        /// The status.
        opt status: BudgetChangeStatus,
        /// The lines, in the show call.
        list adjustment_line_items: BudgetAdjustment,
        /// Who made it.
        sub created_by: UserRef,
        /// When it was made.
        opt created_at: DateTime<Utc>,
        /// When it was changed.
        opt updated_at: DateTime<Utc>,
    }
}

model! {
    /// A line of a budget change: what it adds to one code, or takes from it if negative.
    pub struct BudgetAdjustment {
        /// Its id.
        key id: BudgetAdjustmentId,
        /// Which adjustment of the change it belongs to; the lines of one adjustment move money between codes.
        opt adjustment_number: i64,
        /// The amount, a JSON number on the wire.
        money amount,
        /// The quantity, a JSON number on the wire.
        money quantity,
        /// The price of one unit, in REST v1.
        money unit_cost,
        /// The unit of measure, by name.
        name uom,
        /// The description.
        opt description: String,
        /// How the amount comes about, in REST v1.
        opt calculation_strategy: CalculationStrategy,
        /// Where it comes from.
        #[serde(rename = "type")]
        opt kind: AdjustmentType,
        /// The code's id, in REST v2.
        opt wbs_code_id: WbsCodeId,
        /// The code, in REST v1.
        sub wbs_code: WbsCodeRef,
        /// The line of the change event, in REST v1.
        opt change_event_line_item_id: Id,
        /// The change, in REST v2.
        opt budget_change_id: BudgetChangeId,
        /// The change's number, in REST v2.
        opt budget_change_number: String,
        /// The change's title, in REST v2.
        opt budget_change_name: String,
        /// The change's status, in REST v2.
        opt budget_change_status: BudgetChangeStatus,
    }
}

query! {
    /// What a list of budget changes is narrowed by. No filter is offered.
    pub struct BudgetChangeQuery {
        param exclude_custom_fields: bool = "exclude_custom_fields",
    }
}

impl Project {
    /// Lists the project's budget changes, without their lines. The documentation names no paging.
    ///
    /// Custom fields, which no model of this crate has, can be left out for a faster answer.
    pub fn budget_changes(&self, query: &BudgetChangeQuery) -> List<BudgetChange> {
        self.list(query.apply(self.by_path("v1.0", "/budget_changes"))).without_page_size()
    }

    /// Shows a budget change with its lines.
    ///
    /// # Errors
    ///
    /// As every call; 404 is not a proof of deletion.
    pub async fn budget_change(&self, id: BudgetChangeId) -> Result<Record<BudgetChange>> {
        self.show(&self.by_path("v1.0", &format!("/budget_changes/{id}"))).await
    }

    /// Lists the lines of all budget changes of the project (REST v2), whatever the status of their change.
    pub fn budget_adjustment_line_items(&self) -> List<BudgetAdjustment> {
        let path = "/budget_changes/adjustment_line_items";
        self.list(self.by_company_path("v2.0", path)).at_most_per_page(100)
    }
}
