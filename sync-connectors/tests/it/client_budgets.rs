//! Budgets through the Procore client against the simulated Procore: rows, groups, snapshots, modifications.

use std::collections::BTreeMap;

use procore_client::{
    ErrorKind, Project,
    resources::{
        budget_snapshots::{BudgetSnapshotQuery, SnapshotType},
        budget_summaries::{BudgetGroup, BudgetSummaryQuery},
        budget_views::{Biller, BudgetRowQuery, BudgetRowType},
    },
};
use rust_decimal::Decimal;
use sync_sandbox::{
    Sandbox,
    procore::{Coding, DirectCostType, NewDirectCost, NewLine},
};

use crate::client_resources::{whole, world};

async fn view_of(project: &Project) -> procore_client::BudgetViewId {
    whole(project.budget_views(None)).await.into_values().remove(0).id
}

/// Spends money on codings that the budget does not have, and returns how many they are.
fn spend_beside_the_budget(sandbox: &Sandbox) -> usize {
    sandbox.procore.edit(|c| {
        let project = &c.projects[0];
        let cost_types: Vec<i64> = c.line_item_types.iter().map(|t| t.id).collect();
        let codes = project.cost_codes.iter().filter(|code| code.parent_id.is_some());
        let codings = codes.flat_map(|code| {
            let coding = |id: &i64| Coding { cost_code_id: code.id, line_item_type_id: *id };
            cost_types.iter().map(coding).collect::<Vec<_>>()
        });
        let free: Vec<Coding> = codings
            .filter(|coding| project.budget.iter().all(|line| line.coding != *coding))
            .take(5)
            .collect();
        let lines = free.iter().map(|coding| NewLine {
            coding: Some(*coding),
            description: "Not budgeted".to_owned(),
            amount: Decimal::new(10_050, 2),
            priced: None,
        });
        let cost = NewDirectCost {
            kind: DirectCostType::Expense,
            status: "approved".to_owned(),
            date: None,
            vendor_id: None,
            employee: None,
            invoice_number: None,
            description: "Not budgeted".to_owned(),
            tax_total: Decimal::ZERO,
            lines: lines.collect(),
        };
        let id = project.id;
        c.add_direct_cost(id, cost).unwrap();
        free.len()
    })
}

#[tokio::test]
async fn rows_without_a_budget_line_share_the_id_zero_and_are_all_read() {
    let (sandbox, project) = world();
    let beside = spend_beside_the_budget(&sandbox);
    assert!(beside > 1);
    let view = view_of(&project).await;
    let rows = |kind: BudgetRowType| {
        let query = BudgetRowQuery { row_type: Some(kind), ..BudgetRowQuery::default() };
        whole(project.budget_detail_rows(view, &query).per_page(2))
    };
    let unbudgeted = rows(BudgetRowType::Unbudgeted).await;
    assert!(unbudgeted.complete);
    assert_eq!(unbudgeted.records.len(), beside);
    for row in unbudgeted.into_values() {
        assert_eq!(row.fixed.id.map(|id| id.get()), Some(0));
        assert_eq!(row.fixed.budgeted, Some(false));
        assert!(row.fixed.unbudgeted_reason.is_some());
        assert_eq!(row.amount("Cost to Date"), Ok(Some(Decimal::new(10_050, 2))));
    }
    let budgeted = rows(BudgetRowType::Budgeted).await.records.len();
    assert_eq!(rows(BudgetRowType::All).await.records.len(), budgeted + beside);
}

#[tokio::test]
async fn summary_rows_add_up_to_the_budget_however_they_are_grouped() {
    let (sandbox, project) = world();
    let view = view_of(&project).await;
    let held = sandbox.procore.read(|c| c.projects[0].clone());
    let total: Decimal = held.budget.iter().map(|line| line.amount).sum();
    for group_by in [
        vec![],
        vec![BudgetGroup::Project],
        vec![BudgetGroup::CostCode, BudgetGroup::Category],
        vec![BudgetGroup::RootCostCodeName],
    ] {
        let query = BudgetSummaryQuery { group_by, ..BudgetSummaryQuery::default() };
        let rows = whole(project.budget_summary_rows(view, &query).per_page(4)).await.into_values();
        let sum: Decimal = rows.iter().filter_map(|row| row.fixed.original_budget_amount).sum();
        assert_eq!(sum, total, "{query:?}");
        assert!(rows.iter().all(|row| row.fixed.name.is_some()));
    }
    // Every pair of cost code and cost type has a row, although the rows of one cost type share its id.
    let query = BudgetSummaryQuery {
        group_by: vec![BudgetGroup::CostCode, BudgetGroup::Category],
        billers: vec![Biller::Project(project.id())],
        ..BudgetSummaryQuery::default()
    };
    let rows = whole(project.budget_summary_rows(view, &query).per_page(3)).await;
    let own = held.budget.iter().filter(|line| {
        held.cost_code(line.coding.cost_code_id).is_some_and(|code| code.sub_job_id.is_none())
    });
    assert_eq!(rows.records.len(), own.count());

    let query = BudgetSummaryQuery {
        group_by: vec![BudgetGroup::Other("vendor".to_owned())],
        ..BudgetSummaryQuery::default()
    };
    let refused = project.budget_summary_rows(view, &query).all().await.unwrap_err();
    assert_eq!((refused.kind(), refused.status()), (ErrorKind::Invalid, Some(400)));
    assert!(!refused.api_messages().is_empty());
}

