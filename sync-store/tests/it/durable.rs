//! What stands in the file after the store is gone, and what a failed commit leaves.

use std::path::Path;

use sqlx::{Connection, Row, SqliteConnection, sqlite::SqliteConnectOptions};
use sync_core::{
    model::{
        Commitment, CompanyId, CostRecord, DocumentKey, DocumentType, JournalEntry, Kind, Posting,
        PostingHeader, ProjectId, RecordBody, SourceKey,
    },
    ports::{
        Epoch, Intent, IntentState, Profile, ReadBatch, ResultBatch, ResultRow, StateStore,
        StoreErrorKind, StoredRecord,
    },
};
use sync_store::SqliteStore;

use crate::{acquire, now, place};

fn key(id: i64) -> SourceKey {
    SourceKey { company: CompanyId(1), project: ProjectId(2), kind: Kind::Subcontract, id }
}

pub(crate) fn intent(id: i64, epoch: Epoch) -> Intent {
    let key = DocumentKey { source: key(id), sequence: 1 };
    let date = now().date_naive();
    let header = PostingHeader {
        key,
        revision: String::new(),
        posting_date: date,
        tax_date: date,
        reference: String::new(),
        memo: String::new(),
        currency: "USD".to_owned(),
        exchange_rate: None,
        project: None,
        branch: None,
    };
    Intent {
        key,
        posting: Posting::JournalEntry(JournalEntry { header, lines: Vec::new() }),
        document_type: DocumentType::JournalEntry,
        body: vec![0, 159, 146, 150],
        state: IntentState::InFlight,
        written_at: now(),
        given_up_at: None,
        epoch,
        cycle: 1,
    }
}

pub(crate) fn record(id: i64) -> StoredRecord {
    let record = CostRecord {
        key: key(id),
        number: id.to_string(),
        title: "x".repeat(2_000),
        status: "Approved".to_owned(),
        deleted: false,
        vendor: None,
        currency: None,
        created_on: now().date_naive(),
        updated_at: now(),
        body: RecordBody::Commitment(Commitment {
            grand_total: None,
            approved_change_orders: None,
            agreed_on: None,
            lines: Vec::new(),
        }),
    };
    StoredRecord::unplanned(record, now())
}

async fn connection(path: &Path) -> SqliteConnection {
    SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(path)).await.unwrap()
}

#[tokio::test]
async fn everything_written_is_there_when_the_file_is_opened_again() {
    let (_folder, path) = place();
    let store = SqliteStore::open(format!("sqlite:{}", path.display())).await.unwrap();
    let epoch = acquire(&store).await;
    store.open_cycle(now(), epoch).await.unwrap();
    let batch = ReadBatch { records: (0..200).map(record).collect(), cursor: None };
    store.save_read(&batch, epoch).await.unwrap();
    store.record_intents(&[intent(1, epoch)], epoch).await.unwrap();
    store.close().await.unwrap();

    let store = SqliteStore::open(&path).await.unwrap();
    assert_eq!(store.project_records(ProjectId(2)).await.unwrap().len(), 200);
    assert_eq!(store.open_intents().await.unwrap(), [intent(1, epoch)]);
    assert_eq!(store.last_cycle().await.unwrap().unwrap().number, 1);
    assert!(acquire(&store).await > epoch);
}

#[tokio::test]
async fn intents_results_and_profile_leave_audit_rows_that_cannot_be_changed() {
    let (_folder, path) = place();
    let store = SqliteStore::open(&path).await.unwrap();
    let epoch = acquire(&store).await;
    let profile = Profile {
        company: CompanyId(1),
        environment: "https://sandbox.example".to_owned(),
        ledger: "https://b1.example/DB".to_owned(),
        basis: "commitment".to_owned(),
        start_date: now().date_naive(),
        opening: String::new(),
        reference: "key".to_owned(),
    };
    store.set_profile(&profile, epoch).await.unwrap();
    store.open_cycle(now(), epoch).await.unwrap();
    store.record_intents(&[intent(1, epoch)], epoch).await.unwrap();
    store.record_intents(&[intent(2, epoch), intent(1, epoch)], epoch).await.unwrap_err();
    let result = ResultRow {
        key: intent(1, epoch).key,
        state: IntentState::Posted,
        given_up_at: None,
        doc_entry: Some(4711),
        detail: "created".to_owned(),
    };
    let batch = ResultBatch { results: vec![result], records: Vec::new() };
    store.record_results(&batch, epoch).await.unwrap();

    let mut other = connection(&path).await;
    let rows =
        sqlx::query("SELECT * FROM audit ORDER BY number").fetch_all(&mut other).await.unwrap();
    let text = |row: &sqlx::sqlite::SqliteRow, name| row.get::<String, _>(name);
    let told: Vec<_> =
        rows.iter().map(|row| (text(row, "what"), text(row, "key"), text(row, "detail"))).collect();
    assert_eq!(told.len(), 3, "a refused call leaves none: {told:?}");
    assert!(told[0].0 == "profile" && told[0].2.contains("commitment"));
    assert_eq!(told[1].0, "intent");
    assert_eq!(told[1].1, "1:2:subcontract:1#1");
    assert_eq!(told[2].0, "result");
    assert_eq!(told[2].2, "posted, DocEntry 4711: created");
    assert_eq!(rows[2].get::<Option<i64>, _>("cycle"), Some(1));
    assert_eq!(rows[0].get::<Option<i64>, _>("cycle"), None, "before the first cycle");
    assert_eq!(rows[0].get::<i64, _>("epoch"), epoch.0);
    for statement in ["UPDATE audit SET what = 'x'", "DELETE FROM audit"] {
        let error = sqlx::query(statement).execute(&mut other).await.unwrap_err();
        assert!(error.to_string().contains("append-only"), "{error}");
    }
}

