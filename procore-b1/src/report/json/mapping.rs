//! The documents of `mapping lint` and `mapping diff`.

use serde::Serialize;
use sync_core::{
    mapping::{BlastRadius, Lint, UnmappedWhat},
    model::Coding,
};

use super::document;
use crate::report::{amount::plain, text::effect};

/// Faults and coverage of the tables.
#[must_use]
pub fn lint(lint: &Lint) -> Vec<u8> {
    let coverage = lint.coverage.amounts.iter().map(|(currency, amount)| CoverageJson {
        currency,
        mapped: plain(amount.mapped, currency),
        mapped_lines: amount.mapped_lines,
        unmapped: plain(amount.unmapped, currency),
        unmapped_lines: amount.unmapped_lines,
        percent: amount.percent().to_string(),
    });
    let unmapped = lint.coverage.unmapped.iter().map(|row| UnmappedJson {
        project: row.project.0,
        cost_code: match &row.what {
            UnmappedWhat::CostCode(coding) => Some(coding.token()),
            UnmappedWhat::Project | UnmappedWhat::NoCostCode => None,
        },
        amount: plain(row.amount, &row.currency),
        currency: &row.currency,
        lines: row.lines,
        records: row.records.iter().map(ToString::to_string).collect(),
        remedy: row.remedy(),
    });
    let vendors = lint.coverage.vendors.iter().map(|row| VendorJson {
        vendor: row.vendor,
        name: &row.name,
        amount: plain(row.amount, &row.currency),
        currency: &row.currency,
        records: row.records.iter().map(ToString::to_string).collect(),
    });
    let findings = lint.findings.iter().map(|finding| FindingJson {
        table: finding.table,
        row: finding.row,
        kind: finding.kind.name(),
        stops_records: finding.kind.stops_records(),
        detail: &finding.detail,
    });
    document(&LintJson {
        coverage: coverage.collect(),
        unmapped: unmapped.collect(),
        vendors_unmapped: vendors.collect(),
        findings: findings.collect(),
    })
}

/// What an edited table would change.
#[must_use]
pub fn blast_radius(radius: &BlastRadius) -> Vec<u8> {
    let keys = |set: std::collections::BTreeSet<sync_core::model::SourceKey>| {
        set.iter().map(ToString::to_string).collect()
    };
    let accounts = radius.accounts.iter().map(|((account, currency), shift)| ShiftJson {
        account,
        currency,
        posted: plain(shift.posted, currency),
        waiting: plain(shift.waiting, currency),
    });
    let lines = radius.costs.iter().map(|cost| MovedJson {
        key: cost.key.to_string(),
        line: cost.line,
        amount: plain(cost.amount, &cost.currency),
        currency: &cost.currency,
        from: cost.from.as_ref().map(PlaceJson::from),
        from_row: cost.from_row,
        to: cost.to.as_ref().map(PlaceJson::from),
        to_row: cost.to_row,
        effect: effect(cost.posted, cost.takes_effect()),
    });
    document(&RadiusJson {
        posted_records: keys(radius.posted_records()),
        waiting_records: keys(radius.waiting_records()),
        kept_records: keys(radius.kept_records()),
        accounts: accounts.collect(),
        lines: lines.collect(),
    })
}

/// A place in the ledger.
#[derive(Serialize)]
pub(super) struct PlaceJson<'a> {
    account: &'a str,
    dimensions: &'a [Option<String>; 5],
    project: Option<&'a str>,
    tax_code: Option<&'a str>,
}

impl<'a> From<&'a Coding> for PlaceJson<'a> {
    fn from(coding: &'a Coding) -> Self {
        Self {
            account: &coding.account,
            dimensions: &coding.dimensions,
            project: coding.project.as_deref(),
            tax_code: coding.tax_code.as_deref(),
        }
    }
}

#[derive(Serialize)]
struct LintJson<'a> {
    coverage: Vec<CoverageJson<'a>>,
    unmapped: Vec<UnmappedJson<'a>>,
    vendors_unmapped: Vec<VendorJson<'a>>,
    findings: Vec<FindingJson<'a>>,
}

#[derive(Serialize)]
struct CoverageJson<'a> {
    currency: &'a str,
    mapped: String,
    mapped_lines: u64,
    unmapped: String,
    unmapped_lines: u64,
    percent: String,
}

#[derive(Serialize)]
struct UnmappedJson<'a> {
    project: i64,
    cost_code: Option<String>,
    amount: String,
    currency: &'a str,
    lines: u64,
    records: Vec<String>,
    remedy: String,
}

#[derive(Serialize)]
struct VendorJson<'a> {
    vendor: i64,
    name: &'a str,
    amount: String,
    currency: &'a str,
    records: Vec<String>,
}

#[derive(Serialize)]
struct FindingJson<'a> {
    table: &'a str,
    row: usize,
    kind: &'a str,
    stops_records: bool,
    detail: &'a str,
}

#[derive(Serialize)]
struct RadiusJson<'a> {
    posted_records: Vec<String>,
    waiting_records: Vec<String>,
    kept_records: Vec<String>,
    accounts: Vec<ShiftJson<'a>>,
    lines: Vec<MovedJson<'a>>,
}

#[derive(Serialize)]
struct ShiftJson<'a> {
    account: &'a str,
    currency: &'a str,
    posted: String,
    waiting: String,
}

#[derive(Serialize)]
struct MovedJson<'a> {
    key: String,
    line: i64,
    amount: String,
    currency: &'a str,
    from: Option<PlaceJson<'a>>,
    from_row: Option<usize>,
    to: Option<PlaceJson<'a>>,
    to_row: Option<usize>,
    effect: &'a str,
}
