//! The document of `reconcile`.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::{Serialize, Serializer, ser::SerializeMap};
use sync_core::reconcile::{
    AccountBalance, CommitmentBalance, CurrencyTotal, Difference, OpenItem, PossibleDuplicate,
    ProjectReconciliation, Reconciliation, Terms,
};

use super::{
    FailureJson, ProblemJson,
    budget::{BudgetJson, of_budget},
    cycle::{FindingJson, findings},
    document,
    exceptions::state_name,
    periods::{MoveJson, PeriodJson, of_move, of_period},
    problems,
    rounding::{RecordRoundingJson, of_record},
    tie_out::{TieOutJson, of_tie_out},
};
use crate::report::amount::plain;

/// Project to general ledger.
#[must_use]
pub fn reconciliation(report: &Reconciliation) -> Vec<u8> {
    document(&ReconciliationJson {
        reconciliation: HeadJson {
            as_of: report.as_of.to_rfc3339(),
            company: &report.company,
            source_company: &report.source_company,
            differs_by: by_currency(report.differences()),
            waiting_for_a_person: report.waiting_for_a_person(),
            failure: report.failure.as_ref().map(FailureJson::from),
        },
        totals: report.totals().iter().map(of_total).collect(),
        projects: report.projects.iter().map(of_project).collect(),
        accounts: report.accounts.iter().map(of_account).collect(),
        tie_out: of_tie_out(&report.tie_out),
        possible_duplicates: report.possible_duplicates.iter().map(of_duplicate).collect(),
        problems: problems(&report.problems),
        postable: &report.postable,
    })
}

#[derive(Serialize)]
struct ReconciliationJson<'a> {
    reconciliation: HeadJson<'a>,
    totals: Vec<TotalJson>,
    projects: Vec<ProjectJson<'a>>,
    accounts: Vec<AccountJson<'a>>,
    tie_out: TieOutJson<'a>,
    possible_duplicates: Vec<DuplicateJson<'a>>,
    problems: Vec<ProblemJson<'a>>,
    postable: &'a BTreeMap<String, Vec<String>>,
}

#[derive(Serialize)]
struct HeadJson<'a> {
    as_of: String,
    company: &'a str,
    source_company: &'a str,
    /// Each currency with a difference: the projects' differences without their signs.
    differs_by: BTreeMap<String, String>,
    waiting_for_a_person: usize,
    failure: Option<FailureJson<'a>>,
}

/// Amounts by the code of their currency.
pub(super) fn by_currency(
    amounts: impl IntoIterator<Item = (String, Decimal)>,
) -> BTreeMap<String, String> {
    let text = |(currency, amount): (String, Decimal)| {
        let amount = plain(amount, &currency);
        (currency, amount)
    };
    amounts.into_iter().map(text).collect()
}

/// The projects of one currency, added up.
#[derive(Serialize)]
struct TotalJson {
    currency: String,
    committed: String,
    direct_costs: String,
    procore_total: String,
    explained: String,
    rounding: String,
    expected: String,
    in_sap: String,
    difference: String,
    documents: u64,
}

fn of_total(total: &CurrencyTotal) -> TotalJson {
    let money = |amount| plain(amount, &total.currency);
    TotalJson {
        currency: total.currency.clone(),
        committed: money(total.committed),
        direct_costs: money(total.direct_costs),
        procore_total: money(total.procore_total()),
        explained: money(total.terms.waiting_total()),
        rounding: money(total.terms.rounding),
        expected: money(total.expected()),
        in_sap: money(total.in_sap),
        difference: money(total.difference()),
        documents: total.documents,
    }
}

#[derive(Serialize)]
struct ProjectJson<'a> {
    project: i64,
    name: &'a str,
    sap_project: Option<&'a str>,
    currency: &'a str,
    committed: String,
    direct_costs: String,
    procore_total: String,
    terms: TermsJson<'a>,
    expected: String,
    in_sap: String,
    difference: String,
    documents: u64,
    billed: String,
    unbilled_in_sap: String,
    retainage_in_procore: String,
    retainage_in_sap: String,
    retainage_opening: String,
    unbilled_opening: String,
    differences: Vec<DifferenceJson<'a>>,
    open_items: Vec<OpenItemJson<'a>>,
    months: Vec<MonthJson>,
    periods: Vec<PeriodJson<'a>>,
    moves: Vec<MoveJson<'a>>,
    budget: BudgetJson<'a>,
    rounding: Vec<RecordRoundingJson<'a>>,
    commitments: Vec<CommitmentJson<'a>>,
    findings: Vec<FindingJson<'a>>,
}

