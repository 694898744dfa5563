//! The rounding ledger on a terminal.

use sync_core::{model::RoundingRow, reconcile::ProjectReconciliation};

use super::{grid::Grid, say};
use crate::report::amount::accounting;

/// The rows of one record; nothing where no unit was moved.
pub(super) fn rows(text: &mut String, rows: &[RoundingRow]) {
    let mut grid =
        Grid::new(&["Rounding ledger, line", ">Exact", ">Rounded", ">Moved", ">Posted", "Since"]);
    for row in rows {
        let money = |amount| accounting(amount, &row.currency);
        grid.row([
            row.line.to_string(),
            money(row.exact),
            money(row.rounded),
            money(row.moved),
            money(row.posted()),
            row.since.to_string(),
        ]);
    }
    if !rows.is_empty() {
        say(text, "");
        text.push_str(&grid.lines());
    }
}

/// The term of rounding of a project, record by record; the page and the files have each row.
pub(super) fn of_project(text: &mut String, project: &ProjectReconciliation) {
    let money = |amount| accounting(amount, &project.currency);
    let mut grid = Grid::new(&[
        "Rounded",
        "Number",
        ">Procore",
        ">Lines alone",
        ">Moved",
        ">Not traced",
        ">In SAP",
    ]);
    for record in &project.rounding {
        grid.row([
            record.key.to_string(),
            record.number.clone(),
            money(record.stated),
            money(record.lines),
            money(record.moved_total()),
            money(record.untraced()),
            money(record.in_sap),
        ]);
    }
    if !project.rounding.is_empty() {
        text.push_str(&grid.lines());
    }
}
