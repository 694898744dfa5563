//! What only PostgreSQL can do, and can fail at.

use std::time::Duration;

use sqlx::{Connection, PgConnection, Row};
use sync_core::{
    contract::store,
    ports::{StateStore, StoreErrorKind},
};
use sync_store::{PostgresOptions, PostgresStore};

use crate::{
    now,
    server::{Server, empty_schema, found},
};

async fn open(url: &str) -> PostgresStore {
    PostgresStore::open(url).await.unwrap()
}

pub(crate) async fn connection(url: &str) -> PgConnection {
    let (address, schema) = url.split_once("?schema=").unwrap();
    let options: sqlx::postgres::PgConnectOptions = address.parse().unwrap();
    PgConnection::connect_with(&options.options([("search_path", schema)])).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_postgres_store_obeys_every_law_of_the_port() {
    if empty_schema().is_none() {
        return;
    }
    store::suite(async || Box::new(open(&empty_schema().unwrap()).await) as Box<dyn StateStore>)
        .await;
}

#[tokio::test]
async fn a_second_writer_is_told_who_writes_and_until_when() {
    let Some(url) = empty_schema() else { return };
    let (first, second) = (open(&url).await, open(&url).await);
    let old = first.acquire_writer(now()).await.unwrap();
    let refused = second.acquire_writer(now()).await.unwrap_err();
    assert_eq!(refused.kind, StoreErrorKind::LeaseHeld);
    let told = refused.to_string();
    assert!(told.contains(&format!("process {}", std::process::id())), "{told}");
    assert!(told.contains("its lease ends at 20"), "{told}");

    first.release_writer(old).await.unwrap();
    let new = second.acquire_writer(now()).await.unwrap();
    assert!(new > old);
    let refused = first.open_cycle(now(), old).await.unwrap_err();
    assert_eq!(refused.kind, StoreErrorKind::LeaseLost);
    assert_eq!(second.open_cycle(now(), new).await.unwrap(), 1);
    assert_eq!(first.last_cycle().await.unwrap().unwrap().number, 1, "the first still reads");
}

/// Of two machines whose clocks are an hour apart, both are told the same.
#[tokio::test]
async fn the_time_between_cycles_is_the_servers_whatever_this_machine_says() {
    let Some(url) = empty_schema() else { return };
    let store = open(&url).await;
    let mut told = Vec::new();
    for ahead in [-1, 0, 1] {
        told.push(store.time(now() + chrono::TimeDelta::hours(ahead)).await.unwrap());
    }
    assert!(told.is_sorted(), "{told:?}");
    assert!(told[2] - told[0] < chrono::TimeDelta::minutes(5), "{told:?}");
}

/// A process that died: its lease is not renewed, and the database's clock ends it.
#[tokio::test]
async fn a_lease_that_ended_is_taken_over_and_the_old_epoch_writes_nothing() {
    let Some(url) = empty_schema() else { return };
    let first = open(&url).await;
    let old = first.acquire_writer(now()).await.unwrap();
    let mut other = connection(&url).await;
    let ended = "UPDATE writer SET expires_at = clock_timestamp() - interval '1 second'";
    sqlx::query(ended).execute(&mut other).await.unwrap();
    let second = open(&url).await;
    let new = second.acquire_writer(now()).await.unwrap();
    assert!(new > old);
    let refused = first.open_cycle(now(), old).await.unwrap_err();
    assert_eq!(refused.kind, StoreErrorKind::LeaseLost);
    first.release_writer(old).await.unwrap();
    second.open_cycle(now(), new).await.expect("an old writer that ends does not end the new one");
}

/// The machine was suspended: its own clock stood still, the database's went on.
#[tokio::test]
async fn what_is_left_of_a_lease_is_told_by_the_databases_clock_alone() {
    let Some(url) = empty_schema() else { return };
    let first = open(&url).await;
    let old = first.acquire_writer(now()).await.unwrap();
    let left = first.writer_lasts(old).await.unwrap().unwrap();
    assert!(left > Duration::from_secs(290) && left <= Duration::from_secs(300), "{left:?}");
    let mut other = connection(&url).await;
    for (passed, seconds) in [(200, 100), (310, 0)] {
        let statement =
            "UPDATE writer SET expires_at = clock_timestamp() + $1 * interval '1 second'";
        sqlx::query(statement).bind(300 - passed).execute(&mut other).await.unwrap();
        let left = first.writer_lasts(old).await.unwrap().unwrap();
        assert!(left <= Duration::from_secs(seconds), "after {passed} s: {left:?}");
    }
    let second = open(&url).await;
    let new = second.acquire_writer(now()).await.unwrap();
    let refused = first.writer_lasts(old).await.unwrap_err();
    assert_eq!(refused.kind, StoreErrorKind::LeaseLost, "before any writing call: {refused}");
    assert!(second.writer_lasts(new).await.unwrap().unwrap() > Duration::from_secs(290));
}

#[tokio::test]
async fn a_lease_is_renewed_as_long_as_it_is_held() {
    let Some(url) = empty_schema() else { return };
    let mut options = PostgresOptions::default();
    options.lease = Duration::from_secs(2);
    let first = PostgresStore::open_with(&url, options).await.unwrap();
    let epoch = first.acquire_writer(now()).await.unwrap();
    tokio::time::sleep(Duration::from_secs(4)).await;
    let second = open(&url).await;
    assert_eq!(second.acquire_writer(now()).await.unwrap_err().kind, StoreErrorKind::LeaseHeld);
    let lasts = first.writer_lasts(epoch).await.unwrap().unwrap();
    assert!(lasts > Duration::from_millis(500) && lasts <= Duration::from_secs(2), "{lasts:?}");
    first.open_cycle(now(), epoch).await.unwrap();
    // A handle that is gone renews no more.
    drop(first);
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    second.acquire_writer(now()).await.unwrap();
}

/// The server answers rows before it commits. A trigger that it runs last stands for what fails then.
#[tokio::test]
async fn nobody_becomes_the_writer_whose_lease_was_not_committed() {
    let Some(url) = empty_schema() else { return };
    let store = open(&url).await;
    let mut other = connection(&url).await;
    let late = "CREATE FUNCTION late() RETURNS trigger LANGUAGE plpgsql AS
                    $$ BEGIN RAISE EXCEPTION 'too late' USING ERRCODE = '53100'; END $$;
                CREATE CONSTRAINT TRIGGER late AFTER UPDATE ON writer DEFERRABLE INITIALLY DEFERRED
                    FOR EACH ROW EXECUTE FUNCTION late()";
    sqlx::raw_sql(late).execute(&mut other).await.unwrap();
    let error = store.acquire_writer(now()).await.unwrap_err();
    assert_eq!(error.kind, StoreErrorKind::Unavailable, "{error}");
    assert!(error.to_string().contains("taking the lease failed"), "{error}");
    sqlx::raw_sql("DROP TRIGGER late ON writer").execute(&mut other).await.unwrap();
    assert_eq!(store.acquire_writer(now()).await.unwrap().0, 1);
}

#[tokio::test]
async fn the_server_may_crash_between_two_calls() {
    let Some(server) = found(Server::start()) else { return };
    let store = open(&server.url("restarted")).await;
    let epoch = store.acquire_writer(now()).await.unwrap();
    assert_eq!(store.open_cycle(now(), epoch).await.unwrap(), 1);
    server.crash_and_restart();
    // The first call may still meet the old connection; it is not answered as done.
    let mut number = store.open_cycle(now(), epoch).await;
    for _ in 0..3 {
        match number {
            Ok(_) => break,
            Err(error) => {
                assert_eq!(error.kind, StoreErrorKind::Unavailable, "{error}");
                number = store.open_cycle(now(), epoch).await;
            }
        }
    }
    assert_eq!(number.unwrap(), 2, "what was answered before the crash is there");
    server.stop("fast");
    let error = store.open_cycle(now(), epoch).await.unwrap_err();
    assert_eq!(error.kind, StoreErrorKind::Unavailable, "{error}");
    let error = PostgresStore::open(&server.url("restarted")).await.unwrap_err();
    assert_eq!(error.kind, StoreErrorKind::Unavailable, "{error}");
    assert!(error.to_string().contains("schema restarted of database postgres"), "{error}");
}

#[tokio::test]
async fn a_newer_schema_and_another_programs_are_refused_and_left_alone() {
    let Some(url) = empty_schema() else { return };
    open(&url).await.close().await.unwrap();
    let mut other = connection(&url).await;
    let later =
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
                 VALUES (4711, 'later', TRUE, '', 0)";
    sqlx::query(later).execute(&mut other).await.unwrap();
    let error = PostgresStore::open(&url).await.unwrap_err();
    assert_eq!(error.kind, StoreErrorKind::Unusable);
    assert!(error.to_string().contains("schema version 4711"), "{error}");

    let Some(url) = empty_schema() else { return };
    let (_, schema) = url.split_once("?schema=").unwrap();
    let mut other = connection(&url).await;
    let made = format!("CREATE SCHEMA {schema}; CREATE TABLE {schema}.invoices (id INT)");
    sqlx::raw_sql(sqlx::AssertSqlSafe(made)).execute(&mut other).await.unwrap();
    let error = PostgresStore::open(&url).await.unwrap_err();
    assert_eq!(error.kind, StoreErrorKind::Unusable);
    assert!(error.to_string().contains("another program"), "{error}");
    let tables = "SELECT COUNT(*) FROM pg_tables WHERE schemaname = $1";
    let tables: i64 = sqlx::query_scalar(tables).bind(schema).fetch_one(&mut other).await.unwrap();
    assert_eq!(tables, 1, "nothing was made beside it");
}

#[tokio::test]
async fn several_openers_of_a_new_schema_create_it_once() {
    let Some(url) = empty_schema() else { return };
    let (a, b, c, d) = tokio::join!(
        PostgresStore::open(&url),
        PostgresStore::open(&url),
        PostgresStore::open(&url),
        PostgresStore::open(&url)
    );
    for store in [a, b, c, d] {
        assert_eq!(store.unwrap().last_cycle().await.unwrap(), None);
    }
}

#[tokio::test]
async fn a_schema_may_have_the_name_of_a_keyword() {
    let Some(server) = found(Server::start()) else { return };
    for schema in ["full", "user", "table"] {
        let url = server.url(schema);
        let store = open(&url).await;
        let epoch = store.acquire_writer(now()).await.unwrap();
        store.open_cycle(now(), epoch).await.unwrap();
        store.close().await.unwrap();
        assert!(PostgresStore::exists(&url).await.unwrap());
        assert_eq!(open(&url).await.last_cycle().await.unwrap().unwrap().number, 1);
    }
}

/// A schema as an earlier program left it.
async fn schema_of_version(url: &str, version: usize) -> PgConnection {
    let folder = tempfile::tempdir().unwrap();
    let all = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations/postgres");
    let mut files: Vec<_> =
        std::fs::read_dir(all).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    assert!(files.len() > version, "there is a later version");
    for file in &files[..version] {
        std::fs::copy(file, folder.path().join(file.file_name().unwrap())).unwrap();
    }
    let (_, schema) = url.split_once("?schema=").unwrap();
    let mut other = connection(url).await;
    let made = sqlx::AssertSqlSafe(format!("CREATE SCHEMA {schema}"));
    sqlx::raw_sql(made).execute(&mut other).await.unwrap();
    let migrations = sqlx::migrate::Migrator::new(folder.path().to_owned()).await.unwrap();
    migrations.run(&mut other).await.unwrap();
    other
}

async fn versions(other: &mut PgConnection) -> i64 {
    sqlx::query_scalar("SELECT MAX(version) FROM _sqlx_migrations").fetch_one(other).await.unwrap()
}

#[tokio::test]
async fn an_older_schema_is_not_migrated_while_its_writer_writes() {
    let Some(url) = empty_schema() else { return };
    let mut other = schema_of_version(&url, 1).await;
    let writes = "UPDATE writer SET epoch = 7, owner = 'process 1 from 10.0.0.1',
                      expires_at = clock_timestamp() + interval '1 hour'";
    sqlx::query(writes).execute(&mut other).await.unwrap();
    let refused = PostgresStore::open(&url).await.unwrap_err();
    assert_eq!(refused.kind, StoreErrorKind::LeaseHeld, "{refused}");
    let told = refused.to_string();
    assert!(told.contains("is of an earlier version"), "{told}");
    assert!(told.contains("process 1 from 10.0.0.1"), "{told}");
    assert_eq!(versions(&mut other).await, 1, "it was left as it is");

    let ends = "UPDATE writer SET expires_at = clock_timestamp()";
    sqlx::query(ends).execute(&mut other).await.unwrap();
    let open = || PostgresStore::open(&url);
    // The others wait for the one that migrates.
    let (a, b, c) = tokio::join!(open(), open(), open());
    let (a, _, _) = (a.unwrap(), b.unwrap(), c.unwrap());
    assert!(versions(&mut other).await > 1);
    let epoch = a.acquire_writer(now()).await.expect("who migrated gave the lease back");
    assert!(epoch.0 > 8, "an epoch of its own, so that the older writer writes nothing more");
}

/// What a session of the store is told by the server, noted by a trigger from inside its transaction.
#[tokio::test]
async fn commits_wait_for_the_disk_whatever_the_server_says_of_others() {
    let Some(server) = found(Server::start()) else { return };
    let url = server.url("durable");
    let mut other = connection(&url).await;
    for statement in [
        "ALTER ROLE tester SET synchronous_commit = off",
        "ALTER DATABASE postgres SET synchronous_commit = off",
    ] {
        sqlx::query(statement).execute(&mut other).await.unwrap();
    }
    let mut ours = connection(&url).await;
    let told: String =
        sqlx::query_scalar("SHOW synchronous_commit").fetch_one(&mut ours).await.unwrap();
    assert_eq!(told, "off", "the server's word for everybody");

    let store = open(&url).await;
    let noted = "CREATE TABLE noted AS SELECT name, setting FROM pg_settings LIMIT 0;
                 CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS
                 $$ BEGIN INSERT INTO noted SELECT name, setting FROM pg_settings; RETURN NEW; END $$;
                 CREATE TRIGGER noted BEFORE INSERT ON cycle FOR EACH ROW EXECUTE FUNCTION note()";
    sqlx::raw_sql(noted).execute(&mut ours).await.unwrap();
    let epoch = store.acquire_writer(now()).await.unwrap();
    store.open_cycle(now(), epoch).await.unwrap();
    for (name, value) in [
        ("synchronous_commit", "on"),
        ("idle_in_transaction_session_timeout", "20000"),
        ("lock_timeout", "40000"),
    ] {
        let setting = sqlx::query_scalar("SELECT setting FROM noted WHERE name = $1").bind(name);
        let setting: String = setting.fetch_one(&mut ours).await.unwrap();
        assert_eq!(setting, value, "{name}");
    }
}

#[tokio::test]
async fn a_server_that_does_not_write_to_its_disk_is_refused() {
    let Some(server) = found(Server::start()) else { return };
    let url = server.url("careless");
    let mut other = connection(&url).await;
    for (value, refused) in [("off", true), ("on", false)] {
        let statement = sqlx::AssertSqlSafe(format!("ALTER SYSTEM SET fsync = {value}"));
        sqlx::raw_sql(statement).execute(&mut other).await.unwrap();
        sqlx::raw_sql("SELECT pg_reload_conf()").execute(&mut other).await.unwrap();
        let told = async || {
            let mut new = connection(&url).await;
            sqlx::query_scalar::<_, String>("SHOW fsync").fetch_one(&mut new).await.unwrap()
        };
        while told().await != value {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let opened = PostgresStore::open(&url).await;
        assert_eq!(opened.is_err(), refused, "{value}");
        if let Err(error) = opened {
            assert_eq!(error.kind, StoreErrorKind::Unusable);
            assert!(error.to_string().contains("turn fsync on"), "{error}");
            let made = "SELECT count(*) FROM pg_namespace WHERE nspname = 'careless'";
            let made: i64 = sqlx::query_scalar(made).fetch_one(&mut other).await.unwrap();
            assert_eq!(made, 0, "nothing was made");
        }
    }
}

#[tokio::test]
async fn the_trail_is_append_only_and_people_see_who_is_connected() {
    let Some(url) = empty_schema() else { return };
    let store = open(&url).await;
    let epoch = store.acquire_writer(now()).await.unwrap();
    store.open_cycle(now(), epoch).await.unwrap();
    let mut other = connection(&url).await;
    for statement in ["UPDATE audit SET what = 'x'", "DELETE FROM audit", "TRUNCATE audit"] {
        sqlx::query(
            "INSERT INTO audit VALUES (1, '', 1, NULL, '', '', '', NULL) ON CONFLICT DO NOTHING",
        )
        .execute(&mut other)
        .await
        .unwrap();
        let error = sqlx::query(statement).execute(&mut other).await.unwrap_err();
        assert!(error.to_string().contains("append-only"), "{error}");
    }
    let seen = sqlx::query(
        "SELECT count(*) AS n FROM pg_stat_activity WHERE application_name = 'procore-b1'",
    )
    .fetch_one(&mut other)
    .await
    .unwrap();
    assert!(seen.get::<i64, _>("n") >= 1, "a person sees in the server who is connected");
}
