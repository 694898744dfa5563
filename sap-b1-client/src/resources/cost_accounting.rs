//! Cost accounting: profit centers, distribution rules, dimensions, projects.

use super::{Collection, Entity};
use crate::client::Client;
use crate::query::Key;
use crate::wire::{YesNo, date, exact, list};
use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Deserialize;

/// A profit center.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct ProfitCenter {
    /// Code.
    #[serde(rename = "CenterCode")]
    pub center_code: Option<String>,
    /// Name.
    #[serde(rename = "CenterName")]
    pub center_name: Option<String>,
    /// Sort group.
    #[serde(rename = "GroupCode")]
    pub group_code: Option<String>,
    /// Dimension, 1 to 5.
    #[serde(rename = "InWhichDimension")]
    pub in_which_dimension: Option<i32>,
    /// Type.
    #[serde(rename = "CostCenterType")]
    pub cost_center_type: Option<String>,
    /// In effect from.
    #[serde(rename = "EffectiveFrom", deserialize_with = "date::option::deserialize")]
    pub effective_from: Option<NaiveDate>,
    /// In effect until.
    #[serde(rename = "EffectiveTo", deserialize_with = "date::option::deserialize")]
    pub effective_to: Option<NaiveDate>,
    /// Active.
    #[serde(rename = "Active")]
    pub active: Option<YesNo>,
}

/// A distribution rule.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct DistributionRule {
    /// Code, what rows name as `CostingCode`.
    #[serde(rename = "FactorCode")]
    pub factor_code: Option<String>,
    /// Name.
    #[serde(rename = "FactorDescription")]
    pub factor_description: Option<String>,
    /// Sum of the parts.
    #[serde(rename = "TotalFactor", deserialize_with = "exact::option::deserialize")]
    pub total_factor: Option<Decimal>,
    /// Whether it is the direct rule of one center.
    #[serde(rename = "Direct")]
    pub direct: Option<String>,
    /// Dimension, 1 to 5.
    #[serde(rename = "InWhichDimension")]
    pub in_which_dimension: Option<i32>,
    /// Active.
    #[serde(rename = "Active")]
    pub active: Option<YesNo>,
    /// Parts are amounts, not shares.
    #[serde(rename = "IsFixedAmount")]
    pub is_fixed_amount: Option<YesNo>,
    /// Parts.
    #[serde(rename = "DistributionRuleLines", deserialize_with = "list::deserialize")]
    pub distribution_rule_lines: Vec<DistributionRuleLine>,
}

/// A part of a distribution rule.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct DistributionRuleLine {
    /// Profit center.
    #[serde(rename = "CenterCode")]
    pub center_code: Option<String>,
    /// Part.
    #[serde(rename = "TotalInCenter", deserialize_with = "exact::option::deserialize")]
    pub total_in_center: Option<Decimal>,
    /// In effect from.
    #[serde(rename = "EffectiveFrom", deserialize_with = "date::option::deserialize")]
    pub effective_from: Option<NaiveDate>,
    /// In effect until.
    #[serde(rename = "EffectiveTo", deserialize_with = "date::option::deserialize")]
    pub effective_to: Option<NaiveDate>,
}

/// A dimension.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Dimension {
    /// Number, 1 to 5.
    #[serde(rename = "DimensionCode")]
    pub dimension_code: Option<i32>,
    /// SAP's name.
    #[serde(rename = "DimensionName")]
    pub dimension_name: Option<String>,
    /// The company's name.
    #[serde(rename = "DimensionDescription")]
    pub dimension_description: Option<String>,
    /// Active.
    #[serde(rename = "IsActive")]
    pub is_active: Option<YesNo>,
}

/// A project.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Project {
    /// Code.
    #[serde(rename = "Code")]
    pub code: Option<String>,
    /// Name.
    #[serde(rename = "Name")]
    pub name: Option<String>,
    /// Valid from.
    #[serde(rename = "ValidFrom", deserialize_with = "date::option::deserialize")]
    pub valid_from: Option<NaiveDate>,
    /// Valid until.
    #[serde(rename = "ValidTo", deserialize_with = "date::option::deserialize")]
    pub valid_to: Option<NaiveDate>,
    /// Active.
    #[serde(rename = "Active")]
    pub active: Option<YesNo>,
}

impl Entity for ProfitCenter {
    const KEY: &'static str = "CenterCode";

    fn key(&self) -> Option<Key> {
        self.center_code.clone().map(Key::from)
    }
}

impl Entity for DistributionRule {
    const KEY: &'static str = "FactorCode";

    fn key(&self) -> Option<Key> {
        self.factor_code.clone().map(Key::from)
    }
}

impl Entity for Dimension {
    const KEY: &'static str = "DimensionCode";

    fn key(&self) -> Option<Key> {
        self.dimension_code.map(Key::from)
    }
}

impl Entity for Project {
    const KEY: &'static str = "Code";

    fn key(&self) -> Option<Key> {
        self.code.clone().map(Key::from)
    }
}

impl Client {
    /// Profit centers.
    #[must_use]
    pub fn profit_centers(&self) -> Collection<ProfitCenter> {
        Collection::new(self, "ProfitCenters")
    }

    /// Distribution rules.
    #[must_use]
    pub fn distribution_rules(&self) -> Collection<DistributionRule> {
        Collection::new(self, "DistributionRules")
    }

    /// Dimensions.
    #[must_use]
    pub fn dimensions(&self) -> Collection<Dimension> {
        Collection::new(self, "Dimensions")
    }

    /// Projects.
    #[must_use]
    pub fn projects(&self) -> Collection<Project> {
        Collection::new(self, "Projects")
    }
}
