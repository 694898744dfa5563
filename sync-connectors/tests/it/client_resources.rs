//! The resources of the Procore client that the sync does not read, against the simulated Procore: paths, paging
//! and amounts agree.

use std::collections::BTreeMap;

use procore_client::{
    List, Listing, Project,
    resources::{
        budget_changes::BudgetChangeStatus, budget_rows::budget_by_cost_code,
        commitment_contracts::CommitmentContractQuery, requisitions::RequisitionView,
    },
};
use rust_decimal::Decimal;
use serde::de::DeserializeOwned;
use sync_sandbox::{
    Sandbox, SandboxOptions,
    contractor::Contractor,
    procore::{ProcoreOptions, RecordRef},
};

use crate::world::{Forgeries, procore_client};

pub(crate) fn world() -> (Sandbox, Project) {
    let as_of = chrono::NaiveDate::from_ymd_opt(2026, 11, 24).unwrap();
    let options =
        SandboxOptions { procore: ProcoreOptions::default(), ..SandboxOptions::default() };
    let sandbox = Sandbox::standing(Contractor::one_project(1, as_of), options);
    let id = sandbox.contractor.project_ids()[0].into();
    let client = procore_client(&sandbox, &Forgeries::default(), "sandbox-secret");
    let project = client.with_projects([id]).project(id).unwrap();
    (sandbox, project)
}

pub(crate) async fn whole<T: DeserializeOwned>(list: List<T>) -> Listing<T> {
    let listing = list.all().await.unwrap();
    assert!(listing.unreadable.is_empty(), "{:?}", listing.unreadable);
    listing
}

#[tokio::test]
async fn contracts_of_rest_v2_are_read_with_lines_and_summary() {
    let (sandbox, project) = world();
    let listing = whole(project.commitment_contracts(&CommitmentContractQuery::default())).await;
    let held = sandbox.procore.read(|c| c.projects[0].commitments.clone());
    assert_eq!(listing.records.len(), held.iter().filter(|c| c.deleted_at.is_none()).count());
    for contract in listing.into_values() {
        let commitment = held.iter().find(|c| c.id == contract.id.get()).unwrap();
        assert_eq!(contract.grand_total, Some(commitment.grand_total()));
        assert_eq!(contract.vendor_id().map(procore_client::VendorId::get), commitment.vendor_id);
        let lines = whole(project.commitment_contract_line_items(contract.id, None)).await;
        let sum: Decimal = lines.into_values().iter().filter_map(|line| line.amount).sum();
        assert_eq!(sum, commitment.lines.iter().map(|line| line.amount).sum::<Decimal>());
        let summary = project.commitment_contract_summary(contract.id).await.unwrap().value;
        assert!(summary.approved_change_total.is_some());
    }
}

#[tokio::test]
async fn payments_and_the_parts_of_requisitions_are_read() {
    let (sandbox, project) = world();
    let held = sandbox.procore.read(|c| c.projects[0].clone());
    for commitment in &held.commitments {
        let paid = whole(project.contract_payments(commitment.id.into())).await;
        let sum: Decimal = paid.into_values().iter().filter_map(|payment| payment.amount).sum();
        let of_contract = held.payments.iter().filter(|p| p.contract_id == commitment.id);
        assert_eq!(sum, of_contract.map(|payment| payment.amount).sum::<Decimal>());
    }
    let requisition = held.requisitions.iter().max_by_key(|r| r.items.len()).unwrap();
    let id = requisition.id.into();
    let contract = whole(project.requisition_contract_items(id)).await.records.len();
    let orders = project.requisition_change_order_items(id, &Default::default());
    assert_eq!(contract + whole(orders).await.records.len(), requisition.items.len());
    assert!(whole(project.requisition_contract_detail_items(id)).await.records.is_empty());
    let header = project.requisition(id, &RequisitionView::ActionPolicy).await.unwrap().value;
    assert!(header.items.is_empty() && header.summary().is_some());

    let reference = RecordRef::Requisition(requisition.id);
    sandbox.procore.edit(|c| c.set_status(held.id, reference, "under_review").unwrap());
    let changes = whole(project.requisition_change_histories(id)).await.into_values();
    assert_eq!(changes.last().unwrap().new_value.as_deref(), Some("under_review"));
}

