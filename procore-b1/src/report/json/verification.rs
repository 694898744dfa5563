//! The document of `verify`.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{document, surroundings::LineJson};
use crate::{report::amount, verify::StateVerification};

/// What `verify` looked at.
#[must_use]
pub fn verification(report: &StateVerification) -> Vec<u8> {
    document(&VerificationJson {
        verify: StatusJson {
            status: if report.exit_code() == 0 { "done" } else { "failed" },
            last_hash: report.found.as_ref().and_then(|found| found.last_hash.as_deref()),
        },
        lines: report.lines.iter().map(LineJson::from).collect(),
        totals: report.found.as_ref().map(|found| TotalsJson {
            audit_rows: found.audit_rows,
            audit_rows_without_hash: found.unchained,
            records: &found.records,
            documents: &found.intents,
            decisions: &found.acts,
            decisions_not_in_audit: found.untold_decisions,
            posted: found
                .posted
                .iter()
                .map(|(currency, (documents, total))| PostedJson {
                    currency,
                    documents: *documents,
                    total: amount::plain(*total, currency),
                })
                .collect(),
            faults: found.faults_found,
        }),
    })
}

#[derive(Serialize)]
struct VerificationJson<'a> {
    verify: StatusJson<'a>,
    lines: Vec<LineJson<'a>>,
    totals: Option<TotalsJson<'a>>,
}

#[derive(Serialize)]
struct StatusJson<'a> {
    status: &'static str,
    last_hash: Option<&'a str>,
}

#[derive(Serialize)]
struct TotalsJson<'a> {
    audit_rows: u64,
    audit_rows_without_hash: u64,
    records: &'a BTreeMap<&'static str, u64>,
    documents: &'a BTreeMap<&'static str, u64>,
    decisions: &'a BTreeMap<&'static str, u64>,
    decisions_not_in_audit: u64,
    posted: Vec<PostedJson<'a>>,
    faults: u64,
}

#[derive(Serialize)]
struct PostedJson<'a> {
    currency: &'a str,
    documents: u64,
    total: String,
}
