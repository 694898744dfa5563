//! Two states that feed one company, neither of which knows the other: one begins at every step of the other's cycle.

use std::{
    collections::BTreeMap,
    pin::pin,
    task::{Context, Poll, Waker},
};

use chrono::TimeDelta;
use sync_core::{
    engine::{CycleOptions, CycleReport, Engine, EngineLimits},
    memory::{MemoryLedger, MemoryStore},
    model::DocumentKey,
    ports::{CycleStatus, Silent, StateStore},
};

use crate::{
    cancelling::Waiting,
    exactly_once::{assert_once, converge, everything},
    world::{World, catalog, run},
};

/// What both cycles came to.
struct Both {
    first: CycleReport,
    second: CycleReport,
    /// Whether the first one had ended before the second began.
    one_after_the_other: bool,
}

fn engine<'a>(
    world: &'a World,
    parts: (&'a Waiting<'a, MemoryLedger>, &'a dyn StateStore),
    mapping: &'a sync_core::mapping::MappingTables,
    profile: &'a sync_core::ports::Profile,
) -> Engine<'a> {
    Engine {
        source: &world.source,
        ledger: parts.0,
        store: parts.1,
        clock: &world.clock,
        observer: &Silent,
        mapping,
        policy: &world.policy,
        profile,
        time_zone: "UTC",
        limits: EngineLimits::default(),
        stop: world.stop.clone(),
    }
}

/// The cycle of the world's own state gets as far as `polls` steps, then another state goes through a whole cycle, then
/// the first one goes on.
fn interrupted_after(world: &World, other: &MemoryStore, polls: usize) -> Both {
    let ledger = Waiting(&world.ledger);
    let store = Waiting(&world.store);
    world.with_parts(|mapping, profile| {
        let options = CycleOptions::default();
        let mine = engine(world, (&ledger, &store), mapping, profile);
        let theirs = engine(world, (&ledger, other), mapping, profile);
        let mut cycle = pin!(mine.sync(&options));
        let mut context = Context::from_waker(Waker::noop());
        let ended = (0..polls).find_map(|_| match cycle.as_mut().poll(&mut context) {
            Poll::Ready(report) => Some(report),
            Poll::Pending => None,
        });
        // Two cycles never begin in one nanosecond.
        world.clock.advance(TimeDelta::nanoseconds(1));
        let second = run(theirs.sync(&options));
        let one_after_the_other = ended.is_some();
        let first = ended.unwrap_or_else(|| run(cycle));
        Both { first, second, one_after_the_other }
    })
}

/// How many keys and records stand more than once.
fn twice(world: &World) -> usize {
    let mut live: BTreeMap<_, Vec<DocumentKey>> = BTreeMap::new();
    for document in world.ledger.documents() {
        live.entry(document.held.key.source).or_default().push(document.held.key);
    }
    live.values().filter(|documents| documents.len() > 1).count()
}

/// Every step at which the second state can come, each in a new world.
fn at_every_step(new: impl Fn() -> World, look: impl Fn(&World, &Both, usize)) {
    for polls in 1..2_000 {
        let world = new();
        world.put(everything());
        let both = interrupted_after(&world, &MemoryStore::new(), polls);
        look(&world, &both, polls);
        if both.one_after_the_other {
            return;
        }
    }
    panic!("the cycle does not end");
}

#[test]
fn with_claims_no_record_is_posted_by_both_wherever_the_second_comes() {
    let with_claims = || {
        let mut world = World::new();
        world.ledger = MemoryLedger::new(catalog()).with_claims();
        world
    };
    at_every_step(with_claims, |world, both, polls| {
        assert_eq!(twice(world), 0, "after {polls} steps");
        // It was empty where documents stand already, and a person lets it read them.
        if both.first.failure.is_some() {
            world.with_engine(&Silent, async |engine| engine.rebuild(Default::default()).await);
        }
        converge(world);
        assert_once(world, &format!("after {polls} steps"));
    });
}

#[test]
fn without_claims_or_a_row_some_step_lets_both_post() {
    let most = std::cell::Cell::new(0);
    at_every_step(World::new, |world, _, _| most.set(most.get().max(twice(world))));
    assert_eq!(most.get(), 5, "the steps are no test otherwise");
}

#[test]
fn with_a_row_one_of_them_is_stopped_before_its_first_document_wherever_the_second_comes() {
    let with_row = || {
        let world = World::new();
        world.ledger.make_store_table();
        world
    };
    let stopped = |report: &CycleReport| {
        report.status == CycleStatus::Failed
            && report.failure.as_ref().is_some_and(|f| f.name == "store_is_not_current")
            && report.documents.is_empty()
    };
    let firsts = std::cell::Cell::new(0);
    at_every_step(with_row, |world, both, polls| {
        let of_both = [stopped(&both.first), stopped(&both.second)];
        assert_eq!(of_both.iter().filter(|stopped| **stopped).count(), 1, "after {polls} steps");
        firsts.set(firsts.get() + usize::from(of_both[0]));
        assert_eq!(twice(world), 0, "after {polls} steps");
        assert_eq!(world.ledger.documents().len(), 5, "after {polls} steps");
    });
    assert!(firsts.get() > 0, "no step came between the first one's look and its writing");
}

#[test]
fn of_two_copies_of_one_state_the_one_that_was_stopped_stays_stopped() {
    let mut stopped = [0, 0];
    for polls in 1.. {
        let mut world = World::new();
        world.ledger.make_store_table();
        world.sync();
        let copy = MemoryStore::new();
        copy.restore(&world.store.snapshot());
        world.put(everything());
        world.clock.advance(TimeDelta::minutes(1));
        let both = interrupted_after(&world, &copy, polls);
        let failed = [&both.first, &both.second].map(|report| report.failure.is_some());
        assert_eq!(failed.iter().filter(|failed| **failed).count(), 1, "after {polls} steps");
        // Whoever runs the stopped one again, as its message says, runs it beside the other one.
        if failed[1] {
            world.store = copy;
        }
        world.clock.advance(TimeDelta::minutes(1));
        let again = world.cycle();
        let name = again.failure.map(|failure| failure.name);
        assert_eq!(name, Some("store_is_not_current"), "after {polls} steps");
        assert_eq!(twice(&world), 0, "after {polls} steps");
        stopped[usize::from(failed[1])] += 1;
        if both.one_after_the_other {
            break;
        }
    }
    assert!(stopped.iter().all(|copies| *copies > 0), "one of both was never stopped: {stopped:?}");
}
