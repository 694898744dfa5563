//! CSV files: one row per record or project, amounts as plain digits.

use sync_core::{
    engine::ExceptionRow,
    reconcile::{CurrencyTotal, ProjectReconciliation, Reconciliation},
};

use super::{
    amount::plain,
    json::{remedy, state_name},
};

/// The records that wait for a person.
#[must_use]
pub fn exceptions(rows: &[ExceptionRow]) -> Vec<u8> {
    let header = [
        "key",
        "state",
        "reason",
        "amount",
        "currency",
        "number",
        "title",
        "detail",
        "remedy",
        "decisions",
    ];
    let rows = rows.iter().map(|row| {
        let reason = row.cause.as_ref().map(|cause| cause.reason);
        let decisions = reason.map(|r| r.decisions().names()).unwrap_or_default();
        vec![
            row.key.to_string(),
            state_name(row.state).to_owned(),
            reason.map_or("", |reason| reason.name()).to_owned(),
            plain(row.amount, &row.currency),
            row.currency.clone(),
            guarded(&row.number),
            guarded(&row.title),
            guarded(row.cause.as_ref().map_or("", |cause| &cause.detail)),
            remedy(row).to_owned(),
            decisions.join(" "),
        ]
    });
    write(header.iter().map(|&name| name.to_owned()).collect(), rows)
}

/// One row per project and currency with each term, and one `total` row per currency: the column `row` tells
/// them apart, so that a sum over a column can leave the totals out.
#[must_use]
pub fn reconciliation(report: &Reconciliation) -> Vec<u8> {
    let mut header: Vec<String> = [
        "row",
        "project",
        "name",
        "sap_project",
        "currency",
        "committed",
        "direct_costs",
        "procore_total",
    ]
    .map(str::to_owned)
    .into();
    let terms = sync_core::reconcile::Terms::default().named();
    header.extend(terms.iter().map(|(name, _)| (*name).to_owned()));
    header.extend(
        [
            "expected",
            "in_sap",
            "difference",
            "documents",
            "billed",
            "unbilled_in_sap",
            "retainage_in_procore",
            "retainage_in_sap",
        ]
        .map(str::to_owned),
    );
    let projects = report.projects.iter().map(of_project);
    write(header, projects.chain(report.totals().iter().map(of_total)))
}

fn of_project(project: &ProjectReconciliation) -> Vec<String> {
    let money = |amount| plain(amount, &project.currency);
    let mut row = vec![
        "project".to_owned(),
        project.project.to_string(),
        guarded(&project.name),
        guarded(project.sap_project.as_deref().unwrap_or_default()),
        project.currency.clone(),
        money(project.committed),
        money(project.direct_costs),
        money(project.procore_total()),
    ];
    row.extend(project.terms.named().map(|(_, amount)| money(amount)));
    row.extend([
        money(project.expected()),
        money(project.in_sap),
        money(project.difference()),
        project.documents.to_string(),
        money(project.billed),
        money(project.unbilled_in_sap),
        money(project.retainage_in_procore),
        money(project.retainage_in_sap),
    ]);
    row
}

fn of_total(total: &CurrencyTotal) -> Vec<String> {
    let money = |amount| plain(amount, &total.currency);
    let mut row = vec![
        "total".to_owned(),
        String::new(),
        String::new(),
        String::new(),
        total.currency.clone(),
        money(total.committed),
        money(total.direct_costs),
        money(total.procore_total()),
    ];
    row.extend(total.terms.named().map(|(_, amount)| money(amount)));
    row.extend([
        money(total.expected()),
        money(total.in_sap),
        money(total.difference()),
        total.documents.to_string(),
        money(total.billed),
        money(total.unbilled_in_sap),
        money(total.retainage_in_procore),
        money(total.retainage_in_sap),
    ]);
    row
}

/// Text of Procore that a spreadsheet would take for a formula gets an apostrophe in front.
fn guarded(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

fn write(header: Vec<String>, rows: impl Iterator<Item = Vec<String>>) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let every = std::iter::once(header).chain(rows);
    for row in every {
        writer.write_record(&row).expect("rows have the header's length and memory takes them");
    }
    writer.into_inner().expect("memory takes every byte")
}
