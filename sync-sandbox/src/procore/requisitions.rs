//! Making a requisition, the chain's cumulative columns carried forward item by item, and what people changed on one.

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;

use super::{
    edit::NoSuchRecord,
    model::{Company, Project},
    records::{ItemType, Line, Requisition, RequisitionItem, cents, sum_of},
};

/// A requisition to be added.
#[derive(Clone, Debug)]
pub struct NewRequisition {
    /// The subcontract that is billed.
    pub commitment_id: i64,
    /// The status.
    pub status: String,
    /// The subcontractor's own number.
    pub invoice_number: Option<String>,
    /// The billing period; its dates become the requisition's.
    pub period_id: Option<i64>,
    /// The day of the invoice.
    pub billing_date: Option<NaiveDate>,
    /// Whether it is the last one.
    pub is_final: bool,
    /// The tax stated for this payment.
    pub tax: Decimal,
    /// What is billed, by line; lines that are not named bill nothing in this period.
    pub work: Vec<Work>,
}

/// What one line bills in a period.
#[derive(Clone, Debug, Default)]
pub struct Work {
    /// The line of the schedule of values or of a change order.
    pub line_item_id: i64,
    /// Work completed in this period.
    pub completed: Decimal,
    /// Materials stored at the end of this period, not their change.
    pub materials_stored: Decimal,
    /// Materials that moved from stored into work completed.
    pub materials_moved: Decimal,
    /// The percent held on this period's work and on stored materials.
    pub retainage_percent: Decimal,
    /// Retainage on work released in this period.
    pub released: Decimal,
}

/// One change of a requisition, as its history shows it.
#[derive(Clone, Debug)]
pub struct RequisitionChange {
    /// The requisition.
    pub requisition_id: i64,
    /// The column that was changed.
    pub column: &'static str,
    /// What stood there.
    pub old: String,
    /// What stands there since.
    pub new: String,
    /// When it was changed.
    pub at: DateTime<Utc>,
}

impl Company {
    /// Adds the next requisition of a commitment and returns its id. It has one item per line of
    /// the schedule of values and per line of each approved change order.
    ///
    /// # Errors
    ///
    /// The project, the commitment or the billing period does not exist.
    pub fn add_requisition(
        &mut self,
        project_id: i64,
        new: NewRequisition,
    ) -> Result<i64, NoSuchRecord> {
        let now = self.now;
        let id = self.new_id();
        let project = self.project_or(project_id)?.clone_for_billing(&new)?;
        let mut items = Vec::with_capacity(project.lines.len());
        for (item_type, line) in &project.lines {
            let work = new.work.iter().find(|w| w.line_item_id == line.id);
            let previous = project
                .previous
                .as_ref()
                .and_then(|p| p.items.iter().find(|i| i.line_item_id == line.id));
            let item_id = self.new_id();
            items.push(next_item(item_id, *item_type, line, previous, work));
        }
        self.project_or(project_id)?.requisitions.push(Requisition {
            id,
            commitment_id: new.commitment_id,
            number: project.previous.map_or(0, |p| p.number) + 1,
            status: new.status,
            invoice_number: new.invoice_number,
            period_id: new.period_id,
            requisition_start: project.period.map(|p| p.0),
            requisition_end: project.period.map(|p| p.1),
            billing_date: new.billing_date,
            is_final: new.is_final,
            tax: cents(new.tax),
            original_contract_sum: project.contract_sum,
            net_change_by_change_orders: project.change_orders_sum,
            items,
            created_at: now,
            updated_at: now,
        });
        Ok(id)
    }
}

/// What a new requisition is built on.
struct Ground {
    lines: Vec<(ItemType, Line)>,
    previous: Option<Requisition>,
    period: Option<(NaiveDate, NaiveDate)>,
    contract_sum: Decimal,
    change_orders_sum: Decimal,
}

impl Project {
    fn clone_for_billing(&self, new: &NewRequisition) -> Result<Ground, NoSuchRecord> {
        let id = new.commitment_id;
        let commitment =
            self.commitment(id).ok_or_else(|| NoSuchRecord(format!("commitment {id}")))?;
        let approved: Vec<_> =
            self.change_orders.iter().filter(|c| c.contract_id == id && c.is_approved()).collect();
        let contract = commitment.lines.iter().map(|l| (ItemType::ContractItem, l.clone()));
        let changes = approved
            .iter()
            .flat_map(|c| c.lines.iter().chain(&c.markups))
            .map(|l| (ItemType::ChangeOrderItem, l.clone()));
        let period = match new.period_id {
            None => None,
            Some(period_id) => Some(
                self.billing_periods
                    .iter()
                    .find(|p| p.id == period_id)
                    .map(|p| (p.start_date, p.end_date))
                    .ok_or_else(|| NoSuchRecord(format!("billing period {period_id}")))?,
            ),
        };
        Ok(Ground {
            lines: contract.chain(changes).collect(),
            previous: self
                .requisitions
                .iter()
                .filter(|r| r.commitment_id == id)
                .max_by_key(|r| r.number)
                .cloned(),
            period,
            contract_sum: cents(sum_of(&commitment.lines)),
            change_orders_sum: approved.iter().map(|c| c.grand_total()).sum(),
        })
    }
}

fn next_item(
    id: i64,
    item_type: ItemType,
    line: &Line,
    previous: Option<&RequisitionItem>,
    work: Option<&Work>,
) -> RequisitionItem {
    let zero = Decimal::ZERO;
    let stored_previous = previous.map_or(zero, |p| p.materials_stored);
    let materials_retained_previous = previous.map_or(zero, |p| p.materials_retainage);
    let idle = Work {
        materials_stored: stored_previous,
        retainage_percent: previous.map_or(zero, |p| p.retainage_percent),
        ..Work::default()
    };
    let work = work.unwrap_or(&idle);
    let share = |amount: Decimal| cents(amount * work.retainage_percent / Decimal::ONE_HUNDRED);
    let retainage_moved = share(work.materials_moved).min(materials_retained_previous);
    RequisitionItem {
        id,
        item_type,
        line_item_id: line.id,
        coding: line.coding,
        description: line.description.clone(),
        scheduled_value: line.amount,
        work_previous: previous.map_or(zero, |p| p.work_previous + p.work_this_period)
            + work.materials_moved,
        work_this_period: work.completed,
        materials_stored: work.materials_stored,
        materials_stored_previous: stored_previous,
        materials_moved: work.materials_moved,
        retainage_moved,
        work_retainage_previous: previous.map_or(zero, RequisitionItem::work_retained)
            + retainage_moved,
        work_retainage_this_period: share(work.completed),
        work_retainage_released: work.released,
        materials_retainage: share(work.materials_stored),
        materials_retainage_released: zero,
        retainage_percent: work.retainage_percent,
    }
}
