//! Where a site keeps its state: in a file, or in a schema of PostgreSQL.

use std::{collections::BTreeSet, fs, path::PathBuf, time::Duration};

use rust_decimal::Decimal;
use sqlx::{Connection, SqliteConnection, sqlite::SqliteConnectOptions};
use sync_sandbox::procore::RecordRef;

use crate::site::Site;

/// Where a site keeps its state.
pub(crate) enum Keep {
    File,
    #[cfg(feature = "postgres")]
    Schema(String),
}

/// A site for each kind of state, set up in SAP.
pub(crate) async fn sites() -> Vec<(Keep, Site)> {
    let mut sites = Vec::new();
    for keep in [Some(Keep::File), Keep::schema()].into_iter().flatten() {
        let site = keep.of(Site::new().await);
        site.json(&["setup"], 0).await;
        sites.push((keep, site));
    }
    sites
}

/// As [`sites`], where a state that took over posts again when it [`settled`].
pub(crate) async fn settling_sites() -> Vec<(Keep, Site)> {
    let sites = sites().await.into_iter();
    sites.map(|(keep, site)| (keep, site.with_document_timeout(3))).collect()
}

/// Waits until what was sent before a take-over has settled, where a document may take three seconds.
pub(crate) async fn settled() {
    tokio::time::sleep(Duration::from_secs(6)).await;
}

impl Keep {
    /// An empty schema; `None` without PostgreSQL.
    #[cfg(feature = "postgres")]
    pub(crate) fn schema() -> Option<Self> {
        crate::server::empty_schema().map(Self::Schema)
    }

    /// This program keeps no state in PostgreSQL.
    #[cfg(not(feature = "postgres"))]
    pub(crate) fn schema() -> Option<Self> {
        None
    }

    /// The site with its state here.
    pub(crate) fn of(&self, site: Site) -> Site {
        match self {
            Self::File => site,
            #[cfg(feature = "postgres")]
            Self::Schema(url) => site.with_state(url.clone(), "no password"),
        }
    }

    /// Ends the lease of a process that was killed: its time is not waited for.
    pub(crate) async fn bury(&self) {
        match self {
            // The system freed the lock.
            Self::File => {}
            #[cfg(feature = "postgres")]
            Self::Schema(url) => {
                let (address, schema) = url.split_once("?schema=").unwrap();
                // There is no table before the first process got so far.
                let end = format!(
                    "DO $$ BEGIN UPDATE {schema}.writer SET expires_at = clock_timestamp();
                     EXCEPTION WHEN undefined_table OR invalid_schema_name THEN NULL; END $$"
                );
                run("psql", &["--quiet", "--command", &end, address]).await;
            }
        }
    }

    /// Changes the state behind its back.
    pub(crate) async fn execute(&self, site: &Site, statement: &'static str) {
        match self {
            Self::File => {
                let mut connection = file(site).await;
                sqlx::query(statement).execute(&mut connection).await.unwrap();
                connection.close().await.unwrap();
            }
            #[cfg(feature = "postgres")]
            Self::Schema(url) => {
                let mut connection = crate::postgres::connection(url).await;
                sqlx::query(statement).execute(&mut connection).await.unwrap();
            }
        }
    }

    /// Asks the state for one number.
    pub(crate) async fn number(&self, site: &Site, statement: &'static str) -> i64 {
        match self {
            Self::File => {
                let mut connection = file(site).await;
                sqlx::query_scalar(statement).fetch_one(&mut connection).await.unwrap()
            }
            #[cfg(feature = "postgres")]
            Self::Schema(url) => {
                let mut connection = crate::postgres::connection(url).await;
                sqlx::query_scalar(statement).fetch_one(&mut connection).await.unwrap()
            }
        }
    }

    /// Asks the state for a column of texts.
    pub(crate) async fn texts(&self, site: &Site, statement: &'static str) -> Vec<String> {
        match self {
            Self::File => {
                let mut connection = file(site).await;
                sqlx::query_scalar(statement).fetch_all(&mut connection).await.unwrap()
            }
            #[cfg(feature = "postgres")]
            Self::Schema(url) => {
                let mut connection = crate::postgres::connection(url).await;
                sqlx::query_scalar(statement).fetch_all(&mut connection).await.unwrap()
            }
        }
    }

    /// Copies the schema into a new database of the server; answers the copy's address.
    #[cfg(feature = "postgres")]
    pub(crate) async fn copied_to_another_database(&self, site: &Site) -> String {
        let Self::Schema(url) = self else { panic!("a file is copied as one") };
        let (address, schema) = url.split_once("?schema=").unwrap();
        let (server, _) = address.rsplit_once('/').unwrap();
        let database = format!("copy_{schema}");
        let create = format!("CREATE DATABASE {database}");
        run("psql", &["--quiet", "--command", &create, address]).await;
        let file = format!("--file={}", self.back_up(site).await.display());
        let copy = format!("{server}/{database}");
        run("psql", &["--quiet", "--set=ON_ERROR_STOP=1", &file, &copy]).await;
        format!("{copy}?schema={schema}")
    }

