//! Reports as an engine could give them, with text that tries to leave its place.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use sync_core::{
    engine::{
        CallCounts, CycleReport, ExceptionRow, FindingRow, PostedDocument, PreviewDocument,
        PreviewReport, StatusAmount,
    },
    model::{
        ApDocument, ApLine, Coding, DocumentKey, DocumentType, LineMark, Posting, PostingHeader,
        ProjectId, RoundingRow, SourceKey,
    },
    ports::{CycleStatus, Movement, UnkeyedInvoice},
    reconcile::{
        AccountBalance, BudgetBeside, BudgetCode, BudgetLine, CommitmentBalance, Difference,
        DifferenceKind, MonthAmount, OpenItem, PeriodMove, PeriodReconciliation, PossibleDuplicate,
        ProjectReconciliation, Reconciliation, RecordRounding, SubLedger, Terms, TieOut,
        TieOutFigures, TieOutRow,
    },
    states::{Cause, Finding, FindingKind, Reason, RecordState},
};

pub(crate) const HOSTILE: &str = "<script>alert('x')</script> & \u{1b}[2J";

pub(crate) fn key(text: &str) -> SourceKey {
    text.parse().unwrap()
}

pub(crate) fn money(text: &str) -> Decimal {
    text.parse().unwrap()
}

pub(crate) fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

pub(crate) fn held() -> ExceptionRow {
    ExceptionRow {
        key: key("8089:865:subcontract:786001"),
        number: "SC-001".into(),
        title: HOSTILE.into(),
        state: RecordState::Held,
        cause: Some(Cause::new(Reason::VendorUnmapped, "vendor 11 has no row")),
        amount: money("12500"),
        currency: "USD".into(),
    }
}

pub(crate) fn cycle() -> CycleReport {
    CycleReport {
        number: 7,
        started_at: at("2026-11-24T02:00:00Z"),
        finished_at: at("2026-11-24T02:00:31Z"),
        status: CycleStatus::Done,
        failure: None,
        problems: vec![],
        counts: BTreeMap::from([
            (RecordState::Posted, 1),
            (RecordState::Held, 1),
            (RecordState::InFlight, 1),
            (RecordState::Uncertain, 2),
            (RecordState::NotPostable, 3),
        ]),
        not_postable: BTreeMap::from([(
            ("subcontract".into(), "Draft".into()),
            StatusAmount { records: 3, amount: money("90000.5") },
        )]),
        documents: vec![PostedDocument {
            key: key("8089:865:subcontract:786002"),
            sequence: 1,
            document_type: DocumentType::PurchaseInvoice,
            doc_entry: 412,
            doc_num: Some(90412),
            total: money("1080.00"),
            net_cost: money("1000"),
            currency: "USD".into(),
        }],
        exceptions: vec![held()],
        findings: vec![FindingRow {
            key: key("8089:865:subcontract:786002"),
            finding: Finding { kind: FindingKind::ExcessDecimals, detail: "1000.004".into() },
        }],
        posts_from: None,
        left: 0,
        calls: CallCounts { source: 12, ledger: 9, logins: 1 },
    }
}

pub(crate) fn preview() -> PreviewReport {
    let document = ApDocument {
        header: PostingHeader {
            key: DocumentKey { source: key("8089:865:subcontract:786002"), sequence: 1 },
            revision: "0123456789abcdef".into(),
            posting_date: NaiveDate::from_ymd_opt(2026, 11, 3).unwrap(),
            tax_date: NaiveDate::from_ymd_opt(2026, 11, 3).unwrap(),
            reference: "P865/SC-002".into(),
            memo: "Procore subcontract SC-002".into(),
            currency: "USD".into(),
            exchange_rate: None,
            project: Some("P865".into()),
            branch: None,
        },
        card_code: "V10011".into(),
        control_account: Some("2160".into()),
        payment_block: true,
        expected_tax: money("80"),
        comments: String::new(),
        lines: vec![ApLine {
            mark: LineMark::Line(1),
            coding: Coding {
                account: "5020".into(),
                dimensions: [Some("CHI".into()), None, None, None, None],
                project: Some("P865".into()),
                tax_code: Some("EX".into()),
            },
            amount: money("1000"),
            wt_liable: None,
            description: HOSTILE.into(),
        }],
    };
    PreviewReport {
        failure: None,
        problems: vec![],
        counts: BTreeMap::from([(RecordState::Posted, 1), (RecordState::Held, 1)]),
        documents: vec![PreviewDocument {
            posting: Posting::PurchaseInvoice(document),
            title: HOSTILE.into(),
            content_hash: "ab".repeat(32),
        }],
        exceptions: vec![held()],
        findings: vec![],
        project_findings: vec![],
        posts_from: None,
        account_names: BTreeMap::from([("5020".into(), HOSTILE.into())]),
    }
}

