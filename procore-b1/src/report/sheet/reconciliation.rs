//! The CSV file of `reconcile`: several kinds of rows under one header, which the column `row` tells apart,
//! so that a sum over a column takes one kind.
//!
//! | `row` | is | amounts in |
//! |---|---|---|
//! | `project` | a project in one currency, with each term | `currency` |
//! | `total` | the projects of one currency | `currency` |
//! | `commitment` | a commitment with its change orders and requisitions: unbilled and retainage on both sides | `currency` |
//! | `rounding` | a record of which something was rounded: rounded + moved + untraced = posted | `currency` |
//! | `rounding_unit` | a row of the rounding ledger: one unit on one line; rounded + moved = posted | `currency` |
//! | `tie_out` | an account and profit center in SAP's own journal | `currency`, `local_*` in `local_currency` |

use rust_decimal::Decimal;
use sync_core::{
    model::RoundingRow,
    reconcile::{
        CommitmentBalance, CurrencyTotal, ProjectReconciliation, Reconciliation, RecordRounding,
        Terms, TieOutFigures, TieOutRow,
    },
};

use super::{guarded, write};
use crate::report::amount::plain;

const OF_PROJECT: [&str; 8] = [
    "row",
    "project",
    "name",
    "sap_project",
    "currency",
    "committed",
    "direct_costs",
    "procore_total",
];

const AFTER_TERMS: [&str; 39] = [
    "expected",
    "in_sap",
    "difference",
    "documents",
    "billed",
    "unbilled_in_sap",
    "retainage_in_procore",
    "retainage_in_sap",
    "unbilled_opening",
    "retainage_opening",
    "key",
    "number",
    "standing",
    "approved",
    "unbilled",
    "recognised",
    "limit",
    "line",
    "stated",
    "rounded",
    "moved",
    "untraced",
    "posted",
    "since",
    "account",
    "profit_center",
    "in_journal",
    "by_key",
    "by_key_tax",
    "by_documents",
    "does_not_tie",
    "not_ours",
    "local_currency",
    "local_in_journal",
    "local_by_key",
    "local_by_key_tax",
    "local_by_documents",
    "local_does_not_tie",
    "local_not_ours",
];

/// Every kind of row.
#[must_use]
pub fn reconciliation(report: &Reconciliation) -> Vec<u8> {
    let terms = Terms::default().named().map(|(name, _)| name);
    let header: Vec<&str> = OF_PROJECT.into_iter().chain(terms).chain(AFTER_TERMS).collect();
    let home = report.tie_out.local_currency.as_str();
    let projects = report.projects.iter().map(of_project);
    let totals = report.totals();
    let totals = totals.iter().map(of_total);
    let commitments = report.projects.iter().flat_map(of_commitments);
    let rounding = report.projects.iter().flat_map(of_rounding);
    let tie_out = report.tie_out.rows.iter().map(|row| of_account(row, home));
    let rows = projects.chain(totals).chain(commitments).chain(rounding).chain(tie_out);
    let rows = rows.map(|cells| placed(&header, cells));
    write(header.iter().map(|&name| name.to_owned()).collect(), rows)
}

