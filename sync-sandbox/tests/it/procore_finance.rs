//! REST v2 contracts, budgets, the parts of requisitions, and the tiers of change orders.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde_json::Value;
use sync_sandbox::{
    Sandbox,
    procore::{ExchangeRate, ProcoreOptions, RecordRef},
};

use crate::caller::{Caller, amount, id, one_project};

fn world() -> (Sandbox, Caller, i64) {
    let sandbox = one_project(ProcoreOptions::default());
    let caller = Caller::of(&sandbox);
    let project = sandbox.contractor.project_ids()[0];
    (sandbox, caller, project)
}

fn v2(project: i64, rest: &str) -> String {
    format!("/rest/v2.0/companies/8089/projects/{project}/{rest}")
}

/// The rows of a list in an envelope.
fn data(caller: &Caller, target: &str) -> Vec<Value> {
    caller.ok(target).json()["data"].as_array().unwrap().clone()
}

#[test]
fn rest_v2_lists_both_families_of_contracts_under_the_ids_of_rest_v1() {
    let (_sandbox, caller, project) = world();
    let mut of_v1 = BTreeMap::new();
    for family in ["purchase_order_contracts", "work_order_contracts"] {
        for row in caller.all(&format!("/rest/v1.0/{family}?project_id={project}")) {
            of_v1.insert(id(&row).to_string(), amount(&row["grand_total"]));
        }
    }
    let listed = data(&caller, &v2(project, "commitment_contracts?per_page=100"));
    let of_v2: BTreeMap<String, Decimal> = listed
        .iter()
        .map(|row| (row["id"].as_str().unwrap().to_owned(), amount(&row["grand_total"])))
        .collect();
    assert_eq!(of_v2, of_v1);
    let some = listed[0]["id"].as_str().unwrap();
    let shown = caller.ok(&v2(project, &format!("commitment_contracts/{some}"))).json();
    assert_eq!(shown["data"]["id"].as_str(), Some(some));
    assert!(shown["data"]["vendor"].get("name").is_none());
    let extended = v2(project, &format!("commitment_contracts/{some}?view=extended"));
    assert!(caller.ok(&extended).json()["data"]["vendor"]["name"].is_string());
}

#[test]
fn rest_v2_gives_ten_contracts_a_page_and_never_more_than_a_hundred() {
    let (_sandbox, caller, project) = world();
    let usual = caller.ok(&v2(project, "commitment_contracts"));
    assert_eq!(usual.header("per-page"), Some("10"));
    let much = caller.ok(&v2(project, "commitment_contracts?per_page=2000"));
    assert_eq!(much.header("per-page"), Some("100"));
}

#[test]
fn contracts_of_rest_v2_are_narrowed_by_what_the_endpoint_offers_and_by_nothing_else() {
    let (_sandbox, caller, project) = world();
    let count = |filter: &str| {
        data(&caller, &v2(project, &format!("commitment_contracts?per_page=100{filter}"))).len()
    };
    let all = count("");
    let orders = count("&filters[type]=PurchaseOrderContract");
    let subcontracts = count("&filters[type]=WorkOrderContract");
    assert!(orders > 0 && subcontracts > 0);
    assert_eq!(orders + subcontracts, all);
    assert_eq!(count("&filters[origin_id]=nobody"), all);
}

#[test]
fn a_deleted_contract_is_listed_in_rest_v2_only_if_asked_for() {
    let (sandbox, caller, project) = world();
    let gone = sandbox.procore.read(|c| c.projects[0].commitments[0].id);
    sandbox.procore.edit(|c| c.delete(project, RecordRef::Commitment(gone)).unwrap());
    let ids = |filter: &str| -> Vec<String> {
        data(&caller, &v2(project, &format!("commitment_contracts?per_page=100{filter}")))
            .iter()
            .map(|row| row["id"].as_str().unwrap().to_owned())
            .collect()
    };
    assert!(!ids("").contains(&gone.to_string()));
    let only = "&filters[include_deleted]=only&filters[deleted_at]=2026-11-01T00:00:00Z...2027-01-01T00:00:00Z";
    assert_eq!(ids(only), [gone.to_string()]);
    let before = "&filters[include_deleted]=only&filters[deleted_at]=2025-11-01T00:00:00Z...2026-01-01T00:00:00Z";
    assert_eq!(ids(before), Vec::<String>::new());
}