fn period(month: u32, procore: &str, moved_in: &str, moved_out: &str) -> PeriodReconciliation {
    let first = NaiveDate::from_ymd_opt(2026, month, 1).unwrap();
    PeriodReconciliation {
        name: first.format("%Y-%m").to_string(),
        first,
        last: first + chrono::Days::new(29),
        procore: money(procore),
        terms: Terms::default(),
        moved_out: money(moved_out),
        moved_in: money(moved_in),
        in_sap: money(procore) + money(moved_in) - money(moved_out),
    }
}

fn figures() -> TieOutFigures {
    TieOutFigures {
        by_key: money("1221567.90"),
        tax: money("0"),
        documents: Some(money("1221567.90")),
        foreign: money("55.5"),
    }
}

/// A second project in euro beside the one in dollars.
pub(crate) fn two_currencies() -> Reconciliation {
    let mut report = reconciliation();
    let mut euro = report.projects[0].clone();
    euro.project = ProjectId(866);
    euro.currency = "EUR".into();
    euro.committed = money("1000");
    euro.direct_costs = money("0");
    euro.terms = Terms::default();
    euro.in_sap = money("990");
    euro.open_items.clear();
    euro.budget.compared = false;
    report.projects.push(euro);
    let mut row = report.tie_out.rows[0].clone();
    row.currency = "EUR".into();
    let of = |amount: &str| TieOutFigures {
        by_key: money(amount),
        documents: Some(money(amount)),
        ..TieOutFigures::default()
    };
    (row.amounts, row.local) = (of("990"), of("1089"));
    (row.foreign_count, row.foreign_movements) = (0, Vec::new());
    report.tie_out.rows.push(row);
    report
}

