//! What people do in Procore, seen over the wire.

use chrono::TimeDelta;
use rust_decimal::Decimal;
use sync_sandbox::{
    Sandbox,
    procore::{
        CommitmentKind, DirectCostType, NewChangeOrder, NewDirectCost, NewLine, NewRequisition,
        ProcoreOptions, RecordRef, Work,
    },
};

use crate::caller::{Caller, amount, as_of, id, one_project, since};

/// A subcontract that is approved, and an open billing period.
fn subcontract(sandbox: &Sandbox) -> (i64, i64) {
    sandbox.procore.read(|company| {
        let project = &company.projects[0];
        let found = project
            .commitments
            .iter()
            .find(|c| c.kind == CommitmentKind::Subcontract && c.is_postable())
            .unwrap();
        (project.id, found.id)
    })
}

#[test]
fn an_edited_line_moves_the_header_total_and_the_record_only_if_asked() {
    let sandbox = one_project(ProcoreOptions::default());
    let caller = Caller::of(&sandbox);
    let (project, contract) = subcontract(&sandbox);
    let target = format!("/rest/v1.0/work_order_contracts?project_id={project}");
    let total = |row: &serde_json::Value| amount(&row["grand_total"]);
    let read = || {
        let rows = caller.all(&target);
        rows.into_iter().find(|r| id(r) == contract).unwrap()
    };
    let line =
        sandbox.procore.read(|c| c.projects[0].commitment(contract).unwrap().lines[0].clone());
    let record = RecordRef::Commitment(contract);
    let more = line.amount + Decimal::ONE_HUNDRED;
    let before = read();
    sandbox.clock.advance(TimeDelta::hours(1));
    let at = sandbox.clock.now();
    sandbox.procore.edit(|c| c.set_line_amount(project, record, line.id, more, false)).unwrap();
    let silent = read();
    assert_eq!(total(&silent) - total(&before), Decimal::ONE_HUNDRED);
    assert_eq!(silent["updated_at"], before["updated_at"], "the cursor sees nothing");
    assert!(caller.ok(&format!("{target}&{}", since(at))).rows().is_empty());

    sandbox
        .procore
        .edit(|c| c.set_line_amount(project, record, line.id, line.amount, true))
        .unwrap();
    assert_eq!(total(&read()), total(&before));
    assert_eq!(caller.ok(&format!("{target}&{}", since(at))).rows().len(), 1);
}

#[test]
fn a_deleted_contract_is_shown_on_request_with_the_time() {
    let sandbox = one_project(ProcoreOptions::default());
    let caller = Caller::of(&sandbox);
    let (project, contract) = subcontract(&sandbox);
    let target = format!("/rest/v1.0/work_order_contracts?project_id={project}");
    let all = caller.all(&target).len();
    sandbox.procore.edit(|c| c.delete(project, RecordRef::Commitment(contract))).unwrap();
    assert_eq!(caller.all(&target).len(), all - 1);
    let only = caller.all(&format!("{target}&filters[include_deleted]=only"));
    assert_eq!(only.len(), 1);
    assert!(only[0]["deleted_at"].is_string());
    assert_eq!(caller.all(&format!("{target}&filters[include_deleted]=with")).len(), all);
}

#[test]
fn a_deleted_change_order_is_gone_but_its_package_remains_visible() {
    let sandbox = one_project(ProcoreOptions::default());
    let caller = Caller::of(&sandbox);
    let (project, contract) = subcontract(&sandbox);
    let coding =
        sandbox.procore.read(|c| c.projects[0].commitment(contract).unwrap().lines[0].coding);
    let package = sandbox
        .procore
        .edit(|c| {
            c.add_change_order(
                project,
                NewChangeOrder {
                    contract_id: contract,
                    title: "Extra footing".into(),
                    status: "approved".into(),
                    reviewed_at: Some(c.now),
                    lines: vec![NewLine {
                        coding,
                        description: "Footing".into(),
                        amount: Decimal::new(150_050, 2),
                        priced: None,
                    }],
                    markups: Vec::new(),
                },
            )
        })
        .unwrap();
    let orders = format!("/rest/v1.0/projects/{project}/commitment_change_orders");
    let target = format!("{orders}?filters[legacy_package_id]={package}");
    let found = caller.ok(&target).rows();
    assert_eq!(found[0]["grand_total"], "1500.50");
    let lines = caller
        .ok(&format!(
            "/rest/v2.0/companies/8089/projects/{project}/commitment_change_orders/{}/line_items",
            id(&found[0])
        ))
        .json();
    assert_eq!(lines["data"][0]["amount"], "1500.5");
    sandbox.procore.edit(|c| c.delete(project, RecordRef::ChangeOrder(package))).unwrap();
    assert!(caller.ok(&target).rows().is_empty());
    let packages =
        format!("/rest/v1.0/change_order_packages?project_id={project}&filters[id]={package}");
    assert!(caller.ok(&packages).rows().is_empty());
    let deleted = caller.ok(&format!("{packages}&filters[include_deleted]=only")).rows();
    assert_eq!(deleted.len(), 1);
}

