//! What subcontractors bill: the worked example of the accounting rules, chains and edits of
//! requisitions, and posting periods.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use sync_core::{
    model::DocumentType::{JournalEntry, PurchaseInvoice},
    policy::{ClosedPeriod, TaxInJournal},
    states::{FindingKind, Reason, RecordState},
};
use sync_sandbox::contractor::books::PeriodState;

use crate::{
    month::posted,
    world::{Made, Work, World, amount, day},
};

fn work(line: i64, completed: &'static str, retained_percent: &'static str) -> Work {
    Work { line, completed, retained_percent, released: "0" }
}

fn month(month: u32) -> NaiveDate {
    day(2026, month, 1)
}

/// Cost, tax, unbilled, trade vendor and retainage as SAP's own ledger says.
fn balances(world: &World) -> [Decimal; 5] {
    let ledger = world.sandbox.service_layer.ledger();
    let cost = ledger.balance_of(|row| row.account.starts_with('5'));
    let on = |account: &str| ledger.balance(account);
    [cost, on("1510"), on("2160"), on("2110"), on("2115")]
}

fn golden(row: [i64; 5]) -> [Decimal; 5] {
    row.map(Decimal::from)
}

#[tokio::test]
async fn the_worked_example_ends_in_the_balances_of_the_golden_table() {
    let mut world = World::quiet().await;
    for project in world.tables.projects.values_mut() {
        project.tax_code = Some("TX8".to_owned());
    }
    world.remap();
    world.policy.tax_in_journal = TaxInJournal::Account("1510".to_owned());

    let contract =
        world.subcontract("SC-001", &[("03-300", "M", "6500.00"), ("02-300", "S", "3500.00")]);
    world.sync().await;
    assert_eq!(balances(&world), golden([10_000, 800, -10_800, 0, 0]));

    let more = world.change_order(&contract, &[("03-300", "M", "1000.00")]);
    let less = world.change_order(&contract, &[("02-300", "S", "-500.00")]);
    world.sync().await;
    assert_eq!(balances(&world), golden([10_500, 840, -11_340, 0, 0]));

    world.requisition(&contract, month(4), &[work(contract.lines[0], "4000.00", "10")]);
    world.sync().await;
    assert_eq!(balances(&world), golden([10_500, 840, -7_020, -3_920, -400]));

    let last = [
        Work { released: "650.00", ..work(contract.lines[0], "2500.00", "10") },
        work(contract.lines[1], "3500.00", "0"),
        work(more.lines[0], "1000.00", "0"),
        work(less.lines[0], "-500.00", "0"),
    ];
    world.requisition(&contract, month(5), &last);
    world.sync().await;
    assert_eq!(balances(&world), golden([10_500, 840, 0, -11_340, 0]));

    let cost = world.direct_cost("INV-1", day(2026, 5, 4), &[("03-300", "M", "300.00")]);
    world.edit(|company, project| {
        let costs = &mut company.project_mut(project).unwrap().direct_costs;
        costs.iter_mut().find(|c| c.id == cost.id).unwrap().tax_total = amount("24.00");
    });
    let report = world.sync().await;
    assert_eq!(report.exit_code(), 0, "{:?}", report.exceptions);
    assert_eq!(balances(&world), golden([10_800, 864, 0, -11_664, 0]));
    world.reconciled().await;
    assert_eq!(world.sync().await.documents, []);
}

async fn with_subcontract() -> (World, Made) {
    let world = World::quiet().await;
    let contract =
        world.subcontract("SC-001", &[("03-300", "M", "1000.00"), ("02-300", "S", "500.00")]);
    assert_eq!(posted(&world.sync().await), [(PurchaseInvoice, amount("1500.00"))]);
    (world, contract)
}

#[tokio::test]
async fn a_new_requisition_moves_unbilled_to_payable_and_retainage() {
    let (world, contract) = with_subcontract().await;
    world.requisition(&contract, month(4), &[work(contract.lines[0], "400.00", "10")]);
    assert_eq!(posted(&world.sync().await), [(JournalEntry, Decimal::ZERO)]);
    let figures = ["1500", "0", "-1100", "-360", "-40"].map(amount);
    assert_eq!(balances(&world), figures);
    world.proved().await;
}

#[tokio::test]
async fn an_edited_requisition_is_posted_for_the_difference() {
    let (world, contract) = with_subcontract().await;
    let requisition =
        world.requisition(&contract, month(4), &[work(contract.lines[0], "400.00", "10")]);
    world.sync().await;
    for (completed, retained) in [("600.00", "60.00"), ("100.00", "0.00"), ("400.00", "40.00")] {
        world.edit(|company, project| {
            let now = company.now;
            let all = &mut company.project_mut(project).unwrap().requisitions;
            let own = all.iter_mut().find(|r| r.id == requisition.id).unwrap();
            let items = &mut own.items;
            let item = items.iter_mut().find(|i| i.line_item_id == contract.lines[0]).unwrap();
            item.work_this_period = amount(completed);
            item.work_retainage_this_period = amount(retained);
            own.updated_at = now;
        });
        assert_eq!(posted(&world.sync().await), [(JournalEntry, Decimal::ZERO)], "{completed}");
        world.proved().await;
    }
}

