//! Deadlines, repetition and concurrency.

use crate::fake::{FakeSap, Reply, created, error, ok};
use futures_util::future::join_all;
use sap_b1_client::{Call, ErrorKind, NewDocument, Outcome, Query};
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::time::Instant;

#[tokio::test(start_paused = true)]
async fn a_read_is_repeated_until_it_is_answered() {
    for fault in [
        Reply::NotSent,
        Reply::Lost,
        Reply::Hang,
        Reply::Answer(502, "<html>".into()),
        Reply::Answer(500, String::new()),
        Reply::Answer(503, "busy".into()),
    ] {
        let name = format!("{fault:?}");
        let sap = FakeSap::new(move |seen, nth| {
            (seen.path.starts_with("Projects") && nth <= 3).then(|| fault.clone())
        });
        let client = sap.client();
        client.projects().all(Query::new()).await.unwrap();
        assert_eq!(sap.count("GET", "Projects"), 4, "{name}");
        client.close().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_read_gives_up_after_four_sends() {
    let sap = FakeSap::new(|seen, _| seen.path.starts_with("Projects").then_some(Reply::Lost));
    let client = sap.client();
    let error = client.projects().all(Query::new()).await.unwrap_err();
    assert_eq!((error.kind(), sap.count("GET", "Projects")), (ErrorKind::Transient, 4));
    client.close().await;
}

#[tokio::test(start_paused = true)]
async fn a_write_without_an_answer_is_sent_once_and_its_outcome_is_unknown() {
    for fault in [
        Reply::Lost,
        Reply::Hang,
        Reply::Answer(502, "<html>Proxy Error".into()),
        Reply::Answer(500, String::new()),
        Reply::Answer(504, String::new()),
        Reply::Answer(200, "<html>".into()),
    ] {
        let name = format!("{fault:?}");
        let sap =
            FakeSap::new(move |seen, _| (seen.path == "PurchaseInvoices").then(|| fault.clone()));
        let client = sap.client();
        client.login().await.unwrap();
        let started = Instant::now();
        let error =
            client.purchase_invoices().create(&NewDocument::default(), None).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.outcome()),
            (ErrorKind::OutcomeUnknown, Outcome::Unknown),
            "{name}"
        );
        assert_eq!(sap.count("POST", "PurchaseInvoices"), 1, "{name}");
        if name == "Hang" {
            assert_eq!(started.elapsed(), Duration::from_secs(180));
        }
        client.close().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_write_that_never_left_is_sent_again_a_few_times() {
    let sap = FakeSap::new(|seen, nth| {
        (seen.path == "PurchaseInvoices" && nth <= 2).then_some(Reply::NotSent)
    });
    let client = sap.client();
    client.purchase_invoices().create(&NewDocument::default(), None).await.unwrap();
    client.close().await;
    let sap = FakeSap::new(|seen, _| (seen.path == "PurchaseInvoices").then_some(Reply::NotSent));
    let client = sap.client();
    let error = client.purchase_invoices().create(&NewDocument::default(), None).await.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (ErrorKind::NotSent, Outcome::NotSent));
    assert_eq!(sap.count("POST", "PurchaseInvoices"), 3);
    client.close().await;
}

#[tokio::test(start_paused = true)]
async fn a_fault_before_execution_lets_a_write_be_sent_again_at_most_three_times() {
    for failures in [3, 9] {
        let sap = FakeSap::new(move |seen, nth| {
            (seen.path == "PurchaseInvoices").then(|| {
                if nth <= failures {
                    error(500, 305, "Switch company error: -1102")
                } else {
                    created(1)
                }
            })
        });
        let client = sap.client();
        let result = client.purchase_invoices().create(&NewDocument::default(), None).await;
        assert_eq!(result.is_ok(), failures == 3);
        assert_eq!(sap.count("POST", "PurchaseInvoices"), 4);
        client.close().await;
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_to_a_write_that_does_not_read_is_done() {
    let sap = FakeSap::new(|seen, _| {
        (seen.path == "PurchaseInvoices").then(|| Reply::Answer(201, "{\"DocEntry\":".into()))
    });
    let client = sap.client();
    let error = client.purchase_invoices().create(&NewDocument::default(), None).await.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (ErrorKind::Decode, Outcome::Done));
    assert_eq!(sap.count("POST", "PurchaseInvoices"), 1);
    client.close().await;
}

#[tokio::test(start_paused = true)]
async fn no_more_reads_and_writes_run_at_once_than_allowed() {
    let sap = FakeSap::new(|_, _| None);
    let client = sap.client();
    let reads = join_all(
        (0..40).map(|_| async { client.send(&Call::get("Currencies"), None).await.map(|_| ()) }),
    );
    let writes = join_all((0..40).map(|_| async {
        client.purchase_invoices().create(&NewDocument::default(), None).await.map(|_| ())
    }));
    let (reads, writes) = futures_util::future::join(reads, writes).await;
    assert!(reads.iter().chain(&writes).all(Result::is_ok));
    assert_eq!(
        (sap.most_reads.load(Ordering::SeqCst), sap.most_writes.load(Ordering::SeqCst)),
        (8, 4)
    );
    client.close().await;
}

#[tokio::test(start_paused = true)]
async fn the_same_seed_waits_the_same_time() {
    let mut times = Vec::new();
    for seed in [1, 1, 2] {
        let sap = FakeSap::new(|seen, nth| {
            seen.path
                .starts_with("Projects")
                .then(|| if nth < 4 { Reply::Lost } else { ok("{\"value\":[]}") })
        });
        let client = sap.builder("v2").jitter_seed(seed).build().unwrap();
        let started = Instant::now();
        client.projects().all(Query::new()).await.unwrap();
        times.push(started.elapsed());
        client.close().await;
    }
    assert_eq!(times[0], times[1]);
    assert_ne!(times[0], times[2]);
}
