//! What the crate calls: the operation, the method, the model, and the call itself.

use std::future::Future;
use std::pin::Pin;

use procore_client::Project;
use procore_client::resources::billing_periods::BillingPeriod;
use procore_client::resources::budget_changes::{BudgetAdjustment, BudgetChange};
use procore_client::resources::budget_line_items::BudgetLineItem;
use procore_client::resources::budget_modifications::BudgetModification;
use procore_client::resources::budget_rows::BudgetRow;
use procore_client::resources::budget_snapshots::{BudgetSnapshot, ProjectStatusSnapshot};
use procore_client::resources::budget_summaries::BudgetSummary;
use procore_client::resources::budget_views::{
    BudgetColumn, BudgetState, BudgetView, BudgetViewSort,
};
use procore_client::resources::change_order_packages::ChangeOrderPackage;
use procore_client::resources::change_order_requests::ChangeOrderRequest;
use procore_client::resources::commitment_change_orders::{ChangeOrderView, CommitmentChangeOrder};
use procore_client::resources::commitment_contracts::{
    CommitmentContract, CommitmentContractSummary, ContractView,
};
use procore_client::resources::commitments::{Commitment, CommitmentLineView};
use procore_client::resources::companies::Company;
use procore_client::resources::contract_payments::ContractPayment;
use procore_client::resources::cost_codes::CostCode;
use procore_client::resources::currency::{CompanyCurrency, ExchangeRates, ProjectCurrency};
use procore_client::resources::direct_costs::DirectCost;
use procore_client::resources::filters::Sort;
use procore_client::resources::line_item_types::LineItemType;
use procore_client::resources::line_items::LineItem;
use procore_client::resources::potential_change_orders::PotentialChangeOrder;
use procore_client::resources::projects::{ListedProject, ProjectDetails};
use procore_client::resources::requisition_histories::RequisitionChange;
use procore_client::resources::requisitions::{Requisition, RequisitionItem, RequisitionView};
use procore_client::resources::sub_jobs::SubJob;
use procore_client::resources::tax_codes::TaxCode;
use procore_client::resources::tax_types::TaxType;
use procore_client::resources::units_of_measure::{UnitOfMeasure, UnitOfMeasureConfiguration};
use procore_client::resources::vendors::{Vendor, VendorView};
use procore_client::resources::wbs::{Segment, SegmentItem, WbsCode, WbsPattern};
use procore_client::resources::wbs_grid::WbsGridCode;

use super::full;
use super::probe::{Shape, shape};

type Answer = Pin<Box<dyn Future<Output = Result<usize, String>> + Send>>;

/// An operation that the crate calls.
pub(super) struct Modelled {
    /// Method and path template, as the table names it.
    pub(super) operation: &'static str,
    /// The method that calls it.
    pub(super) method: &'static str,
    /// The model of its record.
    pub(super) shape: fn() -> Shape,
    /// Calls it with every parameter, and tells how many records were decoded.
    pub(super) call: fn(Project) -> Answer,
}

macro_rules! list {
    ($operation:literal, $method:literal, $model:ty, |$project:ident| $list:expr) => {
        Modelled {
            operation: concat!("GET ", $operation),
            method: $method,
            shape: shape::<$model>,
            call: |$project| {
                Box::pin(async move {
                    let listing = $list.all().await.map_err(|error| error.to_string())?;
                    match listing.unreadable.first() {
                        Some(item) => Err(format!("{}: {}", item.path, item.problem)),
                        None => Ok(listing.records.len()),
                    }
                })
            },
        }
    };
}

macro_rules! show {
    ($operation:literal, $method:literal, $model:ty, |$project:ident| $show:expr) => {
        Modelled {
            operation: concat!("GET ", $operation),
            method: $method,
            shape: shape::<$model>,
            call: |$project| {
                Box::pin(async move {
                    $show.await.map(|_| 1).map_err(|error| format!("{error} {:?}", error.path()))
                })
            },
        }
    };
}

