//! How long each kind of call may take, and what the end of that time means for it.

use crate::fake::{FakeSap, Reply, Seen};
use bytes::Bytes;
use sap_b1_client::{
    Batch, Call, Client, Error, ErrorKind, NewDocument, Outcome, Query, ReqwestTransport,
    RoundingContext, Sent, Timeouts, Transport, Udfs, UserRow,
};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// Times that tell each kind from every other.
const OWN: Timeouts = Timeouts {
    read: seconds(11),
    document: seconds(22),
    batch: seconds(33),
    login: seconds(44),
    logout: seconds(5),
};

/// A server that takes the requests `hangs` names and never answers them.
fn hanging(hangs: fn(&Seen) -> bool) -> Arc<FakeSap> {
    FakeSap::new(move |seen, _| hangs(seen).then_some(Reply::Hang))
}

async fn signed_in(sap: &Arc<FakeSap>, timeouts: Timeouts) -> Client {
    let client = sap.builder("v2").timeouts(timeouts).build().unwrap();
    client.login().await.unwrap();
    client
}

/// A write that was given up: after its time, sent once, its outcome unknown.
fn assert_given_up(result: Result<(), Error>, began: Instant, allowed: Duration, what: &str) {
    let error = result.unwrap_err();
    assert_eq!(began.elapsed(), allowed, "{what}");
    assert_eq!((error.kind(), error.outcome()), (ErrorKind::OutcomeUnknown, Outcome::Unknown));
    assert_eq!(error.message(), format!("no answer within {} s", allowed.as_secs()), "{what}");
}

#[test]
fn the_times_of_the_documentation_are_the_defaults() {
    let expected = Timeouts {
        read: seconds(60),
        document: seconds(180),
        batch: seconds(300),
        login: seconds(60),
        logout: seconds(10),
    };
    assert_eq!(Timeouts::default(), expected);
}

#[tokio::test(start_paused = true)]
async fn a_write_is_given_up_after_the_time_of_a_document_and_sent_once() {
    for timeouts in [Timeouts::default(), OWN] {
        let sap = hanging(|seen| seen.path != "Login");
        let client = signed_in(&sap, timeouts).await;
        let invoices = client.purchase_invoices();
        let began = Instant::now();
        let result = invoices.create(&NewDocument::default(), None).await.map(drop);
        assert_given_up(result, began, timeouts.document, "create");
        let began = Instant::now();
        let result = invoices.patch(7, &Udfs::new(), None).await;
        assert_given_up(result, began, timeouts.document, "change");
        let began = Instant::now();
        assert_given_up(invoices.cancel(7, None).await, began, timeouts.document, "action");
        let began = Instant::now();
        assert_given_up(invoices.delete(7, None, None).await, began, timeouts.document, "delete");
        assert_eq!(client.calls(), 5, "the login and four writes");
        client.close().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_batch_has_a_time_of_its_own() {
    for timeouts in [Timeouts::default(), OWN] {
        let sap = hanging(|seen| seen.path == "$batch");
        let client = signed_in(&sap, timeouts).await;
        let mut batch = Batch::new();
        batch.add(Call::post("JournalEntries", Bytes::from_static(b"{}"))).unwrap();
        let began = Instant::now();
        let result = client.batch(&batch).await.map(drop);
        assert_given_up(result, began, timeouts.batch, "batch");
        // One document, whatever it travels with.
        let (claim, body) = (UserRow::default(), Bytes::from_static(b"{}"));
        let began = Instant::now();
        let result = client.post_with_claim("CLAIM", &claim, "JournalEntries", body, None).await;
        assert_given_up(result.map(drop), began, timeouts.document, "a document with its claim");
        assert_eq!(sap.count("POST", "$batch"), 2);
        client.close().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_read_is_given_up_after_the_time_of_a_read_whatever_its_method() {
    for timeouts in [Timeouts::default(), OWN] {
        let sap = hanging(|seen| seen.path != "Login");
        let client = signed_in(&sap, timeouts).await;
        let began = Instant::now();
        let listed = client.projects().all(Query::new()).await.unwrap_err();
        let list_took = began.elapsed();
        let began = Instant::now();
        let rounded = client.round_decimal(1.into(), "USD", &RoundingContext::Sum).await;
        for (error, took) in [(listed, list_took), (rounded.unwrap_err(), began.elapsed())] {
            assert_eq!((error.kind(), error.outcome()), (ErrorKind::Transient, Outcome::Unknown));
            // Four sends, and three waits of less than two seconds each.
            let four = timeouts.read * 4;
            assert!((four..four + seconds(6)).contains(&took), "{took:?}");
        }
        assert_eq!(sap.count("POST", "CompanyService_RoundDecimal"), 4);
        client.close().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_login_and_a_logout_have_times_of_their_own() {
    for timeouts in [Timeouts::default(), OWN] {
        let sap = hanging(|seen| seen.path == "Login");
        let client = sap.builder("v2").timeouts(timeouts).build().unwrap();
        let began = Instant::now();
        let error = client.login().await.unwrap_err();
        assert_eq!(began.elapsed(), timeouts.login);
        // It may have been a wrong password: sent once.
        assert_eq!((error.kind(), client.logins()), (ErrorKind::Transient, 1));

        let sap = hanging(|seen| seen.path == "Logout");
        let client = signed_in(&sap, timeouts).await;
        let began = Instant::now();
        client.close().await;
        assert_eq!(began.elapsed(), timeouts.logout);
    }
}

#[test]
fn one_time_is_set_without_the_others_and_none_can_be_zero() {
    let sap = hanging(|_| false);
    let client = sap.builder("v2").read_timeout(seconds(1)).build().unwrap();
    assert_eq!(client.document_timeout(), seconds(180));
    assert_eq!(client.unknown_settle(), seconds(600), "never less than ten minutes");
    let client = sap.builder("v2").document_timeout(seconds(400)).build().unwrap();
    assert_eq!(client.unknown_settle(), seconds(800), "twice the time of a document");
    let zero = Duration::ZERO;
    for (name, timeouts) in [
        ("read", Timeouts { read: zero, ..OWN }),
        ("document", Timeouts { document: zero, ..OWN }),
        ("batch", Timeouts { batch: zero, ..OWN }),
        ("login", Timeouts { login: zero, ..OWN }),
        ("logout", Timeouts { logout: zero, ..OWN }),
    ] {
        let error = sap.builder("v2").timeouts(timeouts).build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        assert_eq!(error.message(), format!("the time for a {name} must not be zero"));
    }
}

/// A server that takes connections and says nothing: TLS never comes up, and no byte of the request has left.
#[tokio::test]
async fn a_connection_that_does_not_come_up_in_its_time_is_not_sent() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}/b1s/v2/PurchaseInvoices", listener.local_addr().unwrap());
    let transport =
        ReqwestTransport::builder().connect_timeout(Duration::from_millis(200)).build().unwrap();
    let request = http::Request::post(url).body(Bytes::from_static(b"{}")).unwrap();
    let answer = tokio::time::timeout(seconds(8), transport.send(request)).await;
    let error = answer.expect("the time to connect is kept").unwrap_err();
    assert_eq!(error.sent, Sent::NotSent, "{error}");
    assert!(error.to_string().contains("no connection within the time allowed"), "{error}");
}
