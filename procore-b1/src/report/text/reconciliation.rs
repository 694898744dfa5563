//! What `reconcile` prints.

use rust_decimal::Decimal;
use sync_core::reconcile::{CurrencyTotal, ProjectReconciliation, Reconciliation, periods_of};

use super::{count, cycle::findings, grid::Grid, obstacles, rounding, say};
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
    let totals = report.totals();
    of_currencies(&mut text, &totals);
    for total in &totals {
        periods(&mut text, report, &total.currency);
    }
    for project in &report.projects {
        of_project(&mut text, project);
    }
    tie_out(&mut text, report);
    possible_duplicates(&mut text, report);
    text
}

/// The projects added up, one line per currency: amounts of two currencies are never added.
fn of_currencies(text: &mut String, totals: &[CurrencyTotal]) {
    let mut grid = Grid::new(&[
        "Total in",
        ">Procore",
        ">Explained",
        ">Rounding",
        ">Expected",
        ">In SAP",
        ">Difference",
    ]);
    for total in totals {
        let money = |amount| accounting(amount, &total.currency);
        grid.row([
            total.currency.clone(),
            money(total.procore_total()),
            money(-total.terms.waiting_total()),
            money(total.terms.rounding),
            money(total.expected()),
            money(total.in_sap),
            money(total.difference()),
        ]);
    }
    if !totals.is_empty() {
        say(text, "");
        text.push_str(&grid.lines());
    }
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
    let home = &tie_out.local_currency;
    let local = format!(">Journal, {home}");
    let local_off = format!(">Does not tie, {home}");
    let mut grid = Grid::new(&[
        "Account",
        "Name",
        "Profit center",
        ">In the journal",
        ">Ours by key",
        ">Not ours",
        ">Does not tie",
        "Currency",
        &local,
        &local_off,
    ]);
    let shown: Vec<_> =
        tie_out.rows.iter().filter(|row| !row.ties() || row.foreign_count > 0).collect();
    for row in &shown {
        let money = |amount| accounting(amount, &row.currency);
        grid.row([
            row.account.clone(),
            row.name.clone(),
            row.profit_center.clone().unwrap_or_default(),
            money(row.amounts.in_ledger()),
            money(row.amounts.by_key),
            money(row.amounts.foreign),
            money(row.amounts.difference()),
            row.currency.clone(),
            accounting(row.local.in_ledger(), home),
            accounting(row.local.difference(), home),
        ]);
    }
    let accounts = count(tie_out.rows.len() as u64, "account row");
    let off = match tie_out.ties() {
        true => "each ties".to_owned(),
        false => format!("{} does not tie", by_currency(tie_out.differences())),
    };
    say(text, format!("\nLedger tie-out: {accounts}, {off}"));
    if !shown.is_empty() {
        text.push_str(&grid.lines());
    }
}

/// What people keyed that looks like what we posted: an accountant looks at both.
fn possible_duplicates(text: &mut String, report: &Reconciliation) {
    if report.possible_duplicates.is_empty() {
        return;
    }
    let found = count(report.possible_duplicates.len() as u64, "invoice");
    say(text, format!("\nKeyed by hand, and like a record that stands in SAP: {found}"));
    for duplicate in &report.possible_duplicates {
        let (key, invoice, alike) = (duplicate.key, &duplicate.invoice, duplicate.alike);
        say(text, format!("  possible_manual_duplicate: {key}: {invoice} has {alike}"));
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
    if !project.budget.compared {
        return;
    }
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
    let off = report.differences();
    let agrees = off.is_empty() && differences == 0;
    let commitments: usize = report.projects.iter().map(|project| project.off().count()).sum();
    let mut sentence = if agrees && commitments > 0 {
        let commitments = count(commitments as u64, "commitment");
        format!(
            "Procore and SAP agree by record, but the unbilled or retained of {commitments} does not tie."
        )
    } else if agrees && !report.tie_out.ties() {
        let amount = by_currency(report.tie_out.differences());
        format!(
            "Procore and SAP agree by document, but {amount} of SAP's journal does not tie to them."
        )
    } else if agrees {
        "Procore and SAP agree: every amount is in SAP or explained, and the difference is 0.00."
            .to_owned()
    } else {
        let amount = by_currency(off);
        let documents = count(differences as u64, "record");
        format!("Procore and SAP differ by {amount}; {documents} to look at.")
    };
    if !report.problems.is_empty() {
        let projects = count(report.problems.len() as u64, "project");
        sentence = format!("{projects} could not be read. For the others: {sentence}");
    }
    sentence + &waits
}

/// `100.00 USD and 5.00 EUR`; `0.00` of no currency.
fn by_currency(amounts: impl IntoIterator<Item = (String, Decimal)>) -> String {
    let texts: Vec<String> = amounts
        .into_iter()
        .map(|(currency, amount)| format!("{} {currency}", accounting(amount, &currency)))
        .collect();
    if texts.is_empty() { "0.00".to_owned() } else { texts.join(" and ") }
}

fn of_project(text: &mut String, project: &ProjectReconciliation) {
    let money = |amount| accounting(amount, &project.currency);
    // Rounding stands in the table above, and record by record below.
    let terms: Vec<_> = project
        .terms
        .named()
        .into_iter()
        .filter(|(name, amount)| !amount.is_zero() && *name != "rounding")
        .collect();
    let beyond = project.budget.unavailable.is_some()
        || project.budget.compared
            && project.budget.lines.iter().any(|line| line.remaining().is_sign_negative());
    let quiet = terms.is_empty()
        && project.differences.is_empty()
        && project.open_items.is_empty()
        && project.findings.is_empty()
        && project.rounding.is_empty()
        && project.off().next().is_none();
    if quiet && !beyond {
        return;
    }
    let (id, name, currency) = (project.project, &project.name, &project.currency);
    say(text, format!("\nProject {id} {name} in {currency}"));
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
    for own in project.off() {
        let off = own.off().join("; ");
        say(text, format!("Commitment {} ({}) does not tie: {off}", own.number, own.key));
    }
    if !project.open_items.is_empty() {
        let mut grid = Grid::new(&["State", "Key", "Number", ">Amount", "Cause"]);
        for item in &project.open_items {
            let cause = item.cause.as_ref();
            let cause = match &item.accepted {
                Some(accepted) => format!("accepted: {accepted}"),
                None => cause.map(|c| format!("{}: {}", c.reason, c.detail)).unwrap_or_default(),
            };
            grid.row([
                state_name(item.state).to_owned(),
                item.key.to_string(),
                item.number.clone(),
                money(item.amount),
                cause,
            ]);
        }
        text.push_str(&grid.lines());
    }
    rounding::of_project(text, project);
    budget(text, project);
}
