//! Potential change orders: the first tier, and the place where a project's number of tiers is told.

use chrono::{DateTime, NaiveDate, Utc};

use super::commitment_change_orders::ChangeOrderStatus;
use super::filters::{IncludeDeleted, TimeRange};
use super::line_items::LineItem;
use super::shapes::CurrencyConfiguration;
use crate::client::Project;
use crate::error::Result;
use crate::id::{ChangeOrderRequestId, CommitmentId, PotentialChangeOrderId};
use crate::paging::List;
use crate::wire::model;

model! {
    /// A potential change order.
    pub struct PotentialChangeOrder {
        /// Its id.
        key id: PotentialChangeOrderId,
        /// The contract that it would change.
        opt contract_id: CommitmentId,
        /// The request that it belongs to, with three tiers.
        opt change_order_request_id: ChangeOrderRequestId,
        /// The number that people gave it.
        opt number: String,
        /// The revision.
        opt revision: i64,
        /// The title.
        opt title: String,
        /// The status.
        opt status: ChangeOrderStatus,
        /// The total.
        money grand_total,
        /// The title of its package, which is all that ties it to one.
        opt change_order_package_title: String,
        /// How many tiers the contract's change orders have.
        opt change_order_tiers: i64,
        /// When it is due.
        opt due_date: NaiveDate,
        /// When it was invoiced.
        opt invoiced_date: NaiveDate,
        /// When it was paid.
        opt paid_date: NaiveDate,
        /// When it was reviewed.
        opt reviewed_at: DateTime<Utc>,
        /// Its currency.
        sub currency_configuration: CurrencyConfiguration,
        /// When it was made.
        opt created_at: DateTime<Utc>,
        /// When it was changed.
        opt updated_at: DateTime<Utc>,
        /// When it was deleted; deleted ones are listed only if asked for.
        opt deleted_at: DateTime<Utc>,
    }
}

/// What a list of potential change orders is narrowed by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PotentialChangeOrderQuery {
    /// `filters[updated_at]`.
    pub updated: Option<TimeRange>,
    /// `filters[id]`.
    pub ids: Vec<PotentialChangeOrderId>,
    /// `filters[contract_id]`.
    pub contract: Option<CommitmentId>,
    /// `filters[include_deleted]`.
    pub include_deleted: Option<IncludeDeleted>,
}

impl Project {
    /// Lists the project's potential change orders.
    pub fn potential_change_orders(
        &self,
        query: &PotentialChangeOrderQuery,
    ) -> List<PotentialChangeOrder> {
        let request = self
            .by_query("/rest/v1.0/potential_change_orders")
            .filter_opt("updated_at", query.updated)
            .filter("id", &query.ids)
            .filter_opt("contract_id", query.contract)
            .filter_opt("include_deleted", query.include_deleted.as_ref());
        self.list(request)
    }

    /// Lists the lines of a potential change order.
    pub fn potential_change_order_line_items(&self, id: PotentialChangeOrderId) -> List<LineItem> {
        self.list(self.by_query(format!("/rest/v1.0/potential_change_orders/{id}/line_items")))
    }

    /// Tells how many tiers the project's change orders have: the most that any potential change order states.
    ///
    /// `None` when the project has no potential change order that states it. The number can be raised at any time,
    /// so ask on every run. Prime contracts have a setting of their own in the same list; taking the most errs on
    /// the side of packages, which exist for every tier.
    ///
    /// # Errors
    ///
    /// As every call.
    pub async fn change_order_tiers(&self) -> Result<Option<i64>> {
        let mut pages = self.potential_change_orders(&PotentialChangeOrderQuery::default()).pages();
        let mut tiers = None;
        while let Some(page) = pages.next_page().await? {
            tiers = tiers.max(
                page.records.iter().filter_map(|record| record.value.change_order_tiers).max(),
            );
        }
        Ok(tiers)
    }
}
