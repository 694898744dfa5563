//! Chains of requisitions: which one each is measured against, items that vanish, and a release of what a
//! vanished item held.

use rust_decimal::Decimal;
use sync_core::{
    mapping::Target,
    model::CostRecord,
    policy::{Basis, Opening},
    resolve::Verb,
    states::{Reason, RecordState},
};

use crate::{
    decisions::decide,
    records::{SC, change_order, d, day, lines_of, req, requisition, requisition_of, subcontract},
    world::{ENCUMBRANCE, RETAINAGE, TRADE, World},
};

fn committed() -> World {
    let world = World::new();
    world.put([subcontract(1, &[(11, "03-300", "600"), (12, "03-310", "400")])]);
    world.sync();
    world
}

#[test]
fn an_item_that_vanished_takes_back_what_it_billed_and_releases_what_it_held() {
    let world = committed();
    world.put([requisition(
        71,
        1,
        &[(11, "400", "400", "0", "0"), (12, "200", "200", "20", "0"), (13, "0", "0", "0", "0")],
        "580",
    )]);
    world.sync();
    assert_eq!(world.books(), "2110 -580.00, 2115 -20.00, 2160 -400.00, 5010 1000.00");
    world.put([requisition(72, 2, &[(11, "700", "300", "0", "0")], "120")]);
    world.sync();
    assert_eq!(world.books(), "2110 -700.00, 2160 -300.00, 5010 1000.00");
    world.assert_reconciles();
}

#[test]
fn a_vanished_item_that_held_only_retainage_releases_it() {
    let world = committed();
    world.put([
        requisition(71, 1, &[(11, "400", "400", "0", "0"), (12, "200", "200", "20", "0")], "580"),
        requisition(72, 2, &[(11, "600", "200", "0", "0"), (12, "0", "-200", "20", "0")], "0"),
    ]);
    world.sync();
    world.put([requisition(73, 3, &[(11, "700", "100", "0", "0")], "120")]);
    world.sync();
    assert_eq!(world.books(), "2110 -700.00, 2160 -300.00, 5010 1000.00");
}

#[test]
fn a_requisition_is_measured_against_the_one_that_it_names() {
    let world = committed();
    let mut third = requisition(73, 3, &[(11, "500", "200", "0", "0")], "200");
    requisition_of(&mut third).previous_id = Some(71);
    world.put([
        requisition(71, 1, &[(11, "300", "300", "0", "0")], "300"),
        // A deleted one between them, with a figure of its own.
        requisition(72, 2, &[(11, "450", "150", "0", "0")], "150"),
        third,
    ]);
    world.edit(req(72), |record| record.deleted = true);
    world.sync();
    assert_eq!(world.documents(req(73)), "#1 JournalEntries 200.00");
    assert_eq!(world.balance("2110"), d("-500"));
}

#[test]
fn a_requisition_that_names_the_one_before_it_is_measured_against_that_one_and_no_earlier_one() {
    let world = committed();
    let mut third = requisition(73, 3, &[(11, "500", "50", "0", "0")], "50");
    requisition_of(&mut third).previous_id = Some(72);
    world.put([
        requisition(71, 1, &[(11, "300", "300", "0", "0")], "300"),
        requisition(72, 2, &[(11, "450", "150", "0", "0")], "150"),
        third,
    ]);
    world.sync();
    assert_eq!(world.documents(req(73)), "#1 JournalEntries 50.00");
}

#[test]
fn a_requisition_that_names_a_deleted_one_is_measured_against_the_one_before_that() {
    let world = committed();
    let mut third = requisition(73, 3, &[(11, "500", "200", "0", "0")], "200");
    requisition_of(&mut third).previous_id = Some(72);
    let later = requisition(74, 4, &[(11, "550", "50", "0", "0")], "50");
    world.put([
        requisition(71, 1, &[(11, "300", "300", "0", "0")], "300"),
        requisition(72, 2, &[(11, "450", "150", "0", "0")], "150"),
        third,
        later,
    ]);
    world.edit(req(72), |record| record.deleted = true);
    world.sync();
    assert_eq!(world.balance("2110"), d("-550"));
    assert_eq!(world.state(req(74)), RecordState::Posted);
}

#[test]
fn a_requisition_waits_for_the_one_before_it_and_says_which() {
    let world = committed();
    let mut first = requisition(71, 1, &[(11, "300", "300", "0", "0")], "300");
    first.status = "under_review".to_owned();
    world.put([first, requisition(72, 2, &[(11, "450", "150", "0", "0")], "150")]);
    world.sync();
    let detail = world.assert_cause(req(72), Reason::WaitingForPrevious);
    assert!(detail.contains("requisition SC-001-1") && detail.contains("not_postable"), "{detail}");
    assert_eq!(world.balance("2110"), d("0"));
}

