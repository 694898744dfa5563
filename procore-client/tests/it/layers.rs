//! The order of the layers: what happens in one call, event by event, under every condition.
//!
//! The timer, the quota store, the token source and the transport write down when they are used. What one layer does
//! before another is used shows as the order of their events, and the crate's documentation promises that order.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::{Request, Response};
use procore_client::auth::{AccessToken, TokenSource};
use procore_client::transport::{Sent, TokioTimer, TransportError};
use procore_client::{
    Client, CompanyId, Error, ErrorKind, ProjectId, QuotaReading, QuotaStore, QuotaStoreError,
    Request as Call, RetryPolicy, SecretString, Timer, Transport, WriteAccess,
};

const DEADLINE: Duration = Duration::from_secs(901);
const TIME_OUT: Duration = Duration::from_secs(61);

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    fn note(&self, event: &str) {
        let mut events = self.0.lock().unwrap();
        // Waits are told apart by what they wait for, not counted.
        if event != "wait" || events.last().is_none_or(|last| last != "wait") {
            events.push(event.to_owned());
        }
    }

    fn taken(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

struct Clocked(TokioTimer, Log);

/// Not an `async fn`: a sleep is noted when a layer begins it, not when it is first polled.
impl Timer for Clocked {
    fn now(&self) -> DateTime<Utc> {
        self.0.now()
    }

    fn sleep<'a, 'b>(
        &'a self,
        duration: Duration,
    ) -> std::pin::Pin<Box<dyn Future<Output = ()> + Send + 'b>>
    where
        'a: 'b,
    {
        match duration {
            TIME_OUT => self.1.note("time-out"),
            // The patience with the quota store.
            _ if duration == Duration::from_millis(250) => {}
            // What is left of the deadline: see `deadline`.
            _ if duration > TIME_OUT => {}
            _ => self.1.note("wait"),
        }
        Box::pin(tokio::time::sleep(duration))
    }
}

struct Shared(Log);

#[async_trait]
impl QuotaStore for Shared {
    async fn tell(&self, _: &str, _: QuotaReading) -> Result<(), QuotaStoreError> {
        self.0.note("learn");
        Ok(())
    }

    async fn latest(&self, _: &str) -> Result<Vec<QuotaReading>, QuotaStoreError> {
        self.0.note("rate limit");
        Ok(Vec::new())
    }
}

/// What the login server does first; afterwards it gives out numbered tokens.
#[derive(Clone, Copy, PartialEq)]
enum Login {
    Works,
    FailsOnce,
}

struct Tokens {
    log: Log,
    state: Mutex<(Login, u32)>,
}

#[async_trait]
impl TokenSource for Tokens {
    async fn issue(&self, transport: &dyn Transport) -> Result<AccessToken, Error> {
        self.log.note("token");
        let number = {
            let mut state = self.state.lock().unwrap();
            if state.0 == Login::FailsOnce {
                state.0 = Login::Works;
                None
            } else {
                state.1 += 1;
                Some(state.1)
            }
        };
        let Some(number) = number else {
            // A real source's error is the crate's own: the login server is down.
            let source = procore_client::auth::ClientCredentials::new(
                "https://login.procore.com",
                "an-id",
                SecretString::from("a-secret"),
            )?;
            return source.issue(transport).await;
        };
        tokio::time::sleep(Duration::from_secs(2)).await;
        let secret = SecretString::from(format!("token-{number}"));
        Ok(AccessToken { secret, lifetime: Duration::from_secs(5_400) })
    }
}

type Answering = fn(u32) -> Result<(u16, &'static str, &'static str), Sent>;

struct Wire {
    log: Log,
    answering: Mutex<(Answering, u32)>,
}

#[async_trait]
impl Transport for Wire {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        // Longer than the second within which the quota store is not asked again.
        tokio::time::sleep(Duration::from_secs(2)).await;
        if request.uri().path() == "/oauth/token" {
            return Err(TransportError::new(Sent::NotSent, "the login server is down"));
        }
        let bearer = request.headers()["authorization"].to_str().unwrap();
        for header in ["procore-company-id", "user-agent", "accept"] {
            assert!(request.headers().contains_key(header), "{header}");
        }
        self.log.note(&format!("transport with {}", bearer.replace("Bearer ", "")));
        let mut answering = self.answering.lock().unwrap();
        answering.1 += 1;
        let (status, wait, body) =
            (answering.0)(answering.1).map_err(|sent| TransportError::new(sent, "told to fail"))?;
        let mut response = Response::builder()
            .status(status)
            .header("x-rate-limit-limit", "25")
            .header("x-rate-limit-remaining", "20")
            .header("date", "Tue, 24 Nov 2026 12:00:00 GMT")
            .header("x-rate-limit-reset", "1795521605");
        if !wait.is_empty() {
            response = response.header("retry-after", wait);
        }
        Ok(response.body(Bytes::from(body)).unwrap())
    }
}

