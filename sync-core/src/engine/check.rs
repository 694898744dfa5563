//! What can be known before the first cycle: credentials, visibility, master data, mapping.

use super::Engine;
use crate::{
    budget::{ProjectWork, Workload, estimate},
    catalog::Catalog,
    mapping::{Lint, LintKind},
    model::ReadKind,
    policy::{Basis, Offset, Reference, RequisitionDocument},
    ports::{CatalogRequest, ScopeReport, SourceCosts, SourceProject, StoreRowState},
};

/// How many records there are whose lines cost calls of their own.
fn lines_of_their_own(costs: &SourceCosts, work: &Workload) -> u64 {
    let of_kind = |(kind, records): (&ReadKind, &u64)| {
        costs.kinds.get(kind).map_or(0, |kind| kind.record.min(1) * records)
    };
    work.projects.iter().flat_map(|project| project.read.iter().map(of_kind)).sum()
}

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

    /// Adds a line; a host says what only it knows.
    pub fn say(&mut self, subject: &str, status: CheckStatus, detail: impl Into<String>) {
        let subject = subject.to_owned();
        self.lines.push(CheckLine { subject, status, detail: detail.into() });
    }
}

impl Engine<'_> {
    /// Checks credentials, visibility, master data and mapping; changes nothing.
    pub async fn check(&self) -> CheckReport {
        let mut report = CheckReport::default();
        let mut projects: Vec<SourceProject> = Vec::new();
        match self.source.scope().await {
            Ok(scope) => {
                self.check_scope(&scope, &mut report);
                projects = scope.projects;
            }
            Err(error) => report.say("Procore", CheckStatus::Failed, error.to_string()),
        }
        if !projects.is_empty() {
            self.check_calls(&projects, &mut report).await;
        }
        match self.ledger.catalog(&CatalogRequest::default()).await {
            Ok(catalog) => {
                self.check_catalog(&catalog, &mut report);
                match self.lint_of_stored(&projects, &catalog).await {
                    Ok(lint) => self.check_tables(&lint, &mut report),
                    Err(failure) => report.say("state", CheckStatus::Failed, failure.detail),
                }
                self.check_policy(&catalog, &mut report);
                self.check_store_row(&mut report).await;
                self.check_posting(&mut report).await;
                self.check_set_up(&mut report).await;
            }
            Err(error) => report.say("SAP Business One", CheckStatus::Failed, error.to_string()),
        }
        report
    }

    /// Whether this state may feed SAP, and what is weaker where SAP cannot say.
    async fn check_store_row(&self, report: &mut CheckReport) {
        match self.ledger.store_row(self.company()).await {
            Ok(StoreRowState::NoPlace(why)) => {
                let weaker = "two states that feed this company are told apart by their documents alone, and only \
                              after the fact; run setup";
                report.say("store row", CheckStatus::Warning, format!("{why}: {weaker}"));
            }
            Ok(_) => match self.is_current(false).await {
                Ok(_) => {
                    report.say("store row", CheckStatus::Ok, "no other state feeds this company");
                }
                Err(failure) => report.say("store row", CheckStatus::Failed, failure.detail),
            },
            Err(error) => report.say("store row", CheckStatus::Failed, error.to_string()),
        }
    }

    /// Whether a cycle would leave what is to be posted, because this state took over a moment ago.
    async fn check_posting(&self, report: &mut CheckReport) {
        match self.posts_from().await {
            Ok(None) => {}
            Ok(Some(from)) => {
                let detail = format!(
                    "nothing new is posted before {}: this state took over, and what was sent before may still be \
                     under way in SAP",
                    from.format("%Y-%m-%d %H:%M:%S UTC")
                );
                report.say("take-over", CheckStatus::Warning, detail);
            }
            Err(failure) => report.say("take-over", CheckStatus::Failed, failure.detail),
        }
    }

    /// What this ledger needs beside the user fields.
    async fn check_set_up(&self, report: &mut CheckReport) {
        match self.ledger.set_up_parts().await {
            Ok(parts) => {
                for part in parts {
                    let (status, detail) = if part.present {
                        (CheckStatus::Ok, "is there")
                    } else {
                        (
                            CheckStatus::Failed,
                            "is missing, and nothing is posted without it; run setup",
                        )
                    };
                    report.say(&part.name, status, detail);
                }
            }
            Err(error) => report.say("set-up", CheckStatus::Failed, error.to_string()),
        }
    }

    /// What a cycle will cost in calls: one in which nothing changed, and one that reads everything
    /// that the store knows again.
    async fn check_calls(&self, projects: &[SourceProject], report: &mut CheckReport) {
        let (source, ledger) = (self.source.costs(), self.ledger.costs(&self.catalog_request()));
        let of = |work: &Workload| estimate(&source, &ledger, work, self.limits.look_ups_at_once);
        let mut sweep = Workload::default();
        let mut read_at = None;
        for project in projects {
            // `check` names the state's own faults where it reads the tables' coverage.
            let Ok(states) = self.store.project_states(project.id).await else { return };
            let mut work = ProjectWork::default();
            for (key, _, state) in states {
                *work.read.entry(ReadKind::of(key.kind)).or_default() += 1;
                work.planned += u64::from(state.is_planned_again());
            }
            sweep.projects.push(work);
            let Ok(cursors) = self.store.cursors(project.id).await else { return };
            let longest_ago = cursors.iter().filter_map(|cursor| cursor.full_read_at).min();
            read_at = [read_at, longest_ago].into_iter().flatten().min();
        }
        let lists = |work: &ProjectWork| work.read.keys().copied().collect();
        let idle = of(&Workload::idle(sweep.projects.iter().map(lists)));
        let mut detail = format!(
            "a cycle without changes makes about {} calls to Procore and {} to SAP",
            idle.source, idle.ledger
        );
        if sweep.projects.iter().any(|project| !project.read.is_empty()) {
            let calls = of(&sweep);
            detail.push_str(&format!("; a sweep about {} and {}", calls.source, calls.ledger));
            let lines = lines_of_their_own(&source, &sweep);
            if lines > 0 {
                let an_hour = self.limits.sweep_lines.max(1) as u64;
                detail.push_str(&format!(
                    ", of which the lines of {lines} records at {an_hour} an hour: in {} hours of cycles",
                    lines.div_ceil(an_hour)
                ));
            }
        }
        if let Some(at) = read_at {
            let at = at.format("%Y-%m-%d %H:%M UTC");
            detail.push_str(&format!("; every list was read in full since {at}"));
        }
        report.say("call budget", CheckStatus::Ok, detail);
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
        match self.policy.reference {
            Reference::Key => report.say(
                "posting.reference",
                CheckStatus::Warning,
                "keys stand in NumAtCard and Reference2: the vendor's own number is in the comments only, and a \
                 document whose number somebody overwrites is no longer found",
            ),
            Reference::Udf if catalog.user_fields_present => {
                report.say("user fields", CheckStatus::Ok, "U_ProcoreKey and U_ProcoreRev are there");
            }
            Reference::Udf => {
                let detail = "U_ProcoreKey and U_ProcoreRev are missing; run setup";
                report.say("user fields", CheckStatus::Failed, detail);
            }
        }
        let today = self.clock.today(self.time_zone);
        if catalog.period_of(today).is_none() {
            let detail = format!("SAP has no posting period for today, {today}");
            report.say("posting periods", CheckStatus::Failed, detail);
        }
    }

    /// The lint's faults, and the coverage over what the store knows.
    fn check_tables(&self, lint: &Lint, report: &mut CheckReport) {
        let shown = lint.findings.iter().filter(|finding| finding.kind != LintKind::Unused);
        let before = report.lines.len();
        for finding in shown {
            // One vendor stops its own records only.
            let status = if finding.kind.stops_records() && finding.table != "vendors" {
                CheckStatus::Failed
            } else {
                CheckStatus::Warning
            };
            let subject = format!("{}.csv", finding.table);
            report.say(&subject, status, format!("row {}: {}", finding.row, finding.detail));
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
        if lint.coverage.amounts.is_empty() {
            let detail = "no record is stored yet; mapping lint reads Procore and says what the \
                          tables cover";
            report.say("coverage", CheckStatus::Ok, detail);
        }
        for (currency, amount) in &lint.coverage.amounts {
            let whole = amount.mapped + amount.unmapped;
            let detail = format!(
                "{} % of {whole} {currency} is mapped; {} in {} lines waits for a row",
                amount.percent(),
                amount.unmapped,
                amount.unmapped_lines
            );
            let status = match amount.unmapped_lines {
                0 => CheckStatus::Ok,
                _ => CheckStatus::Warning,
            };
            report.say("coverage", status, detail);
        }
    }

    fn check_policy(&self, catalog: &Catalog, report: &mut CheckReport) {
        for finding in self.policy.findings_in(self.mapping, catalog) {
            let detail = format!("{}; {}", finding.problem, finding.remedy);
            report.say(&finding.key, CheckStatus::Failed, detail);
        }
        match &self.policy.unbilled_account {
            _ if self.policy.basis != Basis::Commitment => {}
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
        let accrued = self.policy.accrued_account.as_ref();
        plain.push(("posting.accrued_account".to_owned(), accrued));
        let encumbrance = self.policy.encumbrance_account.as_ref();
        plain.push(("posting.encumbrance_account".to_owned(), encumbrance));
        let reserve = self.policy.encumbrance_reserve.as_ref();
        plain.push(("posting.encumbrance_reserve".to_owned(), reserve));
        for (kind, offset) in &self.policy.direct_cost_offset {
            if let Offset::Account(code) = offset {
                plain.push((format!("posting.direct_cost_offset.{kind}"), Some(code)));
            }
        }
        let outside = [
            "posting.accrued_account",
            "posting.encumbrance_account",
            "posting.encumbrance_reserve",
        ];
        // A/P lines cannot use a control account, and the others are carried without a vendor.
        let invoices = self.policy.requisition_document == RequisitionDocument::PurchaseInvoice;
        let must_be_plain =
            |key: &str| outside.contains(&key) || (invoices && key == "posting.retainage_account");
        for (key, code) in plain {
            let Some(code) = code else { continue };
            match catalog.account(code) {
                None => report.say(&key, CheckStatus::Failed, format!("SAP has no account {code}")),
                Some(account) if account.cash => {
                    report.say(&key, CheckStatus::Failed, format!("{code} is a cash account"));
                }
                Some(account) if outside.contains(&key.as_str()) && account.income_statement => {
                    report.say(
                        &key,
                        CheckStatus::Failed,
                        format!("{code} is an account of the income statement"),
                    );
                }
                Some(account) if account.control && must_be_plain(&key) => report.say(
                    &key,
                    CheckStatus::Failed,
                    format!("{code} is a control account; name a plain one"),
                ),
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
