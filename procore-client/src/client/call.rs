//! One call through all layers: deadline, retry, rate limit, authentication, headers and tracing, transport.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use http::header::{ACCEPT, AUTHORIZATION, USER_AGENT};
use http::{HeaderMap, HeaderValue, StatusCode};
use secrecy::ExposeSecret;
use url::Url;

use super::CallCount;
use crate::auth::{Held, TokenCache, TokenSource};
use crate::error::{Error, ErrorKind, Outcome, Result};
use crate::error_body;
use crate::id::CompanyId;
use crate::limit::{Hints, Limiter};
use crate::request::Request;
use crate::retry::{Cause, Decision, Failed, Jitter, RetryPolicy, decide};
use crate::timeout::within;
use crate::transport::{Sent, Timer, Transport};

const COMPANY_HEADER: &str = "procore-company-id";

/// A successful answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) endpoint: String,
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) server_time: Option<DateTime<Utc>>,
}

impl Answer {
    pub(crate) fn request_id(&self) -> Option<String> {
        request_id(&self.headers)
    }

    /// An error about this answer's body.
    pub(crate) fn unreadable(&self, message: impl Into<String>) -> Error {
        let body = error_body::bounded(&self.body, None);
        let page = body.as_deref().is_some_and(|text| text.trim_start().starts_with('<'));
        let messages = if page {
            error_body::messages(body.as_deref().unwrap_or_default())
        } else {
            Vec::new()
        };
        Error::decode(message)
            .at(self.endpoint.clone())
            .with_status(self.status.as_u16())
            .with_request_id(self.request_id())
            .with_messages(messages)
            .with_body(body)
    }
}

/// What a client is made of.
pub(crate) struct Parts {
    pub(crate) base_url: Url,
    pub(crate) company: CompanyId,
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) timer: Arc<dyn Timer>,
    pub(crate) tokens: Arc<dyn TokenSource>,
    pub(crate) retry: RetryPolicy,
    pub(crate) request_timeout: Duration,
    pub(crate) in_flight_max: usize,
    pub(crate) quota_share_percent: u8,
    pub(crate) per_page: u32,
    pub(crate) keep_raw: bool,
    pub(crate) seed: u64,
    pub(crate) user_agent: HeaderValue,
}

/// What all clones of a client share.
pub(crate) struct Shared {
    pub(crate) base_url: Url,
    pub(crate) company: CompanyId,
    pub(crate) per_page: u32,
    pub(crate) keep_raw: bool,
    pub(crate) limiter: Limiter,
    transport: Arc<dyn Transport>,
    timer: Arc<dyn Timer>,
    tokens: TokenCache,
    retry: RetryPolicy,
    request_timeout: Duration,
    jitter: Jitter,
    user_agent: HeaderValue,
    sent: AtomicU64,
    retries: AtomicU64,
}

/// A failed attempt with what the retry decision needs.
struct Failure {
    error: Error,
    cause: Cause,
    hint: Option<Duration>,
}

impl Shared {
    pub(crate) fn new(parts: Parts) -> Self {
        Self {
            base_url: parts.base_url,
            company: parts.company,
            per_page: parts.per_page,
            keep_raw: parts.keep_raw,
            limiter: Limiter::new(parts.in_flight_max, parts.quota_share_percent),
            transport: parts.transport,
            timer: parts.timer,
            tokens: TokenCache::new(parts.tokens, parts.request_timeout),
            retry: parts.retry,
            request_timeout: parts.request_timeout,
            jitter: Jitter::new(parts.seed),
            user_agent: parts.user_agent,
            sent: AtomicU64::new(0),
            retries: AtomicU64::new(0),
        }
    }

    pub(crate) fn calls(&self) -> CallCount {
        CallCount {
            api: self.sent.load(Ordering::Relaxed),
            retries: self.retries.load(Ordering::Relaxed),
            logins: self.tokens.logins(),
        }
    }

    pub(crate) fn url(&self, request: &Request) -> Result<Url> {
        self.base_url.join(&request.path_and_query()).map_err(|error| {
            Error::configuration(format!("{} is not a path: {error}", request.path()))
        })
    }

