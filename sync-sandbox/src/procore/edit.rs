//! What people do in Procore, company and projects: every change bumps `updated_at` as Procore
//! does. Edits of single records are in `edit_records`.

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;

use super::{
    model::{Coding, Company, Project, UnitOfMeasure, WbsCode},
    records::{ChangeOrder, Commitment, CommitmentKind, DirectCost, DirectCostType, Line, cents},
};

/// An edit named a record that does not exist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoSuchRecord(
    /// What was looked for.
    pub String,
);

impl std::fmt::Display for NoSuchRecord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the simulated company holds no {}", self.0)
    }
}

impl std::error::Error for NoSuchRecord {}

/// A record of a project, by kind and id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordRef {
    /// A purchase order or subcontract.
    Commitment(i64),
    /// A change order, by the id of its package or of its commitment change order.
    ChangeOrder(i64),
    /// A direct cost.
    DirectCost(i64),
    /// A requisition.
    Requisition(i64),
}

/// A line to be added.
#[derive(Clone, Debug)]
pub struct NewLine {
    /// What it is coded to; only markup lines may have none.
    pub coding: Option<Coding>,
    /// The description.
    pub description: String,
    /// The stated amount.
    pub amount: Decimal,
    /// Quantity, unit cost and unit, for calculated lines.
    pub priced: Option<(Decimal, Decimal, String)>,
}

/// A commitment to be added.
#[derive(Clone, Debug)]
pub struct NewCommitment {
    /// Purchase order or subcontract.
    pub kind: CommitmentKind,
    /// The contract number.
    pub number: String,
    /// The title.
    pub title: String,
    /// The status.
    pub status: String,
    /// The vendor.
    pub vendor_id: Option<i64>,
    /// The contract date.
    pub contract_date: Option<NaiveDate>,
    /// The execution date.
    pub execution_date: Option<NaiveDate>,
    /// The default retainage in percent.
    pub retainage_percent: Decimal,
    /// The schedule of values.
    pub lines: Vec<NewLine>,
}

/// A change order to be added; its ids follow the project's tiers.
#[derive(Clone, Debug)]
pub struct NewChangeOrder {
    /// The commitment that it changes.
    pub contract_id: i64,
    /// The title.
    pub title: String,
    /// The status; `approved` needs a `reviewed_at`.
    pub status: String,
    /// When it was reviewed.
    pub reviewed_at: Option<DateTime<Utc>>,
    /// The lines.
    pub lines: Vec<NewLine>,
    /// Markup lines.
    pub markups: Vec<NewLine>,
}

/// A direct cost to be added.
#[derive(Clone, Debug)]
pub struct NewDirectCost {
    /// Invoice, expense or payroll.
    pub kind: DirectCostType,
    /// The status.
    pub status: String,
    /// The posting date.
    pub date: Option<NaiveDate>,
    /// The vendor.
    pub vendor_id: Option<i64>,
    /// The employee's name.
    pub employee: Option<String>,
    /// The vendor's own number.
    pub invoice_number: Option<String>,
    /// The description.
    pub description: String,
    /// The tax stated beside the lines.
    pub tax_total: Decimal,
    /// The lines.
    pub lines: Vec<NewLine>,
}

impl Company {
    pub(crate) fn project_or(&mut self, id: i64) -> Result<&mut Project, NoSuchRecord> {
        self.project_mut(id).ok_or_else(|| NoSuchRecord(format!("project {id}")))
    }

    /// Installs or removes the app.
    pub fn set_installed(&mut self, installed: bool) {
        self.installed = installed;
    }

    /// Puts a project on the app's list of permitted projects, or takes it off.
    ///
    /// # Errors
    ///
    /// The project does not exist.
    pub fn set_permitted(&mut self, project_id: i64, permitted: bool) -> Result<(), NoSuchRecord> {
        self.project_or(project_id)?.permitted = permitted;
        Ok(())
    }

    /// Raises or lowers the number of change order tiers; existing change orders keep their ids,
    /// but with three tiers `commitment_change_orders` shows none of them.
    ///
    /// # Errors
    ///
    /// The project does not exist.
    pub fn set_change_order_tiers(
        &mut self,
        project_id: i64,
        tiers: u8,
    ) -> Result<(), NoSuchRecord> {
        let now = self.now;
        let project = self.project_or(project_id)?;
        project.change_order_tiers = tiers;
        project.updated_at = now;
        Ok(())
    }

    /// Makes a vendor inactive, or active again.
    ///
    /// # Errors
    ///
    /// The vendor does not exist.
    pub fn set_vendor_active(&mut self, vendor_id: i64, active: bool) -> Result<(), NoSuchRecord> {
        let now = self.now;
        let vendor = self
            .vendors
            .iter_mut()
            .find(|v| v.id == vendor_id)
            .ok_or_else(|| NoSuchRecord(format!("vendor {vendor_id}")))?;
        vendor.active = active;
        vendor.updated_at = now;
        Ok(())
    }

    /// Opens or closes a billing period.
    ///
    /// # Errors
    ///
    /// The project or period does not exist.
    pub fn set_period_open(
        &mut self,
        project_id: i64,
        period_id: i64,
        open: bool,
    ) -> Result<(), NoSuchRecord> {
        let now = self.now;
        let project = self.project_or(project_id)?;
        let period = project
            .billing_periods
            .iter_mut()
            .find(|p| p.id == period_id)
            .ok_or_else(|| NoSuchRecord(format!("billing period {period_id}")))?;
        period.open = open;
        period.updated_at = now;
        Ok(())
    }

