//! Rows of a budget view: fixed fields, and one cell per column of the view under the column's display name.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, de};
use serde_json::value::RawValue;

use super::budget_line_items::CalculationStrategy;
use super::budget_views::BudgetColumn;
use super::cost_codes::BillerType;
use super::shapes::CurrencyConfiguration;
use super::wbs::WbsCodeRef;
use crate::exact;
use crate::id::{
    BudgetLineItemId, CompanyId, CostCodeId, Id, LineItemTypeId, ProjectId, SubJobId, WbsCodeId,
};
use crate::wire::model;

model! {
    /// The fields that a row has in every view.
    pub struct BudgetRow {
        /// The id of the budget line; zero or absent on rows without one.
        opt id: BudgetLineItemId,
        /// The id of the row; in live answers that of its code.
        opt budget_row_id: String,
        /// Whether the row has a budget line.
        opt budgeted: bool,
        /// Whether the row can be deleted.
        opt deletable: bool,
        /// Why the row has no budget line.
        opt unbudgeted_reason: String,
        /// The company.
        opt company_id: CompanyId,
        /// The company's name.
        opt company: String,
        /// The project.
        opt project_id: ProjectId,
        /// The project's name.
        opt project: String,
        /// The id of the project or sub job that the row belongs to.
        opt biller_id: Id,
        /// Its name.
        opt biller: String,
        /// Whether that is a project or a sub job.
        opt biller_type: BillerType,
        /// The code of the work breakdown structure.
        opt wbs_code_id: WbsCodeId,
        /// That code with its values, which live servers send.
        sub wbs_code: WbsCodeRef,
        /// The cost code.
        opt cost_code_id: CostCodeId,
        /// Its code and name in one text.
        opt cost_code: String,
        /// Its id in another system.
        opt cost_code_origin_id: String,
        /// The division that the cost code belongs to.
        opt root_cost_code_id: CostCodeId,
        /// Its code and name in one text.
        opt root_cost_code: String,
        /// The cost type.
        opt category_id: LineItemTypeId,
        /// Its name.
        opt category: String,
        /// The original budget, in the project's currency.
        money original_budget_amount,
        /// What modifications added to it or took from it.
        money budget_modifications,
        /// The quantity.
        money quantity,
        /// The price of one unit.
        money unit_cost,
        /// The unit of measure, by name.
        name uom,
        /// How the amount comes about.
        opt calculation_strategy: CalculationStrategy,
        /// The forecast.
        sub budget_forecast: BudgetForecast,
        /// The currency; its code is null when multi-currency is off.
        sub currency_configuration: CurrencyConfiguration,
    }
}

model! {
    /// The forecast of a row.
    pub struct BudgetForecast {
        /// Its id.
        opt id: Id,
        /// The forecast in effect.
        money amount,
        /// The forecast that people typed.
        money manual_amount,
        /// The forecast as calculated.
        money automatic_amount,
        /// Whether the calculated one is in effect.
        opt automatically_calculated: bool,
        /// How it comes about.
        opt calculation_strategy: String,
        /// Notes.
        opt notes: String,
    }
}

/// A row of a budget view or of a snapshot with its cells.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ViewRow<T> {
    /// The fields that a row has in every view.
    pub fixed: T,
    /// Every field of the row by its key, as JSON text; see [`cell`](Self::cell) for the columns of a view.
    cells: BTreeMap<String, Box<str>>,
}

/// A row of a budget view for one code.
pub type BudgetDetailRow = ViewRow<BudgetRow>;

/// What is budgeted for one code.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BudgetAllocation {
    /// The cost code.
    pub cost_code_id: CostCodeId,
    /// The cost type, if the row has one.
    pub line_item_type_id: Option<LineItemTypeId>,
    /// The code of the work breakdown structure.
    pub wbs_code_id: Option<WbsCodeId>,
    /// The sub job, if the row belongs to one.
    pub sub_job_id: Option<SubJobId>,
    /// The original budget, in the project's currency, with the digits of the wire.
    pub original: Decimal,
    /// What modifications added or took; zero when the row does not say.
    ///
    /// Whether approved budget changes are part of it, after a company has moved to them, is not documented: compare
    /// with the lines of [`budget_adjustment_line_items`](crate::Project::budget_adjustment_line_items).
    pub modifications: Decimal,
}

