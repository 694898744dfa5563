//! Reconciliation per posting period, and with Procore's budget beside it.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use sync_core::{
    catalog::PeriodStatus,
    memory::PostFault,
    model::CostCoding,
    policy::Basis,
    ports::{BudgetRow, Movement},
    reconcile::{
        BudgetLine, DifferenceKind, PeriodReconciliation, ProjectReconciliation, Reconciliation,
        TieOutRow,
    },
    states::FindingKind,
};

use crate::{
    records::{
        PROJECT, SC, add_up, change_order, d, day, dc, direct_cost, direct_cost_of, lines_of,
        requisition, subcontract,
    },
    world::{World, account},
};

fn project(world: &World) -> ProjectReconciliation {
    let report = world.reconcile();
    assert_eq!(report.failure, None);
    report.projects.into_iter().next().unwrap()
}

/// `"2026-02 100.00 -> 90.00"`: what Procore says of a period, and what SAP holds in it.
fn in_short(period: &PeriodReconciliation) -> String {
    assert_eq!(period.difference(), d("0"), "{period:?}");
    format!("{} {:.2} -> {:.2}", period.name, period.procore, period.in_sap)
}

fn budgeted(code: &str, cost_type: &str, original: &str, modifications: &str) -> BudgetRow {
    BudgetRow {
        coding: CostCoding {
            sub_job: None,
            cost_code: code.to_owned(),
            cost_type: Some(cost_type.to_owned()),
        },
        original: d(original),
        modifications: d(modifications),
    }
}

fn line<'a>(project: &'a ProjectReconciliation, code: &str) -> &'a BudgetLine {
    let found = project.budget.lines.iter().find(|line| line.code.to_string() == code);
    found.unwrap_or_else(|| panic!("{code} in {:?}", project.budget))
}

#[test]
fn every_period_ties_by_itself_and_the_periods_add_up_to_the_project() {
    let mut early = direct_cost(9, "invoice", &[(91, "03-300", "300")]);
    direct_cost_of(&mut early).dated = Some(day("2026-01-15"));
    let world = World::of([subcontract(1, &[(11, "03-300", "1,000")]), early]);
    world.sync();
    let project = project(&world);
    let periods: Vec<String> = project.periods.iter().map(in_short).collect();
    assert_eq!(periods, ["2026-01 300.00 -> 300.00", "2026-02 1000.00 -> 1000.00"]);
    assert!(project.moves.is_empty());
    let sum: rust_decimal::Decimal = project.periods.iter().map(|period| period.in_sap).sum();
    assert_eq!(sum, project.in_sap);
}

#[test]
fn an_adjustment_is_moved_from_the_period_of_its_record_into_that_of_its_posting() {
    let world = World::of([subcontract(1, &[(11, "03-300", "1,000")])]);
    world.sync();
    world.edit(SC, |record| {
        lines_of(record)[0].amount = d("1,250");
        add_up(record);
    });
    world.sync();
    let project = project(&world);
    let periods: Vec<String> = project.periods.iter().map(in_short).collect();
    assert_eq!(periods, ["2026-02 1250.00 -> 1000.00", "2026-03 0.00 -> 250.00"]);
    let [moved] = project.moves.as_slice() else { panic!("{:?}", project.moves) };
    assert_eq!((moved.from.as_str(), moved.to.as_str()), ("2026-02", "2026-03"));
    assert_eq!((moved.records, moved.amount), (1, d("250")));
}

#[test]
fn a_posting_out_of_a_closed_period_names_both_periods() {
    let mut early = direct_cost(9, "invoice", &[(91, "03-300", "300")]);
    direct_cost_of(&mut early).dated = Some(day("2026-01-15"));
    let world = World::of([early]);
    world.ledger.edit_catalog(|catalog| {
        for period in catalog.periods.iter_mut().filter(|period| period.name == "2026-01") {
            period.status = PeriodStatus::Closed;
        }
    });
    world.sync();
    let project = project(&world);
    let periods: Vec<String> = project.periods.iter().map(in_short).collect();
    assert_eq!(periods, ["2026-01 300.00 -> 0.00", "2026-02 0.00 -> 300.00"]);
    assert_eq!(project.moves[0].amount, d("300"));
}

