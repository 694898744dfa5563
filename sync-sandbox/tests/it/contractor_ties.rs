//! Requisitions tie: checked from the wire's own columns, not from the sandbox's arithmetic.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde_json::Value;
use sync_sandbox::{Sandbox, SandboxOptions, contractor::Contractor};

use crate::caller::{Caller, amount, as_of};

/// What the previous requisition left behind, per line.
type Carried = BTreeMap<i64, (Decimal, Decimal)>;

fn column(item: &Value, name: &str) -> Decimal {
    amount(&item[name])
}

/// Retainage held now: work carried forward, held and released, and materials.
fn retained(item: &Value) -> Decimal {
    column(item, "work_completed_retainage_from_previous_application")
        + column(item, "work_completed_retainage_retained_this_period")
        - column(item, "work_completed_retainage_released_this_period")
        + column(item, "materials_stored_retainage_currently_retained")
}

/// Checks one requisition against what the previous one left, and answers what it leaves.
fn tie(requisition: &Value, before: &Carried) -> Carried {
    let items = requisition["items"].as_array().unwrap();
    let mut left = Carried::new();
    let (mut gross_sum, mut retainage_sum) = (Decimal::ZERO, Decimal::ZERO);
    for item in items {
        let line = item["line_item_id"].as_i64().unwrap();
        let (done_before, held_before) = before.get(&line).copied().unwrap_or_default();
        let done = column(item, "total_completed_and_stored_to_date");
        let gross = done - done_before;
        let stored = column(item, "materials_presently_stored")
            - column(item, "materials_presently_stored_from_previous_progress");
        let stated =
            column(item, "work_completed_this_period") + stored + column(item, "materials_moved");
        assert_eq!(gross, stated, "gross of {item}");
        assert_eq!(gross, column(item, "gross_amount"));
        let held = retained(item);
        gross_sum += gross;
        retainage_sum += held - held_before;
        left.insert(line, (done, held));
    }
    let due = amount(&requisition["summary"]["current_payment_due"]);
    assert_eq!(gross_sum - retainage_sum, due, "net of {}", requisition["id"]);
    for line in before.keys() {
        assert!(left.contains_key(line), "line {line} left the chain");
    }
    left
}

fn identities(requisition: &Value) {
    let of = |name: &str| amount(&requisition["summary"][name]);
    let earned = of("total_earned_less_retainage");
    assert_eq!(
        of("contract_sum_to_date"),
        of("original_contract_sum") + of("net_change_by_change_orders")
    );
    assert_eq!(
        of("total_retainage"),
        of("completed_work_retainage_amount") + of("stored_materials_retainage_amount")
    );
    assert_eq!(earned, of("total_completed_and_stored_to_date") - of("total_retainage"));
    assert_eq!(of("current_payment_due"), earned - of("less_previous_certificates_for_payment"));
    assert_eq!(of("balance_to_finish_including_retainage"), of("contract_sum_to_date") - earned);
}

#[test]
fn all_three_ties_and_the_header_identities_hold_for_every_requisition() {
    let sandbox = Sandbox::standing(Contractor::full(1, as_of()), SandboxOptions::default());
    let caller = Caller::of(&sandbox);
    let (mut count, mut released, mut moved, mut changes) = (0, 0, 0, 0);
    for project in sandbox.contractor.project_ids() {
        let target = format!("/rest/v1.1/requisitions?project_id={project}&view=items");
        let mut chains: BTreeMap<i64, Vec<Value>> = BTreeMap::new();
        for row in caller.all(&target) {
            chains.entry(row["commitment_id"].as_i64().unwrap()).or_default().push(row);
        }
        for chain in chains.values_mut() {
            chain.sort_by_key(|r| r["number"].as_i64());
            let mut carried = Carried::new();
            let mut certified = Decimal::ZERO;
            for (n, requisition) in chain.iter().enumerate() {
                assert_eq!(requisition["number"], n + 1, "numbers follow each other");
                let previous = if n == 0 { &Value::Null } else { &chain[n - 1]["id"] };
                assert_eq!(&requisition["previous_requisition_id"], previous);
                identities(requisition);
                carried = tie(requisition, &carried);
                certified += amount(&requisition["summary"]["current_payment_due"]);
                let items = requisition["items"].as_array().unwrap();
                let any = |name: &str| items.iter().any(|i| !column(i, name).is_zero());
                count += 1;
                released += usize::from(any("work_completed_retainage_released_this_period"));
                moved += usize::from(any("materials_moved"));
                changes += usize::from(items.iter().any(|i| i["item_type"] == "change_order_item"));
            }
            let last = chain.last().unwrap();
            assert_eq!(certified, amount(&last["summary"]["total_earned_less_retainage"]));
            let done: Decimal = carried.values().map(|(done, _)| *done).sum();
            assert_eq!(done, amount(&last["summary"]["total_completed_and_stored_to_date"]));
        }
    }
    assert!(count > 450, "{count}");
    assert!(released > 20 && moved > 20 && changes > 100, "{released} {moved} {changes}");
}

#[test]
fn retainage_is_never_below_zero_and_never_released_twice() {
    let contractor = Contractor::full(2, as_of());
    for project in &contractor.company.projects {
        for requisition in &project.requisitions {
            for item in &requisition.items {
                assert!(item.retained() >= Decimal::ZERO, "{item:?}");
                assert!(
                    item.work_this_period >= Decimal::ZERO || item.scheduled_value < Decimal::ZERO
                );
                assert!(item.completed_to_date().abs() <= item.scheduled_value.abs(), "{item:?}");
            }
        }
    }
}