#[tokio::test]
async fn a_requisition_waits_while_its_predecessor_is_a_draft() {
    let (world, contract) = with_subcontract().await;
    let first = world.requisition(&contract, month(3), &[work(contract.lines[0], "400.00", "10")]);
    let second = world.requisition(&contract, month(4), &[work(contract.lines[0], "100.00", "10")]);
    world.set_status(&first, "draft");
    let report = world.sync().await;
    assert_eq!((posted(&report), report.exit_code()), (vec![], 0));
    let waiting = (RecordState::Waiting, Some(Reason::WaitingForPrevious));
    assert_eq!(world.standing(second.key).await, waiting);
    assert_eq!(world.standing(first.key).await.0, RecordState::NotPostable);
    world.proved_but(&[second.key]).await;
    world.set_status(&first, "approved");
    assert_eq!(world.sync().await.documents.len(), 2);
    world.proved().await;
}

#[tokio::test]
async fn children_wait_while_their_commitment_is_not_approved() {
    let world = World::quiet().await;
    let contract = world.subcontract("SC-001", &[("03-300", "M", "1000.00")]);
    world.set_status(&contract, "Out For Signature");
    let change = world.change_order(&contract, &[("03-300", "M", "50.00")]);
    let requisition =
        world.requisition(&contract, month(4), &[work(contract.lines[0], "100.00", "10")]);
    let report = world.sync().await;
    assert_eq!((posted(&report), report.exit_code()), (vec![], 0));
    let waiting = (RecordState::Waiting, Some(Reason::WaitingForParent));
    assert_eq!(world.standing(change.key).await, waiting);
    assert_eq!(world.standing(requisition.key).await, waiting);
    world.set_status(&contract, "Approved");
    assert_eq!(world.sync().await.documents.len(), 3);
    world.proved().await;
}

#[tokio::test]
async fn billing_above_what_is_approved_is_held_until_a_change_order_covers_it() {
    let (world, contract) = with_subcontract().await;
    let requisition =
        world.requisition(&contract, month(4), &[work(contract.lines[0], "1600.00", "10")]);
    let report = world.sync().await;
    assert_eq!((posted(&report), report.exit_code()), (vec![], 2));
    let held = (RecordState::Held, Some(Reason::OverBilling));
    assert_eq!(world.standing(requisition.key).await, held);
    world.change_order(&contract, &[("03-300", "M", "100.00")]);
    assert_eq!(world.sync().await.documents.len(), 2);
    world.proved().await;
}

#[tokio::test]
async fn a_date_in_a_closed_period_moves_to_the_next_open_one_and_says_so() {
    let world = World::quiet().await;
    let sap = &world.sandbox.service_layer;
    assert!(sap.set_period("2026-03", PeriodState::Locked));
    assert!(sap.set_period("2026-04", PeriodState::Closing));
    let cost = world.direct_cost("INV-1", day(2026, 3, 10), &[("03-300", "M", "70.00")]);
    let report = world.sync().await;
    assert_eq!(posted(&report), [(JournalEntry, amount("70.00"))]);
    assert_eq!(report.exit_code(), 0, "a finding needs nobody");
    let found: Vec<_> = report.findings.iter().map(|row| (row.key, row.finding.kind)).collect();
    assert_eq!(found, [(cost.key, FindingKind::MovedToOpenPeriod)]);
    assert_eq!(sap.journal_entries()[0].date, Some(day(2026, 5, 1)));
    world.proved().await;
}

#[tokio::test]
async fn a_closed_period_holds_where_the_company_says_so_or_the_year_ends() {
    let mut world = World::quiet().await;
    let cost = world.direct_cost("INV-1", day(2026, 3, 10), &[("03-300", "M", "70.00")]);
    world.policy.closed_period = ClosedPeriod::Hold;
    for period in ["2026-03", "2026-04", "2026-05", "2026-06"] {
        assert!(world.sandbox.service_layer.set_period(period, PeriodState::Locked));
    }
    assert_eq!(posted(&world.sync().await), []);
    let reason = |reason| (RecordState::Held, Some(reason));
    assert_eq!(world.standing(cost.key).await, reason(Reason::PeriodClosed));
    world.policy.closed_period = ClosedPeriod::NextOpen;
    assert_eq!(world.sync().await.exit_code(), 2);
    assert_eq!(world.standing(cost.key).await, reason(Reason::CrossesFiscalYear));
    world.sandbox.service_layer.set_period("2026-06", PeriodState::Open);
    assert_eq!(posted(&world.sync().await), [(JournalEntry, amount("70.00"))]);
    world.proved().await;
}

#[tokio::test]
async fn a_date_after_today_waits_without_asking_anyone() {
    let world = World::quiet().await;
    let cost = world.direct_cost("INV-1", day(2026, 6, 20), &[("03-300", "M", "70.00")]);
    let report = world.sync().await;
    assert_eq!((posted(&report), report.exit_code()), (vec![], 0));
    assert_eq!(world.standing(cost.key).await.0, RecordState::FutureDated);
    world.reconciled().await;
    world.pass(chrono::TimeDelta::days(6));
    assert_eq!(posted(&world.sync().await), [(JournalEntry, amount("70.00"))]);
    world.proved().await;
}
