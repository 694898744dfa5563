//! A transport that answers from a function, and clients that use it in tokio's paused time.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use http::{Request, Response};
use procore_client::transport::{Sent, TransportError};
use procore_client::{
    Client, ClientBuilder, CompanyId, Project, ProjectId, SecretString, Timer, Transport,
};
use tokio::time::Instant;

pub(crate) const COMPANY: CompanyId = CompanyId::new(7);
pub(crate) const PROJECT: ProjectId = ProjectId::new(86);
pub(crate) const SECRET: &str = "canary-secret-9d1f";
pub(crate) const TOKEN_BODY: &str = r#"{"access_token":"canary-token-1","token_type":"bearer","expires_in":5400,"created_at":1511289006}"#;

/// Tokio's time, paused in most tests, from a fixed moment on: the place in an hour or in a window decides what the limiter
/// meets, so no test may depend on when it runs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TestTimer {
    started: Instant,
}

#[async_trait]
impl Timer for TestTimer {
    fn now(&self) -> DateTime<Utc> {
        let wall = DateTime::from_timestamp(1_800_000_600, 123_456_789).unwrap();
        wall + TimeDelta::from_std(self.started.elapsed()).unwrap()
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}

/// What the double does with a request.
pub(crate) enum Reply {
    Answer(Response<Bytes>),
    Fail(Sent),
    Hang,
}

/// A request as it came, and when.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) method: String,
    pub(crate) host: String,
    pub(crate) path: String,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) headers: http::HeaderMap,
    pub(crate) body: String,
    pub(crate) at: DateTime<Utc>,
}

impl Seen {
    pub(crate) fn is_login(&self) -> bool {
        self.path == "/oauth/token"
    }

    pub(crate) fn param(&self, key: &str) -> Option<&str> {
        self.query.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }

    pub(crate) fn bearer(&self) -> &str {
        self.headers["authorization"].to_str().unwrap()
    }
}

type Answering = dyn FnMut(&Seen) -> Reply + Send;

pub(crate) struct Double {
    answering: Mutex<Box<Answering>>,
    seen: Mutex<Vec<Seen>>,
    timer: TestTimer,
    takes: Duration,
    in_flight: Mutex<(usize, usize)>,
}

impl Double {
    pub(crate) fn new(answering: impl FnMut(&Seen) -> Reply + Send + 'static) -> Arc<Self> {
        Self::slow(Duration::from_millis(20), answering)
    }

    pub(crate) fn slow(
        takes: Duration,
        answering: impl FnMut(&Seen) -> Reply + Send + 'static,
    ) -> Arc<Self> {
        Arc::new(Self {
            answering: Mutex::new(Box::new(answering)),
            seen: Mutex::default(),
            timer: TestTimer { started: Instant::now() },
            takes,
            in_flight: Mutex::default(),
        })
    }

    /// Answers logins with a token and everything else from the function.
    pub(crate) fn api(mut answering: impl FnMut(&Seen) -> Reply + Send + 'static) -> Arc<Self> {
        Self::new(move |seen| if seen.is_login() { ok(TOKEN_BODY) } else { answering(seen) })
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    pub(crate) fn api_calls(&self) -> Vec<Seen> {
        self.seen().into_iter().filter(|seen| !seen.is_login()).collect()
    }

    pub(crate) fn logins(&self) -> usize {
        self.seen().iter().filter(|seen| seen.is_login()).count()
    }

    pub(crate) fn in_flight_max(&self) -> usize {
        self.in_flight.lock().unwrap().1
    }
}

#[async_trait]
impl Transport for Double {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let url = url::Url::parse(&request.uri().to_string()).unwrap();
        let seen = Seen {
            method: request.method().to_string(),
            host: url.host_str().unwrap().to_owned(),
            path: url.path().to_owned(),
            query: url.query_pairs().into_owned().collect(),
            headers: request.headers().clone(),
            body: String::from_utf8(request.body().to_vec()).unwrap(),
            at: self.timer.now(),
        };
        self.seen.lock().unwrap().push(seen.clone());
        {
            let mut in_flight = self.in_flight.lock().unwrap();
            in_flight.0 += 1;
            in_flight.1 = in_flight.1.max(in_flight.0);
        }
        tokio::time::sleep(self.takes).await;
        self.in_flight.lock().unwrap().0 -= 1;
        let reply = (self.answering.lock().unwrap())(&seen);
        match reply {
            Reply::Answer(response) => Ok(response),
            Reply::Fail(sent) => Err(TransportError::new(sent, "the double was told to fail")),
            Reply::Hang => std::future::pending().await,
        }
    }
}

pub(crate) fn status(status: u16, body: &str) -> Reply {
    with_headers(status, &[], body)
}

pub(crate) fn ok(body: &str) -> Reply {
    status(200, body)
}

pub(crate) fn with_headers(status: u16, headers: &[(&str, &str)], body: &str) -> Reply {
    let mut response = Response::builder().status(status);
    for (name, value) in headers {
        response = response.header(*name, *value);
    }
    Reply::Answer(response.body(Bytes::from(body.to_owned())).unwrap())
}

pub(crate) fn builder(double: &Arc<Double>) -> ClientBuilder {
    plain(double).credentials("an-id", SecretString::from(SECRET))
}

/// A builder without credentials.
pub(crate) fn plain(double: &Arc<Double>) -> ClientBuilder {
    Client::builder(COMPANY)
        .projects([PROJECT])
        .transport(Arc::<Double>::clone(double))
        .timer(Arc::new(double.timer))
        .jitter_seed(1)
}

pub(crate) fn client(double: &Arc<Double>) -> Client {
    builder(double).build().unwrap()
}

pub(crate) fn project(double: &Arc<Double>) -> Project {
    client(double).project(PROJECT).unwrap()
}

/// A project whose every API call is answered with one body.
pub(crate) fn project_of(body: &str) -> Project {
    let body = body.to_owned();
    project(&Double::api(move |_| with_headers(200, &[("total", "0")], &body)))
}
