//! Change order requests: the tier between potential change orders and packages.

use chrono::{DateTime, NaiveDate, Utc};

use super::commitment_change_orders::ChangeOrderStatus;
use super::filters::TimeRange;
use super::query::query;
use super::shapes::{Attachment, CurrencyConfiguration, UserRef, VendorRef};
use crate::client::Project;
use crate::error::Result;
use crate::id::{ChangeOrderPackageId, ChangeOrderRequestId, CommitmentId};
use crate::paging::List;
use crate::record::Record;
use crate::wire::model;

model! {
    /// A change order request.
    pub struct ChangeOrderRequest {
        /// Its id.
        key id: ChangeOrderRequestId,
        /// The contract that it would change, in the show call alone.
        opt contract_id: CommitmentId,
        /// The contract, in the show call alone.
        sub contract: RequestContract,
        /// The package that it is part of.
        opt change_order_package_id: ChangeOrderPackageId,
        /// That package, in the show call alone.
        sub batch: RequestPackage,
        /// The number that people gave it.
        opt number: String,
        /// The revision.
        opt revision: i64,
        /// The title.
        opt title: String,
        /// The description; may hold HTML.
        opt description: String,
        /// The status.
        opt status: ChangeOrderStatus,
        /// The total.
        money grand_total,
        /// Whether it is executed.
        opt executed: bool,
        /// Whether it is private.
        opt private: bool,
        /// Its place in the list.
        opt position: i64,
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
        /// Who made it.
        sub creator: UserRef,
        /// The files.
        flat attachments: Attachment,
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
        /// When it was deleted; the list cannot be asked for deleted ones.
        opt deleted_at: DateTime<Utc>,
    }
}

model! {
    /// The contract of a change order request.
    pub struct RequestContract {
        /// Its id.
        opt id: CommitmentId,
        /// Its number.
        opt number: String,
        /// Its title.
        opt title: String,
        /// Its type, such as `WorkOrderContract`.
        #[serde(rename = "type")]
        opt kind: String,
        /// Its status.
        opt status: String,
        /// Its vendor.
        sub vendor: VendorRef,
    }
}

model! {
    /// The package of a change order request.
    pub struct RequestPackage {
        /// Its id.
        opt id: ChangeOrderPackageId,
        /// Its number.
        opt number: String,
        /// Its title.
        opt title: String,
    }
}

query! {
    /// What a list of change order requests is narrowed by.
    pub struct ChangeOrderRequestQuery {
        range updated: TimeRange = "updated_at",
        range created: TimeRange = "created_at",
        range due: TimeRange = "due_date",
        range invoiced: TimeRange = "invoiced_date",
        range paid: TimeRange = "paid_date",
        many ids: ChangeOrderRequestId = "id",
        one package: ChangeOrderPackageId = "change_order_package_id",
        many statuses: ChangeOrderStatus = "status",
        many statuses_not: ChangeOrderStatus = "not_status",
    }
}

const PATH: &str = "/rest/v1.0/change_order_requests";

impl Project {
    /// Lists the change order requests of one contract; projects with fewer than three tiers have none.
    pub fn change_order_requests(
        &self,
        contract: CommitmentId,
        query: &ChangeOrderRequestQuery,
    ) -> List<ChangeOrderRequest> {
        self.list(query.apply(self.by_query(PATH).query("contract_id", contract)))
    }

    /// Shows a change order request.
    ///
    /// # Errors
    ///
    /// As every call; 404 is not a proof of deletion.
    pub async fn change_order_request(
        &self,
        id: ChangeOrderRequestId,
        contract: CommitmentId,
    ) -> Result<Record<ChangeOrderRequest>> {
        let request = self.by_query(format!("{PATH}/{id}")).query("contract_id", contract);
        self.show(&request).await
    }
}
