//! Requisitions whose items are coded anew in Procore: the cost moves with them, and nothing else does.

use sync_core::{
    model::{CostRecord, Fingerprint, SourceKey},
    policy::{Basis, OnChange, OverBilling, TaxInJournal},
    ports::{ResultBatch, StateStore as _, StoredRecord},
    resolve::Verb,
    states::{Reason, RecordState},
};

use crate::{
    decisions::decide,
    records::{commitment_of, d, day, req, requisition, requisition_of, subcontract, with_tax},
    world::{World, run},
};

fn bill(work: &str) -> CostRecord {
    requisition(71, 1, &[(11, work, work, "0", "0")], work)
}

/// Procore gives the line of the commitment another cost code, and so the item that bills it.
fn recode(world: &World, code: &str) {
    world.edit(req(71), |record| {
        requisition_of(record).items[0].coding.as_mut().unwrap().cost_code = code.to_owned();
    });
    world.sync();
}

/// 4,000.00 of 10,000.00 are billed.
fn billed(world: World) -> World {
    world.put([subcontract(1, &[(11, "03-300", "10,000")]), bill("4,000")]);
    world.sync();
    world
}

#[test]
fn the_cost_of_a_posted_requisition_moves_with_the_coding_of_its_items() {
    for basis in [Basis::Progress, Basis::Encumbrance] {
        let world = billed(World::on(basis));
        assert_eq!(world.balance("5010"), d("4,000"));
        recode(&world, "26-100");
        assert_eq!((world.balance("5010"), world.balance("5020")), (d("0"), d("4,000")));
        assert_eq!(world.balance("2110"), d("-4,000"));
        assert_eq!(world.held(req(71)).len(), 2);
        assert!(world.sync().documents.is_empty());
        recode(&world, "03-300");
        assert_eq!((world.balance("5010"), world.balance("5020")), (d("4,000"), d("0")));
        world.assert_reconciles();
    }
}

#[test]
fn the_cost_of_an_invoice_moves_with_the_coding_of_its_items() {
    let world = billed(World::on(Basis::Progress).with_invoices());
    recode(&world, "26-100");
    assert_eq!((world.balance("5010"), world.balance("5020")), (d("0"), d("4,000")));
    assert_eq!(world.documents(req(71)), "#1 PurchaseInvoices 4000.00, #2 JournalEntries 4000.00");
}

#[test]
fn the_cost_of_a_carried_over_commitment_moves_with_the_coding_of_its_items() {
    let world = World::new();
    let mut commitment = subcontract(1, &[(11, "03-300", "10,000")]);
    commitment_of(&mut commitment).agreed_on = Some(day("2025-06-01"));
    world.put([commitment, bill("4,000")]);
    world.sync();
    assert_eq!(world.books(), "2110 -4000.00, 5010 4000.00");
    recode(&world, "26-100");
    assert_eq!(world.books(), "2110 -4000.00, 5020 4000.00");
    world.assert_reconciles();
}

#[test]
fn what_is_billed_above_the_commitment_moves_with_the_coding_of_its_items() {
    for by_policy in [true, false] {
        let mut world = World::new();
        if by_policy {
            world.policy.over_billing = OverBilling::Post;
        }
        world.put([subcontract(1, &[(11, "03-300", "1,000")]), bill("1,200")]);
        world.sync();
        if !by_policy {
            world.assert_cause(req(71), Reason::OverBilling);
            decide(&world, req(71), Verb::Post).unwrap();
            world.sync();
        }
        assert_eq!(world.books(), "2110 -1200.00, 5010 1200.00");
        recode(&world, "26-100");
        assert_eq!(world.books(), "2110 -1200.00, 5010 1000.00, 5020 200.00");
        assert!(world.sync().documents.is_empty());
        world.assert_reconciles();
    }
}

#[test]
fn stated_tax_that_is_cost_moves_with_the_coding_of_its_items() {
    let mut world = World::new();
    world.policy.tax_in_journal = TaxInJournal::Cost;
    world.put([subcontract(1, &[(11, "03-300", "1,000")]), with_tax(bill("500"), "40")]);
    world.sync();
    assert_eq!(world.books(), "2110 -540.00, 2160 -500.00, 5010 1040.00");
    recode(&world, "26-100");
    assert_eq!(world.books(), "2110 -540.00, 2160 -500.00, 5010 1000.00, 5020 40.00");
}

#[test]
fn a_requisition_without_cost_lines_is_unchanged_when_its_items_are_coded_anew() {
    for basis in [Basis::Commitment, Basis::CommitmentJournal] {
        let mut world = billed(World::on(basis));
        world.policy.on_change = OnChange::Hold;
        recode(&world, "26-100");
        assert_eq!(world.state(req(71)), RecordState::Unchanged);
        assert_eq!(world.held(req(71)).len(), 1);
    }
}

#[test]
fn another_code_in_the_same_place_posts_nothing_and_is_not_held() {
    let mut world = billed(World::on(Basis::Progress));
    world.policy.on_change = OnChange::Hold;
    recode(&world, "03-310");
    assert_eq!(world.state(req(71)), RecordState::Unchanged);
    assert_eq!(world.held(req(71)).len(), 1);
    recode(&world, "26-100");
    let detail = world.assert_cause(req(71), Reason::ChangedAfterPosting);
    assert!(detail.contains("SAP holds 4000"), "{detail}");
    decide(&world, req(71), Verb::Post).unwrap();
    world.sync();
    assert_eq!((world.balance("5010"), world.balance("5020")), (d("0"), d("4,000")));
}