#[test]
fn what_waits_stands_in_the_period_of_its_own_date() {
    let mut later = direct_cost(9, "invoice", &[(91, "03-300", "300")]);
    direct_cost_of(&mut later).dated = Some(day("2026-05-02"));
    let world = World::of([later, subcontract(1, &[(11, "99-999", "70")])]);
    world.sync();
    let project = project(&world);
    let of = |name: &str| project.periods.iter().find(|period| period.name == name).unwrap();
    assert_eq!((of("2026-05").procore, of("2026-05").terms.future_dated), (d("300"), d("300")));
    assert_eq!((of("2026-02").procore, of("2026-02").terms.held), (d("70"), d("70")));
    assert!(project.periods.iter().all(|period| period.difference().is_zero()));
}

#[test]
fn a_difference_stands_in_the_period_of_its_record() {
    let world = World::of([subcontract(1, &[(11, "03-300", "1,000")])]);
    world.sync();
    world.ledger.edit(1, |document| document.lines[0].amount = d("900"));
    let project = project(&world);
    assert_eq!(project.differences[0].kind, DifferenceKind::Edited);
    assert_eq!(project.periods[0].name, "2026-02");
    assert_eq!(project.periods[0].difference(), d("100"));
    assert_eq!(project.difference(), d("100"));
}

#[test]
fn a_budget_stands_beside_what_is_committed_spent_and_recognised() {
    let world = World::of([
        subcontract(1, &[(11, "03-300", "1,000"), (12, "26-100", "50")]),
        change_order(5, 1, &[(51, "03-300", "200")]),
        direct_cost(9, "invoice", &[(91, "26-100", "25")]),
        subcontract(2, &[(21, "99-999", "70")]),
    ]);
    world.source.set_budget(
        PROJECT,
        vec![
            budgeted("03-300", "S", "900", "100"),
            budgeted("03-300", "M", "500", "0"),
            budgeted("26-100", "S", "60", "0"),
            budgeted("31-000", "S", "80", "0"),
        ],
    );
    world.sync();
    let project = project(&world);
    let concrete = line(&project, "03-300");
    assert_eq!(concrete.budget, Some(d("1,500")), "cost types are added up");
    assert_eq!((concrete.committed, concrete.recognised), (d("1,200"), d("1,200")));
    assert_eq!(concrete.remaining(), d("300"));
    let electrical = line(&project, "26-100");
    assert_eq!((electrical.committed, electrical.direct_costs), (d("50"), d("25")));
    assert_eq!((electrical.recognised, electrical.remaining()), (d("75"), d("-15")));
    assert_eq!(line(&project, "31-000").remaining(), d("80"), "budgeted, nothing spent");
    // Held, as its code has no rule: committed without budget, and not recognised.
    let none = line(&project, "99-999");
    assert_eq!((none.budget, none.committed, none.recognised), (None, d("70"), d("0")));
    let recognised: rust_decimal::Decimal =
        project.budget.lines.iter().map(|line| line.recognised).sum();
    assert_eq!(recognised + project.budget.uncoded, project.in_sap);
}

#[test]
pub(crate) fn a_line_on_a_cost_code_without_a_budget_is_a_finding_that_stops_nothing() {
    let world = World::of([
        subcontract(1, &[(11, "03-300", "1,000"), (12, "26-100", "50")]),
        requisition(71, 1, &[(11, "400", "400", "0", "0")], "400"),
    ]);
    world.source.set_budget(PROJECT, vec![budgeted("03-300", "S", "900", "0")]);
    let preview = world.preview();
    let found: Vec<_> = preview.findings.iter().map(|row| (row.key, row.finding.kind)).collect();
    assert_eq!(found, [(SC, FindingKind::NotInBudget)]);
    assert!(preview.findings[0].finding.detail.contains("26-100: 50"), "{:?}", preview.findings);
    assert_eq!(preview.exit_code(), 0);
    assert_eq!(world.sync().exit_code(), 0);
    let report = world.reconcile();
    assert_eq!(report.projects[0].findings, preview.findings);
    assert_eq!(report.exit_code(), 0, "a finding on the budget changes no exit code");
}

#[test]
pub(crate) fn a_budget_that_cannot_be_read_is_a_finding_and_the_other_figures_stand() {
    let world = World::of([subcontract(1, &[(11, "03-300", "1,000")])]);
    let preview = world.preview();
    let kinds: Vec<_> = preview.project_findings.iter().map(|row| row.finding.kind).collect();
    assert_eq!(kinds, [FindingKind::BudgetUnavailable]);
    assert_eq!((preview.findings.len(), preview.exit_code()), (0, 0));
    world.sync();
    let report = world.reconcile();
    let project = &report.projects[0];
    let finding = project.budget.unavailable.as_ref().unwrap();
    assert_eq!(finding.kind, FindingKind::BudgetUnavailable);
    assert!(project.findings.is_empty(), "without a budget no code is said to lack one");
    assert_eq!((line(project, "03-300").recognised, report.exit_code()), (d("1,000"), 0));
}

