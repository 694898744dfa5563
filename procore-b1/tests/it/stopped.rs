//! The real binary, stopped (SIGSTOP) for longer than its right to write lasts, and going on afterwards.
//!
//! With a state in a file the stopped process keeps its lock, and nobody else writes. With a state in PostgreSQL its lease
//! ends and another process takes over; the stopped one must then send and write nothing more.

use std::time::Duration;

use serde_json::Value;
use sync_sandbox::{Fault, FaultRule};
use tokio::process::Child;

use crate::{
    keeps::{Keep, converges, in_sap, raise},
    processes::{meeting, once, signal},
    site::Site,
};

/// Longer than a document may take with its margin, when it may take three seconds.
#[cfg(feature = "postgres")]
const LEASE: Duration = Duration::from_secs(8);

/// Where a process is stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Moment {
    /// It looks up what SAP holds of its only change.
    BeforeIntent,
    /// SAP refused its first document with a lost session, and it logs in again; nothing is under way, and every record
    /// stands between its intent and its first byte.
    BetweenIntentAndPost,
    /// SAP executes its first document; the other records stand between their intents and their first bytes.
    DuringPost,
}

/// A process that is stopped while SAP takes its time with a call.
async fn stopped_at(site: &Site, moment: Moment) -> Child {
    let faults = &site.sandbox.service_layer_faults;
    let slow = Fault::Slow(1_500);
    match moment {
        Moment::BeforeIntent => faults.add(once("GET", "Drafts", slow)),
        Moment::BetweenIntentAndPost => {
            faults.add(once("POST", "PurchaseInvoices", Fault::Expire));
            faults.add(FaultRule { skip: 1, ..once("POST", "Login", slow) });
        }
        Moment::DuringPost => faults.add(once("POST", "PurchaseInvoices", slow)),
    }
    let child = meeting(site, &["--json", "sync"], faults).await;
    // Long enough for the records beside it to have their intents written and wait for a place.
    tokio::time::sleep(Duration::from_millis(300)).await;
    signal(&child, "STOP").await;
    child
}

/// A site before the moment: where the only change is to be met, the rest was posted before.
async fn site_before(moment: Moment, keep: &Keep) -> Site {
    let site = site(keep).await;
    if moment == Moment::BeforeIntent {
        site.json(&["sync"], 0).await;
        raise(&site);
    }
    site
}

async fn gone_on(child: Child) -> (Option<i32>, Value) {
    signal(&child, "CONT").await;
    let output = child.wait_with_output().await.unwrap();
    (output.status.code(), serde_json::from_slice(&output.stdout).unwrap())
}

async fn site(keep: &Keep) -> Site {
    let site = keep.of(Site::new().await.with_document_timeout(3));
    // Most records wait for a place behind the first, between their intents and their documents.
    site.edit("writes_in_flight = 4", "writes_in_flight = 1");
    site.json(&["setup"], 0).await;
    site
}

async fn keeps_the_lock_of_its_file(moment: Moment) {
    let keep = Keep::File;
    let site = site_before(moment, &keep).await;
    let before = in_sap(&site);
    let child = stopped_at(&site, moment).await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    let posted = in_sap(&site);
    let under_way = usize::from(moment == Moment::DuringPost);
    assert_eq!(posted - before, under_way, "{moment:?}");
    if moment != Moment::BeforeIntent {
        let waiting = "SELECT COUNT(*) FROM intent WHERE state = 'in_flight'";
        assert!(keep.number(&site, waiting).await > 1, "{moment:?}");
    }
    let second = site.json(&["sync"], 1).await;
    assert_eq!(second["cycle"]["failure"]["name"], "lease_held", "{second}");
    assert_eq!(in_sap(&site), posted, "{moment:?}");
    let (code, report) = gone_on(child).await;
    // The answer may have come too late for the document's own time-out.
    assert!(matches!(code, Some(0 | 2)), "{report}");
    converges(&site, "after it went on").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_stopped_before_the_intent_keeps_the_lock_of_its_file_and_finishes_later() {
    keeps_the_lock_of_its_file(Moment::BeforeIntent).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_stopped_between_intent_and_document_keeps_the_lock_and_finishes_later() {
    keeps_the_lock_of_its_file(Moment::BetweenIntentAndPost).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_stopped_during_a_document_keeps_the_lock_of_its_file_and_finishes_later() {
    keeps_the_lock_of_its_file(Moment::DuringPost).await;
}

#[cfg(feature = "postgres")]
mod in_postgres {
    use super::*;

    async fn site_before(moment: Moment) -> Option<(Keep, Site)> {
        let keep = Keep::schema()?;
        let site = super::site_before(moment, &keep).await;
        let lease = format!("[state]\nlease = \"{}s\"", LEASE.as_secs());
        site.edit("[state]", &lease);
        Some((keep, site))
    }

    fn assert_replaced((code, report): &(Option<i32>, Value)) {
        assert_eq!(*code, Some(1), "{report}");
        assert_eq!(report["cycle"]["status"], "failed", "{report}");
        assert_eq!(report["cycle"]["failure"]["name"], "lease_lost", "{report}");
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn stopped_before_the_intent_it_writes_and_sends_nothing_more() {
        let Some((_, site)) = site_before(Moment::BeforeIntent).await else { return };
        let child = stopped_at(&site, Moment::BeforeIntent).await;
        let posted = in_sap(&site);
        tokio::time::sleep(LEASE).await;
        let second = site.json(&["sync"], 0).await;
        assert_eq!(second["documents"].as_array().unwrap().len(), 1, "{second}");
        let first = gone_on(child).await;
        assert_replaced(&first);
        assert_eq!(in_sap(&site), posted + 1);
        converges(&site, "after it went on").await;
        assert_eq!(in_sap(&site), posted + 1);
    }

    async fn sends_nothing_more(moment: Moment) {
        let Some((keep, site)) = site_before(moment).await else { return };
        let child = stopped_at(&site, moment).await;
        let waiting = "SELECT COUNT(*) FROM intent WHERE state = 'in_flight'";
        assert!(keep.number(&site, waiting).await > 1, "{moment:?}");
        tokio::time::sleep(LEASE).await;
        // SAP has finished what it was sent.
        let under_way = usize::from(moment == Moment::DuringPost);
        assert_eq!(in_sap(&site), under_way, "{moment:?}");
        // What was found is adopted, what was not is not believed absent yet.
        let second = site.json(&["sync"], 2).await;
        assert!(second["records"]["uncertain"].as_u64().unwrap() > 0, "{second}");
        let both = in_sap(&site);
        let first = gone_on(child).await;
        assert_replaced(&first);
        assert_eq!(in_sap(&site), both, "the stopped process sent nothing after it went on");
        converges(&site, "after it went on").await;
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn stopped_between_intent_and_document_it_sends_nothing_more() {
        sends_nothing_more(Moment::BetweenIntentAndPost).await;
    }

    /// One document is under way, the others stand between their intents and their first byte.
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn stopped_during_a_document_and_behind_intents_it_sends_nothing_more() {
        sends_nothing_more(Moment::DuringPost).await;
    }
}
