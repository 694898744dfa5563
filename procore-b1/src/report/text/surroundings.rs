//! What `check` and `setup` print.

use sync_core::{
    engine::{CheckReport, CheckStatus},
    ports::SetupReport,
};

use super::{count, grid::Grid, say};
use crate::report::json::status_name;

/// The lines of `check`.
#[must_use]
pub fn check(report: &CheckReport) -> String {
    let mut grid = Grid::new(&["", "Subject", "Finding"]);
    for line in &report.lines {
        let status = status_name(line.status).to_owned();
        grid.row([status, line.subject.clone(), line.detail.clone()]);
    }
    let mut text = grid.lines();
    let failed = report.lines.iter().filter(|line| line.status == CheckStatus::Failed).count();
    if failed == 0 {
        say(&mut text, "Everything that a cycle needs is there.");
    } else {
        say(&mut text, format!("{} to mend before the first cycle.", count(failed as u64, "line")));
    }
    text
}

/// What `setup` did.
#[must_use]
pub fn setup(report: &SetupReport) -> String {
    let mut text = String::new();
    for (what, list) in [("created", &report.created), ("there already", &report.present)] {
        for item in list {
            say(&mut text, format!("{item}: {what}"));
        }
    }
    for advice in &report.advice {
        say(&mut text, format!("To do: {advice}"));
    }
    text
}
