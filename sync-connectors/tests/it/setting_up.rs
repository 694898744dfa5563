//! Set-up happens once.

use sync_core::{
    model::Kind,
    ports::{Ledger as _, LedgerErrorKind},
};

use crate::world::World;

#[tokio::test]
async fn set_up_creates_what_is_missing_once_and_asks_for_a_restart() {
    let world = World::new();
    let first = world.ledger.set_up().await.unwrap();
    assert_eq!(
        first.created,
        [
            "U_ProcoreKey on OPCH",
            "U_ProcoreRev on OPCH",
            "U_ProcoreKey on OJDT",
            "U_ProcoreRev on OJDT",
            "table @PROCORE_SYNC",
            "U_Store on @PROCORE_SYNC",
            "U_Cycle on @PROCORE_SYNC",
            "U_Heartbeat on @PROCORE_SYNC",
            "U_Environment on @PROCORE_SYNC",
        ]
    );
    assert_eq!(first.advice.len(), 1);
    assert!(world.catalog().await.user_fields_present);
    let second = world.ledger.set_up().await.unwrap();
    assert!(second.created.is_empty() && second.advice.is_empty());
    assert_eq!(second.present, first.created);
}

#[tokio::test]
async fn without_the_fields_a_look_up_says_so_and_never_answers_nothing() {
    let world = World::new();
    let error = world.ledger.look_up(&[world.key(Kind::Subcontract, 5)]).await.unwrap_err();
    assert_eq!(error.kind, LedgerErrorKind::UserFieldsMissing);
}

#[tokio::test]
async fn closing_ends_the_session() {
    let world = World::ready();
    world.catalog().await;
    assert_eq!(world.sandbox.service_layer.sessions(), 1);
    let before = world.ledger.availability();
    assert_eq!(before.logins, 1);
    world.ledger.close().await;
    assert_eq!(world.sandbox.service_layer.sessions(), 0);
    assert!(world.ledger.availability().calls > before.calls);
}
