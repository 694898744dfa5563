//! Change order packages: change orders of every tier, and the only ones of projects with three.

use chrono::{DateTime, NaiveDate, Utc};

use super::commitment_change_orders::ChangeOrderStatus;
use super::filters::{IncludeDeleted, TimeRange};
use super::line_items::{LineItem, MarkupLine};
use super::query::query;
use super::shapes::{Attachment, CurrencyConfiguration, UserRef};
use crate::client::Project;
use crate::error::Result;
use crate::id::{ChangeOrderPackageId, CommitmentId, Id};
use crate::paging::List;
use crate::record::Record;
use crate::wire::{model, open_enum};

open_enum! {
    /// What a package changes; packages of prime contracts are in the same list.
    pub enum ChangeOrderPackageType {
        /// A commitment:
        Commitment = "CommitmentContractChangeOrder",
        /// A prime contract:
        Prime = "PrimeContractChangeOrder",
        /// Not stated:
        Package = "ChangeOrderPackage",
    }
}

model! {
    /// A change order package.
    pub struct ChangeOrderPackage {
        /// Its id.
        key id: ChangeOrderPackageId,
        /// The contract that it changes: a commitment or a prime contract.
        opt contract_id: CommitmentId,
        /// What it changes, in the show call alone.
        #[serde(rename = "type")]
        opt kind: ChangeOrderPackageType,
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
        /// The total, markup included.
        money grand_total,
        /// Whether it is executed.
        opt executed: bool,
        /// Whether it is private.
        opt private: bool,
        /// Its place in the list.
        opt position: i64,
        /// When it is due.
        opt due_date: NaiveDate,
        /// When it was invoiced.
        opt invoiced_date: NaiveDate,
        /// When it was paid.
        opt paid_date: NaiveDate,
        /// When the signed change order came.
        opt signed_change_order_received_date: NaiveDate,
        /// When it was reviewed.
        opt reviewed_at: DateTime<Utc>,
        /// When the work is to be substantially complete.
        opt revised_substantial_completion_date: NaiveDate,
        /// Days that it adds to the schedule.
        opt schedule_impact_amount: i64,
        /// What the reviewer noted.
        opt review_notes: String,
        /// Who is to review it.
        sub designated_reviewer: UserRef,
        /// Who reviewed it.
        sub reviewer: UserRef,
        /// Who made it.
        sub creator: UserRef,
        /// Who made it, in the list.
        opt created_by_id: Id,
        /// The files.
        flat attachments: Attachment,
        /// The lines, in the show call alone.
        list line_items: LineItem,
        /// The markup of the whole package, in the show call alone.
        list markup_line_items: MarkupLine,
        /// Its currency.
        sub currency_configuration: CurrencyConfiguration,
        /// The id in another system.
        opt origin_id: String,
        /// The code in another system.
        opt origin_code: String,
        /// Data of another system.
        opt origin_data: String,
        /// When it was made.
        opt created_at: DateTime<Utc>,
        /// When it was changed.
        opt updated_at: DateTime<Utc>,
        /// When it was deleted; deleted ones are listed only if asked for.
        opt deleted_at: DateTime<Utc>,
    }
}

query! {
    /// What a list of packages is narrowed by.
    pub struct ChangeOrderPackageQuery {
        param contract: CommitmentId = "contract_id",
        range updated: TimeRange = "updated_at",
        range created: TimeRange = "created_at",
        range reviewed: TimeRange = "reviewed_at",
        range due: TimeRange = "due_date",
        range invoiced: TimeRange = "invoiced_date",
        range paid: TimeRange = "paid_date",
        range signed: TimeRange = "signed_change_order_received_date",
        many ids: ChangeOrderPackageId = "id",
        one include_deleted: IncludeDeleted = "include_deleted",
    }
}

const PATH: &str = "/rest/v1.0/change_order_packages";

impl Project {
    /// Lists the project's change order packages, without their lines.
    pub fn change_order_packages(
        &self,
        query: &ChangeOrderPackageQuery,
    ) -> List<ChangeOrderPackage> {
        self.list(query.apply(self.by_query(PATH)))
    }

    /// Shows a change order package with its lines.
    ///
    /// # Errors
    ///
    /// As every call; 404 is not a proof of deletion.
    pub async fn change_order_package(
        &self,
        id: ChangeOrderPackageId,
        contract: Option<CommitmentId>,
    ) -> Result<Record<ChangeOrderPackage>> {
        let request = self.by_query(format!("{PATH}/{id}")).query_opt("contract_id", contract);
        self.show(&request).await
    }
}
