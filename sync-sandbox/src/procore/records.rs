//! The financial records of a project, with the sums that Procore shows of them.

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::{Decimal, RoundingStrategy};

use super::model::{Coding, Project};

/// Rounds to cents, away from zero at the midpoint.
#[must_use]
pub fn cents(amount: Decimal) -> Decimal {
    amount.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)
}

/// One line of a commitment, change order or direct cost.
#[derive(Clone, Debug)]
pub struct Line {
    /// The line id: it stays for the life of the line.
    pub id: i64,
    /// The place in the list, from 1.
    pub position: i64,
    /// What it is coded to; a markup line may have none.
    pub coding: Option<Coding>,
    /// The description.
    pub description: String,
    /// The stated amount: the truth.
    pub amount: Decimal,
    /// The quantity; zero on lines with a typed amount.
    pub quantity: Decimal,
    /// The unit cost.
    pub unit_cost: Decimal,
    /// The unit's name.
    pub uom: Option<String>,
    /// The tax code, where one is set.
    pub tax_code_id: Option<i64>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

impl Line {
    /// Whether the amount was typed instead of calculated from quantity and unit cost.
    #[must_use]
    pub fn is_manual(&self) -> bool {
        self.quantity.is_zero()
    }
}

/// The exact sum of the lines' amounts.
#[must_use]
pub fn sum_of(lines: &[Line]) -> Decimal {
    lines.iter().map(|l| l.amount).sum()
}

/// The two kinds of commitment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommitmentKind {
    /// `purchase_order_contracts`.
    PurchaseOrder,
    /// `work_order_contracts`.
    Subcontract,
}

/// One commitment.
#[derive(Clone, Debug)]
pub struct Commitment {
    /// The id.
    pub id: i64,
    /// Purchase order or subcontract.
    pub kind: CommitmentKind,
    /// The contract number, such as `SC-001`; it repeats from project to project.
    pub number: String,
    /// The title.
    pub title: String,
    /// Procore's own word, such as `Approved`.
    pub status: String,
    /// The vendor, if one is set.
    pub vendor_id: Option<i64>,
    /// The currency, where it is not the project's.
    pub currency: Option<String>,
    /// Whether the schedule of values is billed by unit (`unit`) or by amount (`amount`).
    pub by_unit: bool,
    /// The contract date.
    pub contract_date: Option<NaiveDate>,
    /// The execution date.
    pub execution_date: Option<NaiveDate>,
    /// The default retainage in percent.
    pub retainage_percent: Decimal,
    /// The header's total where it is not the rounded sum of the lines.
    pub stated_total: Option<Decimal>,
    /// The schedule of values.
    pub lines: Vec<Line>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
    /// When it was thrown into the recycle bin.
    pub deleted_at: Option<DateTime<Utc>>,
}

impl Commitment {
    /// The header's `grand_total`, without change orders.
    #[must_use]
    pub fn grand_total(&self) -> Decimal {
        self.stated_total.unwrap_or_else(|| cents(sum_of(&self.lines)))
    }

    /// Whether the money counts as committed in this status.
    #[must_use]
    pub fn is_postable(&self) -> bool {
        let status = self.status.as_str();
        self.deleted_at.is_none()
            && match self.kind {
                CommitmentKind::PurchaseOrder => {
                    matches!(status, "Approved" | "Partially Received" | "Received" | "Closed")
                }
                CommitmentKind::Subcontract => matches!(status, "Approved" | "Complete"),
            }
    }
}