pub(crate) fn reconciliation() -> Reconciliation {
    let row = held();
    Reconciliation {
        company: "OEC Computers".into(),
        source_company: HOSTILE.into(),
        as_of: at("2026-11-24T06:00:00Z"),
        postable: BTreeMap::from([("subcontract".into(), vec!["Approved".into()])]),
        failure: None,
        problems: vec![],
        projects: vec![ProjectReconciliation {
            project: ProjectId(865),
            name: HOSTILE.into(),
            sap_project: Some("P865".into()),
            currency: "USD".into(),
            committed: money("1234567.89"),
            direct_costs: money("-500"),
            billed: money("4000"),
            retainage_in_procore: money("400"),
            retainage_in_sap: money("400"),
            retainage_opening: money("0"),
            unbilled_opening: money("0"),
            unbilled_in_sap: money("1000"),
            terms: Terms { held: money("12500"), rounding: money("0.01"), ..Terms::default() },
            in_sap: money("1221567.90"),
            documents: 3,
            differences: vec![],
            open_items: vec![OpenItem {
                key: row.key,
                number: row.number,
                title: row.title,
                state: row.state,
                cause: row.cause,
                amount: row.amount,
                accepted: None,
            }],
            months: vec![
                MonthAmount {
                    month: NaiveDate::from_ymd_opt(2026, 10, 1).unwrap(),
                    amount: money("1222067.90"),
                },
                MonthAmount {
                    month: NaiveDate::from_ymd_opt(2026, 11, 1).unwrap(),
                    amount: money("-500"),
                },
            ],
            periods: vec![period(10, "1234567.89", "0", "0"), period(11, "-500", "100", "0")],
            moves: vec![PeriodMove {
                from: HOSTILE.into(),
                to: "2026-11".into(),
                records: 1,
                amount: money("100"),
            }],
            budget: BudgetBeside {
                unavailable: None,
                lines: vec![
                    BudgetLine {
                        code: BudgetCode { sub_job: None, cost_code: HOSTILE.into() },
                        budget: Some(money("1300000")),
                        committed: money("1222067.90"),
                        direct_costs: money("0"),
                        recognised: money("1222067.90"),
                    },
                    BudgetLine {
                        code: BudgetCode { sub_job: Some("A".into()), cost_code: "03-300".into() },
                        budget: None,
                        committed: money("12500"),
                        direct_costs: money("-500"),
                        recognised: money("-500"),
                    },
                ],
                uncoded: money("0"),
                compared: true,
            },
            commitments: vec![CommitmentBalance {
                key: key("8089:865:subcontract:786001"),
                number: HOSTILE.into(),
                approved: money("1000"),
                billed: money("4000"),
                unbilled: money("0"),
                not_relieved: money("0"),
                unbilled_in_sap: money("1000"),
                retainage: money("400"),
                retainage_in_sap: money("400"),
                recognised: money("1000"),
                limit: Some(money("4000")),
                standing: SubLedger::Waits,
                allowance: money("0.02"),
            }],
            rounding: vec![RecordRounding {
                key: key("8089:865:subcontract:786002"),
                number: HOSTILE.into(),
                stated: money("99.9999"),
                in_sap: money("100.01"),
                lines: money("-0.0099"),
                moved: vec![RoundingRow {
                    source: key("8089:865:subcontract:786002"),
                    line: 9,
                    currency: "USD".into(),
                    exact: money("33.3333"),
                    rounded: money("33.33"),
                    moved: money("0.01"),
                    since: NaiveDate::from_ymd_opt(2026, 11, 3).unwrap(),
                }],
            }],
            findings: vec![FindingRow {
                key: key("8089:865:subcontract:786001"),
                finding: Finding::new(FindingKind::NotInBudget, "no budget for A/03-300: 12500"),
            }],
        }],
        accounts: vec![AccountBalance {
            account: "5020".into(),
            name: "Materials".into(),
            profit_center: Some("CHI".into()),
            currency: "USD".into(),
            amount: money("1221567.90"),
        }],
        tie_out: TieOut {
            unavailable: None,
            local_currency: "USD".into(),
            rows: vec![TieOutRow {
                account: "5020".into(),
                name: "Materials".into(),
                profit_center: Some("CHI".into()),
                currency: "USD".into(),
                amounts: figures(),
                local: figures(),
                foreign_count: 1,
                foreign_movements: vec![Movement {
                    entry: 9001,
                    posting_date: NaiveDate::from_ymd_opt(2026, 11, 2).unwrap(),
                    account: "5020".into(),
                    profit_center: Some("CHI".into()),
                    currency: "USD".into(),
                    amount: money("55.5"),
                    local: money("55.5"),
                    tax: false,
                    key: None,
                    text: HOSTILE.into(),
                }],
            }],
            tax: BTreeMap::new(),
        },
        possible_duplicates: vec![PossibleDuplicate {
            key: key("8089:865:subcontract:786002"),
            invoice: UnkeyedInvoice {
                doc_entry: 77,
                doc_num: Some(90077),
                card_code: "V10011".into(),
                reference: Some(HOSTILE.into()),
                posting_date: NaiveDate::from_ymd_opt(2026, 11, 4).unwrap(),
                currency: "USD".into(),
                net: money("1000"),
                total: money("1080"),
                projects: ["P865".into()].into(),
            },
            alike: "the same project and amount",
        }],
    }
}

/// A document that SAP's user edited: what was expected is not what is there.
pub(crate) fn edited() -> Reconciliation {
    let mut report = reconciliation();
    report.projects[0].in_sap += money("100");
    report.projects[0].differences.push(Difference {
        key: key("8089:865:subcontract:786002"),
        kind: DifferenceKind::Edited,
        expected: money("1000"),
        in_sap: money("1100"),
        detail: "PurchaseInvoices 412".into(),
    });
    report
}
