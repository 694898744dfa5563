//! Reference data and single records through the Procore client against the simulated Procore.

use procore_client::{
    ErrorKind, LineItemId,
    resources::{
        change_order_batches::ChangeOrderBatchQuery,
        contract_detail_lines::ContractDetailLineQuery,
        markups::{MarkupHolderType, MarkupQuery},
        requisitions::RequisitionView,
        standard_cost_codes::{StandardCostCodeQuery, StandardCostCodeView},
        wbs::SegmentType,
        wbs_grid::WbsGridQuery,
    },
};
use rust_decimal::Decimal;
use sync_sandbox::procore::CommitmentKind;

use crate::client_resources::{whole, world};

#[tokio::test]
async fn every_unit_of_a_line_is_one_of_the_companys() {
    let (sandbox, project) = world();
    let client = project.client();
    let units = whole(client.units_of_measure()).await.into_values();
    let names: Vec<&str> = units.iter().filter_map(|unit| unit.name.as_deref()).collect();
    let held = sandbox.procore.read(|c| c.projects[0].commitments.clone());
    let used = held.iter().flat_map(|c| &c.lines).filter_map(|line| line.uom.clone());
    assert!(used.into_iter().all(|unit| names.contains(&unit.as_str())));
    let one = client.unit_of_measure(units[0].id).await.unwrap().value;
    assert_eq!(one, units[0]);
    let configuration = client.unit_of_measure_configuration().await.unwrap().value;
    assert_eq!(configuration.character_limit.as_deref(), Some("255"));
    let nobody = client.unit_of_measure(999_999.into()).await.unwrap_err();
    assert_eq!(nobody.kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn codes_are_the_same_in_both_versions() {
    let (_sandbox, project) = world();
    let of_v1 = whole(project.wbs_codes(&Default::default())).await.into_values();
    let of_v2 = whole(project.wbs_grid_codes(&WbsGridQuery::default())).await;
    assert!(of_v2.complete && of_v2.pages > 0);
    let of_v2 = of_v2.into_values();
    assert_eq!(of_v2.len(), of_v1.len());
    for (v1, v2) in of_v1.iter().zip(&of_v2) {
        assert_eq!((v1.id, v1.flat_code.as_deref()), (v2.id, v2.code.as_deref()));
    }
    let query = WbsGridQuery { ids: vec![of_v2[3].id], ..WbsGridQuery::default() };
    assert_eq!(whole(project.wbs_grid_codes(&query)).await.into_values(), [of_v2[3].clone()]);
    let segments = whole(project.wbs_segments()).await.into_values();
    let shown = project.wbs_segment(segments[0].id.unwrap()).await.unwrap().value;
    assert_eq!(shown, segments[0]);
}

#[tokio::test]
async fn the_companys_own_structure_and_settings_are_read() {
    let (_sandbox, project) = world();
    let client = project.client();
    let list = whole(client.standard_cost_code_lists()).await.into_values().remove(0).id;
    let shown = client.standard_cost_code_list(list).await.unwrap().value;
    assert_eq!(shown.company_id, Some(client.company_id()));
    let query = StandardCostCodeQuery {
        view: Some(StandardCostCodeView::Extended),
        ..StandardCostCodeQuery::default()
    };
    let codes = whole(client.standard_cost_codes(list, &query)).await.into_values();
    assert!(!codes.is_empty() && codes.iter().all(|code| code.full_code.is_some()));
    let view = Some(&StandardCostCodeView::Extended);
    let one = client.standard_cost_code(list, codes[0].id.unwrap(), view).await.unwrap().value;
    assert_eq!(one, codes[0]);

    let pattern = client.company_wbs_pattern().await.unwrap().value;
    let segments = whole(client.company_wbs_segments()).await.into_values();
    assert_eq!(pattern.segments, segments);
    let of_codes = segments.iter().find(|s| s.kind == Some(SegmentType::CostCode)).unwrap();
    let of_codes = of_codes.id.unwrap();
    assert_eq!(whole(client.company_wbs_segment_lists(of_codes)).await.into_values()[0].id, list);
    let items = whole(client.company_wbs_segment_items(of_codes, &Default::default())).await;
    assert_eq!(items.records.len(), codes.len());
    let id = items.records[0].value.id.unwrap();
    let item = client.company_wbs_segment_item(of_codes, id, Some(list)).await.unwrap().value;
    assert_eq!(item.code, codes[0].full_code);
    assert_eq!(client.company_wbs_segment(of_codes).await.unwrap().value.id, Some(of_codes));

    assert!(!whole(client.change_order_statuses()).await.records.is_empty());
    let reasons = whole(client.change_reasons()).await.into_values();
    let of_v2 = whole(client.change_reasons_v2()).await.into_values();
    let words = |list: &[procore_client::resources::change_order_settings::ChangeReason]| {
        list.iter().map(|reason| (reason.id, reason.change_reason.clone())).collect::<Vec<_>>()
    };
    assert_eq!(words(&reasons), words(&of_v2));
    assert!(client.company_base_url().await.unwrap().value.web_base_url.is_some());
}

#[tokio::test]
async fn single_records_are_those_of_their_lists() {
    let (sandbox, project) = world();
    let client = project.client();
    let code = whole(project.cost_codes(&Default::default())).await.into_values().remove(1);
    assert_eq!(project.cost_code(code.id.unwrap(), None).await.unwrap().value, code);
    let cost_type =
        whole(project.line_item_types(&Default::default())).await.into_values().remove(0);
    assert_eq!(client.line_item_type(cost_type.id.unwrap()).await.unwrap().value, cost_type);
    let tax = whole(client.tax_types()).await.into_values().remove(0);
    assert_eq!(client.tax_type(tax.id).await.unwrap().value, tax);
    let tax = client.tax_code(1.into()).await.unwrap_err();
    assert_eq!(tax.kind(), ErrorKind::NotFound);
    let period = whole(project.billing_periods(&Default::default())).await.into_values().remove(0);
    assert_eq!(project.billing_period(period.id).await.unwrap().value, period);
    let vendor = whole(project.vendors(&Default::default())).await.into_values().remove(0);
    assert_eq!(project.vendor(vendor.id, None).await.unwrap().value.name, vendor.name);

    let held = sandbox.procore.read(|c| c.projects[0].clone());
    for contract in held.commitments.iter().filter(|c| c.deleted_at.is_none()) {
        let (id, line) = (contract.id.into(), LineItemId::new(contract.lines[0].id));
        let details = ContractDetailLineQuery::default();
        let (shown, details) = match contract.kind {
            CommitmentKind::PurchaseOrder => (
                project.purchase_order_contract_line_item(id, line, None).await,
                project.purchase_order_contract_detail_lines(id, &details),
            ),
            CommitmentKind::Subcontract => (
                project.work_order_contract_line_item(id, line, None).await,
                project.work_order_contract_detail_lines(id, &details),
            ),
        };
        assert_eq!(shown.unwrap().value.amount, Some(contract.lines[0].amount));
        assert!(whole(details).await.records.is_empty());
        let of_v2 = project.commitment_contract_line_item(id, line).await.unwrap().value;
        assert_eq!((of_v2.id, of_v2.amount), (line, Some(contract.lines[0].amount)));
        let invoicing = project.invoice_configuration(id).await.unwrap().value;
        assert_eq!(invoicing.contract_id, Some(id));
    }
    let cost = &held.direct_costs[0];
    let line = project.direct_cost_line_item(cost.id.into(), cost.lines[0].id.into()).await;
    assert_eq!(line.unwrap().value.amount, Some(cost.lines[0].amount));
    let nobody = project.direct_cost_line_item(cost.id.into(), 1.into()).await.unwrap_err();
    assert_eq!(nobody.kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn change_orders_have_single_lines_and_markups_whose_percent_gives_the_amount() {
    let (sandbox, project) = world();
    let held = sandbox.procore.read(|c| c.projects[0].clone());
    for order in held.change_orders.iter().filter(|order| order.deleted_at.is_none()) {
        let line = &order.lines[0];
        let potential = order.potential_id.into();
        let shown = project.potential_change_order_line_item(potential, line.id.into()).await;
        assert_eq!(shown.unwrap().value.amount, Some(line.amount));
        if let Some(id) = order.commitment_change_order_id {
            let shown = project.commitment_change_order_line_item(id.into(), line.id.into()).await;
            assert_eq!(shown.unwrap().value.amount, Some(line.amount));
        }
        let query = MarkupQuery {
            holder_type: Some(MarkupHolderType::PotentialChangeOrder),
            ..MarkupQuery::default()
        };
        let holder = order.potential_id.into();
        let markups = whole(project.markups(holder, &query)).await.into_values();
        assert_eq!(markups.len(), order.markups.len());
        let base: Decimal = order.lines.iter().map(|line| line.amount).sum();
        for (markup, held) in markups.iter().zip(&order.markups) {
            let percent = markup.percent().unwrap().unwrap();
            assert_eq!((base * percent / Decimal::ONE_HUNDRED).round_dp(2), held.amount);
        }
    }
    let batches = project.commitment_change_order_batches(&ChangeOrderBatchQuery::default());
    assert!(whole(batches).await.records.is_empty());
    let nobody = project.commitment_change_order_batch(1.into()).await.unwrap_err();
    assert_eq!(nobody.kind(), ErrorKind::NotFound);
    let without_type = project.markups(1.into(), &MarkupQuery::default()).all().await.unwrap_err();
    assert_eq!(without_type.status(), Some(400));
}

#[tokio::test]
async fn the_detail_of_a_requisition_adds_up_to_its_summary() {
    let (sandbox, project) = world();
    let held = sandbox.procore.read(|c| c.projects[0].requisitions.clone());
    for requisition in held.iter().filter(|r| !r.items.is_empty()) {
        let id = requisition.id.into();
        let detail = whole(project.requisition_detail(id)).await.into_values();
        assert_eq!(detail.len(), requisition.items.len());
        let header = project.requisition(id, &RequisitionView::Default).await.unwrap().value;
        let done: Decimal =
            detail.iter().filter_map(|row| row.total_completed_and_stored_to_date).sum();
        let summary = header.summary().unwrap();
        assert_eq!(Some(done), summary.total_completed_and_stored_to_date);
        let retained: Decimal =
            detail.iter().filter_map(|row| row.total_retainage_currently_retained).sum();
        assert_eq!(Some(retained), summary.total_retainage);
    }
    let requisition = held.iter().max_by_key(|r| r.items.len()).unwrap();
    let id = requisition.id.into();
    for item in whole(project.requisition_contract_items(id)).await.into_values() {
        assert_eq!(project.requisition_contract_item(id, item.id).await.unwrap().value, item);
    }
    let orders = project.requisition_change_order_items(id, &Default::default());
    for item in whole(orders).await.into_values() {
        assert_eq!(project.requisition_change_order_item(id, item.id).await.unwrap().value, item);
    }
    let nobody = project.requisition_contract_detail_item(id, 1.into()).await.unwrap_err();
    assert_eq!(nobody.kind(), ErrorKind::NotFound);
}
