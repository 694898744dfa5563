//! What records are coded to and who they are with: directory, cost coding, taxes, currency, settings.

use procore_client::resources::billing_periods::BillingPeriod;
use procore_client::resources::change_order_settings::{ChangeOrderStatusName, ChangeReason};
use procore_client::resources::companies::{Company, CompanyZone};
use procore_client::resources::company_wbs::SegmentItemList;
use procore_client::resources::cost_codes::CostCode;
use procore_client::resources::currency::{CompanyCurrency, ExchangeRates, ProjectCurrency};
use procore_client::resources::line_item_types::LineItemType;
use procore_client::resources::projects::{ListedProject, ProjectDetails};
use procore_client::resources::standard_cost_codes::{
    StandardCostCode, StandardCostCodeList, StandardCostCodeView,
};
use procore_client::resources::sub_jobs::SubJob;
use procore_client::resources::tax_codes::TaxCode;
use procore_client::resources::tax_types::TaxType;
use procore_client::resources::units_of_measure::{UnitOfMeasure, UnitOfMeasureConfiguration};
use procore_client::resources::vendors::{ProjectVendorView, Vendor, VendorView};
use procore_client::resources::wbs::{Segment, SegmentItem, WbsCode, WbsPattern};
use procore_client::resources::wbs_grid::WbsGridCode;

use super::{Modelled, full, shape};

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
    show!("/rest/v1.0/company_base_url", "Client::company_base_url", CompanyZone, |p| p
        .client()
        .company_base_url()),
    show!("/rest/v1.1/projects/{project_id}/vendors/{id}", "Project::vendor", Vendor, |p| p
        .vendor(5.into(), Some(&ProjectVendorView::Extended))),
    list!(
        "/rest/v1.0/projects/{project_id}/vendors/inactive",
        "Project::inactive_vendors",
        Vendor,
        |p| p.inactive_vendors(&full::inactive_project_vendors())
    ),
    show!("/rest/v1.0/cost_codes/{id}", "Project::cost_code", CostCode, |p| p
        .cost_code(5.into(), Some(6.into()))),
    list!(
        "/rest/v1.0/standard_cost_code_lists",
        "Client::standard_cost_code_lists",
        StandardCostCodeList,
        |p| p.client().standard_cost_code_lists()
    ),
    show!(
        "/rest/v1.0/standard_cost_code_lists/{id}",
        "Client::standard_cost_code_list",
        StandardCostCodeList,
        |p| p.client().standard_cost_code_list(5.into())
    ),
    list!("/rest/v1.0/standard_cost_codes", "Client::standard_cost_codes", StandardCostCode, |p| p
        .client()
        .standard_cost_codes(5.into(), &full::standard_cost_codes())),
    show!(
        "/rest/v1.0/standard_cost_codes/{id}",
        "Client::standard_cost_code",
        StandardCostCode,
        |p| p.client().standard_cost_code(
            5.into(),
            6.into(),
            Some(&StandardCostCodeView::Extended)
        )
    ),
    show!("/rest/v1.0/line_item_types/{id}", "Client::line_item_type", LineItemType, |p| p
        .client()
        .line_item_type(5.into())),
    show!("/rest/v1.0/sub_jobs/{id}", "Project::sub_job", SubJob, |p| p.sub_job(5.into())),
    show!("/rest/v1.0/tax_codes/{id}", "Client::tax_code", TaxCode, |p| p
        .client()
        .tax_code(5.into())),
    show!("/rest/v1.0/tax_types/{id}", "Client::tax_type", TaxType, |p| p
        .client()
        .tax_type(5.into())),
    show!(
        "/rest/v1.0/projects/{project_id}/work_breakdown_structure/segments/{id}",
        "Project::wbs_segment",
        Segment,
        |p| p.wbs_segment(5.into())
    ),
    show!(
        "/rest/v1.0/companies/{company_id}/work_breakdown_structure/patterns",
        "Client::company_wbs_pattern",
        WbsPattern,
        |p| p.client().company_wbs_pattern()
    ),
    list!(
        "/rest/v1.0/companies/{company_id}/work_breakdown_structure/segments",
        "Client::company_wbs_segments",
        Segment,
        |p| p.client().company_wbs_segments()
    ),
    show!(
        "/rest/v1.0/companies/{company_id}/work_breakdown_structure/segments/{id}",
        "Client::company_wbs_segment",
        Segment,
        |p| p.client().company_wbs_segment(5.into())
    ),
    list!(
        "/rest/v1.0/companies/{company_id}/work_breakdown_structure/segments/{segment_id}/lists",
        "Client::company_wbs_segment_lists",
        SegmentItemList,
        |p| p.client().company_wbs_segment_lists(5.into())
    ),
    list!(
        "/rest/v1.0/companies/{company_id}/work_breakdown_structure/segments/{segment_id}/segment_items",
        "Client::company_wbs_segment_items",
        SegmentItem,
        |p| p.client().company_wbs_segment_items(5.into(), &full::company_segment_items())
    ),
    show!(
        "/rest/v1.0/companies/{company_id}/work_breakdown_structure/segments/{segment_id}/segment_items/{id}",
        "Client::company_wbs_segment_item",
        SegmentItem,
        |p| p.client().company_wbs_segment_item(5.into(), 6.into(), Some(7.into()))
    ),
    show!(
        "/rest/v1.0/projects/{project_id}/billing_periods/{id}",
        "Project::billing_period",
        BillingPeriod,
        |p| p.billing_period(5.into())
    ),
    list!(
        "/rest/v1.0/change_order/statuses",
        "Client::change_order_statuses",
        ChangeOrderStatusName,
        |p| p.client().change_order_statuses()
    ),
    list!("/rest/v1.0/change_order_change_reasons", "Client::change_reasons", ChangeReason, |p| p
        .client()
        .change_reasons()),
    list!(
        "/rest/v2.0/companies/{company_id}/change_order_change_reasons",
        "Client::change_reasons_v2",
        ChangeReason,
        |p| p.client().change_reasons_v2()
    ),
];
