//! The items of a requisition, with every cumulative column.

use chrono::NaiveDate;

use super::shapes::{AccountingMethod, CurrencyConfiguration};
use super::wbs::WbsCodeRef;
use crate::id::{ChangeOrderPackageId, CostCodeId, LineItemId, RequisitionItemId};
use crate::wire::{model, open_enum};

open_enum! {
    /// What an item bills.
    pub enum RequisitionItemType {
        /// A line of the contract:
        ContractItem = "contract_item",
        /// A detail of a line of the contract:
        ContractDetailItem = "contract_detail_item",
        /// A line of a change order:
        ChangeOrderItem = "change_order_item",
        /// A whole change order:
        WholeChangeOrderItem = "whole_change_order_item",
    }
}

model! {
    /// An item of a requisition. Columns named `…_from_previous_…` and `total_…` are cumulative.
    pub struct RequisitionItem {
        /// Its id.
        key id: RequisitionItemId,
        /// What it bills.
        opt item_type: RequisitionItemType,
        /// How its amount comes about.
        opt accounting_method: AccountingMethod,
        /// The line of the contract or change order that it bills.
        opt line_item_id: LineItemId,
        /// The line of the commitment, on items of change orders.
        opt commitment_line_item_id: LineItemId,
        /// The id of that line in another system.
        opt commitment_line_item_origin_id: String,
        /// The detail of the contract's line, on items of details.
        opt detail_line_item_id: LineItemId,
        /// The package, on items of change orders.
        opt change_order_package_id: ChangeOrderPackageId,
        /// The cost code.
        opt cost_code_id: CostCodeId,
        /// The code of the work breakdown structure.
        sub wbs_code: WbsCodeRef,
        /// What the work is.
        opt description_of_work: String,
        /// A comment.
        opt comment: String,
        /// The review's verdict; it does not change the amount.
        opt status: String,
        /// Its place in the list.
        opt position: i64,
        /// Its number as people see it.
        opt line_number: String,
        /// The unit of measure.
        name uom,
        /// Net amount.
        money net_amount,
        /// Gross amount.
        money gross_amount,
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
        /// Their quantity.
        money materials_presently_stored_quantity,
        /// Materials that were stored before.
        money materials_presently_stored_from_previous_progress,
        /// Their quantity.
        money materials_previously_stored_quantity,
        /// Materials that moved into work completed.
        money materials_moved,
        /// Retainage that moved with them.
        money materials_retainage_retained_moved,
        /// Completed and stored to date.
        money total_completed_and_stored_to_date,
        /// The same in percent of the value; may pass 100.
        percent total_completed_and_stored_to_date_percent,
        /// Completed and stored until the previous requisition.
        money total_completed_and_stored_to_date_from_previous,
        /// Retainage on work from before.
        money work_completed_retainage_from_previous_application,
        /// Retainage on work, held back in this period.
        money work_completed_retainage_retained_this_period,
        /// Its rate in percent.
        percent work_completed_retainage_percent_this_period,
        /// Retainage on work, released in this period.
        money work_completed_retainage_released_this_period,
        /// Retainage on work, as held now.
        money work_completed_retainage_currently_retained,
        /// Retainage on materials, as held now.
        money materials_stored_retainage_currently_retained,
        /// Retainage on materials from before.
        money materials_stored_retainage_from_previous_application,
        /// Retainage on materials, held back in this period.
        money materials_stored_retainage_retained_this_period,
        /// Its rate in percent.
        percent materials_stored_retainage_percent_this_period,
        /// Retainage on new materials.
        money materials_stored_retainage_new_materials,
        /// Retainage on materials, released in this period.
        money materials_stored_retainage_released_this_period,
        /// What the subcontractor claimed.
        money subcontractor_claimed_amount,
        /// Whether sliding-scale retainage was overridden by hand.
        opt ssr_manual_override: bool,
        /// The item of the previous requisition.
        opt previous_progress_id: RequisitionItemId,
        /// Its currency.
        sub currency_configuration: CurrencyConfiguration,
    }
}

model! {
    /// The summary block: `summary` in v1.1, `g702` in v1.0.
    pub struct RequisitionSummary {
        /// The contract without change orders.
        money original_contract_sum,
        /// Change orders.
        money net_change_by_change_orders,
        /// Both together.
        money contract_sum_to_date,
        /// Completed and stored to date.
        money total_completed_and_stored_to_date,
        /// Retainage on completed work.
        money completed_work_retainage_amount,
        /// Its rate in percent.
        percent completed_work_retainage_percent,
        /// Retainage on stored materials.
        money stored_materials_retainage_amount,
        /// Its rate in percent.
        percent stored_materials_retainage_percent,
        /// Both retainages together.
        money total_retainage,
        /// Completed and stored, less retainage.
        money total_earned_less_retainage,
        /// What earlier requisitions certified.
        money less_previous_certificates_for_payment,
        /// What is due now; whether tax is in it is not documented.
        money current_payment_due,
        /// What is left of the contract, retainage included.
        money balance_to_finish_including_retainage,
        /// The tax on what is due.
        money tax_applicable_to_this_payment,
        /// Positive change orders.
        money positive_change_order_item_total,
        /// Positive change orders that are new.
        money positive_new_change_order_item_total,
        /// Positive change orders from before.
        money positive_previous_change_order_item_total,
        /// Negative change orders.
        money negative_change_order_item_total,
        /// Negative change orders that are new.
        money negative_new_change_order_item_total,
        /// Negative change orders from before.
        money negative_previous_change_order_item_total,
        /// New materials.
        money new_materials,
        /// Their quantity.
        money new_materials_quantity,
        /// Stored materials.
        money stored_materials,
        /// Their quantity.
        money stored_materials_quantity,
        /// The period as people read it.
        opt formatted_period: String,
    }
}

model! {
    /// The text block of a requisition.
    pub struct RequisitionSummaryText {
        /// The project's number.
        opt project_number: String,
        /// The project's name.
        opt project_name: String,
        /// The contractor whom the requisition is for.
        opt to_general_contractor: String,
        /// The first day that it bills.
        opt requisition_period_start: NaiveDate,
        /// The last day that it bills.
        opt requisition_period_end: NaiveDate,
        /// The subcontractor.
        opt subcontractor_name: String,
        /// The subcontractor's street.
        opt subcontractor_street: String,
        /// The subcontractor's city.
        opt subcontractor_city: String,
        /// The subcontractor's state.
        opt subcontractor_state_code: String,
        /// The subcontractor's postal code.
        opt subcontractor_zip: String,
        /// The subcontractor's country.
        opt subcontractor_country_code: String,
        /// The number of the application.
        opt application_number: String,
        /// What the contract is for.
        opt contract_for: String,
        /// The date of the contract.
        opt contract_date: NaiveDate,
    }
}
