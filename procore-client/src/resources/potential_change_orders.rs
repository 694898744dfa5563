//! Potential change orders: the first tier, and the place where a project's number of tiers is told.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};

use super::commitment_change_orders::ChangeOrderStatus;
use super::filters::{IncludeDeleted, TimeRange};
use super::line_items::{LineItem, LineItemQuery};
use super::query::query;
use super::shapes::{AccountingMethod, Attachment, CurrencyConfiguration, UserRef, VendorRef};
use crate::client::Project;
use crate::error::Result;
use crate::id::{ChangeOrderRequestId, CommitmentId, Id, LineItemId, PotentialChangeOrderId};
use crate::paging::List;
use crate::record::Record;
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
        /// The description; may hold HTML.
        opt description: String,
        /// The status.
        opt status: ChangeOrderStatus,
        /// How its lines' amounts come about.
        opt accounting_method: AccountingMethod,
        /// Whether it is executed.
        opt executed: bool,
        /// Whether it is paid.
        opt paid: bool,
        /// Whether it is private.
        opt private: bool,
        /// Whether it is void.
        opt void: bool,
        /// Whether it was made in the field.
        opt field_change: bool,
        /// Its place in the list.
        opt position: i64,
        /// Why the contract would change, in the list.
        opt change_reason: String,
        /// Why the contract would change, in the show call.
        opt reason: String,
        /// The id of that reason.
        opt change_order_change_reason_id: Id,
        /// A reference.
        opt reference: String,
        /// Days that it adds to the schedule.
        opt schedule_impact_amount: i64,
        /// The commitment's change event.
        opt commitment_change_event_id: Id,
        /// The prime contract's change event.
        opt prime_change_event_id: Id,
        /// The vendor.
        sub vendor: VendorRef,
        /// The total.
        money grand_total,
        /// The sum of the lines, in the show call alone.
        money line_items_total,
        /// The sum of the lines, in the show call alone.
        money line_items_extended_total,
        /// The lines, in the show call alone.
        list line_items: LineItem,
        /// The title of its request.
        opt change_order_request_title: String,
        /// The number of the potential change order as people see it.
        opt potential_change_order_acronym_number: String,
        /// The number of its request as people see it.
        opt change_order_request_acronym_number: String,
        /// The number of its package as people see it.
        opt change_order_package_acronym_number: String,
        /// The title of its package, which with that number is all that ties it to one.
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
        /// Who made it, in the list.
        opt created_by_id: Id,
        /// Who made it.
        sub creator: UserRef,
        /// Who is to review it.
        sub designated_reviewer: UserRef,
        /// Who reviewed it.
        sub reviewer: UserRef,
        /// Who asked for it.
        sub received_from: UserRef,
        /// The files, in the show call alone.
        flat attachments: Attachment,
        /// The id in another system.
        opt origin_id: String,
        /// Data of another system.
        opt origin_data: String,
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

query! {
    /// What a list of potential change orders is narrowed by.
    pub struct PotentialChangeOrderQuery {
        range updated: TimeRange = "updated_at",
        range created: TimeRange = "created_at",
        range reviewed: TimeRange = "reviewed_at",
        range due: TimeRange = "due_date",
        range invoiced: TimeRange = "invoiced_date",
        range paid: TimeRange = "paid_date",
        many ids: PotentialChangeOrderId = "id",
        one contract: CommitmentId = "contract_id",
        one origin_id: String = "origin_id",
        one include_deleted: IncludeDeleted = "include_deleted",
    }
}

const PATH: &str = "/rest/v1.0/potential_change_orders";

impl Project {
    /// Lists the project's potential change orders, without their lines.
    pub fn potential_change_orders(
        &self,
        query: &PotentialChangeOrderQuery,
    ) -> List<PotentialChangeOrder> {
        self.list(query.apply(self.by_query(PATH)))
    }

    /// Shows a potential change order with its lines.
    ///
    /// # Errors
    ///
    /// As every call; 404 is not a proof of deletion.
    pub async fn potential_change_order(
        &self,
        id: PotentialChangeOrderId,
        contract: CommitmentId,
    ) -> Result<Record<PotentialChangeOrder>> {
        let request = self.by_query(format!("{PATH}/{id}")).query("contract_id", contract);
        self.show(&request).await
    }

    /// Lists the lines of a potential change order.
    pub fn potential_change_order_line_items(
        &self,
        id: PotentialChangeOrderId,
        query: &LineItemQuery,
    ) -> List<LineItem> {
        self.list(query.apply(self.by_query(format!("{PATH}/{id}/line_items"))))
    }

    /// Shows a line of a potential change order.
    ///
    /// # Errors
    ///
    /// As every call; 404 is not a proof of deletion.
    pub async fn potential_change_order_line_item(
        &self,
        order: PotentialChangeOrderId,
        id: LineItemId,
    ) -> Result<Record<LineItem>> {
        let path = format!("{PATH}/{order}/line_items/{id}");
        self.show(&self.by_query(path)).await
    }

    /// Tells how many tiers the project's change orders have, from what its potential change orders state.
    ///
    /// The number can be raised at any time, so ask on every run.
    ///
    /// # Errors
    ///
    /// As every call.
    pub async fn change_order_tiers(&self) -> Result<ChangeOrderTiers> {
        let mut pages = self.potential_change_orders(&PotentialChangeOrderQuery::default()).pages();
        let mut tiers = ChangeOrderTiers::default();
        while let Some(page) = pages.next_page().await? {
            for record in &page.records {
                tiers.note(&record.value);
            }
        }
        Ok(tiers)
    }
}

/// How many tiers change orders have, as potential change orders state it.
///
/// Commitments and prime contracts have settings of their own, and their potential change orders are in one list:
/// [`of`](Self::of) tells them apart by contract. With one or two tiers a project has commitment change orders; with
/// three only packages, requests and potential change orders. Packages exist for every tier.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChangeOrderTiers {
    by_contract: BTreeMap<CommitmentId, i64>,
    most: Option<i64>,
}

impl ChangeOrderTiers {
    fn note(&mut self, order: &PotentialChangeOrder) {
        let Some(stated) = order.change_order_tiers else {
            return;
        };
        self.most = self.most.max(Some(stated));
        if let Some(contract) = order.contract_id {
            let known = self.by_contract.entry(contract).or_insert(stated);
            *known = stated.max(*known);
        }
    }

    /// Returns the most tiers that any potential change order states, `None` when none states them.
    ///
    /// Taking the most errs on the side of packages.
    #[must_use]
    pub fn most(&self) -> Option<i64> {
        self.most
    }

    /// Returns the most tiers that a potential change order of one of these contracts states.
    #[must_use]
    pub fn of(&self, contracts: impl IntoIterator<Item = CommitmentId>) -> Option<i64> {
        contracts.into_iter().filter_map(|id| self.by_contract.get(&id).copied()).max()
    }
}
