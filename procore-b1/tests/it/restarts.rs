//! PostgreSQL stopped at once under a running cycle, as by a crash.

use serde_json::Value;
use sync_sandbox::Fault;

use crate::{
    keeps::{Keep, converges, in_sap},
    processes::{meeting, once},
    server::{Server, found},
    site::Site,
};

/// A cycle under which the server went away while SAP took its time with a document; its report.
async fn interrupted(site: &Site, crash: impl FnOnce()) -> Value {
    let faults = &site.sandbox.service_layer_faults;
    faults.add(once("POST", "PurchaseInvoices", Fault::Slow(1_500)));
    let child = meeting(site, &["--json", "sync"], faults).await;
    tokio::task::block_in_place(crash);
    let output = child.wait_with_output().await.unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let told = report.to_string();
    assert!(told.contains("store_unavailable"), "{told}");
    assert!(told.contains("schema north of database postgres"), "{told}");
    report
}

async fn goes_on(site: &Site, keep: &Keep, posted_at_least: usize) {
    keep.bury().await;
    converges(site, "after the server was back").await;
    assert!(in_sap(site) > posted_at_least);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn a_cycle_whose_database_crashed_ends_partial_and_the_next_one_posts_the_rest_once() {
    let Some(server) = found(Server::start()) else { return };
    let keep = Keep::Schema(server.url("north"));
    let site = keep.of(Site::new().await.with_document_timeout(3));
    site.json(&["setup"], 0).await;
    let report = interrupted(&site, || server.crash_and_restart()).await;
    assert_eq!(report["cycle"]["status"], "partial", "{report}");
    let posted = in_sap(&site);
    assert!(posted > 0, "a document was under way");
    goes_on(&site, &keep, posted).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn a_cycle_whose_database_stays_away_ends_and_goes_on_when_it_is_back() {
    let Some(server) = found(Server::start()) else { return };
    let keep = Keep::Schema(server.url("north"));
    let site = keep.of(Site::new().await.with_document_timeout(3));
    site.json(&["setup"], 0).await;
    interrupted(&site, || server.stop("immediate")).await;
    let posted = in_sap(&site);
    let refused = site.json(&["sync"], 1).await;
    assert_eq!(refused["error"]["name"], "store_unavailable", "{refused}");
    assert_eq!(in_sap(&site), posted);
    tokio::task::block_in_place(|| server.start_again());
    goes_on(&site, &keep, posted).await;
}