    /// Turns new lines into lines with ids of their own, and makes sure that their WBS codes exist.
    pub(crate) fn make_lines(&mut self, project_id: i64, new: Vec<NewLine>) -> Vec<Line> {
        let now = self.now;
        let mut lines = Vec::with_capacity(new.len());
        for (n, line) in new.into_iter().enumerate() {
            if let Some(coding) = line.coding {
                self.ensure_wbs_code(project_id, coding);
            }
            let (quantity, unit_cost, uom) = match line.priced {
                Some((quantity, price, uom)) => {
                    self.ensure_unit(&uom);
                    (quantity, price, Some(uom))
                }
                None => (Decimal::ZERO, Decimal::ZERO, None),
            };
            lines.push(Line {
                id: self.new_id(),
                position: i64::try_from(n).unwrap_or_default() + 1,
                coding: line.coding,
                description: line.description,
                amount: line.amount,
                quantity,
                unit_cost,
                uom,
                tax_code_id: None,
                created_at: now,
                updated_at: now,
            });
        }
        lines
    }

    fn ensure_unit(&mut self, name: &str) {
        if self.units.iter().all(|unit| unit.name != name) {
            let (name, id) = (name.to_owned(), self.new_id());
            let description = name.clone();
            self.units.push(UnitOfMeasure { id, name, description, category: None });
        }
    }

    fn ensure_wbs_code(&mut self, project_id: i64, coding: Coding) {
        if self.project(project_id).is_none_or(|p| p.wbs_code(coding).is_some()) {
            return;
        }
        let wbs = WbsCode { id: self.new_id(), coding, created_at: self.now };
        if let Some(project) = self.project_mut(project_id) {
            project.wbs_codes.push(wbs);
        }
    }

    /// Adds a commitment and returns its id.
    ///
    /// # Errors
    ///
    /// The project does not exist.
    pub fn add_commitment(
        &mut self,
        project_id: i64,
        new: NewCommitment,
    ) -> Result<i64, NoSuchRecord> {
        self.project_or(project_id)?;
        let now = self.now;
        let id = self.new_id();
        let lines = self.make_lines(project_id, new.lines);
        self.project_or(project_id)?.commitments.push(Commitment {
            id,
            kind: new.kind,
            number: new.number,
            title: new.title,
            status: new.status,
            vendor_id: new.vendor_id,
            currency: None,
            by_unit: lines.iter().any(|l| !l.is_manual()),
            contract_date: new.contract_date,
            execution_date: new.execution_date,
            retainage_percent: new.retainage_percent,
            stated_total: None,
            lines,
            created_at: now,
            updated_at: now,
            deleted_at: None,
        });
        Ok(id)
    }

    /// Adds a change order and returns the id of its package. With one or two tiers it gets a
    /// commitment change order beside the package, with three a request between both.
    ///
    /// # Errors
    ///
    /// The project or the commitment does not exist.
    pub fn add_change_order(
        &mut self,
        project_id: i64,
        new: NewChangeOrder,
    ) -> Result<i64, NoSuchRecord> {
        let project = self.project_or(project_id)?;
        let contract_id = new.contract_id;
        if project.commitment(contract_id).is_none() {
            return Err(NoSuchRecord(format!("commitment {contract_id}")));
        }
        let three_tiers = project.change_order_tiers > 2;
        let count = project.change_orders.iter().filter(|c| c.contract_id == contract_id).count();
        let number = format!("{:03}", count + 1);
        let now = self.now;
        let package_id = self.new_id();
        let other_id = self.new_id();
        let potential_id = self.new_id();
        let lines = self.make_lines(project_id, new.lines);
        let markups = self.make_lines(project_id, new.markups);
        self.project_or(project_id)?.change_orders.push(ChangeOrder {
            package_id: Some(package_id),
            commitment_change_order_id: (!three_tiers).then_some(other_id),
            potential_id,
            request_id: three_tiers.then_some(other_id),
            contract_id,
            number,
            title: new.title,
            status: new.status,
            reviewed_at: new.reviewed_at,
            stated_total: None,
            lines,
            markups,
            created_at: now,
            updated_at: now,
            deleted_at: None,
        });
        Ok(package_id)
    }

    /// Adds a direct cost and returns its id.
    ///
    /// # Errors
    ///
    /// The project does not exist.
    pub fn add_direct_cost(
        &mut self,
        project_id: i64,
        new: NewDirectCost,
    ) -> Result<i64, NoSuchRecord> {
        self.project_or(project_id)?;
        let now = self.now;
        let id = self.new_id();
        let lines = self.make_lines(project_id, new.lines);
        self.project_or(project_id)?.direct_costs.push(DirectCost {
            id,
            kind: new.kind,
            status: new.status,
            direct_cost_date: new.date,
            vendor_id: new.vendor_id,
            employee: new.employee,
            invoice_number: new.invoice_number,
            description: new.description,
            currency: None,
            tax_total: cents(new.tax_total),
            stated_total: None,
            lines,
            created_at: now,
            updated_at: now,
        });
        Ok(id)
    }
}
