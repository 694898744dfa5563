//! Commitment contracts of REST v2 (beta): both families in one list, with ids as strings.
//!
//! A contract has the same id here and in the v1 lists of purchase orders and work orders: whoever reads both counts
//! it twice. No public document expands the body of these calls; the fields are those that the create call takes.

use chrono::{DateTime, NaiveDate, Utc};

use super::commitments::CommitmentStatus;
use super::filters::{IncludeDeleted, TimeRange};
use super::line_items::LineItem;
use super::query::query;
use super::shapes::{AccountingMethod, CurrencyConfiguration, IdName, UserRef, VendorRef};
use crate::client::Project;
use crate::error::Result;
use crate::id::{CommitmentId, Id, LineItemId, VendorId};
use crate::paging::List;
use crate::record::Record;
use crate::wire::{model, open_enum};

/// The most records that a page of REST v2 has.
const PER_PAGE_MAX: u32 = 100;

open_enum! {
    /// The family of a commitment.
    pub enum CommitmentType {
        /// A subcontract:
        WorkOrder = "WorkOrderContract",
        /// A purchase order:
        PurchaseOrder = "PurchaseOrderContract",
    }
}

model! {
    /// A commitment contract.
    pub struct CommitmentContract {
        /// Its id, the same as in REST v1.
        key id: CommitmentId,
        /// Its family.
        #[serde(rename = "type")]
        opt kind: CommitmentType,
        /// The number that people gave it.
        opt number: String,
        /// The title.
        opt title: String,
        /// The description; may hold HTML.
        opt description: String,
        /// The status.
        opt status: CommitmentStatus,
        /// Whether it is executed.
        opt executed: bool,
        /// Whether it is private.
        opt private: bool,
        /// How its lines' amounts come about.
        opt accounting_method: AccountingMethod,
        /// The vendor; its name with `view=extended`.
        sub vendor: VendorRef,
        /// The vendor's id, where the object is not sent; see [`vendor_id`](Self::vendor_id).
        opt vendor_id: VendorId,
        /// The person whom a purchase order is assigned to.
        opt assignee_id: Id,
        /// The project, where it is sent.
        sub project: IdName,
        /// The sum of the lines, without tax and change orders.
        money grand_total,
        /// The agreed retainage, in percent.
        percent retainage_percent,
        /// How far the schedule of values is agreed.
        opt billing_schedule_of_values_status: super::commitments::ScheduleOfValuesStatus,
        /// At which level change orders are detailed.
        opt change_order_level_of_detail: String,
        /// Whether a signature is required.
        opt signature_required: bool,
        /// Whether lines may carry markup.
        opt allow_markups: bool,
        /// Whether invoices may be made.
        opt allow_payment_applications: bool,
        /// Whether payments may be recorded.
        opt allow_payments: bool,
        /// Whether the subcontractor keeps a schedule of values.
        opt enable_ssov: bool,
        /// Whether retainage follows a sliding scale.
        opt ssr_enabled: bool,
        /// The terms of payment.
        opt payment_terms: String,
        /// What is included.
        opt inclusions: String,
        /// What is excluded.
        opt exclusions: String,
        /// Where the invoice goes.
        opt bill_to_address: String,
        /// Where the goods go.
        opt ship_to_address: String,
        /// How the goods go.
        opt ship_via: String,
        /// The date of the contract.
        opt contract_date: NaiveDate,
        /// The date of issue.
        opt issued_on_date: NaiveDate,
        /// The date of execution.
        opt execution_date: NaiveDate,
        /// The date of the letter of approval.
        opt approval_letter_date: NaiveDate,
        /// The date of the letter of intent.
        opt letter_of_intent_date: NaiveDate,
        /// The date on which the signed contract came.
        opt signed_contract_received_date: NaiveDate,
        /// The date of return.
        opt returned_date: NaiveDate,
        /// The date of delivery (purchase orders).
        opt delivery_date: NaiveDate,
        /// The first day (work orders).
        opt contract_start_date: NaiveDate,
        /// The last day, as estimated (work orders).
        opt contract_estimated_completion_date: NaiveDate,
        /// The last day, as it was (work orders).
        opt actual_completion_date: NaiveDate,
        /// Its currency.
        sub currency_configuration: CurrencyConfiguration,
        /// The currency, where it is sent outside of the configuration.
        opt currency_iso_code: String,
        /// The rate, where it is sent outside of the configuration.
        money currency_exchange_rate,
        /// Who made it.
        sub created_by: UserRef,
        /// When it was made.
        opt created_at: DateTime<Utc>,
        /// When it was changed. Whether editing a line moves it is not documented.
        opt updated_at: DateTime<Utc>,
        /// When it was deleted; deleted ones are listed only if asked for.
        opt deleted_at: DateTime<Utc>,
    }
}

