//! The row of `@PROCORE_SYNC`, written and read back through the Service Layer.

use sync_core::{
    model::CompanyId,
    ports::{Ledger as _, LedgerErrorKind, StoreRow, StoreRowState},
};
use sync_sandbox::Fault;

use crate::world::World;

const COMPANY: CompanyId = CompanyId(8089);

fn row(store: &str, cycle: i64) -> StoreRow {
    StoreRow {
        store: store.to_owned(),
        cycle,
        heartbeat: "2026-11-24T02:00:00Z".parse().unwrap(),
        environment: "https://api.procore.com".to_owned(),
    }
}

#[tokio::test]
async fn a_row_is_created_changed_and_read_back_for_its_company_alone() {
    let world = World::new();
    world.ledger.set_up().await.unwrap();
    assert_eq!(world.ledger.store_row(COMPANY).await.unwrap(), StoreRowState::Absent);
    for row in [row("a", 1), row("a", 2), row("b", 9_000_000_000)] {
        world.ledger.write_store_row(COMPANY, &row).await.unwrap();
        assert_eq!(world.ledger.store_row(COMPANY).await.unwrap(), StoreRowState::Present(row));
    }
    assert_eq!(world.ledger.store_row(CompanyId(808)).await.unwrap(), StoreRowState::Absent);
    assert_eq!(world.sandbox.service_layer.user_table_rows("PROCORE_SYNC").len(), 1);
}

#[tokio::test]
async fn without_the_table_there_is_no_place_and_writing_is_no_error() {
    let world = World::new();
    let state = world.ledger.store_row(COMPANY).await.unwrap();
    assert!(
        matches!(&state, StoreRowState::NoPlace(why) if why.contains("@PROCORE_SYNC")),
        "{state:?}"
    );
    world.ledger.write_store_row(COMPANY, &row("a", 1)).await.unwrap();
}

#[tokio::test]
async fn a_row_that_cannot_be_read_is_an_error_and_never_absence() {
    let world = World::new();
    world.ledger.set_up().await.unwrap();
    world.ledger.write_store_row(COMPANY, &row("a", 1)).await.unwrap();
    world.sap_fault("GET", "U_PROCORE_SYNC", 50, Fault::Refuse(503));
    let error = world.ledger.store_row(COMPANY).await.unwrap_err();
    assert_eq!(error.kind, LedgerErrorKind::Unavailable, "{error}");
}

#[tokio::test]
async fn a_write_that_is_lost_is_an_error() {
    let world = World::new();
    world.ledger.set_up().await.unwrap();
    world.ledger.write_store_row(COMPANY, &row("a", 1)).await.unwrap();
    world.sap_fault("PATCH", "U_PROCORE_SYNC", 1, Fault::LostAfter);
    let error = world.ledger.write_store_row(COMPANY, &row("a", 2)).await.unwrap_err();
    assert_eq!(error.kind, LedgerErrorKind::Unavailable, "{error}");
}
