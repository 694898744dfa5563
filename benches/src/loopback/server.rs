//! The server: hyper over HTTP/1.1 with connections that stay open, as both real servers keep theirs.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response, StatusCode, Uri};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};

use crate::bodies;

/// Calls that the server says are left: more than any run makes, so that no client waits for a new window.
const CALLS_LEFT: &str = "100000000";

/// The bodies that the server answers with.
#[derive(Clone, Debug)]
pub struct Answers {
    /// `GET /rest/v1.0/projects/...`.
    pub project: Bytes,
    /// `GET /rest/v1.0/purchase_order_contracts`.
    pub contracts: Bytes,
    /// `GET /b1s/v2/PurchaseInvoices(...)`.
    pub invoice: Bytes,
}

/// A running server; it ends with the process.
#[derive(Debug)]
pub struct Server {
    /// Where it listens.
    pub address: SocketAddr,
    last_get: Arc<Mutex<Option<(Uri, HeaderMap)>>>,
}

impl Server {
    /// Starts it on a free port.
    pub fn start(answers: Answers) -> Self {
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        listener.set_nonblocking(true).expect("a socket of tokio does not block");
        let address = listener.local_addr().expect("a bound socket has an address");
        let last_get = Arc::new(Mutex::new(None));
        let seen = Arc::clone(&last_get);
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("the server's runtime").block_on(serve(listener, answers, seen));
        });
        Self { address, last_get }
    }

    /// Path with query and headers of the last GET.
    pub fn last_get(&self) -> (Uri, HeaderMap) {
        self.last_get.lock().expect("nobody panics here").clone().expect("a GET was made")
    }
}

async fn serve(
    listener: std::net::TcpListener,
    answers: Answers,
    seen: Arc<Mutex<Option<(Uri, HeaderMap)>>>,
) {
    let listener = tokio::net::TcpListener::from_std(listener).expect("a listening socket");
    loop {
        let (stream, _) = listener.accept().await.expect("a connection");
        stream.set_nodelay(true).expect("an option of every TCP socket");
        let (answers, seen) = (answers.clone(), Arc::clone(&seen));
        tokio::spawn(async move {
            let service = service_fn(move |request: Request<Incoming>| {
                let (answers, seen) = (answers.clone(), Arc::clone(&seen));
                async move { Ok::<_, Infallible>(answer(request, &answers, &seen).await) }
            });
            let mut connection = http1::Builder::new();
            connection.timer(TokioTimer::new()).keep_alive(true);
            // A client that is dropped ends its connection: no failure of a measurement.
            let _ = connection.serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

async fn answer(
    request: Request<Incoming>,
    answers: &Answers,
    seen: &Mutex<Option<(Uri, HeaderMap)>>,
) -> Response<Full<Bytes>> {
    let (head, body) = request.into_parts();
    let _ = body.collect().await;
    if head.method == Method::GET {
        *seen.lock().expect("nobody panics here") = Some((head.uri.clone(), head.headers));
    }
    let path = head.uri.path();
    let mut response = Response::builder();
    if path.starts_with("/rest/") {
        response = response
            .header("content-type", "application/json; charset=utf-8")
            .header("x-request-id", "0c2d3b0e-5d4a-4f6e-9a51-2f1f5c7a3f11")
            .header("x-rate-limit-limit", CALLS_LEFT)
            .header("x-rate-limit-remaining", CALLS_LEFT)
            .header("x-rate-limit-reset", in_an_hour())
            .header("total", "2000")
            .header("per-page", "2000");
    } else {
        response = response
            .header("content-type", "application/json;odata.metadata=minimal;charset=utf-8")
            .header("odata-version", "4.0")
            .header("etag", "W/\"77DE68DAECD823BABBB58EDB1C8E14D7106E83BB\"")
            .header("vary", "Accept-Encoding");
    }
    let body = match path {
        "/oauth/token" => Bytes::from_static(bodies::TOKEN.as_bytes()),
        "/b1s/v2/Login" => {
            response = response.header("set-cookie", bodies::SESSION_COOKIE);
            Bytes::from_static(bodies::LOGIN.as_bytes())
        }
        "/b1s/v2/Logout" => Bytes::new(),
        _ if path.starts_with("/b1s/v2/PurchaseInvoices(") => answers.invoice.clone(),
        _ if path.starts_with("/rest/v1.0/projects/") => answers.project.clone(),
        "/rest/v1.0/purchase_order_contracts" => answers.contracts.clone(),
        _ => {
            response = response.status(StatusCode::NOT_FOUND);
            Bytes::new()
        }
    };
    response.body(Full::new(body)).expect("constant headers are valid")
}

fn in_an_hour() -> String {
    #[allow(clippy::disallowed_methods, reason = "the server of a bench has the system's time")]
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    (now.unwrap_or_default() + Duration::from_secs(3_600)).as_secs().to_string()
}
