//! Reading: cursors, overlap, absence, items that do not decode, replay.

use chrono::TimeDelta;
use sync_core::{
    model::{Kind, ReadKind},
    ports::{Changes, CycleStatus, UnreadableRecord},
    states::{Reason, RecordState},
};

use crate::{
    records::{PROJECT, SC, add_up, d, dc, direct_cost, key, lines_of, moment, subcontract},
    world::World,
};

fn read() -> World {
    let world = World::of([subcontract(1, &[(11, "03-300", "100")])]);
    world.sync();
    world
}

pub(crate) fn unreadable(id: i64) -> UnreadableRecord {
    UnreadableRecord { id: Some(id), detail: "$.grand_total: 'abc' is no amount".to_owned() }
}

/// What was asked of a list in the last cycle.
fn asked(world: &World, kind: ReadKind, since: usize) -> Vec<Changes> {
    let reads = world.source.reads().split_off(since);
    reads.into_iter().filter(|scope| scope.kind == kind).map(|scope| scope.changes).collect()
}

#[test]
fn the_first_cycle_reads_every_list_in_full_and_the_next_what_changed_with_an_overlap() {
    let world = World::new();
    world.clock.set(moment("2026-03-31T12:00:00Z"));
    world.put([subcontract(1, &[(11, "03-300", "100")])]);
    world.sync();
    assert_eq!(world.source.reads().len(), 5);
    assert!(world.source.reads().iter().all(|scope| scope.changes == Changes::All));
    world.sync();
    assert_eq!(
        asked(&world, ReadKind::Subcontracts, 5),
        [Changes::Since(moment("2026-03-31T11:50:00Z"))]
    );
    assert_eq!(world.source.reads().len(), 10, "one list call per kind when nothing changed");
}

#[test]
fn a_list_that_was_empty_is_read_in_full_until_it_has_a_record_whatever_the_clock_says() {
    let world = World::of([]);
    world.sync();
    let empty = world.cursor(ReadKind::DirectCosts).unwrap();
    assert_eq!(empty.high_water, None, "this clock is not Procore's");
    let (reads, writes) = (world.source.reads().len(), world.store.writes());
    world.sync();
    assert_eq!(asked(&world, ReadKind::DirectCosts, reads), [Changes::All], "still one call");
    assert_eq!(world.cursor(ReadKind::DirectCosts).unwrap(), empty);
    assert_eq!(world.store.writes() - writes, 3, "writer, cycle opened, cycle closed");
    // The clock here is an hour fast: Procore changed the record before the list was last read.
    world.clock.advance(TimeDelta::hours(-1));
    world.put([direct_cost(9, "invoice", &[(91, "03-300", "30")])]);
    world.clock.advance(TimeDelta::hours(1));
    world.sync();
    assert_eq!(world.cost(), d("30"));
}

#[test]
fn records_are_read_page_after_page() {
    let world = World::new();
    world.source.set_page_size(2);
    world.put((1..=7).map(|id| direct_cost(id, "invoice", &[(id, "03-300", "10")])));
    let report = world.sync();
    assert_eq!((report.documents.len(), world.cost()), (7, d("70")));
}

#[test]
fn a_list_that_fails_later_keeps_its_cursor_and_lets_what_is_stored_go_on() {
    let world = read();
    world.ledger.edit_catalog(|catalog| catalog.partners.get_mut("V100").unwrap().frozen = true);
    world.put([direct_cost(9, "invoice", &[(91, "03-300", "30")])]);
    world.sync();
    world.assert_cause(dc(9), Reason::VendorInvalid);
    let before = world.cursor(ReadKind::Requisitions);
    world.ledger.edit_catalog(|catalog| catalog.partners.get_mut("V100").unwrap().frozen = false);
    world.source.set_failing(PROJECT, ReadKind::Requisitions, true);
    let report = world.cycle();
    assert_eq!((report.status, report.exit_code()), (CycleStatus::Partial, 1));
    assert_eq!(world.state(dc(9)), RecordState::Posted);
    assert_eq!(world.cursor(ReadKind::Requisitions), before);
}

#[test]
pub(crate) fn a_list_that_fails_says_nothing_of_absence() {
    let world = read();
    world.source.remove(&SC);
    world.source.set_failing(PROJECT, ReadKind::Subcontracts, true);
    world.sweep();
    assert!(!world.stored(SC).absent);
    assert_eq!(world.state(SC), RecordState::Posted);
}

#[test]
fn an_item_that_does_not_decode_is_an_exception_and_takes_no_other_with_it() {
    let world = World::of([subcontract(1, &[(11, "03-300", "100")])]);
    world.source.put_unreadable(PROJECT, ReadKind::Subcontracts, unreadable(2));
    let report = world.sync();
    assert_eq!(report.exit_code(), 2);
    assert_eq!(report.exceptions[0].key, key(Kind::Subcontract, 2));
    assert_eq!(report.exceptions[0].cause.as_ref().unwrap().reason, Reason::UnreadableRecord);
    assert_eq!((report.seen(), report.counts[&RecordState::Held]), (2, 1));
    assert_eq!(world.cost(), d("100"));
}

