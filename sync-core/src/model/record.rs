//! A cost as Procore states it, in one shape for every kind.

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{FamilyId, Kind, SourceKey};
use crate::money::{as_text, as_text_option};

/// The vendor that Procore names on a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vendor {
    /// Procore's vendor id; the mapping goes by it alone.
    pub id: i64,
    /// The name, for reports only.
    pub name: String,
}

/// How a line is coded in Procore. The codes are those of the segments, never a split `flat_code`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct CostCoding {
    /// The sub job's code, where the line stands on one.
    pub sub_job: Option<String>,
    /// The full cost code, trimmed.
    pub cost_code: String,
    /// The line item type's code.
    pub cost_type: Option<String>,
}

impl CostCoding {
    /// The text that a posted line begins with: `<cost code>[.<cost type>]`, with `<sub job>/`
    /// before it. It is how a later cycle sees in SAP that a line was re-coded.
    #[must_use]
    pub fn token(&self) -> String {
        let mut text = String::new();
        if let Some(sub_job) = &self.sub_job {
            text.push_str(sub_job);
            text.push('/');
        }
        text.push_str(&self.cost_code);
        if let Some(cost_type) = &self.cost_type {
            text.push('.');
            text.push_str(cost_type);
        }
        text
    }
}

/// One line of a commitment, a change order or a direct cost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CostLine {
    /// Procore's id of the line.
    pub id: i64,
    /// The stated amount, with every digit of the wire.
    #[serde(with = "as_text")]
    pub amount: Decimal,
    /// The stated quantity: a check, never a substitute for the amount.
    #[serde(with = "as_text_option", default)]
    pub quantity: Option<Decimal>,
    /// The stated unit cost: a check, never a substitute for the amount.
    #[serde(with = "as_text_option", default)]
    pub unit_cost: Option<Decimal>,
    /// Whether Procore computes the amount as quantity x unit cost.
    #[serde(default)]
    pub calculated: bool,
    /// The coding; `None` where Procore states none.
    pub coding: Option<CostCoding>,
    /// What the line is for; plain text.
    pub description: String,
}

/// A purchase order or a subcontract.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Commitment {
    /// The header's `grand_total`: its own lines, without change orders and tax.
    #[serde(with = "as_text_option")]
    pub grand_total: Option<Decimal>,
    /// The header's `approved_change_orders`.
    #[serde(with = "as_text_option")]
    pub approved_change_orders: Option<Decimal>,
    /// `execution_date`, else `contract_date`.
    pub agreed_on: Option<NaiveDate>,
    /// The schedule of values.
    pub lines: Vec<CostLine>,
}

/// A change order of a commitment, whatever the project's tier.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeOrder {
    /// The commitment's id.
    pub commitment_id: i64,
    /// The header's `grand_total`, markup included.
    #[serde(with = "as_text_option")]
    pub grand_total: Option<Decimal>,
    /// The day of `reviewed_at` in the project's time zone.
    pub reviewed_on: Option<NaiveDate>,
    /// The lines, markup lines among them.
    pub lines: Vec<CostLine>,
}

/// A direct cost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DirectCost {
    /// `invoice`, `expense`, `payroll`, `subcontractor_invoice`, or what Procore adds.
    pub direct_cost_type: String,
    /// The vendor's own number.
    pub invoice_number: Option<String>,
    /// The header's total (`grand_total`, else `amount`).
    #[serde(with = "as_text_option")]
    pub total: Option<Decimal>,
    /// `tax_breakdown.subtotal`.
    #[serde(with = "as_text_option")]
    pub subtotal: Option<Decimal>,
    /// `tax_breakdown.tax_total`.
    #[serde(with = "as_text_option")]
    pub stated_tax: Option<Decimal>,
    /// `direct_cost_date`.
    pub dated: Option<NaiveDate>,
    /// The lines.
    pub lines: Vec<CostLine>,
}

