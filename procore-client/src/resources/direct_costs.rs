//! Direct costs: invoices, expenses and payroll without a commitment.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Deserializer, de};
use serde_json::value::RawValue;

use super::filters::TimeRange;
use super::line_items::{LineItem, LineItemQuery};
use super::query::query;
use super::shapes::{Attachment, CompanyRef, CurrencyConfiguration, IdName};
use crate::client::Project;
use crate::error::Result;
use crate::id::{DirectCostId, LineItemId, TaxCodeId, VendorId};
use crate::paging::List;
use crate::record::Record;
use crate::wire::{self, model, open_enum};

open_enum! {
    /// The status of a direct cost.
    pub enum DirectCostStatus {
        /// In draft:
        Draft = "draft",
        /// Awaiting approval:
        Pending = "pending",
        /// Sent back:
        ReviseAndResubmit = "revise_and_resubmit",
        /// Approved:
        Approved = "approved",
    }
}

open_enum! {
    /// What a direct cost is.
    pub enum DirectCostType {
        /// An invoice:
        Invoice = "invoice",
        /// An expense:
        Expense = "expense",
        /// Payroll:
        Payroll = "payroll",
        /// A subcontractor's invoice, with a feature flag:
        SubcontractorInvoice = "subcontractor_invoice",
    }
}

model! {
    /// A direct cost.
    pub struct DirectCost {
        /// Its id.
        key id: DirectCostId,
        /// What it is.
        opt direct_cost_type: DirectCostType,
        /// The status.
        opt status: DirectCostStatus,
        /// The vendor's own number of the invoice.
        opt invoice_number: String,
        /// The description.
        opt description: String,
        /// The date of the cost.
        opt direct_cost_date: NaiveDate,
        /// When it was received.
        opt received_date: NaiveDate,
        /// When it was paid.
        opt payment_date: NaiveDate,
        /// The terms of payment.
        opt terms: String,
        /// The vendor: a name in the list, an object in the show call.
        #[serde(default, deserialize_with = "vendor")]
        plain vendor: Option<DirectCostVendor>,
        /// The vendor's id, which not every server sends in the list.
        opt vendor_id: VendorId,
        /// The vendor's name.
        opt vendor_name: String,
        /// The employee, of payroll and expenses.
        sub employee: IdName,
        /// The total of the lines, without tax.
        money grand_total,
        /// The same as `grand_total`.
        money amount,
        /// The tax.
        sub tax_breakdown: TaxBreakdown,
        /// The lines, in the show call alone.
        list line_items: LineItem,
        /// How many lines it has.
        opt line_items_count: i64,
        /// The files, in the show call alone.
        flat attachments: Attachment,
        /// How many files it has.
        opt attachments_count: i64,
        /// The company (the tenant).
        sub company: CompanyRef,
        /// The project.
        sub project: IdName,
        /// Whether an accounting system has it.
        opt synced: bool,
        /// Whether a workflow decides on it.
        opt has_workflows: bool,
        /// Its currency.
        sub currency_configuration: CurrencyConfiguration,
        /// The id in another system; once set, Procore lets nobody change the record.
        opt origin_id: String,
        /// Data of another system.
        opt origin_data: String,
        /// When it was made.
        opt created_at: DateTime<Utc>,
        /// When it was changed.
        opt updated_at: DateTime<Utc>,
        /// When it was deleted; whether deleted ones are ever listed is not documented.
        opt deleted_at: DateTime<Utc>,
    }
}

impl DirectCost {
    /// Returns the vendor's id from whichever field has it; `None` in lists of servers that send the name alone.
    #[must_use]
    pub fn vendor(&self) -> Option<VendorId> {
        self.vendor_id.or_else(|| self.vendor.as_ref()?.id)
    }
}

/// The vendor of a direct cost.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct DirectCostVendor {
    /// Its id, if an object was sent.
    pub id: Option<VendorId>,
    /// Its name.
    pub name: Option<String>,
}

