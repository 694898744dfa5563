//! Documents that are posted with their claims: what look-ups alone only find and hold cannot happen.

use chrono::TimeDelta;
use sync_core::{
    engine::CycleOptions,
    memory::MemoryStore,
    ports::{CycleStatus, Ledger as _, Signature},
    resolve::Verb,
    states::{Reason, RecordState},
};
use sync_sandbox::Fault;

use crate::{
    faults::{five_records, in_state},
    people_in_sap::order_by_hand,
    world::{Made, World},
};

/// The five records, with claims in this version of the service, and the table that they need.
async fn claimed(version: &'static str) -> (World, Vec<Made>) {
    let (mut world, records) = five_records().await;
    let mut access = world.access();
    (access.claims, access.version) = (true, version);
    world.reconnect(&access);
    world.ledger.set_up().await.unwrap();
    (world, records)
}

/// A cycle of a state that a person lets in.
fn taken_over() -> CycleOptions {
    let signature = Signature { by: "Ada".to_owned(), note: "the other one is gone".to_owned() };
    CycleOptions { take_over: true, signature: Some(signature), ..CycleOptions::default() }
}

/// One purchase order, with claims.
async fn claimed_order() -> (World, Made) {
    let mut world = World::quiet().await;
    let mut access = world.access();
    access.claims = true;
    world.reconnect(&access);
    world.ledger.set_up().await.unwrap();
    let order = world.purchase_order("PO-001", &[("03-300", "M", "720.00")]);
    (world, order)
}

fn entries(world: &World) -> usize {
    let sap = &world.sandbox.service_layer;
    let made = |journal: &str| journal == "ttJournalEntry";
    sap.journal_entries().iter().filter(|entry| made(&entry.original_journal)).count()
}

#[tokio::test]
async fn two_identical_requests_both_execute_without_claims_and_the_second_is_found_and_held() {
    let (world, records) = five_records().await;
    world.sap_fault("POST", "JournalEntries", 0, 1, Fault::Twice);
    world.sync().await;
    assert_eq!(entries(&world), 3, "one of the two entries is there twice");
    let keys = [records[2].key, records[4].key];
    world.engine().replay(Some(&keys)).await;
    let held = (RecordState::Held, Some(Reason::ForeignDocument));
    let standing = [world.standing(keys[0]).await, world.standing(keys[1]).await];
    assert_eq!(standing.iter().filter(|standing| **standing == held).count(), 1, "{standing:?}");
    assert_eq!(world.engine().reconcile().await.exit_code(), 1);
}

#[tokio::test]
async fn of_two_identical_requests_one_executes_with_claims_whatever_they_post() {
    for version in ["v1", "v2"] {
        // Each of the five in its turn.
        for skip in 0..5 {
            let (world, _) = claimed(version).await;
            world.sap_fault("POST", "$batch", skip, 1, Fault::Twice);
            let report = world.sync().await;
            let done = (CycleStatus::Done, 0);
            assert_eq!((report.status, report.exit_code()), done, "{version} {skip}: {report:?}");
            assert_eq!(world.sandbox.service_layer_faults.waiting(), 0);
            assert_eq!(report.documents.len(), 5, "{version} {skip}");
            world.proved().await;
        }
    }
}

#[tokio::test]
async fn a_request_that_runs_later_than_unknown_settle_finds_its_place_taken() {
    let (world, _) = claimed("v2").await;
    world.sap_fault("POST", "$batch", 0, 9, Fault::LateCommit(1_200_000));
    let first = world.sync().await;
    assert!(in_state(&first, RecordState::Uncertain) > 0, "{:?}", first.counts);
    world.sandbox.service_layer_faults.clear();
    world.pass(TimeDelta::minutes(11));
    assert_eq!(world.sync().await.exit_code(), 0, "absent for long enough, posted again");
    world.pass(TimeDelta::minutes(11));
    assert!(world.sandbox.service_layer.run_due() > 0, "the first requests ran after all");
    world.proved().await;
}

#[tokio::test]
async fn of_two_states_that_post_the_same_record_one_executes() {
    let (mut world, _) = claimed("v2").await;
    world.sap_fault("POST", "$batch", 0, 9, Fault::LateCommit(300_000));
    world.sync().await;
    world.sandbox.service_layer_faults.clear();
    // Another state, which a person lets in by mistake, and which does not wait; the requests of the first are still
    // under way.
    let first = std::mem::replace(&mut world.store, Box::new(MemoryStore::new()));
    world.policy.unknown_settle = TimeDelta::zero();
    let options = taken_over();
    let second = world.engine().sync(&options).await;
    assert_eq!((second.exit_code(), second.documents.len()), (0, 5), "{second:?}");
    world.pass(TimeDelta::minutes(6));
    assert!(world.sandbox.service_layer.run_due() > 0);
    world.proved().await;
    world.store = first;
    assert_eq!(world.engine().sync(&options).await.exit_code(), 0);
    world.proved().await;
}

