//! The real binary whose state was lost, or restored from a backup: nothing is posted twice.
//!
//! Each test runs on a state in a file and, where there is a server, on one in PostgreSQL. Backup and restore are the
//! steps that the README of sync-store tells.

use std::{fs, path::PathBuf};

use rust_decimal::Decimal;
use serde_json::Value;
use sync_sandbox::procore::RecordRef;

use crate::site::Site;

/// Where a site keeps its state.
enum Keep {
    File,
    #[cfg(feature = "postgres")]
    Schema(String),
}

/// A site for each kind of state, set up in SAP.
async fn sites() -> Vec<(Keep, Site)> {
    let mut sites = vec![(Keep::File, Site::new().await)];
    #[cfg(feature = "postgres")]
    if let Some(url) = crate::server::empty_schema() {
        let site = Site::new().await.with_state(url.clone(), "no password");
        sites.push((Keep::Schema(url), site));
    }
    for (_, site) in &sites {
        site.json(&["setup"], 0).await;
    }
    sites
}

impl Keep {
    /// As if the disk were gone.
    async fn lose(&self, site: &Site) {
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

    async fn back_up(&self, site: &Site) -> PathBuf {
        let backup = site.path("backup");
        match self {
            // Nothing writes: the file and what is not yet moved into it belong together.
            Self::File => {
                fs::create_dir(&backup).unwrap();
                for name in ["state.db", "state.db-wal"] {
                    if site.path(name).exists() {
                        fs::copy(site.path(name), backup.join(name)).unwrap();
                    }
                }
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

    async fn restore(&self, site: &Site, backup: &std::path::Path) {
        self.lose(site).await;
        match self {
            Self::File => {
                for name in ["state.db", "state.db-wal"] {
                    if backup.join(name).exists() {
                        fs::copy(backup.join(name), site.path(name)).unwrap();
                    }
                }
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

#[cfg(feature = "postgres")]
async fn run(program: &str, arguments: &[&str]) {
    let output = tokio::process::Command::new(program).args(arguments).output().await.unwrap();
    assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
}

/// Raises a line of the first approved commitment by 100; answers the commitment's id.
fn raise(site: &Site) -> i64 {
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

/// How many documents of SAP carry a key of ours.
fn in_sap(site: &Site) -> usize {
    let sap = &site.sandbox.service_layer;
    let documents = sap.documents().into_iter().filter(|d| d.user_fields.contains_key("U_ProcoreKey"));
    let entries = sap.journal_entries().into_iter();
    let entries = entries.filter(|entry| entry.original_journal == "ttJournalEntry");
    documents.count() + entries.filter(|entry| entry.user_fields.contains_key("U_ProcoreKey")).count()
}

async fn agrees(site: &Site) {
    assert_eq!(site.json(&["reconcile"], 0).await["reconciliation"]["difference"], "0.00");
}

fn none() -> Value {
    Value::Array(Vec::new())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_state_lost_after_the_third_document_of_a_record_is_refused_then_rebuilt_and_posts_nothing() {
    for (keep, site) in sites().await {
        site.json(&["sync"], 0).await;
        raise(&site);
        site.json(&["sync"], 0).await;
        let id = raise(&site);
        let third = site.json(&["sync"], 0).await;
        assert_eq!(third["documents"][0]["sequence"], 3, "{third}");
        assert!(third["documents"][0]["key"].as_str().unwrap().ends_with(&format!(":{id}")));
        let posted = in_sap(&site);

        keep.lose(&site).await;
        let refused = site.json(&["sync"], 1).await;
        assert_eq!(refused["cycle"]["status"], "failed", "{refused}");
        assert_eq!(refused["cycle"]["failure"]["name"], "store_is_not_current", "{refused}");
        let preview = site.json(&["preview"], 1).await;
        assert_eq!(preview["failure"]["name"], "store_is_not_current", "{preview}");
        assert_eq!(in_sap(&site), posted);

        let rebuilt = site.json(&["rebuild"], 0).await;
        assert_eq!(rebuilt["rebuilt"]["documents"], posted, "{rebuilt}");
        assert_eq!((&rebuilt["documents"], &rebuilt["unknown"]), (&none(), &none()));
        assert_eq!(site.json(&["sync"], 0).await["documents"], none());
        assert_eq!(in_sap(&site), posted, "zero new documents");
        agrees(&site).await;
        raise(&site);
        let fourth = site.json(&["sync"], 0).await;
        assert_eq!(fourth["documents"][0]["sequence"], 4, "{fourth}");
        agrees(&site).await;
        let text = String::from_utf8(site.run(&["rebuild"]).await.stdout).unwrap();
        let first = format!("Rebuild is done: SAP holds {} documents of ", posted + 1);
        assert!(text.starts_with(&first), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_state_restored_from_before_an_adjustment_posts_it_no_second_time() {
    for (keep, site) in sites().await {
        site.json(&["sync"], 0).await;
        let backup = keep.back_up(&site).await;
        raise(&site);
        let adjusted = site.json(&["sync"], 0).await;
        assert_eq!(adjusted["documents"].as_array().unwrap().len(), 1, "{adjusted}");
        let posted = in_sap(&site);

        keep.restore(&site, &backup).await;
        assert_eq!(site.json(&["verify"], 0).await["totals"]["documents"]["posted"], posted - 1);
        assert_eq!(site.json(&["sync"], 0).await["documents"], none());
        assert_eq!(in_sap(&site), posted);
        agrees(&site).await;
        raise(&site);
        assert_eq!(site.json(&["sync"], 0).await["documents"][0]["sequence"], 3);
        agrees(&site).await;
    }
}
