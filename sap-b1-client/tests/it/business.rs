//! What a -5002 costs: a table that counts posts, reads and logins.

use crate::fake::{BARE, FakeSap, LossSign, Reply, business, error};
use async_trait::async_trait;
use sap_b1_client::{Client, Error, ErrorKind, NewDocument, Outcome, Query, ResendGuard};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// A look-up that says what it is told, and counts.
struct LookUp(Option<bool>, AtomicUsize);

#[async_trait]
impl ResendGuard for LookUp {
    async fn is_absent(&self) -> sap_b1_client::Result<bool> {
        self.1.fetch_add(1, Ordering::SeqCst);
        self.0.ok_or_else(|| Error::lookup_failed("the look-up found no server"))
    }
}

/// The session is gone before the write, or it lives.
#[derive(Clone, Copy, PartialEq)]
enum Session {
    Alive,
    Gone(LossSign),
}

struct Case {
    name: &'static str,
    message: &'static str,
    session: Session,
    /// None: no guard. Some(None): the look-up fails.
    guard: Option<Option<bool>>,
    /// Answers of a living session to the first posts; then they succeed.
    refusals: usize,
    kind: Option<ErrorKind>,
    outcome: Outcome,
    posts: usize,
    probes: usize,
    logins: u64,
    look_ups: usize,
}

const GONE: Session = Session::Gone(LossSign::Business);
const ABSENT: Option<Option<bool>> = Some(Some(true));
const PRESENT: Option<Option<bool>> = Some(Some(false));
const FAILED: Option<Option<bool>> = Some(None);

#[rustfmt::skip]
const CASES: &[Case] = &[
    Case { name: "specific message", message: "Invalid BP code  [OPCH.CardCode] , 'P1'", session: Session::Alive, guard: ABSENT, refusals: 9, kind: Some(ErrorKind::Rejected), outcome: Outcome::Refused, posts: 1, probes: 0, logins: 1, look_ups: 0 },
    Case { name: "prose alone is specific", message: "Document is already closed", session: Session::Alive, guard: ABSENT, refusals: 9, kind: Some(ErrorKind::Rejected), outcome: Outcome::Refused, posts: 1, probes: 0, logins: 1, look_ups: 0 },
    Case { name: "reference taken", message: "10001467 - There is already a record with duplicated customer/vendor reference number.", session: Session::Alive, guard: ABSENT, refusals: 9, kind: Some(ErrorKind::AlreadyExists), outcome: Outcome::Refused, posts: 1, probes: 0, logins: 1, look_ups: 0 },
    Case { name: "bare, session alive", message: BARE, session: Session::Alive, guard: ABSENT, refusals: 9, kind: Some(ErrorKind::Rejected), outcome: Outcome::Refused, posts: 1, probes: 1, logins: 1, look_ups: 0 },
    Case { name: "empty, session alive", message: "", session: Session::Alive, guard: ABSENT, refusals: 9, kind: Some(ErrorKind::Rejected), outcome: Outcome::Refused, posts: 1, probes: 1, logins: 1, look_ups: 0 },
    Case { name: "session phrase, session alive", message: "Session timed out", session: Session::Alive, guard: ABSENT, refusals: 9, kind: Some(ErrorKind::Rejected), outcome: Outcome::Refused, posts: 1, probes: 1, logins: 1, look_ups: 0 },
    Case { name: "bare, session gone, absent", message: BARE, session: GONE, guard: ABSENT, refusals: 0, kind: None, outcome: Outcome::Done, posts: 2, probes: 1, logins: 2, look_ups: 1 },
    Case { name: "bare, session gone, then refused again", message: BARE, session: GONE, guard: ABSENT, refusals: 9, kind: Some(ErrorKind::Rejected), outcome: Outcome::Refused, posts: 2, probes: 1, logins: 2, look_ups: 1 },
    Case { name: "bare, session gone, present", message: BARE, session: GONE, guard: PRESENT, refusals: 0, kind: Some(ErrorKind::AlreadyExists), outcome: Outcome::Done, posts: 1, probes: 1, logins: 2, look_ups: 1 },
    Case { name: "bare, session gone, look-up fails", message: BARE, session: GONE, guard: FAILED, refusals: 0, kind: Some(ErrorKind::OutcomeUnknown), outcome: Outcome::Unknown, posts: 1, probes: 1, logins: 2, look_ups: 1 },
    Case { name: "bare, session gone, no guard", message: BARE, session: GONE, guard: None, refusals: 0, kind: Some(ErrorKind::SessionLost), outcome: Outcome::Unknown, posts: 1, probes: 1, logins: 1, look_ups: 0 },
    Case { name: "301, session gone", message: BARE, session: Session::Gone(LossSign::Unauthorized), guard: None, refusals: 0, kind: None, outcome: Outcome::Done, posts: 2, probes: 0, logins: 2, look_ups: 0 },
    Case { name: "301, session gone, then bare", message: BARE, session: Session::Gone(LossSign::Unauthorized), guard: ABSENT, refusals: 9, kind: Some(ErrorKind::Rejected), outcome: Outcome::Refused, posts: 2, probes: 0, logins: 2, look_ups: 0 },
];

