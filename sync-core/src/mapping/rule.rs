//! One row of `accounts.csv`: which costs it answers for, and where they go.

use chrono::NaiveDate;

use crate::model::{CostCoding, ProjectId};

/// What a target cell of a rule says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Target {
    /// Empty: the project's default, else not set.
    #[default]
    Default,
    /// `-`: deliberately none.
    None,
    /// This value.
    Value(String),
}

impl Target {
    /// Reads a cell.
    #[must_use]
    pub fn read(cell: &str) -> Self {
        match cell.trim() {
            "" => Self::Default,
            "-" => Self::None,
            value => Self::Value(value.to_owned()),
        }
    }

    /// What the cell comes to over the project's default.
    #[must_use]
    pub fn over<'a>(&'a self, default: Option<&'a str>) -> Option<&'a str> {
        match self {
            Self::Default => default,
            Self::None => None,
            Self::Value(value) => Some(value),
        }
    }
}

/// One row of `accounts.csv`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountRule {
    /// The file line.
    pub row: usize,
    /// A project, or any.
    pub project: Option<ProjectId>,
    /// A sub job's code, or any.
    pub sub_job: Option<String>,
    /// A full code, a prefix ending in `*`, or `*`.
    pub cost_code: String,
    /// A line item type's code, or any.
    pub cost_type: Option<String>,
    /// The account.
    pub gl_account: String,
    /// Dimension 1 (`profit_center`) to dimension 5.
    pub dimensions: [Target; 5],
    /// The tax code.
    pub tax_code: Target,
    /// The first day of the rule.
    pub valid_from: Option<NaiveDate>,
    /// The last day of the rule.
    pub valid_to: Option<NaiveDate>,
}

impl AccountRule {
    /// The prefix before `*` (empty for any code); `None` for a full code.
    #[must_use]
    pub fn prefix(&self) -> Option<&str> {
        self.cost_code.strip_suffix('*')
    }

    /// Whether the rule answers for costs of this type on this day.
    #[must_use]
    pub fn holds_for(&self, cost_type: Option<&str>, day: NaiveDate) -> bool {
        self.cost_type.as_deref().is_none_or(|own| cost_type == Some(own))
            && self.valid_from.is_none_or(|from| from <= day)
            && self.valid_to.is_none_or(|to| day <= to)
    }

    /// Whether the rule could answer for a cost, were no other more specific.
    #[must_use]
    pub fn matches(&self, project: ProjectId, coding: &CostCoding, day: NaiveDate) -> bool {
        self.project.is_none_or(|own| own == project)
            && self.sub_job.as_ref().is_none_or(|own| coding.sub_job.as_ref() == Some(own))
            && self.holds_for(coding.cost_type.as_deref(), day)
            && match self.prefix() {
                Some(prefix) => coding.cost_code.starts_with(prefix),
                None => coding.cost_code == self.cost_code,
            }
    }

    /// The first and last day, unbounded ends being the calendar's.
    pub(super) fn days(&self) -> (NaiveDate, NaiveDate) {
        (self.valid_from.unwrap_or(NaiveDate::MIN), self.valid_to.unwrap_or(NaiveDate::MAX))
    }

    /// Whether both rules hold on some day.
    pub(super) fn overlaps(&self, other: &Self) -> bool {
        let ((from, to), (other_from, other_to)) = (self.days(), other.days());
        from <= other_to && other_from <= to
    }

    /// Whether the rule answers for every cost of `project` that `other` answers for.
    pub(super) fn covers(&self, project: ProjectId, other: &Self) -> bool {
        let wider = |own: &Option<String>, others: &Option<String>| own.is_none() || own == others;
        let code = match (self.prefix(), other.prefix()) {
            (Some(own), Some(others)) => others.starts_with(own),
            (Some(own), None) => other.cost_code.starts_with(own),
            (None, Some(_)) => false,
            (None, None) => self.cost_code == other.cost_code,
        };
        let ((from, to), (other_from, other_to)) = (self.days(), other.days());
        self.project.is_none_or(|own| own == project)
            && wider(&self.sub_job, &other.sub_job)
            && code
            && wider(&self.cost_type, &other.cost_type)
            && from <= other_from
            && other_to <= to
    }

    /// The more specific a rule, the greater: project, sub job, cost code (exact, longer prefix,
    /// shorter prefix, any), cost type.
    pub(super) fn specificity(&self) -> (bool, bool, usize, bool) {
        let code = self.prefix().map_or(usize::MAX, str::len);
        (self.project.is_some(), self.sub_job.is_some(), code, self.cost_type.is_some())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const TOWER: ProjectId = ProjectId(865);

    fn rule(cost_code: &str) -> AccountRule {
        AccountRule {
            row: 2,
            project: None,
            sub_job: None,
            cost_code: cost_code.to_owned(),
            cost_type: None,
            gl_account: "5010".to_owned(),
            dimensions: Default::default(),
            tax_code: Target::Default,
            valid_from: None,
            valid_to: None,
        }
    }

    #[test]
    fn a_rule_covers_another_only_where_it_is_as_wide_in_every_column() {
        let day = |text: &str| Some(text.parse::<NaiveDate>().unwrap());
        let narrow = AccountRule {
            sub_job: Some("A".to_owned()),
            cost_type: Some("L".to_owned()),
            valid_from: day("2026-02-01"),
            valid_to: day("2026-02-28"),
            ..rule("03-300")
        };
        let wide = AccountRule {
            project: Some(TOWER),
            valid_from: day("2026-02-01"),
            valid_to: day("2026-02-28"),
            ..rule("03-*")
        };
        assert!(wide.covers(TOWER, &narrow) && narrow.covers(TOWER, &narrow));
        let narrower = [
            AccountRule { project: Some(ProjectId(866)), ..wide.clone() },
            AccountRule { sub_job: Some("B".to_owned()), ..wide.clone() },
            AccountRule { cost_code: "26-*".to_owned(), ..wide.clone() },
            AccountRule { cost_code: "03-301".to_owned(), ..wide.clone() },
            AccountRule { cost_type: Some("M".to_owned()), ..wide.clone() },
            AccountRule { valid_from: day("2026-02-02"), ..wide.clone() },
            AccountRule { valid_to: day("2026-02-27"), ..wide.clone() },
        ];
        for rule in narrower {
            assert!(!rule.covers(TOWER, &narrow), "{rule:?}");
        }
        assert!(!rule("03-300").covers(TOWER, &rule("03-*")), "one code covers no prefix");
    }
}
