//! No room for the state's file any more, at ever later moments of a cycle.

use std::time::Duration;

use serde_json::Value;

use crate::{
    keeps::{Keep, in_sap, nothing_twice, nothing_without_intent},
    site::Site,
};

/// A cycle that may write files of this many blocks of 512 bytes, and what it answered. A write beyond
/// fails as one on a full disk does, instead of ending the process.
async fn cycle_within(site: &Site, blocks: u32) -> (Option<i32>, Value) {
    let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" --json sync");
    let output = site.shell(&script).output().await.unwrap();
    let answer = serde_json::from_slice(&output.stdout);
    (output.status.code(), answer.unwrap_or_else(|_| panic!("{output:?}")))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_state_without_room_stops_the_cycle_before_what_it_cannot_store_and_goes_on_with_room() {
    let keep = Keep::File;
    let site = Site::new().await.with_document_timeout(1);
    site.json(&["setup"], 0).await;
    let (mut stopped_at_start, mut stopped_within) = (0, 0);
    let mut blocks = 64;
    loop {
        let (code, answer) = cycle_within(&site, blocks).await;
        let when = format!("{blocks} blocks: {answer}");
        if matches!(code, Some(0 | 2)) {
            break;
        }
        assert_eq!(code, Some(1), "{when}");
        // The sentence says where, and what the system said.
        let told = answer.to_string();
        assert!(told.contains("store_unavailable") && told.contains("state.db"), "{when}");
        assert!(told.contains("disk"), "{when}");
        match answer["cycle"]["status"].as_str() {
            None => stopped_at_start += 1,
            Some(status) => {
                assert!(["failed", "partial"].contains(&status), "{when}");
                stopped_within += 1;
            }
        }
        if in_sap(&site) > 0 {
            nothing_without_intent(&keep, &site, &when).await;
            nothing_twice(&site, &when);
        }
        blocks += blocks / 4;
        assert!(blocks < 100_000, "{when}");
    }
    assert!(stopped_at_start > 0, "too little room for the tables");
    assert!(stopped_within > 0, "too little room for a cycle");

    let mut code = None;
    for _ in 0..10 {
        code = site.run(&["sync", "--quiet"]).await.status.code();
        if code == Some(0) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(1_200)).await;
    }
    assert_eq!(code, Some(0));
    nothing_twice(&site, "with room again");
    site.json(&["verify"], 0).await;
    assert_eq!(site.json(&["reconcile"], 0).await["totals"][0]["difference"], "0.00");
    assert_eq!(site.json(&["sync"], 0).await["documents"].as_array().unwrap().len(), 0);
}
