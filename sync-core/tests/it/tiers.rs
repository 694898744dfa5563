//! Projects that change the tier of their change orders, and change orders that get a package, after
//! posting: never posted twice, never reversed because another list is shown.

use chrono::TimeDelta;
use sync_core::{
    model::{CostRecord, Kind, SourceKey},
    resolve::Verb,
    states::{Reason, RecordState},
};

use crate::{
    decisions::decide,
    records::{PROJECT, add_up, change_order, co, d, key, lines_of, subcontract},
    world::World,
};

fn loose(id: i64, amount: &str) -> CostRecord {
    let mut record = change_order(id, 1, &[(id * 10 + 1, "03-300", amount)]);
    record.key.kind = Kind::CommitmentChangeOrder;
    record
}

fn loose_key(id: i64) -> SourceKey {
    key(Kind::CommitmentChangeOrder, id)
}

fn packaged(id: i64, number: &str, amount: &str) -> CostRecord {
    let mut record = change_order(id, 1, &[(id * 10 + 1, "03-300", amount)]);
    number.clone_into(&mut record.number);
    record
}

/// A commitment of 1,000.00 with a packaged change order and one without a package, in two tiers.
fn two_tiers() -> World {
    let world = World::of([
        subcontract(1, &[(11, "03-300", "1,000")]),
        packaged(7, "CO7", "100"),
        loose(5, "20"),
    ]);
    world.source.set_tiers(PROJECT, 2);
    world.sync();
    assert_eq!(world.cost(), d("1120"));
    world
}

/// The project goes on with three tiers: its list has packages alone.
fn raise(world: &World, packages: &[CostRecord]) {
    world.source.set_tiers(PROJECT, 3);
    world.source.remove(&loose_key(5));
    world.put(packages.iter().cloned());
}

fn settle(world: &World) {
    for _ in 0..3 {
        world.clock.advance(TimeDelta::hours(7));
        world.sweep();
    }
}

fn touch(world: &World, key: SourceKey) {
    world.edit(key, |record| record.title.push('.'));
    world.sync();
}

#[test]
fn a_change_order_of_the_same_package_and_amount_is_matched_by_itself() {
    let world = two_tiers();
    world.source.set_tiers(PROJECT, 3);
    world.sweep();
    assert_eq!(world.stored(co(7)).tiers, Some(3));
    assert!(!world.stored(co(7)).unmatched);
    assert_eq!(world.state(co(7)), RecordState::Posted);
    world.edit(co(7), |record| {
        lines_of(record)[0].amount = d("150");
        add_up(record);
    });
    world.sync();
    assert_eq!(world.state(co(7)), RecordState::Posted, "an edit after it was matched is an edit");
}

#[test]
fn a_change_order_with_another_amount_in_the_new_tier_waits_for_a_person() {
    let world = two_tiers();
    world.source.set_tiers(PROJECT, 3);
    world.edit(co(7), |record| {
        lines_of(record)[0].amount = d("120");
        add_up(record);
    });
    world.sync();
    let detail = world.assert_cause(co(7), Reason::TierChanged);
    assert!(detail.contains("with 100") && detail.contains("with 120"), "{detail}");
    assert_eq!(world.cost(), d("1120"));
    decide(&world, co(7), Verb::Post).unwrap();
    world.sync();
    assert_eq!(world.cost(), d("1140"));
    assert!(!world.stored(co(7)).unmatched);
}

#[test]
pub(crate) fn what_is_missing_because_the_tier_changed_waits_and_is_not_reversed() {
    let world = two_tiers();
    raise(&world, &[]);
    settle(&world);
    world.assert_cause(loose_key(5), Reason::TierChanged);
    assert_eq!(world.cost(), d("1120"));
    world.assert_reconciles();
    // The project goes back, and the change order is shown again.
    world.source.set_tiers(PROJECT, 2);
    world.put([loose(5, "20")]);
    settle(&world);
    assert_eq!(world.state(loose_key(5)), RecordState::Unchanged);
    assert_eq!(world.cost(), d("1120"));
}

