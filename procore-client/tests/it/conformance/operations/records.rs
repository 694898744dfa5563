//! Financial records with their lines, and budgets.

use procore_client::resources::budget_changes::{BudgetAdjustment, BudgetChange};
use procore_client::resources::budget_line_items::BudgetLineItem;
use procore_client::resources::budget_modifications::BudgetModification;
use procore_client::resources::budget_rows::BudgetRow;
use procore_client::resources::budget_snapshots::{BudgetSnapshot, ProjectStatusSnapshot};
use procore_client::resources::budget_summaries::BudgetSummary;
use procore_client::resources::budget_views::{
    BudgetColumn, BudgetState, BudgetView, BudgetViewSort,
};
use procore_client::resources::change_order_batches::ChangeOrderBatch;
use procore_client::resources::change_order_packages::ChangeOrderPackage;
use procore_client::resources::change_order_requests::ChangeOrderRequest;
use procore_client::resources::commitment_change_orders::{ChangeOrderView, CommitmentChangeOrder};
use procore_client::resources::commitment_contracts::{
    CommitmentContract, CommitmentContractSummary, ContractView,
};
use procore_client::resources::commitments::{Commitment, CommitmentLineView};
use procore_client::resources::contract_detail_lines::ContractDetailLine;
use procore_client::resources::contract_payments::ContractPayment;
use procore_client::resources::direct_costs::DirectCost;
use procore_client::resources::filters::Sort;
use procore_client::resources::invoice_configurations::InvoiceConfiguration;
use procore_client::resources::line_items::LineItem;
use procore_client::resources::markups::Markup;
use procore_client::resources::potential_change_orders::PotentialChangeOrder;
use procore_client::resources::requisition_details::RequisitionDetail;
use procore_client::resources::requisition_histories::RequisitionChange;
use procore_client::resources::requisitions::{Requisition, RequisitionItem, RequisitionView};

use super::{Modelled, full, shape};

