//! What the cycles, previews and reconciliations of a test report, by name.

use std::cell::RefCell;

use sync_core::{
    engine::{CycleReport, PreviewReport},
    ports::{StateStore as _, StoredRecord},
    reconcile::Reconciliation,
    states::{DifferenceKind, FindingKind, Reason, RecordState},
};

use crate::{
    records::PROJECT,
    world::{World, run},
};

/// A name that a report may print.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Name {
    Reason(Reason),
    State(RecordState),
    Finding(FindingKind),
    Difference(DifferenceKind),
}

thread_local! {
    /// What was reported so far, while a test is watched.
    static SEEN: RefCell<Option<Vec<Name>>> = const { RefCell::new(None) };
}

/// Runs a test and answers every name that was reported in it.
pub(crate) fn names_seen_in(test: fn()) -> Vec<Name> {
    SEEN.set(Some(Vec::new()));
    test();
    SEEN.take().unwrap_or_default()
}

fn see(names: impl IntoIterator<Item = Name>) {
    SEEN.with_borrow_mut(|seen| {
        if let Some(seen) = seen {
            seen.extend(names);
        }
    });
}

impl World {
    /// Notes what a cycle says, and what it left in the state.
    pub(crate) fn note_cycle(&self, report: &CycleReport) {
        if SEEN.with_borrow(Option::is_none) {
            return;
        }
        see(report.counts.keys().map(|state| Name::State(*state)));
        see(report.findings.iter().map(|row| Name::Finding(row.finding.kind)));
        let causes = report.exceptions.iter().filter_map(|row| row.cause.as_ref());
        see(causes.map(|cause| Name::Reason(cause.reason)));
        for stored in run(self.store.project_records(PROJECT)).unwrap_or_default() {
            note_record(&stored);
        }
    }
}

/// Notes what the state says of a record.
pub(crate) fn note_record(stored: &StoredRecord) {
    see([Name::State(stored.state)]);
    see(stored.cause.as_ref().map(|cause| Name::Reason(cause.reason)));
}

/// Notes what a preview says.
pub(crate) fn note_preview(report: &PreviewReport) {
    let of_records = report.findings.iter().map(|row| row.finding.kind);
    let of_projects = report.project_findings.iter().map(|row| row.finding.kind);
    see(of_records.chain(of_projects).map(Name::Finding));
}

/// Notes what a reconciliation says.
pub(crate) fn note_reconciliation(report: &Reconciliation) {
    for project in &report.projects {
        see(project.differences.iter().map(|difference| Name::Difference(difference.kind)));
        see(project.findings.iter().map(|row| Name::Finding(row.finding.kind)));
        see(project.budget.unavailable.iter().map(|finding| Name::Finding(finding.kind)));
    }
}
