//! Commitments that the basis posts as journal entries: the rules of a change hold for them as for
//! invoices.

use sync_core::{
    policy::{Basis, OnChange},
    states::{Reason, RecordState},
};

use crate::{
    records::{SC, add_up, d, lines_of, req, requisition, subcontract},
    world::World,
};

const JOURNALS: [Basis; 2] = [Basis::CommitmentJournal, Basis::Encumbrance];

fn set(world: &World, amount: &str) {
    world.edit(SC, |record| {
        lines_of(record)[0].amount = d(amount);
        add_up(record);
    });
    world.sync();
}

#[test]
fn on_change_hold_lets_the_first_entry_pass_and_holds_the_change() {
    for basis in JOURNALS {
        let mut world = World::on(basis);
        world.policy.on_change = OnChange::Hold;
        world.put([subcontract(1, &[(11, "03-300", "1,000")])]);
        world.sync();
        assert_eq!(world.documents(SC), "#1 JournalEntries 1000.00", "{basis:?}");
        set(&world, "1,100");
        world.assert_cause(SC, Reason::ChangedAfterPosting);
        assert_eq!(world.held(SC).len(), 1, "{basis:?}");
    }
}

#[test]
fn an_accrual_is_not_reduced_below_what_is_billed() {
    let world = World::on(Basis::CommitmentJournal);
    world.put([
        subcontract(1, &[(11, "03-300", "1,000")]),
        requisition(71, 1, &[(11, "900", "900", "0", "0")], "900"),
    ]);
    world.sync();
    set(&world, "800");
    let detail = world.assert_cause(SC, Reason::OverBilling);
    assert!(detail.contains("only 800 is approved"), "{detail}");
    assert_eq!(world.cost(), d("1,000"));
    set(&world, "950");
    assert_eq!(world.state(SC), RecordState::Posted);
    assert_eq!(world.cost(), d("950"));
}

#[test]
fn an_encumbrance_may_be_reduced_below_what_is_billed_which_is_cost_by_billing() {
    let world = World::on(Basis::Encumbrance);
    world.put([
        subcontract(1, &[(11, "03-300", "1,000")]),
        requisition(71, 1, &[(11, "900", "900", "0", "0")], "900"),
    ]);
    world.sync();
    set(&world, "950");
    assert_eq!((world.balance("9010"), world.cost()), (d("50"), d("900")));
}

#[test]
fn a_child_of_a_held_commitment_says_in_which_state_its_parent_is() {
    let world = World::of([
        subcontract(1, &[(11, "99-000", "1,000")]),
        requisition(71, 1, &[(11, "400", "400", "0", "0")], "400"),
    ]);
    world.sync();
    let detail = world.assert_cause(req(71), Reason::WaitingForParent);
    assert_eq!(detail, "its commitment SC-001 (8089:865:subcontract:1) is held");
}

#[test]
fn the_change_of_one_of_two_encumbered_lines_in_one_place_names_that_line() {
    let world = World::on(Basis::Encumbrance);
    world.put([subcontract(1, &[(11, "03-300", "600"), (12, "03-310", "400")])]);
    world.sync();
    set(&world, "650");
    let marks: Vec<String> = world.held(SC)[1]
        .lines
        .iter()
        .filter(|line| line.amount.is_sign_positive())
        .map(|line| format!("{} {:.2}", line.mark.as_ref().unwrap(), line.amount))
        .collect();
    assert_eq!(marks, ["11/enc 50.00"]);
}

#[test]
fn a_line_that_was_encumbered_within_a_sum_stays_in_its_place() {
    let mut world = World::on(Basis::Encumbrance);
    world.policy.lines_max = 1;
    world.put([subcontract(1, &[(11, "03-300", "600"), (12, "03-310", "400")])]);
    world.sync();
    world.project_row.dimensions[0] = Some("NYC".to_owned());
    set(&world, "650");
    assert_eq!(world.documents(SC), "#1 JournalEntries 1000.00, #2 JournalEntries 50.00");
}