/// The fingerprint that versions before the coding was part of it gave a requisition.
fn of_an_earlier_version(items: &str) -> Fingerprint {
    Fingerprint::over(["true", "V100", "P865", "", "USD", items, "0"])
}

/// The state and the documents of a requisition as an earlier version left them.
fn as_an_earlier_version_left_it(world: &World, key: SourceKey, then: &Fingerprint) {
    let now = world.stored(key).fingerprint;
    assert_ne!(now, then.as_str());
    for held in world.held(key) {
        world.ledger.edit(held.doc_entry, |document| {
            assert_eq!(document.revision, now[..16]);
            document.revision = then.revision().to_owned();
        });
    }
    let mut stored = world.stored(key);
    stored.fingerprint = then.to_string();
    keep(world, stored);
}

fn keep(world: &World, stored: StoredRecord) {
    run(async {
        let epoch = world.store.acquire_writer(sync_core::ports::Clock::now(&world.clock)).await;
        let epoch = epoch.unwrap();
        let batch = ResultBatch { results: Vec::new(), records: vec![stored] };
        world.store.record_results(&batch, epoch).await.unwrap();
        world.store.release_writer(epoch).await.unwrap();
    });
}

#[test]
fn a_requisition_that_an_earlier_version_posted_stands_and_moves_when_it_is_coded_anew() {
    for basis in [Basis::Progress, Basis::Encumbrance] {
        for on_change in [OnChange::Adjust, OnChange::Restate] {
            let mut world = World::on(basis);
            world.put([subcontract(1, &[(11, "03-300", "10,000")]), bill("12,000")]);
            world.sync();
            world.policy.on_change = on_change;
            let then = of_an_earlier_version("11|12000|0|0");
            as_an_earlier_version_left_it(&world, req(71), &then);
            assert!(world.sweep().documents.is_empty());
            assert!(world.replay(Some(&[req(71)])).documents.is_empty());
            assert_eq!(world.state(req(71)), RecordState::Unchanged);
            assert_eq!(world.held(req(71)).len(), 1);
            recode(&world, "26-100");
            assert_eq!((world.balance("5010"), world.balance("5020")), (d("0"), d("12,000")));
        }
    }
}

#[test]
fn a_requisition_of_an_earlier_version_is_not_held_for_its_new_fingerprint() {
    let mut world = billed(World::on(Basis::Progress));
    world.policy.on_change = OnChange::Hold;
    as_an_earlier_version_left_it(&world, req(71), &of_an_earlier_version("11|4000|0|0"));
    world.sweep();
    world.replay(Some(&[req(71)]));
    assert_eq!(world.state(req(71)), RecordState::Unchanged);
    world.put([requisition(72, 2, &[(11, "5,000", "1,000", "0", "0")], "1,000")]);
    world.sync();
    assert_eq!(world.state(req(72)), RecordState::Posted);
}

#[test]
fn what_a_person_decided_under_an_earlier_version_stands_until_the_record_changes() {
    let world = World::on(Basis::Progress);
    let mut record = bill("4,000");
    requisition_of(&mut record).current_payment_due = Some(d("1"));
    world.put([subcontract(1, &[(11, "03-300", "10,000")]), record]);
    world.sync();
    decide(&world, req(71), Verb::Skip).unwrap();
    world.sync();
    let mut stored = world.stored(req(71));
    let then = of_an_earlier_version("11|4000|0|0");
    let mut decision = stored.decisions.iter().next().unwrap().clone();
    decision.fingerprint = then.to_string();
    stored.decisions = decision.into();
    stored.fingerprint = then.to_string();
    keep(&world, stored);
    world.sweep();
    world.replay(Some(&[req(71)]));
    assert_eq!(world.state(req(71)), RecordState::Skipped);
    assert!(world.held(req(71)).is_empty());
    recode(&world, "26-100");
    world.assert_cause(req(71), Reason::DoesNotTie);
    assert_eq!(world.state(req(71)), RecordState::Held, "the decision was on another coding");
}

#[test]
fn a_requisition_on_the_opening_list_of_an_earlier_version_is_as_listed() {
    let world = World::on(Basis::Progress);
    let mut record = bill("4,000");
    requisition_of(&mut record).period_end = Some(day("2025-12-20"));
    world.put([subcontract(1, &[(11, "03-300", "10,000")]), record]);
    world.sync();
    assert_eq!(world.state(req(71)), RecordState::Opening);
    let mut stored = world.stored(req(71));
    let then = of_an_earlier_version("11|4000|0|0");
    stored.fingerprint = then.to_string();
    stored.opening.as_mut().unwrap().fingerprint = then.to_string();
    keep(&world, stored);
    world.sweep();
    world.replay(Some(&[req(71)]));
    assert_eq!(world.state(req(71)), RecordState::Opening);
    recode(&world, "26-100");
    world.assert_cause(req(71), Reason::ChangedBeforeStart);
}
