//! Every documented and captured body of a kind that this crate reads.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use procore_client::resources::billing_periods::{BillingPeriod, BillingPeriodStatus};
use procore_client::resources::change_order_packages::ChangeOrderPackage;
use procore_client::resources::commitment_change_orders::{
    ChangeOrderStatus, CommitmentChangeOrder,
};
use procore_client::resources::commitments::{Commitment, CommitmentStatus};
use procore_client::resources::cost_codes::{BillerType, CostCode};
use procore_client::resources::direct_costs::{DirectCost, DirectCostType};
use procore_client::resources::line_items::{ExtendedType, LineItem};
use procore_client::resources::projects::{ListedProject, ProjectDetails};
use procore_client::resources::requisitions::{
    Requisition, RequisitionItem, RequisitionItemType, RequisitionStatus,
};
use procore_client::resources::shapes::AccountingMethod;
use procore_client::resources::tax_codes::TaxCode;
use procore_client::resources::vendors::Vendor;
use procore_client::resources::wbs::{Segment, SegmentItem, SegmentType, WbsCode, WbsPattern};
use rust_decimal::Decimal;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use crate::double::project_of;

/// One field of an object, or one element of an array, by its digits.
fn at<'a>(json: &'a str, path: &str) -> &'a str {
    path.split('/').fold(json, |json, step| {
        if let Ok(index) = step.parse::<usize>() {
            let items: Vec<&RawValue> = serde_json::from_str(json).unwrap();
            items[index].get()
        } else {
            let fields: BTreeMap<String, &'a RawValue> = serde_json::from_str(json).unwrap();
            fields.get(step).unwrap_or_else(|| panic!("{step} is missing")).get()
        }
    })
}

fn read<T: DeserializeOwned>(json: &str) -> T {
    serde_json::from_str(json).unwrap()
}

/// The nth example of a documentation page.
fn example(page: &'static str, index: usize) -> &'static str {
    at(page, &format!("examples/{index}/json"))
}

fn money(text: &str) -> Option<Decimal> {
    Some(Decimal::from_str_exact(text).unwrap())
}

const REQUISITIONS: &str = include_str!("../fixtures/requisitions.json");
const REQUISITION: &str = include_str!("../fixtures/requisition-v1.1-extended.json");
const COMMITMENT_EVENT: &str = include_str!("../fixtures/create_commitment.json");
const CHANGE_ORDER_EVENT: &str = include_str!("../fixtures/create_commitment_change_order.json");
const WBS: &str = include_str!("../fixtures/wbs.json");
const SAMPLES: &str = include_str!("../fixtures/reference-samples-2026-08.json");

/// The samples of the reference by endpoint, whose names hold slashes.
static BY_ENDPOINT: LazyLock<BTreeMap<String, Box<RawValue>>> =
    LazyLock::new(|| serde_json::from_str(SAMPLES).unwrap());

fn sample(endpoint: &str) -> &'static str {
    BY_ENDPOINT.iter().find(|(name, _)| name.ends_with(endpoint)).unwrap().1.get()
}

#[tokio::test(start_paused = true)]
async fn the_requisition_of_the_reference_is_read_with_mixed_number_types() {
    let project = project_of(at(REQUISITION, "json"));
    let record = project
        .requisition(
            58_820.into(),
            &procore_client::resources::requisitions::RequisitionView::Extended,
        )
        .await;
    let requisition = record.unwrap().value;
    assert_eq!(requisition.status, Some(RequisitionStatus::Approved));
    assert_eq!(requisition.previous_requisition_id.unwrap().get(), 58_819);
    assert_eq!(requisition.invoice_number.as_deref(), Some("123"));
    assert_eq!((requisition.is_final, requisition.number), (Some(true), Some(1)));
    assert_eq!(requisition.percent_complete, money("0"));
    let summary = requisition.summary().unwrap();
    assert_eq!(summary.balance_to_finish_including_retainage.unwrap().to_string(), "1268346.55");
    assert_eq!(summary.completed_work_retainage_amount.unwrap().to_string(), "1201.0");
    assert_eq!(summary.tax_applicable_to_this_payment, money("0"));
    let currency = requisition.currency_configuration.as_ref().unwrap();
    assert_eq!(currency.currency_exchange_rate, money("1.8"));
    let item = &requisition.items[0];
    assert_eq!(item.item_type, Some(RequisitionItemType::ContractDetailItem));
    assert_eq!(item.accounting_method, Some(AccountingMethod::Amount));
    assert_eq!(item.materials_presently_stored_quantity.unwrap().to_string(), "134.56789");
    assert_eq!(item.materials_previously_stored_quantity, money("12.3456"));
    assert_eq!(item.line_item_id.unwrap().get(), 3_129_856);
    let segment = &item.wbs_code.as_ref().unwrap().segment_items[0];
    assert_eq!(
        (segment.code.as_deref(), segment.kind()),
        (Some("2"), Some(&SegmentType::CostCode))
    );
}

