//! The row of `@PROCORE_SYNC`, written and read back through the Service Layer.

use sync_core::{
    model::CompanyId,
    ports::{Ledger as _, LedgerErrorKind, StoreRow, StoreRowState},
};
use sync_sandbox::Fault;

use crate::world::World;

const COMPANY: CompanyId = CompanyId(8089);

fn row(store: &str, cycle: i64, turn: u64) -> StoreRow {
    StoreRow {
        store: store.to_owned(),
        cycle,
        heartbeat: "2026-11-24T02:00:00Z".parse().unwrap(),
        environment: "https://api.procore.com".to_owned(),
        turn,
    }
}

#[tokio::test]
async fn a_row_is_created_changed_and_read_back_for_its_company_alone() {
    let world = World::new();
    world.ledger.set_up().await.unwrap();
    assert_eq!(world.ledger.store_row(COMPANY).await.unwrap(), StoreRowState::Absent);
    for row in [row("a", 1, 1), row("a", 2, 2), row("b", 9_000_000_000, 3), row("b", 9, 10)] {
        world.ledger.write_store_row(COMPANY, &row).await.unwrap();
        assert_eq!(world.ledger.store_row(COMPANY).await.unwrap(), StoreRowState::Present(row));
    }
    assert_eq!(world.ledger.store_row(CompanyId(808)).await.unwrap(), StoreRowState::Absent);
    // Each turn deletes the one before it; turns that nobody wrote are not asked for.
    assert_eq!(world.sandbox.service_layer.user_table_rows("PROCORE_SYNC").len(), 2);
}

#[tokio::test]
async fn without_the_table_there_is_no_place_and_writing_is_no_error() {
    let world = World::new();
    let state = world.ledger.store_row(COMPANY).await.unwrap();
    assert!(
        matches!(&state, StoreRowState::NoPlace(why) if why.contains("@PROCORE_SYNC")),
        "{state:?}"
    );
    world.ledger.write_store_row(COMPANY, &row("a", 1, 1)).await.unwrap();
}

#[tokio::test]
async fn a_row_that_cannot_be_read_is_an_error_and_never_absence() {
    let world = World::new();
    world.ledger.set_up().await.unwrap();
    world.ledger.write_store_row(COMPANY, &row("a", 1, 1)).await.unwrap();
    world.sap_fault("GET", "U_PROCORE_SYNC", 50, Fault::Refuse(503));
    let error = world.ledger.store_row(COMPANY).await.unwrap_err();
    assert_eq!(error.kind, LedgerErrorKind::Unavailable, "{error}");
}

#[tokio::test]
async fn a_write_that_is_lost_is_an_error() {
    let world = World::new();
    world.ledger.set_up().await.unwrap();
    world.ledger.write_store_row(COMPANY, &row("a", 1, 1)).await.unwrap();
    world.sap_fault("POST", "U_PROCORE_SYNC", 1, Fault::LostAfter);
    let error = world.ledger.write_store_row(COMPANY, &row("a", 2, 2)).await.unwrap_err();
    assert_eq!(error.kind, LedgerErrorKind::Unavailable, "{error}");
}

#[tokio::test]
async fn of_two_states_that_find_the_row_free_in_the_same_moment_one_gets_it() {
    let world = World::new();
    world.ledger.set_up().await.unwrap();
    // Before the first row, and after one.
    for turn in [1, 2] {
        let seen = [world.ledger.store_row(COMPANY).await, world.ledger.store_row(COMPANY).await];
        assert_eq!(seen[0].as_ref().unwrap(), seen[1].as_ref().unwrap());
        world.ledger.write_store_row(COMPANY, &row("a", 1, turn)).await.unwrap();
        let error = world.ledger.write_store_row(COMPANY, &row("b", 1, turn)).await.unwrap_err();
        assert_eq!(error.kind, LedgerErrorKind::StoreRowTaken, "{error}");
        assert!(error.to_string().starts_with("store_is_not_current"), "{error}");
        let held = world.ledger.store_row(COMPANY).await.unwrap();
        assert_eq!(held, StoreRowState::Present(row("a", 1, turn)));
    }
}

#[tokio::test]
async fn a_row_that_is_sent_twice_is_not_taken_for_granted() {
    let world = World::new();
    world.ledger.set_up().await.unwrap();
    world.sap_fault("POST", "U_PROCORE_SYNC", 1, Fault::Twice);
    let error = world.ledger.write_store_row(COMPANY, &row("a", 1, 1)).await.unwrap_err();
    assert_eq!(error.kind, LedgerErrorKind::StoreRowTaken, "nobody can tell whose it is: {error}");
}

#[tokio::test]
async fn a_turn_that_was_passed_and_deleted_meanwhile_is_not_taken_again() {
    let world = World::new();
    world.ledger.set_up().await.unwrap();
    for turn in 1..=3 {
        world.ledger.write_store_row(COMPANY, &row("a", 1, turn)).await.unwrap();
    }
    // Looked at turn 1, and was kept back until turn 2 was written, passed and deleted.
    let error = world.ledger.write_store_row(COMPANY, &row("b", 1, 2)).await.unwrap_err();
    assert_eq!(error.kind, LedgerErrorKind::StoreRowTaken, "{error}");
    let held = world.ledger.store_row(COMPANY).await.unwrap();
    assert_eq!(held, StoreRowState::Present(row("a", 1, 3)));
    assert_eq!(world.sandbox.service_layer.user_table_rows("PROCORE_SYNC").len(), 1);
}
