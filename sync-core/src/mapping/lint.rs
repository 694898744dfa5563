//! What is wrong with the tables, without posting anything.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::{AccountRule, Coverage, MappedCost, MappingTables, Target, coverage};
use crate::{
    catalog::{Catalog, Validity},
    model::ProjectId,
    validate::length_limit,
};

/// What kind of fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LintKind {
    /// SAP lacks the value, or it cannot be posted to.
    NotInSap,
    /// SAP has the value, and it is inactive or not valid on a date on which it is needed.
    Inactive,
    /// The value is longer than SAP's column.
    TooLong,
    /// Other rules answer every cost that the rule could answer for.
    Shadowed,
    /// The rule can match nothing: its project has no row, or its last day is before the cut-over.
    NeverMatches,
    /// No cost in Procore that the rule answers for, so far.
    Unused,
}

impl LintKind {
    /// The name in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::NotInSap => "not_in_sap",
            Self::Inactive => "inactive",
            Self::TooLong => "too_long",
            Self::Shadowed => "shadowed",
            Self::NeverMatches => "never_matches",
            Self::Unused => "unused",
        }
    }

    /// Whether records will be held over it.
    #[must_use]
    pub const fn stops_records(self) -> bool {
        matches!(self, Self::NotInSap | Self::Inactive | Self::TooLong)
    }
}

/// One fault of one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LintFinding {
    /// The table's name: `accounts`, `projects`, `vendors`.
    pub table: &'static str,
    /// The file line.
    pub row: usize,
    /// What kind of fault.
    pub kind: LintKind,
    /// Column, value, what SAP has, and what would be right.
    pub detail: String,
}

/// The faults and the coverage of the tables.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lint {
    /// The faults, by table and row.
    pub findings: Vec<LintFinding>,
    /// How much of the money has a place.
    pub coverage: Coverage,
}

/// Checks the tables against SAP's master data and the costs that are known.
///
/// A rule's values must be valid on the posting dates of the costs that it answers for; where there
/// are none, on `today`, if the rule holds then.
#[must_use]
pub fn lint(
    tables: &MappingTables,
    catalog: &Catalog,
    costs: &[MappedCost],
    start_date: NaiveDate,
    today: NaiveDate,
) -> Lint {
    let mut check = Check { catalog, findings: Vec::new(), table: "accounts", row: 0 };
    let used = used(tables, costs);
    let projects: Vec<ProjectId> = tables.projects().map(|(project, _)| project).collect();
    let by_project = by_project(tables.rules());
    for rule in tables.rules() {
        check.row = rule.row;
        let days = days_of(rule, used.get(&rule.row), today);
        check.rule(rule, &days);
        check.reach(rule, tables, &projects, &by_project, start_date);
        let flagged = check.findings.last().is_some_and(|last| {
            last.row == rule.row && matches!(last.kind, LintKind::Shadowed | LintKind::NeverMatches)
        });
        if !costs.is_empty() && !flagged && !used.contains_key(&rule.row) {
            check.unused(rule, costs, tables);
        }
    }
    let days_of_projects =
        costs.iter().fold(BTreeMap::<_, BTreeSet<_>>::new(), |mut days, cost| {
            days.entry(cost.key.project).or_default().insert(cost.day);
            days
        });
    check.table = "projects";
    for (project, row) in tables.projects() {
        check.row = row.row;
        let mut days: BTreeSet<NaiveDate> =
            days_of_projects.get(&project).cloned().unwrap_or_default();
        days.insert(today);
        check.sap_project(row.sap_project.as_deref(), &days);
        for (index, code) in row.dimensions.iter().enumerate() {
            check.profit_center(index, code.as_deref(), &days);
        }
        check.tax_code(row.tax_code.as_deref());
        if catalog.branches_enabled && row.branch.is_none() {
            check.say(
                LintKind::NotInSap,
                "branch is empty and SAP's company has branches; name its BPLID".to_owned(),
            );
        }
    }
    check.table = "vendors";
    for (vendor, row) in tables.vendors() {
        check.row = row.row;
        check.partner(vendor, &row.card_code, today);
    }
    check.findings.sort_by_key(|finding| (finding.table, finding.row, finding.kind));
    Lint { findings: check.findings, coverage: coverage(tables, costs) }
}

/// The posting dates on which each rule answers for a cost, by row.
fn used(tables: &MappingTables, costs: &[MappedCost]) -> BTreeMap<usize, BTreeSet<NaiveDate>> {
    let mut used: BTreeMap<usize, BTreeSet<NaiveDate>> = BTreeMap::new();
    for cost in costs {
        let Some(coding) = &cost.coding else { continue };
        if let Ok(located) = tables.locate(cost.key.project, coding, cost.day) {
            used.entry(located.rule.row).or_default().insert(cost.day);
        }
    }
    used
}

