//! The real binary, stopped (SIGSTOP) for longer than its right to write lasts, and going on afterwards.
//!
//! With a state in a file the stopped process keeps its lock, and nobody else writes. With a state in PostgreSQL its lease
//! ends and another process takes over; the stopped one must then send and write nothing more.

use std::time::Duration;

use serde_json::Value;
use sync_sandbox::Fault;
use tokio::process::Child;

use crate::{
    keeps::{Keep, in_sap, nothing_twice},
    processes::{meeting, once, signal},
    site::Site,
};

/// Longer than a document may take with its margin, when it may take three seconds.
#[cfg(feature = "postgres")]
const LEASE: Duration = Duration::from_secs(8);

/// A process that is stopped while SAP takes its time with the first call that the rule meets.
async fn stopped_at(site: &Site, method: &str, path: &str) -> Child {
    let faults = &site.sandbox.service_layer_faults;
    faults.add(once(method, path, Fault::Slow(1_500)));
    let child = meeting(site, &["--json", "sync"], faults).await;
    // Long enough for the records beside it to have their intents written and wait for a place.
    tokio::time::sleep(Duration::from_millis(300)).await;
    signal(&child, "STOP").await;
    child
}

async fn gone_on(child: Child) -> (Option<i32>, Value) {
    signal(&child, "CONT").await;
    let output = child.wait_with_output().await.unwrap();
    (output.status.code(), serde_json::from_slice(&output.stdout).unwrap())
}

/// Cycles until nothing waits any more; then nothing stands twice, and both sides agree.
async fn converges(site: &Site) {
    let mut code = None;
    for _ in 0..12 {
        code = site.run(&["sync", "--quiet"]).await.status.code();
        if code == Some(0) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(1_500)).await;
    }
    assert_eq!(code, Some(0));
    nothing_twice(site, "after it converged");
    assert_eq!(site.json(&["reconcile"], 0).await["totals"][0]["difference"], "0.00");
}

async fn site(keep: &Keep) -> Site {
    let site = keep.of(Site::new().await.with_document_timeout(3));
    // Most records wait for a place behind the first, between their intents and their documents.
    site.edit("writes_in_flight = 4", "writes_in_flight = 1");
    site.json(&["setup"], 0).await;
    site
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stopped_process_keeps_the_lock_of_its_file_and_finishes_when_it_goes_on() {
    let site = site(&Keep::File).await;
    let child = stopped_at(&site, "POST", "PurchaseInvoices").await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    let posted = in_sap(&site);
    let second = site.json(&["sync"], 1).await;
    assert_eq!(second["cycle"]["failure"]["name"], "lease_held", "{second}");
    assert_eq!(in_sap(&site), posted);
    let (code, report) = gone_on(child).await;
    // The answer may have come too late for the document's own time-out.
    assert!(matches!(code, Some(0 | 2)), "{report}");
    converges(&site).await;
}

#[cfg(feature = "postgres")]
mod in_postgres {
    use super::*;
    use crate::keeps::raise;

    async fn site() -> Option<Site> {
        let keep = Keep::schema()?;
        let site = super::site(&keep).await;
        let lease = format!("[state]\nlease = \"{}s\"", LEASE.as_secs());
        site.edit("[state]", &lease);
        Some(site)
    }

    fn assert_replaced((code, report): &(Option<i32>, Value)) {
        assert_eq!(*code, Some(1), "{report}");
        assert_eq!(report["cycle"]["status"], "failed", "{report}");
        assert_eq!(report["cycle"]["failure"]["name"], "lease_lost", "{report}");
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn stopped_before_the_intent_it_writes_and_sends_nothing_more() {
        let Some(site) = site().await else { return };
        site.json(&["sync"], 0).await;
        raise(&site);
        let child = stopped_at(&site, "GET", "Drafts").await;
        let posted = in_sap(&site);
        tokio::time::sleep(LEASE).await;
        let second = site.json(&["sync"], 0).await;
        assert_eq!(second["documents"].as_array().unwrap().len(), 1, "{second}");
        let first = gone_on(child).await;
        assert_replaced(&first);
        assert_eq!(in_sap(&site), posted + 1);
        converges(&site).await;
        assert_eq!(in_sap(&site), posted + 1);
    }

    /// One document is under way, the others stand between their intents and their first byte.
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn stopped_during_a_document_and_behind_intents_it_sends_nothing_more() {
        let Some(site) = site().await else { return };
        let child = stopped_at(&site, "POST", "PurchaseInvoices").await;
        tokio::time::sleep(LEASE).await;
        // SAP has finished what it was sent.
        let posted = in_sap(&site);
        assert!(posted > 0, "the first document was under way");
        // What was found is adopted, what was not is not believed absent yet.
        let second = site.json(&["sync"], 2).await;
        assert!(second["records"]["uncertain"].as_u64().unwrap() > 0, "{second}");
        let both = in_sap(&site);
        let first = gone_on(child).await;
        assert_replaced(&first);
        assert_eq!(in_sap(&site), both, "the stopped process sent nothing after it went on");
        converges(&site).await;
    }
}
