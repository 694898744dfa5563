//! An A/P invoice that a person keyed, taken for the record's own document: `resolve --adopt`.

use sync_core::{
    model::{ProjectId, SourceKey},
    ports::{Clock as _, ReadBatch, Silent, StateStore as _, UnkeyedInvoice},
    reconcile::DifferenceKind,
    resolve::Verb,
    states::{Reason, RecordState},
};

use crate::{
    records::{
        SC, add_up, d, day, dc, direct_cost, direct_cost_of, lines_of, req, requisition,
        subcontract,
    },
    world::{World, run},
};

pub(crate) fn keyed(net: &str) -> UnkeyedInvoice {
    UnkeyedInvoice {
        doc_entry: 0,
        doc_num: None,
        card_code: "V100".to_owned(),
        reference: Some("INV-7".to_owned()),
        posting_date: day("2026-03-01"),
        currency: "USD".to_owned(),
        net: d(net),
        total: d(net),
        projects: ["P865".to_owned()].into(),
    }
}

/// A direct cost of 300 dollars that is held for an invoice over `net` which a person keyed.
fn held(net: &str) -> (World, i64) {
    let mut cost = direct_cost(9, "invoice", &[(91, "03-300", "300")]);
    direct_cost_of(&mut cost).dated = Some(day("2026-03-10"));
    direct_cost_of(&mut cost).invoice_number = Some("INV-7".to_owned());
    let world = World::of([cost]);
    let entry = world.ledger.key_invoice(keyed(net));
    world.sync();
    world.assert_cause(dc(9), Reason::PossibleManualDuplicate);
    (world, entry)
}

fn decide(world: &World, key: SourceKey, verb: Verb) -> Result<(), String> {
    world.with_engine(&Silent, async |engine| {
        let decided = engine.resolve(key, verb, "Ada", "one and the same").await;
        decided.map(drop).map_err(|error| error.to_string())
    })
}

#[test]
fn an_adopted_invoice_counts_as_the_records_document_and_nothing_is_posted() {
    let (world, entry) = held("300");
    decide(&world, dc(9), Verb::Adopt(entry)).unwrap();
    for _ in 0..2 {
        assert_eq!(world.sync().exit_code(), 0);
        assert_eq!((world.state(dc(9)), world.ledger.posts()), (RecordState::Unchanged, 0));
    }
    let report = world.reconcile();
    let project = &report.projects[0];
    assert_eq!((project.procore_total(), project.in_sap), (d("300"), d("300")));
    assert_eq!((project.terms.accepted, project.documents), (d("0"), 1));
    assert_eq!((project.difference(), report.exit_code()), (d("0"), 0));
    let accepted = project.open_items[0].accepted.as_deref().unwrap();
    assert!(accepted.contains(&format!("(DocEntry {entry})")), "{accepted}");
    assert!(accepted.ends_with("adopted by Ada on 2026-03-31: one and the same"), "{accepted}");
    assert!(report.tie_out.ties(), "its journal entry is not ours by key");
}

#[test]
fn a_difference_of_amount_is_shown_as_accepted_and_changes_no_exit_code() {
    let (world, entry) = held("310");
    decide(&world, dc(9), Verb::Adopt(entry)).unwrap();
    assert_eq!(world.sync().exit_code(), 0);
    let report = world.reconcile();
    let project = &report.projects[0];
    assert_eq!((project.in_sap, project.terms.accepted), (d("310"), d("-10")));
    assert_eq!((project.open_items[0].amount, project.difference()), (d("-10"), d("0")));
    assert_eq!(project.differences, []);
    assert_eq!(report.exit_code(), 0);
    assert!(project.periods.iter().all(|period| period.difference() == d("0")));
}

#[test]
fn a_later_change_of_an_adopted_record_is_held_and_cannot_be_posted() {
    let (world, entry) = held("300");
    decide(&world, dc(9), Verb::Adopt(entry)).unwrap();
    world.sync();
    world.edit(dc(9), |record| {
        lines_of(record)[0].amount = d("350");
        add_up(record);
    });
    assert_eq!(world.sync().exit_code(), 2);
    let detail = world.assert_cause(dc(9), Reason::ChangedAfterPosting);
    assert!(detail.contains(&format!("(DocEntry {entry})")), "{detail}");
    let refused = decide(&world, dc(9), Verb::Post).unwrap_err();
    assert!(refused.contains("it takes --skip"), "{refused}");
    let report = world.reconcile();
    assert_eq!(report.projects[0].terms.held, d("50"));
    assert_eq!(report.differences(), []);
    decide(&world, dc(9), Verb::Skip).unwrap();
    assert_eq!(world.sync().exit_code(), 0);
    assert_eq!((world.state(dc(9)), world.ledger.posts()), (RecordState::Skipped, 0));
}

#[test]
fn what_goes_back_to_what_was_adopted_is_unchanged_again() {
    let (world, entry) = held("300");
    decide(&world, dc(9), Verb::Adopt(entry)).unwrap();
    world.sync();
    for (amount, state) in [("350", RecordState::Held), ("300", RecordState::Unchanged)] {
        world.edit(dc(9), |record| {
            lines_of(record)[0].amount = d(amount);
            add_up(record);
        });
        world.sync();
        assert_eq!(world.state(dc(9)), state, "{amount}");
    }
}

