//! A state of an earlier schema is migrated by the next command and goes on; one of a later schema is left alone.
//!
//! The earlier state is made of the numbered migrations up to its version, which never change, with the rows of a state
//! of today put into its tables.

use std::{fs, path::Path};

use sqlx::{Connection, SqliteConnection, migrate::Migrator, sqlite::SqliteConnectOptions};

use crate::{
    keeps::{Keep, in_sap, nothing_twice, raise, settled, sites},
    site::Site,
};

/// The columns that tables have had since the first version.
const TABLES: [(&str, &str); 6] = [
    ("profile", "id, company, environment, ledger, basis, start_date, opening"),
    ("cycle", "number, started_at, finished_at, status, epoch"),
    ("cursor", "project, kind, high_water, full_read_at"),
    ("record", "key, project, family, kind, id, state, waits_for_person, snapshot"),
    (
        "intent",
        "key, source, sequence, document_type, posting, body, state, written_at, given_up_at, epoch, cycle, doc_entry, \
         detail",
    ),
    ("audit", "number, at, epoch, cycle, what, key, detail"),
];

/// The migrations of a database up to a version.
async fn migrations(kind: &str, version: usize, folder: &Path) -> Migrator {
    let all = Path::new(env!("CARGO_MANIFEST_DIR")).join("../sync-store/migrations").join(kind);
    let some = folder.join(format!("{kind}-{version}"));
    fs::create_dir(&some).unwrap();
    let mut files: Vec<_> = fs::read_dir(all).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    assert!(files.len() > version, "there is a later version");
    for file in &files[..version] {
        fs::copy(file, some.join(file.file_name().unwrap())).unwrap();
    }
    Migrator::new(some).await.unwrap()
}

/// What a state of this version holds after the rows of `from` were put into it.
fn moved(version: usize, hash_since: usize, name_since: usize, from: &str) -> Vec<String> {
    let mut statements =
        vec![format!("UPDATE writer SET epoch = (SELECT epoch FROM {from}.writer)")];
    for (table, columns) in TABLES {
        let hash = if table == "audit" && version >= hash_since { ", hash" } else { "" };
        statements.push(format!(
            "INSERT INTO {table} ({columns}{hash}) SELECT {columns}{hash} FROM {from}.{table}"
        ));
    }
    if version >= name_since {
        statements.push(format!("UPDATE identity SET store = (SELECT store FROM {from}.identity)"));
    }
    statements
}

async fn file_of_version(site: &Site, version: usize) {
    let old = site.path(&format!("old-{version}.db"));
    let migrations = migrations("sqlite", version, site.path("").as_path()).await;
    let options = SqliteConnectOptions::new().filename(&old).create_if_missing(true);
    let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
    migrations.run(&mut connection).await.unwrap();
    let attach = format!("ATTACH '{}' AS today", site.path("state.db").display());
    for statement in [attach].into_iter().chain(moved(version, 2, 3, "today")) {
        sqlx::raw_sql(sqlx::AssertSqlSafe(statement)).execute(&mut connection).await.unwrap();
    }
    connection.close().await.unwrap();
    for name in ["state.db", "state.db-wal", "state.db-shm"] {
        let _ = fs::remove_file(site.path(name));
    }
    fs::rename(old, site.path("state.db")).unwrap();
}

/// Another place for keys is refused, by a state that does not know yet where its documents have them; nothing is posted.
async fn takes_no_other_reference(keep: &Keep, site: &Site, takes_over: bool) {
    let posted = in_sap(site);
    site.edit("[posting]\n", "[posting]\nreference = \"key\"\n");
    let sync: &[&str] =
        if takes_over { &["sync", "--take-over", "--by", "Ada"] } else { &["sync"] };
    let refused = site.json(sync, 64).await;
    let detail = refused["cycle"]["failure"]["detail"].as_str().unwrap();
    assert!(detail.starts_with("posting.reference: SAP holds documents"), "{detail}");
    assert!(detail.ends_with("; write reference = \"udf\""), "{detail}");
    assert_eq!(reference(keep, site).await, [""]);
    assert_eq!(in_sap(site), posted);
    site.edit("[posting]\nreference = \"key\"\n", "[posting]\n");
}

async fn reference(keep: &Keep, site: &Site) -> Vec<String> {
    keep.texts(site, "SELECT reference FROM profile").await
}

