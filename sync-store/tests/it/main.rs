//! What the stores promise, tested through the port and from outside of it.
#![allow(clippy::disallowed_methods, clippy::disallowed_macros, clippy::unwrap_used)]

mod contract;
mod damage;
mod durable;
mod million;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(all(feature = "postgres", unix))]
mod proxy;
#[cfg(feature = "postgres")]
mod server;
mod sharing;
#[cfg(all(feature = "postgres", unix))]
mod silence;
mod verification;

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use sync_core::ports::{Epoch, StateStore};
use sync_store::SqliteStore;
use tempfile::TempDir;

/// A new folder with the path of a database in it.
fn place() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.db");
    (folder, path)
}

fn now() -> DateTime<Utc> {
    "2026-02-03T04:05:06.000000007Z".parse().unwrap()
}

async fn acquire(store: &SqliteStore) -> Epoch {
    store.acquire_writer(now()).await.unwrap()
}
