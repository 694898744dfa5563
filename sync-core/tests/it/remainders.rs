//! Where the remainder of a finished commitment is released: at each line what was billed of it, or in
//! proportion where the items do not name the lines.

use sync_core::policy::Basis;

use crate::{
    records::{SC, change_order, requisition, requisition_of, subcontract},
    world::World,
};

/// 700 of concrete, 300 of electrical work and a change order over 50, billed with these items to the end.
fn finished(basis: Basis, items: &[crate::records::Item<'_>], due: &str) -> World {
    let mut world = World::on(basis);
    world.policy.release_unbilled = true;
    let mut last = requisition(71, 1, items, due);
    requisition_of(&mut last).is_final = true;
    world.put([
        subcontract(1, &[(11, "03-300", "700"), (12, "26-100", "300")]),
        change_order(5, 1, &[(51, "26-100", "50")]),
    ]);
    world.sync();
    world.put([last]);
    world.sync();
    world.edit(SC, |record| record.title = "read again".to_owned());
    world.sync();
    world
}

#[test]
fn each_line_is_reduced_to_what_was_billed_of_it() {
    for basis in [Basis::Commitment, Basis::CommitmentJournal] {
        let items = [(11, "700", "700", "0", "0"), (12, "100", "100", "0", "0")];
        let world = finished(basis, &items, "800");
        assert_eq!(world.books(), "2110 -800.00, 5010 700.00, 5020 100.00", "{basis:?}");
        world.assert_reconciles();
    }
}

#[test]
fn items_that_name_no_line_reduce_every_line_in_proportion() {
    for basis in [Basis::Commitment, Basis::CommitmentJournal] {
        let world = finished(basis, &[(99, "840", "840", "0", "0")], "840");
        // 840 of 1,050: four fifths of 700, 300 and 50.
        assert_eq!(world.books(), "2110 -840.00, 5010 560.00, 5020 280.00", "{basis:?}");
        world.assert_reconciles();
    }
}
