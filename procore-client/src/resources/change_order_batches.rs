//! Batches of commitment change orders: what a 2-tier project approves together.

use chrono::{DateTime, NaiveDate, Utc};

use super::commitment_change_orders::{ChangeOrderSort, ChangeOrderStatus};
use super::filters::{Sort, TimeRange};
use super::query::query;
use super::shapes::{Attachment, CurrencyConfiguration, UserRef};
use crate::client::Project;
use crate::error::Result;
use crate::id::{CommitmentChangeOrderId, CommitmentId, Id};
use crate::paging::List;
use crate::record::Record;
use crate::wire::model;

model! {
    /// A batch. The answers of list and show are not documented; these are the fields that the call which makes one
    /// answers with.
    pub struct ChangeOrderBatch {
        /// Its id.
        key id: Id,
        /// The contract.
        opt contract_id: CommitmentId,
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
        /// The total, markup included, in the contract's currency.
        money grand_total,
        /// Whether it is executed.
        opt executed: bool,
        /// Whether it is private.
        opt private: bool,
        /// Whether it is to be signed.
        opt signature_required: bool,
        /// Days that it adds to the schedule.
        opt schedule_impact_amount: i64,
        /// When it is due.
        opt due_date: NaiveDate,
        /// When it was invoiced.
        opt invoiced_date: NaiveDate,
        /// When it was paid.
        opt paid_date: NaiveDate,
        /// When the signed batch came.
        opt signed_change_order_received_date: NaiveDate,
        /// When the work is to be substantially complete.
        opt revised_substantial_completion_date: NaiveDate,
        /// What the reviewer noted.
        opt review_notes: String,
        /// When it was reviewed.
        opt reviewed_at: DateTime<Utc>,
        /// Who reviewed it.
        sub reviewed_by: UserRef,
        /// Who is to review it.
        sub designated_reviewer: UserRef,
        /// Who made it.
        sub created_by: UserRef,
        /// The files.
        flat attachments: Attachment,
        /// Its currency.
        sub currency_configuration: CurrencyConfiguration,
        /// When it was made.
        opt created_at: DateTime<Utc>,
        /// When it was changed.
        opt updated_at: DateTime<Utc>,
    }
}

query! {
    /// What a list of batches is narrowed by.
    pub struct ChangeOrderBatchQuery {
        range updated: TimeRange = "updated_at",
        many ids: Id = "id",
        many change_orders: CommitmentChangeOrderId = "change_order_id",
        many contracts: CommitmentId = "contract_id",
        many statuses: ChangeOrderStatus = "status",
        many statuses_not: ChangeOrderStatus = "status][not",
        param sort: Sort<ChangeOrderSort> = "sort",
    }
}

impl Project {
    /// Lists the project's batches of commitment change orders; the documentation names no paging.
    pub fn commitment_change_order_batches(
        &self,
        query: &ChangeOrderBatchQuery,
    ) -> List<ChangeOrderBatch> {
        let path = "/commitment_change_order_batches";
        self.list(query.apply(self.by_path("v1.0", path))).without_page_size()
    }

    /// Shows a batch of commitment change orders.
    ///
    /// # Errors
    ///
    /// As every call; 404 is not a proof of deletion.
    pub async fn commitment_change_order_batch(&self, id: Id) -> Result<Record<ChangeOrderBatch>> {
        let path = format!("/commitment_change_order_batches/{id}");
        self.show(&self.by_path("v1.0", &path)).await
    }
}
