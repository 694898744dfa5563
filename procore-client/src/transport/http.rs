//! The transport over HTTP, with TLS by rustls.

use std::time::Duration;

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use futures_util::TryFutureExt;

use super::{Sent, Transport, TransportError, is_protected};
use crate::error::{Error, Result};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);
const READ_TIMEOUT: Duration = Duration::from_secs(120);
const BODY_BYTES_MAX: usize = 256 * 1024 * 1024;

/// Sends requests over HTTP/1.1 or HTTP/2, keeping connections open between them.
///
/// No redirect is followed (requests carry a token), plain http is refused unless the host is this machine,
/// connecting takes at most 15 s, a silence while reading at most 120 s, and a body at most 256 MiB.
#[derive(Clone, Debug)]
pub struct HttpTransport {
    http: reqwest::Client,
}

impl HttpTransport {
    /// Makes a transport with the system's trust in certificates.
    ///
    /// # Errors
    ///
    /// When TLS cannot be set up.
    pub fn new() -> Result<Self> {
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT_TIMEOUT)
            .read_timeout(READ_TIMEOUT)
            .build()
            .map_err(|error| {
                Error::configuration("the HTTP transport cannot be set up")
                    .with_source(Box::new(error))
            })?;
        Ok(Self { http })
    }
}

#[async_trait]
impl Transport for HttpTransport {
    async fn send(
        &self,
        request: http::Request<Bytes>,
    ) -> Result<http::Response<Bytes>, TransportError> {
        let request =
            reqwest::Request::try_from(request).map_err(|error| failure(Sent::NotSent, error))?;
        if !is_protected(request.url()) {
            return Err(TransportError::new(
                Sent::NotSent,
                "plain http is refused, except to this machine",
            ));
        }
        let mut answer = self
            .http
            .execute(request)
            .map_err(|error| {
                let sent = if error.is_connect() || error.is_builder() {
                    Sent::NotSent
                } else {
                    Sent::MaybeSent
                };
                failure(sent, error)
            })
            .await?;

        let mut response = http::Response::new(Bytes::new());
        *response.status_mut() = answer.status();
        *response.headers_mut() = answer.headers().clone();
        let mut body = BytesMut::new();
        while let Some(chunk) =
            answer.chunk().await.map_err(|error| failure(Sent::MaybeSent, error))?
        {
            if body.len() + chunk.len() > BODY_BYTES_MAX {
                return Err(TransportError::new(
                    Sent::MaybeSent,
                    "the answer is larger than 256 MiB",
                ));
            }
            body.extend_from_slice(&chunk);
        }
        *response.body_mut() = body.freeze();
        Ok(response)
    }
}

/// The URL is taken off, because its query is not for logs.
fn failure(sent: Sent, error: reqwest::Error) -> TransportError {
    let timed_out = error.is_timeout();
    let error = TransportError::new(sent, error.without_url());
    if timed_out { error.timed_out() } else { error }
}
