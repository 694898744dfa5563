//! Cost accounting: profit centers, distribution rules, dimensions, projects.

use super::declare::{entity_sets, entity_types, new_entity};
use crate::wire::YesNo;
use chrono::NaiveDate;
use rust_decimal::Decimal;

entity_types! {
    /// A profit center.
    read ProfitCenter is "ProfitCenter" {}
    /// A profit center to create; SAP makes a direct distribution rule of the same code.
    write NewProfitCenter in "ProfitCenters" {}
    both {
        /// Code, 8 characters.
        center_code: Option<String> = "CenterCode",
        /// Name, 30 characters.
        center_name: Option<String> = "CenterName",
        /// Sort group, 4 characters.
        group_code: Option<String> = "GroupCode",
        /// Dimension, 1 to 5.
        in_which_dimension: Option<i32> = "InWhichDimension",
        /// Type.
        cost_center_type: Option<String> = "CostCenterType",
        /// In effect from.
        effective_from: Option<NaiveDate> = "EffectiveFrom",
        /// In effect until.
        effective_to: Option<NaiveDate> = "EffectiveTo",
        /// Active.
        active: Option<YesNo> = "Active",
        /// The employee who answers for it.
        center_owner: Option<i32> = "CenterOwner",
    }
}

entity_types! {
    /// A distribution rule.
    read DistributionRule is "DistributionRule" {
        /// Parts.
        distribution_rule_lines: Vec<DistributionRuleLine> = "DistributionRuleLines",
    }
    /// A distribution rule to create.
    write NewDistributionRule in "DistributionRules" {
        /// Parts.
        distribution_rule_lines: Vec<NewDistributionRuleLine> = "DistributionRuleLines",
    }
    both {
        /// Code, what rows name as `CostingCode`; 8 characters.
        factor_code: Option<String> = "FactorCode",
        /// Name, 30 characters.
        factor_description: Option<String> = "FactorDescription",
        /// Sum of the parts.
        total_factor: Option<Decimal> = "TotalFactor",
        /// Dimension, 1 to 5.
        in_which_dimension: Option<i32> = "InWhichDimension",
        /// Active.
        active: Option<YesNo> = "Active",
        /// Whether it is the direct rule of one center.
        direct: Option<String> = "Direct",
        /// Parts are amounts, not shares.
        is_fixed_amount: Option<YesNo> = "IsFixedAmount",
    }
}

entity_types! {
    /// A part of a distribution rule.
    read DistributionRuleLine is "DistributionRuleLine" {}
    /// A part of a distribution rule to create.
    write NewDistributionRuleLine in "DistributionRuleLines" {}
    both {
        /// Profit center.
        center_code: Option<String> = "CenterCode",
        /// Part.
        total_in_center: Option<Decimal> = "TotalInCenter",
        /// In effect from.
        effective_from: Option<NaiveDate> = "EffectiveFrom",
        /// In effect until.
        effective_to: Option<NaiveDate> = "EffectiveTo",
    }
}

entity_types! {
    /// A dimension: there are five, which can be read and changed, not created.
    read Dimension is "Dimension" {
        /// Number, 1 to 5.
        dimension_code: Option<i32> = "DimensionCode",
        /// SAP's name.
        dimension_name: Option<String> = "DimensionName",
        /// The company's name.
        dimension_description: Option<String> = "DimensionDescription",
        /// Active.
        is_active: Option<YesNo> = "IsActive",
    }
}

entity_types! {
    /// A project.
    read Project is "Project" {}
    /// A project to create.
    write NewProject in "Projects" {}
    both {
        /// Code, 20 characters.
        code: Option<String> = "Code",
        /// Name, 100 characters.
        name: Option<String> = "Name",
        /// Valid from.
        valid_from: Option<NaiveDate> = "ValidFrom",
        /// Valid until.
        valid_to: Option<NaiveDate> = "ValidTo",
        /// Active.
        active: Option<YesNo> = "Active",
    }
}

new_entity!(NewProfitCenter creates ProfitCenter);
new_entity!(NewDistributionRule creates DistributionRule with distribution_rule_lines);
new_entity!(NewProject creates Project);

entity_sets! {
    ProfitCenter by center_code = "CenterCode" {
        /// Profit centers.
        profit_centers = "ProfitCenters",
    }
    DistributionRule by factor_code = "FactorCode" {
        /// Distribution rules.
        distribution_rules = "DistributionRules",
    }
    Dimension by dimension_code = "DimensionCode" {
        /// Dimensions.
        dimensions = "Dimensions",
    }
    Project by code = "Code" {
        /// Projects.
        projects = "Projects",
    }
}