#[tokio::test]
async fn lost_and_replaced_answers_settle_with_claims_as_without() {
    for fault in [Fault::LostAfter, Fault::AnswerReplaced(502), Fault::Malformed, Fault::LostBefore]
    {
        let (world, _) = claimed("v2").await;
        world.sap_fault("POST", "$batch", 1, 1, fault.clone());
        let first = world.sync().await;
        assert_eq!(in_state(&first, RecordState::Uncertain), 1, "{fault:?}: {:?}", first.counts);
        for _ in 0..2 {
            world.pass(TimeDelta::minutes(11));
            world.sync().await;
        }
        world.proved().await;
    }
}

#[tokio::test]
async fn changes_are_posted_with_claims_one_after_another() {
    let (world, records) = claimed("v2").await;
    world.sync().await;
    for amount in ["1250.10", "900.00", "1000.00"] {
        world.set_amount(&records[0], 0, amount);
        assert_eq!(world.sync().await.documents.len(), 1);
        world.proved().await;
    }
    assert_eq!(world.sandbox.service_layer.user_table_rows("PROCORE_CLAIM").len(), 8);
}

#[tokio::test]
async fn without_the_table_nothing_is_posted_and_check_says_so() {
    let (mut world, _) = five_records().await;
    let mut access = world.access();
    access.claims = true;
    world.reconnect(&access);
    let line = async |world: &World| {
        let report = world.engine().check().await;
        let line = report.lines.into_iter().find(|line| line.subject == "table @PROCORE_CLAIM");
        line.unwrap()
    };
    assert!(line(&world).await.detail.contains("is missing"), "{:?}", line(&world).await);
    let report = world.sync().await;
    assert_eq!((report.documents.len(), report.exit_code()), (0, 2));
    let reasons = report.exceptions.iter().filter_map(|row| row.cause.as_ref());
    assert!(reasons.clone().any(|cause| cause.reason == Reason::SetupMissing));
    assert_eq!(world.sandbox.service_layer.documents().len() + entries(&world), 0);
    world.ledger.set_up().await.unwrap();
    assert_eq!(line(&world).await.detail, "is there");
    assert_eq!(world.sync().await.exit_code(), 0);
    world.proved().await;
}

#[tokio::test]
async fn a_claim_without_a_document_keeps_the_record_back_until_a_person_deletes_it() {
    let (mut world, order) = claimed_order().await;
    // An approval procedure makes a draft of the document, a person deletes the draft, and the state that knew of it is
    // lost.
    let sap = world.sandbox.service_layer.clone();
    sap.with_options(|options| options.approval_procedure = true);
    world.sync().await;
    assert!(sap.delete_draft(sap.pending_drafts()[0].doc_entry));
    sap.with_options(|options| options.approval_procedure = false);
    world.store = Box::new(MemoryStore::new());
    assert_eq!(world.engine().sync(&taken_over()).await.left, 1);
    world.pass(TimeDelta::minutes(10));
    for _ in 0..2 {
        let report = world.sync().await;
        assert_eq!((report.exit_code(), report.documents.len()), (2, 0), "{report:?}");
        let cause = world.stored(order.key).await.cause.unwrap();
        assert_eq!(cause.reason, Reason::RejectedBySap);
        assert!(cause.detail.contains("of @PROCORE_CLAIM claims its place"), "{}", cause.detail);
    }
    assert_eq!(sap.documents().len(), 0);
    let code = sap.user_table_rows("PROCORE_CLAIM")[0]["Code"].clone();
    let delete = sap_b1_client::Call::delete(format!("U_PROCORE_CLAIM('{code}')"));
    world.ledger.client().send(&delete, None).await.unwrap();
    assert_eq!(world.sync().await.exit_code(), 0);
    world.proved().await;
}

#[tokio::test]
async fn on_a_server_that_does_not_roll_back_nothing_is_posted_blindly() {
    let (world, order) = claimed_order().await;
    let sap = &world.sandbox.service_layer;
    sap.with_options(|options| options.rolls_back_change_sets = false);
    sap.key_invoice(&order_by_hand(&world)).unwrap();
    world.sync().await;
    let decide = async || {
        world.engine().resolve(order.key, Verb::Post, "Ada", "two costs").await.unwrap();
        world.sync().await;
        world.standing(order.key).await.1
    };
    // SAP refuses the number after it took the claim, and keeps the claim.
    assert_eq!(decide().await, Some(Reason::VendorReferenceTaken));
    assert_eq!(sap.user_table_rows("PROCORE_CLAIM").len(), 1);
    assert_eq!(decide().await, Some(Reason::RejectedBySap));
    let cause = world.stored(order.key).await.cause.unwrap();
    assert!(cause.detail.contains("keeps a claim whose document failed"), "{}", cause.detail);
    world.sync().await;
    assert_eq!(sap.documents().len(), 1, "the one that a person keyed");
}