/// A trigger stands for the disk that fails in the middle of a transaction.
async fn fail_on_record_2(path: &Path) {
    sqlx::raw_sql(
        "CREATE TRIGGER broken BEFORE INSERT ON record WHEN NEW.id = 2
         BEGIN SELECT RAISE(ROLLBACK, 'broken'); END",
    )
    .execute(&mut connection(path).await)
    .await
    .unwrap();
}

#[tokio::test]
async fn a_transaction_that_fails_is_lost_whole_and_the_next_one_works() {
    let (_folder, path) = place();
    let store = SqliteStore::open(&path).await.unwrap();
    let epoch = acquire(&store).await;
    fail_on_record_2(&path).await;
    let batch = ReadBatch { records: vec![record(1), record(2)], cursor: None };
    store.save_read(&batch, epoch).await.unwrap_err();
    assert!(store.project_records(ProjectId(2)).await.unwrap().is_empty());
    let batch = ReadBatch { records: vec![record(3)], cursor: None };
    store.save_read(&batch, epoch).await.unwrap();
    assert_eq!(store.project_records(ProjectId(2)).await.unwrap(), [record(3)]);
}

/// A statement that answers rows has answered before it is committed. A constraint that is looked at last stands for the
/// disk that is full at the end of the transaction.
#[tokio::test]
async fn nobody_becomes_the_writer_whose_epoch_was_not_committed() {
    let (_folder, path) = place();
    let store = SqliteStore::open(&path).await.unwrap();
    sqlx::raw_sql(
        "CREATE TABLE owed (id INTEGER REFERENCES cycle (number) DEFERRABLE INITIALLY DEFERRED);
         CREATE TRIGGER late AFTER UPDATE ON writer BEGIN INSERT INTO owed VALUES (4711); END",
    )
    .execute(&mut connection(&path).await)
    .await
    .unwrap();
    let error = store.acquire_writer(now()).await.unwrap_err();
    assert!(error.to_string().contains("becoming the writer failed"), "{error}");
    sqlx::raw_sql("DROP TRIGGER late").execute(&mut connection(&path).await).await.unwrap();
    let epoch = acquire(&store).await;
    assert_eq!(epoch, Epoch(1));
    store.open_cycle(now(), epoch).await.unwrap();
}

#[tokio::test]
async fn a_caller_that_gives_up_leaves_a_whole_call_and_takes_no_other_along() {
    let (_folder, path) = place();
    let store = SqliteStore::open(&path).await.unwrap();
    let epoch = acquire(&store).await;
    let given_up = [intent(1, epoch), intent(2, epoch)];
    let waiting = [intent(3, epoch)];
    {
        let call = store.record_intents(&given_up, epoch);
        let mut call = std::pin::pin!(call);
        // One poll hands the call to the writer, then its caller is gone.
        let polled = futures_now(call.as_mut()).await;
        assert!(polled.is_none());
    }
    store.record_intents(&waiting, epoch).await.unwrap();
    assert_eq!(store.open_intents().await.unwrap().len(), 3);
}

/// One poll: the value, if it is there already.
async fn futures_now<F: Future>(mut future: std::pin::Pin<&mut F>) -> Option<F::Output> {
    std::future::poll_fn(|context| {
        std::task::Poll::Ready(match future.as_mut().poll(context) {
            std::task::Poll::Ready(value) => Some(value),
            std::task::Poll::Pending => None,
        })
    })
    .await
}

/// The commits in a write-ahead log: frames that state the size of the database after them.
fn commits(database: &Path) -> usize {
    let log = std::fs::read(format!("{}-wal", database.display())).unwrap();
    let frames = log[32..].chunks_exact(24 + 4096);
    frames.filter(|frame| frame[4..8] != [0; 4]).count()
}

#[tokio::test]
async fn calls_that_wait_together_share_one_commit() {
    let (_folder, path) = place();
    let store = SqliteStore::open(&path).await.unwrap();
    let epoch = acquire(&store).await;
    let before = commits(&path);
    let intents: Vec<_> = (1..=6).map(|id| [intent(id, epoch)]).collect();
    let call = |index: usize| store.record_intents(&intents[index], epoch);
    let answers = tokio::join!(call(0), call(1), call(2), call(3), call(4), call(5));
    assert!(answers.0.is_ok() && answers.5.is_ok());
    assert_eq!(store.open_intents().await.unwrap().len(), 6);
    assert_eq!(commits(&path) - before, 1);
    store.record_intents(&[intent(7, epoch)], epoch).await.unwrap();
    store.record_intents(&[intent(8, epoch)], epoch).await.unwrap();
    assert_eq!(commits(&path) - before, 3, "calls after one another are committed apart");
}

#[tokio::test]
async fn a_database_that_was_deleted_is_not_made_anew() {
    let (_folder, path) = place();
    let store = SqliteStore::open(&path).await.unwrap();
    let epoch = acquire(&store).await;
    fail_on_record_2(&path).await;
    let batch = ReadBatch { records: vec![record(2)], cursor: None };
    store.save_read(&batch, epoch).await.unwrap_err();
    std::fs::remove_file(&path).unwrap();
    // After a failure the writer opens the file again.
    let error = store.open_cycle(now(), epoch).await.unwrap_err();
    assert_eq!(error.kind, StoreErrorKind::Unavailable, "{error}");
    assert!(!path.exists());
}
