//! Requisitions: subcontractor invoices.

use chrono::{DateTime, NaiveDate, Utc};

use super::filters::TimeRange;
pub use super::requisition_items::{
    RequisitionItem, RequisitionItemType, RequisitionSummary, RequisitionSummaryText,
};
use super::shapes::{CurrencyConfiguration, UserRef};
use crate::client::Project;
use crate::error::Result;
use crate::id::{BillingPeriodId, CommitmentId, Id, ProjectId, RequisitionId, VendorId};
use crate::paging::List;
use crate::record::Record;
use crate::wire::{model, open_enum};

open_enum! {
    /// The status of a requisition.
    pub enum RequisitionStatus {
        /// In draft:
        Draft = "draft",
        /// In review:
        UnderReview = "under_review",
        /// Sent back:
        ReviseAndResubmit = "revise_and_resubmit",
        /// Approved; the only status that Procore counts as cost:
        Approved = "approved",
        /// Approved with notes:
        ApprovedAsNoted = "approved_as_noted",
        /// Awaiting the owner:
        PendingOwnerApproval = "pending_owner_approval",
    }
}

model! {
    /// A requisition. Deleting one removes it for good, so deletion shows as absence alone.
    pub struct Requisition {
        /// Its id.
        key id: RequisitionId,
        /// The requisition before it, of the same commitment.
        opt previous_requisition_id: RequisitionId,
        /// The project.
        opt project_id: ProjectId,
        /// The commitment that it bills.
        opt commitment_id: CommitmentId,
        /// `WorkOrderContract` or `PurchaseOrderContract`.
        opt commitment_type: String,
        /// The commitment's number and title.
        opt contract_name: String,
        /// The vendor.
        opt vendor_id: VendorId,
        /// The vendor's name.
        opt vendor_name: String,
        /// Its number within the commitment.
        opt number: i64,
        /// The subcontractor's own number.
        opt invoice_number: String,
        /// The type.
        opt invoice_type: String,
        /// The status.
        opt status: RequisitionStatus,
        /// Whether it is the last one of the commitment.
        #[serde(rename = "final")]
        opt is_final: bool,
        /// Whether it can be deleted.
        opt deletable: bool,
        /// What an accounting integration did with it.
        opt erp_status: String,
        /// The billing period.
        opt period_id: BillingPeriodId,
        /// The billing date.
        opt billing_date: NaiveDate,
        /// The first day that it bills.
        opt requisition_start: NaiveDate,
        /// The last day that it bills.
        opt requisition_end: NaiveDate,
        /// When it was submitted.
        opt submitted_at: NaiveDate,
        /// When it was paid.
        opt payment_date: NaiveDate,
        /// How much of the contract is complete, in percent.
        percent percent_complete,
        /// What the subcontractor claimed.
        money total_claimed_amount,
        /// The summary block of v1.1; see [`summary`](Self::summary).
        sub summary: RequisitionSummary,
        /// The summary block of v1.0; see [`summary`](Self::summary).
        sub g702: RequisitionSummary,
        /// The text block.
        sub summary_text: RequisitionSummaryText,
        /// The items, with `view=items` and `view=extended`.
        list items: RequisitionItem,
        /// The change orders that the items belong to.
        list item_packages: ItemPackage,
        /// Who made it.
        sub created_by: UserRef,
        /// Its currency.
        sub currency_configuration: CurrencyConfiguration,
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

impl Requisition {
    /// Returns the summary block, by either name.
    #[must_use]
    pub fn summary(&self) -> Option<&RequisitionSummary> {
        self.summary.as_ref().or(self.g702.as_ref())
    }
}

model! {
    /// A change order that items of a requisition belong to.
    pub struct ItemPackage {
        /// Its id.
        opt id: Id,
        /// The contract.
        opt contract_id: CommitmentId,
        /// The change order.
        opt change_order_id: Id,
        /// Its number.
        opt number: String,
        /// Its title.
        opt title: String,
        /// Its status.
        opt status: String,
    }
}

open_enum! {
    /// How much of a requisition is read.
    pub enum RequisitionView {
        /// The header:
        Default = "default",
        /// Header, items and attachments:
        Extended = "extended",
        /// Header and items:
        Items = "items",
    }
}

/// What a list of requisitions is narrowed by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RequisitionQuery {
    /// `filters[updated_at]`.
    pub updated: Option<TimeRange>,
    /// `filters[id]`.
    pub ids: Vec<RequisitionId>,
    /// `filters[commitment_id]`.
    pub commitments: Vec<CommitmentId>,
    /// `filters[period_id]`.
    pub periods: Vec<BillingPeriodId>,
    /// `filters[status]`.
    pub statuses: Vec<RequisitionStatus>,
    /// `filters[is_last]`.
    pub is_last: Option<bool>,
    /// `view`; items when not set.
    pub view: Option<RequisitionView>,
}

const PATH: &str = "/rest/v1.1/requisitions";

impl Project {
    /// Lists the project's requisitions (v1.1), with their items unless another view is asked for.
    pub fn requisitions(&self, query: &RequisitionQuery) -> List<Requisition> {
        let request = self
            .by_query(PATH)
            .query("view", query.view.as_ref().unwrap_or(&RequisitionView::Items))
            .filter_opt("updated_at", query.updated)
            .filter("id", &query.ids)
            .filter("commitment_id", &query.commitments)
            .filter("period_id", &query.periods)
            .filter("status", &query.statuses)
            .filter_opt("is_last", query.is_last);
        self.list(request)
    }

    /// Shows a requisition (v1.1).
    ///
    /// # Errors
    ///
    /// As every call; 404 is not a proof of deletion.
    pub async fn requisition(
        &self,
        id: RequisitionId,
        view: &RequisitionView,
    ) -> Result<Record<Requisition>> {
        self.show(&self.by_query(format!("{PATH}/{id}")).query("view", view)).await
    }
}