#[test]
fn the_requisition_of_the_tutorial_keeps_its_own_identities() {
    let requisition: Requisition = read(example(REQUISITIONS, 1));
    assert_eq!(requisition.percent_complete, money("96.36"));
    let g702 = requisition.summary().unwrap();
    let sum = |a: Option<Decimal>, b: Option<Decimal>| Some(a.unwrap() + b.unwrap());
    assert_eq!(
        g702.contract_sum_to_date,
        sum(g702.original_contract_sum, g702.net_change_by_change_orders)
    );
    assert_eq!(
        g702.total_retainage,
        sum(g702.completed_work_retainage_amount, g702.stored_materials_retainage_amount)
    );
    assert_eq!(
        g702.total_completed_and_stored_to_date,
        sum(g702.total_earned_less_retainage, g702.total_retainage)
    );
}

#[test]
fn requisition_items_of_the_tutorial_are_read() {
    let contract_item: RequisitionItem = read(example(REQUISITIONS, 2));
    assert_eq!(contract_item.total_completed_and_stored_to_date_percent, money("103.00"));
    assert_eq!(contract_item.work_completed_retainage_from_previous_application, money("5100.00"));
    let items: Vec<RequisitionItem> = read(example(REQUISITIONS, 4));
    assert_eq!(items[1].change_order_package_id.unwrap().get(), 1_708_957);
    assert_eq!(items[0].scheduled_unit_price.unwrap().to_string(), "0.0000");
    let updated: RequisitionItem = read(example(REQUISITIONS, 6));
    assert_eq!(updated.total_completed_and_stored_to_date_percent, money("66.67"));
}

#[test]
fn items_of_a_payment_application_have_numbers_where_requisitions_have_strings() {
    let payload = include_str!("../fixtures/create_payment_application.json");
    let item: RequisitionItem =
        read(at(payload, "payload/request_data/payment_application/items/0"));
    assert_eq!(item.scheduled_value, money("500"));
    assert_eq!(item.wbs_code.unwrap().flat_code, None);
    let summary: procore_client::resources::requisitions::RequisitionSummary =
        read(at(payload, "payload/request_data/payment_application/summary"));
    assert_eq!(summary.contract_sum_to_date, money("500"));
}

#[test]
fn a_commitment_and_its_line_are_read() {
    let commitment: Commitment = read(at(COMMITMENT_EVENT, "payload/request_data/commitment"));
    assert_eq!(commitment.status, Some(CommitmentStatus::Approved));
    assert_eq!(commitment.grand_total.unwrap().to_string(), "250.0");
    assert_eq!(commitment.vendor.unwrap().id.unwrap().get(), 47);
    assert_eq!(commitment.created_at.unwrap().to_rfc3339(), "2020-10-19T19:17:31+00:00");
    assert_eq!((commitment.retainage_percent, commitment.description), (None, None));

    let line: LineItem = read(at(COMMITMENT_EVENT, "payload/request_data/commitment_items/0"));
    assert_eq!((line.id.get(), line.position), (177, money("1")));
    assert_eq!(
        (line.amount, line.total_amount, line.extended_amount),
        (money("250.0"), money("250.0"), money("250.0"))
    );
    assert_eq!(line.extended_type, Some(ExtendedType::Manual));
    let code = line.cost_code.unwrap();
    assert_eq!(
        (code.full_code.as_deref(), code.biller_type.clone()),
        (Some("01-000"), Some(BillerType::Project))
    );
    assert_eq!(code.sub_job_id(), None);
    assert_eq!(line.line_item_type.unwrap().code.as_deref(), Some("O"));
    assert_eq!(line.holder.unwrap().holder_type.as_deref(), Some("WorkOrderContract"));
}