#[test]
fn a_deleted_direct_cost_or_requisition_leaves_no_trace() {
    let sandbox = one_project(ProcoreOptions::default());
    let caller = Caller::of(&sandbox);
    let (project, _) = subcontract(&sandbox);
    let (cost, requisition) = sandbox.procore.read(|c| {
        (c.projects[0].direct_costs[0].id, c.projects[0].requisitions.last().unwrap().id)
    });
    sandbox
        .procore
        .edit(|c| {
            c.delete(project, RecordRef::DirectCost(cost))?;
            c.delete(project, RecordRef::Requisition(requisition))
        })
        .unwrap();
    let costs = format!("/rest/v1.1/projects/{project}/direct_costs");
    assert!(caller.all(&costs).iter().all(|c| id(c) != cost));
    assert_eq!(caller.get(&format!("{costs}/{cost}")).status, 404);
    let shown = format!("/rest/v1.1/requisitions/{requisition}?project_id={project}");
    assert_eq!(caller.get(&shown).status, 404);
    let missing = sandbox.procore.edit(|c| c.delete(project, RecordRef::DirectCost(cost)));
    assert!(missing.unwrap_err().to_string().contains("holds no direct cost"));
}

#[test]
fn an_approval_reviews_a_change_order_and_taking_it_back_moves_only_the_status() {
    let sandbox = one_project(ProcoreOptions::default());
    let caller = Caller::of(&sandbox);
    let project = sandbox.contractor.project_ids()[0];
    let orders = format!("/rest/v1.0/projects/{project}/commitment_change_orders");
    let order = caller.ok(&orders).rows()[0].clone();
    let record = RecordRef::ChangeOrder(id(&order));
    let read = || caller.ok(&format!("{orders}?filters[id]={}", id(&order))).rows()[0].clone();
    sandbox.clock.advance(TimeDelta::minutes(1));
    sandbox.procore.edit(|c| c.set_status(project, record, "draft")).unwrap();
    let draft = read();
    assert_eq!(draft["status"], "draft");
    assert_eq!(draft["reviewed_at"], order["reviewed_at"]);
    sandbox.clock.advance(TimeDelta::minutes(1));
    sandbox.procore.edit(|c| c.set_status(project, record, "approved")).unwrap();
    let approved = read();
    assert_eq!(approved["status"], "approved");
    assert_ne!(approved["updated_at"], draft["updated_at"]);
    assert!(approved["reviewed_at"].as_str().unwrap().starts_with("2026-11-24T"), "{approved}");
}

#[test]
fn a_new_direct_cost_and_a_new_vendor_are_seen() {
    let sandbox = one_project(ProcoreOptions::default());
    let caller = Caller::of(&sandbox);
    let project = sandbox.contractor.project_ids()[0];
    let (coding, vendor, other) = sandbox.procore.read(|c| {
        (c.projects[0].direct_costs[0].lines[0].coding, c.vendors[0].id, c.vendors[1].id)
    });
    let line = |amount| NewLine { coding, description: "Lumber".into(), amount, priced: None };
    let cost = sandbox
        .procore
        .edit(|c| {
            c.add_direct_cost(
                project,
                NewDirectCost {
                    kind: DirectCostType::Invoice,
                    status: "approved".into(),
                    date: Some(as_of()),
                    vendor_id: Some(vendor),
                    employee: None,
                    invoice_number: Some("A-1".into()),
                    description: "Lumber".into(),
                    tax_total: Decimal::new(240, 2),
                    lines: vec![line(Decimal::new(3_000, 2))],
                },
            )
        })
        .unwrap();
    let record = RecordRef::DirectCost(cost);
    sandbox
        .procore
        .edit(|c| {
            c.set_vendor(project, record, Some(other))?;
            c.set_title(project, record, "Lumber, corrected")?;
            let added = c.add_line(project, record, line(Decimal::new(725, 2)))?;
            let extra = c.add_line(project, record, line(Decimal::ONE))?;
            c.remove_line(project, record, extra, true)?;
            c.set_line_amount(project, record, added, Decimal::new(700, 2), true)
        })
        .unwrap();
    let shown = caller.ok(&format!("/rest/v1.1/projects/{project}/direct_costs/{cost}")).json();
    assert_eq!(shown["vendor_id"], other);
    assert_eq!(shown["description"], "Lumber, corrected");
    assert_eq!(shown["line_items_count"], 2);
    assert_eq!(shown["tax_breakdown"]["subtotal"], "37.00");
    assert_eq!(shown["tax_breakdown"]["grand_total"], "39.40");
}

