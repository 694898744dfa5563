//! The three tables and the look-up in them.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::{AccountRule, index::RuleIndex};
use crate::model::{Coding, CostCoding, ProjectId};

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

/// What keeps a look-up from an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unanswered {
    /// No row of `projects.csv`.
    Project,
    /// No rule of `accounts.csv`.
    CostCode,
}

/// The rule that answers, over the defaults of the project's row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Located<'a> {
    /// The rule.
    pub rule: &'a AccountRule,
    /// The project's row.
    pub row: &'a ProjectRow,
}

impl<'a> Located<'a> {
    /// The value of a dimension, 1 to 5; `None` where none is set or the dimension does not exist.
    #[must_use]
    pub fn dimension(&self, dimension: usize) -> Option<&'a str> {
        let index = dimension.checked_sub(1)?;
        let default = self.row.dimensions.get(index)?.as_deref();
        self.rule.dimensions[index].over(default)
    }

    /// The tax code.
    #[must_use]
    pub fn tax_code(&self) -> Option<&'a str> {
        self.rule.tax_code.over(self.row.tax_code.as_deref())
    }

    /// The place in the ledger.
    #[must_use]
    pub fn coding(&self) -> Coding {
        Coding {
            account: self.rule.gl_account.clone(),
            dimensions: [1, 2, 3, 4, 5].map(|n| self.dimension(n).map(str::to_owned)),
            project: self.row.sap_project.clone(),
            tax_code: self.tax_code().map(str::to_owned),
        }
    }
}

/// The three tables.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MappingTables {
    rules: Vec<AccountRule>,
    index: RuleIndex,
    projects: BTreeMap<ProjectId, ProjectRow>,
    vendors: BTreeMap<i64, VendorRow>,
}

impl MappingTables {
    /// Takes the rows of the three files.
    ///
    /// # Errors
    ///
    /// Every fault at once: an empty account, a project or vendor named twice, two equally specific
    /// rules for the same date, dates the wrong way round.
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
        for rule in
            rules.iter().filter(|rule| rule.valid_from > rule.valid_to && rule.valid_to.is_some())
        {
            faults.push(MappingFault {
                table: "accounts",
                row: rule.row,
                detail: "valid_from is after valid_to; exchange them".to_owned(),
            });
        }
        let rules = sorted(rules);
        let index = RuleIndex::over(&rules);
        for (rule, other) in index.ambiguous(&rules) {
            let (first, second) = (rule.row.min(other.row), rule.row.max(other.row));
            faults.push(MappingFault {
                table: "accounts",
                row: second,
                detail: format!(
                    "rows {first} and {second} answer the same question for the same dates; \
                     remove one or set valid_from and valid_to"
                ),
            });
        }
        let projects = unique("projects", "project", projects, |row| row.row, &mut faults);
        let vendors = unique("vendors", "vendor", vendors, |row| row.row, &mut faults);
        if faults.is_empty() { Ok(Self { rules, index, projects, vendors }) } else { Err(faults) }
    }

    /// The rule that answers for a cost on a posting date, with the project's defaults. Allocates
    /// nothing, however many rules there are.
    ///
    /// # Errors
    ///
    /// [`Unanswered`] when the project has no row or no rule matches.
    pub fn locate(
        &self,
        project: ProjectId,
        coding: &CostCoding,
        day: NaiveDate,
    ) -> Result<Located<'_>, Unanswered> {
        let row = self.projects.get(&project).ok_or(Unanswered::Project)?;
        let rule =
            self.index.find(&self.rules, project, coding, day).ok_or(Unanswered::CostCode)?;
        Ok(Located { rule, row })
    }

    /// Where a cost stands in SAP on a posting date, and the row of the rule that says so.
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
        match self.locate(project, coding, day) {
            Ok(located) => Ok((located.coding(), located.rule.row)),
            Err(Unanswered::Project) => Err(Unmapped::Project(project)),
            Err(Unanswered::CostCode) => Err(Unmapped::CostCode(coding.clone())),
        }
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
    use crate::mapping::Target;

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