#[test]
fn a_full_list_with_an_item_that_does_not_decode_is_read_in_full_again() {
    let world = World::of([subcontract(1, &[(11, "03-300", "100")])]);
    world.source.put_unreadable(PROJECT, ReadKind::Subcontracts, unreadable(2));
    world.sync();
    let followed = world.cursor(ReadKind::Subcontracts).unwrap();
    assert_eq!((followed.high_water, followed.full_read_at), (None, None));
    world.source.mend(PROJECT, ReadKind::Subcontracts);
    world.put([subcontract(2, &[(21, "03-300", "50")])]);
    world.sync();
    assert_eq!(world.cost(), d("150"));
    assert!(world.cursor(ReadKind::Subcontracts).unwrap().full_read_at.is_some());
}

#[test]
fn the_cursor_does_not_pass_an_item_that_does_not_decode() {
    let world = read();
    let before = world.cursor(ReadKind::Subcontracts).unwrap();
    world.clock.advance(TimeDelta::hours(3));
    world.source.put_unreadable(PROJECT, ReadKind::Subcontracts, unreadable(3));
    world.put([subcontract(2, &[(21, "03-300", "50")])]);
    world.sync();
    assert_eq!(world.cost(), d("150"), "the readable one is posted");
    assert_eq!(world.cursor(ReadKind::Subcontracts).unwrap(), before);
    world.source.mend(PROJECT, ReadKind::Subcontracts);
    world.sync();
    assert!(world.cursor(ReadKind::Subcontracts).unwrap().high_water > before.high_water);
}

#[test]
pub(crate) fn a_known_record_that_does_not_decode_is_held_and_not_planned_from_its_old_copy() {
    let world = World::of([subcontract(1, &[(11, "99-999", "100")])]);
    world.sync();
    let mut world = world;
    let record = world.source.remove(&SC).unwrap();
    world.source.put_unreadable(PROJECT, ReadKind::Subcontracts, unreadable(1));
    world.rules.push(crate::world::rule(9, "99-*", "5090"));
    let report = world.sync();
    world.assert_cause(SC, Reason::UnreadableRecord);
    assert_eq!((report.seen(), report.exit_code(), world.ledger.posts()), (1, 2, 0));
    world.source.mend(PROJECT, ReadKind::Subcontracts);
    world.source.put(record);
    world.sync();
    assert_eq!(world.state(SC), RecordState::Posted);
}

#[test]
fn an_unreadable_record_is_not_absent() {
    let world = read();
    world.source.remove(&SC);
    world.source.put_unreadable(PROJECT, ReadKind::Subcontracts, unreadable(1));
    world.sweep();
    assert!(!world.stored(SC).absent);
}

#[test]
fn a_sweep_sees_a_line_edit_that_did_not_move_its_parent() {
    let world = read();
    world.source.edit(&SC, |record| {
        lines_of(record)[0].amount = d("120");
        add_up(record);
        record.updated_at = moment("2026-01-01T00:00:00Z");
    });
    assert!(world.sync().documents.is_empty());
    assert_eq!(world.sweep().documents.len(), 1);
    assert_eq!(world.cost(), d("120"));
}

#[test]
fn replay_reads_the_waiting_records_anew_and_leaves_the_cursors() {
    let world = World::of([
        subcontract(1, &[(11, "99-999", "100")]),
        direct_cost(9, "invoice", &[(91, "03-300", "30")]),
    ]);
    world.sync();
    world.assert_cause(SC, Reason::CostCodeUnmapped);
    let cursor = world.cursor(ReadKind::Subcontracts);
    let reads = world.source.reads().len();
    world
        .source
        .edit(&SC, |record| *lines_of(record) = vec![crate::records::line(11, "03-300", "100")]);
    let report = world.replay(None);
    assert_eq!(report.exit_code(), 0, "{:?}", report.exceptions);
    assert_eq!(asked(&world, ReadKind::Subcontracts, reads), [Changes::Ids(vec![1])]);
    assert_eq!(world.source.reads().len(), reads + 1, "no other list is read");
    assert_eq!(world.cursor(ReadKind::Subcontracts), cursor);
    assert_eq!(world.documents(SC), "#1 PurchaseInvoices 100.00");
}

#[test]
fn replay_of_a_named_record_sees_what_a_person_did_to_its_document() {
    let world = read();
    world.ledger.cancel(1);
    assert_eq!(world.sync().exit_code(), 0);
    assert_eq!(world.replay(Some(&[SC])).exit_code(), 2);
    world.assert_cause(SC, Reason::CancelledInSap);
}

#[test]
fn the_counts_of_a_report_add_up_to_the_records_seen() {
    let world = read();
    world.put([
        direct_cost(9, "invoice", &[(91, "03-300", "30")]),
        direct_cost(10, "payroll", &[(92, "03-300", "30")]),
        direct_cost(11, "invoice", &[(93, "99-999", "30")]),
    ]);
    let report = world.sync();
    assert_eq!(report.seen(), 4);
    assert_eq!(report.counts[&RecordState::Unchanged], 1);
    assert_eq!(report.counts[&RecordState::Posted], 1);
    assert_eq!(report.counts[&RecordState::NotConfigured], 1);
    assert_eq!(report.counts[&RecordState::Held], 1);
}
