//! A Service Layer in memory: sessions with an idle time on the tokio clock, and scripted answers.

use async_trait::async_trait;
use bytes::Bytes;
use sap_b1_client::{Client, ClientBuilder, PasswordLogin, Transport, TransportError};
use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::time::Instant;

pub(crate) const BARE: &str = "Internal error (-5002) occurred";

/// What the double does with a request.
#[derive(Debug, Clone)]
pub(crate) enum Reply {
    /// An answer.
    Answer(u16, String),
    /// The connection is refused.
    NotSent,
    /// The connection ends after the request was written.
    Lost,
    /// No answer, ever.
    Hang,
}

pub(crate) fn ok(body: &str) -> Reply {
    Reply::Answer(200, body.to_owned())
}

pub(crate) fn created(doc_entry: i32) -> Reply {
    Reply::Answer(201, format!("{{\"DocEntry\":{doc_entry},\"DocNum\":{}}}", doc_entry + 1000))
}

pub(crate) fn error(status: u16, code: i64, message: &str) -> Reply {
    Reply::Answer(
        status,
        format!("{{\"error\":{{\"code\":\"{code}\",\"message\":\"{message}\"}}}}"),
    )
}

pub(crate) fn session_lost() -> Reply {
    error(401, 301, "Invalid session or session already timeout.")
}

pub(crate) fn business(message: &str) -> Reply {
    error(400, -5002, message)
}

/// How the double says that it does not know a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LossSign {
    Unauthorized,
    Business,
}

type Script = dyn Fn(&Seen, usize) -> Option<Reply> + Send + Sync;

/// A request as it was received.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) body: String,
    pub(crate) cookie: Option<String>,
    pub(crate) authorization: Option<String>,
    pub(crate) prefer: Option<String>,
    pub(crate) if_match: Option<String>,
}

pub(crate) struct FakeSap {
    pub(crate) idle: Mutex<Duration>,
    pub(crate) loss_sign: Mutex<LossSign>,
    pub(crate) latency: Mutex<Duration>,
    script: Mutex<Arc<Script>>,
    sessions: Mutex<HashMap<String, Instant>>,
    log: Mutex<Vec<Seen>>,
    counts: Mutex<HashMap<String, usize>>,
    next_session: AtomicUsize,
    in_flight: [AtomicUsize; 3],
    pub(crate) most_logins: AtomicUsize,
    pub(crate) most_reads: AtomicUsize,
    pub(crate) most_writes: AtomicUsize,
}

impl fmt::Debug for FakeSap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FakeSap")
    }
}

impl FakeSap {
    /// `script` may answer any request of a live session, and any login; `None` leaves it to the double.
    pub(crate) fn new(
        script: impl Fn(&Seen, usize) -> Option<Reply> + Send + Sync + 'static,
    ) -> Arc<Self> {
        Arc::new(Self {
            idle: Mutex::new(Duration::from_secs(30 * 60)),
            loss_sign: Mutex::new(LossSign::Unauthorized),
            latency: Mutex::new(Duration::from_millis(100)),
            script: Mutex::new(Arc::new(script)),
            sessions: Mutex::default(),
            log: Mutex::default(),
            counts: Mutex::default(),
            next_session: AtomicUsize::new(1),
            in_flight: Default::default(),
            most_logins: AtomicUsize::new(0),
            most_reads: AtomicUsize::new(0),
            most_writes: AtomicUsize::new(0),
        })
    }

    pub(crate) fn client(self: &Arc<Self>) -> Client {
        self.builder("v2").build().unwrap()
    }

    pub(crate) fn builder(self: &Arc<Self>, version: &str) -> ClientBuilder {
        let login = PasswordLogin::new("SBODEMOUS", "manager", "canary-password".into());
        Client::builder(format!("https://b1.test:50000/b1s/{version}"), login)
            .transport(self.clone())
    }

    /// Forgets every session, as a restart of the server does.
    pub(crate) fn drop_sessions(&self) {
        self.sessions.lock().unwrap().clear();
    }

    pub(crate) fn log(&self) -> Vec<Seen> {
        self.log.lock().unwrap().clone()
    }

    /// Requests of a method whose path starts with `path`.
    pub(crate) fn count(&self, method: &str, path: &str) -> usize {
        self.log()
            .iter()
            .filter(|seen| seen.method == method && seen.path.starts_with(path))
            .count()
    }