#[test]
fn one_more_deleted_requisition_in_the_middle_changes_nothing_of_the_next() {
    let world = committed();
    world.put([
        requisition(71, 1, &[(11, "300", "300", "0", "0")], "300"),
        requisition(72, 2, &[(11, "450", "150", "0", "0")], "150"),
        requisition(73, 3, &[(11, "500", "200", "0", "0")], "200"),
    ]);
    world.edit(req(72), |record| record.deleted = true);
    world.sync();
    assert_eq!(world.balance("2110"), d("-500"));
    assert!(world.held(req(72)).is_empty());
}

fn coded(mut record: CostRecord, line: i64, code: &str) -> CostRecord {
    let items = requisition_of(&mut record).items.iter_mut();
    for item in items.filter(|item| item.line_item_id == line) {
        item.coding.as_mut().unwrap().cost_code = code.to_owned();
    }
    record
}

/// 600.00 of concrete encumbered in center CHI and 400.00 of electrical work in center NYC, of which
/// requisition 1 bills 400.00 and 200.00.
fn encumbered() -> World {
    let mut world = World::on(Basis::Encumbrance);
    world.rules[1].dimensions[0] = Target::Value("NYC".into());
    world.put([subcontract(1, &[(11, "03-300", "600"), (12, "26-100", "400")])]);
    let items = [(11, "400", "400", "0", "0"), (12, "200", "200", "0", "0")];
    world.put([coded(requisition(71, 1, &items, "600"), 12, "26-100")]);
    world.sync();
    assert_eq!((encumbered_in(&world, "CHI"), encumbered_in(&world, "NYC")), (d("200"), d("200")));
    world
}

/// What is encumbered in a profit center.
fn encumbered_in(world: &World, center: &str) -> Decimal {
    let documents = world.ledger.documents();
    let lines = documents.iter().flat_map(|document| &document.held.lines);
    let there = lines.filter(|line| {
        line.coding().is_some_and(|coding| {
            coding.account == ENCUMBRANCE && coding.dimensions[0].as_deref() == Some(center)
        })
    });
    there.map(|line| line.amount).sum()
}

#[test]
fn the_encumbrance_of_an_item_that_vanished_stands_again() {
    let world = encumbered();
    world.put([requisition(72, 2, &[(11, "600", "200", "0", "0")], "0")]);
    world.sync();
    assert_eq!((encumbered_in(&world, "CHI"), encumbered_in(&world, "NYC")), (d("0"), d("400")));
    assert_eq!(world.books(), "2110 -600.00, 5010 600.00, 9010 400.00, 9020 -400.00");
    world.put([requisition(73, 3, &[(11, "600", "0", "0", "0")], "0")]);
    world.sync();
    assert!(world.held(req(73)).is_empty(), "given back once");
    let items = [(11, "600", "0", "0", "0"), (12, "400", "400", "0", "0")];
    world.put([coded(requisition(74, 4, &items, "400"), 12, "26-100")]);
    world.sync();
    assert_eq!((encumbered_in(&world, "CHI"), encumbered_in(&world, "NYC")), (d("0"), d("0")));
    world.assert_reconciles();
}

#[test]
fn what_was_billed_of_a_line_that_is_encumbered_elsewhere_by_now_is_taken_from_where_it_stands() {
    let world = encumbered();
    world.edit(SC, |record| {
        lines_of(record)[1].coding.as_mut().unwrap().cost_code = "03-310".to_owned();
    });
    world.sync();
    // The requisition that took it out of the former place takes it out of the present one.
    assert_eq!((encumbered_in(&world, "CHI"), encumbered_in(&world, "NYC")), (d("400"), d("0")));
    assert_eq!(world.cost(), d("600"), "the cost stays where it is");
    let items = [(11, "600", "200", "0", "0"), (12, "400", "200", "0", "0")];
    world.put([coded(requisition(72, 2, &items, "400"), 12, "03-310")]);
    world.sync();
    assert_eq!((encumbered_in(&world, "CHI"), encumbered_in(&world, "NYC")), (d("0"), d("0")));
    world.assert_reconciles();
}

/// Three requisitions over 300.00, 150.00 and 50.00, posted.
fn three(basis: Basis) -> World {
    let world = World::on(basis);
    world.put([subcontract(1, &[(11, "03-300", "1,000")])]);
    world.put([
        requisition(71, 1, &[(11, "300", "300", "30", "0")], "270"),
        requisition(72, 2, &[(11, "450", "150", "45", "0")], "135"),
        requisition(73, 3, &[(11, "500", "50", "50", "0")], "45"),
    ]);
    world.sync();
    assert_eq!((world.balance(TRADE), world.balance(RETAINAGE)), (d("-450"), d("-50")));
    world
}

/// Procore deletes the second of them: the third has moved 200.00 since the first.
fn delete_the_second(world: &World) {
    world.edit(req(72), |record| record.deleted = true);
    world.put([requisition(73, 3, &[(11, "500", "200", "50", "0")], "180")]);
    world.sync();
}