impl BudgetAllocation {
    /// Returns the original budget with its modifications.
    #[must_use]
    pub fn revised(&self) -> Decimal {
        self.original + self.modifications
    }
}

impl BudgetDetailRow {
    /// Returns what is budgeted, or `None` for rows without cost code or without an original amount.
    #[must_use]
    pub fn allocation(&self) -> Option<BudgetAllocation> {
        let row = &self.fixed;
        let sub_job = match (&row.biller_type, row.biller_id) {
            (Some(BillerType::SubJob), Some(id)) => Some(SubJobId::new(id.get())),
            _ => None,
        };
        Some(BudgetAllocation {
            cost_code_id: row.cost_code_id?,
            line_item_type_id: row.category_id,
            wbs_code_id: row.wbs_code_id.or_else(|| row.wbs_code.as_ref()?.id),
            sub_job_id: sub_job,
            original: row.original_budget_amount?,
            modifications: row.budget_modifications.unwrap_or(Decimal::ZERO),
        })
    }
}

impl<T> ViewRow<T> {
    /// Returns the amount in a column of the view; `None` when the cell is absent, null or empty.
    ///
    /// Live rows have their cells under the column's display name, the reference says under its id: the name is
    /// looked up first, then the id.
    ///
    /// # Errors
    ///
    /// A sentence that names the column when its cell is not an amount.
    pub fn cell(&self, column: &BudgetColumn) -> Result<Option<Decimal>, String> {
        let keys = [column.name.as_deref(), column.id.as_deref()];
        match keys.into_iter().flatten().find(|key| self.cells.contains_key(*key)) {
            Some(key) => self.amount(key),
            None => Ok(None),
        }
    }

    /// Returns the amount in the column of this key, which in live rows is the column's display name.
    ///
    /// # Errors
    ///
    /// As [`cell`](Self::cell).
    pub fn amount(&self, column: &str) -> Result<Option<Decimal>, String> {
        let Some(text) = self.cells.get(column) else {
            return Ok(None);
        };
        let token: &RawValue =
            serde_json::from_str(text).map_err(|error| format!("column {column:?}: {error}"))?;
        exact::read(token).map_err(|problem| format!("column {column:?}: {problem}"))
    }

    /// Returns the JSON text of any field of the row by its key.
    #[must_use]
    pub fn raw_field(&self, key: &str) -> Option<&str> {
        self.cells.get(key).map(AsRef::as_ref)
    }

    /// Returns the keys of the row's cells, those of the fixed fields included.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.cells.keys().map(String::as_str)
    }
}

/// Adds up what is budgeted per cost code, cost types and sub jobs together.
#[must_use]
pub fn budget_by_cost_code(allocations: &[BudgetAllocation]) -> BTreeMap<CostCodeId, BudgetTotal> {
    let mut totals: BTreeMap<CostCodeId, BudgetTotal> = BTreeMap::new();
    for allocation in allocations {
        let total = totals.entry(allocation.cost_code_id).or_default();
        total.original += allocation.original;
        total.modifications += allocation.modifications;
    }
    totals
}

/// What is budgeted for one cost code over all of its cost types.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct BudgetTotal {
    /// The original budget.
    pub original: Decimal,
    /// What modifications added or took.
    pub modifications: Decimal,
}

impl BudgetTotal {
    /// Returns the original budget with its modifications.
    #[must_use]
    pub fn revised(&self) -> Decimal {
        self.original + self.modifications
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for ViewRow<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let token = <&'de RawValue>::deserialize(deserializer)?;
        let fixed = serde_json::from_str(token.get()).map_err(de::Error::custom)?;
        let fields: BTreeMap<String, &RawValue> =
            serde_json::from_str(token.get()).map_err(de::Error::custom)?;
        let cells = fields.into_iter().map(|(key, value)| (key, value.get().into())).collect();
        Ok(Self { fixed, cells })
    }
}