fn days_of(
    rule: &AccountRule,
    used: Option<&BTreeSet<NaiveDate>>,
    today: NaiveDate,
) -> BTreeSet<NaiveDate> {
    match used {
        Some(days) => days.clone(),
        None => {
            let (from, to) = rule.days();
            BTreeSet::from([today.clamp(from, to.max(from))])
        }
    }
}

/// The rules that name a project, by project.
fn by_project(rules: &[AccountRule]) -> BTreeMap<ProjectId, Vec<&AccountRule>> {
    let mut by_project: BTreeMap<ProjectId, Vec<&AccountRule>> = BTreeMap::new();
    for rule in rules {
        if let Some(project) = rule.project {
            by_project.entry(project).or_default().push(rule);
        }
    }
    by_project
}

struct Check<'a> {
    catalog: &'a Catalog,
    findings: Vec<LintFinding>,
    table: &'static str,
    row: usize,
}

impl Check<'_> {
    fn say(&mut self, kind: LintKind, detail: String) {
        self.findings.push(LintFinding { table: self.table, row: self.row, kind, detail });
    }

    fn rule(&mut self, rule: &AccountRule, days: &BTreeSet<NaiveDate>) {
        let code = rule.gl_account.as_str();
        match self.catalog.account(code) {
            None => {
                self.length("gl_account", "AccountCode", code);
                self.say(LintKind::NotInSap, format!("gl_account: SAP has no account {code}"));
            }
            Some(account) if !account.postable || account.control => {
                let what = if account.control { "control" } else { "title" };
                let detail = format!(
                    "gl_account: account {} ({}) cannot be posted to; it is a {what} account",
                    account.code, account.name
                );
                self.say(LintKind::NotInSap, detail);
            }
            Some(account) => {
                self.length("gl_account", "AccountCode", &account.code);
                let named = format!("gl_account: account {} ({})", account.code, account.name);
                self.validity(&named, !account.frozen, account.validity, days);
            }
        }
        for (index, target) in rule.dimensions.iter().enumerate() {
            if let Target::Value(code) = target {
                self.profit_center(index, Some(code), days);
            }
        }
        if let Target::Value(code) = &rule.tax_code {
            self.tax_code(Some(code));
        }
    }

    /// Whether the rule can ever be the one that answers.
    fn reach(
        &mut self,
        rule: &AccountRule,
        tables: &MappingTables,
        projects: &[ProjectId],
        by_project: &BTreeMap<ProjectId, Vec<&AccountRule>>,
        start_date: NaiveDate,
    ) {
        if let Some(project) = rule.project.filter(|id| tables.project(*id).is_none()) {
            let detail = format!("project {project} has no row in projects.csv; add one");
            return self.say(LintKind::NeverMatches, detail);
        }
        if let Some(to) = rule.valid_to.filter(|to| *to < start_date) {
            let detail = format!(
                "valid_to {to} is before the cut-over on {start_date}; nothing is posted so early"
            );
            return self.say(LintKind::NeverMatches, detail);
        }
        if rule.project.is_some() || projects.is_empty() {
            return;
        }
        // Only a project's own rules come before wider ones: of every other pair of rules where one
        // covers the other, the covered one is the more specific.
        let covering: Option<BTreeSet<usize>> = projects
            .iter()
            .map(|project| {
                let own = by_project.get(project)?;
                own.iter().find(|other| other.covers(*project, rule)).map(|other| other.row)
            })
            .collect();
        if let Some(rows) = covering {
            let detail = format!(
                "every project has a rule of its own that comes first: {}; remove this row",
                rows_in_words(&rows)
            );
            self.say(LintKind::Shadowed, detail);
        }
    }

    /// A rule that no cost uses: because none would match, or because others came first.
    fn unused(&mut self, rule: &AccountRule, costs: &[MappedCost], tables: &MappingTables) {
        let first: BTreeSet<usize> = costs
            .iter()
            .filter_map(|cost| {
                let coding = cost.coding.as_ref()?;
                rule.matches(cost.key.project, coding, cost.day).then_some(())?;
                Some(tables.locate(cost.key.project, coding, cost.day).ok()?.rule.row)
            })
            .collect();
        let detail = if first.is_empty() {
            "no cost in Procore matches it so far".to_owned()
        } else {
            format!("for every cost that it matches {} came first", rows_in_words(&first))
        };
        self.say(LintKind::Unused, detail);
    }

    fn sap_project(&mut self, code: Option<&str>, days: &BTreeSet<NaiveDate>) {
        let Some(code) = code else { return };
        self.length("sap_project", "ProjectCode", code);
        match self.catalog.projects.get(code) {
            None => {
                self.say(LintKind::NotInSap, format!("sap_project: SAP has no project {code}"));
            }
            Some(project) => {
                let named = format!("sap_project: project {code} ({})", project.name);
                self.validity(&named, project.active, project.validity, days);
            }
        }
    }

    fn profit_center(&mut self, index: usize, code: Option<&str>, days: &BTreeSet<NaiveDate>) {
        let Some(code) = code else { return };
        let dimension = index + 1;
        let column = match dimension {
            1 => "profit_center".to_owned(),
            other => format!("dimension_{other}"),
        };
        self.length(&column, "CostingCode", code);
        match self.catalog.profit_centers.get(code) {
            None => {
                self.say(LintKind::NotInSap, format!("{column}: SAP has no profit center {code}"));
            }
            Some(center) if usize::from(center.dimension) != dimension => {
                let detail = format!(
                    "{column}: profit center {code} ({}) belongs to dimension {}",
                    center.name, center.dimension
                );
                self.say(LintKind::NotInSap, detail);
            }
            Some(center) => {
                let named = format!("{column}: profit center {code} ({})", center.name);
                self.validity(&named, center.active, center.validity, days);
            }
        }
    }

    fn tax_code(&mut self, code: Option<&str>) {
        let Some(code) = code else { return };
        self.length("tax_code", "TaxCode", code);
        match self.catalog.tax_codes.get(code) {
            None => self.say(LintKind::NotInSap, format!("tax_code: SAP has no tax code {code}")),
            Some(tax) if !tax.active => {
                self.say(LintKind::Inactive, format!("tax_code: {code} is inactive in SAP"));
            }
            Some(tax) if !tax.valid_for_purchases => {
                let detail = format!("tax_code: {code} is not valid for purchases in SAP");
                self.say(LintKind::NotInSap, detail);
            }
            Some(_) => {}
        }
    }

    fn partner(&mut self, vendor: i64, card_code: &str, today: NaiveDate) {
        self.length("card_code", "CardCode", card_code);
        let partner = self.catalog.partners.get(card_code);
        let (kind, what) = match partner {
            None => (LintKind::NotInSap, "SAP has no such supplier".to_owned()),
            Some(partner) if !partner.supplier => {
                (LintKind::NotInSap, "is no supplier in SAP".to_owned())
            }
            Some(partner)
                if partner.frozen || partner.frozen_during.is_some_and(|f| f.contains(today)) =>
            {
                (LintKind::Inactive, "is frozen in SAP".to_owned())
            }
            Some(partner) if !partner.active || !partner.validity.contains(today) => {
                (LintKind::Inactive, format!("is inactive in SAP on {today}"))
            }
            Some(_) => return,
        };
        self.say(kind, format!("card_code: {card_code} of vendor {vendor}: {what}"));
    }

    fn validity(
        &mut self,
        named: &str,
        active: bool,
        validity: Validity,
        days: &BTreeSet<NaiveDate>,
    ) {
        if !active {
            return self.say(LintKind::Inactive, format!("{named} is inactive in SAP"));
        }
        let outside: Vec<NaiveDate> =
            days.iter().copied().filter(|day| !validity.contains(*day)).collect();
        if let Some(first) = outside.first() {
            let detail = format!(
                "{named} is not valid in SAP on {first}{}",
                match outside.len() {
                    1 => String::new(),
                    more => format!(" and {} more posting dates", more - 1),
                }
            );
            self.say(LintKind::Inactive, detail);
        }
    }

    fn length(&mut self, column: &str, field: &str, value: &str) {
        let Some(limit) = length_limit(field) else { return };
        let long = value.chars().count();
        if long > limit {
            let detail =
                format!("{column}: '{value}' has {long} characters, SAP's {field} holds {limit}");
            self.say(LintKind::TooLong, detail);
        }
    }
}

fn rows_in_words(rows: &BTreeSet<usize>) -> String {
    let list: Vec<String> = rows.iter().take(5).map(usize::to_string).collect();
    let more = rows.len().saturating_sub(5);
    let word = if rows.len() == 1 { "row" } else { "rows" };
    let rest = if more == 0 { String::new() } else { format!(" and {more} more") };
    format!("{word} {}{rest}", list.join(", "))
}
