//! What `rebuild` prints.

use sync_core::engine::RebuildReport;

use super::{
    count, cycle::counts, exceptions, grid::Grid, kept_back, obstacles, opening::rows_and_sums, say,
};
use crate::report::amount::accounting;

/// What a rebuild found: the opening list to be looked through, and documents of nobody.
#[must_use]
pub fn rebuilt(report: &RebuildReport) -> String {
    let mut text = String::new();
    say(
        &mut text,
        format!(
            "Rebuild is {}: SAP holds {} of {}; nothing was posted.",
            report.cycle.status.name(),
            count(report.documents, "document"),
            count(report.records, "record"),
        ),
    );
    kept_back(&mut text, report.cycle.posts_from);
    obstacles(&mut text, report.cycle.failure.as_ref(), &report.cycle.problems);
    text.push_str(&counts(&report.cycle.counts));
    if !report.opening.is_empty() {
        say(&mut text, "\nThe opening list, made again; compare it with the one kept on paper:");
        text.push_str(&rows_and_sums(&report.opening));
    }
    if !report.unknown.is_empty() {
        say(&mut text, "\nDocuments of records that Procore does not show:");
        let mut grid = Grid::new(&["Key", "In SAP", ">Total", ""]);
        for document in &report.unknown {
            let place = format!("{} {}", document.document_type.entity_set(), document.doc_entry);
            let total = accounting(document.total, &document.currency);
            grid.row([document.key.to_string(), place, total, document.currency.clone()]);
        }
        text.push_str(&grid.lines());
    }
    if !report.cycle.exceptions.is_empty() {
        say(&mut text, "");
        text.push_str(&exceptions(&report.cycle.exceptions));
    }
    text
}
