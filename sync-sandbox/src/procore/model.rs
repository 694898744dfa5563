//! What one company holds in Procore: directory, cost coding and projects.

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;

use super::{
    budget::{BudgetChange, BudgetModification, BudgetSnapshot},
    origins::Origins,
    records::{ChangeOrder, Commitment, DirectCost, Payment, Requisition},
    requisitions::RequisitionChange,
};

/// One Procore company with everything in it.
#[derive(Clone, Debug)]
pub struct Company {
    /// The company id.
    pub id: i64,
    /// The company's name.
    pub name: String,
    /// Whether the app is installed; otherwise the company list is empty and all else is refused.
    pub installed: bool,
    /// The company's currency, ISO 4217.
    pub currency: String,
    /// The projects, permitted or not.
    pub projects: Vec<Project>,
    /// The vendors of the directory, active or not.
    pub vendors: Vec<Vendor>,
    /// Cost types.
    pub line_item_types: Vec<LineItemType>,
    /// Tax codes.
    pub tax_codes: Vec<TaxCode>,
    /// Units of measure; a line's unit that is not among them is added as the company's own.
    pub units: Vec<UnitOfMeasure>,
    /// Exchange rates; multi-currency is on where there is one.
    pub exchange_rates: Vec<ExchangeRate>,
    /// The time that an edit happens at; [`super::Procore::edit`] sets it from the clock.
    pub now: DateTime<Utc>,
    pub(crate) origins: Origins,
    last_id: i64,
}

/// Every fifth id lies beyond 32 bits, as Procore's do.
const WIDE_ID_BASE: i64 = 562_949_953_421_312;

impl Company {
    /// An empty company on which the app is installed.
    #[must_use]
    pub fn new(id: i64, name: &str, now: DateTime<Utc>) -> Self {
        Self {
            id,
            name: name.to_owned(),
            installed: true,
            currency: "USD".to_owned(),
            projects: Vec::new(),
            vendors: Vec::new(),
            line_item_types: Vec::new(),
            tax_codes: Vec::new(),
            units: standard_units(),
            exchange_rates: Vec::new(),
            now,
            origins: Origins::default(),
            last_id: 10_000,
        }
    }

    /// A new id, unique in the company.
    pub fn new_id(&mut self) -> i64 {
        self.last_id += 1;
        if self.last_id % 5 == 0 { WIDE_ID_BASE + self.last_id } else { self.last_id }
    }

    /// The project with this id.
    #[must_use]
    pub fn project(&self, id: i64) -> Option<&Project> {
        self.projects.iter().find(|p| p.id == id)
    }

    /// The project with this id, to be changed.
    pub fn project_mut(&mut self, id: i64) -> Option<&mut Project> {
        self.projects.iter_mut().find(|p| p.id == id)
    }

    /// The vendor with this id.
    #[must_use]
    pub fn vendor(&self, id: i64) -> Option<&Vendor> {
        self.vendors.iter().find(|v| v.id == id)
    }

    /// The rate in use from a currency to the company's.
    #[must_use]
    pub fn exchange_rate(&self, from: &str) -> Option<&ExchangeRate> {
        self.exchange_rates.iter().find(|rate| rate.active && rate.currency == from)
    }

    /// The cost type with this id.
    #[must_use]
    pub fn line_item_type(&self, id: i64) -> Option<&LineItemType> {
        self.line_item_types.iter().find(|t| t.id == id)
    }
}

/// One project.
#[derive(Clone, Debug)]
pub struct Project {
    /// The project id.
    pub id: i64,
    /// The name.
    pub name: String,
    /// The contractor's own number.
    pub project_number: String,
    /// The accounting system's number: the natural SAP project code.
    pub accounting_project_number: Option<String>,
    /// The Rails name of the time zone, such as `Central Time (US & Canada)`.
    pub time_zone: String,
    /// The office that runs it.
    pub office: String,
    /// The kind of building.
    pub kind: String,
    /// Whether the project is active; inactive ones are listed only on request.
    pub active: bool,
    /// Whether the app may see the project.
    pub permitted: bool,
    /// The project's currency where it differs from the company's.
    pub currency: Option<String>,
    /// The first day of the project.
    pub start_date: NaiveDate,
    /// 1, 2 or 3: `commitment_change_orders` serves only 1 and 2.
    pub change_order_tiers: u8,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
    /// Cost codes, those of sub jobs included.
    pub cost_codes: Vec<CostCode>,
    /// Sub jobs.
    pub sub_jobs: Vec<SubJob>,
    /// WBS codes: one per used pair of cost code and cost type.
    pub wbs_codes: Vec<WbsCode>,
    /// Billing periods, in order of date.
    pub billing_periods: Vec<BillingPeriod>,
    /// Purchase orders and subcontracts, deleted ones included.
    pub commitments: Vec<Commitment>,
    /// Commitment change orders and their packages, deleted packages included.
    pub change_orders: Vec<ChangeOrder>,
    /// Direct costs.
    pub direct_costs: Vec<DirectCost>,
    /// Subcontractor invoices.
    pub requisitions: Vec<Requisition>,
    /// Payments made on contracts.
    pub payments: Vec<Payment>,
    /// What people changed on requisitions, oldest first.
    pub requisition_changes: Vec<RequisitionChange>,
    /// Original budget amounts.
    pub budget: Vec<BudgetLine>,
    /// Whether the original budget is locked.
    pub budget_locked: bool,
    /// Whether the project has moved from budget modifications to budget changes, which has no way back.
    pub uses_budget_changes: bool,
    /// Budget modifications, of projects without budget changes.
    pub budget_modifications: Vec<BudgetModification>,
    /// Budget changes.
    pub budget_changes: Vec<BudgetChange>,
    /// The budget as it stood when someone kept it.
    pub budget_snapshots: Vec<BudgetSnapshot>,
}