    /// As if the disk were gone.
    pub(crate) async fn lose(&self, site: &Site) {
        match self {
            Self::File => {
                for name in ["state.db", "state.db-wal", "state.db-shm", "state.db.lock"] {
                    if site.path(name).exists() {
                        fs::remove_file(site.path(name)).unwrap();
                    }
                }
            }
            #[cfg(feature = "postgres")]
            Self::Schema(url) => {
                let (address, schema) = url.split_once("?schema=").unwrap();
                let drop = format!("DROP SCHEMA {schema} CASCADE");
                run("psql", &["--quiet", "--command", &drop, address]).await;
            }
        }
    }

    /// The steps that the README of sync-store tells, whoever writes meanwhile.
    pub(crate) async fn back_up(&self, site: &Site) -> PathBuf {
        let backup = site.path("backup");
        match self {
            Self::File => {
                let statement = format!("VACUUM INTO '{}'", backup.display());
                let mut connection = file(site).await;
                let statement = sqlx::AssertSqlSafe(statement);
                sqlx::raw_sql(statement).execute(&mut connection).await.unwrap();
            }
            #[cfg(feature = "postgres")]
            Self::Schema(url) => {
                let (address, schema) = url.split_once("?schema=").unwrap();
                let schema = format!("--schema={schema}");
                let file = format!("--file={}", backup.display());
                run("pg_dump", &[&schema, &file, address]).await;
            }
        }
        backup
    }

    /// The steps that the README of sync-store tells, while nobody writes.
    pub(crate) async fn restore(&self, site: &Site, backup: &std::path::Path) {
        self.lose(site).await;
        match self {
            Self::File => {
                fs::copy(backup, site.path("state.db")).unwrap();
            }
            #[cfg(feature = "postgres")]
            Self::Schema(url) => {
                let (address, _) = url.split_once("?schema=").unwrap();
                let file = format!("--file={}", backup.display());
                let stop = "--set=ON_ERROR_STOP=1";
                run("psql", &["--quiet", stop, &file, address]).await;
            }
        }
    }
}

async fn file(site: &Site) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(site.path("state.db"));
    SqliteConnection::connect_with(&options).await.unwrap()
}

#[cfg(feature = "postgres")]
async fn run(program: &str, arguments: &[&str]) {
    let output = tokio::process::Command::new(program).args(arguments).output().await.unwrap();
    assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
}

/// Raises a line of the first approved commitment by 100; answers the commitment's id.
pub(crate) fn raise(site: &Site) -> i64 {
    let mut raised = 0;
    site.sandbox.procore.edit(|company| {
        let project = &company.projects[0];
        let commitment = project
            .commitments
            .iter()
            .find(|commitment| commitment.is_postable() && !commitment.lines.is_empty())
            .unwrap();
        let (project, id, line) = (project.id, commitment.id, &commitment.lines[0]);
        let (line, amount) = (line.id, line.amount + Decimal::ONE_HUNDRED);
        company.set_line_amount(project, RecordRef::Commitment(id), line, amount, true).unwrap();
        raised = id;
    });
    raised
}

/// The keys of ours that documents and journal entries of SAP carry, each as often as it stands there.
fn keys_in_sap(site: &Site) -> Vec<String> {
    let sap = &site.sandbox.service_layer;
    let entries = sap.journal_entries().into_iter();
    let entries = entries.filter(|entry| entry.original_journal == "ttJournalEntry");
    let fields = sap.documents().into_iter().map(|document| document.user_fields);
    let fields = fields.chain(entries.map(|entry| entry.user_fields));
    fields.filter_map(|mut fields| fields.remove("U_ProcoreKey")).collect()
}

/// How many documents of SAP carry a key of ours.
pub(crate) fn in_sap(site: &Site) -> usize {
    keys_in_sap(site).len()
}

/// Every document that stands in SAP has an intent in the state.
pub(crate) async fn nothing_without_intent(keep: &Keep, site: &Site, when: &str) {
    let told = keep.texts(site, "SELECT key FROM intent").await;
    for key in keys_in_sap(site) {
        assert!(told.contains(&key), "{when}: {key} was sent and is not known");
    }
}

/// Something stands in SAP, and no two documents carry one key.
pub(crate) fn nothing_twice(site: &Site, when: &str) {
    let mut seen = BTreeSet::new();
    for key in keys_in_sap(site) {
        assert!(seen.insert(key.clone()), "{when}: {key} stands twice in SAP");
    }
    assert!(!seen.is_empty(), "{when}");
}

/// Cycles until nothing waits any more; then nothing stands twice, the state is sound, both sides agree, and another cycle
/// posts nothing.
pub(crate) async fn converges(site: &Site, when: &str) {
    let mut code = None;
    for _ in 0..12 {
        code = site.run(&["sync", "--quiet"]).await.status.code();
        if code == Some(0) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(1_500)).await;
    }
    assert_eq!(code, Some(0), "{when}");
    nothing_twice(site, when);
    site.json(&["verify"], 0).await;
    assert_eq!(site.json(&["reconcile"], 0).await["totals"][0]["difference"], "0.00", "{when}");
    assert_eq!(site.json(&["sync"], 0).await["documents"].as_array().unwrap().len(), 0, "{when}");
}
