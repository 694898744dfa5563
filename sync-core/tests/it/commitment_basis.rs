//! The worked example of the basis `commitment`, as the golden table of the accounting rules.
//!
//! Commitment 10,000; change orders +1,000 and -500; requisition 1: work 4,000, retainage held 400;
//! requisition 2: work 6,500, held 250, released 650; direct cost 300. Balances are cumulative,
//! credit negative.

use crate::{
    records::{change_order, d, direct_cost, requisition, subcontract, with_tax},
    world::{RETAINAGE, TAX_ACCOUNT, TRADE, UNBILLED, World},
};

/// A step, and after it: cost, tax, unbilled, trade vendor, retainage.
type Row<'a> = (&'a str, [&'a str; 5]);

#[rustfmt::skip]
const WITH_EIGHT_PERCENT: [Row<'static>; 5] = [
    //                       cost       tax    unbilled      trade      retainage
    ("commitment",      ["10,000.00", "800", "-10,800.00",      "0.00",    "0.00"]),
    ("both COs",        ["10,500.00", "840", "-11,340.00",      "0.00",    "0.00"]),
    ("requisition 1",   ["10,500.00", "840",  "-7,020.00", "-3,920.00", "-400.00"]),
    ("requisition 2",   ["10,500.00", "840",       "0.00", "-11,340.00",   "0.00"]),
    ("direct cost",     ["10,800.00", "864",       "0.00", "-11,664.00",   "0.00"]),
];

#[rustfmt::skip]
const WITHOUT_TAX: [Row<'static>; 5] = [
    //                       cost      tax    unbilled      trade      retainage
    ("commitment",      ["10,000.00", "0", "-10,000.00",      "0.00",    "0.00"]),
    ("both COs",        ["10,500.00", "0", "-10,500.00",      "0.00",    "0.00"]),
    ("requisition 1",   ["10,500.00", "0",  "-6,500.00", "-3,600.00", "-400.00"]),
    ("requisition 2",   ["10,500.00", "0",       "0.00", "-10,500.00",   "0.00"]),
    ("direct cost",     ["10,800.00", "0",       "0.00", "-10,800.00",   "0.00"]),
];

fn enter(world: &World, step: &str, taxed: bool) {
    match step {
        "commitment" => world.put([subcontract(1, &[(11, "03-300", "10,000")])]),
        "both COs" => world.put([
            change_order(5, 1, &[(51, "03-300", "1,000")]),
            change_order(6, 1, &[(61, "03-300", "-500")]),
        ]),
        "requisition 1" => {
            world.put([requisition(71, 1, &[(11, "4,000", "4,000", "400", "0")], "3,600")]);
        }
        "requisition 2" => world.put([requisition(
            72,
            2,
            &[
                (11, "10,000", "6,000", "0", "650"),
                (51, "1,000", "1,000", "0", "0"),
                (61, "-500", "-500", "0", "0"),
            ],
            "6,900",
        )]),
        "direct cost" => {
            let cost = direct_cost(9, "invoice", &[(91, "26-100", "300")]);
            world.put([if taxed { with_tax(cost, "24") } else { cost }]);
        }
        other => panic!("no step {other}"),
    }
}

fn assert_table(world: &World, table: &[Row<'_>], taxed: bool) {
    for (step, expected) in table {
        enter(world, step, taxed);
        let report = world.sync();
        assert_eq!(report.exit_code(), 0, "after {step}: {:?}", report.exceptions);
        let cost = world.balance("5010") + world.balance("5020");
        let rest = [TAX_ACCOUNT, UNBILLED, TRADE, RETAINAGE].map(|code| world.balance(code));
        let got = [cost, rest[0], rest[1], rest[2], rest[3]];
        assert_eq!(got, expected.map(d), "cost, tax, unbilled, trade, retainage after {step}");
        assert!(world.sync().documents.is_empty(), "after {step} a second cycle posts nothing");
        world.assert_reconciles();
    }
}

#[test]
fn the_worked_example_with_eight_percent_tax() {
    assert_table(&World::with_tax(), &WITH_EIGHT_PERCENT, true);
}

#[test]
fn the_worked_example_without_tax() {
    assert_table(&World::new(), &WITHOUT_TAX, false);
}

#[test]
fn the_worked_example_entered_at_once_ends_in_the_same_books() {
    let world = World::with_tax();
    for (step, _) in WITH_EIGHT_PERCENT {
        enter(&world, step, true);
    }
    assert_eq!(world.sync().exit_code(), 0);
    assert_eq!(world.books(), "1610 864.00, 2110 -11664.00, 5010 10500.00, 5020 300.00");
    world.assert_reconciles();
}

#[test]
fn retainage_on_a_control_account_is_kept_per_vendor() {
    let mut world = World::new();
    world.policy.retainage_account = Some("2116".to_owned());
    for step in ["commitment", "both COs", "requisition 1"] {
        enter(&world, step, false);
    }
    world.sync();
    assert_eq!(world.books(), "2110 -3600.00, 2116 -400.00, 2160 -6500.00, 5010 10500.00");
}

#[test]
fn without_an_unbilled_account_a_requisition_moves_retainage_only() {
    let mut world = World::new();
    world.policy.unbilled_account = None;
    for step in ["commitment", "both COs", "requisition 1"] {
        enter(&world, step, false);
    }
    world.sync();
    assert_eq!(world.books(), "2110 -10100.00, 2115 -400.00, 5010 10500.00");
}
