//! What `reconcile` prints.

use std::collections::BTreeSet;

use sync_core::reconcile::{ProjectReconciliation, Reconciliation, periods_of};

use super::{count, cycle::findings, grid::Grid, obstacles, say};
use crate::report::{amount::accounting, json::state_name};

/// Project to general ledger.
#[must_use]
pub fn reconciliation(report: &Reconciliation) -> String {
    let mut text = String::new();
    say(&mut text, verdict(report));
    obstacles(&mut text, report.failure.as_ref(), &report.problems);
    let mut grid = Grid::new(&[
        "Project",
        "Name",
        "SAP project",
        ">Procore",
        ">Explained",
        ">Rounding",
        ">Expected",
        ">In SAP",
        ">Difference",
        "Currency",
    ]);
    for project in &report.projects {
        let money = |amount| accounting(amount, &project.currency);
        grid.row([
            project.project.to_string(),
            project.name.clone(),
            project.sap_project.clone().unwrap_or_default(),
            money(project.procore_total()),
            money(-project.terms.waiting_total()),
            money(project.terms.rounding),
            money(project.expected()),
            money(project.in_sap),
            money(project.difference()),
            project.currency.clone(),
        ]);
    }
    if !report.projects.is_empty() {
        say(&mut text, "");
        text.push_str(&grid.lines());
    }
    let currencies: BTreeSet<&str> =
        report.projects.iter().map(|project| project.currency.as_str()).collect();
    for currency in currencies {
        periods(&mut text, report, currency);
    }
    for project in &report.projects {
        of_project(&mut text, project);
    }
    tie_out(&mut text, report);
    text
}

/// The accounts that do not tie to SAP's own journal, and how much on the others is not ours.
fn tie_out(text: &mut String, report: &Reconciliation) {
    let tie_out = &report.tie_out;
    if report.failure.is_some() {
        return;
    }
    if let Some(why) = &tie_out.unavailable {
        say(text, format!("\nLedger tie-out: not made: {why}"));
        return;
    }
    let money = |amount| accounting(amount, "");
    let mut grid = Grid::new(&[
        "Account",
        "Name",
        "Profit center",
        ">In the journal",
        ">Ours by key",
        ">Not ours",
        ">Does not tie",
    ]);
    let shown: Vec<_> = tie_out
        .rows
        .iter()
        .filter(|row| !row.difference().is_zero() || row.foreign_count > 0)
        .collect();
    for row in &shown {
        grid.row([
            row.account.clone(),
            row.name.clone(),
            row.profit_center.clone().unwrap_or_default(),
            money(row.in_ledger()),
            money(row.by_key),
            money(row.foreign),
            money(row.difference()),
        ]);
    }
    let accounts = count(tie_out.rows.len() as u64, "account");
    let difference = money(tie_out.difference());
    say(text, format!("\nLedger tie-out: {accounts}, {difference} does not tie"));
    if !shown.is_empty() {
        text.push_str(&grid.lines());
    }
}

/// The posting periods of the projects of one currency, added up.
fn periods(text: &mut String, report: &Reconciliation, currency: &str) {
    let of_currency = || report.projects.iter().filter(|project| project.currency == currency);
    let money = |amount| accounting(amount, currency);
    let mut grid = Grid::new(&[
        "Period",
        ">Procore",
        ">Explained",
        ">Moved out",
        ">Moved in",
        ">Expected",
        ">In SAP",
        ">Difference",
        "Currency",
    ]);
    let rows = periods_of(of_currency());
    for row in &rows {
        grid.row([
            row.name.clone(),
            money(row.procore),
            money(row.terms.rounding - row.terms.waiting_total()),
            money(-row.moved_out),
            money(row.moved_in),
            money(row.expected()),
            money(row.in_sap),
            money(row.difference()),
            currency.to_owned(),
        ]);
    }
    if !rows.is_empty() {
        say(text, "\nPosting periods, rounding with what is explained");
        text.push_str(&grid.lines());
    }
}