    fn knows(&self, cookie: Option<&str>) -> bool {
        let id = cookie
            .and_then(|cookie| cookie.strip_prefix("B1SESSION="))
            .and_then(|cookie| cookie.strip_suffix("; ROUTEID=.node1"));
        let mut sessions = self.sessions.lock().unwrap();
        let Some(used) = id.and_then(|id| sessions.get_mut(id)) else { return false };
        let alive = used.elapsed() < *self.idle.lock().unwrap();
        if alive {
            *used = Instant::now();
        }
        alive
    }

    fn answer(&self, seen: &Seen) -> (Reply, Option<String>) {
        let nth = {
            let mut counts = self.counts.lock().unwrap();
            let count = counts.entry(format!("{} {}", seen.method, seen.path)).or_default();
            *count += 1;
            *count
        };
        let script = self.script.lock().unwrap().clone();
        if seen.path == "Login" {
            if let Some(reply) = script(seen, nth) {
                return (reply, None);
            }
            let id = format!("canary-session-{}", self.next_session.fetch_add(1, Ordering::SeqCst));
            self.sessions.lock().unwrap().insert(id.clone(), Instant::now());
            let minutes = self.idle.lock().unwrap().as_secs() / 60;
            return (
                ok(&format!(
                    "{{\"SessionId\":\"{id}\",\"Version\":\"1000280\",\"SessionTimeout\":{minutes}}}"
                )),
                Some(id),
            );
        }
        let signing_in = seen.cookie.is_none() && matches!(seen.path.as_str(), "ssob1s" | "assert");
        let known =
            signing_in || seen.authorization.is_some() || self.knows(seen.cookie.as_deref());
        if !known {
            let sign = *self.loss_sign.lock().unwrap();
            return (
                if sign == LossSign::Unauthorized { session_lost() } else { business(BARE) },
                None,
            );
        }
        let reply = script(seen, nth).unwrap_or_else(|| match seen.method.as_str() {
            "POST" if seen.path != "Logout" => created(7),
            "GET" => ok("{\"value\":[]}"),
            _ => Reply::Answer(204, String::new()),
        });
        (reply, None)
    }
}

#[async_trait]
impl Transport for FakeSap {
    async fn send(
        &self,
        request: http::Request<Bytes>,
    ) -> Result<http::Response<Bytes>, TransportError> {
        let header = |name: &str| {
            request.headers().get(name).map(|value| value.to_str().unwrap().to_owned())
        };
        let path = request
            .uri()
            .path_and_query()
            .unwrap()
            .as_str()
            .splitn(4, '/')
            .nth(3)
            .unwrap()
            .to_owned();
        let seen = Seen {
            method: request.method().to_string(),
            path,
            body: String::from_utf8(request.body().to_vec()).unwrap(),
            cookie: header("cookie"),
            authorization: header("authorization"),
            prefer: header("prefer"),
            if_match: header("if-match"),
        };
        assert!(header("expect").is_none());
        self.log.lock().unwrap().push(seen.clone());
        let (lane, most) = match (seen.path.as_str(), seen.method.as_str()) {
            ("Login", _) => (0, &self.most_logins),
            (_, "GET") => (1, &self.most_reads),
            _ => (2, &self.most_writes),
        };
        let now = self.in_flight[lane].fetch_add(1, Ordering::SeqCst) + 1;
        most.fetch_max(now, Ordering::SeqCst);
        let latency = *self.latency.lock().unwrap();
        tokio::time::sleep(latency).await;
        let (reply, session) = self.answer(&seen);
        self.in_flight[lane].fetch_sub(1, Ordering::SeqCst);
        match reply {
            Reply::NotSent => Err(TransportError::not_sent("connection refused")),
            Reply::Lost => Err(TransportError::maybe_sent("connection reset")),
            Reply::Hang => std::future::pending().await,
            Reply::Answer(status, body) => {
                let mut response = http::Response::builder().status(status);
                if let Some(id) = session {
                    response = response
                        .header("set-cookie", format!("B1SESSION={id};HttpOnly;"))
                        .header("set-cookie", "ROUTEID=.node1; path=/b1s");
                }
                Ok(response.body(Bytes::from(body)).unwrap())
            }
        }
    }
}
