//! What moved rates leave on a commitment, whichever document clears it.

use sync_core::states::FindingKind;

use crate::{
    foreign::{abroad, in_euro},
    records::{SC, add_up, change_order, d, lines_of, requisition, subcontract},
    world::World,
};
use sync_core::{engine::CycleReport, policy::Basis};

/// Which record a finding of the cycle is at, and what it says is left.
fn left(report: &CycleReport) -> Vec<(i64, String)> {
    let of_rates =
        report.findings.iter().filter(|row| row.finding.kind == FindingKind::ExchangeDifference);
    of_rates
        .map(|row| {
            let (_, said) = row.finding.detail.split_once("; ").unwrap();
            (row.key.id, said.split(" of moved").next().unwrap().to_owned())
        })
        .collect()
}

#[test]
fn a_credit_memo_of_the_contract_side_counts_on_both_sides_of_the_rate() {
    let world = abroad(World::new());
    world.put([
        in_euro(subcontract(1, &[(11, "03-300", "1,000")])),
        in_euro(change_order(5, 1, &[(51, "03-300", "-100")])),
    ]);
    world.sync();
    world.put([in_euro(requisition(71, 1, &[(11, "900", "900", "0", "0")], "900"))]);
    // 900 euro stand at 1.10 and are cleared at 1.20.
    assert_eq!(left(&world.sync()), [(71, "90.00 USD".to_owned())]);
}

#[test]
fn a_credit_memo_that_clears_a_commitment_says_what_is_left() {
    let world = abroad(World::new());
    world.put([
        in_euro(subcontract(1, &[(11, "03-300", "1,000")])),
        in_euro(requisition(71, 1, &[(11, "900", "900", "0", "0")], "900")),
    ]);
    assert_eq!(left(&world.sync()), [], "100 euro are not billed yet");
    world.edit(SC, |record| {
        lines_of(record)[0].amount = d("900");
        add_up(record);
    });
    // 1,100 opened; 1,080 and the reduction's 120 cleared.
    assert_eq!(left(&world.sync()), [(1, "100.00 USD".to_owned())]);
}

#[test]
fn an_invoice_that_clears_a_cent_billed_before_says_what_is_left() {
    let world = abroad(World::new());
    world.put([
        in_euro(subcontract(1, &[(11, "03-300", "999.99")])),
        in_euro(requisition(71, 1, &[(11, "1,000", "1,000", "0", "0")], "1,000")),
    ]);
    assert_eq!(left(&world.sync()), []);
    world.put([in_euro(change_order(5, 1, &[(51, "03-300", "0.01")]))]);
    let report = world.sync();
    assert_eq!(left(&report), [(5, "100.00 USD".to_owned())], "{:?}", report.exceptions);
}

#[test]
fn a_requisitions_credit_memo_clears_nothing_of_the_contract_side() {
    let mut world = World::on(Basis::Encumbrance).with_invoices();
    world.policy.retainage_account = None;
    let world = abroad(world);
    world.put([
        in_euro(subcontract(1, &[(11, "03-300", "1,000")])),
        in_euro(requisition(71, 1, &[(11, "1,000", "1,000", "0", "0")], "1,000")),
    ]);
    assert_eq!(left(&world.sync()), [(71, "100.00 USD".to_owned())]);
    world.put([in_euro(requisition(72, 2, &[(11, "900", "-100", "0", "0")], "-100"))]);
    // 100 euro are encumbered again: nothing is cleared.
    assert_eq!(left(&world.sync()), []);
    world.put([in_euro(requisition(73, 3, &[(11, "1,000", "100", "0", "0")], "100"))]);
    assert_eq!(left(&world.sync()), [(73, "100.00 USD".to_owned())], "cleared once more");
}