impl Project {
    /// The cost code with this id.
    #[must_use]
    pub fn cost_code(&self, id: i64) -> Option<&CostCode> {
        self.cost_codes.iter().find(|c| c.id == id)
    }

    /// The WBS code of a pair of cost code and cost type, if it exists.
    #[must_use]
    pub fn wbs_code(&self, coding: Coding) -> Option<&WbsCode> {
        self.wbs_codes.iter().find(|w| w.coding == coding)
    }

    /// The commitment with this id.
    #[must_use]
    pub fn commitment(&self, id: i64) -> Option<&Commitment> {
        self.commitments.iter().find(|c| c.id == id)
    }

    /// The requisition of a commitment with this number.
    #[must_use]
    pub fn requisition(&self, commitment_id: i64, number: i64) -> Option<&Requisition> {
        self.requisitions.iter().find(|r| r.commitment_id == commitment_id && r.number == number)
    }
}

/// One vendor of the company directory.
#[derive(Clone, Debug)]
pub struct Vendor {
    /// The vendor id.
    pub id: i64,
    /// The name.
    pub name: String,
    /// Inactive vendors leave the vendor list for a list of their own.
    pub active: bool,
    /// The tax id (`ein`), if registered.
    pub tax_id: Option<String>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// One cost type.
#[derive(Clone, Debug)]
pub struct LineItemType {
    /// The id.
    pub id: i64,
    /// The code, such as `L`.
    pub code: String,
    /// The name, such as `Labor`.
    pub name: String,
    /// The base type; often null.
    pub base_type: Option<String>,
}

/// One tax code.
#[derive(Clone, Debug)]
pub struct TaxCode {
    /// The id.
    pub id: i64,
    /// The code.
    pub code: String,
    /// The rate in percent.
    pub rate: Decimal,
}

/// One unit of measure. Lines name it by its name.
#[derive(Clone, Debug)]
pub struct UnitOfMeasure {
    /// The id.
    pub id: i64,
    /// The name, such as `CY`.
    pub name: String,
    /// The description.
    pub description: String,
    /// What it measures, if it is one that Procore brought.
    pub category: Option<String>,
}

/// The units that Procore brought; their ids are below those of the company's own records.
fn standard_units() -> Vec<UnitOfMeasure> {
    let units = [
        ("hours", "Hours", "Time"),
        ("ea", "Each", "Count"),
        ("ls", "Lump Sum", "Count"),
        ("CY", "Cubic Yards", "Volume"),
        ("tn", "Tons", "Weight"),
        ("LF", "Linear Feet", "Length"),
        ("SF", "Square Feet", "Area"),
    ];
    (1_i64..)
        .zip(units)
        .map(|(id, (name, description, category))| UnitOfMeasure {
            id,
            name: name.to_owned(),
            description: description.to_owned(),
            category: Some(category.to_owned()),
        })
        .collect()
}

/// One exchange rate of the company.
#[derive(Clone, Debug)]
pub struct ExchangeRate {
    /// The id.
    pub id: i64,
    /// The currency that is converted, ISO 4217.
    pub currency: String,
    /// How much of the company's currency one unit is worth.
    pub rate: Decimal,
    /// Whether it is in use.
    pub active: bool,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// One cost code of a project.
#[derive(Clone, Debug)]
pub struct CostCode {
    /// The id, of this project only.
    pub id: i64,
    /// The full code, such as `03-300`.
    pub full_code: String,
    /// The name.
    pub name: String,
    /// The division above it; `None` for divisions.
    pub parent_id: Option<i64>,
    /// The sub job it belongs to; sub job codes repeat the project's with ids of their own.
    pub sub_job_id: Option<i64>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

/// One sub job.
#[derive(Clone, Debug)]
pub struct SubJob {
    /// The id.
    pub id: i64,
    /// The code.
    pub code: String,
    /// The name.
    pub name: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

/// What a line is coded to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Coding {
    /// The cost code.
    pub cost_code_id: i64,
    /// The cost type.
    pub line_item_type_id: i64,
}

/// One WBS code.
#[derive(Clone, Debug)]
pub struct WbsCode {
    /// The id.
    pub id: i64,
    /// What it stands for.
    pub coding: Coding,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

/// One billing period.
#[derive(Clone, Debug)]
pub struct BillingPeriod {
    /// The id.
    pub id: i64,
    /// The first day.
    pub start_date: NaiveDate,
    /// The last day: a requisition's posting date.
    pub end_date: NaiveDate,
    /// When invoices are due.
    pub due_date: NaiveDate,
    /// Whether requisitions may still be made in it.
    pub open: bool,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// The original budget of one coding.
#[derive(Clone, Debug)]
pub struct BudgetLine {
    /// The id.
    pub id: i64,
    /// What is budgeted.
    pub coding: Coding,
    /// The original budget amount.
    pub amount: Decimal,
}