fn client(log: &Log, login: Login, answering: Answering) -> Client {
    let mut retry = RetryPolicy::default();
    retry.deadline = DEADLINE;
    Client::builder(CompanyId::new(7))
        .projects([ProjectId::new(86)])
        .token_source(Arc::new(Tokens { log: log.clone(), state: Mutex::new((login, 0)) }))
        .quota_store(Arc::new(Shared(log.clone())), "an-id")
        .transport(Arc::new(Wire { log: log.clone(), answering: Mutex::new((answering, 0)) }))
        .timer(Arc::new(Clocked(TokioTimer::new(), log.clone())))
        .retry(retry)
        .request_timeout(TIME_OUT)
        .allow_writes(WriteAccess::Write)
        .jitter_seed(1)
        .build()
        .unwrap()
}

fn fine(_: u32) -> Result<(u16, &'static str, &'static str), Sent> {
    Ok((200, "", "{}"))
}

const READ: fn() -> Call = || Call::get("/rest/v1.0/projects/86");
const WRITE: fn() -> Call = || Call::delete("/rest/v1.0/projects/86/x/1");

/// One condition: what it is called, the call, the login, the answers, the events and the kind of error.
type Condition =
    (&'static str, fn() -> Call, Login, Answering, &'static [&'static str], Option<ErrorKind>);

const FIRST: &str = "transport with token-1";
const SECOND: &str = "transport with token-2";

#[rustfmt::skip]
const CONDITIONS: [Condition; 14] = [
    ("another project", || Call::get("/rest/v1.0/projects/87"), Login::Works, fine,
        &[], Some(ErrorKind::OutOfScope)),
    ("an origin field", || Call::post("/rest/v1.0/x").json(&Origin { origin_id: "a" }).unwrap(), Login::Works, fine,
        &[], Some(ErrorKind::ReadOnly)),
    ("a cold read", READ, Login::Works, fine,
        &["rate limit", "time-out", "token", "time-out", FIRST, "learn"], None),
    ("a cold write", WRITE, Login::Works, fine,
        &["rate limit", "time-out", "token", "time-out", FIRST, "learn"], None),
    ("a token that is no longer valid", WRITE, Login::Works,
        |n| Ok(if n == 1 { (401, "", "{}") } else { (200, "", "{}") }),
        &["rate limit", "time-out", "token", "time-out", FIRST, "learn",
          "time-out", "token", "rate limit", "time-out", SECOND, "learn"], None),
    ("a fresh token that is not valid", READ, Login::Works, |_| Ok((401, "", "{}")),
        &["rate limit", "time-out", "token", "time-out", FIRST, "learn",
          "time-out", "token", "rate limit", "time-out", SECOND, "learn"], Some(ErrorKind::Unauthorized)),
    ("a read that fails once", READ, Login::Works,
        |n| Ok(if n == 1 { (500, "", "{}") } else { (200, "", "{}") }),
        &["rate limit", "time-out", "token", "time-out", FIRST, "learn",
          "wait", "rate limit", "time-out", FIRST, "learn"], None),
    ("a write that fails", WRITE, Login::Works, |_| Ok((500, "", "{}")),
        &["rate limit", "time-out", "token", "time-out", FIRST, "learn"], Some(ErrorKind::Server)),
    ("a write that did not leave", WRITE, Login::Works,
        |n| if n == 1 { Err(Sent::NotSent) } else { Ok((200, "", "{}")) },
        &["rate limit", "time-out", "token", "time-out", FIRST,
          "wait", "rate limit", "time-out", FIRST, "learn"], None),
    ("a write without an answer", WRITE, Login::Works, |_| Err(Sent::MaybeSent),
        &["rate limit", "time-out", "token", "time-out", FIRST], Some(ErrorKind::Transport)),
    ("a write that was throttled", WRITE, Login::Works,
        |n| Ok(if n == 1 { (429, "3", "{}") } else { (200, "", "{}") }),
        &["rate limit", "time-out", "token", "time-out", FIRST, "learn",
          "wait", "rate limit", "time-out", FIRST, "learn"], None),
    ("a login that fails once", WRITE, Login::FailsOnce, fine,
        &["rate limit", "time-out", "token",
          "wait", "rate limit", "time-out", "token", "time-out", FIRST, "learn"], None),
    ("a conflict", WRITE, Login::Works, |_| Ok((409, "", "{}")),
        &["rate limit", "time-out", "token", "time-out", FIRST, "learn"], Some(ErrorKind::Conflict)),
    ("a broken rule", WRITE, Login::Works, |_| Ok((422, "", "{}")),
        &["rate limit", "time-out", "token", "time-out", FIRST, "learn"], Some(ErrorKind::Invalid)),
];

#[derive(serde::Serialize)]
struct Origin {
    origin_id: &'static str,
}

#[tokio::test(start_paused = true)]
async fn every_condition_uses_the_layers_in_their_order() {
    for (condition, call, login, answering, events, kind) in CONDITIONS {
        let log = Log::default();
        let result = client(&log, login, answering).raw(&call()).await;
        assert_eq!(log.taken(), events, "{condition}");
        assert_eq!(result.err().map(|error| error.kind()), kind, "{condition}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_warm_call_asks_for_no_token_and_what_cannot_be_decoded_is_not_sent_again() {
    let log = Log::default();
    let client = client(&log, Login::Works, fine);
    client.login().await.unwrap();
    assert_eq!(log.taken(), ["time-out", "token"]);
    let list = client.companies().all().await.unwrap_err();
    assert_eq!(list.kind(), ErrorKind::Decode);
    assert_eq!(log.taken(), ["rate limit", "time-out", FIRST, "learn"]);
}

#[tokio::test(start_paused = true)]
async fn the_order_is_the_one_that_the_documentation_promises() {
    let log = Log::default();
    client(&log, Login::Works, fine).raw(&READ()).await.unwrap();
    let events = log.taken();
    let docs = include_str!("../../src/lib.rs").replace("\n//! ", " ");
    let (_, promise) = docs.split_once("outermost first:").unwrap();
    let (promise, _) = promise.split_once(".\n").unwrap();
    let mut told = 0;
    let mut seen = 0;
    for (words, event) in [
        ("the rate limit", "rate limit"),
        ("one shared token", "token"),
        ("a time-out", "time-out"),
        ("the transport", FIRST),
    ] {
        told += promise[told..].find(words).unwrap_or_else(|| panic!("{words} in {promise}"));
        let after = events[seen..].iter().position(|found| found == event);
        seen += after.unwrap_or_else(|| panic!("{event} in {events:?}"));
    }
    // Retries lie outside the rate limit: the table above sees it asked again after every wait. The deadline lies
    // outside them all: `deadline` sees each of them given up at it.
    let at = |words: &str| promise.find(words).unwrap();
    assert!(at("a deadline") < at("retries") && at("retries") < at("the rate limit"));
}
