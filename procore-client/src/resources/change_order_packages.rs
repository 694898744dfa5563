//! Change order packages: change orders of every tier, and the only ones of projects with three.

use chrono::{DateTime, NaiveDate, Utc};

use super::commitment_change_orders::ChangeOrderStatus;
use super::filters::{IncludeDeleted, TimeRange};
use super::line_items::{LineItem, MarkupLine};
use super::shapes::{CurrencyConfiguration, UserRef};
use crate::client::Project;
use crate::error::Result;
use crate::id::{ChangeOrderPackageId, CommitmentId};
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
        /// Who is to review it.
        sub designated_reviewer: UserRef,
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

/// What a list of packages is narrowed by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChangeOrderPackageQuery {
    /// `filters[updated_at]`.
    pub updated: Option<TimeRange>,
    /// `filters[id]`.
    pub ids: Vec<ChangeOrderPackageId>,
    /// `contract_id`.
    pub contract: Option<CommitmentId>,
    /// `filters[include_deleted]`.
    pub include_deleted: Option<IncludeDeleted>,
}

impl Project {
    /// Lists the project's change order packages, without their lines.
    pub fn change_order_packages(
        &self,
        query: &ChangeOrderPackageQuery,
    ) -> List<ChangeOrderPackage> {
        let request = self
            .by_query("/rest/v1.0/change_order_packages")
            .query_opt("contract_id", query.contract)
            .filter_opt("updated_at", query.updated)
            .filter("id", &query.ids)
            .filter_opt("include_deleted", query.include_deleted.as_ref());
        self.list(request)
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
        let request = self
            .by_query(format!("/rest/v1.0/change_order_packages/{id}"))
            .query_opt("contract_id", contract);
        self.show(&request).await
    }
}
