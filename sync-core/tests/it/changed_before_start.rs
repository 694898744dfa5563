//! A record of the opening list that changes after the cut-over waits for a person, who may let the
//! difference to what the books held be posted.

use chrono::TimeDelta;
use sync_core::{
    memory::MemoryStore,
    model::CostRecord,
    policy::{Basis, OnChange, Opening, TaxInJournal},
    ports::{CycleStatus, OpeningEntry, ReadBatch, Silent, StateStore as _},
    resolve::Verb,
    states::{Reason, RecordState},
};

use crate::{
    decisions::decide,
    records::{
        add_up, commitment_of, d, day, dc, direct_cost, direct_cost_of, lines_of, req, requisition,
        requisition_of, subcontract, vendor, with_tax,
    },
    world::{ACCRUED, TAX_ACCOUNT, UNBILLED, World, run},
};

/// A direct cost of last year over 300.
fn old_cost() -> CostRecord {
    let mut record = direct_cost(9, "invoice", &[(91, "03-300", "200"), (92, "26-100", "100")]);
    direct_cost_of(&mut record).dated = Some(day("2025-12-20"));
    record
}

fn on_the_list(record: CostRecord) -> World {
    let world = World::of([record]);
    world.sync();
    assert_eq!(world.state(dc(9)), RecordState::Opening);
    world
}

fn set_line(world: &World, amount: &str) {
    world.edit(dc(9), |record| {
        lines_of(record)[0].amount = d(amount);
        add_up(record);
    });
}

fn assert_settled(world: &World) {
    assert!(world.sync().documents.is_empty());
    world.sweep();
    world.assert_reconciles();
}

#[test]
fn the_difference_to_the_opening_amount_is_posted_when_a_person_says_so() {
    let world = on_the_list(old_cost());
    set_line(&world, "250");
    assert_eq!(world.sync().exit_code(), 2);
    let detail = world.assert_cause(dc(9), Reason::ChangedBeforeStart);
    assert!(detail.contains("with 300") && detail.contains("worth 350"), "{detail}");
    let project = world.reconcile().projects.remove(0);
    assert_eq!((project.terms.opening, project.terms.held), (d("300"), d("50")));
    world.assert_reconciles();

    decide(&world, dc(9), Verb::Post).unwrap();
    assert_eq!(world.sync().exit_code(), 0);
    assert_eq!(world.books(), "2110 -50.00, 5010 50.00");
    assert_eq!(world.dates(dc(9)), ["2026-03-31"], "the day on which the change was seen");
    assert_eq!(world.documents(dc(9)), "#2 JournalEntries 50.00", "the first is in the books");
    assert_eq!(world.state(dc(9)), RecordState::Posted);
    assert_settled(&world);
}

#[test]
fn every_further_change_waits_again_and_a_text_does_not() {
    let world = on_the_list(old_cost());
    set_line(&world, "250");
    world.sync();
    decide(&world, dc(9), Verb::Post).unwrap();
    world.sync();
    world.edit(dc(9), |record| record.title = "only a text".to_owned());
    assert_eq!(world.sync().exit_code(), 0);
    set_line(&world, "200");
    world.sync();
    let detail = world.assert_cause(dc(9), Reason::ChangedBeforeStart);
    assert!(detail.contains("SAP holds 1 document"), "{detail}");
    decide(&world, dc(9), Verb::Post).unwrap();
    world.sync();
    assert_eq!(world.books(), "", "as it was at the cut-over");
    assert_settled(&world);
}

#[test]
fn a_person_may_accept_that_the_books_are_corrected_by_hand() {
    let world = on_the_list(old_cost());
    set_line(&world, "250");
    world.sync();
    decide(&world, dc(9), Verb::Skip).unwrap();
    assert_eq!(world.sync().exit_code(), 0);
    assert_eq!(world.state(dc(9)), RecordState::Skipped);
    assert_eq!(world.ledger.posts(), 0);
    assert_settled(&world);
}

#[test]
fn a_change_that_is_taken_back_in_procore_leaves_the_list_as_it_was() {
    let world = on_the_list(old_cost());
    set_line(&world, "250");
    world.sync();
    world.assert_cause(dc(9), Reason::ChangedBeforeStart);
    set_line(&world, "200");
    assert_eq!(world.sync().exit_code(), 0);
    assert_eq!(world.state(dc(9)), RecordState::Opening);
    assert_settled(&world);
}

#[test]
fn an_edit_of_the_tables_is_no_change_of_a_record_on_the_list() {
    let mut world = on_the_list(old_cost());
    world.project_row.sap_project = Some("P865-NEW".to_owned());
    world.edit(dc(9), |record| record.title = "only a text".to_owned());
    assert_eq!(world.sync().exit_code(), 0);
    assert_eq!(world.state(dc(9)), RecordState::Opening);
}

