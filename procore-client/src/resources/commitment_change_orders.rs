//! Commitment change orders, of projects with one or two tiers.

use chrono::{DateTime, NaiveDate, Utc};

use super::filters::TimeRange;
use super::line_items::LineItem;
use super::shapes::{CurrencyConfiguration, UserRef};
use crate::client::Project;
use crate::id::{
    ChangeOrderPackageId, ChangeOrderRequestId, CommitmentChangeOrderId, CommitmentId, Id, VendorId,
};
use crate::paging::List;
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
        /// Days that it adds to the schedule.
        opt schedule_impact_amount: i64,
        /// When it is due.
        opt due_date: NaiveDate,
        /// When it was invoiced.
        opt invoiced_date: NaiveDate,
        /// When it was paid.
        opt paid_date: NaiveDate,
        /// When it was reviewed.
        opt reviewed_at: DateTime<Utc>,
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

open_enum! {
    /// How much of a change order is listed.
    pub enum ChangeOrderView {
        /// The server's usual fields:
        Default = "default",
        /// All fields:
        Extended = "extended",
    }
}

/// What a list of commitment change orders is narrowed by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CommitmentChangeOrderQuery {
    /// `filters[updated_at]`.
    pub updated: Option<TimeRange>,
    /// `filters[id]`.
    pub ids: Vec<CommitmentChangeOrderId>,
    /// `filters[contract_id]`.
    pub contracts: Vec<CommitmentId>,
    /// `filters[vendor_id]`.
    pub vendors: Vec<VendorId>,
    /// `filters[legacy_package_id]`.
    pub packages: Vec<ChangeOrderPackageId>,
    /// `filters[status]`.
    pub statuses: Vec<ChangeOrderStatus>,
    /// `view`.
    pub view: Option<ChangeOrderView>,
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
        let request = self
            .by_path("v1.0", "/commitment_change_orders")
            .query_opt("view", query.view.as_ref())
            .filter_opt("updated_at", query.updated)
            .filter("id", &query.ids)
            .filter("contract_id", &query.contracts)
            .filter("vendor_id", &query.vendors)
            .filter("legacy_package_id", &query.packages)
            .filter("status", &query.statuses);
        self.list(request).without_page_size()
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
}
