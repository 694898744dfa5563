//! The deadline lies around every layer: a call that hangs anywhere ends at it, and says what can have happened.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use procore_client::auth::{AccessToken, TokenSource};
use procore_client::transport::{TokioTimer, TransportError};
use procore_client::{
    Client, CompanyId, Error, ErrorKind, Outcome, ProjectId, QuotaReading, QuotaStore,
    QuotaStoreError, Request as Call, RetryPolicy, SecretString, Transport,
};

const DEADLINE: Duration = Duration::from_secs(20);
/// The time-out of one request, where the deadline comes first.
const TIME_OUT: Duration = Duration::from_secs(61);

/// Where a call hangs for ever.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Hangs {
    QuotaStore,
    RateLimit,
    Login,
    SecondLogin,
    Transport,
    Resend,
    EveryAttempt,
}

#[async_trait]
impl QuotaStore for Hangs {
    async fn tell(&self, _: &str, _: QuotaReading) -> Result<(), QuotaStoreError> {
        Ok(())
    }

    async fn latest(&self, _: &str) -> Result<Vec<QuotaReading>, QuotaStoreError> {
        match self {
            Self::QuotaStore => std::future::pending().await,
            _ => Ok(Vec::new()),
        }
    }
}

#[async_trait]
impl TokenSource for Hangs {
    async fn issue(&self, transport: &dyn Transport) -> Result<AccessToken, Error> {
        // The wire answers the second login as it does everything else.
        let request = Request::get("https://login.procore.com/oauth/token").body(Bytes::new());
        let answer = transport.send(request.unwrap()).await;
        if answer.is_err() || *self == Self::Login {
            std::future::pending::<()>().await;
        }
        let secret = SecretString::from("token");
        Ok(AccessToken { secret, lifetime: Duration::from_secs(5_400) })
    }
}

struct Hanging(Hangs, Mutex<(u32, u32)>);

#[async_trait]
impl Transport for Hanging {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let login = request.uri().path() == "/oauth/token";
        let (logins, calls) = {
            let mut count = self.1.lock().unwrap();
            if login {
                count.0 += 1;
            } else {
                count.1 += 1;
            }
            *count
        };
        let hangs = match self.0 {
            Hangs::SecondLogin => login && logins == 2,
            Hangs::Resend => !login && calls == 2,
            Hangs::RateLimit | Hangs::Transport | Hangs::EveryAttempt => !login,
            Hangs::QuotaStore | Hangs::Login => false,
        };
        if hangs {
            std::future::pending::<()>().await;
        }
        let again = matches!(self.0, Hangs::SecondLogin | Hangs::Resend);
        let status = if !login && again && calls == 1 { 401 } else { 200 };
        Ok(Response::builder().status(status).body(Bytes::from("{}")).unwrap())
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_hangs_in_any_layer_ends_at_its_deadline() {
    use Hangs::{EveryAttempt, Login, QuotaStore, RateLimit, Resend, SecondLogin, Transport};
    let table = [
        // Where it hangs, the time-out of one request, what the error says. A quota store is not waited for that long.
        (QuotaStore, TIME_OUT, None),
        (RateLimit, TIME_OUT, Some((ErrorKind::Timeout, Outcome::NotSent))),
        (Login, TIME_OUT, Some((ErrorKind::Timeout, Outcome::NotSent))),
        (SecondLogin, TIME_OUT, Some((ErrorKind::Timeout, Outcome::NotSent))),
        (Transport, TIME_OUT, Some((ErrorKind::Timeout, Outcome::Unknown))),
        (Resend, TIME_OUT, Some((ErrorKind::Timeout, Outcome::Unknown))),
        (EveryAttempt, Duration::from_secs(7), Some((ErrorKind::Timeout, Outcome::Unknown))),
    ];
    for (hangs, time_out, error) in table {
        let mut retry = RetryPolicy::default();
        retry.deadline = DEADLINE;
        let client = Client::builder(CompanyId::new(7))
            .projects([ProjectId::new(86)])
            .token_source(Arc::new(hangs))
            .quota_store(Arc::new(hangs), "an-id")
            .transport(Arc::new(Hanging(hangs, Mutex::default())))
            .timer(Arc::new(TokioTimer::new()))
            .retry(retry)
            .request_timeout(time_out)
            .in_flight_max(1)
            .jitter_seed(1)
            .build()
            .unwrap();
        let request = Call::get("/rest/v1.0/projects/86");
        // The first call has the only place, and never ends.
        let mut first = std::pin::pin!(client.raw(&request));
        if hangs == RateLimit {
            let _ = tokio::time::timeout(Duration::from_secs(1), &mut first).await;
        }
        let began = tokio::time::Instant::now();
        let result = client.raw(&request).await;
        let told = result.err().map(|error| (error.kind(), error.outcome()));
        assert_eq!(told, error, "{hangs:?}");
        let took = began.elapsed();
        match hangs {
            QuotaStore => assert!(took < Duration::from_secs(1), "{took:?}"),
            // Whether the last attempt or the deadline ends it, nothing goes on after it.
            EveryAttempt => assert!(took <= DEADLINE, "{took:?}"),
            _ => assert_eq!(took.as_millis(), DEADLINE.as_millis(), "{hangs:?}"),
        }
    }
}
