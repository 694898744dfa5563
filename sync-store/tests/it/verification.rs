//! What `verify` finds in a store that was changed behind its back.

use sqlx::{Connection, SqliteConnection, sqlite::SqliteConnectOptions};
use sync_core::{
    ports::{Act, IntentState, ReadBatch, ResultBatch, ResultRow, StateStore, StoredRecord},
    resolve::{Adoption, Decisions, Resolution, Verb},
    states::Reason,
};
use sync_store::{SqliteStore, Verification};

use crate::{
    acquire,
    durable::{intent, record},
    now, place,
};

/// Two documents, one of them posted, and three records.
async fn filled(path: &std::path::Path) {
    let store = SqliteStore::open(path).await.unwrap();
    let epoch = acquire(&store).await;
    store.open_cycle(now(), epoch).await.unwrap();
    let batch = ReadBatch { records: (1..=3).map(record).collect(), cursor: None };
    store.save_read(&batch, epoch).await.unwrap();
    store.record_intents(&[intent(1, epoch), intent(2, epoch)], epoch).await.unwrap();
    let result = ResultRow {
        key: intent(1, epoch).key,
        state: IntentState::Posted,
        given_up_at: None,
        doc_entry: Some(4711),
        detail: "created, as told: yes".to_owned(),
    };
    let batch = ResultBatch { results: vec![result], records: Vec::new() };
    store.record_results(&batch, epoch).await.unwrap();
    store.close().await.unwrap();
}

