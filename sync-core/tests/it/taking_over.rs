//! A state that takes over: what was sent last before it may still be under way in SAP, and nothing in it says so.

use chrono::TimeDelta;
use sync_core::{
    engine::{CheckStatus, CycleOptions, CycleReport, RebuildReport},
    memory::{MemorySnapshot, MemoryStore, PostFault, WriteFault},
    ports::{
        Clock as _, CycleStatus, Deed, Observer, Progress, Signature, Silent, StateStore as _,
    },
    resolve::Verb,
    states::{Reason, RecordState},
};

use crate::{
    decisions::decide,
    exactly_once::{assert_once, converge, everything},
    records::{SC, add_up, d, lines_of, req, requisition, requisition_of, subcontract},
    world::{World, run},
};

/// What becomes of the state while SAP still executes a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Loss {
    /// It is gone, with everything that it knew.
    Disk,
    /// It is as it was before the intent of that document.
    Backup,
    /// As it was in the cycle that sent the document, before its intent: SAP's row is its own.
    BackupOfThatCycle,
}

/// How a person goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum GoesOn {
    Rebuild,
    TakeOver,
}

const TWO: &str = "#1 PurchaseInvoices 1000.00, #2 PurchaseInvoices 100.00";

fn by_a_person() -> Option<Signature> {
    Some(Signature { by: "Åse".to_owned(), note: "the disk is gone".to_owned() })
}

fn take_over(world: &World) -> CycleReport {
    let options =
        CycleOptions { take_over: true, signature: by_a_person(), ..CycleOptions::default() };
    world.with_engine(&Silent, async |engine| engine.sync(&options).await)
}

fn rebuild(world: &World) -> RebuildReport {
    let signature = by_a_person().unwrap();
    world.with_engine(&Silent, async |engine| engine.rebuild(signature).await)
}

/// The report of the cycle with which a person goes on.
fn go_on(world: &World, how: GoesOn) -> CycleReport {
    let posts = world.ledger.posts();
    let report = match how {
        GoesOn::Rebuild => rebuild(world).cycle,
        GoesOn::TakeOver => take_over(world),
    };
    assert_eq!(report.status, CycleStatus::Done, "{:?} {:?}", report.failure, report.problems);
    assert_eq!(world.ledger.posts(), posts, "{how:?} posts nothing");
    report
}

fn raise(world: &World, amount: &str) {
    world.edit(SC, |record| {
        lines_of(record)[0].amount = d(amount);
        add_up(record);
    });
}

/// Keeps a backup that is made while a cycle runs, before its first document.
struct BackUp<'a>(&'a World, std::sync::Mutex<Option<MemorySnapshot>>);

impl Observer for BackUp<'_> {
    fn on(&self, progress: &Progress) {
        if matches!(progress, Progress::CycleOpened { .. }) {
            *self.1.lock().unwrap() = Some(self.0.store.snapshot());
        }
    }
}

/// A commitment is posted and raised, SAP is still at the document of the raise, and the state is lost.
fn lost_while_sending(loss: Loss) -> World {
    let mut world = World::of([subcontract(1, &[(11, "03-300", "1,000")])]);
    world.ledger.make_store_table();
    world.sync();
    let before = world.store.snapshot();
    raise(&world, "1,100");
    world.clock.advance(TimeDelta::minutes(10));
    world.ledger.fail_next_post(PostFault::Late);
    let meanwhile = BackUp(&world, std::sync::Mutex::default());
    let options = CycleOptions::default();
    world.with_engine(&meanwhile, async |engine| engine.sync(&options).await);
    let meanwhile = meanwhile.1.into_inner().unwrap().unwrap();
    assert_eq!(world.ledger.posts(), 2);
    match loss {
        Loss::Disk => world.store = MemoryStore::new(),
        Loss::Backup => world.store.restore(&before),
        Loss::BackupOfThatCycle => world.store.restore(&meanwhile),
    }
    world.clock.advance(TimeDelta::minutes(1));
    world
}

/// Each way of going on that each loss allows.
const WAYS: [(Loss, GoesOn); 5] = [
    (Loss::Disk, GoesOn::Rebuild),
    (Loss::Backup, GoesOn::Rebuild),
    (Loss::Backup, GoesOn::TakeOver),
    (Loss::BackupOfThatCycle, GoesOn::Rebuild),
    (Loss::BackupOfThatCycle, GoesOn::TakeOver),
];

