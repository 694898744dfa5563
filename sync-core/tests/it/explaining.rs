//! `explain`: the life of one record, without writing anything.

use sync_core::{
    engine::RecordLife,
    model::SourceKey,
    plan::{Decision, LinePlace},
    ports::Silent,
    states::RecordState,
};

use crate::{
    records::{SC, change_order, co, d, dc, direct_cost, line, subcontract},
    world::World,
};

fn explain(world: &World, key: SourceKey) -> RecordLife {
    let writes = world.store.writes();
    let posts = world.ledger.posts();
    let life = world.with_engine(&Silent, async |engine| engine.explain(key).await).unwrap();
    assert_eq!((world.store.writes(), world.ledger.posts()), (writes, posts), "nothing is written");
    life
}

#[test]
fn an_unknown_record_is_named_as_such() {
    let world = World::new();
    let failure = world.with_engine(&Silent, async |engine| engine.explain(SC).await).unwrap_err();
    assert_eq!(failure.name, "record_unknown");
    assert!(failure.detail.contains("8089:865:subcontract:1"));
}

#[test]
fn a_posted_record_shows_the_rule_of_each_line_what_sap_holds_and_why_nothing_is_posted() {
    let world = World::of([subcontract(1, &[(11, "03-300", "700"), (12, "26-100", "30")])]);
    world.sync();
    let life = explain(&world, SC);
    let own = &life.explanation;
    assert_eq!((own.state, &own.decision), (RecordState::Posted, &Decision::Unchanged));
    assert_eq!(own.because, "SAP holds 730 net, which is what Procore says");
    assert_eq!(own.card_code, Some(("V100".to_owned(), 2)));
    assert_eq!(own.sap_project, Some(("P865".to_owned(), 2)));
    assert_eq!(own.lines.iter().map(|line| line.held).collect::<Vec<_>>(), [d("700"), d("30")]);
    assert!(own.lines.iter().all(|line| matches!(line.place, LinePlace::Standing(_))));
    assert_eq!(life.intents.len(), 1);
    assert_eq!(life.not_read_anew, None);
}

#[test]
fn a_changed_record_shows_the_documents_that_would_be_posted_before_any_cycle_read_it() {
    let world = World::of([subcontract(1, &[(11, "03-300", "700")])]);
    world.sync();
    world.put([subcontract(1, &[(11, "03-300", "750"), (12, "26-100", "5")])]);
    let life = explain(&world, SC);
    let own = &life.explanation;
    assert_eq!(own.would_post().len(), 1);
    assert_eq!(own.would_post()[0].net_cost(), d("55"));
    assert!(own.because.contains("SAP holds 700 net"), "{}", own.because);
    assert!(matches!(own.lines[0].place, LinePlace::Standing(_)));
    assert!(matches!(own.lines[1].place, LinePlace::Rule { row: 3, .. }), "{:?}", own.lines[1]);
}

#[test]
fn an_unmapped_line_names_the_row_to_add_and_the_hold_its_remedy() {
    let world = World::of([subcontract(1, &[(11, "03-300", "700"), (12, "99-100", "30")])]);
    world.sync();
    let own = explain(&world, SC).explanation;
    assert_eq!(own.state, RecordState::Held);
    assert!(own.because.starts_with("cost_code_unmapped: "), "{}", own.because);
    assert!(own.because.ends_with("add a rule for this cost code to accounts.csv"));
    let LinePlace::Unmapped(remedy) = &own.lines[1].place else { panic!("{:?}", own.lines[1]) };
    assert!(remedy.contains("no rule for 99-100.S on 2026-02-10"), "{remedy}");
    assert!(matches!(own.lines[0].place, LinePlace::Rule { row: 2, .. }));
    assert_eq!(own.lines[0].target, None, "a stopped record has no target");
}

#[test]
fn a_rounding_unit_and_spread_markup_show_where_they_went() {
    let thirds = &[(11, "03-300", "33.333"), (12, "03-300", "33.333"), (13, "26-100", "33.334")];
    let world = World::of([subcontract(1, thirds)]);
    world.sync();
    let own = explain(&world, SC).explanation;
    let moved: Vec<_> = own.lines.iter().map(|line| (line.target, line.moved)).collect();
    assert_eq!(moved.iter().map(|(_, moved)| *moved).sum::<rust_decimal::Decimal>(), d("0.01"));
    assert_eq!(
        moved.iter().filter_map(|(target, _)| *target).sum::<rust_decimal::Decimal>(),
        d("100")
    );

    let mut change = change_order(5, 1, &[(51, "03-300", "100")]);
    if let sync_core::model::RecordBody::ChangeOrder(body) = &mut change.body {
        body.lines.push(line(52, "", "10"));
        body.grand_total = Some(d("110"));
    }
    world.put([change]);
    world.sync();
    let own = explain(&world, co(5)).explanation;
    assert_eq!(own.lines[0].moved, d("10"), "{:?}", own.lines);
    assert_eq!(own.lines[1].place, LinePlace::Spread);
}

#[test]
fn every_reason_not_to_post_is_a_sentence() {
    let world = World::of([direct_cost(9, "payroll", &[(91, "03-300", "5")])]);
    world.sync();
    let own = explain(&world, dc(9)).explanation;
    assert!(own.because.contains("posting.direct_cost_offset.payroll"), "{}", own.because);

    let mut draft = subcontract(1, &[(11, "03-300", "700")]);
    draft.status = "Draft".to_owned();
    world.put([draft]);
    world.sync();
    let own = explain(&world, SC).explanation;
    assert!(own.because.contains("its status is 'Draft'; posted are Approved, Complete"));
}

#[test]
fn a_record_that_procore_does_not_answer_is_explained_from_the_stored_copy() {
    let world = World::of([subcontract(1, &[(11, "03-300", "700")])]);
    world.sync();
    world.source.remove(&SC);
    let life = explain(&world, SC);
    assert_eq!(life.not_read_anew.map(|failure| failure.name), Some("not_in_its_list"));
    assert_eq!(life.explanation.lines[0].held, d("700"));
}

#[test]
fn the_number_of_documents_is_said_as_one_would_say_it() {
    let world = World::of([subcontract(1, &[(11, "03-300", "700")])]);
    let because = |world: &World| explain(world, SC).explanation.because;
    world.sync();
    world.put([subcontract(1, &[(11, "03-300", "750")])]);
    assert_eq!(
        because(&world),
        "SAP holds 700 net in 1 document and Procore now says otherwise: 1 document to move it by 50"
    );
    world.edit(SC, |record| record.vendor = crate::records::vendor(2));
    assert!(because(&world).contains("2 documents to move it by 50"), "{}", because(&world));
}

#[test]
fn what_was_deleted_before_it_was_posted_is_said_to_be_deleted() {
    for by_mark in [true, false] {
        let world = World::of([direct_cost(9, "invoice", &[(91, "99-000", "5")])]);
        world.sync();
        if by_mark {
            world.edit(dc(9), |record| record.deleted = true);
        } else {
            world.source.remove(&dc(9));
        }
        world.sweep();
        let because = explain(&world, dc(9)).explanation.because;
        assert_eq!(
            because, "it is deleted in Procore, and nothing of it stands in SAP",
            "{by_mark}"
        );
    }
}
