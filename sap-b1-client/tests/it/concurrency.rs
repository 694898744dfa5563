//! How many calls run at once, against the simulated server and a slow double, in virtual time.

use crate::fake::{FakeSap, Reply, ok};
use crate::sandbox::{Sandbox, entry};
use futures_util::future::join_all;
use sap_b1_client::{Call, Query};
use std::sync::atomic::Ordering;
use std::time::Duration;
use sync_sandbox::service_layer::ServiceLayerOptions;

/// A server that refuses logins closer than 40 ms to each other, as real ones refuse parallel ones.
fn jealous() -> ServiceLayerOptions {
    ServiceLayerOptions { parallel_login_window_ms: 40, ..ServiceLayerOptions::default() }
}

#[tokio::test(start_paused = true)]
async fn fifty_cold_calls_make_one_login_and_a_forced_expiry_under_fifty_one_more() {
    for version in ["v1", "v2"] {
        let sandbox = Sandbox::new(jealous());
        let client = sandbox.client(version);
        let read = || async { client.send(&Call::get("Currencies"), None).await.map(|_| ()) };
        assert!(join_all((0..50).map(|_| read())).await.iter().all(Result::is_ok));
        assert_eq!((client.logins(), sandbox.layer.logins().received), (1, 1), "{version}");
        let keys: Vec<String> = (0..25).map(|n| format!("K-{n}")).collect();
        let writes = keys.iter().map(|key| async {
            client.journal_entries().create(&entry(key), None).await.map(|_| ())
        });
        let expire = async {
            tokio::time::sleep(Duration::from_millis(110)).await;
            sandbox.layer.expire_sessions();
        };
        let (reads, writes, ()) =
            futures_util::join!(join_all((0..25).map(|_| read())), join_all(writes), expire);
        assert!(reads.iter().chain(&writes).all(Result::is_ok), "{version}");
        assert_eq!((client.logins(), sandbox.layer.logins().received), (2, 2), "{version}");
        assert_eq!(sandbox.layer.journal_entries().len(), 25, "{version}");
        client.close().await;
    }
}

#[tokio::test(start_paused = true)]
async fn fewer_calls_run_while_answers_take_long_and_all_of_them_again_afterwards() {
    let sap = FakeSap::new(|_, _| None);
    let client = sap.client();
    let round = |count: usize| {
        join_all((0..count).map(|_| async { client.send(&Call::get("Currencies"), None).await }))
    };
    round(40).await;
    assert_eq!(client.reads_allowed(), 8);
    *sap.latency.lock().unwrap() = Duration::from_secs(3);
    round(30).await;
    let lowered = client.reads_allowed();
    assert!(lowered < 8, "{lowered}");
    sap.most_reads.store(0, Ordering::SeqCst);
    round(10).await;
    let most = sap.most_reads.load(Ordering::SeqCst);
    assert!(most <= lowered.max(client.reads_allowed()), "places given up are not used");
    *sap.latency.lock().unwrap() = Duration::from_millis(100);
    round(200).await;
    assert_eq!(client.reads_allowed(), 8);
    client.close().await;
}

#[tokio::test(start_paused = true)]
async fn a_busy_server_halves_the_places_and_writes_have_places_of_their_own() {
    let sap = FakeSap::new(|seen, nth| {
        (seen.path.starts_with("Projects") && nth <= 2).then(|| Reply::Answer(503, "busy".into()))
    });
    let client = sap.client();
    client.projects().all(Query::new()).await.unwrap();
    assert_eq!((client.reads_allowed(), client.writes_allowed()), (4, 4));
    client.close().await;

    let sap = FakeSap::new(|_, _| Some(ok("{\"value\":[],\"SessionTimeout\":30}")));
    let client = sap.builder("v2").reads_in_flight(2).writes_in_flight(1).build().unwrap();
    assert_eq!((client.reads_allowed(), client.writes_allowed()), (2, 1));
}