#[test]
fn the_summary_of_a_contract_is_the_header_of_rest_v1() {
    let (_sandbox, caller, project) = world();
    for row in caller.all(&format!("/rest/v1.0/work_order_contracts?project_id={project}")) {
        let path = format!("commitment_contracts/{}/summary", id(&row));
        let summary = caller.ok(&v2(project, &path)).json()["data"].clone();
        for (v2, v1) in [
            ("approved_change_total", "approved_change_orders"),
            ("draft_change_total", "draft_change_orders_amount"),
            ("total_invoices_amount", "total_requisitions_amount"),
            ("total_payments_amount", "total_payments"),
        ] {
            assert_eq!(amount(&summary[v2]), amount(&row[v1]), "{v2}");
        }
    }
}

#[test]
fn the_parts_of_a_requisition_are_its_items() {
    let (_sandbox, caller, project) = world();
    let all = caller.all(&format!("/rest/v1.1/requisitions?project_id={project}&view=items"));
    let mut of_change_orders = 0;
    for requisition in &all {
        let base = format!("/rest/v1.0/requisitions/{}", id(requisition));
        let part =
            |name: &str| caller.all(&format!("{base}/{name}?project_id={project}&per_page=500"));
        let (contract, orders) = (part("contract_items"), part("change_order_items"));
        let mut parts: Vec<i64> = contract.iter().chain(&orders).map(id).collect();
        let mut items: Vec<i64> = requisition["items"].as_array().unwrap().iter().map(id).collect();
        parts.sort_unstable();
        items.sort_unstable();
        assert_eq!(parts, items);
        assert!(orders.iter().all(|item| item.get("change_order_package_id").is_some()));
        assert!(part("contract_detail_items").is_empty());
        of_change_orders += orders.len();
    }
    assert!(of_change_orders > 0);
}

#[test]
fn an_edit_after_approval_is_in_the_history_of_the_requisition() {
    let (sandbox, caller, project) = world();
    let requisition = sandbox
        .procore
        .read(|c| c.projects[0].requisitions.iter().find(|r| r.status == "approved").unwrap().id);
    let history =
        format!("/rest/v1.0/requisitions/{requisition}/change_histories?project_id={project}");
    let before = caller.ok(&history).rows().len();
    sandbox.procore.edit(|c| {
        c.set_status(project, RecordRef::Requisition(requisition), "under_review").unwrap();
    });
    let after = caller.ok(&history).rows();
    assert_eq!(after.len(), before + 1);
    let last = after.last().unwrap();
    assert_eq!(last["column"], "status");
    assert_eq!(
        (&last["old_value"], &last["new_value"]),
        (&"approved".into(), &"under_review".into())
    );
}

#[test]
fn a_budget_has_a_row_per_code_and_its_lines_are_numbers() {
    let (sandbox, caller, project) = world();
    let views = caller.ok(&format!("/rest/v1.0/budget_views?project_id={project}")).rows();
    let base =
        format!("/rest/v1.0/budget_views/{}/detail_rows?project_id={project}", id(&views[0]));
    let rows = caller.all(&base);
    assert_eq!(rows.len(), sandbox.procore.read(|c| c.projects[0].budget.len()));
    assert!(caller.all(&format!("{base}&budget_row_type=unbudgeted")).is_empty());
    let code = rows[0]["cost_code_id"].as_i64().unwrap();
    let narrowed = caller.all(&format!("{base}&cost_code_id[]={code}"));
    assert!(!narrowed.is_empty() && narrowed.len() < rows.len());
    assert!(narrowed.iter().all(|row| row["cost_code_id"].as_i64() == Some(code)));
    let line = caller
        .ok(&format!("/rest/v1.1/budget_line_items/{}?project_id={project}", id(&rows[0])))
        .json();
    assert!(line["original_budget_amount"].is_number());
    assert_eq!(
        amount(&line["original_budget_amount"]),
        amount(&rows[0]["original_budget_amount"]).normalize()
    );
}

#[test]
fn a_budget_change_is_seen_in_both_versions() {
    let (sandbox, caller, project) = world();
    let (one, two) = sandbox.procore.read(|c| {
        let codes = &c.projects[0].wbs_codes;
        (codes[0].coding, codes[1].coding)
    });
    let amounts = [(one, Decimal::new(450_050, 2)), (two, Decimal::new(-450_050, 2))];
    let change = sandbox
        .procore
        .edit(|c| c.add_budget_change(project, "Equipment", "approved", &amounts).unwrap());
    let listed = data(&caller, &format!("/rest/v1.0/projects/{project}/budget_changes"));
    assert_eq!((id(&listed[0]), &listed[0]["status"]), (change, &"approved".into()));
    let shown = caller.ok(&format!("/rest/v1.0/projects/{project}/budget_changes/{change}")).json();
    let lines = shown["data"]["adjustment_line_items"].as_array().unwrap();
    let sum: Decimal = lines.iter().map(|line| amount(&line["amount"])).sum();
    assert_eq!((lines.len(), sum), (2, Decimal::ZERO));
    let adjusted = data(&caller, &v2(project, "budget_changes/adjustment_line_items"));
    assert!(adjusted.iter().all(|line| line["id"].is_string() && line["amount"].is_number()));
    assert_eq!(adjusted[0]["budget_change_id"], change.to_string());
    assert_eq!(adjusted[1]["amount"].to_string(), "-4500.5");
}

