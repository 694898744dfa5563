//! One bill entered twice in Procore, as a direct cost and as a requisition.

use sync_core::{
    model::CostRecord,
    policy::{Basis, OnChange},
    resolve::Verb,
    states::{FindingKind, Reason, RecordState},
};

use crate::{
    decisions::decide,
    records::{SC, add_up, d, dc, direct_cost, direct_cost_of, lines_of, req, requisition},
    records::{requisition_of, subcontract, vendor},
    world::World,
};

/// A direct cost of vendor 1 with the invoice number of the first requisition.
fn repeated(amount: &str) -> CostRecord {
    let mut record = direct_cost(9, "invoice", &[(91, "03-300", amount)]);
    direct_cost_of(&mut record).invoice_number = Some(" pa-1 ".to_owned());
    record
}

fn billed() -> CostRecord {
    requisition(71, 1, &[(11, "400", "400", "40", "0")], "360")
}

fn company(basis: Basis) -> World {
    let world = World::on(basis);
    world.put([subcontract(1, &[(11, "03-300", "1,000")])]);
    world.sync();
    world
}

fn repeats(world: &World, key: sync_core::model::SourceKey) -> Vec<String> {
    let findings = world.stored(key).findings.into_iter();
    let repeats = findings.filter(|finding| finding.kind == FindingKind::PossibleRepeat);
    repeats.map(|finding| finding.detail).collect()
}

#[test]
pub(crate) fn a_direct_cost_with_the_invoice_number_of_a_posted_requisition_is_held() {
    for basis in Basis::ALL {
        let world = company(basis);
        world.put([billed()]);
        world.sync();
        world.put([repeated("250")]);
        world.sync();
        let detail = world.assert_cause(dc(9), Reason::PossibleDoubleCount);
        assert!(detail.contains("requisition:71 of V100"), "{detail}");
        assert_eq!(world.state(req(71)), RecordState::Posted, "{basis:?}");
        world.assert_reconciles();
        decide(&world, dc(9), Verb::Post).unwrap();
        world.sync();
        assert_eq!(world.state(dc(9)), RecordState::Posted, "{basis:?}");
    }
}

#[test]
fn a_requisition_with_the_invoice_number_of_a_posted_direct_cost_is_held_until_that_leaves() {
    let world = company(Basis::Progress);
    world.put([repeated("400")]);
    world.sync();
    world.put([billed()]);
    world.sync();
    let detail = world.assert_cause(req(71), Reason::PossibleDoubleCount);
    assert!(detail.contains("direct_cost:9"), "{detail}");
    assert_eq!(world.cost(), d("400"));
    world.edit(dc(9), |record| record.status = "void".to_owned());
    for _ in 0..4 {
        world.clock.advance(chrono::TimeDelta::hours(7));
        world.sync();
    }
    assert_eq!(world.state(req(71)), RecordState::Posted, "the direct cost is reversed");
    assert_eq!(world.cost(), d("400"));
}

#[test]
pub(crate) fn of_two_that_are_new_neither_is_posted_before_a_person_chose_one() {
    let world = company(Basis::Progress);
    world.put([billed(), repeated("400")]);
    world.sync();
    for key in [req(71), dc(9)] {
        world.assert_cause(key, Reason::PossibleDoubleCount);
    }
    decide(&world, dc(9), Verb::Skip).unwrap();
    world.sync();
    world.sync();
    assert_eq!(world.state(dc(9)), RecordState::Skipped);
    assert_eq!(world.state(req(71)), RecordState::Posted, "nothing stands against it any more");
    assert_eq!(world.cost(), d("400"));
    world.assert_reconciles();
}

#[test]
fn another_vendor_another_number_or_none_is_no_double_count() {
    let world = company(Basis::Progress);
    world.put([billed()]);
    let mut of_other = repeated("1");
    of_other.vendor = vendor(2);
    let mut of_no_number = direct_cost(10, "invoice", &[(101, "03-300", "2")]);
    direct_cost_of(&mut of_no_number).invoice_number = Some("  ".to_owned());
    let unconfigured = {
        let mut record = repeated("3");
        record.key = dc(11);
        direct_cost_of(&mut record).direct_cost_type = "payroll".to_owned();
        record
    };
    world.put([of_other, of_no_number, unconfigured]);
    let report = world.sync();
    assert_eq!(report.exit_code(), 0, "{:?}", report.exceptions);
    assert_eq!(world.cost(), d("403"));
}

#[test]
fn a_change_of_a_posted_bill_is_not_held_for_it() {
    for on_change in [OnChange::Adjust, OnChange::Restate] {
        let mut world = company(Basis::Progress);
        world.policy.on_change = on_change;
        world.put([repeated("250")]);
        world.sync();
        world.put([billed()]);
        world.sync();
        decide(&world, req(71), Verb::Post).unwrap();
        world.sync();
        world.edit(dc(9), |record| {
            lines_of(record)[0].amount = d("260");
            add_up(record);
        });
        world.sync();
        assert_eq!(world.state(dc(9)), RecordState::Posted, "{on_change:?}");
        assert_eq!(world.cost(), d("660"));
    }
}

#[test]
pub(crate) fn the_same_vendor_amount_and_month_is_a_finding_and_stops_nothing() {
    let world = company(Basis::Progress);
    world.put([billed()]);
    world.sync();
    world.put([direct_cost(9, "invoice", &[(91, "03-300", "400")])]);
    let report = world.sync();
    assert_eq!(report.exit_code(), 0);
    assert_eq!(world.state(dc(9)), RecordState::Posted);
    let details = repeats(&world, dc(9));
    let told = report.findings.iter().map(|row| row.finding.kind);
    assert_eq!(told.filter(|kind| *kind == FindingKind::PossibleRepeat).count(), 1);
    assert_eq!(details.len(), 1);
    assert!(details[0].contains("requisition:71 of V100 in 2026-03"), "{details:?}");
    // Another month, another amount, another vendor.
    for (id, change) in [(12, 0), (13, 1), (14, 2)] {
        let mut record = direct_cost(id, "invoice", &[(id, "03-300", "400")]);
        match change {
            0 => direct_cost_of(&mut record).dated = Some(crate::records::day("2026-02-27")),
            1 => {
                lines_of(&mut record)[0].amount = d("401");
                add_up(&mut record);
            }
            _ => record.vendor = vendor(2),
        }
        world.put([record]);
        world.sync();
        assert!(repeats(&world, dc(id)).is_empty(), "{id}");
    }
}

#[test]
fn the_payment_due_and_the_total_with_tax_are_compared_too() {
    let world = company(Basis::Progress);
    world.put([direct_cost(9, "invoice", &[(91, "03-300", "360")])]);
    world.sync();
    world.put([billed()]);
    world.sync();
    assert_eq!(repeats(&world, req(71)).len(), 1, "360.00 are due of the 400.00 billed");
    world.edit(req(71), |record| requisition_of(record).invoice_number = None);
    world.sync();
    assert_eq!(world.state(SC), RecordState::NothingToPost);
}