#[tokio::test]
async fn what_is_budgeted_per_cost_code_is_what_the_budget_holds() {
    let (sandbox, project) = world();
    let view = whole(project.budget_views(None)).await.into_values().remove(0).id;
    let columns = whole(project.budget_detail_columns(view)).await.into_values();
    let rows = whole(project.budget_detail_rows(view, &Default::default())).await;
    for row in &rows.records {
        assert!(columns.iter().all(|column| row.value.cell(column).unwrap().is_some()));
    }
    let allocations = project.budget_allocations(view).await.unwrap();
    let mut expected: BTreeMap<i64, Decimal> = BTreeMap::new();
    let held = sandbox.procore.read(|c| c.projects[0].clone());
    for line in &held.budget {
        *expected.entry(line.coding.cost_code_id).or_default() += line.amount;
    }
    let found: BTreeMap<i64, Decimal> = budget_by_cost_code(&allocations)
        .into_iter()
        .map(|(id, total)| (id.get(), total.revised()))
        .collect();
    assert_eq!(found, expected);
    let line = project.budget_line_item(held.budget[0].id.into()).await.unwrap().value;
    assert_eq!(line.original_budget_amount, Some(held.budget[0].amount));

    let amount = Decimal::new(-125, 2);
    let change = sandbox.procore.edit(|c| {
        let lines = [(held.budget[0].coding, amount)];
        c.add_budget_change(held.id, "Equipment", "draft", &lines).unwrap()
    });
    assert_eq!(
        whole(project.budget_changes(&Default::default())).await.records[0].value.id.get(),
        change
    );
    let shown = project.budget_change(change.into()).await.unwrap().value;
    assert_eq!(shown.adjustment_line_items[0].amount, Some(amount));
    let adjusted = whole(project.budget_adjustment_line_items()).await.into_values();
    assert_eq!(adjusted[0].budget_change_status, Some(BudgetChangeStatus::Draft));
}

#[tokio::test]
async fn show_calls_and_reference_lists_are_read() {
    let (sandbox, project) = world();
    let held = sandbox.procore.read(|c| c.projects[0].clone());
    let order = &held.change_orders[0];
    let contract = order.contract_id.into();
    let potential = project.potential_change_order(order.potential_id.into(), contract).await;
    assert_eq!(potential.unwrap().value.line_items.len(), order.lines.len());
    let id = order.commitment_change_order_id.unwrap().into();
    let shown = project.commitment_change_order(id, None).await.unwrap().value;
    assert_eq!(shown.grand_total, Some(order.grand_total()));
    whole(project.change_order_requests(contract, &Default::default())).await;
    let commitment = held.commitment(order.contract_id).unwrap();
    let shown = match commitment.kind {
        sync_sandbox::procore::CommitmentKind::PurchaseOrder => {
            project.purchase_order_contract(contract).await
        }
        sync_sandbox::procore::CommitmentKind::Subcontract => {
            project.work_order_contract(contract).await
        }
    };
    assert!(!shown.unwrap().value.potential_change_orders.is_empty());
    assert!(!whole(project.client().tax_types()).await.records.is_empty());
    assert!(!whole(project.vendors(&Default::default())).await.records.is_empty());
    project.exchange_rates(Some(true)).await.unwrap();
    project.client().exchange_rates().await.unwrap();
    let cost = held.direct_costs[0].id.into();
    let lines = whole(project.direct_cost_line_items_of(cost, &Default::default())).await;
    assert_eq!(lines.records.len(), held.direct_costs[0].lines.len());
}