/// One change order of a commitment: its package and, with 1 and 2 tiers, its
/// `commitment_change_orders` record.
#[derive(Clone, Debug)]
pub struct ChangeOrder {
    /// The package's id; `None` where there is no package.
    pub package_id: Option<i64>,
    /// The commitment change order's id; `None` in 3-tier projects.
    pub commitment_change_order_id: Option<i64>,
    /// The potential change order that holds the lines.
    pub potential_id: i64,
    /// The change order request between both, in 3-tier projects.
    pub request_id: Option<i64>,
    /// The commitment that it changes.
    pub contract_id: i64,
    /// The number, such as `003`.
    pub number: String,
    /// The title.
    pub title: String,
    /// Procore's own word, such as `approved`.
    pub status: String,
    /// When it was reviewed: the posting date.
    pub reviewed_at: Option<DateTime<Utc>>,
    /// The header's total where it is not the rounded sum of the lines and markups.
    pub stated_total: Option<Decimal>,
    /// The lines.
    pub lines: Vec<Line>,
    /// Markup lines, some without a cost code; packages only.
    pub markups: Vec<Line>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
    /// When the package was deleted; the commitment change order is gone at once.
    pub deleted_at: Option<DateTime<Utc>>,
}

impl ChangeOrder {
    /// The header's total, markup included.
    #[must_use]
    pub fn grand_total(&self) -> Decimal {
        self.stated_total.unwrap_or_else(|| cents(sum_of(&self.lines) + sum_of(&self.markups)))
    }

    /// Whether it is approved and not deleted.
    #[must_use]
    pub fn is_approved(&self) -> bool {
        self.deleted_at.is_none() && self.status == "approved"
    }

    /// Whether one of its ids is `id`.
    #[must_use]
    pub fn has_id(&self, id: i64) -> bool {
        self.package_id == Some(id) || self.commitment_change_order_id == Some(id)
    }
}

/// The types of direct cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DirectCostType {
    /// A vendor's invoice.
    Invoice,
    /// An employee's or card expense.
    Expense,
    /// Payroll.
    Payroll,
    /// A subcontractor's invoice entered as a direct cost.
    SubcontractorInvoice,
}

impl DirectCostType {
    /// Procore's own word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Invoice => "invoice",
            Self::Expense => "expense",
            Self::Payroll => "payroll",
            Self::SubcontractorInvoice => "subcontractor_invoice",
        }
    }
}

