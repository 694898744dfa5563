//! Signals: what is under way is finished, the session is ended, the next cycle does the rest.
#![cfg(unix)]

use std::time::Duration;

use serde_json::Value;
use sync_sandbox::Fault;

use crate::{
    processes::{meeting, once, signal},
    site::Site,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cycle_that_is_asked_to_stop_finishes_its_documents_logs_out_and_goes_on_next_time() {
    for name in ["TERM", "INT"] {
        let site = Site::new().await;
        site.json(&["setup"], 0).await;
        let faults = &site.sandbox.service_layer_faults;
        faults.add(once("POST", "PurchaseInvoices", Fault::Slow(1_500)));
        let child = meeting(&site, &["--json", "sync"], faults).await;
        faults.add(once("POST", "Logout", Fault::Slow(1)));
        signal(&child, name).await;
        let output = child.wait_with_output().await.unwrap();
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(report["cycle"]["status"], "partial", "{report}");
        assert_eq!(report["cycle"]["failure"]["name"], "stopped", "{report}");
        assert_eq!(report["records"]["uncertain"], 0, "what was sent was waited for: {report}");
        let posted = report["documents"].as_array().unwrap().len();
        assert!(posted > 0, "{report}");
        assert_eq!(faults.waiting(), 0, "the session was ended");

        let rest = site.json(&["sync"], 0).await;
        assert!(!rest["documents"].as_array().unwrap().is_empty(), "{rest}");
        let reconciliation = site.json(&["reconcile"], 0).await;
        assert_eq!(reconciliation["totals"][0]["difference"], "0.00");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_command_that_only_reads_ends_at_the_first_signal_with_one_document() {
    let site = Site::new().await;
    site.json(&["setup"], 0).await;
    let faults = &site.sandbox.procore_faults;
    faults.add(once("GET", "", Fault::Slow(30_000)));
    let child = meeting(&site, &["--json", "reconcile"], faults).await;
    signal(&child, "TERM").await;
    let ended = tokio::time::timeout(Duration::from_secs(20), child.wait_with_output()).await;
    let output = ended.expect("it does not wait for the answer").unwrap();
    assert_eq!(output.status.code(), Some(1));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["error"]["name"], "stopped");
}
