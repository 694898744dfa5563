//! The first cycle posts every approved record once, the second posts nothing.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;
use sync_core::{
    model::SourceKey,
    ports::CycleStatus,
    states::{Reason, RecordState},
};
use sync_sandbox::contractor::{Contractor, TroubleKind};
use sync_store::SqliteStore;

use crate::world::{Audit, World, as_of, coding_of_first_posts};

#[tokio::test]
async fn the_first_cycle_posts_every_approved_record_and_the_second_nothing() {
    let world = World::of(Contractor::small(7, as_of())).await;
    let first = world.sync().await;
    assert_eq!((first.status, first.exit_code()), (CycleStatus::Done, 0), "{:?}", first.exceptions);
    assert_eq!((first.failure, first.problems), (None, Vec::new()));
    let postable = world.sandbox.contractor.postable().total() as u64;
    assert_eq!(first.counts[&RecordState::Posted], postable);
    assert_eq!(first.documents.len() as u64, postable, "one document per record");
    assert!(coding_of_first_posts(&world) > 40);
    world.proved().await;
}

#[tokio::test]
async fn a_further_cycle_does_not_log_in_more_than_once_and_reads_little() {
    let world = World::of(Contractor::small(11, as_of())).await;
    let first = world.sync().await;
    let again = world.sync().await;
    assert!(again.calls.source < first.calls.source, "{:?} {:?}", again.calls, first.calls);
    assert!(again.calls.logins <= 1);
    assert_eq!(world.sent(), first.documents.len() as u64);
}

#[tokio::test]
async fn a_store_in_a_file_posts_the_same_and_knows_it_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("state.db");
    let mut world = World::of(Contractor::one_project(7, as_of())).await;
    world.store = Box::new(SqliteStore::open(&file).await.unwrap());
    let first = world.sync().await;
    assert_eq!(first.exit_code(), 0, "{:?} {:?}", first.failure, first.exceptions);
    world.proved().await;
    world.store = Box::new(sync_core::memory::MemoryStore::new());
    world.store = Box::new(SqliteStore::open(&file).await.unwrap());
    world.reconnect(&world.access());
    world.proved().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_full_contractor_is_posted_but_for_the_four_records_that_cannot_be() {
    let world = World::of(Contractor::full(7, as_of())).await;
    let first = world.sync().await;
    assert_eq!((first.status, first.exit_code()), (CycleStatus::Done, 2));
    assert_eq!((first.failure, first.problems), (None, Vec::new()));

    let wanted: BTreeMap<String, Reason> = world
        .sandbox
        .contractor
        .troubles
        .iter()
        .map(|trouble| {
            let reason = match trouble.kind {
                TroubleKind::UnmappedCostCode => Reason::CostCodeUnmapped,
                TroubleKind::FrozenVendor => Reason::VendorInvalid,
                TroubleKind::HeaderDiffersFromLines => Reason::RoundingMismatch,
                TroubleKind::StatedTax => Reason::TaxNotConfigured,
            };
            (trouble.source_key.clone(), reason)
        })
        .collect();
    assert_eq!(wanted.len(), 4);
    let held: BTreeMap<String, Reason> = first
        .exceptions
        .iter()
        .map(|row| {
            assert_eq!(row.state, RecordState::Held);
            (row.key.to_string(), row.cause.as_ref().unwrap().reason)
        })
        .collect();
    assert_eq!(held, wanted);

    let postable = world.sandbox.contractor.postable().total();
    let posted: BTreeSet<SourceKey> = first.documents.iter().map(|d| d.key).collect();
    assert_eq!(posted.len(), postable - 4, "every other record is posted");
    assert_eq!(first.documents.len(), posted.len(), "with one document each");
    assert!(coding_of_first_posts(&world) > 4_000);
    let waiting: Vec<SourceKey> = wanted.keys().map(|key| key.parse().unwrap()).collect();
    Audit::of(&world, &waiting).passes();

    let before = world.sent();
    let second = world.sync().await;
    assert_eq!(second.documents, []);
    assert_eq!(world.sent(), before);
    assert_eq!((second.status, second.exit_code()), (CycleStatus::Done, 2));
    assert_eq!(second.counts.get(&RecordState::Posted), None);
    assert_eq!(second.counts[&RecordState::Unchanged], posted.len() as u64);
    assert_eq!(second.counts[&RecordState::Held], 4);

    let reconciliation = world.reconciled().await;
    assert_eq!(reconciliation.exit_code(), 2);
    assert_eq!(reconciliation.projects.len(), 20);
    let open: BTreeSet<String> = reconciliation
        .projects
        .iter()
        .flat_map(|project| &project.open_items)
        .map(|item| item.key.to_string())
        .collect();
    assert_eq!(open, wanted.keys().cloned().collect());
    let in_sap: Decimal = reconciliation.projects.iter().map(|p| p.in_sap).sum();
    let cost = world.sandbox.service_layer.ledger().balance_of(|row| row.account.starts_with('5'));
    assert_eq!(in_sap, cost, "the report's cost is the ledger's");
}
