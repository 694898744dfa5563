//! A caller's leave is asked for before each sending of a write, and nothing leaves without it.

use crate::fake::{FakeSap, LossSign, created};
use async_trait::async_trait;
use bytes::Bytes;
use sap_b1_client::{Error, ErrorKind, NewDocument, Outcome, ResendGuard, Result, UserRow};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::time::Instant;

/// Leave until a moment; counts how often it is asked.
struct Until(Instant, AtomicUsize);

impl Until {
    fn in_seconds(seconds: u64) -> Self {
        Self(Instant::now() + Duration::from_secs(seconds), AtomicUsize::new(0))
    }

    fn asked(&self) -> usize {
        self.1.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl ResendGuard for Until {
    async fn is_absent(&self) -> Result<bool> {
        Ok(true)
    }

    async fn may_send(&self) -> Result<()> {
        self.1.fetch_add(1, Ordering::SeqCst);
        if Instant::now() < self.0 {
            return Ok(());
        }
        Err(Error::not_permitted("the right to write has ended"))
    }
}

#[tokio::test(start_paused = true)]
async fn a_write_without_leave_is_not_sent() {
    let sap = FakeSap::new(|_, _| None);
    let client = sap.client();
    let guard = Until::in_seconds(0);
    let result = client.purchase_invoices().create(&NewDocument::default(), Some(&guard)).await;
    let error = result.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (ErrorKind::NotSent, Outcome::NotSent));
    assert!(error.to_string().contains("the right to write has ended"), "{error}");
    assert_eq!((sap.count("POST", "PurchaseInvoices"), guard.asked()), (0, 1));
}

#[tokio::test(start_paused = true)]
async fn leave_is_asked_for_after_the_wait_for_a_place() {
    let sap = FakeSap::new(|seen, _| (seen.path == "PurchaseInvoices").then(|| created(1)));
    *sap.latency.lock().unwrap() = Duration::from_secs(60);
    let client = sap.builder("v2").writes_in_flight(1).build().unwrap();
    client.login().await.unwrap();
    let (first, second) = (Until::in_seconds(30), Until::in_seconds(30));
    let invoices = client.purchase_invoices();
    let document = NewDocument::default();
    let (sent, kept_back) = futures_util::future::join(
        invoices.create(&document, Some(&first)),
        invoices.create(&document, Some(&second)),
    )
    .await;
    sent.unwrap();
    assert_eq!(kept_back.unwrap_err().outcome(), Outcome::NotSent);
    assert_eq!(sap.count("POST", "PurchaseInvoices"), 1);
}

#[tokio::test(start_paused = true)]
async fn leave_is_asked_for_again_before_a_second_sending() {
    for (sign, ends_in, sent, outcome) in [
        (LossSign::Unauthorized, 3_600, 2, None),
        // Refused as unknown to the session: it was not executed.
        (LossSign::Unauthorized, 90, 1, Some(Outcome::NotSent)),
        // A -5002 may hide that it was.
        (LossSign::Business, 90, 1, Some(Outcome::Unknown)),
    ] {
        let sap = FakeSap::new(|seen, nth| {
            (seen.path == "PurchaseInvoices" && nth > 1).then(|| created(1))
        });
        let client = sap.client();
        client.login().await.unwrap();
        *sap.loss_sign.lock().unwrap() = sign;
        *sap.latency.lock().unwrap() = Duration::from_secs(60);
        sap.drop_sessions();
        let guard = Until::in_seconds(ends_in);
        let invoices = client.purchase_invoices();
        let result = invoices.create(&NewDocument::default(), Some(&guard)).await;
        assert_eq!(result.map_err(|error| error.outcome()).err(), outcome, "{sign:?}");
        assert_eq!(sap.count("POST", "PurchaseInvoices"), sent, "{sign:?}");
        assert_eq!(guard.asked(), 2, "{sign:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_document_with_its_claim_is_not_sent_without_leave() {
    let sap = FakeSap::new(|_, _| None);
    let client = sap.client();
    let (claim, body) = (UserRow::default(), Bytes::from_static(b"{}"));
    let guard = Until::in_seconds(0);
    let result =
        client.post_with_claim("CLAIM", &claim, "JournalEntries", body, Some(&guard)).await;
    let error = result.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (ErrorKind::NotSent, Outcome::NotSent));
    assert_eq!((sap.count("POST", "$batch"), guard.asked()), (0, 1));
}