fn of_project(project: &ProjectReconciliation) -> ProjectJson<'_> {
    let currency = project.currency.as_str();
    let money = |amount| plain(amount, currency);
    ProjectJson {
        project: project.project.0,
        name: &project.name,
        sap_project: project.sap_project.as_deref(),
        currency,
        committed: money(project.committed),
        direct_costs: money(project.direct_costs),
        procore_total: money(project.procore_total()),
        terms: TermsJson { terms: &project.terms, currency },
        expected: money(project.expected()),
        in_sap: money(project.in_sap),
        difference: money(project.difference()),
        documents: project.documents,
        billed: money(project.billed),
        unbilled_in_sap: money(project.unbilled_in_sap),
        retainage_in_procore: money(project.retainage_in_procore),
        retainage_in_sap: money(project.retainage_in_sap),
        retainage_opening: money(project.retainage_opening),
        unbilled_opening: money(project.unbilled_opening),
        differences: project.differences.iter().map(|d| of_difference(d, currency)).collect(),
        open_items: project.open_items.iter().map(|item| of_open_item(item, currency)).collect(),
        months: project
            .months
            .iter()
            .map(|month| MonthJson {
                month: month.month.format("%Y-%m").to_string(),
                amount: money(month.amount),
            })
            .collect(),
        periods: project.periods.iter().map(|period| of_period(period, currency)).collect(),
        moves: project.moves.iter().map(|moved| of_move(moved, currency)).collect(),
        budget: of_budget(&project.budget, currency),
        rounding: project.rounding.iter().map(|of| of_record(of, currency)).collect(),
        commitments: project.commitments.iter().map(|own| of_commitment(own, currency)).collect(),
        findings: findings(&project.findings),
    }
}

/// Each term by its name.
pub(super) struct TermsJson<'a> {
    pub(super) terms: &'a Terms,
    pub(super) currency: &'a str,
}

impl Serialize for TermsJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (name, amount) in self.terms.named() {
            map.serialize_entry(name, &plain(amount, self.currency))?;
        }
        map.end()
    }
}

/// The sub-ledgers of one commitment.
#[derive(Serialize)]
struct CommitmentJson<'a> {
    key: String,
    number: &'a str,
    standing: &'static str,
    approved: String,
    billed: String,
    unbilled: String,
    unbilled_in_sap: String,
    retainage: String,
    retainage_in_sap: String,
    recognised: String,
    limit: Option<String>,
    off: Vec<String>,
}

fn of_commitment<'a>(own: &'a CommitmentBalance, currency: &str) -> CommitmentJson<'a> {
    let money = |amount| plain(amount, currency);
    CommitmentJson {
        key: own.key.to_string(),
        number: &own.number,
        standing: own.standing.name(),
        approved: money(own.approved),
        billed: money(own.billed),
        unbilled: money(own.unbilled),
        unbilled_in_sap: money(own.unbilled_in_sap),
        retainage: money(own.retainage),
        retainage_in_sap: money(own.retainage_in_sap),
        recognised: money(own.recognised),
        limit: own.limit.map(money),
        off: own.off(),
    }
}

#[derive(Serialize)]
struct DifferenceJson<'a> {
    key: String,
    kind: &'a str,
    expected: String,
    in_sap: String,
    detail: &'a str,
}

fn of_difference<'a>(difference: &'a Difference, currency: &str) -> DifferenceJson<'a> {
    DifferenceJson {
        key: difference.key.to_string(),
        kind: difference.kind.name(),
        expected: plain(difference.expected, currency),
        in_sap: plain(difference.in_sap, currency),
        detail: &difference.detail,
    }
}

#[derive(Serialize)]
struct OpenItemJson<'a> {
    key: String,
    number: &'a str,
    title: &'a str,
    state: &'a str,
    reason: Option<&'a str>,
    detail: &'a str,
    remedy: &'a str,
    amount: String,
    accepted: Option<&'a str>,
}

fn of_open_item<'a>(item: &'a OpenItem, currency: &str) -> OpenItemJson<'a> {
    OpenItemJson {
        key: item.key.to_string(),
        number: &item.number,
        title: &item.title,
        state: state_name(item.state),
        reason: item.cause.as_ref().map(|cause| cause.reason.name()),
        detail: item.cause.as_ref().map_or("", |cause| &cause.detail),
        remedy: item.cause.as_ref().map_or("", |cause| cause.reason.remedy()),
        amount: plain(item.amount, currency),
        accepted: item.accepted.as_deref(),
    }
}

/// `possible_manual_duplicate`: an A/P invoice without our key beside a record that stands in SAP.
#[derive(Serialize)]
struct DuplicateJson<'a> {
    key: String,
    doc_entry: i64,
    doc_num: Option<i64>,
    card_code: &'a str,
    reference: Option<&'a str>,
    posting_date: String,
    currency: &'a str,
    net: String,
    total: String,
    alike: &'static str,
}

fn of_duplicate(found: &PossibleDuplicate) -> DuplicateJson<'_> {
    let invoice = &found.invoice;
    DuplicateJson {
        key: found.key.to_string(),
        doc_entry: invoice.doc_entry,
        doc_num: invoice.doc_num,
        card_code: &invoice.card_code,
        reference: invoice.reference.as_deref(),
        posting_date: invoice.posting_date.to_string(),
        currency: &invoice.currency,
        net: plain(invoice.net, &invoice.currency),
        total: plain(invoice.total, &invoice.currency),
        alike: found.alike,
    }
}

#[derive(Serialize)]
struct MonthJson {
    month: String,
    amount: String,
}

#[derive(Serialize)]
struct AccountJson<'a> {
    account: &'a str,
    name: &'a str,
    profit_center: Option<&'a str>,
    currency: &'a str,
    amount: String,
}

fn of_account(balance: &AccountBalance) -> AccountJson<'_> {
    AccountJson {
        account: &balance.account,
        name: &balance.name,
        profit_center: balance.profit_center.as_deref(),
        currency: &balance.currency,
        amount: plain(balance.amount, &balance.currency),
    }
}