#[test]
fn a_document_that_the_lost_state_had_sent_is_not_posted_a_second_time() {
    for (loss, how) in WAYS {
        let when = format!("{loss:?} {how:?}");
        let world = lost_while_sending(loss);
        go_on(&world, how);
        world.clock.advance(TimeDelta::minutes(5));
        world.cycle();
        world.ledger.commit_late();
        world.clock.advance(TimeDelta::minutes(5));
        let report = world.cycle();
        assert_eq!(world.documents(SC), TWO, "{when}");
        assert_eq!((report.exit_code(), report.left, report.posts_from), (0, 0, None), "{when}");
        assert_eq!((world.state(SC), world.ledger.posts()), (RecordState::Unchanged, 2), "{when}");
        world.assert_reconciles();
    }
}

#[test]
fn what_never_came_is_posted_by_the_first_cycle_after_the_settle_time_and_not_before() {
    for (loss, how) in WAYS {
        let when = format!("{loss:?} {how:?}");
        let world = lost_while_sending(loss);
        let first = go_on(&world, how);
        let from = world.clock.now() + TimeDelta::minutes(10);
        assert_eq!(first.posts_from, Some(from), "{when}");
        // What a rebuild leaves waits for nobody; a cycle that should have posted says so.
        let waits = u64::from(how == GoesOn::TakeOver);
        assert_eq!((first.left, u64::from(first.exit_code())), (waits, 2 * waits), "{when}");
        world.clock.advance(TimeDelta::seconds(599));
        for report in [world.cycle(), world.replay(Some(&[SC]))] {
            assert_eq!((report.status, report.exit_code()), (CycleStatus::Done, 2), "{when}");
            assert_eq!((report.left, report.posts_from), (1, Some(from)), "{when}");
            assert_eq!((world.state(SC), world.ledger.posts()), (RecordState::Pending, 2));
        }
        world.clock.advance(TimeDelta::seconds(1));
        let report = world.cycle();
        assert_eq!((report.exit_code(), report.posts_from), (0, None), "{when}");
        assert_eq!(world.documents(SC), TWO, "{when}");
        world.assert_reconciles();
    }
}

#[test]
fn also_where_the_document_is_the_first_that_sap_gets_of_the_company() {
    for how in [GoesOn::Rebuild, GoesOn::TakeOver] {
        let mut world = World::of([subcontract(1, &[(11, "03-300", "1,000")])]);
        world.ledger.make_store_table();
        world.ledger.fail_next_post(PostFault::Late);
        world.sync();
        world.store = MemoryStore::new();
        world.clock.advance(TimeDelta::minutes(1));
        go_on(&world, how);
        world.clock.advance(TimeDelta::minutes(5));
        assert_eq!(world.cycle().exit_code(), 2);
        world.ledger.commit_late();
        assert!(world.sync().documents.is_empty());
        assert_eq!(world.documents(SC), "#1 PurchaseInvoices 1000.00", "{how:?}");
    }
}

#[test]
fn the_moment_is_that_of_the_store_whatever_the_clock_of_the_next_machine_says() {
    let world = lost_while_sending(Loss::Backup);
    go_on(&world, GoesOn::TakeOver);
    // Half a minute later another machine, whose clock is eleven minutes ahead, goes through a cycle.
    world.clock.advance(TimeDelta::seconds(30) + TimeDelta::minutes(11));
    world.store.keep_time(-TimeDelta::minutes(11));
    assert_eq!((world.cycle().exit_code(), world.ledger.posts()), (2, 2));
    world.ledger.commit_late();
    world.clock.advance(TimeDelta::minutes(10));
    assert_eq!(world.cycle().exit_code(), 0);
    assert_eq!(world.documents(SC), TWO);
}

#[test]
fn a_new_state_posts_at_once() {
    for table in [false, true] {
        let world = World::of(everything());
        if table {
            world.ledger.make_store_table();
        }
        let report = world.cycle();
        assert_eq!((report.exit_code(), report.documents.len()), (0, 5));
        assert_eq!(report.posts_from, None);
        assert!(run(world.store.acts(None)).unwrap().is_empty());
    }
}