#[tokio::test(start_paused = true)]
async fn a_write_answered_minus_5002_costs_what_the_table_says() {
    for case in CASES {
        let (message, refusals) = (case.message, case.refusals);
        let refused = AtomicUsize::new(0);
        let sap = FakeSap::new(move |seen, _| {
            let post = seen.path == "PurchaseInvoices" && seen.method == "POST";
            (post && refused.fetch_add(1, Ordering::SeqCst) < refusals).then(|| business(message))
        });
        let client = sap.client();
        client.login().await.unwrap();
        if let Session::Gone(sign) = case.session {
            *sap.loss_sign.lock().unwrap() = sign;
            sap.drop_sessions();
        }
        let guard = case.guard.map(|answer| LookUp(answer, AtomicUsize::new(0)));
        let result = client
            .purchase_invoices()
            .create(&NewDocument::default(), guard.as_ref().map(|guard| guard as &dyn ResendGuard))
            .await;
        let (kind, outcome) = match &result {
            Ok(_) => (None, Outcome::Done),
            Err(error) => (Some(error.kind()), error.outcome()),
        };
        assert_eq!((kind, outcome), (case.kind, case.outcome), "{}: {result:?}", case.name);
        assert_eq!(sap.count("POST", "PurchaseInvoices"), case.posts, "posts: {}", case.name);
        assert_eq!(sap.count("GET", "Currencies"), case.probes, "probes: {}", case.name);
        assert_eq!(client.logins(), case.logins, "logins: {}", case.name);
        assert_eq!(
            guard.map_or(0, |guard| guard.1.into_inner()),
            case.look_ups,
            "look-ups: {}",
            case.name
        );
        client.close().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_probe_that_fails_leaves_the_write_unknown() {
    let sap = FakeSap::new(|seen, _| match seen.path.as_str() {
        "PurchaseInvoices" => Some(business(BARE)),
        "Login" => None,
        _ => Some(Reply::Lost),
    });
    let client = sap.client();
    let error = client.purchase_invoices().create(&NewDocument::default(), None).await.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (ErrorKind::OutcomeUnknown, Outcome::Unknown));
    assert_eq!((sap.count("POST", "PurchaseInvoices"), client.logins()), (1, 1));
    client.close().await;
}

#[tokio::test(start_paused = true)]
async fn a_login_that_fails_after_the_loss_leaves_the_write_unknown() {
    let sap = FakeSap::new(|seen, nth| {
        (seen.path == "Login" && nth > 1)
            .then(|| error(401, -304, "Fail to NONE-SSO login from SLD."))
    });
    let client = sap.client();
    client.login().await.unwrap();
    *sap.loss_sign.lock().unwrap() = LossSign::Business;
    sap.drop_sessions();
    let guard = LookUp(Some(true), AtomicUsize::new(0));
    let error =
        client.purchase_invoices().create(&NewDocument::default(), Some(&guard)).await.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (ErrorKind::LoginRefused, Outcome::Unknown));
    assert_eq!((sap.count("POST", "PurchaseInvoices"), guard.1.into_inner()), (1, 0));
}