#[test]
fn a_record_of_the_list_that_is_voided_settles_and_then_waits_for_a_person() {
    let world = on_the_list(old_cost());
    world.edit(dc(9), |record| record.status = "draft".to_owned());
    assert_eq!(world.sync().exit_code(), 0);
    world.assert_cause(dc(9), Reason::Settling);
    world.assert_reconciles();
    world.clock.advance(TimeDelta::hours(13));
    world.sync();
    let detail = world.assert_cause(dc(9), Reason::ChangedBeforeStart);
    assert!(detail.contains("it is 'draft'"), "{detail}");
    world.assert_reconciles();
    decide(&world, dc(9), Verb::Post).unwrap();
    world.sync();
    assert_eq!(world.books(), "2110 300.00, 5010 -200.00, 5020 -100.00");
    assert_settled(&world);
}

#[test]
fn a_record_of_the_list_that_is_deleted_in_procore_is_taken_back_by_a_person() {
    let world = on_the_list(old_cost());
    world.source.remove(&dc(9));
    world.sweep();
    world.assert_reconciles();
    world.clock.advance(TimeDelta::hours(13));
    world.sync();
    let detail = world.assert_cause(dc(9), Reason::ChangedBeforeStart);
    assert!(detail.contains("deleted in Procore"), "{detail}");
    world.assert_reconciles();
    decide(&world, dc(9), Verb::Post).unwrap();
    world.sync();
    assert_eq!(world.cost(), d("-300"));
    assert_settled(&world);
}

#[test]
fn stated_tax_vendor_and_coding_of_the_list_are_compared_too() {
    let mut world = World::of([with_tax(old_cost(), "24")]);
    world.policy.tax_in_journal = TaxInJournal::Account(TAX_ACCOUNT.to_owned());
    world.sync();
    // The tax is corrected, a line is re-coded, and the invoice was another vendor's.
    world.edit(dc(9), |record| {
        let cost = direct_cost_of(record);
        (cost.stated_tax, cost.total) = (Some(d("20")), Some(d("320")));
        cost.lines[0].coding.as_mut().unwrap().cost_code = "26-100".to_owned();
        record.vendor = vendor(2);
    });
    world.sync();
    world.assert_cause(dc(9), Reason::ChangedBeforeStart);
    decide(&world, dc(9), Verb::Post).unwrap();
    world.sync();
    assert_eq!(world.books(), "1610 -4.00, 2110 4.00, 5010 -200.00, 5020 200.00");
    let lines = world.postings(dc(9)).remove(0);
    let sync_core::model::Posting::JournalEntry(entry) = lines else { panic!("{lines:?}") };
    let partner = |card: &str| {
        let of = |line: &&sync_core::model::JournalLine| matches!(&line.target, sync_core::model::JournalTarget::Partner { card_code, .. } if card_code == card);
        entry.lines.iter().find(of).map(|line| line.amount)
    };
    assert_eq!((partner("V100"), partner("V200")), (Some(d("324")), Some(d("-320"))));
    assert_settled(&world);
}

#[test]
fn where_changes_are_held_one_decision_is_enough() {
    let mut world = on_the_list(old_cost());
    world.policy.on_change = OnChange::Hold;
    set_line(&world, "250");
    world.sync();
    world.assert_cause(dc(9), Reason::ChangedBeforeStart);
    decide(&world, dc(9), Verb::Post).unwrap();
    world.sync();
    assert_eq!(world.books(), "2110 -50.00, 5010 50.00");
    assert_settled(&world);
}

/// A subcontract of last year with a requisition of last year: 4,000 billed, 400 retained.
fn billed(world: World) -> World {
    let mut commitment = subcontract(1, &[(11, "03-300", "10,000")]);
    commitment_of(&mut commitment).agreed_on = Some(day("2025-06-01"));
    let mut billed = requisition(71, 1, &[(11, "4,000", "4,000", "400", "0")], "3,600");
    requisition_of(&mut billed).period_end = Some(day("2025-12-31"));
    world.put([commitment, billed]);
    world.sync();
    world
}

fn correct_the_requisition(world: &World) {
    let mut corrected = requisition(71, 1, &[(11, "4,200", "4,200", "420", "0")], "3,780");
    requisition_of(&mut corrected).period_end = Some(day("2025-12-31"));
    world.put([corrected]);
    world.sync();
    let detail = world.assert_cause(req(71), Reason::ChangedBeforeStart);
    assert!(detail.contains("with 4000") && detail.contains("worth 4200"), "{detail}");
    world.assert_reconciles();
    decide(world, req(71), Verb::Post).unwrap();
    world.sync();
}

