//! Requisitions: subcontractor invoices.

use chrono::{DateTime, NaiveDate, Utc};

use super::filters::TimeRange;
use super::query::query;
pub use super::requisition_items::{
    RequisitionItem, RequisitionItemType, RequisitionSummary, RequisitionSummaryText,
};
use super::shapes::{Attachment, CurrencyConfiguration, UserRef};
use crate::client::Project;
use crate::error::Result;
use crate::id::{
    BillingPeriodId, CommitmentId, Id, ProjectId, RequisitionId, RequisitionItemId, VendorId,
};
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
        /// The id of the electronic signature.
        opt electronic_signature_id: Id,
        /// A comment, in v1.0.
        opt comment: String,
        /// Whether stored materials move into the work completed before.
        opt move_materials_to_previous_work_completed: bool,
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
        /// The files, with `view=extended`.
        flat attachments: Attachment,
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
        /// Its place in the list.
        opt position: i64,
        /// Its number as people see it.
        opt change_order_acronym_number: String,
        /// The request that it belongs to.
        sub change_order_request: ItemPackageParent,
        /// The package that it belongs to.
        sub batch: ItemPackageParent,
    }
}

model! {
    /// What a change order on a requisition belongs to.
    pub struct ItemPackageParent {
        /// Its id.
        opt id: Id,
        /// Its title.
        opt title: String,
        /// Its number as people see it.
        opt change_order_acronym_number: String,
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
        /// The header, and what the login may do with it:
        ActionPolicy = "action_policy",
    }
}

query! {
    /// What a list of requisitions is narrowed by. Deleted ones are gone and cannot be asked for.
    pub struct RequisitionQuery {
        /// Items when not set.
        param view: RequisitionView = "view",
        range updated: TimeRange = "updated_at",
        range created: TimeRange = "created_at",
        many ids: RequisitionId = "id",
        many commitments: CommitmentId = "commitment_id",
        many periods: BillingPeriodId = "period_id",
        many statuses: RequisitionStatus = "status",
        one origin_id: String = "origin_id",
        one is_last: bool = "is_last",
    }
}

query! {
    /// What the change order items of a requisition are narrowed by.
    pub struct ChangeOrderItemQuery {
        many change_orders: Id = "change_order_id",
    }
}

const PATH: &str = "/rest/v1.1/requisitions";
/// The lists of items exist in v1.0 alone.
const PATH_OF_ITEMS: &str = "/rest/v1.0/requisitions";

impl Project {
    /// Lists the project's requisitions (v1.1), with their items unless another view is asked for.
    pub fn requisitions(&self, query: &RequisitionQuery) -> List<Requisition> {
        let items = query.view.is_none().then_some(RequisitionView::Items);
        self.list(query.apply(self.by_query(PATH).query_opt("view", items)))
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

    /// Lists the items of a requisition that bill lines of the contract.
    pub fn requisition_contract_items(&self, id: RequisitionId) -> List<RequisitionItem> {
        self.list(self.by_query(format!("{PATH_OF_ITEMS}/{id}/contract_items")))
    }

    /// Lists the items of a requisition that bill details of the contract's lines.
    pub fn requisition_contract_detail_items(&self, id: RequisitionId) -> List<RequisitionItem> {
        self.list(self.by_query(format!("{PATH_OF_ITEMS}/{id}/contract_detail_items")))
    }

    /// Lists the items of a requisition that bill change orders.
    pub fn requisition_change_order_items(
        &self,
        id: RequisitionId,
        query: &ChangeOrderItemQuery,
    ) -> List<RequisitionItem> {
        let path = format!("{PATH_OF_ITEMS}/{id}/change_order_items");
        self.list(query.apply(self.by_query(path)))
    }

    /// Shows an item of a requisition that bills a line of the contract.
    ///
    /// # Errors
    ///
    /// As every call; 404 is not a proof of deletion.
    pub async fn requisition_contract_item(
        &self,
        requisition: RequisitionId,
        id: RequisitionItemId,
    ) -> Result<Record<RequisitionItem>> {
        let path = format!("{PATH_OF_ITEMS}/{requisition}/contract_items/{id}");
        self.show(&self.by_query(path)).await
    }

    /// Shows an item of a requisition that bills a detail of one of the contract's lines.
    ///
    /// # Errors
    ///
    /// As every call; 404 is not a proof of deletion.
    pub async fn requisition_contract_detail_item(
        &self,
        requisition: RequisitionId,
        id: RequisitionItemId,
    ) -> Result<Record<RequisitionItem>> {
        let path = format!("{PATH_OF_ITEMS}/{requisition}/contract_detail_items/{id}");
        self.show(&self.by_query(path)).await
    }

    /// Shows an item of a requisition that bills a change order.
    ///
    /// # Errors
    ///
    /// As every call; 404 is not a proof of deletion.
    pub async fn requisition_change_order_item(
        &self,
        requisition: RequisitionId,
        id: RequisitionItemId,
    ) -> Result<Record<RequisitionItem>> {
        let path = format!("{PATH_OF_ITEMS}/{requisition}/change_order_items/{id}");
        self.show(&self.by_query(path)).await
    }
}
