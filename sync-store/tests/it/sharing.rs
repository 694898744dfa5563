//! Two handles of one file: each locks as a process of its own would.

use std::time::{Duration, Instant};

use sqlx::{Connection, Row, SqliteConnection, sqlite::SqliteConnectOptions};
use sync_core::ports::{StateStore, StoreErrorKind};
use sync_store::SqliteStore;

use crate::{acquire, now, place};

#[tokio::test]
async fn a_second_writer_is_told_which_file_is_locked_until_the_first_ends() {
    let (_folder, path) = place();
    let first = SqliteStore::open(&path).await.unwrap();
    let second = SqliteStore::open(&path).await.unwrap();
    let old = acquire(&first).await;
    let refused = second.acquire_writer(now()).await.unwrap_err();
    assert_eq!(refused.kind, StoreErrorKind::LeaseHeld);
    let lock = format!("{}.lock", path.canonicalize().unwrap().display());
    assert!(refused.to_string().contains(&lock), "{refused}");

    first.release_writer(old).await.unwrap();
    let new = acquire(&second).await;
    assert!(new > old);
    let refused = first.open_cycle(now(), old).await.unwrap_err();
    assert_eq!(refused.kind, StoreErrorKind::LeaseLost);
    assert_eq!(second.open_cycle(now(), new).await.unwrap(), 1);
    assert_eq!(first.last_cycle().await.unwrap().unwrap().number, 1, "the first still reads");
}

#[tokio::test]
async fn closing_a_store_frees_the_lock() {
    let (_folder, path) = place();
    let first = SqliteStore::open(&path).await.unwrap();
    let old = acquire(&first).await;
    first.close().await.unwrap();
    let second = SqliteStore::open(&path).await.unwrap();
    assert!(acquire(&second).await > old);
}

#[cfg(unix)]
#[tokio::test]
async fn another_name_of_the_file_shares_its_lock() {
    let (folder, path) = place();
    let first = SqliteStore::open(&path).await.unwrap();
    acquire(&first).await;
    let link = folder.path().join("link.db");
    std::os::unix::fs::symlink(&path, &link).unwrap();
    let second = SqliteStore::open(&link).await.unwrap();
    let refused = second.acquire_writer(now()).await.unwrap_err();
    assert_eq!(refused.kind, StoreErrorKind::LeaseHeld);
}

/// A lock file that somebody deletes lets a second writer in; the epoch then stops the first.
#[cfg(unix)]
#[tokio::test]
async fn the_epoch_refuses_an_older_writer_even_when_the_lock_file_was_deleted() {
    let (folder, path) = place();
    let first = SqliteStore::open(&path).await.unwrap();
    let old = acquire(&first).await;
    std::fs::remove_file(folder.path().join("state.db.lock")).unwrap();
    let second = SqliteStore::open(&path).await.unwrap();
    let new = acquire(&second).await;
    let refused = first.open_cycle(now(), old).await.unwrap_err();
    assert_eq!(refused.kind, StoreErrorKind::LeaseLost);
    assert_eq!(second.open_cycle(now(), new).await.unwrap(), 1);
}

#[tokio::test]
async fn a_reader_is_answered_while_a_writer_is_inside_a_transaction() {
    let (_folder, path) = place();
    let store = SqliteStore::open(&path).await.unwrap();
    let epoch = acquire(&store).await;
    store.open_cycle(now(), epoch).await.unwrap();

    let mut other =
        SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(&path)).await.unwrap();
    let mut transaction = other.begin_with("BEGIN IMMEDIATE").await.unwrap();
    sqlx::query("DELETE FROM cycle").execute(&mut *transaction).await.unwrap();
    let begun = Instant::now();
    let read = SqliteStore::open(&path).await.unwrap();
    assert_eq!(read.last_cycle().await.unwrap().unwrap().number, 1, "what was committed before");
    assert_eq!(store.last_cycle().await.unwrap().unwrap().number, 1);
    assert!(begun.elapsed() < Duration::from_secs(4), "no reader waited for the writer");

    // The writing call waits for the other transaction instead of failing.
    let (second, ()) = tokio::join!(store.open_cycle(now(), epoch), async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        transaction.rollback().await.unwrap();
    });
    assert_eq!(second.unwrap(), 2);
}

#[tokio::test]
async fn several_openers_of_a_new_file_create_it_once() {
    let (_folder, path) = place();
    let open = || SqliteStore::open(&path);
    let (a, b, c, d) = tokio::join!(open(), open(), open(), open());
    for store in [a, b, c, d] {
        assert_eq!(store.unwrap().last_cycle().await.unwrap(), None);
    }
    let options = SqliteConnectOptions::new().filename(&path);
    let mut other = SqliteConnection::connect_with(&options).await.unwrap();
    let row = sqlx::query("SELECT COUNT(*) AS n FROM writer").fetch_one(&mut other).await.unwrap();
    assert_eq!(row.get::<i64, _>("n"), 1);
}