pub(super) const MODELLED: &[Modelled] = &[
    list!(
        "/rest/v1.0/purchase_order_contracts",
        "Project::purchase_order_contracts",
        Commitment,
        |p| p.purchase_order_contracts(&full::commitments())
    ),
    show!(
        "/rest/v1.0/purchase_order_contracts/{id}",
        "Project::purchase_order_contract",
        Commitment,
        |p| p.purchase_order_contract(5.into())
    ),
    list!(
        "/rest/v1.0/purchase_order_contracts/{purchase_order_contract_id}/line_items",
        "Project::purchase_order_contract_line_items",
        LineItem,
        |p| p.purchase_order_contract_line_items(
            5.into(),
            &full::lines(),
            Some(&CommitmentLineView::Default)
        )
    ),
    list!("/rest/v1.0/work_order_contracts", "Project::work_order_contracts", Commitment, |p| p
        .work_order_contracts(&full::commitments())),
    show!(
        "/rest/v1.0/work_order_contracts/{id}",
        "Project::work_order_contract",
        Commitment,
        |p| { p.work_order_contract(5.into()) }
    ),
    list!(
        "/rest/v1.0/work_order_contracts/{work_order_contract_id}/line_items",
        "Project::work_order_contract_line_items",
        LineItem,
        |p| p.work_order_contract_line_items(
            5.into(),
            &full::lines(),
            Some(&CommitmentLineView::SsovSourceLines)
        )
    ),
    list!(
        "/rest/v2.0/companies/{company_id}/projects/{project_id}/commitment_contracts",
        "Project::commitment_contracts",
        CommitmentContract,
        |p| p.commitment_contracts(&full::commitment_contracts())
    ),
    show!(
        "/rest/v2.0/companies/{company_id}/projects/{project_id}/commitment_contracts/{commitment_contract_id}",
        "Project::commitment_contract",
        CommitmentContract,
        |p| p.commitment_contract(5.into(), Some(&ContractView::Extended))
    ),
    show!(
        "/rest/v2.0/companies/{company_id}/projects/{project_id}/commitment_contracts/{contract_id}/summary",
        "Project::commitment_contract_summary",
        CommitmentContractSummary,
        |p| p.commitment_contract_summary(5.into())
    ),
    list!(
        "/rest/v2.0/companies/{company_id}/projects/{project_id}/commitment_contracts/{commitment_contract_id}/line_items",
        "Project::commitment_contract_line_items",
        LineItem,
        |p| p.commitment_contract_line_items(5.into(), Some(&ContractView::Extended))
    ),
    list!(
        "/rest/v1.0/projects/{project_id}/commitment_change_orders",
        "Project::commitment_change_orders",
        CommitmentChangeOrder,
        |p| p.commitment_change_orders(&full::change_orders())
    ),
    show!(
        "/rest/v1.0/projects/{project_id}/commitment_change_orders/{id}",
        "Project::commitment_change_order",
        CommitmentChangeOrder,
        |p| p.commitment_change_order(5.into(), Some(&ChangeOrderView::Extended))
    ),
    list!(
        "/rest/v2.0/companies/{company_id}/projects/{project_id}/commitment_change_orders/{commitment_change_order_id}/line_items",
        "Project::commitment_change_order_line_items",
        LineItem,
        |p| p.commitment_change_order_line_items(5.into())
    ),
    list!(
        "/rest/v1.0/change_order_packages",
        "Project::change_order_packages",
        ChangeOrderPackage,
        |p| p.change_order_packages(&full::packages())
    ),
    show!(
        "/rest/v1.0/change_order_packages/{id}",
        "Project::change_order_package",
        ChangeOrderPackage,
        |p| p.change_order_package(5.into(), Some(6.into()))
    ),
    list!(
        "/rest/v1.0/change_order_requests",
        "Project::change_order_requests",
        ChangeOrderRequest,
        |p| p.change_order_requests(5.into(), &full::requests())
    ),
    show!(
        "/rest/v1.0/change_order_requests/{id}",
        "Project::change_order_request",
        ChangeOrderRequest,
        |p| p.change_order_request(5.into(), 6.into())
    ),
    list!(
        "/rest/v1.0/potential_change_orders",
        "Project::potential_change_orders",
        PotentialChangeOrder,
        |p| p.potential_change_orders(&full::potential())
    ),
    show!(
        "/rest/v1.0/potential_change_orders/{id}",
        "Project::potential_change_order",
        PotentialChangeOrder,
        |p| p.potential_change_order(5.into(), 6.into())
    ),
    list!(
        "/rest/v1.0/potential_change_orders/{potential_change_order_id}/line_items",
        "Project::potential_change_order_line_items",
        LineItem,
        |p| p.potential_change_order_line_items(5.into(), &full::lines())
    ),
    list!(
        "/rest/v1.1/projects/{project_id}/direct_costs",
        "Project::direct_costs",
        DirectCost,
        |p| { p.direct_costs(&full::direct_costs()) }
    ),
    show!(
        "/rest/v1.1/projects/{project_id}/direct_costs/{id}",
        "Project::direct_cost",
        DirectCost,
        |p| p.direct_cost(5.into())
    ),
    list!(
        "/rest/v1.0/projects/{project_id}/direct_costs/line_items",
        "Project::direct_cost_line_items",
        LineItem,
        |p| p.direct_cost_line_items(&full::direct_cost_lines())
    ),
    list!(
        "/rest/v1.0/projects/{project_id}/direct_costs/{direct_cost_id}/line_items",
        "Project::direct_cost_line_items_of",
        LineItem,
        |p| p.direct_cost_line_items_of(5.into(), &full::lines())
    ),
    list!("/rest/v1.1/requisitions", "Project::requisitions", Requisition, |p| p
        .requisitions(&full::requisitions())),
    show!("/rest/v1.1/requisitions/{id}", "Project::requisition", Requisition, |p| p
        .requisition(5.into(), &RequisitionView::ActionPolicy)),
    list!(
        "/rest/v1.0/requisitions/{requisition_id}/contract_items",
        "Project::requisition_contract_items",
        RequisitionItem,
        |p| p.requisition_contract_items(5.into())
    ),
    list!(
        "/rest/v1.0/requisitions/{requisition_id}/contract_detail_items",
        "Project::requisition_contract_detail_items",
        RequisitionItem,
        |p| p.requisition_contract_detail_items(5.into())
    ),
    list!(
        "/rest/v1.0/requisitions/{requisition_id}/change_order_items",
        "Project::requisition_change_order_items",
        RequisitionItem,
        |p| p.requisition_change_order_items(5.into(), &full::change_order_items())
    ),
    list!(
        "/rest/v1.0/requisitions/{requisition_id}/change_histories",
        "Project::requisition_change_histories",
        RequisitionChange,
        |p| p.requisition_change_histories(5.into())
    ),
    list!("/rest/v1.0/contract_payments", "Project::contract_payments", ContractPayment, |p| p
        .contract_payments(5.into())),
    list!("/rest/v1.0/budget_views", "Project::budget_views", BudgetView, |p| p
        .budget_views(Some(Sort::descending(BudgetViewSort::CreatedAt)))),
    list!(
        "/rest/v1.0/budget_views/{budget_view_id}/budget_detail_columns",
        "Project::budget_detail_columns",
        BudgetColumn,
        |p| p.budget_detail_columns(5.into())
    ),
    list!(
        "/rest/v1.0/budget_views/{budget_view_id}/detail_rows",
        "Project::budget_detail_rows",
        BudgetRow,
        |p| p.budget_detail_rows(5.into(), &full::budget_rows())
    ),
    list!(
        "/rest/v1.0/budget_views/{budget_view_id}/summary_rows",
        "Project::budget_summary_rows",
        BudgetSummary,
        |p| p.budget_summary_rows(5.into(), &full::budget_summaries())
    ),
    list!("/rest/v1.0/budget_view_snapshots", "Project::budget_snapshots", BudgetSnapshot, |p| p
        .budget_snapshots(&full::budget_snapshots())),
    list!(
        "/rest/v1.0/budget_view_snapshots/{budget_view_snapshot_id}/detail_rows",
        "Project::budget_snapshot_detail_rows",
        BudgetRow,
        |p| p.budget_snapshot_detail_rows(5.into(), &full::budget_rows())
    ),
    list!(
        "/rest/v1.0/budget_view_snapshots/{budget_view_snapshot_id}/summary_rows",
        "Project::budget_snapshot_summary_rows",
        BudgetSummary,
        |p| p.budget_snapshot_summary_rows(5.into(), &full::budget_summaries())
    ),
    list!(
        "/rest/v2.0/companies/{company_id}/projects/{project_id}/budget_views/{budget_view_id}/project_status_snapshots",
        "Project::project_status_snapshots",
        ProjectStatusSnapshot,
        |p| p.project_status_snapshots(5.into(), &full::project_status_snapshots())
    ),
    show!("/rest/v1.0/projects/{project_id}/budget", "Project::budget_state", BudgetState, |p| p
        .budget_state()),
    list!(
        "/rest/v1.0/projects/{project_id}/budget_modifications",
        "Project::budget_modifications",
        BudgetModification,
        |p| p.budget_modifications()
    ),
    show!("/rest/v1.1/budget_line_items/{id}", "Project::budget_line_item", BudgetLineItem, |p| p
        .budget_line_item(5.into())),
    list!(
        "/rest/v1.0/projects/{project_id}/budget_changes",
        "Project::budget_changes",
        BudgetChange,
        |p| p.budget_changes(&full::budget_changes())
    ),
    show!(
        "/rest/v1.0/projects/{project_id}/budget_changes/{id}",
        "Project::budget_change",
        BudgetChange,
        |p| p.budget_change(5.into())
    ),
    list!(
        "/rest/v2.0/companies/{company_id}/projects/{project_id}/budget_changes/adjustment_line_items",
        "Project::budget_adjustment_line_items",
        BudgetAdjustment,
        |p| p.budget_adjustment_line_items()
    ),
    show!(
        "/rest/v1.0/purchase_order_contracts/{purchase_order_contract_id}/line_items/{id}",
        "Project::purchase_order_contract_line_item",
        LineItem,
        |p| p.purchase_order_contract_line_item(
            5.into(),
            6.into(),
            Some(&CommitmentLineView::Default)
        )
    ),
    list!(
        "/rest/v1.0/purchase_order_contracts/{purchase_order_contract_id}/line_item_contract_details",
        "Project::purchase_order_contract_detail_lines",
        ContractDetailLine,
        |p| p.purchase_order_contract_detail_lines(5.into(), &full::detail_lines())
    ),
    show!(
        "/rest/v1.0/work_order_contracts/{work_order_contract_id}/line_items/{id}",
        "Project::work_order_contract_line_item",
        LineItem,
        |p| p.work_order_contract_line_item(5.into(), 6.into(), Some(&CommitmentLineView::Default))
    ),
    list!(
        "/rest/v1.0/work_order_contracts/{work_order_contract_id}/line_item_contract_details",
        "Project::work_order_contract_detail_lines",
        ContractDetailLine,
        |p| p.work_order_contract_detail_lines(5.into(), &full::detail_lines())
    ),
    show!(
        "/rest/v2.0/companies/{company_id}/projects/{project_id}/commitment_contracts/{commitment_contract_id}/line_items/{id}",
        "Project::commitment_contract_line_item",
        LineItem,
        |p| p.commitment_contract_line_item(5.into(), 6.into())
    ),
    show!(
        "/rest/v1.0/projects/{project_id}/contracts/{contract_id}/invoice_configuration",
        "Project::invoice_configuration",
        InvoiceConfiguration,
        |p| p.invoice_configuration(5.into())
    ),
    show!(
        "/rest/v2.0/companies/{company_id}/projects/{project_id}/commitment_change_orders/{commitment_change_order_id}/line_items/{id}",
        "Project::commitment_change_order_line_item",
        LineItem,
        |p| p.commitment_change_order_line_item(5.into(), 6.into())
    ),
    list!(
        "/rest/v1.0/projects/{project_id}/commitment_change_order_batches",
        "Project::commitment_change_order_batches",
        ChangeOrderBatch,
        |p| p.commitment_change_order_batches(&full::batches())
    ),
    show!(
        "/rest/v1.0/projects/{project_id}/commitment_change_order_batches/{id}",
        "Project::commitment_change_order_batch",
        ChangeOrderBatch,
        |p| p.commitment_change_order_batch(5.into())
    ),
    show!(
        "/rest/v1.0/potential_change_orders/{potential_change_order_id}/line_items/{id}",
        "Project::potential_change_order_line_item",
        LineItem,
        |p| p.potential_change_order_line_item(5.into(), 6.into())
    ),
    list!("/rest/v1.0/financials/markups", "Project::markups", Markup, |p| p
        .markups(5.into(), &full::markups())),
    show!(
        "/rest/v1.0/projects/{project_id}/direct_costs/{direct_cost_id}/line_items/{id}",
        "Project::direct_cost_line_item",
        LineItem,
        |p| p.direct_cost_line_item(5.into(), 6.into())
    ),
    show!(
        "/rest/v1.0/requisitions/{requisition_id}/contract_items/{id}",
        "Project::requisition_contract_item",
        RequisitionItem,
        |p| p.requisition_contract_item(5.into(), 6.into())
    ),
    show!(
        "/rest/v1.0/requisitions/{requisition_id}/contract_detail_items/{id}",
        "Project::requisition_contract_detail_item",
        RequisitionItem,
        |p| p.requisition_contract_detail_item(5.into(), 6.into())
    ),
    show!(
        "/rest/v1.0/requisitions/{requisition_id}/change_order_items/{id}",
        "Project::requisition_change_order_item",
        RequisitionItem,
        |p| p.requisition_change_order_item(5.into(), 6.into())
    ),
    list!(
        "/rest/v1.0/requisitions/{requisition_id}/detail",
        "Project::requisition_detail",
        RequisitionDetail,
        |p| p.requisition_detail(5.into())
    ),
];