#[test]
fn a_change_order_and_its_line_are_read() {
    let order: CommitmentChangeOrder =
        read(at(CHANGE_ORDER_EVENT, "payload/request_data/change_order"));
    assert_eq!(
        (order.number.as_deref(), order.status.clone()),
        (Some("45"), Some(ChangeOrderStatus::Approved))
    );
    assert_eq!(order.due_date.unwrap().to_string(), "2020-10-19");
    let package: ChangeOrderPackage =
        read(at(CHANGE_ORDER_EVENT, "payload/request_data/change_order"));
    assert_eq!(package.origin_code.as_deref(), Some("cco-1"));
    let line: LineItem = read(at(CHANGE_ORDER_EVENT, "payload/request_data/change_order_items/0"));
    assert_eq!((line.amount, line.total_amount), (money("233.0"), money("250.0")));
    assert_eq!(line.commitment_line_item_id.unwrap().get(), 177);
    let commitment: Commitment = read(at(CHANGE_ORDER_EVENT, "payload/request_data/commitment"));
    assert_eq!(commitment.number.as_deref(), Some("SC-001"));
    let zero: LineItem = read(at(CHANGE_ORDER_EVENT, "payload/request_data/commitment_items/0"));
    assert_eq!(zero.amount, money("0"));
}

#[tokio::test(start_paused = true)]
async fn lines_of_rest_v2_come_in_an_envelope_with_ids_as_strings() {
    let lines =
        project_of(sample("commitment_change_orders/{commitment_change_order_id}/line_items"));
    let listing = lines.commitment_change_order_line_items(5.into()).all().await.unwrap();
    let line = &listing.records[0].value;
    assert_eq!((line.amount, line.quantity), (money("-12345.6789"), money("100")));
    assert_eq!((line.id.get(), line.commitment_line_item_id.unwrap().get()), (100, 12_345));
    assert_eq!((line.tax_code_id.unwrap().get(), line.wbs_code_id.unwrap().get()), (100, 100));
    assert_eq!(line.wbs_code.as_ref().unwrap().flat_code.as_deref(), Some("01-011.CT1"));
    assert_eq!(line.uom.as_deref(), Some("m²"));
    let shown: LineItem =
        read(at(sample("commitment_contracts/{commitment_contract_id}/line_items/{id}"), "data"));
    assert_eq!(shown.extended_type, Some(ExtendedType::Calculated));
}

#[tokio::test(start_paused = true)]
async fn direct_costs_are_read_whether_the_vendor_is_a_name_or_an_object() {
    let listing =
        project_of(sample("/direct_costs")).direct_costs(&Default::default()).all().await.unwrap();
    let cost = &listing.records[0].value;
    assert_eq!(cost.direct_cost_type, Some(DirectCostType::Invoice));
    assert_eq!(
        cost.vendor.as_ref().unwrap().name.as_deref(),
        Some("Steve's Plumbing and Hardware")
    );
    assert_eq!(cost.vendor().unwrap().get(), 1);
    let tax = cost.tax_breakdown.as_ref().unwrap();
    assert_eq!((tax.tax_total, tax.tax_details[0].amount), (money("12.00"), money("5.00")));
    assert_eq!(cost.employee.as_ref().unwrap().id.unwrap().get(), 5);

    let line: LineItem = read(sample("line_items[0]"));
    assert_eq!(
        (line.quantity, line.unit_cost, line.uom.as_deref()),
        (money("10.0"), money("100.0"), Some("Lbs"))
    );

    let payload = include_str!("../fixtures/create_company_level_direct_cost.json");
    let cost: DirectCost = read(at(payload, "payload/request_data/direct_cost"));
    assert_eq!((cost.id.get(), cost.vendor().unwrap().get()), (10_000_001, 30_000_001));
    let line = &cost.line_items[0];
    assert_eq!((line.uom.as_deref(), line.total_amount), (Some("ea"), money("1000.0")));
    assert_eq!(
        (line.cost_code_id.unwrap().get(), line.project.as_ref().unwrap().id.unwrap().get()),
        (456, 86)
    );
}

