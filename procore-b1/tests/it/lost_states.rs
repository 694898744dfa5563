//! The real binary whose state was lost, or restored from a backup: nothing is posted twice.
//!
//! Each test runs on a state in a file and, where there is a server, on one in PostgreSQL. Backup and restore are the
//! steps that the README of sync-store tells.

use serde_json::Value;
use sync_sandbox::Fault;

use crate::{
    keeps::{in_sap, nothing_twice, raise, settled, settling_sites},
    processes::once,
    site::Site,
};

async fn agrees(site: &Site) {
    assert_eq!(site.json(&["reconcile"], 0).await["totals"][0]["difference"], "0.00");
}

fn none() -> Value {
    Value::Array(Vec::new())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_state_lost_after_the_third_document_of_a_record_is_refused_then_rebuilt_and_posts_nothing()
 {
    for (keep, site) in settling_sites().await {
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
        assert_eq!(preview["preview"]["failure"]["name"], "store_is_not_current", "{preview}");
        assert_eq!(in_sap(&site), posted);

        let rebuilt = site.json(&["rebuild"], 0).await;
        assert_eq!(rebuilt["rebuilt"]["documents"], posted, "{rebuilt}");
        assert_eq!((&rebuilt["documents"], &rebuilt["unknown"]), (&none(), &none()));
        assert_eq!(site.json(&["sync"], 0).await["documents"], none());
        assert_eq!(in_sap(&site), posted, "zero new documents");
        agrees(&site).await;
        raise(&site);
        settled().await;
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
    for (keep, site) in settling_sites().await {
        site.json(&["sync"], 0).await;
        let backup = keep.back_up(&site).await;
        raise(&site);
        let adjusted = site.json(&["sync"], 0).await;
        assert_eq!(adjusted["documents"].as_array().unwrap().len(), 1, "{adjusted}");
        let posted = in_sap(&site);

        keep.restore(&site, &backup).await;
        assert_eq!(site.json(&["verify"], 0).await["totals"]["documents"]["posted"], posted - 1);
        let stopped = site.json(&["sync"], 1).await;
        assert_eq!(stopped["cycle"]["failure"]["name"], "store_is_not_current", "{stopped}");
        assert_eq!(site.json(&["rebuild"], 0).await["rebuilt"]["documents"], posted);
        assert_eq!(site.json(&["sync"], 0).await["documents"], none());
        assert_eq!(in_sap(&site), posted);
        agrees(&site).await;
        raise(&site);
        settled().await;
        assert_eq!(site.json(&["sync"], 0).await["documents"][0]["sequence"], 3);
        agrees(&site).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_document_that_sap_executes_after_the_state_was_lost_is_not_posted_a_second_time() {
    for (keep, site) in settling_sites().await {
        site.json(&["sync"], 0).await;
        let backup = keep.back_up(&site).await;
        for restores in [true, false] {
            let posted = in_sap(&site);
            raise(&site);
            let faults = &site.sandbox.service_layer_faults;
            faults.add(once("POST", "PurchaseInvoices", Fault::LateCommit(4_000)));
            assert_eq!(site.json(&["sync"], 2).await["records"]["uncertain"], 1);
            match restores {
                true => keep.restore(&site, &backup).await,
                false => keep.lose(&site).await,
            }
            let rebuild = ["rebuild", "--by", "Ada", "--reason", "the disk is gone"];
            let rebuilt = site.json(&rebuild, 0).await;
            let from = &rebuilt["cycle"]["posts_from"];
            let waits = site.json(&["sync"], 2).await;
            assert_eq!((&waits["documents"], &waits["cycle"]["status"]), (&none(), &"done".into()));
            assert_eq!(waits["records"]["pending"], 1, "{waits}");
            assert_eq!((from.is_string(), &waits["cycle"]["posts_from"]), (true, from));
            assert_eq!(site.json(&["preview"], 0).await["preview"]["posts_from"], *from);
            let told = String::from_utf8(site.run(&["sync"]).await.stdout).unwrap();
            assert!(told.contains(", 1 record left until "), "{told}");
            assert!(told.contains("\nNothing new is posted before "), "{told}");
            assert_eq!(in_sap(&site), posted);

            settled().await;
            assert_eq!(in_sap(&site), posted + 1, "SAP has executed it now");
            let after = site.json(&["sync"], 0).await;
            assert_eq!(
                (&after["documents"], &after["cycle"]["posts_from"]),
                (&none(), &Value::Null)
            );
            assert_eq!(in_sap(&site), posted + 1);
            nothing_twice(&site, "after a rebuild");
            let verified = site.json(&["verify"], 0).await;
            assert_eq!(verified["totals"]["decisions"]["rebuild"], 1, "{verified}");
            let acts = "SELECT detail FROM audit WHERE what = 'act'";
            let acts = keep.texts(&site, acts).await;
            assert!(acts[0].contains("Ada") && acts[0].contains("the disk is gone"), "{acts:?}");
            agrees(&site).await;
        }
    }
}

#[cfg(feature = "postgres")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_state_copied_to_another_database_is_stopped_there_until_a_person_takes_over() {
    let Some(keep) = crate::keeps::Keep::schema() else { return };
    let site = keep.of(Site::new().await.with_document_timeout(3));
    site.json(&["setup"], 0).await;
    site.json(&["sync"], 0).await;
    let copy = keep.copied_to_another_database(&site).await;
    let there = ("STATE_URL", copy.as_str());
    raise(&site);
    assert_eq!(site.json(&["sync"], 0).await["documents"].as_array().unwrap().len(), 1);
    let posted = in_sap(&site);

    let stopped = site.json_with(&["sync"], 1, there).await;
    assert_eq!(stopped["cycle"]["failure"]["name"], "store_is_not_current", "{stopped}");
    assert_eq!(in_sap(&site), posted);
    let take_over = ["sync", "--take-over", "--by", "Ada", "--reason", "the old server is gone"];
    assert_eq!(site.json_with(&take_over, 0, there).await["documents"], none());
    let verified = site.json_with(&["verify"], 0, there).await;
    assert_eq!(verified["totals"]["decisions"]["take_over"], 1, "{verified}");
    raise(&site);
    settled().await;
    let second = site.json_with(&["sync"], 0, there).await;
    assert_eq!(second["documents"][0]["sequence"], 3, "{second}");
    // The first database has become the copy.
    let first = site.json(&["sync"], 1).await;
    assert_eq!(first["cycle"]["failure"]["name"], "store_is_not_current", "{first}");
    assert_eq!(in_sap(&site), posted + 1);
    agrees(&site).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_state_copied_to_a_second_machine_is_stopped_there_until_a_person_takes_over() {
    let site = Site::new().await.with_document_timeout(3);
    site.json(&["setup"], 0).await;
    site.json(&["sync"], 0).await;
    for name in ["state.db", "state.db-wal"] {
        if site.path(name).exists() {
            std::fs::copy(site.path(name), site.path(&name.replace("state", "copy"))).unwrap();
        }
    }
    let there = ("PROCORE_B1__STATE__URL", "sqlite:copy.db");
    raise(&site);
    assert_eq!(site.json(&["sync"], 0).await["documents"].as_array().unwrap().len(), 1);
    let posted = in_sap(&site);

    let stopped = site.json_with(&["sync"], 1, there).await;
    assert_eq!(stopped["cycle"]["failure"]["name"], "store_is_not_current", "{stopped}");
    let check = site.json_with(&["check"], 1, there).await;
    assert!(check.to_string().contains("it is a copy"), "{check}");
    assert_eq!(in_sap(&site), posted);
    let unsigned = site.json_with(&["sync", "--take-over"], 64, there).await;
    assert!(unsigned["error"]["detail"].as_str().unwrap().contains("--by NAME"), "{unsigned}");
    let take_over = ["sync", "--take-over", "--by", "Ada", "--reason", "the old machine is gone"];
    let taken = site.json_with(&take_over, 0, there).await;
    assert_eq!(taken["documents"], none(), "the adjustment is there already");
    raise(&site);
    settled().await;
    let second = site.json_with(&["sync"], 0, there).await;
    assert_eq!(second["documents"][0]["sequence"], 3, "{second}");
    // The first machine has become the copy.
    let first = site.json(&["sync"], 1).await;
    assert_eq!(first["cycle"]["failure"]["name"], "store_is_not_current", "{first}");
    assert_eq!(in_sap(&site), posted + 1);
    agrees(&site).await;
}
