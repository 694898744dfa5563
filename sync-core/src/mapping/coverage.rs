//! How much of the money has a place in SAP, and what waits for a row.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use super::{MappedCost, MappingTables, Unanswered};
use crate::model::{CostCoding, ProjectId, SourceKey};

/// Money by whether the tables have a place for it, in one currency. Amounts are sums of absolute
/// amounts, so that a credit does not hide a cost.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CoverageAmount {
    /// Lines with a place.
    pub mapped_lines: u64,
    /// Their money.
    pub mapped: Decimal,
    /// Lines without one.
    pub unmapped_lines: u64,
    /// Their money.
    pub unmapped: Decimal,
}

impl CoverageAmount {
    /// The share with a place, in percent with one decimal, rounded down: 100.0 means all of it.
    #[must_use]
    pub fn percent(&self) -> Decimal {
        let whole = self.mapped.saturating_add(self.unmapped);
        let share = if whole.is_zero() {
            Decimal::ONE_HUNDRED
        } else {
            // First the quotient: a sum near the largest number has no room for a factor.
            (self.mapped / whole).saturating_mul(Decimal::ONE_HUNDRED)
        };
        let mut percent = share.round_dp_with_strategy(1, rust_decimal::RoundingStrategy::ToZero);
        percent.rescale(1);
        percent
    }
}

/// What has no place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum UnmappedWhat {
    /// No row of `projects.csv`.
    Project,
    /// No rule of `accounts.csv` for this coding.
    CostCode(CostCoding),
    /// Procore states no cost code.
    NoCostCode,
}

/// Costs of one project and coding that no rule maps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnmappedCost {
    /// The project.
    pub project: ProjectId,
    /// What is missing.
    pub what: UnmappedWhat,
    /// The currency.
    pub currency: String,
    /// The lines.
    pub lines: u64,
    /// The money that waits, credits taken off.
    pub amount: Decimal,
    /// The records, in order.
    pub records: Vec<SourceKey>,
}

impl UnmappedCost {
    /// The row to add, as the file would have it.
    #[must_use]
    pub fn remedy(&self) -> String {
        let project = self.project;
        match &self.what {
            UnmappedWhat::Project => format!("add '{project},<SAP project>' to projects.csv"),
            UnmappedWhat::NoCostCode => "give the lines a cost code in Procore".to_owned(),
            UnmappedWhat::CostCode(coding) => format!(
                "add '{project},{},{},{},<GL account>' to accounts.csv",
                coding.sub_job.as_deref().unwrap_or("*"),
                coding.cost_code,
                coding.cost_type.as_deref().unwrap_or("*"),
            ),
        }
    }
}

/// A vendor without a row of `vendors.csv`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnmappedVendor {
    /// Procore's vendor id.
    pub vendor: i64,
    /// The name in Procore.
    pub name: String,
    /// The currency.
    pub currency: String,
    /// The money that waits.
    pub amount: Decimal,
    /// The records, in order.
    pub records: Vec<SourceKey>,
}

/// How much of the money the tables cover.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// By currency.
    pub amounts: BTreeMap<String, CoverageAmount>,
    /// What has no place, the most money first.
    pub unmapped: Vec<UnmappedCost>,
    /// Vendors without a row, the most money first.
    pub vendors: Vec<UnmappedVendor>,
}

/// Asks the tables about every cost.
#[must_use]
pub fn coverage(tables: &MappingTables, costs: &[MappedCost]) -> Coverage {
    #[derive(Default)]
    struct Sum {
        lines: u64,
        amount: Decimal,
        records: BTreeSet<SourceKey>,
        name: String,
    }
    impl Sum {
        fn add(&mut self, cost: &MappedCost) {
            self.lines += 1;
            self.amount = self.amount.saturating_add(cost.amount);
            self.records.insert(cost.key);
        }
    }
    let mut amounts: BTreeMap<String, CoverageAmount> = BTreeMap::new();
    let mut costs_without: BTreeMap<(ProjectId, UnmappedWhat, &str), Sum> = BTreeMap::new();
    let mut vendors_without: BTreeMap<(i64, &str), Sum> = BTreeMap::new();
    for cost in costs {
        let project = cost.key.project;
        if let Some(vendor) = cost.vendor.as_ref().filter(|own| tables.vendor(own.id).is_none()) {
            let sum = vendors_without.entry((vendor.id, &cost.currency)).or_default();
            sum.name.clone_from(&vendor.name);
            sum.add(cost);
        }
        let what = match &cost.coding {
            None => Some(UnmappedWhat::NoCostCode),
            Some(coding) => match tables.locate(project, coding, cost.day) {
                Ok(_) => None,
                Err(Unanswered::Project) => Some(UnmappedWhat::Project),
                Err(Unanswered::CostCode) => Some(UnmappedWhat::CostCode(coding.clone())),
            },
        };
        let amount = amounts.entry(cost.currency.clone()).or_default();
        let Some(what) = what else {
            amount.mapped_lines += 1;
            amount.mapped = amount.mapped.saturating_add(cost.amount.abs());
            continue;
        };
        amount.unmapped_lines += 1;
        amount.unmapped = amount.unmapped.saturating_add(cost.amount.abs());
        costs_without.entry((project, what, &cost.currency)).or_default().add(cost);
    }
    let mut unmapped: Vec<UnmappedCost> = costs_without
        .into_iter()
        .map(|((project, what, currency), sum)| UnmappedCost {
            project,
            what,
            currency: currency.to_owned(),
            lines: sum.lines,
            amount: sum.amount,
            records: sum.records.into_iter().collect(),
        })
        .collect();
    unmapped.sort_by_key(|row| std::cmp::Reverse(row.amount.abs()));
    let mut vendors: Vec<UnmappedVendor> = vendors_without
        .into_iter()
        .map(|((vendor, currency), sum)| UnmappedVendor {
            vendor,
            name: sum.name,
            currency: currency.to_owned(),
            amount: sum.amount,
            records: sum.records.into_iter().collect(),
        })
        .collect();
    vendors.sort_by_key(|row| std::cmp::Reverse(row.amount.abs()));
    Coverage { amounts, unmapped, vendors }
}
