//! The detail of a requisition: every item with its cumulative figures, as the printed form has them.

use crate::client::Project;
use crate::id::{CostCodeId, RequisitionId, RequisitionItemId};
use crate::paging::List;
use crate::wire::model;

use super::requisition_items::RequisitionItemType;

model! {
    /// An item as the printed form has it. Amounts are in the commitment's currency.
    pub struct RequisitionDetail {
        /// Its id.
        key id: RequisitionItemId,
        /// Its number on the form.
        opt item_number: i64,
        /// What it bills.
        opt item_type: RequisitionItemType,
        /// The cost code.
        opt cost_code_id: CostCodeId,
        /// The description.
        opt description_of_work: String,
        /// The value in the contract.
        money scheduled_value,
        /// The quantity in the contract.
        money scheduled_quantity,
        /// The unit price in the contract.
        money scheduled_unit_price,
        /// Work completed until the previous requisition.
        money work_completed_from_previous_application,
        /// Its quantity.
        money work_completed_from_previous_application_quantity,
        /// Work completed in this period.
        money work_completed_this_period,
        /// Its quantity.
        money work_completed_this_period_quantity,
        /// Materials stored now.
        money materials_presently_stored,
        /// Materials that moved into work completed.
        money materials_moved,
        /// Retainage that moved with them.
        money materials_retainage_retained_moved,
        /// Completed and stored to date.
        money total_completed_and_stored_to_date,
        /// Its quantity.
        money total_completed_and_stored_to_date_quantity,
        /// The same in percent of the value; may pass 100.
        percent total_completed_and_stored_to_date_percent,
        /// What is left of the value.
        money balance_to_finish,
        /// Retainage on work, as held now.
        money work_completed_retainage_currently_retained,
        /// Retainage on work from before.
        money work_completed_retainage_from_previous_application,
        /// Retainage on work, held back in this period.
        money work_completed_retainage_retained_this_period,
        /// Its rate in percent.
        percent work_completed_retainage_percent_this_period,
        /// Retainage on work, released in this period.
        money work_completed_retainage_released_this_period,
        /// Retainage on materials, as held now.
        money materials_stored_retainage_currently_retained,
        /// Retainage on materials from before.
        money materials_stored_retainage_from_previous_application,
        /// Retainage on materials, held back in this period.
        money materials_stored_retainage_retained_this_period,
        /// Its rate in percent.
        percent materials_stored_retainage_percent_this_period,
        /// Retainage on materials, released in this period.
        money materials_stored_retainage_released_this_period,
        /// Both retainages as held now.
        money total_retainage_currently_retained,
        /// Both retainages from before.
        money total_retainage_from_previous_application,
    }
}

impl Project {
    /// Lists the detail of a requisition; the documentation names no paging.
    pub fn requisition_detail(&self, requisition: RequisitionId) -> List<RequisitionDetail> {
        let path = format!("/rest/v1.0/requisitions/{requisition}/detail");
        self.list(self.by_query(path)).without_page_size()
    }
}
