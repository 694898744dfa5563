//! The one sequence of a cycle: recover, open, catalog; per project read, look up, plan, write the
//! intent, post, write the result; close, report.
//!
//! The engine decides nothing about money; [`plan`](crate::plan) does. It decides the order of calls
//! so that whatever fails, whenever, no record is posted twice and none is lost:
//!
//! - what is read is stored before the cursor passes it (`read`, `sweep`);
//! - SAP is asked what it holds before every plan, and a failed look-up is never absence;
//! - the intent with the exact bytes is stored before the first byte leaves (`family`);
//! - none leaves when the right to write might not outlast it (`leave`);
//! - an intent without a result blocks its record until SAP answers for it (`recover`);
//! - an empty store begins only where SAP holds nothing, or after a rebuild (`rebuild`);
//! - a store that is not the newest that fed SAP writes nothing (`store_row`);
//! - one that takes over posts nothing until what was sent before has settled (`take_over`).

mod check;
mod cycle;
mod dry;
mod explain;
mod family;
mod leave;
mod mapping;
mod opening;
mod preview;
mod profile;
mod project;
mod rates;
mod read;
mod rebuild;
mod reconcile;
mod recover;
mod report;
mod resolve;
mod retention;
mod store_row;
mod sweep;
mod take_over;
mod whole;

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};

pub use check::{CheckLine, CheckReport, CheckStatus};
pub use explain::RecordLife;
pub use opening::{OpeningChange, OpeningList, OpeningMove, OpeningRow, OpeningSum, opening_sums};
pub use rebuild::{RebuildReport, UnknownDocument};
pub use report::{
    CallCounts, CycleReport, ExceptionRow, Failure, FindingRow, PostedDocument, PreviewDocument,
    PreviewReport, ProjectFinding, ProjectProblem, StatusAmount,
};
pub use resolve::ResolveFailure;

use crate::{
    mapping::MappingTables,
    model::{ProjectId, SourceKey},
    policy::Policy,
    ports::{Clock, CostSource, Ledger, Observer, Profile, Signature, StateStore},
};

/// How much is done at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EngineLimits {
    /// Projects that are gone through at the same time.
    pub projects_at_once: usize,
    /// Families of one project that are posted at the same time.
    pub families_at_once: usize,
    /// Records whose look-ups are asked for together.
    pub look_ups_at_once: usize,
    /// How far behind its high-water mark a cursor reads again.
    pub overlap: TimeDelta,
    /// Of how many commitments and change orders a scheduled sweep reads the lines in an hour although
    /// nothing says that they changed: its share of the source's calls. A cycle that begins sooner after the
    /// one before it reads the fewer, at least one.
    pub sweep_lines: usize,
    /// The time between two due times of a sweep, see [`Sweep::Before`].
    pub sweep_every: TimeDelta,
    /// How long a document may take with a margin: none is sent when the right to write could end
    /// sooner. At least the ledger's time-out of a document.
    pub post_time: Duration,
    /// How long another store that fed the ledger counts as alive after its last cycle began.
    pub young_heartbeat: TimeDelta,
    /// How long the store keeps what nothing needs any more (see [`StateStore::compact`]), whole days.
    pub retention: TimeDelta,
}

impl Default for EngineLimits {
    fn default() -> Self {
        Self {
            projects_at_once: 4,
            families_at_once: 8,
            look_ups_at_once: 80,
            overlap: TimeDelta::minutes(10),
            sweep_lines: 300,
            sweep_every: TimeDelta::days(7),
            post_time: Duration::from_secs(240),
            young_heartbeat: TimeDelta::days(7),
            retention: TimeDelta::days(400),
        }
    }
}

/// Asks a running cycle to stop: what is under way is finished, nothing new is begun.
#[derive(Clone, Debug, Default)]
pub struct StopFlag(Arc<AtomicBool>);

impl StopFlag {
    /// Asks.
    pub fn request(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    /// Whether someone asked.
    #[must_use]
    pub fn is_requested(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

/// Which lists are read in full again: it finds deletions, and edits of lines that do not move the
/// `updated_at` of their record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sweep {
    /// None of those that were read in full once.
    #[default]
    Nothing,
    /// Those that were last read in full before this moment, within [`EngineLimits::sweep_lines`]: a sweep
    /// that did not get through every list, or through the lines of one, goes on in the next cycle.
    Before(DateTime<Utc>),
    /// Every list, with all lines, now.
    Everything,
}

impl Sweep {
    /// Whether a list that was last read in full at this moment is read in full again. A moment that has
    /// not come yet was told by a clock that was ahead.
    pub(crate) fn takes(self, full_read_at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
        match self {
            Self::Nothing => false,
            Self::Before(due) => full_read_at < due || full_read_at > now,
            Self::Everything => true,
        }
    }
}

/// What a cycle is asked to do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CycleOptions {
    /// Only these projects; every configured one when `None`.
    pub projects: Option<Vec<ProjectId>>,
    /// Which lists are read in full although a cursor says from where they changed.
    pub sweep: Sweep,
    /// Only these records are read anew and planned; the cursors stay where they are.
    pub only: Option<Vec<SourceKey>>,
    /// Whether this store becomes the one that feeds the ledger, whichever did: a person's act. Nothing new is posted
    /// until `unknown_settle` later, unless the store is that one already and went through its last cycle to the end.
    pub take_over: bool,
    /// Who takes over, rebuilds, or makes the opening list anew, and why: the store keeps it.
    pub signature: Option<Signature>,
}

/// Source, ledger, store, clock, observer, and the company's choices: all that a cycle needs.
pub struct Engine<'a> {
    /// Where costs are read from.
    pub source: &'a dyn CostSource,
    /// Where documents are posted to.
    pub ledger: &'a dyn Ledger,
    /// Where the state lives.
    pub store: &'a dyn StateStore,
    /// What time it is.
    pub clock: &'a dyn Clock,
    /// Who watches.
    pub observer: &'a dyn Observer,
    /// The mapping tables.
    pub mapping: &'a MappingTables,
    /// The company's choices.
    pub policy: &'a Policy,
    /// The pair of companies.
    pub profile: &'a Profile,
    /// The time zone of projects that name none.
    pub time_zone: &'a str,
    /// How much is done at once.
    pub limits: EngineLimits,
    /// Set to stop.
    pub stop: StopFlag,
}

impl std::fmt::Debug for Engine<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine").field("profile", self.profile).finish_non_exhaustive()
    }
}
