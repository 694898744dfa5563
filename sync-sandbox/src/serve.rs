//! Both simulated systems over HTTP/1.1 on loopback.
//!
//! Connections are kept alive. A lost connection is closed without an answer, a slow answer waits,
//! and each system may be given a latency of its own. hyper is used directly, because a router
//! turns every error into a response and could not end a connection.

use std::{convert::Infallible, io, net::SocketAddr, time::Duration};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full, Limited};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{
    net::{TcpListener, TcpStream},
    task::{JoinHandle, JoinSet},
};

use crate::{
    fault::{AnswerAfter, ConnectionLost},
    sandbox::Sandbox,
};

/// A body beyond this many bytes ends the connection.
const BODY_BYTES_MAX: usize = 64 * 1024 * 1024;

/// How the network between caller and systems behaves.
#[derive(Clone, Copy, Debug, Default)]
pub struct ServeOptions {
    /// Milliseconds that every answer of Procore takes.
    pub procore_latency_ms: u64,
    /// Milliseconds that every answer of the Service Layer takes.
    pub service_layer_latency_ms: u64,
}

/// Both systems while they are served; dropping it closes every listener and connection.
#[derive(Debug)]
pub struct Served {
    /// Procore's API, without a slash at the end.
    pub procore_url: String,
    /// Procore's login, on a port of its own.
    pub login_url: String,
    /// The Service Layer with its version path, `…/b1s/v2`.
    pub service_layer_url: String,
    tasks: Vec<JoinHandle<Infallible>>,
}

impl Served {
    /// Serves a sandbox on free ports of `127.0.0.1`, on the runtime of the caller.
    ///
    /// # Errors
    ///
    /// A port could not be opened.
    pub async fn start(sandbox: &Sandbox, options: ServeOptions) -> io::Result<Self> {
        let procore = Duration::from_millis(options.procore_latency_ms);
        let service_layer = Duration::from_millis(options.service_layer_latency_ms);
        let mut tasks = Vec::new();
        let procore_at = listen({
            let system = sandbox.procore.clone();
            Listening { call: move |request| system.call(request), latency: procore }
        })
        .await?;
        let login_at = listen({
            let system = sandbox.procore.clone();
            Listening { call: move |request| system.call(request), latency: procore }
        })
        .await?;
        let service_layer_at = listen({
            let system = sandbox.service_layer.clone();
            Listening { call: move |request| system.call(request), latency: service_layer }
        })
        .await?;
        let mut url = |(address, task): (SocketAddr, JoinHandle<Infallible>)| {
            tasks.push(task);
            format!("http://{address}")
        };
        Ok(Self {
            procore_url: url(procore_at),
            login_url: url(login_at),
            service_layer_url: format!("{}/b1s/v2", url(service_layer_at)),
            tasks,
        })
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

/// One system with its latency.
#[derive(Clone)]
struct Listening<F> {
    call: F,
    latency: Duration,
}

/// Opens a port and accepts connections until the task is aborted, which drops the connections
/// with it.
async fn listen<F>(system: Listening<F>) -> io::Result<(SocketAddr, JoinHandle<Infallible>)>
where
    F: Fn(Request<Bytes>) -> Result<Response<Bytes>, ConnectionLost>
        + Clone
        + Send
        + Sync
        + 'static,
{
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = listener.local_addr()?;
    let task = tokio::spawn(async move {
        let mut connections = JoinSet::new();
        loop {
            while connections.try_join_next().is_some() {}
            match listener.accept().await {
                Ok((stream, _)) => {
                    connections.spawn(converse(stream, system.clone()));
                }
                // Out of file handles, for example: the next connection may work again.
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
    });
    Ok((address, task))
}

/// Serves one connection until either side ends it.
async fn converse<F>(stream: TcpStream, system: Listening<F>)
where
    F: Fn(Request<Bytes>) -> Result<Response<Bytes>, ConnectionLost>
        + Clone
        + Send
        + Sync
        + 'static,
{
    // Answers are small: waiting to fill a packet would cost more than the simulation.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request| answer(system.clone(), request));
    // An error is either the caller's end of the connection or a lost connection on purpose.
    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

/// Answers one request; an error makes hyper close the connection without an answer.
async fn answer<F>(
    system: Listening<F>,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, io::Error>
where
    F: Fn(Request<Bytes>) -> Result<Response<Bytes>, ConnectionLost>,
{
    let (parts, body) = request.into_parts();
    let body = Limited::new(body, BODY_BYTES_MAX)
        .collect()
        .await
        .map_err(|_| io::Error::other("the request's body did not arrive"))?
        .to_bytes();
    let answered = (system.call)(Request::from_parts(parts, body));
    let asked = answered.as_ref().ok().and_then(|r| r.extensions().get::<AnswerAfter>());
    let wait = system.latency + Duration::from_millis(asked.map_or(0, |after| after.ms));
    if !wait.is_zero() {
        tokio::time::sleep(wait).await;
    }
    match answered {
        Ok(response) => Ok(response.map(Full::new)),
        Err(ConnectionLost) => Err(io::Error::other("the connection is lost on purpose")),
    }
}
