//! Every list parameter at once, so that each is seen on the wire. A parameter that a list lacks has no field here.

use procore_client::resources::billing_periods::{BillingPeriodQuery, BillingPeriodStatus};
use procore_client::resources::budget_changes::BudgetChangeQuery;
use procore_client::resources::budget_snapshots::{
    BudgetSnapshotQuery, ProjectStatusSnapshotQuery, ProjectStatusSort, SnapshotApproval,
    SnapshotSort, SnapshotType,
};
use procore_client::resources::budget_summaries::{BudgetGroup, BudgetSummaryQuery};
use procore_client::resources::budget_views::{
    Biller, BudgetRowQuery, BudgetRowSort, BudgetRowType,
};
use procore_client::resources::change_order_batches::ChangeOrderBatchQuery;
use procore_client::resources::change_order_packages::ChangeOrderPackageQuery;
use procore_client::resources::change_order_requests::ChangeOrderRequestQuery;
use procore_client::resources::commitment_change_orders::{
    ChangeOrderSort, ChangeOrderStatus, ChangeOrderView, CommitmentChangeOrderQuery,
};
use procore_client::resources::commitment_contracts::{
    CommitmentContractQuery, CommitmentType, ContractView,
};
use procore_client::resources::commitments::{CommitmentQuery, CommitmentStatus, CommitmentView};
use procore_client::resources::company_wbs::CompanySegmentItemQuery;
use procore_client::resources::contract_detail_lines::ContractDetailLineQuery;
use procore_client::resources::cost_codes::{CostCodeQuery, CostCodeView};
use procore_client::resources::direct_costs::{DirectCostLineQuery, DirectCostQuery};
use procore_client::resources::filters::{IncludeDeleted, Sort, TimeRange};
use procore_client::resources::line_item_types::LineItemTypeQuery;
use procore_client::resources::line_items::LineItemQuery;
use procore_client::resources::markups::{MarkupHolderType, MarkupQuery, MarkupView};
use procore_client::resources::potential_change_orders::PotentialChangeOrderQuery;
use procore_client::resources::projects::{
    ProjectQuery, ProjectQueryV1_1, ProjectSort, ProjectState, ProjectView,
};
use procore_client::resources::requisitions::{
    ChangeOrderItemQuery, RequisitionQuery, RequisitionStatus, RequisitionView,
};
use procore_client::resources::shapes::AccountingMethod;
use procore_client::resources::standard_cost_codes::{StandardCostCodeQuery, StandardCostCodeView};
use procore_client::resources::vendors::{
    InactiveProjectVendorQuery, InactiveVendorQuery, InactiveVendorSort, ProjectVendorQuery,
    ProjectVendorSort, ProjectVendorView, VendorQuery, VendorSort, VendorView,
};
use procore_client::resources::wbs::{
    SegmentItemQuery, SegmentType, WbsCodeQuery, WbsGroup, WbsScope,
};
use procore_client::resources::wbs_grid::WbsGridQuery;

fn ever() -> Option<TimeRange> {
    Some(TimeRange::since(chrono::DateTime::UNIX_EPOCH))
}

fn two<T: From<i64>>() -> Vec<T> {
    vec![1.into(), 2.into()]
}

fn text() -> Option<String> {
    Some("a".to_owned())
}

pub(super) fn projects() -> ProjectQuery {
    ProjectQuery {
        state: Some(ProjectState::All),
        updated: ever(),
        created: ever(),
        ids: two(),
        name: text(),
        origin_id: text(),
        synced: Some(true),
        vendor: Some(3.into()),
        sort: Some(Sort::descending(ProjectSort::Name)),
    }
}

pub(super) fn projects_v1_1() -> ProjectQueryV1_1 {
    ProjectQueryV1_1 {
        view: Some(ProjectView::Extended),
        state: Some(ProjectState::All),
        updated: ever(),
        created: ever(),
        ids: two(),
        name: text(),
        project_number: text(),
        origin_id: text(),
        synced: Some(true),
        vendor: Some(3.into()),
        is_demo: Some(false),
        is_template: Some(false),
        departments: two(),
        offices: two(),
        programs: two(),
        regions: two(),
        stages: two(),
        types: two(),
        owner_types: two(),
        bid_types: two(),
        sort: Some(Sort::ascending(ProjectSort::DisplayName)),
    }
}

pub(super) fn vendors() -> VendorQuery {
    VendorQuery {
        view: Some(VendorView::Extended),
        updated: ever(),
        created: ever(),
        ids: two(),
        parents: two(),
        standard_cost_codes: two(),
        trades: two(),
        origin_id: text(),
        search: text(),
        sort: Some(Sort::ascending(VendorSort::ProjectAndBidCounts)),
    }
}