fn settled(world: &World) {
    world.clock.advance(chrono::TimeDelta::hours(12));
    world.sync();
}

#[test]
fn a_posted_requisition_takes_over_from_a_deleted_one_when_a_person_let_that_one_be_reversed() {
    for basis in Basis::ALL {
        let world = three(basis);
        let before = world.books();
        delete_the_second(&world);
        let detail = world.assert_cause(req(73), Reason::WaitingForPrevious);
        assert!(detail.contains("SC-001-2") && detail.contains("still stands in SAP"), "{detail}");
        world.assert_reconciles();
        settled(&world);
        let detail = world.assert_cause(req(72), Reason::ChangedAfterPosting);
        assert!(detail.contains("SC-001-3"), "{detail}");
        let detail = world.assert_cause(req(73), Reason::WaitingForPrevious);
        assert!(detail.contains("held"), "{detail}");
        assert_eq!(world.books(), before, "{basis:?}: nothing is payable twice meanwhile");
        world.assert_reconciles();

        decide(&world, req(72), Verb::Post).unwrap();
        world.sync();
        assert_eq!(world.books(), before, "{basis:?}: 500.00 are billed as before");
        assert_eq!(world.held(req(72)).len(), 2);
        assert_eq!(world.held(req(73)).len(), 2);
        assert_eq!(world.state(req(73)), RecordState::Posted);
        assert!(world.sync().documents.is_empty());
        assert_eq!(world.state(req(72)), RecordState::NotPostable);
        world.assert_reconciles();
    }
}

#[test]
fn a_requisition_that_procore_corrects_after_the_one_before_it_was_deleted_is_no_dead_end() {
    let world = three(Basis::Commitment);
    // The third one still says 50.00 for its period, which no longer ties.
    world.edit(req(72), |record| record.deleted = true);
    world.sync();
    settled(&world);
    decide(&world, req(72), Verb::Post).unwrap();
    world.sync();
    world.assert_cause(req(73), Reason::DoesNotTie);
    assert_eq!(world.balance(TRADE), d("-315"), "270.00 and 45.00");
    world.put([requisition(73, 3, &[(11, "500", "200", "50", "0")], "180")]);
    world.sync();
    assert_eq!(world.balance(TRADE), d("-450"));
    world.assert_reconciles();
}

#[test]
fn a_requisition_of_the_opening_list_that_was_deleted_is_taken_back_before_a_later_one_is_adjusted()
{
    let mut world = World::new();
    world.policy.opening = Opening::Committed;
    world.policy.start_date = day("2026-03-15");
    let third = |work: &str, due: &str| {
        let mut record = requisition(73, 3, &[(11, "500", work, "0", "0")], due);
        requisition_of(&mut record).period_end = Some(day("2026-03-20"));
        record
    };
    world.put([
        subcontract(1, &[(11, "03-300", "1,000")]),
        requisition(71, 1, &[(11, "300", "300", "0", "0")], "300"),
        requisition(72, 2, &[(11, "450", "150", "0", "0")], "150"),
        third("50", "50"),
    ]);
    world.sync();
    assert_eq!(world.books(), "2110 -50.00, 2160 50.00");
    world.edit(req(72), |record| record.deleted = true);
    world.put([third("200", "200")]);
    world.sync();
    settled(&world);
    world.assert_cause(req(73), Reason::WaitingForPrevious);
    assert_eq!(world.books(), "2110 -50.00, 2160 50.00");
    world.assert_cause(req(72), Reason::ChangedBeforeStart);
    decide(&world, req(72), Verb::Post).unwrap();
    world.sync();
    assert_eq!(world.documents(req(72)), "#2 JournalEntries 150.00");
    assert_eq!(world.documents(req(73)), "#1 JournalEntries 50.00, #2 JournalEntries 150.00");
    assert_eq!(world.books(), "2110 -50.00, 2160 50.00");
    world.assert_reconciles();
}

#[test]
fn what_was_billed_above_the_encumbrance_is_taken_out_of_it_once_it_is_approved() {
    let world = World::on(Basis::Encumbrance);
    world.put([
        subcontract(1, &[(11, "03-300", "1,000")]),
        requisition(71, 1, &[(11, "1,200", "1,200", "0", "0")], "1,200"),
    ]);
    world.sync();
    assert_eq!(world.books(), "2110 -1200.00, 5010 1200.00", "billed above what was encumbered");
    // The last requisition was that; the change order comes after it.
    world.put([change_order(5, 1, &[(51, "03-300", "300")])]);
    world.sync();
    assert_eq!(world.books(), "2110 -1200.00, 5010 1200.00, 9010 100.00, 9020 -100.00");
    assert_eq!(world.cost(), d("1200"), "no cost moves");
    world.assert_reconciles();
    assert!(world.sync().documents.is_empty());
}