#[test]
fn an_idle_cycle_reads_no_budget() {
    let world = World::of([subcontract(1, &[(11, "03-300", "1,000")])]);
    world.sync();
    let before = sync_core::ports::CostSource::calls(&world.source);
    world.sync();
    let idle = sync_core::ports::CostSource::calls(&world.source) - before;
    // The scope, and one list per kind.
    assert_eq!(idle, 6);
}

#[test]
fn a_recoded_line_is_recognised_where_it_was_posted_until_it_is_moved() {
    let world = World::of([subcontract(1, &[(11, "03-300", "1,000")])]);
    world.sync();
    world.edit(SC, |record| {
        lines_of(record)[0].coding.as_mut().unwrap().cost_code = "26-100".to_owned();
    });
    let before = project(&world);
    assert_eq!(line(&before, "26-100").committed, d("1,000"));
    // SAP's text still names the code that Procore does not know any more.
    assert_eq!(line(&before, "26-100").recognised, d("1,000"));
    world.sync();
    let after = project(&world);
    assert_eq!(line(&after, "26-100").recognised + after.budget.uncoded, d("1,000"));
}

#[test]
pub(crate) fn amounts_that_sap_computed_anew_are_called_recalculated() {
    let mut world = World::of([direct_cost(9, "invoice", &[(91, "03-300", "300")])]);
    world.put([subcontract(1, &[(11, "03-300", "1,000")])]);
    world.ledger.recalculate_next_post(d("-3"));
    world.policy.on_change = sync_core::policy::OnChange::Hold;
    let report = world.sync();
    assert!(report.findings.iter().any(|row| row.finding.kind == FindingKind::SapRecalculated));
    assert_eq!(report.exit_code(), 2);
    let project = project(&world);
    let kinds: Vec<_> = project.differences.iter().map(|difference| difference.kind).collect();
    assert_eq!(kinds, [DifferenceKind::Recalculated], "{:?}", project.differences);
    assert_eq!(project.difference(), d("3"));
}

#[test]
pub(crate) fn a_document_that_vanished_is_called_missing() {
    let world = World::of([direct_cost(9, "invoice", &[(91, "03-300", "300")])]);
    world.sync();
    world.ledger.remove(1);
    let project = project(&world);
    let kinds: Vec<_> = project.differences.iter().map(|difference| difference.kind).collect();
    assert_eq!(kinds, [DifferenceKind::Missing]);
}

#[test]
fn what_is_uncertain_is_explained_in_its_period() {
    let world = World::of([direct_cost(9, "invoice", &[(91, "03-300", "300")])]);
    world.ledger.fail_next_post(PostFault::LostBefore);
    world.sync();
    let before = project(&world);
    assert_eq!(before.terms.uncertain, d("300"));
    assert_eq!(before.periods[0].terms.uncertain, d("300"));
    world.clock.advance(TimeDelta::hours(1));
    world.sync();
    assert_eq!(project(&world).terms.uncertain, d("0"));
    assert_eq!(world.documents(dc(9)), "#2 JournalEntries 300.00");
}

fn movement(account: &str, on: &str, amount: &str) -> Movement {
    Movement {
        entry: 9_001,
        posting_date: day(on),
        account: account.to_owned(),
        profit_center: None,
        currency: "USD".to_owned(),
        amount: d(amount),
        local: d(amount),
        tax: false,
        key: None,
        text: "entered by hand".to_owned(),
    }
}

/// `"5010 CHI 1000.00 = 1000.00 + 0.00"`: SAP's movement of an account is ours and what is not.
fn tied(report: &Reconciliation) -> Vec<String> {
    let row = |row: &TieOutRow| {
        let center = row.profit_center.as_deref().unwrap_or("-");
        let (ours, foreign) = (row.amounts.by_key, row.amounts.foreign);
        let whole = row.amounts.in_ledger();
        format!("{} {center} {whole:.2} = {ours:.2} + {foreign:.2}", row.account)
    };
    report.tie_out.rows.iter().map(row).collect()
}