#[test]
fn a_state_that_fed_sap_last_and_went_through_its_cycle_takes_nothing_over() {
    let world = World::of(everything());
    world.ledger.make_store_table();
    world.sync();
    for amount in ["1,100", "1,200"] {
        raise(&world, amount);
        world.clock.advance(TimeDelta::seconds(1));
        let report = take_over(&world);
        assert_eq!((report.documents.len(), report.posts_from), (1, None));
    }
    assert_eq!(rebuild(&world).cycle.posts_from, None);
    raise(&world, "1,300");
    world.clock.advance(TimeDelta::seconds(1));
    assert_eq!(world.cycle().documents.len(), 1);
    let acts = run(world.store.acts(None)).unwrap();
    assert_eq!(acts.len(), 3, "each is kept all the same");
    assert!(acts.iter().all(|act| !act.unsettled));
}

#[test]
fn where_sap_has_no_place_for_the_row_every_rebuild_waits() {
    let world = World::of(everything());
    world.sync();
    let report = rebuild(&world);
    assert_eq!(report.cycle.posts_from, Some(world.clock.now() + TimeDelta::minutes(10)));
    raise(&world, "1,100");
    world.clock.advance(TimeDelta::minutes(9));
    assert_eq!((world.cycle().exit_code(), world.ledger.posts()), (2, 5));
    world.clock.advance(TimeDelta::minutes(1));
    assert_eq!(world.cycle().documents.len(), 1);
}

#[test]
fn one_who_takes_over_in_every_cycle_posts_all_the_same() {
    let world = lost_while_sending(Loss::Backup);
    let from = go_on(&world, GoesOn::TakeOver).posts_from;
    world.clock.advance(TimeDelta::minutes(5));
    assert_eq!(go_on(&world, GoesOn::TakeOver).posts_from, from, "the wait does not begin anew");
    world.clock.advance(TimeDelta::minutes(5));
    assert_eq!(take_over(&world).documents.len(), 1);
    assert_eq!(world.documents(SC), TWO);
}

#[test]
fn who_takes_over_and_why_is_kept_also_where_nobody_says_it() {
    let world = lost_while_sending(Loss::Backup);
    rebuild(&world);
    let unsigned = CycleOptions { take_over: true, ..CycleOptions::default() };
    world.with_engine(&Silent, async |engine| engine.sync(&unsigned).await);
    let acts = run(world.store.acts(None)).unwrap();
    let told: Vec<_> =
        acts.iter().map(|a| (a.deed, a.by.as_str(), a.note.as_str(), a.at)).collect();
    let now = world.clock.now();
    let expected = [(Deed::Rebuild, "Åse", "the disk is gone", now), (Deed::TakeOver, "", "", now)];
    assert_eq!(told, expected);
}

#[test]
fn everything_but_posting_goes_on_and_what_waits_for_a_person_waits_for_it() {
    let world = World::of(everything());
    world.ledger.make_store_table();
    world.sync();
    let backup = world.store.snapshot();
    world.sync();
    world.store.restore(&backup);
    // A commitment that cannot be posted, one that can, and a requisition behind it; another is billed above what is
    // approved.
    let unmapped = subcontract(3, &[(31, "99-999", "40")]);
    let next = subcontract(4, &[(41, "03-300", "60")]);
    let over = requisition(72, 2, &[(11, "1,600", "1,200", "40", "0")], "1,200");
    let mut behind = requisition(73, 1, &[(41, "60", "60", "0", "0")], "60");
    requisition_of(&mut behind).commitment_id = 4;
    let keys = [&unmapped, &next, &over, &behind].map(|record| record.key);
    world.put([unmapped, next, over, behind]);
    let report = take_over(&world);
    assert_eq!((report.status, report.exit_code()), (CycleStatus::Done, 2));
    assert_eq!(report.documents, []);
    world.assert_cause(keys[0], Reason::CostCodeUnmapped);
    world.assert_cause(keys[2], Reason::OverBilling);
    let left = [keys[1], keys[3]].map(|key| world.state(key));
    assert_eq!(left, [RecordState::Pending; 2]);
    assert_eq!((report.left, report.counts[&RecordState::Pending]), (2, 2));
    assert_eq!(report.counts[&RecordState::Held], 2);
    world.assert_reconciles();

    // A decision is taken; what it lets through is posted with the rest.
    decide(&world, req(72), Verb::Post).unwrap();
    assert_eq!(world.replay(Some(&[keys[2]])).left, 1);
    assert_eq!(world.state(keys[2]), RecordState::Pending);
    let preview = world.preview();
    assert_eq!(preview.posts_from, report.posts_from);
    assert_eq!(preview.documents.len(), 3, "a preview shows what will be posted");
    let check = world.with_engine(&Silent, async |engine| engine.check().await);
    let line = check.lines.iter().find(|line| line.subject == "take-over").unwrap();
    assert_eq!(line.status, CheckStatus::Warning);
    assert!(line.detail.contains("2026-03-31"), "{}", line.detail);

    let report = world.sync();
    assert_eq!((report.documents.len(), report.left), (3, 0));
    world.assert_cause(keys[0], Reason::CostCodeUnmapped);
    let check = world.with_engine(&Silent, async |engine| engine.check().await);
    assert!(check.lines.iter().all(|line| line.subject != "take-over"));
    world.assert_reconciles();
}

