//! The document of `sync`, `replay` and `resolve`.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer, ser::SerializeMap};
use sync_core::{
    engine::{CycleReport, FindingRow, ProjectFinding},
    model::SourceKey,
    resolve::Resolution,
    states::RecordState,
};

use super::{
    FailureJson, ProblemJson, document,
    exceptions::{ExceptionJson, rows},
    problems,
};
use crate::report::amount::plain;

/// What a cycle did.
#[must_use]
pub fn cycle(report: &CycleReport) -> Vec<u8> {
    document(&of_cycle(report, None))
}

/// A person's decision, and what the cycle after it did.
#[must_use]
pub fn decision(key: SourceKey, decision: &Resolution, report: &CycleReport) -> Vec<u8> {
    let decision = DecisionJson {
        key: key.to_string(),
        decision: decision.verb.name(),
        reason: decision.reason.name(),
        by: &decision.by,
        note: &decision.note,
        at: decision.at.to_rfc3339(),
    };
    document(&of_cycle(report, Some(decision)))
}

pub(super) fn of_cycle<'a>(
    report: &'a CycleReport,
    decision: Option<DecisionJson<'a>>,
) -> CycleJson<'a> {
    CycleJson {
        decision,
        cycle: HeadJson {
            id: report.number,
            started_at: report.started_at.to_rfc3339(),
            finished_at: report.finished_at.to_rfc3339(),
            status: report.status.name(),
            failure: report.failure.as_ref().map(FailureJson::from),
            posts_from: report.posts_from.map(|from| from.to_rfc3339()),
        },
        records: Counts(&report.counts),
        documents: report
            .documents
            .iter()
            .map(|document| DocumentJson {
                key: document.key.to_string(),
                sequence: document.sequence,
                document_type: document.document_type.entity_set(),
                doc_entry: document.doc_entry,
                doc_num: document.doc_num,
                total: plain(document.total, &document.currency),
                net_cost: plain(document.net_cost, &document.currency),
                currency: &document.currency,
            })
            .collect(),
        calls: CallsJson {
            procore: report.calls.source,
            sap_b1: report.calls.ledger,
            sap_b1_logins: report.calls.logins,
        },
        exceptions: rows(&report.exceptions),
        findings: findings(&report.findings),
        problems: problems(&report.problems),
        not_postable: report
            .not_postable
            .iter()
            .map(|((kind, status), sum)| StatusJson {
                kind,
                status,
                records: sum.records,
                amount: plain(sum.amount, ""),
            })
            .collect(),
    }
}

#[derive(Serialize)]
pub(super) struct CycleJson<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    decision: Option<DecisionJson<'a>>,
    cycle: HeadJson<'a>,
    records: Counts<'a>,
    documents: Vec<DocumentJson<'a>>,
    calls: CallsJson,
    exceptions: Vec<ExceptionJson<'a>>,
    findings: Vec<FindingJson<'a>>,
    problems: Vec<ProblemJson<'a>>,
    not_postable: Vec<StatusJson<'a>>,
}

#[derive(Serialize)]
pub(super) struct DecisionJson<'a> {
    key: String,
    decision: &'a str,
    reason: &'a str,
    by: &'a str,
    note: &'a str,
    at: String,
}

#[derive(Serialize)]
struct HeadJson<'a> {
    id: i64,
    started_at: String,
    finished_at: String,
    status: &'a str,
    failure: Option<FailureJson<'a>>,
    /// From when on documents are posted, where a take-over keeps them back.
    posts_from: Option<String>,
}

#[derive(Serialize)]
struct DocumentJson<'a> {
    key: String,
    sequence: u32,
    #[serde(rename = "type")]
    document_type: &'a str,
    doc_entry: i64,
    doc_num: Option<i64>,
    total: String,
    net_cost: String,
    currency: &'a str,
}

#[derive(Serialize)]
struct CallsJson {
    procore: u64,
    sap_b1: u64,
    sap_b1_logins: u64,
}

#[derive(Serialize)]
pub(super) struct FindingJson<'a> {
    key: String,
    finding: &'a str,
    detail: &'a str,
}

pub(super) fn findings(rows: &[FindingRow]) -> Vec<FindingJson<'_>> {
    rows.iter()
        .map(|row| FindingJson {
            key: row.key.to_string(),
            finding: row.finding.kind.name(),
            detail: &row.finding.detail,
        })
        .collect()
}

#[derive(Serialize)]
pub(super) struct ProjectFindingJson<'a> {
    project: i64,
    finding: &'a str,
    detail: &'a str,
}

pub(super) fn project_findings(rows: &[ProjectFinding]) -> Vec<ProjectFindingJson<'_>> {
    rows.iter()
        .map(|row| ProjectFindingJson {
            project: row.project.0,
            finding: row.finding.kind.name(),
            detail: &row.finding.detail,
        })
        .collect()
}

#[derive(Serialize)]
struct StatusJson<'a> {
    kind: &'a str,
    status: &'a str,
    records: u64,
    amount: String,
}

/// `seen`, then every state with its count; the counts add up to `seen`. An intent without a
/// result is reported as `uncertain`; `pending` appears only after a cycle that did not finish, or left what is to be
/// posted for a later one.
pub(super) struct Counts<'a>(pub(super) &'a BTreeMap<RecordState, u64>);

impl Serialize for Counts<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let count = |state: RecordState| self.0.get(&state).copied().unwrap_or_default();
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("seen", &self.0.values().sum::<u64>())?;
        for state in RecordState::ALL {
            match state {
                RecordState::InFlight => {}
                RecordState::Pending if count(state) == 0 => {}
                RecordState::Uncertain => {
                    let both = count(state) + count(RecordState::InFlight);
                    map.serialize_entry(state.name(), &both)?;
                }
                _ => map.serialize_entry(state.name(), &count(state))?,
            }
        }
        map.end()
    }
}