model! {
    /// The tax of a direct cost. Here `grand_total` includes tax.
    pub struct TaxBreakdown {
        /// Before tax.
        money subtotal,
        /// The tax.
        money tax_total,
        /// Tax included.
        money grand_total,
        /// The tax by code.
        list tax_details: TaxDetail,
    }
}

model! {
    /// The tax of one code.
    pub struct TaxDetail {
        /// The code.
        opt tax_code_id: TaxCodeId,
        /// Its name.
        opt tax_code_name: String,
        /// The rate in percent.
        money tax_code_rate,
        /// The tax.
        money amount,
        /// What is taxed.
        money taxable_amount,
        /// The group that was chosen, where the code is a part of one.
        opt selected_tax_code_id: TaxCodeId,
        /// The group's name.
        opt selected_tax_code_name: String,
    }
}

query! {
    /// What a list of direct costs is narrowed by. Deleted ones cannot be asked for.
    pub struct DirectCostQuery {
        range updated: TimeRange = "updated_at",
        range created: TimeRange = "created_at",
        range paid: TimeRange = "payment_date",
        range received: TimeRange = "received_date",
        many ids: DirectCostId = "id",
        one origin_id: String = "origin_id",
        one invoice_number: String = "invoice_number",
    }
}

/// What the project-wide list of lines is narrowed by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DirectCostLineQuery {
    /// `filters[direct_cost_id]`.
    pub direct_costs: Vec<DirectCostId>,
    /// The filters that all lists of lines have.
    pub lines: LineItemQuery,
}

impl Project {
    /// Lists the project's direct costs (v1.1), without their lines.
    pub fn direct_costs(&self, query: &DirectCostQuery) -> List<DirectCost> {
        self.list(query.apply(self.by_path("v1.1", "/direct_costs")))
    }

    /// Shows a direct cost with its lines (v1.1).
    ///
    /// # Errors
    ///
    /// As every call; 404 is not a proof of deletion.
    pub async fn direct_cost(&self, id: DirectCostId) -> Result<Record<DirectCost>> {
        self.show(&self.by_path("v1.1", &format!("/direct_costs/{id}"))).await
    }

    /// Lists the lines of one direct cost.
    pub fn direct_cost_line_items_of(
        &self,
        id: DirectCostId,
        query: &LineItemQuery,
    ) -> List<LineItem> {
        self.list(query.apply(self.by_path("v1.0", &format!("/direct_costs/{id}/line_items"))))
    }

    /// Lists the lines of all direct costs of the project: one call where a list per direct cost would take many.
    pub fn direct_cost_line_items(&self, query: &DirectCostLineQuery) -> List<LineItem> {
        let request = self
            .by_path("v1.0", "/direct_costs/line_items")
            .filter("direct_cost_id", &query.direct_costs);
        self.list(query.lines.apply(request))
    }

    /// Shows a line of a direct cost.
    ///
    /// # Errors
    ///
    /// As every call; 404 is not a proof of deletion.
    pub async fn direct_cost_line_item(
        &self,
        cost: DirectCostId,
        id: LineItemId,
    ) -> Result<Record<LineItem>> {
        let path = format!("/direct_costs/{cost}/line_items/{id}");
        self.show(&self.by_path("v1.0", &path)).await
    }
}

fn vendor<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<DirectCostVendor>, D::Error> {
    let token = <&'de RawValue>::deserialize(deserializer)?;
    if token.get().starts_with('{') {
        let object: IdName = serde_json::from_str(token.get()).map_err(de::Error::custom)?;
        return Ok(Some(DirectCostVendor {
            id: object.id.map(|id| VendorId::new(id.get())),
            name: object.name,
        }));
    }
    let name = wire::text(token).map_err(de::Error::custom)?;
    Ok(name.map(|name| DirectCostVendor { id: None, name: Some(name) }))
}