pub(super) const MODELLED: &[Modelled] = &[
    list!("/rest/v1.0/companies", "Client::companies", Company, |p| p.client().companies()),
    list!("/rest/v1.0/projects", "Client::projects", ListedProject, |p| p
        .client()
        .projects(&full::projects())),
    list!("/rest/v1.1/projects", "Client::projects_v1_1", ListedProject, |p| p
        .client()
        .projects_v1_1(&full::projects_v1_1())),
    show!("/rest/v1.0/projects/{id}", "Project::details", ProjectDetails, |p| p.details()),
    list!("/rest/v1.0/vendors", "Client::vendors", Vendor, |p| p
        .client()
        .vendors(&full::vendors())),
    show!("/rest/v1.0/vendors/{id}", "Client::vendor", Vendor, |p| p
        .client()
        .vendor(5.into(), Some(&VendorView::Extended))),
    list!(
        "/rest/v1.0/companies/{company_id}/vendors/inactive",
        "Client::inactive_vendors",
        Vendor,
        |p| p.client().inactive_vendors(&full::inactive_vendors())
    ),
    list!("/rest/v1.1/projects/{project_id}/vendors", "Project::vendors", Vendor, |p| p
        .vendors(&full::project_vendors())),
    list!("/rest/v1.0/cost_codes", "Project::cost_codes", CostCode, |p| p
        .cost_codes(&full::cost_codes())),
    list!("/rest/v1.0/line_item_types", "Project::line_item_types", LineItemType, |p| p
        .line_item_types(&full::line_item_types())),
    list!("/rest/v1.0/sub_jobs", "Project::sub_jobs", SubJob, |p| p.sub_jobs()),
    list!("/rest/v1.0/tax_codes", "Client::tax_codes", TaxCode, |p| p.client().tax_codes()),
    list!("/rest/v1.0/tax_types", "Client::tax_types", TaxType, |p| p.client().tax_types()),
    list!(
        "/rest/v1.0/companies/{company_id}/uoms",
        "Client::units_of_measure",
        UnitOfMeasure,
        |p| p.client().units_of_measure()
    ),
    show!(
        "/rest/v1.0/companies/{company_id}/uoms/{id}",
        "Client::unit_of_measure",
        UnitOfMeasure,
        |p| p.client().unit_of_measure(5.into())
    ),
    show!(
        "/rest/v2.0/companies/{company_id}/uoms/configuration",
        "Client::unit_of_measure_configuration",
        UnitOfMeasureConfiguration,
        |p| p.client().unit_of_measure_configuration()
    ),
    show!(
        "/rest/v1.0/projects/{project_id}/work_breakdown_structure/patterns",
        "Project::wbs_pattern",
        WbsPattern,
        |p| p.wbs_pattern()
    ),
    list!(
        "/rest/v1.0/projects/{project_id}/work_breakdown_structure/segments",
        "Project::wbs_segments",
        Segment,
        |p| p.wbs_segments()
    ),
    list!(
        "/rest/v1.0/projects/{project_id}/work_breakdown_structure/segments/{segment_id}/segment_items",
        "Project::wbs_segment_items",
        SegmentItem,
        |p| p.wbs_segment_items(9.into(), &full::segment_items())
    ),
    list!(
        "/rest/v1.0/projects/{project_id}/work_breakdown_structure/wbs_codes",
        "Project::wbs_codes",
        WbsCode,
        |p| p.wbs_codes(&full::wbs_codes())
    ),
    list!(
        "/rest/v2.0/companies/{company_id}/projects/{project_id}/wbs/codes",
        "Project::wbs_grid_codes",
        WbsGridCode,
        |p| p.wbs_grid_codes(&full::wbs_grid())
    ),
    show!(
        "/rest/v1.0/companies/{company_id}/currency_configuration",
        "Client::currency_configuration",
        CompanyCurrency,
        |p| p.client().currency_configuration()
    ),
    show!(
        "/rest/v1.0/companies/{company_id}/projects/{project_id}/currency_configuration",
        "Project::currency_configuration",
        ProjectCurrency,
        |p| p.currency_configuration()
    ),
    show!(
        "/rest/v1.0/companies/{company_id}/currency_configuration/exchange_rates",
        "Client::exchange_rates",
        ExchangeRates,
        |p| p.client().exchange_rates()
    ),
    show!(
        "/rest/v1.0/companies/{company_id}/projects/{project_id}/currency_configuration/exchange_rates",
        "Project::exchange_rates",
        ExchangeRates,
        |p| p.exchange_rates(Some(true))
    ),
    list!(
        "/rest/v1.0/projects/{project_id}/billing_periods",
        "Project::billing_periods",
        BillingPeriod,
        |p| p.billing_periods(&full::billing_periods())
    ),
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
        |p| p.change_order_package(5.into(), None)
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
        |p| p.budget_changes()
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
];
