//! The three tables and the look-up in them.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::model::{Coding, CostCoding, ProjectId};

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

    fn resolve(&self, default: Option<&String>) -> Option<String> {
        match self {
            Self::Default => default.cloned(),
            Self::None => None,
            Self::Value(value) => Some(value.clone()),
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
    fn matches(&self, project: ProjectId, coding: &CostCoding, day: NaiveDate) -> bool {
        self.project.is_none_or(|own| own == project)
            && self.sub_job.as_ref().is_none_or(|own| coding.sub_job.as_ref() == Some(own))
            && self.cost_type.as_ref().is_none_or(|own| coding.cost_type.as_ref() == Some(own))
            && self.valid_from.is_none_or(|from| from <= day)
            && self.valid_to.is_none_or(|to| day <= to)
            && match self.cost_code.strip_suffix('*') {
                Some(prefix) => coding.cost_code.starts_with(prefix),
                None => coding.cost_code == self.cost_code,
            }
    }

    /// The more specific a rule, the greater: project, sub job, cost code (exact, longer prefix,
    /// shorter prefix, any), cost type.
    fn specificity(&self) -> (bool, bool, usize, bool) {
        let code = match self.cost_code.strip_suffix('*') {
            Some(prefix) => prefix.len(),
            None => usize::MAX,
        };
        (self.project.is_some(), self.sub_job.is_some(), code, self.cost_type.is_some())
    }

    fn same_question(&self, other: &Self) -> bool {
        let (from, to) = (NaiveDate::MIN, NaiveDate::MAX);
        self.project == other.project
            && self.sub_job == other.sub_job
            && self.cost_code == other.cost_code
            && self.cost_type == other.cost_type
            && self.valid_from.unwrap_or(from) <= other.valid_to.unwrap_or(to)
            && other.valid_from.unwrap_or(from) <= self.valid_to.unwrap_or(to)
    }
}

/// One row of `projects.csv`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProjectRow {
    /// The file line.
    pub row: usize,
    /// SAP's project code.
    pub sap_project: Option<String>,
    /// SAP's branch (`BPLID`).
    pub branch: Option<i64>,
    /// Defaults of dimension 1 (`profit_center`) to dimension 5.
    pub dimensions: [Option<String>; 5],
    /// The default tax code.
    pub tax_code: Option<String>,
}

/// One row of `vendors.csv`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VendorRow {
    /// The file line.
    pub row: usize,
    /// SAP's `CardCode`.
    pub card_code: String,
    /// Whether lines are liable to withholding tax; `None` leaves the partner's own setting.
    pub wt_liable: Option<bool>,
}

/// What is wrong with a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MappingFault {
    /// The table's name: `accounts`, `projects`, `vendors`.
    pub table: &'static str,
    /// The file line.
    pub row: usize,
    /// What is wrong, and what would be right.
    pub detail: String,
}

/// A cost that no rule maps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unmapped {
    /// No row of `projects.csv`.
    Project(ProjectId),
    /// No rule of `accounts.csv`.
    CostCode(CostCoding),
}

/// The three tables.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MappingTables {
    rules: Vec<AccountRule>,
    projects: BTreeMap<ProjectId, ProjectRow>,
    vendors: BTreeMap<i64, VendorRow>,
}

impl MappingTables {
    /// Takes the rows of the three files.
    ///
    /// # Errors
    ///
    /// Every fault at once: an empty account, a project or vendor named twice, two equally specific
    /// rules for the same date.
    pub fn new(
        rules: Vec<AccountRule>,
        projects: Vec<(ProjectId, ProjectRow)>,
        vendors: Vec<(i64, VendorRow)>,
    ) -> Result<Self, Vec<MappingFault>> {
        let mut faults = Vec::new();
        for rule in &rules {
            if rule.gl_account.trim().is_empty() || rule.gl_account.trim() == "-" {
                faults.push(MappingFault {
                    table: "accounts",
                    row: rule.row,
                    detail: "gl_account is empty; every rule names an account".to_owned(),
                });
            }
        }
        for (index, rule) in rules.iter().enumerate() {
            for other in &rules[..index] {
                if rule.same_question(other) {
                    faults.push(MappingFault {
                        table: "accounts",
                        row: rule.row,
                        detail: format!(
                            "rows {} and {} answer the same question for the same dates; \
                             remove one or set valid_from and valid_to",
                            other.row, rule.row
                        ),
                    });
                }
            }
        }
        let projects = unique("projects", "project", projects, |row| row.row, &mut faults);
        let vendors = unique("vendors", "vendor", vendors, |row| row.row, &mut faults);
        if faults.is_empty() {
            Ok(Self { rules: sorted(rules), projects, vendors })
        } else {
            Err(faults)
        }
    }