#[test]
fn a_change_that_was_left_is_dated_on_the_day_it_was_seen() {
    let world = lost_while_sending(Loss::Backup);
    world.ledger.clear_faults();
    let midnight = crate::records::moment("2026-04-01T00:00:00Z");
    world.clock.advance(midnight - world.clock.now() - TimeDelta::minutes(1));
    go_on(&world, GoesOn::TakeOver);
    assert_eq!(world.sync().documents.len(), 1);
    assert_eq!(world.clock.now() - midnight, TimeDelta::minutes(9));
    assert_eq!(world.dates(SC).last().unwrap(), "2026-03-31");
}

#[test]
fn a_take_over_that_breaks_off_anywhere_lets_nothing_be_posted_too_early() {
    for how in [GoesOn::Rebuild, GoesOn::TakeOver] {
        let clean = lost_while_sending(Loss::Backup);
        let before = clean.store.writes();
        go_on(&clean, how);
        let writes = usize::try_from(clean.store.writes() - before).unwrap();
        assert!(writes > 4, "{writes} places to crash at");
        for fault in [WriteFault::Lost, WriteFault::Kept] {
            for at in 0..writes {
                let when = format!("{how:?}, {fault:?} at write {at}");
                let world = lost_while_sending(Loss::Backup);
                world.store.fail_write_after(at, fault);
                match how {
                    GoesOn::Rebuild => drop(rebuild(&world)),
                    GoesOn::TakeOver => drop(take_over(&world)),
                }
                world.store.clear_faults();
                world.clock.advance(TimeDelta::minutes(1));
                // A cycle is refused as long as SAP's row is not this state's.
                if world.cycle().status == CycleStatus::Failed {
                    world.clock.advance(TimeDelta::minutes(1));
                    go_on(&world, how);
                }
                assert_eq!(world.ledger.posts(), 2, "{when}");
                world.ledger.commit_late();
                converge(&world);
                assert_eq!(world.documents(SC), TWO, "{when}");
            }
        }
    }
}

#[test]
fn without_the_wait_each_of_these_losses_posts_a_document_twice() {
    for (loss, how) in WAYS {
        let mut world = lost_while_sending(loss);
        world.policy.unknown_settle = TimeDelta::zero();
        match how {
            GoesOn::Rebuild => drop(rebuild(&world)),
            GoesOn::TakeOver => drop(take_over(&world)),
        }
        world.clock.advance(TimeDelta::seconds(1));
        world.cycle();
        world.ledger.commit_late();
        let twice = world.documents(SC).matches("100.00").count();
        assert_eq!(twice, 2, "{loss:?} {how:?}: {}", world.documents(SC));
    }
}

#[test]
fn a_rebuilt_state_ends_with_the_same_books() {
    let mut world = World::of(everything());
    world.ledger.make_store_table();
    world.ledger.fail_post_after(2, PostFault::Late);
    world.sync();
    world.store = MemoryStore::new();
    rebuild(&world);
    world.cycle();
    world.ledger.commit_late();
    converge(&world);
    assert_once(&world, "after a rebuild while a document was under way");
}
