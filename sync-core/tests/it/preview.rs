//! A preview posts nothing, writes nothing, and says what a sync then posts.

use sync_core::{
    model::Posting,
    states::{Reason, RecordState},
};

use crate::{
    records::{SC, add_up, change_order, d, direct_cost, lines_of, requisition, subcontract},
    world::World,
};

fn world() -> World {
    let world = World::with_tax();
    world.put([
        subcontract(1, &[(11, "03-300", "1,000")]),
        change_order(5, 1, &[(51, "26-100", "200")]),
        requisition(71, 1, &[(11, "400", "400", "40", "0")], "360"),
        direct_cost(9, "invoice", &[(91, "03-300", "30")]),
        subcontract(2, &[(21, "99-000", "70")]),
    ]);
    world
}

fn sorted(mut postings: Vec<Posting>) -> Vec<Posting> {
    postings.sort_by_key(Posting::key);
    postings
}

#[test]
fn a_preview_posts_nothing_and_equals_what_sync_then_posts() {
    let world = world();
    let preview = world.preview();
    assert_eq!((world.ledger.posts(), world.store.writes()), (0, 0));
    assert_eq!((preview.documents.len(), preview.exit_code()), (4, 2));
    assert_eq!(preview.exceptions[0].cause.as_ref().unwrap().reason, Reason::CostCodeUnmapped);

    let report = world.cycle();
    let posted = world.ledger.documents().into_iter().map(|d| d.posting).collect();
    let previewed = preview.documents.into_iter().map(|d| d.posting).collect();
    assert_eq!(sorted(previewed), sorted(posted));
    assert_eq!(preview.counts, report.counts);
}

#[test]
fn a_preview_of_a_change_shows_the_difference_alone() {
    let world = world();
    world.sync();
    assert!(world.preview().documents.is_empty());
    let writes = world.store.writes();
    world.edit(SC, |record| {
        lines_of(record)[0].amount = d("900");
        add_up(record);
    });
    let preview = world.preview();
    let [document] = preview.documents.as_slice() else { panic!("{:?}", preview.documents) };
    assert!(matches!(document.posting, Posting::PurchaseCreditNote(_)));
    assert_eq!(document.posting.net_cost(), d("-100"));
    assert_eq!(document.title, "Title of SC-001");
    assert_eq!(document.content_hash.len(), 64);
    assert_eq!(preview.account_names["2160"], "Unbilled commitments");
    assert_eq!(world.store.writes(), writes);
    assert_eq!(world.state(SC), RecordState::Posted);
}
