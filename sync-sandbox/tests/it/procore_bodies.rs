//! The shapes and number formats of the bodies.

use rust_decimal::Decimal;
use serde_json::Value;
use sync_sandbox::{
    Sandbox, SandboxOptions,
    contractor::Contractor,
    procore::{CommitmentKind, ProcoreOptions},
};

use crate::caller::{Caller, amount, as_of, id, one_project};

#[test]
fn contract_lists_have_no_lines_and_show_calls_have() {
    let sandbox = one_project(ProcoreOptions::default());
    let caller = Caller::of(&sandbox);
    let project = sandbox.contractor.project_ids()[0];
    for resource in ["purchase_order_contracts", "work_order_contracts"] {
        let rows = caller.all(&format!("/rest/v1.0/{resource}?project_id={project}"));
        assert!(!rows.is_empty());
        for row in rows {
            assert!(row.get("line_items").is_none());
            assert!(row["grand_total"].is_string());
            assert!(row["currency_configuration"]["currency_iso_code"].is_null());
            let shown = caller
                .ok(&format!("/rest/v1.0/{resource}/{}?project_id={project}", id(&row)))
                .json();
            let lines = shown["line_items"].as_array().unwrap();
            let sum: Decimal = lines.iter().map(|l| amount(&l["amount"])).sum();
            let allowance = Decimal::new(5, 3);
            assert!((sum - amount(&row["grand_total"])).abs() <= allowance, "{row}");
            let listed = caller.all(&format!(
                "/rest/v1.0/{resource}/{}/line_items?project_id={project}",
                id(&row)
            ));
            assert_eq!(&listed, lines);
        }
    }
}

#[test]
fn one_line_is_the_same_money_in_v1_and_in_v2() {
    let sandbox = one_project(ProcoreOptions::default());
    let caller = Caller::of(&sandbox);
    let project = sandbox.contractor.project_ids()[0];
    let contract = sandbox.procore.read(|c| {
        let found = c.projects[0].commitments.iter().find(|c| c.by_unit);
        found.expect("some purchase order has priced lines").id
    });
    let v1 = caller.ok(&format!(
        "/rest/v1.0/purchase_order_contracts/{contract}/line_items?project_id={project}"
    ));
    let v2 = caller
        .ok(&format!(
            "/rest/v2.0/companies/8089/projects/{project}/commitment_contracts/{contract}/line_items"
        ))
        .json();
    for (one, two) in v1.rows().iter().zip(v2["data"].as_array().unwrap()) {
        assert!(one["id"].is_i64() && two["id"].is_string());
        assert_eq!(one["id"].to_string(), two["id"].as_str().unwrap());
        assert_eq!(amount(&one["amount"]), amount(&two["amount"]));
        assert!(two["quantity"].is_number() && two["unit_cost"].is_string());
        assert!(two.get("cost_code").is_none());
        assert_eq!(one["wbs_code"]["flat_code"], two["wbs_code"]["flat_code"]);
    }
}

#[test]
fn a_wbs_code_leads_to_the_ids_of_cost_code_and_cost_type() {
    let sandbox = one_project(ProcoreOptions::default());
    let caller = Caller::of(&sandbox);
    let project = sandbox.contractor.project_ids()[0];
    let wbs = format!("/rest/v1.0/projects/{project}/work_breakdown_structure");
    let codes = caller.all(&format!("{wbs}/wbs_codes"));
    let lines = caller.all(&format!("/rest/v1.0/projects/{project}/direct_costs/line_items"));
    assert!(!lines.is_empty());
    for line in lines {
        let code = codes.iter().find(|c| c["id"] == line["wbs_code"]["id"]).unwrap();
        let segment = |kind: &str| -> Value {
            let items = code["segment_items"].as_array().unwrap();
            items.iter().find(|i| i["segment"]["type"] == kind).unwrap()["id"].clone()
        };
        assert_eq!(segment("cost_code"), line["cost_code"]["id"]);
        assert_eq!(segment("line_item_type"), line["line_item_type"]["id"]);
    }
    let segments = caller.ok(&format!("{wbs}/segments")).rows();
    assert_eq!(segments.len(), 2, "no sub jobs, no sub job segment");
    let items = caller.all(&format!("{wbs}/segments/{}/segment_items", id(&segments[0])));
    assert_eq!(items.len(), 40);
    assert_eq!(caller.ok(&format!("{wbs}/patterns")).json()["segments"], Value::from(segments));
}