impl CommitmentContract {
    /// Returns the vendor's id from whichever field has it.
    #[must_use]
    pub fn vendor_id(&self) -> Option<VendorId> {
        self.vendor_id.or_else(|| self.vendor.as_ref()?.id)
    }
}

model! {
    /// The sums around a commitment contract.
    pub struct CommitmentContractSummary {
        /// Approved change orders.
        money approved_change_total,
        /// Pending and revised change orders.
        money pending_revised_change_total,
        /// Change orders in draft.
        money draft_change_total,
        /// What was invoiced.
        money total_invoices_amount,
        /// What was paid.
        money total_payments_amount,
        /// The currency.
        sub currency_configuration: CurrencyConfiguration,
    }
}

open_enum! {
    /// How much of a record is read in REST v2.
    pub enum ContractView {
        /// The server's usual fields:
        Default = "default",
        /// With the vendor's name and custom fields:
        Extended = "extended",
    }
}

query! {
    /// What a list of commitment contracts is narrowed by.
    pub struct CommitmentContractQuery {
        param view: ContractView = "view",
        range updated: TimeRange = "updated_at",
        range created: TimeRange = "created_at",
        range deleted: TimeRange = "deleted_at",
        many ids: CommitmentId = "id",
        many statuses: CommitmentStatus = "status",
        one kind: CommitmentType = "type",
        many vendors: VendorId = "vendor_id",
        one accounting_method: AccountingMethod = "accounting_method",
        one executed: bool = "executed",
        one signature_required: bool = "signature_required",
        one include_deleted: IncludeDeleted = "include_deleted",
    }
}

impl Project {
    /// Lists the project's commitment contracts of both families (REST v2), without their lines.
    pub fn commitment_contracts(
        &self,
        query: &CommitmentContractQuery,
    ) -> List<CommitmentContract> {
        self.list(query.apply(self.by_company_path("v2.0", "/commitment_contracts")))
            .at_most_per_page(PER_PAGE_MAX)
    }

    /// Shows a commitment contract (REST v2).
    ///
    /// # Errors
    ///
    /// As every call; 404 is not a proof of deletion.
    pub async fn commitment_contract(
        &self,
        id: CommitmentId,
        view: Option<&ContractView>,
    ) -> Result<Record<CommitmentContract>> {
        let path = format!("/commitment_contracts/{id}");
        self.show(&self.by_company_path("v2.0", &path).query_opt("view", view)).await
    }

    /// Shows what was changed, invoiced and paid on a commitment contract (REST v2).
    ///
    /// # Errors
    ///
    /// As every call.
    pub async fn commitment_contract_summary(
        &self,
        id: CommitmentId,
    ) -> Result<Record<CommitmentContractSummary>> {
        let path = format!("/commitment_contracts/{id}/summary");
        self.show(&self.by_company_path("v2.0", &path)).await
    }

    /// Lists the lines of a commitment contract (REST v2); no filter is offered.
    pub fn commitment_contract_line_items(
        &self,
        id: CommitmentId,
        view: Option<&ContractView>,
    ) -> List<LineItem> {
        let path = format!("/commitment_contracts/{id}/line_items");
        self.list(self.by_company_path("v2.0", &path).query_opt("view", view))
            .at_most_per_page(PER_PAGE_MAX)
    }

    /// Shows a line of a commitment contract (REST v2).
    ///
    /// # Errors
    ///
    /// As every call; 404 is not a proof of deletion.
    pub async fn commitment_contract_line_item(
        &self,
        contract: CommitmentId,
        id: LineItemId,
    ) -> Result<Record<LineItem>> {
        let path = format!("/commitment_contracts/{contract}/line_items/{id}");
        self.show(&self.by_company_path("v2.0", &path)).await
    }
}