#[test]
fn what_is_missing_while_the_tier_is_the_same_was_deleted() {
    for tiers in [Some(2), Some(3), None] {
        let world =
            World::of([subcontract(1, &[(11, "03-300", "1,000")]), packaged(7, "CO7", "100")]);
        if let Some(tiers) = tiers {
            world.source.set_tiers(PROJECT, tiers);
        }
        world.sync();
        world.source.remove(&co(7));
        settle(&world);
        assert_eq!(world.cost(), d("1000"), "{tiers:?} tiers");
        assert_eq!(
            world.documents(co(7)),
            "#1 PurchaseInvoices 100.00, #2 PurchaseCreditNotes 100.00"
        );
    }
}

#[test]
fn a_new_package_waits_until_each_posted_change_order_is_matched() {
    let world = two_tiers();
    raise(&world, &[packaged(705, "PKG-1", "20")]);
    // Its list is not read in full yet: whether the loose one is gone is not known.
    world.sync();
    let detail = world.assert_cause(co(705), Reason::TierChanged);
    assert!(detail.contains("commitment_change_order:5 with 20"), "{detail}");
    settle(&world);
    world.assert_cause(co(705), Reason::TierChanged);
    world.assert_cause(loose_key(5), Reason::TierChanged);
    assert_eq!(world.cost(), d("1120"), "posted once");
    world.assert_reconciles();
}

#[test]
fn one_that_a_person_calls_the_same_stays_as_it_stands() {
    let world = two_tiers();
    raise(&world, &[packaged(705, "PKG-1", "20")]);
    settle(&world);
    for key in [loose_key(5), co(705)] {
        decide(&world, key, Verb::Skip).unwrap();
        world.replay(Some(&[key]));
        assert_eq!(world.state(key), RecordState::Skipped);
    }
    assert_eq!(world.cost(), d("1120"));
    // Another one, unlike it, is posted by itself then.
    world.put([packaged(706, "PKG-2", "35")]);
    world.sync();
    assert_eq!(world.state(co(706)), RecordState::Posted);
    assert_eq!(world.cost(), d("1155"));
    world.assert_reconciles();
}

#[test]
fn one_that_a_person_calls_another_is_reversed_and_the_new_one_posted() {
    let world = two_tiers();
    raise(&world, &[packaged(705, "PKG-1", "45")]);
    settle(&world);
    decide(&world, loose_key(5), Verb::Post).unwrap();
    world.sync();
    world.sync();
    assert_eq!(world.state(co(705)), RecordState::Posted);
    assert_eq!(world.cost(), d("1145"), "100 of the package, 45 of the new one");
    settle(&world);
    assert_eq!(world.cost(), d("1145"));
    world.assert_reconciles();
}

#[test]
fn a_change_order_that_gets_a_package_in_the_same_tier_is_never_posted_twice_nor_reversed() {
    let world = two_tiers();
    world.source.remove(&loose_key(5));
    world.put([packaged(705, "CO5", "20")]);
    world.sync();
    world.assert_cause(co(705), Reason::TierChanged);
    settle(&world);
    world.assert_cause(co(705), Reason::TierChanged);
    world.assert_cause(loose_key(5), Reason::TierChanged);
    assert_eq!(world.cost(), d("1120"));
    // The old key is given up: its document is taken back, the new one posts.
    decide(&world, loose_key(5), Verb::Post).unwrap();
    settle(&world);
    assert_eq!(world.cost(), d("1120"));
    assert!(world.held(co(705)).iter().any(|held| held.net_cost() == d("20")));
    world.assert_reconciles();
}

#[test]
fn a_first_posting_in_an_unchanged_tier_is_no_question_of_tiers() {
    let world = two_tiers();
    world.put([packaged(8, "CO8", "20")]);
    world.sync();
    assert_eq!(world.state(co(8)), RecordState::Posted, "the same amount alone says nothing");
    touch(&world, co(8));
    world.sweep();
    assert!(world.sync().documents.is_empty());
}

#[test]
fn a_change_order_whose_lines_add_up_to_no_number_does_not_end_the_reading_of_another_tier() {
    let world = two_tiers();
    let mut beyond = packaged(7, "CO7", "0");
    let mut line = lines_of(&mut beyond)[0].clone();
    line.amount = rust_decimal::Decimal::MAX;
    *lines_of(&mut beyond) = vec![line.clone(), line];
    raise(&world, &[beyond]);
    world.sync();
    world.assert_cause(key(Kind::ChangeOrder, 7), Reason::AmountOutOfRange);
    assert_eq!(world.cost(), d("1120"), "nothing was moved");
}