pub(super) fn inactive_vendors() -> InactiveVendorQuery {
    InactiveVendorQuery {
        view: Some(VendorView::Erp),
        sort: Some(Sort::ascending(InactiveVendorSort::Name)),
    }
}

pub(super) fn project_vendors() -> ProjectVendorQuery {
    ProjectVendorQuery {
        view: Some(ProjectVendorView::Normal),
        ids: two(),
        parents: two(),
        standard_cost_codes: two(),
        trades: two(),
        search: text(),
        sort: Some(Sort::ascending(ProjectVendorSort::MainOfficeName)),
    }
}

pub(super) fn cost_codes() -> CostCodeQuery {
    CostCodeQuery {
        view: Some(CostCodeView::Default),
        sub_job: Some(4.into()),
        ids: two(),
        origin_id: text(),
    }
}

pub(super) fn line_item_types() -> LineItemTypeQuery {
    LineItemTypeQuery { origin_id: text() }
}

pub(super) fn segment_items() -> SegmentItemQuery {
    SegmentItemQuery {
        only_active: Some(true),
        include_sub_job_cost_codes: Some(true),
        sub_job: Some(4.into()),
        cost_code: Some(5.into()),
    }
}

pub(super) fn wbs_codes() -> WbsCodeQuery {
    WbsCodeQuery {
        updated: ever(),
        statuses: vec!["active".to_owned(), "inactive".to_owned()],
        scope: Some(WbsScope::BudgetCode),
        search: text(),
        can_select_divisions: Some(false),
        required_segments: Some(SegmentType::CostCode),
        group_type: Some(WbsGroup::Contract),
        group_id: Some(5.into()),
        hide_not_in_group: Some(false),
    }
}

pub(super) fn billing_periods() -> BillingPeriodQuery {
    BillingPeriodQuery {
        updated: ever(),
        created: ever(),
        ids: two(),
        status: Some(BillingPeriodStatus::Open),
    }
}

pub(super) fn commitments() -> CommitmentQuery {
    CommitmentQuery {
        view: Some(CommitmentView::Extended),
        updated: ever(),
        created: ever(),
        ids: two(),
        statuses: vec![CommitmentStatus::Approved, CommitmentStatus::Draft],
        origin_id: text(),
        include_deleted: Some(IncludeDeleted::With),
    }
}

pub(super) fn lines() -> LineItemQuery {
    LineItemQuery {
        updated: ever(),
        created: ever(),
        ids: two(),
        cost_codes: two(),
        line_item_types: two(),
    }
}

pub(super) fn commitment_contracts() -> CommitmentContractQuery {
    CommitmentContractQuery {
        view: Some(ContractView::Extended),
        updated: ever(),
        created: ever(),
        deleted: ever(),
        ids: two(),
        statuses: vec![CommitmentStatus::Approved],
        kind: Some(CommitmentType::WorkOrder),
        vendors: two(),
        accounting_method: Some(AccountingMethod::Unit),
        executed: Some(true),
        signature_required: Some(false),
        include_deleted: Some(IncludeDeleted::Only),
    }
}

pub(super) fn change_orders() -> CommitmentChangeOrderQuery {
    CommitmentChangeOrderQuery {
        view: Some(ChangeOrderView::Extended),
        updated: ever(),
        ids: two(),
        batches: two(),
        contracts: two(),
        vendors: two(),
        packages: two(),
        statuses: vec![ChangeOrderStatus::Approved, ChangeOrderStatus::PendingBillable],
        executed: Some(true),
        signature_required: Some(true),
        sort: Some(Sort::descending(ChangeOrderSort::CreatedAt)),
    }
}

pub(super) fn packages() -> ChangeOrderPackageQuery {
    ChangeOrderPackageQuery {
        contract: Some(5.into()),
        updated: ever(),
        created: ever(),
        reviewed: ever(),
        due: ever(),
        invoiced: ever(),
        paid: ever(),
        signed: ever(),
        ids: two(),
        include_deleted: Some(IncludeDeleted::With),
    }
}

pub(super) fn requests() -> ChangeOrderRequestQuery {
    ChangeOrderRequestQuery {
        updated: ever(),
        created: ever(),
        due: ever(),
        invoiced: ever(),
        paid: ever(),
        ids: two(),
        package: Some(6.into()),
        statuses: vec![ChangeOrderStatus::Approved, ChangeOrderStatus::Draft],
        statuses_not: vec![ChangeOrderStatus::Void],
    }
}

