//! What a cycle, a preview and the list of exceptions say; a host renders them.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;

use super::profile::CONFIGURATION;
use crate::{
    model::{DocumentType, Posting, ProjectId, SourceKey},
    ports::CycleStatus,
    states::{Cause, Finding, RecordState},
};

/// How many calls a cycle made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CallCounts {
    /// Calls to the source.
    pub source: u64,
    /// Calls to the ledger, logins among them.
    pub ledger: u64,
    /// Logins at the ledger.
    pub logins: u64,
}

/// Why a cycle failed as a whole, or what part of it could not be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The name by `states.md`, e.g. `login_refused`.
    pub name: &'static str,
    /// A sentence with what would be right.
    pub detail: String,
}

/// The exit code of what failed as a whole: 64 where the configuration must be mended, else 1.
pub(super) fn failed_exit_code(failure: &Failure) -> u8 {
    if failure.name == CONFIGURATION { 64 } else { 1 }
}

/// A project that could not be gone through in full.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProjectProblem {
    /// The project.
    pub project: ProjectId,
    /// What went wrong.
    pub failure: Failure,
}

/// A document that this cycle posted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostedDocument {
    /// The record.
    pub key: SourceKey,
    /// The document's sequence.
    pub sequence: u32,
    /// The entity set.
    pub document_type: DocumentType,
    /// `DocEntry` or `JdtNum`.
    pub doc_entry: i64,
    /// `DocNum` or `Number`.
    pub doc_num: Option<i64>,
    /// The document's total.
    pub total: Decimal,
    /// The net cost it brought.
    pub net_cost: Decimal,
    /// The currency.
    pub currency: String,
}

/// A record that waits for a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExceptionRow {
    /// The record.
    pub key: SourceKey,
    /// Its number in Procore.
    pub number: String,
    /// Its title in Procore.
    pub title: String,
    /// Its state.
    pub state: RecordState,
    /// Why; `None` only for documents that are in flight.
    pub cause: Option<Cause>,
    /// The money that waits: the record's amount minus what SAP holds.
    pub amount: Decimal,
    /// The currency.
    pub currency: String,
}

/// A finding with its record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FindingRow {
    /// The record.
    pub key: SourceKey,
    /// The finding.
    pub finding: Finding,
}

/// A finding with its project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProjectFinding {
    /// The project.
    pub project: ProjectId,
    /// The finding.
    pub finding: Finding,
}

/// Money in a status that is not posted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StatusAmount {
    /// How many records.
    pub records: u64,
    /// Their sum.
    pub amount: Decimal,
}

/// What one cycle did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CycleReport {
    /// The cycle's number; 0 when it failed before it was opened.
    pub number: i64,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it ended.
    pub finished_at: DateTime<Utc>,
    /// How it ended.
    pub status: CycleStatus,
    /// Why it failed, or that it was stopped.
    pub failure: Option<Failure>,
    /// Projects that could not be gone through in full.
    pub problems: Vec<ProjectProblem>,
    /// How many records are in each state; the counts add up to the records seen.
    pub counts: BTreeMap<RecordState, u64>,
    /// Money in statuses that are not posted, by kind and status.
    pub not_postable: BTreeMap<(String, String), StatusAmount>,
    /// The documents that were posted.
    pub documents: Vec<PostedDocument>,
    /// The records that wait for a person.
    pub exceptions: Vec<ExceptionRow>,
    /// What is worth knowing.
    pub findings: Vec<FindingRow>,
    /// From when on documents are posted again; `None` where nothing keeps them back. The store took over, and what
    /// another one sent before may still be under way until then.
    pub posts_from: Option<DateTime<Utc>>,
    /// How many records were left for a cycle that begins then, or later.
    pub left: u64,
    /// The calls made.
    pub calls: CallCounts,
}

impl CycleReport {
    /// How many records the store knows after the cycle.
    #[must_use]
    pub fn seen(&self) -> u64 {
        self.counts.values().sum()
    }

    /// 0 done and nothing waits, 2 something waits, for a person or for [`CycleReport::posts_from`], 1 the cycle is
    /// partial or failed, 64 the configuration is wrong.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        if self.status != CycleStatus::Done {
            return self.failure.as_ref().map_or(1, failed_exit_code);
        }
        let waits = self.left > 0
            || self.counts.iter().any(|(state, n)| state.waits_for_a_person() && *n > 0)
            || !self.exceptions.is_empty()
            || self.findings.iter().any(|row| row.finding.kind.waits_for_a_person());
        if waits { 2 } else { 0 }
    }
}

/// A document that a sync would post.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreviewDocument {
    /// The document.
    pub posting: Posting,
    /// The record's title in Procore.
    pub title: String,
    /// SHA-256 over the exact bytes that would be sent, as hex digits.
    pub content_hash: String,
}

/// What a sync would do now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreviewReport {
    /// Why it could not be made.
    pub failure: Option<Failure>,
    /// Projects that could not be read in full.
    pub problems: Vec<ProjectProblem>,
    /// How many records would be in each state.
    pub counts: BTreeMap<RecordState, u64>,
    /// The documents, parents first.
    pub documents: Vec<PreviewDocument>,
    /// The records that would wait for a person.
    pub exceptions: Vec<ExceptionRow>,
    /// What is worth knowing.
    pub findings: Vec<FindingRow>,
    /// What is worth knowing of projects: budgets that could not be read.
    pub project_findings: Vec<ProjectFinding>,
    /// From when on these documents are posted; `None` where nothing keeps them back ([`CycleReport::posts_from`]).
    pub posts_from: Option<DateTime<Utc>>,
    /// The names of the accounts that the documents use.
    pub account_names: BTreeMap<String, String>,
}

impl PreviewReport {
    /// 0 nothing would wait for a person, 2 something would, 1 it could not be made in full, 64 the
    /// configuration is wrong.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        if let Some(failure) = &self.failure {
            failed_exit_code(failure)
        } else if !self.problems.is_empty() {
            1
        } else if self.exceptions.is_empty() {
            0
        } else {
            2
        }
    }
}
