//! The transport over `reqwest`: rustls, HTTP/1.1, no cookies, no redirects, no repetition of its own.
//!
//! Apache in front of the Service Layer closes idle connections after five seconds (`Keep-Alive: timeout=5`). A write on a
//! connection that the server is just closing looks like a write without an answer, so writes open a fresh connection and
//! reads reuse one for less than five seconds.

use super::{Sent, Transport, TransportError, pin};
use crate::error::Error;
use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use http::Method;
use std::fmt::Write as _;
use std::time::Duration;

/// The largest answer that is read, in bytes.
const ANSWER_BYTES_MAX: usize = 64 * 1024 * 1024;
/// The most memory that is taken because a server says how long its answer will be, in bytes.
const ANSWER_BYTES_AT_ONCE: usize = 8 * 1024 * 1024;
/// Room for an address with a few conditions, in bytes.
const ADDRESS_BYTES_USUAL: usize = 256;

/// Sends requests with `reqwest`.
#[derive(Debug, Clone)]
pub struct ReqwestTransport {
    reads: ::reqwest::Client,
    writes: ::reqwest::Client,
}

/// Settings of a [`ReqwestTransport`].
#[derive(Debug, Clone)]
pub struct ReqwestTransportBuilder {
    ca_pem: Vec<Vec<u8>>,
    pins: Vec<String>,
    connect_timeout: Duration,
    pool_idle_timeout: Duration,
    reuse_for_writes: bool,
    environment_proxy: bool,
    accept_invalid_certificates: bool,
}

impl Default for ReqwestTransportBuilder {
    fn default() -> Self {
        Self {
            ca_pem: Vec::new(),
            pins: Vec::new(),
            connect_timeout: Duration::from_secs(10),
            pool_idle_timeout: Duration::from_secs(4),
            reuse_for_writes: false,
            environment_proxy: false,
            accept_invalid_certificates: false,
        }
    }
}

impl ReqwestTransportBuilder {
    /// Trusts the certificate authorities of a PEM file's content, beside the system's. A Service Layer is installed with
    /// a self-signed certificate; its authority belongs here.
    #[must_use]
    pub fn ca_pem(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.ca_pem.push(pem.into());
        self
    }

    /// Trusts the server that holds this public key, and no other server: for the self-signed certificate a Service Layer is
    /// installed with. `sha256` is the SHA-256 of the key in 64 hexadecimal digits, as this prints it:
    ///
    /// ```text
    /// openssl s_client -connect b1.example.com:50000 </dev/null | openssl x509 -noout -pubkey |
    ///   openssl pkey -pubin -outform der | openssl dgst -sha256
    /// ```
    ///
    /// Compare it with the server's own file before you trust it. Name, dates and authority of the certificate are not looked
    /// at then: the key is the server. A second pin allows for a change of keys. It excludes
    /// [`ReqwestTransportBuilder::ca_pem`] and unchecked certificates.
    #[must_use]
    pub fn pin_public_key(mut self, sha256: impl Into<String>) -> Self {
        self.pins.push(sha256.into());
        self
    }

    /// Time to open a connection, TLS included. Default 10 s.
    #[must_use]
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// How long an idle connection is kept for reads. Default 4 s, capped below 5 s.
    #[must_use]
    pub fn pool_idle_timeout(mut self, timeout: Duration) -> Self {
        self.pool_idle_timeout = timeout.min(Duration::from_millis(4900));
        self
    }

    /// Lets writes reuse a pooled connection: faster, and more writes whose outcome is unknown. Default off.
    #[must_use]
    pub fn reuse_connections_for_writes(mut self, reuse: bool) -> Self {
        self.reuse_for_writes = reuse;
        self
    }

    /// Uses the proxy that `HTTPS_PROXY` and its kin name. Default off: a proxy may send one request twice.
    #[must_use]
    pub fn environment_proxy(mut self, use_it: bool) -> Self {
        self.environment_proxy = use_it;
        self
    }

    /// Accepts any certificate of any server: whoever stands between can read the password and change every posting. For a
    /// trial on a test system only; each transport built with it logs a warning. Default off; prefer
    /// [`ReqwestTransportBuilder::ca_pem`] or [`ReqwestTransportBuilder::pin_public_key`].
    #[must_use]
    pub fn danger_accept_invalid_certificates(mut self, accept: bool) -> Self {
        self.accept_invalid_certificates = accept;
        self
    }

    /// Builds the transport.
    ///
    /// # Errors
    /// When a certificate or a pin does not read, pins stand beside another kind of trust, or TLS cannot start.
    pub fn build(self) -> Result<ReqwestTransport, Error> {
        if !self.pins.is_empty() && (self.accept_invalid_certificates || !self.ca_pem.is_empty()) {
            return Err(Error::configuration(
                "a pinned key is the only trust there is: leave out authorities and unchecked certificates",
            ));
        }
        if self.accept_invalid_certificates {
            tracing::warn!(
                "certificates of servers are not checked: anybody between can read the password and change every posting"
            );
        }
        let reads = self.client(true)?;
        let writes = self.client(self.reuse_for_writes)?;
        Ok(ReqwestTransport { reads, writes })
    }