pub(super) fn potential() -> PotentialChangeOrderQuery {
    PotentialChangeOrderQuery {
        updated: ever(),
        created: ever(),
        reviewed: ever(),
        due: ever(),
        invoiced: ever(),
        paid: ever(),
        ids: two(),
        contract: Some(5.into()),
        origin_id: text(),
        include_deleted: Some(IncludeDeleted::With),
    }
}

pub(super) fn direct_costs() -> DirectCostQuery {
    DirectCostQuery {
        updated: ever(),
        created: ever(),
        paid: ever(),
        received: ever(),
        ids: two(),
        origin_id: text(),
        invoice_number: text(),
    }
}

pub(super) fn direct_cost_lines() -> DirectCostLineQuery {
    DirectCostLineQuery { direct_costs: two(), lines: lines() }
}

pub(super) fn requisitions() -> RequisitionQuery {
    RequisitionQuery {
        view: Some(RequisitionView::Extended),
        updated: ever(),
        created: ever(),
        ids: two(),
        commitments: two(),
        periods: two(),
        statuses: vec![RequisitionStatus::Approved, RequisitionStatus::Draft],
        origin_id: text(),
        is_last: Some(true),
    }
}

pub(super) fn change_order_items() -> ChangeOrderItemQuery {
    ChangeOrderItemQuery { change_orders: two() }
}

pub(super) fn budget_rows() -> BudgetRowQuery {
    BudgetRowQuery {
        row_type: Some(BudgetRowType::All),
        billers: vec![Biller::Project(86.into())],
        cost_codes: two(),
        cost_code_names: vec!["Concrete".to_owned()],
        root_cost_codes: two(),
        root_cost_code_names: vec!["Divisions".to_owned()],
        cost_types: two(),
        budget_lines: two(),
        sort: Some(Sort::ascending(BudgetRowSort::CostCode)),
    }
}

pub(super) fn budget_summaries() -> BudgetSummaryQuery {
    BudgetSummaryQuery {
        group_by: vec![BudgetGroup::Biller, BudgetGroup::RootCostCode],
        row_type: Some(BudgetRowType::All),
        billers: vec![Biller::SubJob(9.into())],
        cost_codes: two(),
        cost_code_names: vec!["Concrete".to_owned()],
        root_cost_codes: two(),
        root_cost_code_names: vec!["Divisions".to_owned()],
        cost_types: two(),
        budget_lines: two(),
    }
}

pub(super) fn budget_snapshots() -> BudgetSnapshotQuery {
    BudgetSnapshotQuery {
        views: two(),
        templates: two(),
        kind: Some(SnapshotType::AdHoc),
        approval: Some(SnapshotApproval::Approved),
        sort: Some(Sort::descending(SnapshotSort::Type)),
    }
}

pub(super) fn project_status_snapshots() -> ProjectStatusSnapshotQuery {
    ProjectStatusSnapshotQuery {
        status: Some(3.into()),
        comparison_columns: vec!["3141780".to_owned()],
        sort: Some(Sort::descending(ProjectStatusSort::CreatedAt)),
    }
}

pub(super) fn wbs_grid() -> WbsGridQuery {
    WbsGridQuery { ids: two(), search: text(), scope: Some(WbsScope::BudgetCode) }
}

pub(super) fn budget_changes() -> BudgetChangeQuery {
    BudgetChangeQuery { exclude_custom_fields: Some(true) }
}

pub(super) fn inactive_project_vendors() -> InactiveProjectVendorQuery {
    InactiveProjectVendorQuery {
        view: Some(ProjectVendorView::Extended),
        sort: Some(Sort::ascending(InactiveVendorSort::Name)),
    }
}

pub(super) fn standard_cost_codes() -> StandardCostCodeQuery {
    StandardCostCodeQuery { view: Some(StandardCostCodeView::Extended), origin_id: text() }
}

pub(super) fn company_segment_items() -> CompanySegmentItemQuery {
    CompanySegmentItemQuery { list: Some(8.into()) }
}

pub(super) fn batches() -> ChangeOrderBatchQuery {
    ChangeOrderBatchQuery {
        updated: ever(),
        ids: two(),
        change_orders: two(),
        contracts: two(),
        statuses: vec![ChangeOrderStatus::Approved, ChangeOrderStatus::Draft],
        statuses_not: vec![ChangeOrderStatus::Void],
        sort: Some(Sort::descending(ChangeOrderSort::CreatedAt)),
    }
}

pub(super) fn markups() -> MarkupQuery {
    MarkupQuery {
        holder_type: Some(MarkupHolderType::Contract),
        view: Some(MarkupView::WithErpData),
    }
}

pub(super) fn detail_lines() -> ContractDetailLineQuery {
    ContractDetailLineQuery { ids: two(), lines: two() }
}