#[tokio::test]
async fn a_snapshot_keeps_the_budget_that_it_was_made_of() {
    let (sandbox, project) = world();
    let id = project.id().get();
    let kept = sandbox.procore.edit(|c| {
        c.keep_budget(id, "March", "ad_hoc").unwrap();
        c.keep_budget(id, "April", "project_status_snapshot").unwrap()
    });
    let held = sandbox.procore.read(|c| c.projects[0].budget.clone());
    let before: BTreeMap<i64, Decimal> = held.iter().map(|line| (line.id, line.amount)).collect();
    sandbox.procore.edit(|c| {
        c.project_mut(id).unwrap().budget.iter_mut().for_each(|line| line.amount += Decimal::ONE);
    });

    let all = whole(project.budget_snapshots(&BudgetSnapshotQuery::default())).await;
    assert_eq!(all.records.len(), 2);
    let query = BudgetSnapshotQuery {
        kind: Some(SnapshotType::ProjectStatus),
        ..BudgetSnapshotQuery::default()
    };
    let snapshot = whole(project.budget_snapshots(&query)).await.into_values().remove(0);
    assert_eq!((snapshot.id.get(), snapshot.name.as_deref()), (kept, Some("April")));
    let view = view_of(&project).await;
    assert_eq!(snapshot.budget_view.and_then(|view| view.id), Some(view));

    let query =
        BudgetRowQuery { row_type: Some(BudgetRowType::Budgeted), ..BudgetRowQuery::default() };
    let rows = whole(project.budget_snapshot_detail_rows(snapshot.id, &query)).await;
    let found: BTreeMap<i64, Decimal> = rows
        .into_values()
        .iter()
        .filter_map(|row| Some((row.fixed.id?.get(), row.fixed.original_budget_amount?)))
        .collect();
    assert_eq!(found, before);

    let groups = project.budget_snapshot_summary_rows(snapshot.id, &BudgetSummaryQuery::default());
    let lines = whole(groups).await.into_values();
    let lines: usize = lines.iter().map(|row| row.fixed.budget_line_item_ids.len()).sum();
    assert_eq!(lines, before.len());

    let of_status = whole(project.project_status_snapshots(view, &Default::default())).await;
    assert_eq!(of_status.into_values()[0].id, snapshot.id);
    let nobody = project.budget_snapshot_detail_rows(1.into(), &query).all().await.unwrap_err();
    assert_eq!(nobody.kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn modifications_change_rows_until_the_project_moves_to_budget_changes() {
    let (sandbox, project) = world();
    let id = project.id().get();
    assert_eq!(project.budget_state().await.unwrap().value.locked, Some(false));
    let lines = sandbox.procore.read(|c| c.projects[0].budget.clone());
    let amount = Decimal::new(123_456, 2);
    sandbox.procore.edit(|c| {
        c.modify_budget(id, Some(lines[0].id), lines[1].id, amount).unwrap();
        c.modify_budget(id, None, lines[1].id, Decimal::ONE).unwrap();
    });
    let listed = whole(project.budget_modifications()).await.into_values();
    assert_eq!(listed[0].transfer_amount, Some(amount));
    assert_eq!(listed[1].from_budget_line_item_id, None);

    let view = view_of(&project).await;
    let allocations = project.budget_allocations(view).await.unwrap();
    let modified: Vec<Decimal> = allocations
        .iter()
        .map(|allocation| allocation.modifications)
        .filter(|amount| !amount.is_zero())
        .collect();
    assert_eq!(modified.len(), 2);
    assert_eq!(modified.iter().sum::<Decimal>(), Decimal::ONE);

    let coding = lines[0].coding;
    sandbox.procore.edit(|c| {
        c.add_budget_change(id, "Moved", "approved", &[(coding, Decimal::ONE)]).unwrap();
    });
    let refused = project.budget_modifications().all().await.unwrap_err();
    assert_eq!((refused.kind(), refused.status()), (ErrorKind::Invalid, Some(405)));
}
