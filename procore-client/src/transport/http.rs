//! The transport over HTTP, with TLS by rustls.

use std::fmt::Write as _;
use std::time::Duration;

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use futures_util::TryFutureExt;
use url::Url;

use super::{Sent, Transport, TransportError, is_protected};
use crate::error::{Error, Result};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);
const BODY_BYTES_MAX: usize = 256 * 1024 * 1024;
/// The most memory that is taken because a server says how long its answer will be.
const BODY_BYTES_AT_ONCE: usize = 8 * 1024 * 1024;
/// Room for a URL with a few filters.
const URL_BYTES_USUAL: usize = 256;

/// Sends requests over HTTP/1.1 or HTTP/2, keeping connections open between them.
///
/// No redirect is followed (requests carry a token), plain http is refused unless the host is this machine,
/// connecting takes at most 15 s and a body at most 256 MiB. A server that falls silent is given up by the client's
/// [`request_timeout`](crate::ClientBuilder::request_timeout): a second time limit here, set anew for every piece of
/// an answer, would cost as much CPU as everything else that the client adds to a call.
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
        let url = parse(request.uri())?;
        self.execute(outgoing(url, request)).await
    }

    async fn send_to(
        &self,
        url: &Url,
        request: http::Request<Bytes>,
    ) -> Result<http::Response<Bytes>, TransportError> {
        self.execute(outgoing(url.clone(), request)).await
    }
}

impl HttpTransport {
    async fn execute(
        &self,
        request: reqwest::Request,
    ) -> Result<http::Response<Bytes>, TransportError> {
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
        *response.headers_mut() = std::mem::take(answer.headers_mut());
        *response.body_mut() = whole_body(answer).await?;
        Ok(response)
    }
}

/// The request as reqwest has it.
fn outgoing(url: Url, request: http::Request<Bytes>) -> reqwest::Request {
    let (head, body) = request.into_parts();
    // A GET without a body says nothing of its length; any other empty body is a length of 0.
    let has_body = !body.is_empty() || head.method != http::Method::GET;
    let mut request = reqwest::Request::new(head.method, url);
    *request.headers_mut() = head.headers;
    *request.body_mut() = has_body.then(|| body.into());
    request
}

fn parse(uri: &http::Uri) -> Result<Url, TransportError> {
    let mut text = String::with_capacity(URL_BYTES_USUAL);
    write!(text, "{uri}").map_err(|error| TransportError::new(Sent::NotSent, error))?;
    Url::parse(&text).map_err(|error| TransportError::new(Sent::NotSent, error))
}

/// Reads the body to its end. One that comes in one piece, as most do, is not copied.
async fn whole_body(mut answer: reqwest::Response) -> Result<Bytes, TransportError> {
    let told = usize::try_from(answer.content_length().unwrap_or(0)).unwrap_or(usize::MAX);
    let mut first = Bytes::new();
    let mut body = BytesMut::new();
    while let Some(chunk) = answer.chunk().await.map_err(|error| failure(Sent::MaybeSent, error))? {
        if first.len().max(body.len()) + chunk.len() > BODY_BYTES_MAX {
            return Err(TransportError::new(Sent::MaybeSent, "the answer is larger than 256 MiB"));
        }
        if body.is_empty() {
            if first.is_empty() {
                first = chunk;
                continue;
            }
            // The length that the server tells saves growing; a lie costs little.
            body.reserve(told.min(BODY_BYTES_AT_ONCE));
            body.extend_from_slice(&std::mem::take(&mut first));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(if body.is_empty() { first } else { body.freeze() })
}

/// The URL is taken off, because its query is not for logs.
fn failure(sent: Sent, error: reqwest::Error) -> TransportError {
    let timed_out = error.is_timeout();
    let error = TransportError::new(sent, error.without_url());
    if timed_out { error.timed_out() } else { error }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_get_without_a_body_names_no_length_and_another_method_does() {
        for (method, has_body) in [("GET", false), ("POST", true), ("PATCH", true)] {
            let request = http::Request::builder()
                .method(method)
                .uri("https://a/b")
                .body(Bytes::new())
                .unwrap();
            let url = parse(request.uri()).unwrap();
            assert_eq!(outgoing(url, request).body().is_some(), has_body, "{method}");
        }
    }
}