#[test]
fn the_vendor_of_a_direct_cost_is_a_name_in_the_list_and_an_object_in_the_show_call() {
    let sandbox = one_project(ProcoreOptions::default());
    let caller = Caller::of(&sandbox);
    let project = sandbox.contractor.project_ids()[0];
    let list = format!("/rest/v1.1/projects/{project}/direct_costs");
    let rows = caller.all(&list);
    let row = rows.iter().find(|r| r["direct_cost_type"] == "invoice").unwrap();
    assert!(row["vendor"].is_string() && row["vendor_id"].is_i64());
    let shown = caller.ok(&format!("{list}/{}", id(row))).json();
    assert_eq!(shown["vendor"]["id"], row["vendor_id"]);
    let lines = caller
        .ok(&format!("/rest/v1.0/projects/{project}/direct_costs/{}/line_items", id(row)))
        .rows();
    assert_eq!(Value::from(lines), shown["line_items"]);
    sandbox.procore.reconfigure(|o| o.direct_costs_without_vendor_id = true);
    assert!(caller.all(&list).iter().all(|r| r.get("vendor_id").is_none()));
    let other = rows.iter().find(|r| r["direct_cost_type"] == "payroll");
    assert!(other.is_none_or(|r| r["employee"]["name"].is_string()));
}

#[test]
fn requisitions_show_items_only_in_the_views_that_have_them() {
    let sandbox = one_project(ProcoreOptions::default());
    let caller = Caller::of(&sandbox);
    let project = sandbox.contractor.project_ids()[0];
    let list = format!("/rest/v1.1/requisitions?project_id={project}");
    for (view, has_items) in [("", false), ("&view=items", true), ("&view=extended", true)] {
        let rows = caller.all(&format!("{list}{view}"));
        assert!(rows.iter().all(|r| r["items"].is_array() == has_items), "{view}");
    }
    let shown = caller.all(&format!("{list}&view=items"));
    let one = caller
        .ok(&format!("/rest/v1.1/requisitions/{}?project_id={project}&view=items", id(&shown[0])))
        .json();
    assert_eq!(one, shown[0]);
}

#[test]
fn formats_are_irregular_on_purpose() {
    let contractor = Contractor::full(3, as_of());
    let sandbox = Sandbox::standing(contractor, SandboxOptions::default());
    let caller = Caller::of(&sandbox);
    let mut seen = std::collections::BTreeSet::new();
    for project in sandbox.contractor.project_ids().into_iter().take(5) {
        let rows = caller.all(&format!("/rest/v1.1/requisitions?project_id={project}"));
        for row in &rows {
            let due = &row["summary"]["current_payment_due"];
            seen.insert(if due.is_number() { "number due" } else { "text due" });
            let number = &row["invoice_number"];
            seen.insert(if number.is_number() { "number invoice" } else { "text invoice" });
            let percent = row["percent_complete"].as_str();
            seen.insert(if percent.is_some_and(|p| p.ends_with('%')) {
                "percent sign"
            } else {
                "0"
            });
            let created = row["created_at"].as_str().unwrap();
            seen.insert(match (created.contains('.'), created.ends_with('Z')) {
                (true, _) => "fraction",
                (false, true) => "zulu",
                (false, false) => "offset",
            });
            seen.insert(if id(row) > i64::from(u32::MAX) { "wide id" } else { "narrow id" });
        }
        for line in caller.all(&format!("/rest/v1.0/projects/{project}/direct_costs/line_items")) {
            seen.insert(if line["quantity"].is_number() { "number" } else { "text" });
        }
    }
    for form in [
        "number due",
        "text due",
        "number invoice",
        "text invoice",
        "percent sign",
        "fraction",
        "zulu",
        "offset",
        "wide id",
        "narrow id",
        "number",
        "text",
    ] {
        assert!(seen.contains(form), "{form} is missing in {seen:?}");
    }
    let tax = caller.ok("/rest/v1.0/tax_codes?company_id=8089").rows();
    assert!(tax[0]["rate1"].is_number());
}

