//! What purchase order contracts and work order contracts have in common: model, statuses and list parameters.

use chrono::{DateTime, NaiveDate, Utc};

use super::contract_payments::ContractPayment;
use super::filters::{IncludeDeleted, TimeRange};
use super::line_items::LineItem;
use super::query::query;
use super::shapes::{
    AccountingMethod, Attachment, ChangeOrderRef, CurrencyConfiguration, IdName, InvoiceContact,
    VendorRef,
};
use crate::id::{CommitmentId, Id};
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

open_enum! {
    /// How far a subcontractor's schedule of values is agreed.
    pub enum ScheduleOfValuesStatus {
        /// In draft:
        Draft = "draft",
        /// In review:
        UnderReview = "under_review",
        /// Sent back:
        ReviseAndSubmit = "revise_and_submit",
        /// Approved:
        Approved = "approved",
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
        /// How far the subcontractor's schedule of values is agreed, in lists.
        opt billing_schedule_of_values_status: ScheduleOfValuesStatus,
        /// The person whom a purchase order is assigned to.
        sub assignee: IdName,
        /// Who made it, in the show call.
        opt created_by_id: Id,
        /// Whether people without rights see its lines.
        opt show_line_items_to_non_admins: bool,
        /// What is included (work orders).
        opt inclusions: String,
        /// What is excluded (work orders).
        opt exclusions: String,
        /// Where the invoice goes (purchase orders).
        opt bill_to_address: String,
        /// Where the goods go (purchase orders).
        opt ship_to_address: String,
        /// How the goods go (purchase orders).
        opt ship_via: String,
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
        /// The date of the letter of approval, as text: it is the one date here that Procore declares as free text.
        opt approval_letter_date: String,
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
        /// The packages that change it, in the show call alone.
        flat change_order_packages: ChangeOrderRef,
        /// The change order requests on it, in the show call alone.
        flat change_order_requests: ChangeOrderRef,
        /// The potential change orders on it, in the show call alone; for purchase orders Procore nests them deeper.
        flat potential_change_orders: ChangeOrderRef,
        /// The payments on it, in the show call alone.
        flat payments_issued: ContractPayment,
        /// Who answers for its invoices, in the show call alone.
        flat invoice_contacts: InvoiceContact,
        /// The files, in the show call alone.
        flat attachments: Attachment,
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

query! {
    /// What a list of purchase order contracts or work order contracts is narrowed by.
    pub struct CommitmentQuery {
        param view: CommitmentView = "view",
        range updated: TimeRange = "updated_at",
        range created: TimeRange = "created_at",
        many ids: CommitmentId = "id",
        many statuses: CommitmentStatus = "status",
        one origin_id: String = "origin_id",
        one include_deleted: IncludeDeleted = "include_deleted",
    }
}

open_enum! {
    /// Which lines of a commitment are listed.
    pub enum CommitmentLineView {
        /// All of them:
        Default = "default",
        /// Those that a subcontractor's schedule of values details:
        SsovSourceLines = "ssov_source_lines",
    }
}
