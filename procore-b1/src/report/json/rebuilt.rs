//! The document of `rebuild`.

use serde::Serialize;
use sync_core::engine::RebuildReport;

use super::{
    cycle::{CycleJson, of_cycle},
    document,
    opening::{OpeningJson, SumJson, rows, sums},
};
use crate::report::amount::plain;

/// What a rebuild found, beside the cycle that read both sides.
#[must_use]
pub fn rebuilt(report: &RebuildReport) -> Vec<u8> {
    document(&RebuiltJson {
        rebuilt: TotalsJson { documents: report.documents, records: report.records },
        opening: rows(&report.opening),
        sums: sums(&report.opening),
        unknown: report
            .unknown
            .iter()
            .map(|document| UnknownJson {
                key: document.key.to_string(),
                document_type: document.document_type.entity_set(),
                doc_entry: document.doc_entry,
                doc_num: document.doc_num,
                total: plain(document.total, &document.currency),
                currency: &document.currency,
            })
            .collect(),
        cycle: of_cycle(&report.cycle, None),
    })
}

#[derive(Serialize)]
struct RebuiltJson<'a> {
    rebuilt: TotalsJson,
    opening: Vec<OpeningJson<'a>>,
    sums: Vec<SumJson>,
    unknown: Vec<UnknownJson<'a>>,
    #[serde(flatten)]
    cycle: CycleJson<'a>,
}

#[derive(Serialize)]
struct TotalsJson {
    documents: u64,
    records: u64,
}

#[derive(Serialize)]
struct UnknownJson<'a> {
    key: String,
    #[serde(rename = "type")]
    document_type: &'a str,
    doc_entry: i64,
    doc_num: Option<i64>,
    total: String,
    currency: &'a str,
}
