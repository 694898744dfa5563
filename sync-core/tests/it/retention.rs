//! What the store drops at the end of a cycle, and that nothing is posted for it.

use chrono::TimeDelta;
use sync_core::{
    memory::WriteFault,
    model::SourceKey,
    ports::{CycleStatus, StateStore as _},
};

use crate::{
    exactly_once::{assert_once, everything},
    records::{SC, add_up, d, lines_of},
    world::{World, run},
};

fn payloads(world: &World, key: SourceKey) -> Vec<usize> {
    let intents = run(world.store.intents(&key)).unwrap();
    intents.iter().map(|intent| intent.body.len()).collect()
}

fn raise(world: &World, amount: &str) {
    world.edit(SC, |record| {
        lines_of(record)[0].amount = d(amount);
        add_up(record);
    });
}

/// Everything is posted, and kept for one day more.
fn world_of_long_ago() -> World {
    let mut world = World::of(everything());
    world.limits.retention = TimeDelta::days(30);
    world.sync();
    world.clock.advance(TimeDelta::days(30));
    world
}

#[test]
fn payloads_are_kept_for_the_retention_and_dropped_by_the_first_cycle_of_a_later_day() {
    let world = world_of_long_ago();
    let before = payloads(&world, SC);
    assert!(before.iter().all(|bytes| *bytes > 0), "{before:?}");
    world.sync();
    assert_eq!(payloads(&world, SC), before, "30 days are not over");
    world.clock.advance(TimeDelta::days(1));
    let writes = world.store.writes();
    world.sync();
    let with_dropping = world.store.writes() - writes;
    assert_eq!(payloads(&world, SC), vec![0; before.len()]);
    let writes = world.store.writes();
    world.sync();
    assert_eq!(world.store.writes() - writes, with_dropping - 1, "nothing is left to drop");
}

#[test]
fn a_record_that_is_read_again_replayed_or_changed_after_it_posts_nothing_twice() {
    let world = world_of_long_ago();
    world.clock.advance(TimeDelta::days(1));
    world.sync();
    assert_eq!(payloads(&world, SC), [0]);
    let posts = world.ledger.posts();
    assert!(world.sweep().documents.is_empty());
    assert!(world.replay(Some(&[SC])).documents.is_empty());
    assert_eq!(world.ledger.posts(), posts);
    assert_once(&world, "after the payloads were dropped");

    raise(&world, "1,500");
    let report = world.sync();
    let keys: Vec<_> = report.documents.iter().map(|d| (d.key, d.sequence)).collect();
    assert_eq!(keys, [(SC, 2)]);
    assert_eq!(payloads(&world, SC).len(), 2, "the number of the first stays used");
    world.assert_reconciles();
}

#[test]
fn a_state_from_before_the_last_documents_is_told_by_sap_although_its_payloads_are_dropped() {
    let world = world_of_long_ago();
    world.clock.advance(TimeDelta::days(1));
    world.sync();
    let backup = world.store.snapshot();
    raise(&world, "1,500");
    assert_eq!(world.sync().documents.len(), 1);
    let posts = world.ledger.posts();
    world.store.restore(&backup);
    assert!(world.sync().documents.is_empty());
    assert_eq!(world.ledger.posts(), posts);
    world.assert_reconciles();
}

#[test]
fn a_dropping_that_breaks_off_is_told_and_done_by_the_next_cycle() {
    let writes_of_a_cycle = {
        let world = world_of_long_ago();
        let writes = world.store.writes();
        world.sync();
        world.store.writes() - writes
    };
    for fault in [WriteFault::Lost, WriteFault::Kept] {
        let world = world_of_long_ago();
        world.clock.advance(TimeDelta::days(1));
        // The last write of a cycle ends it; what is dropped is dropped right before that.
        world.store.fail_write_after(usize::try_from(writes_of_a_cycle - 1).unwrap(), fault);
        let report = world.cycle();
        assert_eq!(report.status, CycleStatus::Partial, "{report:?}");
        assert_eq!(report.failure.unwrap().name, "store_unavailable");
        world.sync();
        assert_eq!(payloads(&world, SC), [0], "{fault:?}");
        assert_once(&world, "after a dropping that broke off");
    }
}
