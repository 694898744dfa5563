//! The policy or the tables were edited, which Procore knows nothing of: the next sweep plans what rests in a
//! state that they decide.

use chrono::TimeDelta;
use sync_core::{
    model::{CostRecord, Kind},
    plan::Decision,
    ports::{Signature, Silent, UnkeyedInvoice},
    resolve::Verb,
    states::{Reason, RecordState},
};

use crate::{
    adopting::keyed,
    decisions::decide,
    records::{
        SC, add_up, change_order, co, commitment_of, d, day, dc, direct_cost, direct_cost_of,
        lines_of, req, requisition, requisition_of, subcontract, vendor,
    },
    world::World,
};

const NOTED: &str = "Approved as noted";

fn noted(mut record: CostRecord) -> CostRecord {
    record.status = NOTED.to_owned();
    record
}

fn days(of: [&str; 1]) -> Vec<String> {
    of.map(str::to_owned).to_vec()
}

fn post_noted(world: &mut World, kind: Kind) {
    world.policy.postable.get_mut(&kind).unwrap().push(NOTED.to_owned());
}

/// A company of which nothing is postable yet: a subcontract and a direct cost.
fn resting() -> World {
    let mut cost = direct_cost(9, "invoice", &[(91, "03-300", "30")]);
    direct_cost_of(&mut cost).dated = Some(day("2026-03-10"));
    let world = World::of([noted(subcontract(1, &[(11, "03-300", "100")])), noted(cost)]);
    world.sync();
    assert_eq!([SC, dc(9)].map(|key| world.state(key)), [RecordState::NotPostable; 2]);
    world.clock.advance(TimeDelta::days(3));
    world
}

#[test]
fn a_status_that_was_added_is_posted_by_the_next_sweep_and_dated_as_if_it_were_new() {
    let mut world = resting();
    post_noted(&mut world, Kind::Subcontract);
    post_noted(&mut world, Kind::DirectCost);
    assert!(world.sync().documents.is_empty(), "no list says anything new");
    assert_eq!(world.sweep().exit_code(), 0);
    assert_eq!([SC, dc(9)].map(|key| world.state(key)), [RecordState::Posted; 2]);
    // Not before it was seen in a postable status; a direct cost has its own date.
    assert_eq!((world.dates(SC), world.dates(dc(9))), (days(["2026-04-03"]), days(["2026-03-10"])));
    assert_eq!(world.stored(SC).first_postable_on, Some(day("2026-04-03")));
    assert!(world.sweep().documents.is_empty());
    world.assert_reconciles();
}

#[test]
fn what_is_planned_with_a_record_that_waits_for_it_is_dated_so_in_any_cycle() {
    let mut world = resting();
    world.put([change_order(5, 1, &[(51, "03-300", "10")])]);
    world.sync();
    world.assert_cause(co(5), Reason::WaitingForParent);
    post_noted(&mut world, Kind::Subcontract);
    assert_eq!(world.sync().documents.len(), 2);
    assert_eq!((world.dates(SC), world.dates(co(5))), (days(["2026-04-03"]), days(["2026-04-03"])));
}

#[test]
fn an_invoice_that_a_person_keyed_about_that_day_is_found() {
    let mut world = resting();
    post_noted(&mut world, Kind::Subcontract);
    world.ledger.key_invoice(UnkeyedInvoice {
        reference: None,
        posting_date: day("2026-04-30"),
        ..keyed("100")
    });
    world.sweep();
    world.assert_cause(SC, Reason::PossibleManualDuplicate);
}

#[test]
fn a_record_that_is_run_again_by_name_has_the_day_of_that() {
    let mut world = resting();
    post_noted(&mut world, Kind::Subcontract);
    world.replay(Some(&[SC]));
    assert_eq!(world.dates(SC), ["2026-04-03"]);
    let life = world.with_engine(&Silent, async |engine| engine.explain(dc(9)).await).unwrap();
    assert_eq!(life.explanation.decision, Decision::NotPostable);
}

#[test]
fn an_explanation_has_the_day_that_a_cycle_would_have() {
    let mut world = resting();
    post_noted(&mut world, Kind::Subcontract);
    let life = world.with_engine(&Silent, async |engine| engine.explain(SC).await).unwrap();
    let Decision::Post(postings) = &life.explanation.decision else {
        panic!("{:?}", life.explanation.decision)
    };
    assert_eq!(postings[0].header().posting_date, day("2026-04-03"));
}

