//! Who watches a cycle: progress bars, logs, metrics.

use crate::model::{ProjectId, SourceKey};

/// One step of a cycle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// The cycle knows how many projects it will go through.
    CycleOpened {
        /// The number of projects.
        projects: usize,
    },
    /// Records of a project were read.
    Read {
        /// The project.
        project: ProjectId,
        /// How many.
        records: usize,
    },
    /// This many records of a project are to be planned.
    Planning {
        /// The project.
        project: ProjectId,
        /// How many.
        records: usize,
    },
    /// A record reached its state in this cycle.
    Settled {
        /// The record.
        key: SourceKey,
        /// The state's name.
        state: &'static str,
        /// How many documents were posted for it in this cycle.
        documents: usize,
    },
    /// A project is done.
    ProjectDone {
        /// The project.
        project: ProjectId,
    },
}

/// Watches a cycle.
///
/// Laws: an observer returns at once and never panics; the engine behaves the same with any observer.
pub trait Observer: Send + Sync {
    /// Called after each step.
    fn on(&self, progress: &Progress);
}

/// An observer that looks away.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Observer for Silent {
    fn on(&self, _progress: &Progress) {}
}
