//! Several processes at one state: one writes, the others read on.

use sync_sandbox::Fault;

use crate::{
    keeps::{in_sap, nothing_twice, raise, sites},
    processes::{meeting, once},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_writer_is_refused_and_readers_go_on_while_a_cycle_runs() {
    for (_, site) in sites().await {
        let first = site.json(&["sync"], 0).await;
        let key = first["documents"][0]["key"].as_str().unwrap().to_owned();
        let posted = in_sap(&site);
        raise(&site);
        let faults = &site.sandbox.service_layer_faults;
        faults.add(once("POST", "PurchaseInvoices", Fault::Slow(8_000)));
        let mut child = meeting(&site, &["--json", "sync"], faults).await;

        let second = site.json(&["sync"], 1).await;
        assert_eq!(second["cycle"]["failure"]["name"], "lease_held", "{second}");
        assert_eq!(second["calls"]["sap_b1"], 0, "{second}");
        let arguments = ["resolve", &key, "--skip", "--reason", "no", "--by", "Ada"];
        assert_eq!(site.json(&arguments, 1).await["error"]["name"], "lease_held");
        // What is under way waits, and is told as it stands.
        let exceptions = site.json(&["exceptions"], 0).await;
        assert_eq!(exceptions["exceptions"].as_array().unwrap().len(), 0, "{exceptions}");
        assert_eq!(site.json(&["explain", &key], 0).await["key"], key.as_str());
        let verified = site.json(&["verify"], 0).await;
        assert_eq!(verified["totals"]["documents"]["posted"], posted, "{verified}");
        assert_eq!(verified["totals"]["documents"]["in_flight"], 1, "{verified}");
        assert!(child.try_wait().unwrap().is_none(), "all that while the cycle ran");

        let output = child.wait_with_output().await.unwrap();
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        assert_eq!(site.json(&["sync"], 0).await["documents"].as_array().unwrap().len(), 0);
        assert_eq!(in_sap(&site), posted + 1);
        nothing_twice(&site, "after two writers");
    }
}
