//! Where the remainder of a finished commitment is released: at each line what was billed of it, or in
//! proportion where the items do not name the lines.

use proptest::{collection::vec, prelude::*};
use rust_decimal::Decimal;
use sync_core::{model::CostRecord, policy::Basis, resolve::Verb, states::Reason};

use crate::{
    decisions::decide,
    records::{SC, change_order, co, d, requisition, requisition_of, subcontract},
    world::{ACCRUED, ENCUMBRANCE, RESERVE, UNBILLED, World},
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

const BASES: [Basis; 3] = [Basis::Commitment, Basis::CommitmentJournal, Basis::Encumbrance];

/// A subcontract over 10,000 and an approved change order over 1,000, of which 7,000 are billed in the end:
/// 6,000 of the subcontract's line, 1,000 under an item that names no line. `others` are in its family.
fn finished_beside(basis: Basis, others: impl IntoIterator<Item = CostRecord>) -> World {
    let mut world = World::on(basis);
    world.policy.release_unbilled = true;
    world.put([
        subcontract(1, &[(11, "03-300", "10,000")]),
        change_order(5, 1, &[(51, "26-100", "1,000")]),
    ]);
    world.put(others);
    world.sync();
    let items = [(11, "6,000", "6,000", "0", "0"), (99, "1,000", "1,000", "0", "0")];
    let mut last = requisition(71, 1, &items, "7,000");
    requisition_of(&mut last).is_final = true;
    world.put([last]);
    world.sync();
    world.edit(SC, |record| record.title = "read again".to_owned());
    world.sync();
    world
}

/// 7,000 of 11,000: 6,363.64 of the subcontract and 636.36 of its change order; cost that is recognised when
/// it is billed stands on the items' code.
fn assert_released(world: &World, basis: Basis) {
    let books = match basis {
        Basis::Encumbrance => "2110 -7000.00, 5010 7000.00",
        _ => "2110 -7000.00, 5010 6363.64, 5020 636.36",
    };
    assert_eq!(world.books(), books, "{basis:?}");
    assert!(world.sync().documents.is_empty(), "{basis:?}");
    world.assert_reconciles();
}

#[test]
fn a_change_order_that_is_not_approved_takes_no_part_of_what_was_billed() {
    for basis in BASES {
        let mut draft = change_order(6, 1, &[(61, "26-200", "5,000")]);
        draft.status = "draft".to_owned();
        let mut deleted = change_order(7, 1, &[(71, "26-200", "800")]);
        deleted.deleted = true;
        let world = finished_beside(basis, [draft, deleted]);
        assert_released(&world, basis);
        assert_eq!(world.documents(co(6)) + &world.documents(co(7)), "", "{basis:?}");
    }
}

#[test]
fn a_change_order_that_is_deleted_after_the_release_leaves_the_others_what_was_billed() {
    for basis in BASES {
        let world = finished_beside(basis, [change_order(6, 1, &[(61, "26-200", "5,000")])]);
        // 7,000 of 16,000.
        if basis != Basis::Encumbrance {
            assert_eq!(world.books(), "2110 -7000.00, 5010 4375.00, 5020 2625.00", "{basis:?}");
        }
        world.edit(co(6), |record| record.deleted = true);
        for _ in 0..4 {
            world.clock.advance(chrono::TimeDelta::hours(7));
            world.sync();
            world.assert_reconciles();
        }
        assert_released(&world, basis);
    }
}

#[test]
fn a_change_order_that_was_taken_back_before_its_commitment_ended_takes_no_part_of_what_was_billed()
{
    for basis in BASES {
        let world = World::on(basis);
        world.put([
            subcontract(1, &[(11, "03-300", "10,000")]),
            change_order(5, 1, &[(51, "26-100", "1,000")]),
            change_order(6, 1, &[(61, "26-200", "5,000")]),
        ]);
        world.sync();
        world.edit(co(6), |record| record.status = "void".to_owned());
        let settle = || {
            for _ in 0..3 {
                world.clock.advance(chrono::TimeDelta::hours(7));
                world.sync();
            }
        };
        settle();
        world.put([requisition(71, 1, &[(99, "7,000", "7,000", "0", "0")], "7,000")]);
        world.sync();
        world.edit(SC, |record| record.status = "Terminated".to_owned());
        settle();
        world.assert_cause(SC, Reason::EndedEarly);
        decide(&world, SC, Verb::Post).unwrap();
        world.sync();
        assert_released(&world, basis);
    }
}

#[test]
fn parts_of_what_was_billed_sum_to_it_to_the_cent() {
    for basis in BASES {
        let mut world = World::on(basis);
        world.policy.release_unbilled = true;
        let lines = [(11, "03-300", "100"), (12, "26-100", "100"), (13, "26-200", "100")];
        world.put([subcontract(1, &lines)]);
        world.sync();
        let mut last = requisition(71, 1, &[(99, "200", "200", "0", "0")], "200");
        requisition_of(&mut last).is_final = true;
        world.put([last]);
        world.sync();
        world.edit(SC, |record| record.title = "read again".to_owned());
        world.sync();
        // Three times 66.666...: the first line gets the cent less, the others 66.67 each.
        let books = match basis {
            Basis::Encumbrance => "2110 -200.00, 5010 200.00",
            _ => "2110 -200.00, 5010 66.66, 5020 133.34",
        };
        assert_eq!(world.books(), books, "{basis:?}");
        assert!(world.sync().documents.is_empty(), "{basis:?}");
        world.assert_reconciles();
    }
}

/// A change order as it may be in the family: its amount in cents, and what became of it in Procore.
fn in_family() -> impl Strategy<Value = (i64, &'static str)> {
    (1_i64..500_000, prop::sample::select(vec!["approved", "draft", "deleted"]))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn what_is_recognised_after_the_release_is_what_was_billed_whatever_is_in_the_family(
        lines in vec(1_000_i64..500_000, 1..4),
        orders in vec(in_family(), 0..4),
        billed in 1_i64..100,
        named in any::<bool>(),
        at in 0..BASES.len(),
    ) {
        let basis = BASES[at];
        let mut world = World::on(basis);
        world.policy.release_unbilled = true;
        let amount = |cents: i64| Decimal::new(cents, 2).to_string();
        let texts: Vec<String> = lines.iter().map(|cents| amount(*cents)).collect();
        let of: Vec<_> = texts.iter().zip(11_i64..).map(|(a, id)| (id, "03-300", a.as_str())).collect();
        world.put([subcontract(1, &of)]);
        for ((cents, state), id) in orders.iter().zip(21_i64..) {
            let mut order = change_order(id, 1, &[(100 + id, "26-100", &amount(*cents))]);
            order.deleted = *state == "deleted";
            order.status = if *state == "draft" { "draft" } else { "approved" }.to_owned();
            world.put([order]);
        }
        world.sync();
        // A part of the first line, named by its item or not.
        let part = amount(lines[0] * billed / 100);
        let id = if named { 11 } else { 99 };
        let mut last = requisition(71, 1, &[(id, &part, &part, "0", "0")], &part);
        requisition_of(&mut last).is_final = true;
        world.put([last]);
        world.sync();
        world.edit(SC, |record| record.title = "read again".to_owned());
        world.sync();
        prop_assert_eq!(world.cost(), d(&part));
        for account in [UNBILLED, ACCRUED, ENCUMBRANCE, RESERVE] {
            prop_assert_eq!(world.balance(account), d("0"), "{} on {:?}", account, basis);
        }
        prop_assert!(world.sync().documents.is_empty());
        world.assert_reconciles();
    }
}