#[test]
fn a_requisition_of_the_list_posts_the_difference_of_cost_payable_and_retainage() {
    for basis in Basis::ALL {
        let world = billed(World::on(basis));
        correct_the_requisition(&world);
        assert_eq!(world.books(), "2110 -180.00, 2115 -20.00, 5010 200.00", "{}", basis.name());
        assert_settled(&world);
        world.put([requisition(72, 2, &[(11, "6,000", "1,800", "600", "0")], "1,620")]);
        world.sync();
        assert_eq!(world.books(), "2110 -1800.00, 2115 -200.00, 5010 2000.00");
        assert_settled(&world);
    }
}

#[test]
fn a_requisition_of_the_list_that_was_an_invoice_is_corrected_by_an_invoice() {
    let world = billed(World::on(Basis::Progress).with_invoices());
    correct_the_requisition(&world);
    assert_eq!(world.documents(req(71)), "#2 PurchaseInvoices 180.00");
    assert_eq!(world.books(), "2110 -180.00, 2115 -20.00, 5010 200.00");
    assert_settled(&world);
}

#[test]
fn where_the_books_hold_commitments_a_requisition_of_the_list_clears_the_difference() {
    for (basis, clearing) in [(Basis::Commitment, UNBILLED), (Basis::CommitmentJournal, ACCRUED)] {
        let mut world = World::on(basis);
        world.policy.opening = Opening::Committed;
        let world = billed(world);
        correct_the_requisition(&world);
        assert_eq!(world.books(), format!("2110 -180.00, 2115 -20.00, {clearing} 200.00"));
        assert_settled(&world);
        world.put([requisition(72, 2, &[(11, "6,000", "1,800", "600", "0")], "1,620")]);
        world.sync();
        assert_eq!(world.balance(clearing), d("2,000"));
        assert_settled(&world);
    }
}

#[test]
fn a_state_lost_after_the_difference_is_made_again_and_posts_nothing() {
    let mut world = on_the_list(old_cost());
    set_line(&world, "250");
    world.sync();
    decide(&world, dc(9), Verb::Post).unwrap();
    world.sync();
    let books = world.books();
    world.store = MemoryStore::new();
    world.clock.advance(TimeDelta::minutes(10));
    let report =
        world.with_engine(&Silent, async |engine| engine.rebuild(Default::default()).await);
    assert_eq!((report.cycle.status, report.exit_code()), (CycleStatus::Done, 0));
    assert_eq!(world.stored(dc(9)).opening.unwrap().amount, d("300"), "as on paper");
    assert_settled(&world);
    assert_eq!(world.books(), books);
    set_line(&world, "260");
    world.sync();
    world.assert_cause(dc(9), Reason::ChangedBeforeStart);
}

#[test]
fn a_list_of_an_older_state_is_read_and_its_changes_are_for_people_alone() {
    let world = on_the_list(old_cost());
    // As a state from before the lines were kept reads.
    let mut stored = world.stored(dc(9));
    let entry = stored.opening.take().unwrap();
    let text = format!(
        r#"{{"dated":"{}","amount":"{}","billed":"0","retained":"0"}}"#,
        entry.dated, entry.amount
    );
    let old: OpeningEntry = serde_json::from_str(&text).unwrap();
    assert!(!old.knows_its_lines());
    stored.opening = Some(old);
    let epoch = run(world.store.acquire_writer(world_now(&world))).unwrap();
    let batch = ReadBatch { records: vec![stored], cursor: None };
    run(world.store.save_read(&batch, epoch)).unwrap();
    run(world.store.release_writer(epoch)).unwrap();

    world.edit(dc(9), |record| record.title = "only a text".to_owned());
    assert_eq!(world.sync().exit_code(), 0);
    assert_eq!(world.state(dc(9)), RecordState::Opening);
    set_line(&world, "250");
    world.sync();
    let detail = world.assert_cause(dc(9), Reason::ChangedBeforeStart);
    assert!(detail.contains("without its lines"), "{detail}");
    let refused = decide(&world, dc(9), Verb::Post).unwrap_err();
    assert!(refused.contains("--skip"), "{refused}");
    decide(&world, dc(9), Verb::Skip).unwrap();
    world.sync();
    assert_eq!(world.state(dc(9)), RecordState::Skipped);
    world.assert_reconciles();
}

fn world_now(world: &World) -> chrono::DateTime<chrono::Utc> {
    sync_core::ports::Clock::now(&world.clock)
}