    /// Where a cost stands in SAP on a posting date.
    ///
    /// # Errors
    ///
    /// [`Unmapped`] when the project has no row or no rule matches.
    pub fn find(
        &self,
        project: ProjectId,
        coding: &CostCoding,
        day: NaiveDate,
    ) -> Result<(Coding, usize), Unmapped> {
        let row = self.projects.get(&project).ok_or(Unmapped::Project(project))?;
        let rule = self
            .rules
            .iter()
            .find(|rule| rule.matches(project, coding, day))
            .ok_or_else(|| Unmapped::CostCode(coding.clone()))?;
        let mut dimensions = [const { None }; 5];
        for (index, cell) in dimensions.iter_mut().enumerate() {
            *cell = rule.dimensions[index].resolve(row.dimensions[index].as_ref());
        }
        let coding = Coding {
            account: rule.gl_account.clone(),
            dimensions,
            project: row.sap_project.clone(),
            tax_code: rule.tax_code.resolve(row.tax_code.as_ref()),
        };
        Ok((coding, rule.row))
    }

    /// A project's row.
    #[must_use]
    pub fn project(&self, project: ProjectId) -> Option<&ProjectRow> {
        self.projects.get(&project)
    }

    /// A vendor's row.
    #[must_use]
    pub fn vendor(&self, vendor: i64) -> Option<&VendorRow> {
        self.vendors.get(&vendor)
    }

    /// The rules, the most specific first.
    #[must_use]
    pub fn rules(&self) -> &[AccountRule] {
        &self.rules
    }

    /// The rows of `projects.csv`.
    pub fn projects(&self) -> impl Iterator<Item = (ProjectId, &ProjectRow)> {
        self.projects.iter().map(|(id, row)| (*id, row))
    }

    /// The rows of `vendors.csv`.
    pub fn vendors(&self) -> impl Iterator<Item = (i64, &VendorRow)> {
        self.vendors.iter().map(|(id, row)| (*id, row))
    }
}

fn sorted(mut rules: Vec<AccountRule>) -> Vec<AccountRule> {
    rules.sort_by(|a, b| b.specificity().cmp(&a.specificity()).then(a.row.cmp(&b.row)));
    rules
}

