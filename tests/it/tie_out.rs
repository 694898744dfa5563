//! Reconciliation against SAP's own journal and Procore's budget, over both simulated systems.

use rust_decimal::Decimal;
use sync_core::states::FindingKind;
use sync_sandbox::contractor::Contractor;

use crate::world::{World, as_of};

#[tokio::test]
async fn after_a_first_cycle_every_account_ties_and_every_budget_stands_beside_its_cost() {
    let world = World::of(Contractor::small(7, as_of())).await;
    world.sync().await;
    let report = world.reconciled().await;

    let tie_out = &report.tie_out;
    assert_eq!(tie_out.unavailable, None);
    for row in &tie_out.rows {
        assert!(row.ties(), "{row:?}");
        assert_eq!((row.currency.as_str(), row.amounts), ("USD", row.local));
    }
    for tax in tie_out.tax.values() {
        assert_eq!(tax.in_journal, tax.of_documents);
    }
    let cost = |account: &str| account.starts_with('5');
    let ours: Decimal =
        tie_out.rows.iter().filter(|row| cost(&row.account)).map(|row| row.amounts.by_key).sum();
    let in_sap: Decimal = report.projects.iter().map(|project| project.in_sap).sum();
    assert_eq!(ours, in_sap, "the journal's cost by key is that of the documents");
    let whole: Decimal = tie_out
        .rows
        .iter()
        .filter(|row| cost(&row.account))
        .map(|row| row.amounts.in_ledger())
        .sum();
    let ledger = world.sandbox.service_layer.ledger();
    assert_eq!(
        whole,
        ledger.balance_of(|row| cost(&row.account)),
        "and with what is not ours, all"
    );
    assert!(!in_sap.is_zero());

    for project in &report.projects {
        let beside = &project.budget;
        assert_eq!(beside.unavailable, None);
        assert!(beside.lines.iter().any(|line| line.budget.is_some()), "{beside:?}");
        let recognised: Decimal = beside.lines.iter().map(|line| line.recognised).sum();
        assert_eq!(recognised + beside.uncoded, project.in_sap);
        assert_eq!(beside.uncoded, Decimal::ZERO, "every posted line still says its code");
        assert!(project.findings.iter().all(|row| row.finding.kind == FindingKind::NotInBudget));
        let periods: Decimal = project.periods.iter().map(|period| period.in_sap).sum();
        assert_eq!(periods, project.in_sap);
        assert!(project.periods.iter().all(|period| period.difference().is_zero()));
    }
}