    /// Gets a URL of the API within the deadline.
    pub(crate) async fn get(&self, url: &Url) -> Result<Answer> {
        let deadline = self.retry.deadline;
        within(&*self.timer, deadline, self.get_with_retries(url)).await.unwrap_or_else(|| {
            let message =
                format!("the call did not end within its deadline of {} s", deadline.as_secs());
            Err(Error::new(ErrorKind::Timeout, Outcome::Unknown, message)
                .at(format!("GET {}", url.path())))
        })
    }

    /// Gets a URL of the API, trying again as the policy allows.
    async fn get_with_retries(&self, url: &Url) -> Result<Answer> {
        if url.origin() != self.base_url.origin() {
            return Err(Error::out_of_scope(
                "a URL of another host was refused: the token belongs to the API's host",
            ));
        }
        let endpoint = format!("GET {}", url.path());
        let started = self.timer.now();
        let deadline =
            started + TimeDelta::from_std(self.retry.deadline).unwrap_or(TimeDelta::days(1));
        let mut attempt = 1;
        loop {
            let failure = match self.attempt(url, &endpoint, deadline).await {
                Ok(answer) => return Ok(answer),
                Err(failure) => failure,
            };
            let failed = Failed {
                repeatable: true,
                outcome: failure.error.outcome(),
                cause: failure.cause,
                attempt,
                elapsed: (self.timer.now() - started).to_std().unwrap_or_default(),
                hint: failure.hint,
            };
            match decide(&self.retry, failed, self.jitter.next()) {
                Decision::Stop => return Err(failure.error),
                Decision::Wait(wait) => {
                    tracing::debug!(error = %failure.error, attempt, wait_ms = wait.as_millis(), "trying again");
                    self.timer.sleep(wait).await;
                }
            }
            attempt += 1;
            self.retries.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// One attempt: a place within the rate limit, a token, the request; a 401 brings one new token and one resend.
    async fn attempt(
        &self,
        url: &Url,
        endpoint: &str,
        deadline: DateTime<Utc>,
    ) -> Result<Answer, Failure> {
        let _place = self.limiter.enter(&*self.timer, deadline).await.map_err(Failure::last)?;
        let token =
            self.tokens.current(&*self.transport, &*self.timer).await.map_err(Failure::login)?;
        let first = self.send(url, endpoint, &token).await;
        match first {
            Err(failure) if failure.error.kind() == ErrorKind::Unauthorized => {
                let token = self
                    .tokens
                    .renewed(token.login, &*self.transport, &*self.timer)
                    .await
                    .map_err(Failure::login)?;
                self.limiter.turn(&*self.timer, deadline).await.map_err(Failure::last)?;
                self.retries.fetch_add(1, Ordering::Relaxed);
                self.send(url, endpoint, &token).await
            }
            other => other,
        }
    }

    async fn send(&self, url: &Url, endpoint: &str, token: &Held) -> Result<Answer, Failure> {
        let request = self.http_request(url, token).map_err(Failure::last)?;
        self.sent.fetch_add(1, Ordering::Relaxed);
        let began = self.timer.now();
        let answered =
            within(&*self.timer, self.request_timeout, self.transport.send(request)).await;
        let now = self.timer.now();
        let elapsed_ms = (now - began).num_milliseconds();
        let response = match answered {
            Some(Ok(response)) => response,
            Some(Err(error)) => {
                tracing::debug!(endpoint, elapsed_ms, %error, "no answer");
                let outcome =
                    if error.sent == Sent::NotSent { Outcome::NotSent } else { Outcome::Unknown };
                let kind = if error.timed_out { ErrorKind::Timeout } else { ErrorKind::Transport };
                let told = Error::new(kind, outcome, "Procore could not be reached").at(endpoint);
                return Err(Failure {
                    error: told.with_source(Box::new(error)),
                    cause: Cause::NoAnswer,
                    hint: None,
                });
            }
            None => {
                tracing::debug!(endpoint, elapsed_ms, "no answer in time");
                let message =
                    format!("Procore did not answer within {} s", self.request_timeout.as_secs());
                let error = Error::new(ErrorKind::Timeout, Outcome::Unknown, message).at(endpoint);
                return Err(Failure { error, cause: Cause::NoAnswer, hint: None });
            }
        };
        let hints = Hints::read(response.headers(), now);
        self.limiter.learn(&hints, now);
        let (head, body) = response.into_parts();
        tracing::debug!(
            endpoint,
            status = head.status.as_u16(),
            bytes = body.len(),
            elapsed_ms,
            request_id = request_id(&head.headers),
            "answer"
        );
        let answer = Answer {
            endpoint: endpoint.to_owned(),
            status: head.status,
            headers: head.headers,
            body,
            server_time: hints.server_time,
        };
        if answer.status.is_success() {
            Ok(answer)
        } else {
            Err(self.refused(&answer, &hints, token, now))
        }
    }

    fn http_request(&self, url: &Url, token: &Held) -> Result<http::Request<Bytes>> {
        let mut bearer = HeaderValue::from_str(&format!("Bearer {}", token.secret.expose_secret()))
            .map_err(|_| {
                Error::new(
                    ErrorKind::Login,
                    Outcome::NotSent,
                    "the token holds characters that a header cannot carry",
                )
            })?;
        bearer.set_sensitive(true);
        http::Request::get(url.as_str())
            .header(AUTHORIZATION, bearer)
            .header(COMPANY_HEADER, self.company.get())
            .header(ACCEPT, "application/json")
            .header(USER_AGENT, self.user_agent.clone())
            .body(Bytes::new())
            .map_err(|error| Error::configuration(format!("the request cannot be built: {error}")))
    }

    fn refused(&self, answer: &Answer, hints: &Hints, token: &Held, now: DateTime<Utc>) -> Failure {
        let status = answer.status.as_u16();
        let asks_to_wait = status == 429 || (status == 503 && hints.retry_after.is_some());
        let wait = match status {
            429 => hints.wait(),
            503 => hints.retry_after,
            _ => None,
        };
        if let Some(wait) = wait {
            self.limiter.pause(now, wait);
        }
        let (kind, message) = classify(status, asks_to_wait);
        let outcome = if status >= 500 { Outcome::Unknown } else { Outcome::Refused };
        let cause = match status {
            429 | 503 => Cause::Throttled,
            500..=599 => Cause::ServerFault,
            _ => Cause::Final,
        };
        let body = error_body::bounded(&answer.body, Some(token.secret.expose_secret()));
        let error = Error::new(kind, outcome, message)
            .at(answer.endpoint.clone())
            .with_status(status)
            .with_request_id(answer.request_id())
            .with_retry_after(wait.or(hints.retry_after))
            .with_messages(body.as_deref().map(error_body::messages).unwrap_or_default())
            .with_body(body);
        Failure { error, cause, hint: wait }
    }
}

impl Failure {
    fn last(error: Error) -> Self {
        Self { error, cause: Cause::Final, hint: None }
    }

    fn login(error: Error) -> Self {
        let transient = match error.kind() {
            ErrorKind::Throttled => true,
            ErrorKind::Login => error.outcome() != Outcome::Refused,
            _ => false,
        };
        let hint = error.retry_after();
        Self { error, cause: if transient { Cause::LoginFault } else { Cause::Final }, hint }
    }
}

fn classify(status: u16, asks_to_wait: bool) -> (ErrorKind, &'static str) {
    match status {
        300..=399 => {
            (ErrorKind::Unexpected, "Procore answered with a redirect, which is not followed")
        }
        401 => (ErrorKind::Unauthorized, "Procore did not accept the token"),
        403 => (
            ErrorKind::Forbidden,
            "Procore denies access: the permission is missing, the app is not installed, the tool is off, \
             or the project is not permitted to the app",
        ),
        404 | 410 => {
            (ErrorKind::NotFound, "Procore does not have it, or does not show it to this app")
        }
        408 => (
            ErrorKind::TooLarge,
            "Procore calls the data set too large; filter it or use smaller pages",
        ),
        429 => (ErrorKind::Throttled, "Procore's rate limit is used up"),
        400..=499 => (ErrorKind::Invalid, "Procore refused the request"),
        503 if asks_to_wait => (ErrorKind::Throttled, "Procore is overloaded and asks to wait"),
        500..=599 => (ErrorKind::Server, "Procore failed"),
        _ => (ErrorKind::Unexpected, "Procore answered with an unexpected status"),
    }
}

fn request_id(headers: &HeaderMap) -> Option<String> {
    let id = headers.get("x-request-id")?.to_str().ok()?;
    Some(id.chars().take(100).collect())
}
