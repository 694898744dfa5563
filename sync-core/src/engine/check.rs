//! What can be known before the first cycle: credentials, visibility, master data, mapping.

use std::collections::BTreeSet;

use super::Engine;
use crate::{
    catalog::Catalog,
    mapping::Target,
    policy::Offset,
    ports::{CatalogRequest, ScopeReport},
};

/// How a line of `check` ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckStatus {
    /// As it should be.
    Ok,
    /// Works, and a person should know.
    Warning,
    /// Must be mended.
    Failed,
}

/// One line of `check`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckLine {
    /// What was checked.
    pub subject: String,
    /// How it ended.
    pub status: CheckStatus,
    /// What was found, and what would be right.
    pub detail: String,
}

/// What `check` found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CheckReport {
    /// The lines.
    pub lines: Vec<CheckLine>,
}

impl CheckReport {
    /// 0 when no line failed, 1 otherwise.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        u8::from(self.lines.iter().any(|line| line.status == CheckStatus::Failed))
    }

    fn say(&mut self, subject: &str, status: CheckStatus, detail: impl Into<String>) {
        let subject = subject.to_owned();
        self.lines.push(CheckLine { subject, status, detail: detail.into() });
    }
}

impl Engine<'_> {
    /// Checks credentials, visibility, master data and mapping; changes nothing.
    pub async fn check(&self) -> CheckReport {
        let mut report = CheckReport::default();
        match self.source.scope().await {
            Ok(scope) => self.check_scope(&scope, &mut report),
            Err(error) => report.say("Procore", CheckStatus::Failed, error.to_string()),
        }
        match self.ledger.catalog(&CatalogRequest::default()).await {
            Ok(catalog) => self.check_catalog(&catalog, &mut report),
            Err(error) => report.say("SAP Business One", CheckStatus::Failed, error.to_string()),
        }
        report
    }

    fn check_scope(&self, scope: &ScopeReport, report: &mut CheckReport) {
        let detail = format!(
            "company {} ({}), {} projects visible",
            scope.company,
            scope.company_name,
            scope.projects.len()
        );
        report.say("Procore", CheckStatus::Ok, detail);
        for (project, why) in &scope.not_visible {
            report.say("Procore", CheckStatus::Failed, format!("project {project}: {why}"));
        }
        for project in &scope.projects {
            if self.mapping.project(project.id).is_none() {
                report.say(
                    "projects.csv",
                    CheckStatus::Failed,
                    format!(
                        "project {} ({}) has no row; add '{},<SAP project>'",
                        project.id, project.name, project.id
                    ),
                );
            }
        }
    }

    fn check_catalog(&self, catalog: &Catalog, report: &mut CheckReport) {
        let detail = format!(
            "{}: {} accounts, {} profit centers, {} projects, {} suppliers, local currency {}",
            catalog.company,
            catalog.accounts.len(),
            catalog.profit_centers.len(),
            catalog.projects.len(),
            catalog.partners.len(),
            catalog.local_currency
        );
        report.say("SAP Business One", CheckStatus::Ok, detail);
        if catalog.user_fields_present {
            report.say("user fields", CheckStatus::Ok, "U_ProcoreKey and U_ProcoreRev are there");
        } else {
            let detail = "U_ProcoreKey and U_ProcoreRev are missing; run setup";
            report.say("user fields", CheckStatus::Failed, detail);
        }
        let today = self.clock.today(self.time_zone);
        if catalog.period_of(today).is_none() {
            let detail = format!("SAP has no posting period for today, {today}");
            report.say("posting periods", CheckStatus::Failed, detail);
        }
        self.check_tables(catalog, report);
        self.check_policy(catalog, report);
    }

    fn check_tables(&self, catalog: &Catalog, report: &mut CheckReport) {
        let before = report.lines.len();
        for rule in self.mapping.rules() {
            let row = rule.row;
            match catalog.account(&rule.gl_account) {
                None => report.say(
                    "accounts.csv",
                    CheckStatus::Failed,
                    format!("row {row}: SAP has no account {}", rule.gl_account),
                ),
                Some(account) if !account.postable || account.control => report.say(
                    "accounts.csv",
                    CheckStatus::Failed,
                    format!(
                        "row {row}: account {} ({}) cannot be posted to; it is a {} account",
                        account.code,
                        account.name,
                        if account.control { "control" } else { "title" }
                    ),
                ),
                Some(_) => {}
            }
            for target in &rule.dimensions {
                if let Target::Value(code) = target
                    && !catalog.profit_centers.get(code).is_some_and(|center| center.active)
                {
                    let detail = format!("row {row}: SAP has no active profit center {code}");
                    report.say("accounts.csv", CheckStatus::Failed, detail);
                }
            }
            if let Target::Value(code) = &rule.tax_code
                && !catalog.tax_codes.get(code).is_some_and(|tax| tax.active)
            {
                let detail = format!("row {row}: SAP has no active tax code {code}");
                report.say("accounts.csv", CheckStatus::Failed, detail);
            }
        }
        for (project, row) in self.mapping.projects() {
            if let Some(code) = &row.sap_project
                && !catalog.projects.get(code).is_some_and(|found| found.active)
            {
                let detail = format!(
                    "row {} (project {project}): SAP has no active project {code}",
                    row.row
                );
                report.say("projects.csv", CheckStatus::Failed, detail);
            }
            for code in row.dimensions.iter().flatten() {
                if !catalog.profit_centers.get(code).is_some_and(|center| center.active) {
                    let detail = format!("row {}: SAP has no active profit center {code}", row.row);
                    report.say("projects.csv", CheckStatus::Failed, detail);
                }
            }
            if catalog.branches_enabled && row.branch.is_none() {
                let detail =
                    format!("row {}: branches are on in SAP and the row names none", row.row);
                report.say("projects.csv", CheckStatus::Failed, detail);
            }
        }
        let mut unusable = BTreeSet::new();
        for (vendor, row) in self.mapping.vendors() {
            let what = match catalog.partners.get(&row.card_code) {
                None => "SAP has no such supplier",
                Some(partner) if partner.frozen => "frozen in SAP",
                Some(partner) if !partner.active => "inactive in SAP",
                Some(_) => continue,
            };
            unusable
                .insert(format!("row {} (vendor {vendor}): {}: {what}", row.row, row.card_code));
        }
        for detail in unusable {
            // One vendor stops its own records only.
            report.say("vendors.csv", CheckStatus::Warning, detail);
        }
        if report.lines.len() == before {
            let detail = format!(
                "{} account rules, {} projects, {} vendors match SAP",
                self.mapping.rules().len(),
                self.mapping.projects().count(),
                self.mapping.vendors().count()
            );
            report.say("mapping", CheckStatus::Ok, detail);
        }
    }

    fn check_policy(&self, catalog: &Catalog, report: &mut CheckReport) {
        match &self.policy.unbilled_account {
            None => report.say(
                "posting.unbilled_account",
                CheckStatus::Warning,
                "not set: commitments stand on the trade account, so A/P ageing contains unbilled \
                 contract value",
            ),
            Some(code) if !catalog.account(code).is_some_and(|account| account.control) => report
                .say(
                    "posting.unbilled_account",
                    CheckStatus::Failed,
                    format!("{code} is no control account in SAP"),
                ),
            Some(_) => {}
        }
        let mut plain =
            vec![("posting.retainage_account".to_owned(), self.policy.retainage_account.as_ref())];
        for (kind, offset) in &self.policy.direct_cost_offset {
            if let Offset::Account(code) = offset {
                plain.push((format!("posting.direct_cost_offset.{kind}"), Some(code)));
            }
        }
        for (key, code) in plain {
            let Some(code) = code else { continue };
            match catalog.account(code) {
                None => report.say(&key, CheckStatus::Failed, format!("SAP has no account {code}")),
                Some(account) if account.cash => {
                    report.say(&key, CheckStatus::Failed, format!("{code} is a cash account"));
                }
                Some(account) if account.control => report.say(
                    &key,
                    CheckStatus::Ok,
                    format!("{code} ({}) is a control account: kept per vendor", account.name),
                ),
                Some(account) => report.say(
                    &key,
                    CheckStatus::Ok,
                    format!("{code} ({}) is a plain account", account.name),
                ),
            }
        }
    }
}
