//! Where documents carry their keys is a part of what a state was begun with: under the other choice no look-up finds them.

use chrono::TimeDelta;
use sync_core::{
    engine::CycleReport,
    memory::{MemoryStore, PostFault},
    policy::Reference,
    ports::{Clock as _, CycleStatus, Profile, Silent, StateStore as _},
    states::RecordState,
};

use crate::{
    exactly_once::{assert_once, everything},
    records::{SC, add_up, d, lines_of, subcontract},
    world::{World, run},
};

/// Somebody edits the configuration: keys stand elsewhere from now on, and are looked up there.
fn refer_by(world: &mut World, reference: Reference) {
    world.policy.reference = reference;
    world.ledger.refer_by(reference);
}

fn stored(world: &World) -> String {
    run(world.store.profile()).unwrap().unwrap().reference
}

/// As a state of an earlier version, which does not say where keys stand.
fn forget(world: &World) {
    let epoch = run(world.store.acquire_writer(world.clock.now())).unwrap();
    let known = run(world.store.profile()).unwrap().unwrap();
    let profile = Profile { reference: String::new(), ..known };
    run(world.store.set_profile(&profile, epoch)).unwrap();
    run(world.store.release_writer(epoch)).unwrap();
}

fn raise(world: &World, amount: &str) {
    world.edit(SC, |record| {
        lines_of(record)[0].amount = d(amount);
        add_up(record);
    });
}

/// The cycle is refused before it posts or resolves anything, and says what to write.
fn assert_refused(world: &World, report: &CycleReport, remedy: &str) -> String {
    let failure = report.failure.clone().unwrap();
    assert_eq!((report.status, report.exit_code()), (CycleStatus::Failed, 64), "{failure:?}");
    assert_eq!(failure.name, "configuration");
    assert!(failure.detail.starts_with("posting.reference: "), "{}", failure.detail);
    assert!(failure.detail.ends_with(&format!("; write {remedy}")), "{}", failure.detail);
    assert_eq!(report.documents, []);
    world.ledger.commit_late();
    failure.detail
}

#[test]
fn another_reference_is_refused_and_a_document_whose_answer_was_lost_is_not_posted_again() {
    let mut world = World::of([subcontract(1, &[(11, "03-300", "100")])]);
    world.ledger.fail_next_post(PostFault::LostAfter);
    world.sync();
    assert_eq!(world.state(SC), RecordState::Uncertain);
    refer_by(&mut world, Reference::Key);
    world.clock.advance(TimeDelta::minutes(10));
    let report = world.cycle();
    assert_eq!(world.documents(SC), "#1 PurchaseInvoices 100.00", "it stands in the user fields");
    let detail = assert_refused(&world, &report, "reference = \"udf\"");
    assert!(detail.contains("the state was begun with reference = \"udf\""), "{detail}");
    assert!(detail.contains("\"key\""), "{detail}");
    assert_eq!(world.preview().exit_code(), 64);
    let rebuilt =
        world.with_engine(&Silent, async |engine| engine.rebuild(Default::default()).await);
    assert_refused(&world, &rebuilt.cycle, "reference = \"udf\"");

    refer_by(&mut world, Reference::Udf);
    assert_eq!(world.cycle().exit_code(), 0);
    assert_eq!((world.state(SC), world.ledger.posts()), (RecordState::Unchanged, 1));
    world.assert_reconciles();
}

#[test]
fn a_state_keeps_what_it_was_begun_with() {
    for reference in [Reference::Udf, Reference::Key] {
        let mut world = World::of(everything());
        refer_by(&mut world, reference);
        world.sync();
        assert_eq!(stored(&world), reference.name());
        assert_once(&world, reference.name());
    }
}

#[test]
fn a_state_of_an_earlier_version_takes_over_the_reference_that_its_documents_have() {
    for reference in [Reference::Udf, Reference::Key] {
        let mut world = World::of(everything());
        refer_by(&mut world, reference);
        world.sync();
        forget(&world);
        refer_by(&mut world, reference.other());
        world.clock.advance(TimeDelta::minutes(10));
        raise(&world, "1,100");
        let posts = world.ledger.posts();
        let remedy = format!("reference = \"{}\"", reference.name());
        let report = world.cycle();
        assert_eq!(world.ledger.posts(), posts, "no sequence beside one that is not found");
        let detail = assert_refused(&world, &report, &remedy);
        assert!(detail.contains("SAP holds documents of Procore company"), "{detail}");
        assert_eq!(world.preview().exit_code(), 64);
        assert_eq!(stored(&world), "", "what was refused is not kept");

        refer_by(&mut world, reference);
        assert_eq!(world.preview().failure, None);
        assert_eq!(stored(&world), "", "a preview writes nothing");
        assert_eq!(world.sync().documents.len(), 1);
        assert_eq!(stored(&world), reference.name());
        assert_eq!(world.cost(), d("1,400"));
        world.assert_reconciles();
    }
}

#[test]
fn whether_documents_stand_elsewhere_is_never_guessed() {
    let world = World::of(everything());
    world.sync();
    forget(&world);
    world.ledger.fail_look_ups(1);
    assert_eq!(world.cycle().failure.unwrap().name, "ledger_unavailable");
    assert_eq!(stored(&world), "");
    world.sync();
    assert_eq!(stored(&world), "udf");
}

#[test]
fn while_a_document_is_under_way_the_reference_is_not_kept_and_is_looked_for_in_each_cycle() {
    let mut world = World::of([subcontract(1, &[(11, "03-300", "100")])]);
    world.ledger.fail_next_post(PostFault::Late);
    world.sync();
    forget(&world);
    // The first document of all is still under way: nothing in SAP tells where its key will stand.
    refer_by(&mut world, Reference::Key);
    world.clock.advance(TimeDelta::minutes(5));
    assert_eq!(world.cycle().exit_code(), 2);
    assert_eq!(stored(&world), "");
    world.ledger.commit_late();
    world.clock.advance(TimeDelta::minutes(5));
    let report = world.cycle();
    assert_eq!(world.documents(SC), "#1 PurchaseInvoices 100.00", "it is not taken for absent");
    assert_refused(&world, &report, "reference = \"udf\"");

    refer_by(&mut world, Reference::Udf);
    world.sync();
    assert_eq!((world.state(SC), stored(&world)), (RecordState::Unchanged, String::new()));
    world.sync();
    assert_eq!((stored(&world).as_str(), world.ledger.posts()), ("udf", 1));
}

#[test]
fn a_lost_state_is_not_made_again_under_the_other_reference() {
    let mut world = World::of(everything());
    world.sync();
    world.store = MemoryStore::new();
    refer_by(&mut world, Reference::Key);
    world.clock.advance(TimeDelta::minutes(10));
    let rebuilt =
        world.with_engine(&Silent, async |engine| engine.rebuild(Default::default()).await);
    assert_eq!(run(world.store.profile()).unwrap(), None, "the state is not the current one");
    assert_refused(&world, &rebuilt.cycle, "reference = \"udf\"");
    let posts = world.ledger.posts();
    assert_eq!(world.cycle().failure.unwrap().name, "store_is_not_current");
    assert_eq!(world.ledger.posts(), posts);

    refer_by(&mut world, Reference::Udf);
    let rebuilt =
        world.with_engine(&Silent, async |engine| engine.rebuild(Default::default()).await);
    assert_eq!(rebuilt.exit_code(), 0);
    assert!(world.sync().documents.is_empty());
    assert_once(&world, "after a rebuild under the right reference");
}