#[test]
fn a_record_that_leaves_its_status_after_the_adoption_is_for_a_person() {
    let (world, entry) = held("300");
    decide(&world, dc(9), Verb::Adopt(entry)).unwrap();
    world.sync();
    world.edit(dc(9), |record| record.status = "Draft".to_owned());
    world.sync();
    world.assert_cause(dc(9), Reason::ChangedAfterPosting);
    assert_eq!(world.ledger.posts(), 0);
}

#[test]
fn only_the_document_that_the_hold_names_can_be_adopted_and_only_while_it_counts() {
    let (world, entry) = held("300");
    let other = world.ledger.key_invoice(UnkeyedInvoice { reference: None, ..keyed("5") });
    let refused = decide(&world, dc(9), Verb::Adopt(other)).unwrap_err();
    assert!(refused.contains("the hold names another document"), "{refused}");
    world.ledger.cancel_keyed(entry);
    let refused = decide(&world, dc(9), Verb::Adopt(entry)).unwrap_err();
    assert!(refused.contains("SAP holds no such A/P invoice"), "{refused}");
    assert_eq!(world.stored(dc(9)).adopted, None);
    world.sync();
    assert_eq!(world.documents(dc(9)), "#1 JournalEntries 300.00");
}

#[test]
fn one_invoice_is_adopted_by_one_record() {
    let (world, entry) = held("300");
    let mut twin = direct_cost(10, "invoice", &[(92, "03-300", "300")]);
    direct_cost_of(&mut twin).invoice_number = Some("INV-7".to_owned());
    world.put([twin]);
    world.sync();
    world.assert_cause(dc(10), Reason::PossibleManualDuplicate);
    decide(&world, dc(9), Verb::Adopt(entry)).unwrap();
    let refused = decide(&world, dc(10), Verb::Adopt(entry)).unwrap_err();
    assert!(refused.contains(&format!("{} has adopted it already", dc(9))), "{refused}");
}

#[test]
fn an_invoice_that_a_record_of_another_project_adopted_is_taken() {
    let (world, entry) = held("300");
    let by_hand = world.stored(dc(9));
    decide(&world, dc(9), Verb::Adopt(entry)).unwrap();
    let mut elsewhere = world.stored(dc(9));
    elsewhere.record.key.project = ProjectId(866);
    let taken = format!("{} has adopted it already", elsewhere.key());
    let records = vec![by_hand, elsewhere];
    run(async {
        let epoch = world.store.acquire_writer(world.clock.now()).await.unwrap();
        let batch = ReadBatch { records, cursor: None };
        world.store.save_read(&batch, epoch).await.unwrap();
        world.store.release_writer(epoch).await.unwrap();
    });
    let refused = decide(&world, dc(9), Verb::Adopt(entry)).unwrap_err();
    assert!(refused.contains(&taken), "{refused}");
    assert_eq!(world.stored(dc(9)).adopted, None);
}

#[test]
fn an_adopted_invoice_that_is_cancelled_later_is_a_difference() {
    let (world, entry) = held("300");
    decide(&world, dc(9), Verb::Adopt(entry)).unwrap();
    world.sync();
    world.ledger.cancel_keyed(entry);
    let report = world.reconcile();
    let differences = &report.projects[0].differences;
    assert_eq!(differences[0].kind, DifferenceKind::Cancelled, "{differences:?}");
    assert_eq!((report.differences().len(), report.exit_code()), (1, 1));
}

#[test]
fn what_bills_an_adopted_commitment_waits_and_says_why() {
    let world = World::of([
        subcontract(1, &[(11, "03-300", "1,000")]),
        requisition(71, 1, &[(11, "400", "400", "0", "0")], "400"),
    ]);
    let entry = world.ledger.key_invoice(UnkeyedInvoice {
        posting_date: day("2026-02-12"),
        reference: None,
        ..keyed("1000")
    });
    world.sync();
    world.assert_cause(SC, Reason::PossibleManualDuplicate);
    decide(&world, SC, Verb::Adopt(entry)).unwrap();
    world.sync();
    assert_eq!(world.state(SC), RecordState::Unchanged);
    // A person's invoice stands on the trade account: nothing of ours would be cleared.
    let detail = world.assert_cause(req(71), Reason::WaitingForParent);
    assert!(detail.contains("stands as an invoice that a person keyed"), "{detail}");
    assert_eq!(world.ledger.posts(), 0);
}

#[test]
fn an_explanation_names_the_adopted_invoice_and_who_adopted_it() {
    let (world, entry) = held("300");
    decide(&world, dc(9), Verb::Adopt(entry)).unwrap();
    world.sync();
    let life = world.with_engine(&Silent, async |engine| engine.explain(dc(9)).await).unwrap();
    let because = &life.explanation.because;
    assert!(because.starts_with("nothing is posted for it: A/P invoice"), "{because}");
    assert!(because.contains("adopted by Ada"), "{because}");
}
