//! Backup and restore as the README of sync-store tells them, on both stores.

use sync_sandbox::Fault;

use crate::{
    keeps::{in_sap, nothing_twice, raise, sites},
    processes::{meeting, once},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_made_while_a_cycle_runs_is_whole_and_its_restore_posts_nothing_twice() {
    for (keep, site) in sites().await {
        site.json(&["sync"], 0).await;
        let posted = in_sap(&site);
        raise(&site);
        let faults = &site.sandbox.service_layer_faults;
        faults.add(once("POST", "PurchaseInvoices", Fault::Slow(3_000)));
        let mut child = meeting(&site, &["--json", "sync"], faults).await;
        let backup = keep.back_up(&site).await;
        assert!(child.try_wait().unwrap().is_none(), "the cycle runs on");
        let output = child.wait_with_output().await.unwrap();
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        assert_eq!(in_sap(&site), posted + 1);

        keep.restore(&site, &backup).await;
        // In PostgreSQL the lease of the process that ran then came along.
        keep.bury().await;
        let verified = site.json(&["verify"], 0).await;
        assert_eq!(verified["totals"]["documents"]["in_flight"], 1, "{verified}");
        // The document of the intent that was under way is found.
        let next = site.json(&["sync"], 0).await;
        assert_eq!(next["documents"].as_array().unwrap().len(), 0, "{next}");
        assert_eq!(in_sap(&site), posted + 1);
        raise(&site);
        assert_eq!(site.json(&["sync"], 0).await["documents"][0]["sequence"], 3);
        nothing_twice(&site, "after a restore");
        site.json(&["verify"], 0).await;
        assert_eq!(site.json(&["reconcile"], 0).await["totals"][0]["difference"], "0.00");
    }
}