async fn forge(path: &std::path::Path, statement: &'static str) {
    let options = SqliteConnectOptions::new().filename(path);
    let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
    let free = "DROP TRIGGER audit_is_never_changed; DROP TRIGGER audit_is_never_shortened;";
    sqlx::raw_sql(free).execute(&mut connection).await.unwrap();
    sqlx::raw_sql(statement).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

async fn verified(path: &std::path::Path) -> Verification {
    SqliteStore::open(path).await.unwrap().verify().await.unwrap()
}

#[tokio::test]
async fn an_untouched_store_is_sound_and_says_what_it_holds() {
    let (_folder, path) = place();
    filled(&path).await;
    let found = verified(&path).await;
    assert!(found.is_sound(), "{:?}", found.faults);
    assert_eq!((found.audit_rows, found.unchained), (3, 0));
    assert_eq!(found.last_hash.as_ref().map(String::len), Some(64));
    assert_eq!(found.records.values().sum::<u64>(), 3);
    assert_eq!(found.intents["posted"], 1);
    assert_eq!(found.intents["in_flight"], 1);
    assert_eq!(found.posted["USD"].0, 1);
    assert_eq!(SqliteStore::open(&path).await.unwrap().damage().await.unwrap(), None);
}

#[tokio::test]
async fn every_forged_row_is_found_and_named() {
    for (statement, row) in [
        ("UPDATE audit SET detail = 'posted, DocEntry 9: created' WHERE number = 3", "audit 3"),
        ("UPDATE audit SET at = '2020-01-01T00:00:00.000Z' WHERE number = 1", "audit 1"),
        ("UPDATE audit SET hash = NULL WHERE number = 2", "audit 2"),
        ("DELETE FROM audit WHERE number = 2", "audit 3"),
        ("DELETE FROM audit WHERE number = 3", "intent 1:2:subcontract:1#1"),
        ("DELETE FROM audit", "intent 1:2:subcontract:1#1"),
        (
            "UPDATE intent SET state = 'rejected' WHERE state = 'posted'",
            "intent 1:2:subcontract:1#1",
        ),
        ("UPDATE intent SET body = x'' WHERE state = 'in_flight'", "intent 1:2:subcontract:2#1"),
        ("DELETE FROM intent WHERE state = 'posted'", "intent 1:2:subcontract:1#1"),
        ("DELETE FROM intent WHERE state = 'in_flight'", "intent 1:2:subcontract:2#1"),
        ("DELETE FROM audit WHERE key LIKE '%:2#1'", "intent 1:2:subcontract:2#1"),
        ("UPDATE intent SET posting = '{}' WHERE state = 'posted'", "intent 1:2:subcontract:1#1"),
        ("UPDATE record SET state = 'posted' WHERE id = 2", "record 1:2:subcontract:2"),
        ("UPDATE record SET snapshot = '{' WHERE id = 2", "record 1:2:subcontract:2"),
    ] {
        let (_folder, path) = place();
        filled(&path).await;
        forge(&path, statement).await;
        let found = verified(&path).await;
        assert!(!found.is_sound(), "{statement}");
        assert!(
            found.faults.iter().any(|fault| fault.row == row),
            "{statement}: {:?}",
            found.faults
        );
    }
}

/// A record with a decision and an adoption of Ada's, at this moment.
fn decided(id: i64, at: &str) -> (StoredRecord, Resolution) {
    let resolution = Resolution {
        verb: Verb::Adopt(412),
        reason: Reason::PossibleManualDuplicate,
        fingerprint: "9f86d081".to_owned(),
        by: "Ada".to_owned(),
        note: "one cost".to_owned(),
        at: at.parse().unwrap(),
    };
    let adopted = Adoption {
        doc_entry: 412,
        invoice: "A/P invoice 90412".to_owned(),
        reason: resolution.reason,
        fingerprint: resolution.fingerprint.clone(),
        by: resolution.by.clone(),
        note: resolution.note.clone(),
        at: resolution.at,
    };
    let decisions = Decisions::from(resolution.clone());
    (StoredRecord { decisions, adopted: Some(adopted), ..record(id) }, resolution)
}

#[tokio::test]
async fn a_decision_that_the_trail_does_not_tell_of_is_found_unless_it_is_older_than_that() {
    let (_folder, path) = place();
    filled(&path).await;
    let store = SqliteStore::open(&path).await.unwrap();
    let epoch = acquire(&store).await;
    let (told, resolution) = decided(1, "2099-01-01T00:00:00Z");
    let act = Act::resolved(told.key(), &resolution);
    store.record_act(&act, &[told], epoch).await.unwrap();
    // Before the tables of this store were made, by a program that did not tell.
    let (older, _) = decided(2, "2020-01-01T00:00:00Z");
    let batch = ReadBatch { records: vec![older], cursor: None };
    store.save_read(&batch, epoch).await.unwrap();
    store.close().await.unwrap();
    let found = verified(&path).await;
    assert!(found.is_sound(), "{:?}", found.faults);
    assert_eq!(found.acts, [("adopt", 1)].into());
    assert_eq!(found.untold_decisions, 2, "a decision and its adoption");

    forge(&path, "UPDATE record SET snapshot = replace(snapshot, 'one cost', 'two') WHERE id = 1")
        .await;
    let faults = verified(&path).await.faults;
    assert_eq!(faults.len(), 2, "{faults:?}");
    assert!(faults.iter().all(|fault| fault.row == "record 1:2:subcontract:1"), "{faults:?}");
    assert!(faults[0].detail.contains("decision adopt 412 by Ada"), "{faults:?}");
}

/// Whoever computes every later hash anew leaves a sound chain with another end: that is what the noted hash is for.
#[tokio::test]
async fn the_last_hash_tells_two_histories_apart() {
    let (_one, first) = place();
    let (_two, second) = place();
    filled(&first).await;
    filled(&second).await;
    forge(&second, "DELETE FROM audit WHERE number = 3; DELETE FROM intent WHERE state = 'posted'")
        .await;
    assert_ne!(verified(&first).await.last_hash, verified(&second).await.last_hash);
}

#[tokio::test]
async fn compaction_keeps_what_keeps_a_document_from_being_posted_twice() {
    let (_folder, path) = place();
    filled(&path).await;
    let store = SqliteStore::open(&path).await.unwrap();
    let epoch = acquire(&store).await;
    store.open_cycle(now(), epoch).await.unwrap();
    let before = store.intents(&intent(1, epoch).key.source).await.unwrap();
    assert_eq!(store.compact(now(), epoch).await.unwrap(), 0, "nothing is older");
    let later = now() + chrono::TimeDelta::days(400);
    assert_eq!(store.compact(later, epoch).await.unwrap(), 2, "a payload and a cycle");
    let after = store.intents(&intent(1, epoch).key.source).await.unwrap();
    assert!(after[0].body.is_empty() && !before[0].body.is_empty());
    assert_eq!((after[0].key, after[0].state), (before[0].key, IntentState::Posted));
    assert_eq!(after[0].posting, before[0].posting);
    assert_eq!(store.open_intents().await.unwrap().len(), 1);
    assert!(
        !store.open_intents().await.unwrap()[0].body.is_empty(),
        "what waits keeps its payload"
    );
    store.record_intents(&[intent(1, epoch)], epoch).await.expect_err("the number stays used");
    assert!(store.verify().await.unwrap().is_sound());
    assert_eq!(store.compact(later, epoch).await.unwrap(), 0);
}

/// A store of the first version: opened, it gets the chain, and its older rows are counted apart.
#[tokio::test]
async fn a_store_of_the_first_schema_is_migrated_and_chained_from_then_on() {
    let (folder, path) = place();
    let first = folder.path().join("migrations");
    std::fs::create_dir(&first).unwrap();
    let script = include_str!("../../migrations/sqlite/0001_state.sql");
    std::fs::write(first.join("0001_state.sql"), script).unwrap();
    let options = SqliteConnectOptions::new().filename(&path).create_if_missing(true);
    let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
    sqlx::migrate::Migrator::new(first).await.unwrap().run(&mut connection).await.unwrap();
    let old =
        "INSERT INTO audit (epoch, what, key, detail) VALUES (1, 'profile', 'profile', 'old')";
    sqlx::query(old).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();

    filled(&path).await;
    let found = verified(&path).await;
    assert!(found.is_sound(), "{:?}", found.faults);
    assert_eq!((found.audit_rows, found.unchained), (4, 1));
    assert!(found.last_hash.is_some());
}