/// One direct cost.
#[derive(Clone, Debug)]
pub struct DirectCost {
    /// The id.
    pub id: i64,
    /// Invoice, expense or payroll.
    pub kind: DirectCostType,
    /// Procore's own word, such as `approved`.
    pub status: String,
    /// The posting date.
    pub direct_cost_date: Option<NaiveDate>,
    /// The vendor, if one is set.
    pub vendor_id: Option<i64>,
    /// The employee's name, on expenses and payroll.
    pub employee: Option<String>,
    /// The vendor's own number.
    pub invoice_number: Option<String>,
    /// The description.
    pub description: String,
    /// The currency, where it is not the project's.
    pub currency: Option<String>,
    /// The tax that Procore states beside the lines.
    pub tax_total: Decimal,
    /// The header's total where it is not the rounded sum of the lines.
    pub stated_total: Option<Decimal>,
    /// The lines.
    pub lines: Vec<Line>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

impl DirectCost {
    /// The header's total without tax.
    #[must_use]
    pub fn subtotal(&self) -> Decimal {
        self.stated_total.unwrap_or_else(|| cents(sum_of(&self.lines)))
    }
}

/// One payment on a contract.
#[derive(Clone, Debug)]
pub struct Payment {
    /// The id.
    pub id: i64,
    /// The contract that is paid.
    pub contract_id: i64,
    /// The requisition that is paid, if known.
    pub requisition_id: Option<i64>,
    /// The amount.
    pub amount: Decimal,
    /// The day of the payment.
    pub date: NaiveDate,
    /// The check's number.
    pub check_number: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

/// One subcontractor invoice.
#[derive(Clone, Debug)]
pub struct Requisition {
    /// The id.
    pub id: i64,
    /// The subcontract that is billed.
    pub commitment_id: i64,
    /// The place in the commitment's chain, from 1.
    pub number: i64,
    /// Procore's own word, such as `approved`.
    pub status: String,
    /// The subcontractor's own number.
    pub invoice_number: Option<String>,
    /// The billing period.
    pub period_id: Option<i64>,
    /// The first day billed.
    pub requisition_start: Option<NaiveDate>,
    /// The last day billed.
    pub requisition_end: Option<NaiveDate>,
    /// The day of the invoice.
    pub billing_date: Option<NaiveDate>,
    /// Whether it is the last one.
    pub is_final: bool,
    /// The tax stated for this payment.
    pub tax: Decimal,
    /// The contract sum without change orders, when it was made.
    pub original_contract_sum: Decimal,
    /// Approved change orders, when it was made.
    pub net_change_by_change_orders: Decimal,
    /// One item per line of the contract and of its approved change orders.
    pub items: Vec<RequisitionItem>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// What an item bills.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ItemType {
    /// A line of the schedule of values.
    ContractItem,
    /// A line of a change order.
    ChangeOrderItem,
}

/// One item of a requisition, with Procore's cumulative columns.
#[derive(Clone, Debug)]
pub struct RequisitionItem {
    /// The item's own id: another one in each requisition.
    pub id: i64,
    /// What it bills.
    pub item_type: ItemType,
    /// The line of the schedule of values or of the change order: stable.
    pub line_item_id: i64,
    /// The coding of that line.
    pub coding: Option<Coding>,
    /// The description of work.
    pub description: String,
    /// The line's amount.
    pub scheduled_value: Decimal,
    /// Work completed before, materials moved into it included.
    pub work_previous: Decimal,
    /// Work completed in this period.
    pub work_this_period: Decimal,
    /// Materials stored now.
    pub materials_stored: Decimal,
    /// Materials stored at the end of the previous requisition.
    pub materials_stored_previous: Decimal,
    /// Materials moved into work completed before this requisition.
    pub materials_moved: Decimal,
    /// Retainage moved with them.
    pub retainage_moved: Decimal,
    /// Retainage on work held before, retainage moved into it included.
    pub work_retainage_previous: Decimal,
    /// Retainage on work held in this period.
    pub work_retainage_this_period: Decimal,
    /// Retainage on work released in this period.
    pub work_retainage_released: Decimal,
    /// Retainage held on stored materials now.
    pub materials_retainage: Decimal,
    /// Retainage on stored materials released in this period.
    pub materials_retainage_released: Decimal,
    /// The percent held in this period.
    pub retainage_percent: Decimal,
}

impl RequisitionItem {
    /// `total_completed_and_stored_to_date`.
    #[must_use]
    pub fn completed_to_date(&self) -> Decimal {
        self.work_previous + self.work_this_period + self.materials_stored
    }

    /// Retainage held on work now.
    #[must_use]
    pub fn work_retained(&self) -> Decimal {
        self.work_retainage_previous + self.work_retainage_this_period
            - self.work_retainage_released
    }

    /// Retainage held now, on work and on materials.
    #[must_use]
    pub fn retained(&self) -> Decimal {
        self.work_retained() + self.materials_retainage
    }
}

impl Requisition {
    /// Completed and stored to date, all items.
    #[must_use]
    pub fn completed_to_date(&self) -> Decimal {
        self.items.iter().map(RequisitionItem::completed_to_date).sum()
    }

    /// Retainage held now, all items.
    #[must_use]
    pub fn retained(&self) -> Decimal {
        self.items.iter().map(RequisitionItem::retained).sum()
    }

    /// Earned to date less retainage: what has been certified for payment.
    #[must_use]
    pub fn earned_less_retainage(&self) -> Decimal {
        self.completed_to_date() - self.retained()
    }

    /// What the previous requisitions of the chain certified.
    #[must_use]
    pub fn previous_certificates(&self, project: &Project) -> Decimal {
        project
            .requisition(self.commitment_id, self.number - 1)
            .map_or(Decimal::ZERO, Requisition::earned_less_retainage)
    }

    /// The net amount due for this requisition, before tax.
    #[must_use]
    pub fn payment_due(&self, project: &Project) -> Decimal {
        self.earned_less_retainage() - self.previous_certificates(project)
    }
}