#[test]
fn potential_change_orders_name_the_tiers_and_packages_carry_markup() {
    let contractor = Contractor::full(3, as_of());
    let sandbox = Sandbox::standing(contractor, SandboxOptions::default());
    let caller = Caller::of(&sandbox);
    let three: Vec<i64> = sandbox
        .procore
        .read(|c| c.projects.iter().filter(|p| p.change_order_tiers == 3).map(|p| p.id).collect());
    assert_eq!(three.len(), 2);
    let mut without_coding = 0;
    for project in three {
        let potential =
            caller.all(&format!("/rest/v1.0/potential_change_orders?project_id={project}"));
        assert!(!potential.is_empty());
        assert!(potential.iter().all(|p| p["change_order_tiers"] == 3));
        let orders = caller.ok(&format!("/rest/v1.0/projects/{project}/commitment_change_orders"));
        assert!(orders.rows().is_empty(), "commitment change orders serve two tiers at most");
        for package in caller.all(&format!("/rest/v1.0/change_order_packages?project_id={project}"))
        {
            let shown = caller
                .ok(&format!(
                    "/rest/v1.0/change_order_packages/{}?project_id={project}",
                    id(&package)
                ))
                .json();
            let of = |key: &str| shown[key].as_array().unwrap().clone();
            let (lines, markups) = (of("line_items"), of("markup_line_items"));
            let sum: Decimal = lines.iter().chain(&markups).map(|l| amount(&l["amount"])).sum();
            assert_eq!(sum, amount(&shown["grand_total"]));
            without_coding += markups.iter().filter(|l| l["cost_code"].is_null()).count();
        }
    }
    assert!(without_coding > 0);
}

#[test]
fn the_budget_has_one_column_per_display_name() {
    let sandbox = one_project(ProcoreOptions::default());
    let caller = Caller::of(&sandbox);
    let project = sandbox.contractor.project_ids()[0];
    let view =
        caller.ok(&format!("/rest/v1.0/budget_views?project_id={project}")).rows()[0].clone();
    let base = format!("/rest/v1.0/budget_views/{}", id(&view));
    let columns = caller.ok(&format!("{base}/budget_detail_columns?project_id={project}")).rows();
    let rows = caller.all(&format!("{base}/detail_rows?project_id={project}"));
    assert!(!rows.is_empty());
    for column in &columns {
        let name = column["name"].as_str().unwrap();
        assert!(rows.iter().all(|r| r[name].is_string()), "{name}");
    }
    let total: Decimal = rows.iter().map(|r| amount(&r["Commitment Purchase Orders"])).sum();
    let expected: Decimal = sandbox.procore.read(|c| {
        let orders = c.projects[0].commitments.iter();
        orders
            .filter(|c| c.kind == CommitmentKind::PurchaseOrder && c.is_postable())
            .flat_map(|c| &c.lines)
            .map(|l| l.amount)
            .sum()
    });
    assert_eq!(total, expected);
}

#[test]
fn reference_lists_answer() {
    let sandbox = one_project(ProcoreOptions::default());
    let caller = Caller::of(&sandbox);
    let project = sandbox.contractor.project_ids()[0];
    let vendor = sandbox.procore.read(|c| c.vendors[0].id);
    for target in [
        format!("/rest/v1.0/projects/{project}?company_id=8089"),
        "/rest/v1.1/projects?company_id=8089".to_owned(),
        format!("/rest/v1.0/vendors/{vendor}?company_id=8089"),
        "/rest/v1.0/tax_types?company_id=8089".to_owned(),
        format!("/rest/v1.0/line_item_types?company_id=8089&project_id={project}"),
        format!("/rest/v1.0/sub_jobs?project_id={project}"),
        format!("/rest/v1.0/commitments?project_id={project}"),
        format!("/rest/v1.0/projects/{project}/billing_periods?filters[status]=open"),
        "/rest/v1.0/companies/8089/currency_configuration".to_owned(),
        "/rest/v1.0/companies/8089/currency_configuration/exchange_rates".to_owned(),
        format!("/rest/v1.0/companies/8089/projects/{project}/currency_configuration"),
    ] {
        assert!(caller.ok(&target).text.len() > 1, "{target}");
    }
    let periods = caller
        .ok(&format!("/rest/v1.0/projects/{project}/billing_periods?filters[status]=open"))
        .rows();
    assert_eq!(periods.len(), 2);
}
