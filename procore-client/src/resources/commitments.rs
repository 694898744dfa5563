//! What purchase order contracts and work order contracts have in common: model, statuses and list parameters.

use chrono::{DateTime, NaiveDate, Utc};

use super::filters::{IncludeDeleted, TimeRange};
use super::line_items::LineItem;
use super::shapes::{AccountingMethod, CurrencyConfiguration, IdName, VendorRef};
use crate::id::{CommitmentId, CostCodeId, LineItemId, LineItemTypeId};
use crate::request::Request;
use crate::wire::{model, open_enum};

open_enum! {
    /// The status of a commitment. Approved is not final: people set it back, edit, and approve again.
    pub enum CommitmentStatus {
        /// Both families:
        Draft = "Draft",
        /// Both families:
        Approved = "Approved",
        /// Purchase orders:
        Processing = "Processing",
        /// Purchase orders:
        Submitted = "Submitted",
        /// Purchase orders:
        PartiallyReceived = "Partially Received",
        /// Purchase orders:
        Received = "Received",
        /// Purchase orders:
        Closed = "Closed",
        /// Work orders:
        OutForBid = "Out For Bid",
        /// Work orders:
        OutForSignature = "Out For Signature",
        /// Work orders:
        Complete = "Complete",
        /// Work orders:
        Terminated = "Terminated",
        /// Work orders:
        Void = "Void",
    }
}

model! {
    /// A purchase order contract or a work order contract.
    ///
    /// `grand_total` is the sum of the lines without tax; `revised_contract` adds the approved change orders.
    pub struct Commitment {
        /// Its id.
        key id: CommitmentId,
        /// The number that people gave it.
        opt number: String,
        /// The title.
        opt title: String,
        /// The description; may hold HTML.
        opt description: String,
        /// The status.
        opt status: CommitmentStatus,
        /// Whether it is executed.
        opt executed: bool,
        /// Whether it is private.
        opt private: bool,
        /// How its lines' amounts come about.
        opt accounting_method: AccountingMethod,
        /// The vendor.
        sub vendor: VendorRef,
        /// The project.
        sub project: IdName,
        /// The sum of the lines, without tax and change orders.
        money grand_total,
        /// `grand_total` and approved change orders.
        money revised_contract,
        /// Approved change orders.
        money approved_change_orders,
        /// Pending change orders.
        money pending_change_orders,
        /// `revised_contract` and pending change orders.
        money pending_revised_contract,
        /// Change orders in draft.
        money draft_change_orders_amount,
        /// What was invoiced.
        money total_requisitions_amount,
        /// What was drawn.
        money total_draw_requests_amount,
        /// What was paid.
        money total_payments,
        /// What is left to pay.
        money remaining_balance_outstanding,
        /// What was paid, in percent.
        percent percentage_paid,
        /// The agreed retainage, in percent.
        percent retainage_percent,
        /// The terms of payment.
        opt payment_terms: String,
        /// Whether invoices may be made.
        opt requisitions_are_enabled: bool,
        /// The date of the contract.
        opt contract_date: NaiveDate,
        /// The date of issue.
        opt issued_on_date: NaiveDate,
        /// The date of execution.
        opt execution_date: NaiveDate,
        /// The date of the letter of approval.
        opt approval_letter_date: NaiveDate,
        /// The date of the letter of intent.
        opt letter_of_intent_date: NaiveDate,
        /// The date on which the signed contract came.
        opt signed_contract_received_date: NaiveDate,
        /// The date of return.
        opt returned_date: NaiveDate,
        /// The date of delivery (purchase orders).
        opt delivery_date: NaiveDate,
        /// The first day (work orders).
        opt contract_start_date: NaiveDate,
        /// The last day, as estimated (work orders).
        opt contract_estimated_completion_date: NaiveDate,
        /// The last day, as it was (work orders).
        opt actual_completion_date: NaiveDate,
        /// The lines, in the show call alone.
        list line_items: LineItem,
        /// Its currency.
        sub currency_configuration: CurrencyConfiguration,
        /// The id in another system.
        opt origin_id: String,
        /// The code in another system, which people see.
        opt origin_code: String,
        /// Data of another system.
        opt origin_data: String,
        /// When it was made.
        opt created_at: DateTime<Utc>,
        /// When it was changed. Whether editing a line moves it is not documented.
        opt updated_at: DateTime<Utc>,
        /// When it was deleted; deleted ones are listed only if asked for.
        opt deleted_at: DateTime<Utc>,
    }
}

open_enum! {
    /// How much of a commitment is listed.
    pub enum CommitmentView {
        /// Few fields:
        Compact = "compact",
        /// All fields:
        Extended = "extended",
    }
}

/// What a list of commitments is narrowed by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CommitmentQuery {
    /// `filters[updated_at]`.
    pub updated: Option<TimeRange>,
    /// `filters[id]`.
    pub ids: Vec<CommitmentId>,
    /// `filters[status]`.
    pub statuses: Vec<CommitmentStatus>,
    /// `filters[include_deleted]`.
    pub include_deleted: Option<IncludeDeleted>,
    /// `view`.
    pub view: Option<CommitmentView>,
}

impl CommitmentQuery {
    pub(crate) fn apply(&self, request: Request) -> Request {
        request
            .query_opt("view", self.view.as_ref())
            .filter_opt("updated_at", self.updated)
            .filter("id", &self.ids)
            .filter("status", &self.statuses)
            .filter_opt("include_deleted", self.include_deleted.as_ref())
    }
}

/// What a list of lines is narrowed by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LineItemQuery {
    /// `filters[updated_at]`.
    pub updated: Option<TimeRange>,
    /// `filters[id]`.
    pub ids: Vec<LineItemId>,
    /// `filters[cost_code_id]`.
    pub cost_codes: Vec<CostCodeId>,
    /// `filters[line_item_type_id]`.
    pub line_item_types: Vec<LineItemTypeId>,
}

impl LineItemQuery {
    pub(crate) fn apply(&self, request: Request) -> Request {
        request
            .filter_opt("updated_at", self.updated)
            .filter("id", &self.ids)
            .filter("cost_code_id", &self.cost_codes)
            .filter("line_item_type_id", &self.line_item_types)
    }
}