#[test]
fn reference_data_is_read() {
    let code: CostCode = read(at(include_str!("../fixtures/cost_code.json"), "json"));
    assert_eq!((code.full_code.as_deref(), code.parent.unwrap().id), (Some("00"), None));
    let codes: Vec<TaxCode> = read(sample("/tax_codes"));
    assert_eq!((codes[0].rate1, codes[0].archived), (money("10"), Some(false)));
    let periods: Vec<BillingPeriod> = read(sample("/billing_periods"));
    assert_eq!(periods[0].status, Some(BillingPeriodStatus::Open));
    assert_eq!(periods[0].end_date.unwrap().to_string(), "2012-10-31");
    for vendor in [
        include_str!("../fixtures/company_vendor.json"),
        include_str!("../fixtures/project_vendor.json"),
    ] {
        let vendor: Vendor = read(at(vendor, "json"));
        assert_eq!((vendor.id.get(), vendor.project_ids.len()), (5_181_441, 6));
        assert_eq!((vendor.abbreviated_name, vendor.is_active), (None, Some(true)));
    }
}

#[test]
fn projects_are_read() {
    let shown: ProjectDetails = read(at(include_str!("../fixtures/project_show.json"), "json"));
    assert_eq!(shown.time_zone.as_deref(), Some("Central Time (US & Canada)"));
    assert_eq!((shown.erp_integrated, shown.accounting_project_number), (Some(true), None));
    assert_eq!(shown.project_stage.unwrap().name.as_deref(), Some("VOID/TEST"));
    let listed: ListedProject =
        read(example(include_str!("../fixtures/oauth-client-credentials.json"), 1));
    assert_eq!(
        (listed.id.get(), listed.stage.as_deref()),
        (123_456, Some("Course of Construction"))
    );
    let object: ListedProject = read(r#"{"id":"1","stage":{"id":3,"name":"Bidding"}}"#);
    assert_eq!(object.stage.as_deref(), Some("Bidding"));
}

#[tokio::test(start_paused = true)]
async fn the_work_breakdown_structure_is_read() {
    let pattern = project_of(example(WBS, 0)).wbs_pattern().await.unwrap().value;
    assert_eq!(pattern.segments[1].kind, Some(SegmentType::CostCode));
    let later: WbsPattern = read(example(WBS, 6));
    assert_eq!(later.segments.len(), 2);
    let custom: Segment = read(example(WBS, 2));
    assert_eq!(custom.kind, Some(SegmentType::Custom));
    let item: SegmentItem = read(example(WBS, 4));
    assert_eq!((item.path_code.as_deref(), item.kind()), (Some("P"), Some(&SegmentType::Custom)));
    let code: WbsCode = read(example(WBS, 9));
    assert_eq!(
        (code.flat_code.as_deref(), code.segment_code(&SegmentType::CostCode)),
        (Some("P.3.SVC"), None)
    );
}

#[tokio::test(start_paused = true)]
async fn a_v2_object_is_taken_out_of_its_envelope() {
    #[derive(Deserialize)]
    struct V2 {
        data: procore_client::resources::shapes::UserRef,
    }
    let body: V2 = read(example(include_str!("../fixtures/rest-v2.json"), 0));
    assert_eq!(body.data.id.unwrap().get(), 160_586);
    let project = project_of(r#"{"data":{"id":"562949953443325","number":"SC-1"}}"#);
    let shown = project.work_order_contract(1.into()).await.unwrap().value;
    assert_eq!(shown.id.get(), 562_949_953_443_325);
}

#[test]
fn unknown_values_and_fields_are_kept_or_passed_over() {
    let order: CommitmentChangeOrder = read(
        r#"{"id":1,"status":"awaiting_moon","new_field":[{"a":1}],"reviewed_by":null,"grand_total":-0.5}"#,
    );
    assert_eq!(order.status, Some(ChangeOrderStatus::Other("awaiting_moon".to_owned())));
    assert_eq!(order.status.unwrap().as_str(), "awaiting_moon");
    let line: LineItem = read(
        r#"{"id":1,"commitment_line_item_id":"new","cost_code":{"id":null},"markup_line_items":null}"#,
    );
    assert_eq!(line.commitment_line_item_id, None);
}

#[tokio::test(start_paused = true)]
async fn tiers_are_the_most_that_any_potential_change_order_states() {
    assert_eq!(project_of("[]").change_order_tiers().await.unwrap().most(), None);
    let mixed = project_of(
        r#"[{"id":1,"contract_id":5,"change_order_tiers":1},{"id":2,"contract_id":"6","change_order_tiers":3},{"id":3}]"#,
    );
    let tiers = mixed.change_order_tiers().await.unwrap();
    assert_eq!(tiers.most(), Some(3));
    assert_eq!((tiers.of([5.into()]), tiers.of([7.into()])), (Some(1), None));
}
