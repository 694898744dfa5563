//! Files that must be left as they are.

use std::path::Path;

use sqlx::{Connection, SqliteConnection, sqlite::SqliteConnectOptions};
use sync_core::ports::{StateStore, StoreError, StoreErrorKind};
use sync_store::SqliteStore;

use crate::{acquire, now, place};

async fn made_by_this_program(path: &Path) {
    let store = SqliteStore::open(path).await.unwrap();
    let epoch = acquire(&store).await;
    store.open_cycle(now(), epoch).await.unwrap();
    store.close().await.unwrap();
}

async fn run(path: &Path, statement: &'static str) {
    let options = SqliteConnectOptions::new().filename(path).create_if_missing(true);
    let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
    sqlx::raw_sql(statement).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

/// Opens a file that must be refused, and sees that no byte of it was touched.
async fn refused(path: &Path) -> StoreError {
    let before = std::fs::read(path).unwrap();
    let error = SqliteStore::open(path).await.unwrap_err();
    assert_eq!(error.kind, StoreErrorKind::Unusable, "{error}");
    assert!(error.to_string().contains("state.db"), "the sentence names the file: {error}");
    assert!(std::fs::read(path).unwrap() == before, "the file was changed");
    error
}

#[tokio::test]
async fn a_newer_schema_is_refused_with_both_versions() {
    let (_folder, path) = place();
    made_by_this_program(&path).await;
    run(
        &path,
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (4711, 'later', TRUE, x'00', 0)",
    )
    .await;
    let error = refused(&path).await.to_string();
    assert!(error.contains("schema version 4711") && error.contains("up to 5"), "{error}");
}

#[tokio::test]
async fn a_migration_that_was_changed_or_broke_off_is_refused() {
    for statement in
        ["UPDATE _sqlx_migrations SET checksum = x'00'", "UPDATE _sqlx_migrations SET success = 0"]
    {
        let (_folder, path) = place();
        made_by_this_program(&path).await;
        run(&path, statement).await;
        refused(&path).await;
    }
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused_and_kept() {
    let (_folder, path) = place();
    std::fs::write(&path, "date;amount\n2026-01-01;1.00\n".repeat(100)).unwrap();
    refused(&path).await;
}

#[tokio::test]
async fn a_damaged_page_is_found_when_the_file_is_opened() {
    let (_folder, path) = place();
    made_by_this_program(&path).await;
    let mut bytes = std::fs::read(&path).unwrap();
    // Beyond the first page: the header still looks right.
    bytes[4096..3 * 4096].fill(0x5a);
    std::fs::write(&path, bytes).unwrap();
    refused(&path).await;
}

#[tokio::test]
async fn a_file_cut_short_is_refused() {
    let (_folder, path) = place();
    made_by_this_program(&path).await;
    let bytes = std::fs::read(&path).unwrap();
    std::fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
    refused(&path).await;
}

#[tokio::test]
async fn another_programs_database_is_refused_and_kept() {
    let (_folder, path) = place();
    run(&path, "CREATE TABLE invoices (id INTEGER PRIMARY KEY); INSERT INTO invoices VALUES (1)")
        .await;
    assert!(refused(&path).await.to_string().contains("another program"));
}

#[tokio::test]
async fn a_creation_that_was_killed_at_its_first_step_is_taken_up_again() {
    let (_folder, path) = place();
    run(
        &path,
        "CREATE TABLE _sqlx_migrations (version BIGINT PRIMARY KEY, description TEXT NOT NULL,
         installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, success BOOLEAN NOT NULL,
         checksum BLOB NOT NULL, execution_time BIGINT NOT NULL)",
    )
    .await;
    made_by_this_program(&path).await;
}

#[tokio::test]
async fn a_database_in_memory_or_in_no_folder_is_refused() {
    for location in ["sqlite::memory:", "sqlite:", ":memory:", ""] {
        let error = SqliteStore::open(location).await.unwrap_err();
        assert_eq!(error.kind, StoreErrorKind::Unusable, "{location}");
    }
    let (folder, _) = place();
    let error = SqliteStore::open(folder.path().join("missing/state.db")).await.unwrap_err();
    assert_eq!(error.kind, StoreErrorKind::Unavailable);
    assert!(error.to_string().contains("missing"), "{error}");
}

#[tokio::test]
async fn a_row_that_cannot_be_read_is_an_error_that_names_its_column() {
    let (_folder, path) = place();
    made_by_this_program(&path).await;
    run(&path, "UPDATE cycle SET status = 'finished'").await;
    let store = SqliteStore::open(&path).await.unwrap();
    let error = store.last_cycle().await.unwrap_err();
    assert_eq!(error.kind, StoreErrorKind::Unusable);
    assert!(error.to_string().contains("'status'"), "{error}");
}