/// The cells of a row by their columns; the others are empty.
type Cells = Vec<(&'static str, String)>;

fn placed(header: &[&str], cells: Cells) -> Vec<String> {
    let mut row = vec![String::new(); header.len()];
    for (column, cell) in cells {
        let at = header.iter().position(|name| *name == column);
        row[at.expect("every cell has a column of the header")] = cell;
    }
    row
}

fn of_project(project: &ProjectReconciliation) -> Cells {
    let money = |amount| plain(amount, &project.currency);
    let mut cells = head("project", project);
    cells.extend([
        ("committed", money(project.committed)),
        ("direct_costs", money(project.direct_costs)),
        ("procore_total", money(project.procore_total())),
        ("expected", money(project.expected())),
        ("in_sap", money(project.in_sap)),
        ("difference", money(project.difference())),
        ("documents", project.documents.to_string()),
        ("billed", money(project.billed)),
        ("unbilled_in_sap", money(project.unbilled_in_sap)),
        ("retainage_in_procore", money(project.retainage_in_procore)),
        ("retainage_in_sap", money(project.retainage_in_sap)),
        ("unbilled_opening", money(project.unbilled_opening)),
        ("retainage_opening", money(project.retainage_opening)),
    ]);
    cells.extend(of_terms(&project.terms, &project.currency));
    cells
}

fn of_total(total: &CurrencyTotal) -> Cells {
    let money = |amount| plain(amount, &total.currency);
    let mut cells = vec![
        ("row", "total".to_owned()),
        ("currency", total.currency.clone()),
        ("committed", money(total.committed)),
        ("direct_costs", money(total.direct_costs)),
        ("procore_total", money(total.procore_total())),
        ("expected", money(total.expected())),
        ("in_sap", money(total.in_sap)),
        ("difference", money(total.difference())),
        ("documents", total.documents.to_string()),
        ("billed", money(total.billed)),
        ("unbilled_in_sap", money(total.unbilled_in_sap)),
        ("retainage_in_procore", money(total.retainage_in_procore)),
        ("retainage_in_sap", money(total.retainage_in_sap)),
        ("unbilled_opening", money(total.unbilled_opening)),
        ("retainage_opening", money(total.retainage_opening)),
    ];
    cells.extend(of_terms(&total.terms, &total.currency));
    cells
}

fn of_terms(terms: &Terms, currency: &str) -> Cells {
    terms.named().into_iter().map(|(name, amount)| (name, plain(amount, currency))).collect()
}

fn head(kind: &str, project: &ProjectReconciliation) -> Cells {
    vec![
        ("row", kind.to_owned()),
        ("project", project.project.to_string()),
        ("name", guarded(&project.name)),
        ("sap_project", guarded(project.sap_project.as_deref().unwrap_or_default())),
        ("currency", project.currency.clone()),
    ]
}

/// Each commitment with what is unbilled and retained of it.
fn of_commitments(project: &ProjectReconciliation) -> Vec<Cells> {
    project.commitments.iter().map(|own| of_commitment(project, own)).collect()
}

fn of_commitment(project: &ProjectReconciliation, own: &CommitmentBalance) -> Cells {
    let money = |amount| plain(amount, &project.currency);
    let mut cells = head("commitment", project);
    cells.extend([
        ("key", own.key.to_string()),
        ("number", guarded(&own.number)),
        ("standing", own.standing.name().to_owned()),
        ("approved", money(own.approved)),
        ("billed", money(own.billed)),
        ("unbilled", money(own.unbilled)),
        ("unbilled_in_sap", money(own.unbilled_in_sap)),
        ("retainage_in_procore", money(own.retainage)),
        ("retainage_in_sap", money(own.retainage_in_sap)),
        ("recognised", money(own.recognised)),
        ("limit", own.limit.map(money).unwrap_or_default()),
    ]);
    cells
}

/// Each record of which something was rounded, with its rows of the rounding ledger behind it.
fn of_rounding(project: &ProjectReconciliation) -> Vec<Cells> {
    let rows = project.rounding.iter().flat_map(|record| {
        let units = record.moved.iter().map(|row| of_unit(project, row));
        std::iter::once(of_record(project, record)).chain(units)
    });
    rows.collect()
}

fn of_record(project: &ProjectReconciliation, record: &RecordRounding) -> Cells {
    let money = |amount| plain(amount, &project.currency);
    let mut cells = head("rounding", project);
    cells.extend([
        ("key", record.key.to_string()),
        ("number", guarded(&record.number)),
        ("stated", money(record.stated)),
        ("rounded", money(record.stated + record.lines)),
        ("moved", money(record.moved_total())),
        ("untraced", money(record.untraced())),
        ("posted", money(record.in_sap)),
    ]);
    cells
}

fn of_unit(project: &ProjectReconciliation, row: &RoundingRow) -> Cells {
    let money = |amount| plain(amount, &row.currency);
    let mut cells = head("rounding_unit", project);
    cells.extend([
        ("key", row.source.to_string()),
        ("line", row.line.to_string()),
        ("stated", money(row.exact)),
        ("rounded", money(row.rounded)),
        ("moved", money(row.moved)),
        ("posted", money(row.posted())),
        ("since", row.since.to_string()),
    ]);
    cells
}

fn of_account(row: &TieOutRow, home: &str) -> Cells {
    let mut cells = vec![
        ("row", "tie_out".to_owned()),
        ("name", guarded(&row.name)),
        ("currency", row.currency.clone()),
        ("account", guarded(&row.account)),
        ("profit_center", guarded(row.profit_center.as_deref().unwrap_or_default())),
        ("local_currency", home.to_owned()),
    ];
    let columns =
        ["in_journal", "by_key", "by_key_tax", "by_documents", "does_not_tie", "not_ours"];
    cells.extend(columns.into_iter().zip(figures(&row.amounts, &row.currency)));
    let local = [
        "local_in_journal",
        "local_by_key",
        "local_by_key_tax",
        "local_by_documents",
        "local_does_not_tie",
        "local_not_ours",
    ];
    cells.extend(local.into_iter().zip(figures(&row.local, home)));
    cells
}

/// In the order of the columns; empty where documents say nothing of the account.
fn figures(figures: &TieOutFigures, currency: &str) -> [String; 6] {
    let money = |amount: Decimal| plain(amount, currency);
    [
        money(figures.in_ledger()),
        money(figures.by_key),
        money(figures.tax),
        figures.documents.map(money).unwrap_or_default(),
        money(figures.difference()),
        money(figures.foreign),
    ]
}