fn unique<K: Ord + Copy + std::fmt::Display, V>(
    table: &'static str,
    what: &str,
    rows: Vec<(K, V)>,
    row_of: impl Fn(&V) -> usize,
    faults: &mut Vec<MappingFault>,
) -> BTreeMap<K, V> {
    let mut map = BTreeMap::new();
    for (key, row) in rows {
        let line = row_of(&row);
        if let Some(earlier) = map.insert(key, row) {
            faults.push(MappingFault {
                table,
                row: line,
                detail: format!(
                    "{what} {} stands in rows {} and {line}; keep one",
                    key,
                    row_of(&earlier)
                ),
            });
        }
    }
    map
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn rule(
        row: usize,
        project: Option<i64>,
        code: &str,
        kind: Option<&str>,
        to: &str,
    ) -> AccountRule {
        AccountRule {
            row,
            project: project.map(ProjectId),
            sub_job: None,
            cost_code: code.to_owned(),
            cost_type: kind.map(str::to_owned),
            gl_account: to.to_owned(),
            dimensions: Default::default(),
            tax_code: Target::Default,
            valid_from: None,
            valid_to: None,
        }
    }

    fn coding(code: &str, kind: &str) -> CostCoding {
        CostCoding { sub_job: None, cost_code: code.into(), cost_type: Some(kind.into()) }
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn tables(rules: Vec<AccountRule>) -> MappingTables {
        let row = ProjectRow {
            row: 2,
            sap_project: Some("P1".into()),
            dimensions: [Some("CHI".into()), None, None, None, None],
            tax_code: Some("EX".into()),
            ..Default::default()
        };
        MappingTables::new(rules, vec![(ProjectId(865), row)], vec![]).unwrap()
    }

    #[test]
    fn the_most_specific_rule_wins_project_before_cost_code_before_cost_type() {
        let tables = tables(vec![
            rule(2, None, "*", None, "5090"),
            rule(3, None, "03-*", None, "5030"),
            rule(4, None, "03-300", None, "5031"),
            rule(5, None, "03-300", Some("L"), "5010"),
            rule(6, Some(865), "*", None, "5865"),
        ]);
        let account = |code: &str, kind: &str, project: i64| {
            tables
                .find(ProjectId(project), &coding(code, kind), day("2026-03-01"))
                .map(|(coding, row)| (coding.account, row))
        };
        assert_eq!(account("03-300", "L", 865).unwrap(), ("5865".to_owned(), 6));
        assert!(account("03-300", "L", 866).is_err(), "866 has no row in projects.csv");
    }

    #[test]
    fn a_longer_prefix_beats_a_shorter_one_and_an_exact_code_beats_both() {
        let tables = tables(vec![
            rule(2, None, "*", None, "5090"),
            rule(3, None, "03-*", None, "5030"),
            rule(4, None, "03-30*", None, "5032"),
            rule(5, None, "03-300", None, "5031"),
        ]);
        let account = |code: &str| {
            tables.find(ProjectId(865), &coding(code, "S"), day("2026-03-01")).unwrap().0.account
        };
        assert_eq!(account("03-300"), "5031");
        assert_eq!(account("03-301"), "5032");
        assert_eq!(account("03-100"), "5030");
        assert_eq!(account("26-100"), "5090");
    }

    #[test]
    fn an_empty_cell_takes_the_projects_default_and_a_dash_is_deliberately_none() {
        let mut dash = rule(2, None, "01-*", None, "5010");
        dash.dimensions[0] = Target::None;
        let tables = tables(vec![dash, rule(3, None, "*", None, "5090")]);
        let find = |code: &str| {
            tables.find(ProjectId(865), &coding(code, "S"), day("2026-03-01")).unwrap().0
        };
        assert_eq!(find("01-100").dimensions[0], None);
        assert_eq!(find("02-100").dimensions[0].as_deref(), Some("CHI"));
        assert_eq!(find("02-100").tax_code.as_deref(), Some("EX"));
    }

    #[test]
    fn rules_change_over_on_their_dates_and_overlapping_ones_are_refused() {
        let mut old = rule(2, None, "*", None, "5090");
        old.valid_to = Some(day("2026-06-30"));
        let mut new = rule(3, None, "*", None, "6090");
        new.valid_from = Some(day("2026-07-01"));
        let tables = tables(vec![old.clone(), new.clone()]);
        let account = |on: &str| {
            tables.find(ProjectId(865), &coding("01-1", "S"), day(on)).unwrap().0.account
        };
        assert_eq!(account("2026-06-30"), "5090");
        assert_eq!(account("2026-07-01"), "6090");

        new.valid_from = Some(day("2026-06-30"));
        let faults = MappingTables::new(vec![old, new], vec![], vec![]).unwrap_err();
        assert_eq!(faults.len(), 1);
        assert!(faults[0].detail.contains("rows 2 and 3"), "{}", faults[0].detail);
    }

    #[test]
    fn every_fault_is_named_at_once() {
        let faults = MappingTables::new(
            vec![rule(2, None, "*", None, "")],
            vec![
                (ProjectId(1), ProjectRow { row: 2, ..Default::default() }),
                (ProjectId(1), ProjectRow { row: 3, ..Default::default() }),
            ],
            vec![],
        )
        .unwrap_err();
        assert_eq!(faults.len(), 2);
    }
}