/// The state is posted from as if nothing had happened.
async fn goes_on(keep: &Keep, site: &Site, posted: usize, takes_over: bool) {
    takes_no_other_reference(keep, site, takes_over).await;
    // Before its name was kept, a state had none; it gets one now, and SAP knows another.
    let sync: &[&str] =
        if takes_over { &["sync", "--take-over", "--by", "Ada"] } else { &["sync"] };
    let next = site.json(sync, 0).await;
    assert_eq!(next["documents"].as_array().unwrap().len(), 0, "{next}");
    assert_eq!(in_sap(site), posted);
    assert_eq!(reference(keep, site).await, ["udf"]);
    let verified = site.json(&["verify"], 0).await;
    assert_eq!(verified["totals"]["documents"]["posted"], posted, "{verified}");
    if takes_over {
        settled().await;
    }
    raise(site);
    let adjusted = site.json(&["sync"], 0).await;
    assert_eq!(adjusted["documents"].as_array().unwrap().len(), 1, "{adjusted}");
    nothing_twice(site, "after an upgrade");
    assert_eq!(site.json(&["reconcile"], 0).await["totals"][0]["difference"], "0.00");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_of_each_earlier_schema_is_migrated_and_posts_nothing_twice() {
    let site = Site::new().await.with_document_timeout(3);
    site.json(&["setup"], 0).await;
    site.json(&["sync"], 0).await;
    for version in 1..=4 {
        file_of_version(&site, version).await;
        goes_on(&Keep::File, &site, in_sap(&site), version < 3).await;
    }
}

#[cfg(feature = "postgres")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_schema_of_each_earlier_version_is_migrated_and_posts_nothing_twice() {
    let Some(url) = crate::server::empty_schema() else { return };
    let site = Site::new().await.with_state(url.clone(), "no password").with_document_timeout(3);
    site.json(&["setup"], 0).await;
    site.json(&["sync"], 0).await;
    let (_, schema) = url.split_once("?schema=").unwrap();
    let keep = Keep::Schema(url.clone());
    for version in 1..=3 {
        let mut connection = crate::postgres::connection(&url).await;
        let aside =
            format!("ALTER SCHEMA {schema} RENAME TO {schema}_{version}; CREATE SCHEMA {schema}");
        sqlx::raw_sql(sqlx::AssertSqlSafe(aside)).execute(&mut connection).await.unwrap();
        let migrations = migrations("postgres", version, site.path("").as_path()).await;
        migrations.run(&mut connection).await.unwrap();
        for statement in moved(version, 1, 2, &format!("{schema}_{version}")) {
            let statement = sqlx::AssertSqlSafe(statement);
            sqlx::raw_sql(statement).execute(&mut connection).await.unwrap();
        }
        goes_on(&keep, &site, in_sap(&site), version < 2).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_state_that_was_begun_with_one_reference_refuses_the_other_before_it_looks_anything_up() {
    for (keep, site) in sites().await {
        site.json(&["sync"], 0).await;
        assert_eq!(reference(&keep, &site).await, ["udf"]);
        let posted = in_sap(&site);
        raise(&site);
        site.edit("[posting]\n", "[posting]\nreference = \"key\"\n");
        for command in ["sync", "rebuild"] {
            let refused = site.json(&[command], 64).await;
            let detail = refused["cycle"]["failure"]["detail"].as_str().unwrap();
            let expected = "posting.reference: the state was begun with reference = \"udf\"";
            assert!(detail.starts_with(expected), "{command}: {detail}");
            assert!(detail.ends_with("; write reference = \"udf\""), "{command}: {detail}");
        }
        assert_eq!(in_sap(&site), posted);
        site.edit("[posting]\nreference = \"key\"\n", "[posting]\n");
        assert_eq!(site.json(&["sync"], 0).await["documents"].as_array().unwrap().len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_state_of_a_newer_program_is_refused_by_every_command_and_left_as_it_is() {
    for (keep, site) in sites().await {
        site.json(&["sync"], 0).await;
        let posted = in_sap(&site);
        let later =
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
                     VALUES (4711, 'later', TRUE, '', 0)";
        keep.execute(&site, later).await;
        raise(&site);
        for command in ["sync", "exceptions", "verify", "rebuild"] {
            let refused = site.json(&[command], 1).await;
            assert_eq!(refused["error"]["name"], "store_unusable", "{refused}");
            let detail = refused["error"]["detail"].as_str().unwrap();
            assert!(detail.contains("has schema version 4711"), "{detail}");
            assert!(detail.contains("use the program that wrote it, or a newer one"), "{detail}");
        }
        assert_eq!(in_sap(&site), posted);
    }
}