#[test]
fn show_calls_of_the_tiers_need_their_contract() {
    let (sandbox, caller, project) = world();
    let (potential, contract) = sandbox.procore.read(|c| {
        let order = &c.projects[0].change_orders[0];
        (order.potential_id, order.contract_id)
    });
    let target = format!("/rest/v1.0/potential_change_orders/{potential}?project_id={project}");
    assert_eq!(caller.get(&target).status, 400);
    assert_eq!(caller.get(&format!("{target}&contract_id=1")).status, 404);
    let shown = caller.ok(&format!("{target}&contract_id={contract}")).json();
    assert!(!shown["line_items"].as_array().unwrap().is_empty());
    assert!(shown.get("change_order_tiers").is_none());
    let order = sandbox
        .procore
        .read(|c| c.projects[0].change_orders.iter().find_map(|o| o.commitment_change_order_id));
    let target =
        format!("/rest/v1.0/projects/{project}/commitment_change_orders/{}", order.unwrap());
    assert_eq!(id(&caller.ok(&target).json()), order.unwrap());
    sandbox.procore.edit(|c| c.set_change_order_tiers(project, 3).unwrap());
    assert_eq!(caller.get(&target).status, 404);
}

#[test]
fn unknown_records_and_missing_parameters_are_refused() {
    let (_sandbox, caller, project) = world();
    for (target, status) in [
        (v2(project, "commitment_contracts/1"), 404),
        (v2(project, "commitment_contracts/1/summary"), 404),
        (v2(1, "commitment_contracts"), 404),
        (format!("/rest/v1.0/requisitions/1/contract_items?project_id={project}"), 404),
        ("/rest/v1.0/requisitions/1/contract_items".to_owned(), 400),
        (format!("/rest/v1.0/projects/{project}/budget_changes/1"), 404),
        ("/rest/v1.1/budget_line_items/1".to_owned(), 400),
        (format!("/rest/v1.1/budget_line_items/1?project_id={project}"), 404),
        (format!("/rest/v1.0/change_order_requests?project_id={project}"), 400),
        ("/rest/v1.0/tax_types".to_owned(), 400),
    ] {
        assert_eq!(caller.get(&target).status, status, "{target}");
    }
}

#[test]
fn exchange_rates_turn_multi_currency_on() {
    let (sandbox, caller, project) = world();
    sandbox.procore.edit(|c| {
        let now = c.now;
        for (currency, rate, active) in [("CAD", 7_312, true), ("EUR", 10_871, false)] {
            let id = c.new_id();
            let rate = Decimal::new(rate, 4);
            let currency = currency.to_owned();
            c.exchange_rates.push(ExchangeRate { id, currency, rate, active, updated_at: now });
        }
        c.project_mut(project).unwrap().currency = Some("CAD".to_owned());
    });
    let base = "/rest/v1.0/companies/8089/currency_configuration";
    assert_eq!(caller.ok(base).json()["multicurrency_enabled"], true);
    let rates = caller.ok(&format!("{base}/exchange_rates")).json();
    assert_eq!(rates["exchange_rates"].as_array().unwrap().len(), 2);
    let of_project = format!(
        "/rest/v1.0/companies/8089/projects/{project}/currency_configuration/exchange_rates"
    );
    let rates = caller.ok(&of_project).json()["exchange_rates"].clone();
    assert_eq!(rates.as_array().unwrap().len(), 1);
    assert_eq!(rates[0]["exchange_rate"], "0.7312");
    let contract =
        &caller.ok(&format!("/rest/v1.0/work_order_contracts?project_id={project}")).rows()[0];
    assert_eq!(contract["currency_configuration"]["currency_exchange_rate"], "0.7312");
}

#[test]
fn a_projects_vendors_are_those_that_it_pays() {
    let (sandbox, caller, project) = world();
    let vendors = caller.all(&format!("/rest/v1.1/projects/{project}/vendors?per_page=500"));
    let ids: Vec<i64> = vendors.iter().map(id).collect();
    sandbox.procore.read(|c| {
        let all = c.projects[0].commitments.iter().filter_map(|o| o.vendor_id);
        for vendor in all.filter(|id| c.vendor(*id).is_some_and(|v| v.active)) {
            assert!(ids.contains(&vendor));
        }
        assert!(ids.len() < c.vendors.len());
    });
}
