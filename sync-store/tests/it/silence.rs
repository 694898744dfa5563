//! Hosts and servers of PostgreSQL that fall silent, and answers that are lost: what is waited for, and for how long.

use std::time::Duration;

use sqlx::{Connection, PgConnection};
use sync_core::{
    model::ProjectId,
    ports::{ReadBatch, StateStore, StoreErrorKind},
};
use sync_store::{PostgresOptions, PostgresStore};

use crate::{
    durable::{intent, record},
    now,
    postgres::connection,
    proxy::{Proxy, until},
    server::{Server, found},
};

/// Short, so that the tests are.
const PATIENCE: Duration = Duration::from_secs(3);

fn options() -> PostgresOptions {
    let mut options = PostgresOptions::default();
    options.patience = PATIENCE;
    options
}

async fn open(url: &str) -> PostgresStore {
    PostgresStore::open_with(url, options()).await.unwrap()
}

/// The answer of a call that must have one within a few times the patience.
async fn answered<T>(call: impl Future<Output = T>) -> T {
    tokio::time::timeout(3 * PATIENCE, call).await.expect("the call hangs")
}

/// A transaction of a server that is held at its first row of `record`, until the returned session lets it go.
async fn held_at_records(url: &str) -> PgConnection {
    let mut other = connection(url).await;
    sqlx::raw_sql("SELECT pg_advisory_lock(7)").execute(&mut other).await.unwrap();
    let held = "CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN PERFORM pg_advisory_lock(7); PERFORM pg_advisory_unlock(7); RETURN NEW; END $$;
                CREATE TRIGGER held BEFORE INSERT ON record FOR EACH ROW EXECUTE FUNCTION hold()";
    sqlx::raw_sql(held).execute(&mut other).await.unwrap();
    other
}

async fn sessions(other: &mut PgConnection, state: &str) -> i64 {
    let statement = "SELECT count(*) FROM pg_stat_activity
                     WHERE application_name = 'procore-b1' AND (state = $1 OR wait_event = $1)";
    sqlx::query_scalar(statement).bind(state).fetch_one(other).await.unwrap()
}

/// Host A loses its power inside a transaction; the server does not notice. It holds the row of the lease and the next
/// number of the trail, which the next owner needs, and A itself on a new connection.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_that_vanished_inside_a_transaction_does_not_keep_the_next_one_from_writing() {
    let Some(server) = found(Server::start()) else { return };
    let direct = server.url("vanished");
    let proxy = Proxy::start(server.folder());
    let first = open(&proxy.url("vanished")).await;
    let old = first.acquire_writer(now()).await.unwrap();
    first.open_cycle(now(), old).await.unwrap();
    let mut other = held_at_records(&direct).await;

    let batch = ReadBatch { records: vec![record(1)], cursor: None };
    let lost = async {
        let call = first.save_read(&batch, old);
        let error = answered(call).await.unwrap_err();
        assert_eq!(error.kind, StoreErrorKind::Unavailable, "{error}");
    };
    let vanishing = async {
        until(async || sessions(&mut other, "advisory").await == 1).await;
        proxy.fall_silent();
        sqlx::raw_sql("SELECT pg_advisory_unlock(7)").execute(&mut other).await.unwrap();
        until(async || sessions(&mut other, "idle in transaction").await == 1).await;
        let ended = "UPDATE writer SET expires_at = clock_timestamp() - interval '1 second'";
        answered(sqlx::query(ended).execute(&mut other)).await.unwrap();
    };
    tokio::join!(lost, vanishing);

    let second = open(&direct).await;
    let new = answered(second.acquire_writer(now())).await.unwrap();
    assert!(new > old);
    answered(second.save_read(&batch, new)).await.unwrap();
    let intents = [intent(1, new)];
    answered(second.record_intents(&intents, new))
        .await
        .expect("the next number of the trail is free");
    // The first host is back.
    proxy.pass_again();
    let refused = answered(first.save_read(&batch, old)).await.unwrap_err();
    assert_eq!(refused.kind, StoreErrorKind::LeaseLost, "{refused}");
}

/// The other half: who waits for a lock that does not end in time is told so.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lock_that_does_not_end_is_an_answer_after_the_patience() {
    let Some(server) = found(Server::start()) else { return };
    let url = server.url("locked");
    let store = open(&url).await;
    let mut other = connection(&url).await;
    let mut transaction = other.begin().await.unwrap();
    sqlx::query("SELECT 1 FROM writer FOR UPDATE").execute(&mut *transaction).await.unwrap();
    let error = answered(store.acquire_writer(now())).await.unwrap_err();
    assert_eq!(error.kind, StoreErrorKind::Unavailable, "{error}");
    assert!(error.to_string().contains("taking the lease failed"), "{error}");
    assert!(error.to_string().contains("lock timeout"), "{error}");
    transaction.rollback().await.unwrap();
    store.acquire_writer(now()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_falls_silent_is_an_answer_for_writers_and_readers() {
    let Some(server) = found(Server::start()) else { return };
    let proxy = Proxy::start(server.folder());
    let store = open(&proxy.url("silent")).await;
    let epoch = store.acquire_writer(now()).await.unwrap();
    store.last_cycle().await.unwrap();
    proxy.fall_silent();
    let (written, read, lasts) = tokio::join!(
        answered(store.open_cycle(now(), epoch)),
        answered(store.last_cycle()),
        answered(async {
            tokio::time::sleep(Duration::from_millis(50)).await;
            store.writer_lasts(epoch).await
        }),
    );
    for error in [written.unwrap_err(), read.unwrap_err(), lasts.unwrap_err()] {
        assert_eq!(error.kind, StoreErrorKind::Unavailable, "{error}");
        assert!(!error.to_string().contains("tester@"), "{error}");
    }
    proxy.pass_again();
    answered(store.open_cycle(now(), epoch)).await.unwrap();
    assert_eq!(answered(store.last_cycle()).await.unwrap().unwrap().number, 1);
    answered(store.close()).await.unwrap();
}

/// The server has committed, and nobody is told: the call is not answered as done, and nothing of it is lost.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_whose_answer_is_lost_is_no_success_and_is_found_afterwards() {
    let Some(server) = found(Server::start()) else { return };
    for (schema, vanish) in [("reset", false), ("gone", true)] {
        let proxy = Proxy::start(server.folder());
        let store = open(&proxy.url(schema)).await;
        let epoch = store.acquire_writer(now()).await.unwrap();
        store.open_cycle(now(), epoch).await.unwrap();
        proxy.lose_next_commit(vanish);
        let intents = [intent(1, epoch)];
        let error = answered(store.record_intents(&intents, epoch)).await.unwrap_err();
        assert_eq!(error.kind, StoreErrorKind::Unavailable, "{error}");
        assert!(proxy.has_lost());
        proxy.pass_again();

        assert_eq!(answered(store.open_intents()).await.unwrap(), intents, "it was committed");
        let again = answered(store.record_intents(&intents, epoch)).await.unwrap_err();
        assert!(again.to_string().contains("has an intent already"), "{again}");
        let batch = ReadBatch { records: vec![record(2)], cursor: None };
        answered(store.save_read(&batch, epoch)).await.unwrap();
        assert_eq!(store.project_records(ProjectId(2)).await.unwrap(), [record(2)]);
        assert!(store.verify().await.unwrap().is_sound());
    }
}
