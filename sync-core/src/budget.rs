//! The call budget: how many calls of both systems a cycle will make, told from counts before it.
//!
//! The adapters say what one request of the engine costs ([`SourceCosts`], [`LedgerCosts`]); the counts
//! are the visible projects and what is expected to change. Retries and logins come on top. Nothing here
//! knows a limit: a host compares the estimate with what its credentials allow.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    model::ReadKind,
    ports::{LedgerCosts, SourceCosts},
};

/// What a cycle will find to do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Workload {
    /// The projects, each with its own work.
    pub projects: Vec<ProjectWork>,
}

/// What a cycle will find to do in one project.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProjectWork {
    /// Records that their lists will answer: those that changed, or every one in a sweep.
    pub read: BTreeMap<ReadKind, u64>,
    /// Records that are planned: those read and those that wait, with the rest of their families.
    pub planned: u64,
    /// Documents that are posted.
    pub documents: u64,
}

impl Workload {
    /// A cycle in which nothing changed and nothing waits: each project with its lists that hold anything.
    /// The newest record of a list lies within the cursor's overlap and is read again.
    #[must_use]
    pub fn idle(projects: impl IntoIterator<Item = BTreeSet<ReadKind>>) -> Self {
        let project = |lists: BTreeSet<ReadKind>| ProjectWork {
            read: lists.into_iter().map(|list| (list, 1)).collect(),
            ..ProjectWork::default()
        };
        Self { projects: projects.into_iter().map(project).collect() }
    }
}

/// How many calls a cycle makes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CallEstimate {
    /// Calls of the source, without logins.
    pub source: u64,
    /// Calls of the ledger, without logins.
    pub ledger: u64,
}

/// How many calls a cycle over this work makes. `look_ups_at_once` is the engine's limit of records
/// per look-up.
#[must_use]
pub fn estimate(
    source: &SourceCosts,
    ledger: &LedgerCosts,
    work: &Workload,
    look_ups_at_once: usize,
) -> CallEstimate {
    let at_once = u64::try_from(look_ups_at_once.max(1)).unwrap_or(u64::MAX);
    let mut sum = CallEstimate { source: source.scope, ledger: ledger.catalog };
    for project in &work.projects {
        sum.source += source.project;
        for kind in ReadKind::ALL {
            let records = project.read.get(&kind).copied().unwrap_or_default();
            // An empty list is a call, too.
            let pages = records.div_ceil(source.page.max(1)).max(1);
            let of_kind = source.kinds.get(&kind).copied().unwrap_or_default();
            sum.source +=
                pages * source.list + records * of_kind.record + pages_with(records, of_kind.page);
            sum.source += of_kind.list;
        }
        if project.read.values().any(|records| *records > 0) {
            sum.source += source.reference;
        }
        let (full, rest) = (project.planned / at_once, project.planned % at_once);
        let look_up = |keys: u64| keys.div_ceil(ledger.keys.max(1)) * ledger.look_up;
        sum.ledger += full * look_up(at_once) + look_up(rest);
        // What is planned and stands in the ledger already is not searched for: this is the most.
        sum.ledger += project.planned.div_ceil(at_once) * ledger.invoices;
        sum.ledger += project.documents * ledger.post;
    }
    sum
}

/// The calls of a list that is read beside the headers where there are any.
fn pages_with(records: u64, page: Option<u64>) -> u64 {
    match page {
        Some(page) if records > 0 => records.div_ceil(page.max(1)),
        _ => 0,
    }
}
