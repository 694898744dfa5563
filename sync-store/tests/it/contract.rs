//! The contract suite of the port, on every store.

use sync_core::{contract::store, memory::MemoryStore, ports::StateStore};
use sync_store::SqliteStore;

#[tokio::test]
async fn the_store_in_memory_obeys_every_law_of_the_port() {
    store::suite(async || Box::new(MemoryStore::new()) as Box<dyn StateStore>).await;
}

#[tokio::test]
async fn the_sqlite_store_obeys_every_law_of_the_port() {
    let folder = tempfile::tempdir().unwrap();
    let made = std::cell::Cell::new(0);
    store::suite(async || {
        made.set(made.get() + 1);
        let path = folder.path().join(format!("{}.db", made.get()));
        Box::new(SqliteStore::open(path).await.unwrap()) as Box<dyn StateStore>
    })
    .await;
    assert!(made.get() > 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_sqlite_store_obeys_every_law_on_several_threads() {
    let folder = tempfile::tempdir().unwrap();
    let made = std::cell::Cell::new(0);
    store::suite(async || {
        made.set(made.get() + 1);
        let path = folder.path().join(format!("{}.db", made.get()));
        Box::new(SqliteStore::open(path).await.unwrap()) as Box<dyn StateStore>
    })
    .await;
}
