//! Commitment change orders, of projects with one or two tiers.

use chrono::{DateTime, NaiveDate, Utc};

use super::filters::{Sort, TimeRange};
use super::line_items::LineItem;
use super::query::query;
use super::shapes::{CurrencyConfiguration, UserRef};
use crate::client::Project;
use crate::error::Result;
use crate::id::{
    ChangeOrderPackageId, ChangeOrderRequestId, CommitmentChangeOrderId, CommitmentId, Id,
    LineItemId, VendorId,
};
use crate::paging::List;
use crate::record::Record;
use crate::wire::{model, open_enum};

open_enum! {
    /// The status of a change order, package or potential change order.
    pub enum ChangeOrderStatus {
        /// Not yet submitted:
        Draft = "draft",
        /// In pricing:
        Pricing = "pricing",
        /// Not in pricing:
        NotPricing = "not_pricing",
        /// Awaiting approval:
        Pending = "pending",
        /// Revised:
        Revised = "revised",
        /// Work goes on before approval:
        Proceeding = "proceeding",
        /// Work does not go on:
        NotProceeding = "not_proceeding",
        /// Awaiting approval, but billable (change orders alone):
        PendingBillable = "pending_billable",
        /// Carries an amount without effect:
        NoCharge = "no_charge",
        /// Approved; not final, people set it back and approve again:
        Approved = "approved",
        /// Rejected:
        Rejected = "rejected",
        /// Void:
        Void = "void",
    }
}

model! {
    /// A commitment change order.
    pub struct CommitmentChangeOrder {
        /// Its id.
        key id: CommitmentChangeOrderId,
        /// The commitment that it changes.
        opt contract_id: CommitmentId,
        /// The batch that it belongs to.
        opt batch_id: Id,
        /// The package that stands for it in the older API.
        opt legacy_package_id: ChangeOrderPackageId,
        /// The request that stands for it in the older API.
        opt legacy_request_id: ChangeOrderRequestId,
        /// The number that people gave it.
        opt number: String,
        /// The revision.
        opt revision: i64,
        /// The title.
        opt title: String,
        /// The description; may hold HTML.
        opt description: String,
        /// The type.
        #[serde(rename = "type")]
        opt kind: String,
        /// The status.
        opt status: ChangeOrderStatus,
        /// The total, markup included.
        money grand_total,
        /// Whether it is executed.
        opt executed: bool,
        /// Whether it is paid.
        opt paid: bool,
        /// Whether it is private.
        opt private: bool,
        /// Whether it was made in the field.
        opt field_change: bool,
        /// Whether a signature is required.
        opt signature_required: bool,
        /// A reference.
        opt reference: String,
        /// Why the contract changes.
        sub change_order_change_reason: ChangeReason,
        /// The change events that it comes from, with `view=extended`.
        list change_events: ChangeEventRef,
        /// Days that it adds to the schedule.
        opt schedule_impact_amount: i64,
        /// When it is due.
        opt due_date: NaiveDate,
        /// When it was invoiced.
        opt invoiced_date: NaiveDate,
        /// When it was paid.
        opt paid_date: NaiveDate,
        /// When the signed change order came.
        opt signed_change_order_received_date: NaiveDate,
        /// When the work is to be substantially complete.
        opt revised_substantial_completion_date: NaiveDate,
        /// When it was reviewed.
        opt reviewed_at: DateTime<Utc>,
        /// Who is to review it.
        sub designated_reviewer: UserRef,
        /// Who asked for it.
        sub received_from: UserRef,
        /// Who made it.
        sub created_by: UserRef,
        /// Who reviewed it.
        sub reviewed_by: UserRef,
        /// Its currency.
        sub currency_configuration: CurrencyConfiguration,
        /// The id in another system, in ERP payloads.
        opt origin_id: String,
        /// The code in another system, in ERP payloads.
        opt origin_code: String,
        /// When it was made.
        opt created_at: DateTime<Utc>,
        /// When it was changed.
        opt updated_at: DateTime<Utc>,
        /// When it was deleted, in ERP payloads; the list cannot be asked for deleted ones.
        opt deleted_at: DateTime<Utc>,
    }
}

model! {
    /// Why a contract changes.
    pub struct ChangeReason {
        /// Its id.
        opt id: Id,
        /// The reason.
        opt change_reason: String,
    }
}

model! {
    /// A change event.
    pub struct ChangeEventRef {
        /// Its id.
        opt id: Id,
        /// Its number.
        opt number: String,
    }
}

open_enum! {
    /// How much of a change order is listed.
    pub enum ChangeOrderView {
        /// The server's usual fields:
        Default = "default",
        /// All fields:
        Extended = "extended",
    }
}

open_enum! {
    /// What commitment change orders are sorted by.
    pub enum ChangeOrderSort {
        /// The id:
        Id = "id",
        /// When they were made:
        CreatedAt = "created_at",
    }
}

query! {
    /// What a list of commitment change orders is narrowed by. Deleted ones cannot be asked for.
    pub struct CommitmentChangeOrderQuery {
        param view: ChangeOrderView = "view",
        range updated: TimeRange = "updated_at",
        many ids: CommitmentChangeOrderId = "id",
        many batches: Id = "batch_id",
        many contracts: CommitmentId = "contract_id",
        many vendors: VendorId = "vendor_id",
        many packages: ChangeOrderPackageId = "legacy_package_id",
        many statuses: ChangeOrderStatus = "status",
        one executed: bool = "executed",
        one signature_required: bool = "signature_required",
        param sort: Sort<ChangeOrderSort> = "sort",
    }
}

impl Project {
    /// Lists the project's commitment change orders, without their lines; deletion shows as absence alone.
    ///
    /// The documentation shows one object for this list and names no paging: an array, one object and `{"data": …}`
    /// are all read.
    pub fn commitment_change_orders(
        &self,
        query: &CommitmentChangeOrderQuery,
    ) -> List<CommitmentChangeOrder> {
        self.list(query.apply(self.by_path("v1.0", "/commitment_change_orders")))
            .without_page_size()
    }

    /// Shows a commitment change order.
    ///
    /// # Errors
    ///
    /// As every call; 404 is not a proof of deletion.
    pub async fn commitment_change_order(
        &self,
        id: CommitmentChangeOrderId,
        view: Option<&ChangeOrderView>,
    ) -> Result<Record<CommitmentChangeOrder>> {
        let path = format!("/commitment_change_orders/{id}");
        self.show(&self.by_path("v1.0", &path).query_opt("view", view)).await
    }

    /// Lists the lines of a commitment change order (REST v2).
    pub fn commitment_change_order_line_items(
        &self,
        id: CommitmentChangeOrderId,
    ) -> List<LineItem> {
        let request =
            self.by_company_path("v2.0", &format!("/commitment_change_orders/{id}/line_items"));
        self.list(request).at_most_per_page(100)
    }

    /// Shows a line of a commitment change order (REST v2).
    ///
    /// # Errors
    ///
    /// As every call; 404 is not a proof of deletion.
    pub async fn commitment_change_order_line_item(
        &self,
        order: CommitmentChangeOrderId,
        id: LineItemId,
    ) -> Result<Record<LineItem>> {
        let path = format!("/commitment_change_orders/{order}/line_items/{id}");
        self.show(&self.by_company_path("v2.0", &path)).await
    }
}