/// A look-up that takes so long that the new session is idle again.
struct SlowLookUp;

#[async_trait]
impl ResendGuard for SlowLookUp {
    async fn is_absent(&self) -> sap_b1_client::Result<bool> {
        tokio::time::sleep(Duration::from_secs(40 * 60)).await;
        Ok(true)
    }
}

#[tokio::test(start_paused = true)]
async fn a_login_that_fails_before_the_second_send_leaves_the_write_unknown() {
    let sap = FakeSap::new(|seen, nth| {
        (seen.path == "Login" && nth > 2)
            .then(|| error(401, -304, "Fail to NONE-SSO login from SLD."))
    });
    let client = sap.client();
    client.login().await.unwrap();
    *sap.loss_sign.lock().unwrap() = LossSign::Business;
    sap.drop_sessions();
    let result =
        client.purchase_invoices().create(&NewDocument::default(), Some(&SlowLookUp)).await;
    let error = result.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (ErrorKind::LoginRefused, Outcome::Unknown));
    assert_eq!((sap.count("POST", "PurchaseInvoices"), client.logins()), (1, 3));
}

#[tokio::test(start_paused = true)]
async fn a_read_answered_minus_5002_logs_in_once_and_reads_once_more() {
    let sap = FakeSap::new(|_, _| None);
    *sap.loss_sign.lock().unwrap() = LossSign::Business;
    let client = sap.client();
    client.login().await.unwrap();
    sap.drop_sessions();
    client.projects().all(Query::new()).await.unwrap();
    assert_eq!((sap.count("GET", "Projects"), client.logins()), (2, 2));
    client.close().await;

    let sap = FakeSap::new(|seen, _| seen.path.starts_with("Projects").then(|| business(BARE)));
    let client = sap.client();
    assert_eq!(client.projects().all(Query::new()).await.unwrap_err().kind(), ErrorKind::Rejected);
    assert_eq!((sap.count("GET", "Projects"), client.logins()), (2, 2));
    client.close().await;
}

async fn post(client: &Client) {
    let _ = client.purchase_invoices().create(&NewDocument::default(), None).await.unwrap_err();
}

#[tokio::test(start_paused = true)]
async fn a_run_of_minus_5002_on_a_fresh_session_stops_the_probing() {
    let sap = FakeSap::new(|seen, _| (seen.path == "PurchaseInvoices").then(|| business(BARE)));
    let client = sap.client();
    for _ in 0..10 {
        post(&client).await;
    }
    assert_eq!((sap.count("POST", "PurchaseInvoices"), sap.count("GET", "Currencies")), (10, 3));
    tokio::time::sleep(Duration::from_secs(120)).await;
    post(&client).await;
    assert_eq!(
        sap.count("GET", "Currencies"),
        4,
        "a session not proven for a while is probed again"
    );
    client.projects().all(Query::new()).await.unwrap();
    post(&client).await;
    assert_eq!(sap.count("GET", "Currencies"), 5, "a success ends the run");
    assert_eq!(client.logins(), 1);
    client.close().await;
}

/// What refuses the probe for a reason of its own does not show that the session was lost.
#[tokio::test(start_paused = true)]
async fn a_probe_refused_with_a_message_of_its_own_proves_no_loss() {
    let sap = FakeSap::new(|seen, _| match seen.method.as_str() {
        "GET" => Some(business("No permission for currencies  [OCRN.CurrCode]")),
        "POST" if seen.path == "PurchaseInvoices" => Some(business(BARE)),
        _ => None,
    });
    let client = sap.client();
    let guard = LookUp(Some(true), AtomicUsize::new(0));
    let error =
        client.purchase_invoices().create(&NewDocument::default(), Some(&guard)).await.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (ErrorKind::OutcomeUnknown, Outcome::Unknown));
    assert_eq!((sap.count("POST", "PurchaseInvoices"), client.logins()), (1, 1));
    client.close().await;
}