#[test]
fn every_account_of_the_ledger_is_ours_by_key_and_what_is_not_ours_is_listed() {
    let world = World::with_tax();
    world.put([
        subcontract(1, &[(11, "03-300", "1,000")]),
        requisition(71, 1, &[(11, "400", "400", "40", "0")], "360"),
    ]);
    world.sync();
    world.ledger.enter(movement("5010", "2026-03-02", "55"));
    world.ledger.enter(movement("2110", "2026-03-02", "-55"));
    world.ledger.enter(movement("5010", "2025-12-31", "7"));
    let report = world.reconcile();
    assert_eq!(
        tied(&report),
        [
            "1610 - 80.00 = 80.00 + 0.00",
            "2110 - -447.00 = -392.00 + -55.00",
            "2115 - -40.00 = -40.00 + 0.00",
            "2160 - -648.00 = -648.00 + 0.00",
            "5010 - 55.00 = 0.00 + 55.00",
            "5010 CHI 1000.00 = 1000.00 + 0.00",
        ]
    );
    let tie_out = &report.tie_out;
    let tax = tie_out.tax["USD"];
    assert_eq!((tax.in_journal, tax.of_documents), (d("80"), d("80")));
    let foreign = &tie_out.rows[4].foreign_movements;
    assert_eq!(
        (foreign.len(), foreign[0].entry),
        (1, 9_001),
        "what is before the cut-over is not read"
    );
    assert_eq!((tie_out.ties(), report.exit_code()), (true, 0));
}

#[test]
fn a_journal_that_says_another_amount_than_its_document_does_not_tie() {
    let world = World::of([direct_cost(9, "invoice", &[(91, "03-300", "300")])]);
    world.sync();
    let mut off = movement("5010", "2026-03-05", "1");
    off.key = Some(world.held(dc(9))[0].key);
    off.profit_center = Some("CHI".to_owned());
    world.ledger.enter(off);
    let report = world.reconcile();
    assert_eq!(report.differences(), [], "the documents themselves agree");
    assert_eq!(report.tie_out.differences()["USD"], d("1"));
    assert_eq!(report.exit_code(), 1);
}

#[test]
fn every_basis_ties_out_after_the_worked_example() {
    for basis in Basis::ALL {
        // Invoices would recognise the cost a second time where the commitment is cost already.
        let invoices = (!basis.recognises_commitments()).then(|| World::on(basis).with_invoices());
        for world in [Some(World::on(basis)), invoices].into_iter().flatten() {
            for step in ["commitment", "both COs", "requisition 1", "requisition 2", "direct cost"]
            {
                crate::worked_example::enter(&world, step, false);
                world.sync();
                let report = world.reconcile();
                assert!(report.tie_out.ties(), "{basis:?} {step}: {report:#?}");
                assert!(report.tie_out.rows.iter().all(|row| row.foreign_count == 0));
            }
        }
    }
}

#[test]
fn documents_tie_on_the_control_account_on_which_they_stand_whatever_is_named_by_now() {
    // A commitment's invoice on 2160, before the company names 2161.
    let mut world = World::of([subcontract(1, &[(11, "03-300", "1,000")])]);
    world.sync();
    world.ledger.edit_catalog(|catalog| {
        let mut renamed = account("2161", "Unbilled commitments, new");
        renamed.control = true;
        catalog.accounts.insert(renamed);
    });
    world.policy.unbilled_account = Some("2161".to_owned());
    world.put([subcontract(2, &[(21, "03-300", "50")])]);
    world.sync();
    let report = world.reconcile();
    assert_eq!(
        tied(&report),
        [
            "2160 - -1000.00 = -1000.00 + 0.00",
            "2161 - -50.00 = -50.00 + 0.00",
            "5010 CHI 1050.00 = 1050.00 + 0.00",
        ]
    );
    assert_eq!(report.tie_out.differences(), BTreeMap::new());

    // What is billed on 2110, before the vendor gets another account in SAP.
    let world = World::on(Basis::Progress).with_invoices();
    world.put([
        subcontract(1, &[(11, "03-300", "1,000")]),
        requisition(71, 1, &[(11, "400", "400", "0", "0")], "400"),
    ]);
    world.sync();
    world.ledger.edit_catalog(|catalog| {
        let mut renamed = account("2111", "Trade payables, new");
        renamed.control = true;
        catalog.accounts.insert(renamed);
        catalog.partners.get_mut("V100").unwrap().control_account = Some("2111".to_owned());
    });
    assert_eq!(world.reconcile().tie_out.differences(), BTreeMap::new());
}

#[test]
pub(crate) fn a_cancelled_document_stands_on_no_account() {
    let world = World::of([direct_cost(9, "invoice", &[(91, "03-300", "300")])]);
    world.sync();
    world.ledger.cancel(1);
    let report = world.reconcile();
    assert_eq!((report.tie_out.ties(), report.exit_code()), (true, 1));
    assert_eq!(report.projects[0].differences[0].kind, DifferenceKind::Cancelled);
}