#[test]
fn what_was_in_another_status_at_the_cut_over_is_late_when_its_status_is_added() {
    let mut cost = direct_cost(9, "invoice", &[(91, "03-300", "30")]);
    direct_cost_of(&mut cost).dated = Some(day("2025-12-20"));
    let mut world = World::of([noted(cost)]);
    world.sync();
    post_noted(&mut world, Kind::DirectCost);
    world.sweep();
    world.assert_cause(dc(9), Reason::LateBeforeStart);
    assert_eq!(world.ledger.posts(), 0);
}

#[test]
fn a_list_that_is_made_anew_takes_what_is_dated_before_the_cut_over_also_of_a_status_that_was_added()
 {
    let mut early = noted(subcontract(1, &[(11, "03-300", "100")]));
    commitment_of(&mut early).agreed_on = Some(day("2025-06-01"));
    let mut world = World::of([early]);
    world.sync();
    post_noted(&mut world, Kind::Subcontract);
    let signature = Signature { by: "Ada".to_owned(), note: "in the books".to_owned() };
    world.with_engine(&Silent, async |engine| engine.rebuild_opening(signature).await);
    assert_eq!(world.state(SC), RecordState::Opening);
    assert!(world.sweep().documents.is_empty());
}

#[test]
fn a_status_that_was_taken_out_is_seen_by_the_next_sweep() {
    let mut world = World::of([
        subcontract(1, &[(11, "03-300", "100")]),
        direct_cost(9, "invoice", &[(91, "99-999", "30")]),
    ]);
    world.sync();
    decide(&world, dc(9), Verb::Skip).unwrap();
    world.sync();
    assert_eq!(world.state(dc(9)), RecordState::Skipped);
    for kind in [Kind::Subcontract, Kind::DirectCost] {
        world.policy.postable.insert(kind, Vec::new());
    }
    world.sweep();
    world.assert_cause(SC, Reason::Settling);
    assert_eq!(world.state(dc(9)), RecordState::NotPostable);
}

#[test]
fn a_decision_to_post_nothing_lapses_with_the_tables_that_the_record_was_judged_by() {
    let mut cost = direct_cost(9, "invoice", &[(91, "03-300", "30")]);
    cost.vendor = vendor(3);
    let mut world = World::of([cost]);
    world.sync();
    world.assert_cause(dc(9), Reason::VendorUnmapped);
    decide(&world, dc(9), Verb::Skip).unwrap();
    world.sync();
    assert_eq!(world.sweep().exit_code(), 0);
    assert_eq!(world.state(dc(9)), RecordState::Skipped, "nothing was edited");
    world.vendors.push((3, "V200", None));
    world.sync();
    assert_eq!(world.state(dc(9)), RecordState::Skipped);
    world.sweep();
    assert_eq!(world.state(dc(9)), RecordState::Posted);
    world.assert_reconciles();
}

#[test]
fn a_decision_on_an_amount_that_no_column_holds_stays_over_a_sweep() {
    let world = World::of([subcontract(1, &[(11, "03-300", "100")])]);
    world.edit(SC, |record| {
        lines_of(record)[0].amount = d("99999999999999999999999999");
        add_up(record);
    });
    world.sync();
    world.assert_cause(SC, Reason::AmountOutOfRange);
    decide(&world, SC, Verb::Skip).unwrap();
    world.sync();
    let planned = world.stored(SC).planned_in_cycle;
    for _ in 0..2 {
        assert_eq!(world.sweep().exit_code(), 0);
        assert_eq!(world.state(SC), RecordState::Skipped);
        assert_eq!(world.stored(SC).planned_in_cycle, planned, "there is nothing to plan");
    }
}

#[test]
fn what_rests_on_the_opening_list_or_with_a_carried_over_commitment_stays_where_it_is() {
    let mut early = subcontract(1, &[(11, "03-300", "100")]);
    commitment_of(&mut early).agreed_on = Some(day("2025-06-01"));
    let mut billed = requisition(71, 1, &[(11, "40", "40", "0", "0")], "40");
    requisition_of(&mut billed).period_end = Some(day("2025-12-31"));
    let mut world = World::of([early, billed, change_order(5, 1, &[(51, "03-300", "10")])]);
    world.sync();
    let keys = [SC, co(5), req(71)];
    assert_eq!(keys.map(|key| world.state(key)), [RecordState::Opening; 3]);
    post_noted(&mut world, Kind::Subcontract);
    world.vendors = vec![(1, "V200", None), (2, "V100", None)];
    let report = world.sweep();
    assert_eq!((report.exit_code(), report.documents.len()), (0, 0));
    assert_eq!(keys.map(|key| world.state(key)), [RecordState::Opening; 3]);
}
