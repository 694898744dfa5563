//! What the state drops after its retention, and that nothing is posted twice for it. On both stores.

use crate::{
    keeps::{Keep, in_sap, nothing_twice, raise, sites},
    site::Site,
};

const PAYLOADS: &str = "SELECT COUNT(*) FROM intent WHERE length(body) > 0";
const CYCLES: &str = "SELECT COUNT(*) FROM cycle";

/// As if everything that was done so far had been done in 2020, but for the beginning of the newest cycle: SAP's row
/// names the state by it.
async fn age(keep: &Keep, site: &Site) {
    for statement in [
        "UPDATE intent SET written_at = '2020-01-01T00:00:00.000000000Z'",
        "UPDATE cycle SET started_at = '2020-01-01T00:00:00.000000000Z',
             finished_at = '2020-01-01T00:01:00.000000000Z'
             WHERE number < (SELECT MAX(number) FROM cycle)",
    ] {
        keep.execute(site, statement).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_state_without_old_payloads_posts_nothing_twice_whatever_becomes_of_its_records() {
    for (keep, site) in sites().await {
        site.json(&["sync"], 0).await;
        site.json(&["sync"], 0).await;
        let posted = in_sap(&site);
        assert_eq!(keep.number(&site, PAYLOADS).await, posted as i64);
        assert_eq!(keep.number(&site, CYCLES).await, 2, "nothing is old yet");
        age(&keep, &site).await;
        let nothing = site.json(&["sync"], 0).await;
        assert_eq!(nothing["documents"].as_array().unwrap().len(), 0, "{nothing}");
        assert_eq!(keep.number(&site, PAYLOADS).await, 0);
        assert_eq!(keep.number(&site, CYCLES).await, 2, "what is not old stays");
        let intents = keep.number(&site, "SELECT COUNT(*) FROM intent").await;
        assert_eq!(intents, posted as i64, "keys, sequences and postings stay");
        site.json(&["verify"], 0).await;

        // Edited.
        raise(&site);
        let second = site.json(&["sync"], 0).await;
        assert_eq!(second["documents"][0]["sequence"], 2, "{second}");
        let key = second["documents"][0]["key"].as_str().unwrap().to_owned();
        assert_eq!(in_sap(&site), posted + 1);
        // Replayed.
        age(&keep, &site).await;
        site.json(&["replay", &key], 0).await;
        assert_eq!(keep.number(&site, PAYLOADS).await, 0, "a replay is a cycle too");
        // Lost by the state, then edited.
        keep.execute(&site, "DELETE FROM record WHERE kind = 'purchase_order'").await;
        raise(&site);
        let third = site.json(&["sync"], 0).await;
        let rows = third["documents"].as_array().unwrap();
        assert_eq!((rows.len(), &rows[0]["sequence"]), (1, &3.into()), "{third}");
        // Read from both sides in full.
        site.json(&["rebuild"], 0).await;
        assert_eq!(site.json(&["sync"], 0).await["documents"].as_array().unwrap().len(), 0);
        assert_eq!(in_sap(&site), posted + 2);
        nothing_twice(&site, "after payloads were dropped");
        site.json(&["verify"], 0).await;
        assert_eq!(site.json(&["reconcile"], 0).await["totals"][0]["difference"], "0.00");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_longer_retention_keeps_what_the_default_drops() {
    for (keep, site) in sites().await {
        site.edit("[state]", "[state]\nretention = \"36500d\"");
        site.json(&["sync"], 0).await;
        age(&keep, &site).await;
        site.json(&["sync"], 0).await;
        assert_eq!(keep.number(&site, PAYLOADS).await, in_sap(&site) as i64);
        site.edit("retention = \"36500d\"", "retention = \"2d\"");
        site.json(&["sync"], 0).await;
        assert_eq!(keep.number(&site, PAYLOADS).await, 0);
    }
}