    fn client(&self, reuse: bool) -> Result<::reqwest::Client, Error> {
        let mut builder = ::reqwest::Client::builder()
            .http1_only()
            .redirect(::reqwest::redirect::Policy::none())
            .retry(::reqwest::retry::never())
            .connect_timeout(self.connect_timeout)
            .pool_idle_timeout(self.pool_idle_timeout)
            .tls_version_min(::reqwest::tls::Version::TLS_1_2);
        if self.accept_invalid_certificates {
            builder = builder.tls_danger_accept_invalid_certs(true);
        }
        if !reuse {
            builder = builder.pool_max_idle_per_host(0);
        }
        if !self.environment_proxy {
            builder = builder.no_proxy();
        }
        for pem in &self.ca_pem {
            let certificates = ::reqwest::Certificate::from_pem_bundle(pem).map_err(|error| {
                Error::configuration("the certificate authority file is not PEM").with_source(error)
            })?;
            if certificates.is_empty() {
                return Err(Error::configuration(
                    "the certificate authority file holds no certificate",
                ));
            }
            builder = builder.tls_certs_merge(certificates);
        }
        if !self.pins.is_empty() {
            let pins = self.pins.iter().map(|text| pin::parse(text)).collect::<Result<_, _>>()?;
            builder = builder.tls_backend_preconfigured(pin::config(pins)?);
        }
        builder.build().map_err(|error| {
            Error::configuration("the HTTP client cannot start").with_source(error)
        })
    }
}

impl ReqwestTransport {
    /// Starts from the defaults.
    #[must_use]
    pub fn builder() -> ReqwestTransportBuilder {
        ReqwestTransportBuilder::default()
    }
}

#[async_trait]
impl Transport for ReqwestTransport {
    async fn send(
        &self,
        request: http::Request<Bytes>,
    ) -> Result<http::Response<Bytes>, TransportError> {
        refuse_plain_http(request.uri())?;
        let client = if request.method() == Method::GET { &self.reads } else { &self.writes };
        let request = outgoing(request)?;
        let mut answer = client.execute(request).await.map_err(|error| {
            let sent = if error.is_connect() || error.is_builder() {
                Sent::NotSent
            } else {
                Sent::MaybeSent
            };
            failed(sent, error)
        })?;
        let mut response = http::Response::new(Bytes::new());
        *response.status_mut() = answer.status();
        *response.headers_mut() = std::mem::take(answer.headers_mut());
        *response.body_mut() = whole_body(answer).await?;
        Ok(response)
    }
}

/// The request as `reqwest` has it. Its own conversion formats the address piece by piece into a growing text.
fn outgoing(request: http::Request<Bytes>) -> Result<::reqwest::Request, TransportError> {
    let (head, body) = request.into_parts();
    let mut address = String::with_capacity(ADDRESS_BYTES_USUAL);
    let url = write!(address, "{}", head.uri).ok().and_then(|()| url::Url::parse(&address).ok());
    let url = url.ok_or_else(|| TransportError::not_sent("the request cannot be built"))?;
    // A GET without a body says nothing of its length; any other empty body is a length of 0.
    let has_body = !body.is_empty() || head.method != http::Method::GET;
    let mut request = ::reqwest::Request::new(head.method, url);
    *request.headers_mut() = head.headers;
    *request.body_mut() = has_body.then(|| body.into());
    Ok(request)
}

/// Reads the body to its end. One that comes in one piece, as most do, is not copied.
async fn whole_body(mut answer: ::reqwest::Response) -> Result<Bytes, TransportError> {
    let told = usize::try_from(answer.content_length().unwrap_or(0)).unwrap_or(usize::MAX);
    let mut first = Bytes::new();
    let mut body = BytesMut::new();
    while let Some(chunk) = answer.chunk().await.map_err(|error| failed(Sent::MaybeSent, error))? {
        if first.len().max(body.len()) + chunk.len() > ANSWER_BYTES_MAX {
            return Err(TransportError::maybe_sent(format!(
                "the answer is larger than {ANSWER_BYTES_MAX} bytes"
            )));
        }
        if body.is_empty() {
            if first.is_empty() {
                first = chunk;
                continue;
            }
            // The length that the server tells saves growing; a lie costs little.
            body.reserve(told.min(ANSWER_BYTES_AT_ONCE));
            body.extend_from_slice(&std::mem::take(&mut first));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(if body.is_empty() { first } else { body.freeze() })
}

/// A session and amounts never travel in the clear, except to this very machine.
pub(crate) fn refuse_plain_http(uri: &http::Uri) -> Result<(), TransportError> {
    match (uri.scheme_str(), uri.host()) {
        (Some("https"), Some(_)) => Ok(()),
        (Some("http"), Some(host)) if is_loopback(host) => Ok(()),
        (Some("http"), _) => Err(TransportError::not_sent(
            "plain http is refused unless the host is this machine (loopback); use https",
        )),
        _ => Err(TransportError::not_sent("the address is not an absolute https address")),
    }
}

/// True for `localhost` and loopback addresses.
pub(crate) fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    bare.eq_ignore_ascii_case("localhost")
        || bare.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Describes a failure without its URL, which may carry names of the customer.
fn failed(sent: Sent, error: ::reqwest::Error) -> TransportError {
    let error = error.without_url();
    let what = if error.is_timeout() && error.is_connect() {
        "no connection within the time allowed"
    } else if error.is_connect() {
        "no connection"
    } else if error.is_builder() {
        "the request cannot be built"
    } else {
        "the connection ended before the answer was complete"
    };
    let cause = std::iter::successors(std::error::Error::source(&error), |cause| cause.source())
        .last()
        .map(|cause| format!(": {cause}"));
    TransportError::new(sent, format!("{what}{}", cause.unwrap_or_default())).with_source(error)
}
