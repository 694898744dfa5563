//! What `check`, `setup` and `verify` print.

use sync_core::{
    engine::{CheckLine, CheckReport, CheckStatus},
    ports::SetupReport,
};

use super::{count, grid::Grid, say};
use crate::{report::json::status_name, verify::StateVerification};

/// The lines of `check`.
#[must_use]
pub fn check(report: &CheckReport) -> String {
    let (mut text, failed) = lines(&report.lines);
    if failed == 0 {
        say(&mut text, "Everything that a cycle needs is there.");
    } else {
        say(&mut text, format!("{} to mend before the first cycle.", count(failed, "line")));
    }
    text
}

/// The lines of `verify`.
#[must_use]
pub fn verification(report: &StateVerification) -> String {
    let (mut text, failed) = lines(&report.lines);
    if failed == 0 {
        say(&mut text, "The state is as it was left.");
    } else {
        let wrong = "The state is not as it was left; restore a backup, or rebuild it from SAP.";
        say(&mut text, wrong);
    }
    text
}

/// The lines as a table, and how many failed.
fn lines(lines: &[CheckLine]) -> (String, u64) {
    let mut grid = Grid::new(&["", "Subject", "Finding"]);
    for line in lines {
        let status = status_name(line.status).to_owned();
        grid.row([status, line.subject.clone(), line.detail.clone()]);
    }
    let failed = lines.iter().filter(|line| line.status == CheckStatus::Failed).count();
    (grid.lines(), failed as u64)
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