#[test]
fn a_new_requisition_carries_the_chain_forward() {
    let sandbox = one_project(ProcoreOptions::default());
    let caller = Caller::of(&sandbox);
    let (project, contract) = subcontract(&sandbox);
    let (line, last, period) = sandbox.procore.read(|c| {
        let project = &c.projects[0];
        let last = project.requisitions.iter().filter(|r| r.commitment_id == contract);
        let last = last.max_by_key(|r| r.number).cloned().unwrap();
        let line = project.commitment(contract).unwrap().lines[0].id;
        (line, last, project.billing_periods.last().unwrap().id)
    });
    let made = sandbox
        .procore
        .edit(|c| {
            c.add_requisition(
                project,
                NewRequisition {
                    commitment_id: contract,
                    status: "approved".into(),
                    invoice_number: Some("R-9".into()),
                    period_id: Some(period),
                    billing_date: Some(as_of()),
                    is_final: false,
                    tax: Decimal::ZERO,
                    work: vec![Work {
                        line_item_id: line,
                        completed: Decimal::new(100_000, 2),
                        retainage_percent: Decimal::TEN,
                        ..Work::default()
                    }],
                },
            )
        })
        .unwrap();
    let target = format!("/rest/v1.1/requisitions/{made}?project_id={project}&view=items");
    let shown = caller.ok(&target).json();
    assert_eq!(shown["number"], last.number + 1);
    assert_eq!(shown["previous_requisition_id"], last.id);
    let item = shown["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|i| i["line_item_id"] == line)
        .unwrap()
        .clone();
    let before = last.items.iter().find(|i| i.line_item_id == line).unwrap();
    let previous = amount(&item["work_completed_from_previous_application"]);
    assert_eq!(previous, before.work_previous + before.work_this_period);
    assert_eq!(item["work_completed_retainage_retained_this_period"], "100.0");
    // The named line stores nothing any more; the lines that are not named keep what they store.
    let stored = before.materials_stored;
    let due = amount(&shown["summary"]["current_payment_due"]);
    let expected = Decimal::new(90_000, 2) - stored + before.materials_retainage;
    assert_eq!(due, expected);
}

#[test]
fn more_tiers_take_the_commitment_change_orders_away() {
    let sandbox = one_project(ProcoreOptions::default());
    let caller = Caller::of(&sandbox);
    let project = sandbox.contractor.project_ids()[0];
    let orders = format!("/rest/v1.0/projects/{project}/commitment_change_orders");
    let packages = format!("/rest/v1.0/change_order_packages?project_id={project}");
    let before = caller.ok(&orders).rows().len();
    assert!(before > 0);
    sandbox.procore.edit(|c| c.set_change_order_tiers(project, 3)).unwrap();
    assert!(caller.ok(&orders).rows().is_empty());
    assert_eq!(caller.all(&packages).len(), before);
}

#[test]
fn an_inactive_vendor_moves_to_a_list_of_its_own() {
    let sandbox = one_project(ProcoreOptions::default());
    let caller = Caller::of(&sandbox);
    let vendor = sandbox.procore.read(|c| c.vendors[0].id);
    let count = caller.all("/rest/v1.0/vendors?company_id=8089").len();
    sandbox.procore.edit(|c| c.set_vendor_active(vendor, false)).unwrap();
    assert_eq!(caller.all("/rest/v1.0/vendors?company_id=8089").len(), count - 1);
    let inactive = caller.all("/rest/v1.0/companies/8089/vendors/inactive");
    assert_eq!((inactive.len(), id(&inactive[0])), (1, vendor));
}
