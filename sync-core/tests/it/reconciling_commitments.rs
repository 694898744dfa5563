//! Sub-ledgers commitment by commitment: what is unbilled and retained of each, beside what SAP holds.

use rust_decimal::Decimal;
use sync_core::{
    model::{Kind, LineMark, SourceKey},
    policy::{Basis, OverBilling},
    reconcile::{CommitmentBalance, SubLedger},
};

use crate::{
    records::{
        SC, add_up, change_order, commitment_of, d, key, lines_of, req, requisition,
        requisition_of, subcontract,
    },
    world::World,
};

fn second_contract() -> SourceKey {
    key(Kind::Subcontract, 2)
}

/// Two subcontracts of 1,000.00 and 2,000.00, billed to 400.00 and 500.00 with a tenth retained.
fn billed(basis: Basis) -> World {
    let world = World::on(basis);
    world.put([
        subcontract(1, &[(11, "03-300", "1,000")]),
        subcontract(2, &[(21, "26-100", "2,000")]),
        requisition(71, 1, &[(11, "400", "400", "40", "0")], "360"),
    ]);
    let mut second = requisition(72, 1, &[(21, "500", "500", "50", "0")], "450");
    requisition_of(&mut second).commitment_id = 2;
    world.put([second]);
    assert_eq!(world.sync().exit_code(), 0, "{basis:?}");
    world
}

fn balance(world: &World, key: SourceKey) -> CommitmentBalance {
    let report = world.reconcile();
    let mut all = report.projects.iter().flat_map(|project| &project.commitments);
    all.find(|balance| balance.key == key)
        .cloned()
        .unwrap_or_else(|| panic!("{key} has no balance"))
}

/// Approved, billed; unbilled on both sides; retainage on both sides.
fn figures(of: &CommitmentBalance) -> [Decimal; 6] {
    [of.approved, of.billed, of.unbilled, of.unbilled_in_sap, of.retainage, of.retainage_in_sap]
}

/// Somebody changes a balance sheet line of a document in SAP.
fn change(world: &World, key: SourceKey, role: &str, by: &str) {
    let entry = world.held(key)[0].doc_entry;
    world.ledger.edit(entry, |document| {
        let own = |line: &&mut sync_core::model::HeldLine| {
            matches!(&line.mark, Some(LineMark::Role(own)) if own == role)
        };
        document.lines.iter_mut().find(own).unwrap().amount += d(by);
    });
}

#[test]
fn what_is_unbilled_and_retained_of_each_commitment_ties_on_every_basis() {
    for basis in Basis::ALL {
        let world = billed(basis);
        let open = |open: &str| if basis == Basis::Progress { d("0") } else { d(open) };
        let first = balance(&world, SC);
        let expected = [d("1,000"), d("400"), open("600"), open("600"), d("40"), d("40")];
        assert_eq!((figures(&first), first.standing), (expected, SubLedger::Ties), "{basis:?}");
        let second = balance(&world, second_contract());
        let expected = [d("2,000"), d("500"), open("1,500"), open("1,500"), d("50"), d("50")];
        assert_eq!((figures(&second), second.standing), (expected, SubLedger::Ties), "{basis:?}");
    }
}

#[test]
fn two_commitments_that_are_off_by_the_same_do_not_hide_each_other() {
    let world = billed(Basis::Commitment);
    change(&world, req(71), "held", "-10");
    change(&world, req(72), "held", "10");
    let report = world.reconcile();
    assert_eq!(report.exit_code(), 1);
    let [project] = report.projects.as_slice() else { panic!("one project") };
    assert_eq!(project.retainage_in_procore, project.retainage_in_sap, "their sum ties");
    let off: Vec<String> = project.off().flat_map(CommitmentBalance::off).collect();
    assert_eq!(
        off,
        ["Procore holds a retainage of 40, SAP 50", "Procore holds a retainage of 50, SAP 40"]
    );
}

#[test]
fn what_is_unbilled_in_sap_and_not_in_procore_is_told_of_its_commitment() {
    for (basis, role) in [
        (Basis::Commitment, "unbilled"),
        (Basis::CommitmentJournal, "accrued"),
        (Basis::Encumbrance, "reserve"),
    ] {
        let world = billed(basis);
        change(&world, req(71), role, "-400");
        let first = balance(&world, SC);
        assert_eq!(first.standing, SubLedger::Differs, "{basis:?}");
        assert_eq!(first.unbilled_in_sap, d("1,000"), "{basis:?}: as if nothing were billed");
        assert_eq!(balance(&world, second_contract()).standing, SubLedger::Ties);
        assert_eq!(world.reconcile().exit_code(), 1);
    }
}

#[test]
fn tax_that_no_requisition_moved_yet_stands_as_unbilled_too() {
    let world = World::with_tax();
    world.put([subcontract(1, &[(11, "03-300", "1,000")])]);
    world.put([requisition(71, 1, &[(11, "250", "250", "0", "0")], "250")]);
    world.sync();
    let first = balance(&world, SC);
    assert_eq!(
        (first.unbilled, first.unbilled_in_sap),
        (d("810"), d("810")),
        "750 and 60 of 80 tax"
    );
    assert_eq!(first.standing, SubLedger::Ties);
}

#[test]
fn a_commitment_of_which_a_record_waits_is_told_there_and_is_no_difference() {
    let world = billed(Basis::Commitment);
    // Billed beyond what is approved: held, so that SAP holds what was billed before.
    world.put([requisition(73, 2, &[(11, "1,300", "900", "130", "0")], "810")]);
    assert_eq!(world.sync().exit_code(), 2);
    let first = balance(&world, SC);
    assert_eq!(first.standing, SubLedger::Waits, "{:?}", first.off());
    assert_eq!(world.reconcile().exit_code(), 2);
}

#[test]
fn the_guard_is_asked_of_each_commitment_from_the_headers() {
    let mut world = billed(Basis::Commitment);
    world.policy.over_billing = OverBilling::Post;
    world.put([change_order(5, 1, &[(51, "03-300", "100")])]);
    world.sync();
    let first = balance(&world, SC);
    assert_eq!((first.recognised, first.limit), (d("1,100"), Some(d("1,100"))));
    // The header of Procore is lowered without its lines; nothing of it is planned yet.
    world.edit(SC, |record| commitment_of(record).grand_total = Some(d("500")));
    assert_eq!(balance(&world, SC).standing, SubLedger::Waits, "the next cycle takes it");
    world.edit(SC, |record| {
        lines_of(record)[0].amount = d("1,000");
        add_up(record);
    });
    // Somebody adds to the cost of a document in SAP.
    let entry = world.held(SC)[0].doc_entry;
    world.ledger.edit(entry, |document| document.lines[0].amount += d("900"));
    let first = balance(&world, SC);
    assert_eq!((first.recognised, first.limit), (d("2,000"), Some(d("1,100"))));
    assert!(
        first.off().iter().any(|off| off.contains("the headers allow 1100")),
        "{:?}",
        first.off()
    );
}