/// One item of a requisition: cumulative columns and the columns of the period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequisitionItem {
    /// `line_item_id`: the schedule-of-values or change order line, stable over requisitions.
    pub line_item_id: i64,
    /// The coding, the item's own or that of its line; `None` where neither states one.
    pub coding: Option<CostCoding>,
    /// The package of the change order that it bills, where Procore states it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change_order: Option<i64>,
    /// What the item is for; plain text.
    pub description: String,
    /// `total_completed_and_stored_to_date`.
    #[serde(with = "as_text")]
    pub completed_and_stored: Decimal,
    /// `work_completed_this_period`.
    #[serde(with = "as_text")]
    pub work_this_period: Decimal,
    /// `materials_presently_stored`.
    #[serde(with = "as_text")]
    pub materials_stored: Decimal,
    /// Materials stored at the end of the previous requisition, where Procore states it.
    #[serde(with = "as_text_option")]
    pub materials_previously_stored: Option<Decimal>,
    /// `materials_moved`.
    #[serde(with = "as_text")]
    pub materials_moved: Decimal,
    /// Retainage currently held on work and on materials, cumulative.
    #[serde(with = "as_text")]
    pub retainage_held_to_date: Decimal,
    /// Retainage released in the period, on work and on materials.
    #[serde(with = "as_text")]
    pub retainage_released: Decimal,
}

/// A subcontractor's payment application.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Requisition {
    /// The commitment's id.
    pub commitment_id: i64,
    /// The sequence per commitment.
    pub sequence: i64,
    /// Procore's id of the requisition before this one.
    pub previous_id: Option<i64>,
    /// The vendor's own number.
    pub invoice_number: Option<String>,
    /// Whether Procore marks it as the commitment's last.
    pub is_final: bool,
    /// Billing period end, else `requisition_end`, else `billing_date`.
    pub period_end: Option<NaiveDate>,
    /// `summary.current_payment_due`.
    #[serde(with = "as_text_option")]
    pub current_payment_due: Option<Decimal>,
    /// `summary.tax_applicable_to_this_payment`.
    #[serde(with = "as_text_option")]
    pub stated_tax: Option<Decimal>,
    /// `summary.total_completed_and_stored_to_date`.
    #[serde(with = "as_text_option")]
    pub completed_and_stored: Option<Decimal>,
    /// The items.
    pub items: Vec<RequisitionItem>,
}

/// What a record holds, by kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordBody {
    /// A purchase order or a subcontract.
    Commitment(Commitment),
    /// A change order.
    ChangeOrder(ChangeOrder),
    /// A direct cost.
    DirectCost(DirectCost),
    /// A requisition.
    Requisition(Requisition),
}

/// One record of Procore as it was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CostRecord {
    /// Its key.
    pub key: SourceKey,
    /// Contract number, `CO<number>`, `<contract number>-<requisition number>`, or a direct cost's
    /// invoice number, else its id: the `<number>` of texts in SAP.
    pub number: String,
    /// The title, for reports.
    pub title: String,
    /// Procore's status, as it is written there.
    pub status: String,
    /// Whether Procore marks the record as deleted.
    pub deleted: bool,
    /// The vendor; change orders and requisitions have their commitment's.
    pub vendor: Option<Vendor>,
    /// The record's own ISO 4217 currency; `None` means the project's or the company's.
    pub currency: Option<String>,
    /// The day of `created_at` in the project's time zone.
    pub created_on: NaiveDate,
    /// When Procore last changed it.
    pub updated_at: DateTime<Utc>,
    /// The kind's own part.
    pub body: RecordBody,
}

impl CostRecord {
    /// The family in which the record is planned.
    #[must_use]
    pub fn family(&self) -> FamilyId {
        match &self.body {
            RecordBody::Commitment(_) => FamilyId::Commitment(self.key.id),
            RecordBody::ChangeOrder(change) => FamilyId::Commitment(change.commitment_id),
            RecordBody::DirectCost(_) => FamilyId::DirectCost(self.key.id),
            RecordBody::Requisition(requisition) => FamilyId::Commitment(requisition.commitment_id),
        }
    }

    /// The kind of the record.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.key.kind
    }

    /// The cost lines of a commitment, a change order or a direct cost; none for a requisition.
    #[must_use]
    pub fn lines(&self) -> &[CostLine] {
        match &self.body {
            RecordBody::Commitment(body) => &body.lines,
            RecordBody::ChangeOrder(body) => &body.lines,
            RecordBody::DirectCost(body) => &body.lines,
            RecordBody::Requisition(_) => &[],
        }
    }

    /// The commitment that a change order or a requisition belongs to.
    #[must_use]
    pub fn commitment_id(&self) -> Option<i64> {
        match &self.body {
            RecordBody::ChangeOrder(change) => Some(change.commitment_id),
            RecordBody::Requisition(requisition) => Some(requisition.commitment_id),
            RecordBody::Commitment(_) | RecordBody::DirectCost(_) => None,
        }
    }
}