/// What is spent beyond a budget or without one; the page shows every cost code.
fn budget(text: &mut String, project: &ProjectReconciliation) {
    let money = |amount| accounting(amount, &project.currency);
    if let Some(finding) = &project.budget.unavailable {
        say(text, format!("{}: {}", finding.kind, finding.detail));
        return;
    }
    let mut grid = Grid::new(&[
        "Beyond its budget",
        ">Budget",
        ">Committed",
        ">Direct costs",
        ">Recognised",
        ">Remaining",
    ]);
    let beyond: Vec<_> =
        project.budget.lines.iter().filter(|line| line.remaining().is_sign_negative()).collect();
    for line in &beyond {
        grid.row([
            line.code.to_string(),
            line.budget.map_or_else(|| "none".to_owned(), money),
            money(line.committed),
            money(line.direct_costs),
            money(line.recognised),
            money(line.remaining()),
        ]);
    }
    if !beyond.is_empty() {
        text.push_str(&grid.lines());
    }
    text.push_str(&findings(&project.findings));
}

/// The result in a sentence; never kinder than the exit code.
#[must_use]
pub(crate) fn verdict(report: &Reconciliation) -> String {
    let waiting = report.waiting_for_a_person();
    let waits = match waiting {
        0 => String::new(),
        1 => " One record waits for a person.".to_owned(),
        n => format!(" {} wait for a person.", count(n as u64, "record")),
    };
    if report.failure.is_some() {
        return "The reconciliation could not be made.".to_owned();
    }
    let differences: usize = report.projects.iter().map(|p| p.differences.len()).sum();
    let off = report.tie_out.difference();
    let mut sentence = if report.difference().is_zero() && differences == 0 && !off.is_zero() {
        let amount = accounting(off, "");
        format!(
            "Procore and SAP agree by document, but {amount} of SAP's journal does not tie to them."
        )
    } else if report.difference().is_zero() && differences == 0 {
        "Procore and SAP agree: every amount is in SAP or explained, and the difference is 0.00."
            .to_owned()
    } else {
        let amount = accounting(report.difference(), "");
        let documents = count(differences as u64, "record");
        format!("Procore and SAP differ by {amount}; {documents} to look at.")
    };
    if !report.problems.is_empty() {
        let projects = count(report.problems.len() as u64, "project");
        sentence = format!("{projects} could not be read. For the others: {sentence}");
    }
    sentence + &waits
}

fn of_project(text: &mut String, project: &ProjectReconciliation) {
    let money = |amount| accounting(amount, &project.currency);
    // Rounding stands in the table above and needs nobody.
    let terms: Vec<_> = project
        .terms
        .named()
        .into_iter()
        .filter(|(name, amount)| !amount.is_zero() && *name != "rounding")
        .collect();
    let beyond = project.budget.unavailable.is_some()
        || project.budget.lines.iter().any(|line| line.remaining().is_sign_negative());
    let quiet = terms.is_empty()
        && project.differences.is_empty()
        && project.open_items.is_empty()
        && project.findings.is_empty();
    if quiet && !beyond {
        return;
    }
    say(text, format!("\nProject {} {}", project.project, project.name));
    if !terms.is_empty() {
        let mut grid = Grid::new(&["Procore, not in SAP", ">Amount"]);
        for (name, amount) in terms {
            grid.row([name.replace('_', " "), money(amount)]);
        }
        text.push_str(&grid.lines());
    }
    if !project.differences.is_empty() {
        let mut grid = Grid::new(&["Difference", "Key", ">Expected", ">In SAP", "Detail"]);
        for difference in &project.differences {
            grid.row([
                difference.kind.name().to_owned(),
                difference.key.to_string(),
                money(difference.expected),
                money(difference.in_sap),
                difference.detail.clone(),
            ]);
        }
        text.push_str(&grid.lines());
    }
    if !project.open_items.is_empty() {
        let mut grid = Grid::new(&["State", "Key", "Number", ">Amount", "Cause"]);
        for item in &project.open_items {
            let cause = item.cause.as_ref();
            grid.row([
                state_name(item.state).to_owned(),
                item.key.to_string(),
                item.number.clone(),
                money(item.amount),
                cause.map(|c| format!("{}: {}", c.reason, c.detail)).unwrap_or_default(),
            ]);
        }
        text.push_str(&grid.lines());
    }
    budget(text, project);
}
