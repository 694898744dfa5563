//! One call from request to response: faults, token, company header, rate windows, route.

use std::collections::VecDeque;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::{
    HeaderMap, HeaderValue, Method, Request, Response, StatusCode,
    header::{CONTENT_TYPE, DATE, HOST, HeaderName, RETRY_AFTER},
};

use super::{
    ProcoreOptions,
    deliveries::Outgoing,
    grants,
    hooks::Hooks,
    json::Json,
    limits::Limits,
    model::Company,
    page,
    query::Query,
    refusal::{Refusal, Shape, shape_of},
    route::{self, Context, Reply},
    token::Tokens,
};
use crate::fault::{AnswerAfter, ConnectionLost, Fault};

const LOG_MAX: usize = 10_000;

/// Everything that a server remembers.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) company: Company,
    pub(crate) options: ProcoreOptions,
    pub(crate) tokens: Tokens,
    pub(crate) hooks: Hooks,
    /// Deliveries that nobody took yet.
    pub(crate) outgoing: Vec<Outgoing>,
    pub(crate) calls: u64,
    pub(crate) log: VecDeque<String>,
    limits: Limits,
}

impl State {
    pub(crate) fn new(company: Company, options: ProcoreOptions) -> Self {
        let limits = Limits::new(options.hourly, options.spike);
        Self {
            company,
            options,
            tokens: Tokens::default(),
            hooks: Hooks::default(),
            outgoing: Vec::new(),
            calls: 0,
            log: VecDeque::new(),
            limits,
        }
    }

    pub(crate) fn configure(&mut self, options: ProcoreOptions) {
        self.limits = Limits::new(options.hourly, options.spike);
        self.options = options;
    }

    /// Answers one call with whatever fault happens to it. A late commit is a lost call here: who
    /// calls Procore over the wire reads, or sends a write that has to be looked for in any case.
    pub(crate) fn answer(
        &mut self,
        request: &Request<Bytes>,
        fault: Option<Fault>,
        now: DateTime<Utc>,
    ) -> Result<Response<Bytes>, ConnectionLost> {
        self.note(request);
        let response = match fault {
            None | Some(Fault::Bare5002) => self.execute(request, now),
            Some(Fault::LostBefore | Fault::LateCommit(_)) => return Err(ConnectionLost),
            Some(Fault::LostAfter) => {
                self.execute(request, now);
                return Err(ConnectionLost);
            }
            Some(Fault::Twice) => {
                self.execute(request, now);
                self.execute(request, now)
            }
            Some(Fault::Refuse(status)) => {
                let refusal = Refusal::new(status, "base", "the request was refused");
                self.refused(request, &refusal)
            }
            Some(Fault::Html(status)) => html(status),
            Some(Fault::AnswerReplaced(status)) => {
                self.execute(request, now);
                html(status)
            }
            Some(Fault::Malformed) => {
                let mut response = self.execute(request, now);
                let half = response.body().len() / 2;
                *response.body_mut() = response.body().slice(..half);
                response
            }
            Some(Fault::Slow(ms)) => {
                let mut response = self.execute(request, now);
                response.extensions_mut().insert(AnswerAfter { ms });
                response
            }
            Some(Fault::Expire) => {
                self.tokens.expire_all();
                self.execute(request, now)
            }
            Some(Fault::Throttle(seconds)) => {
                let mut response = self.refused(request, &throttled(false));
                insert(response.headers_mut(), RETRY_AFTER, &seconds.to_string());
                response
            }
        };
        Ok(self.finished(response, now))
    }

    fn note(&mut self, request: &Request<Bytes>) {
        self.calls += 1;
        if self.log.len() == LOG_MAX {
            self.log.pop_front();
        }
        let target = request.uri().path_and_query().map_or("/", |p| p.as_str());
        self.log.push_back(format!("{} {target}", request.method()));
    }

    fn execute(&mut self, request: &Request<Bytes>, now: DateTime<Utc>) -> Response<Bytes> {
        let path = request.uri().path();
        if let Some(answer) = grants::answer(&mut self.tokens, &self.options, request, now) {
            return answer;
        }
        if !self.tokens.authorized(request.headers(), now) {
            let refusal = Refusal::new(401, "token", "The access token is invalid or has expired");
            return self.refused(request, &refusal);
        }
        if !self.limits.admit(now) {
            return self.over_the_limit(request, now);
        }
        if let Err(refusal) = self.company_header(request.headers()) {
            return self.refused(request, &refusal);
        }
        if request.method() != Method::GET {
            return self.write(request, now);
        }
        let query = Query::parse(request.uri().query().unwrap_or_default());
        let context = Context {
            company: &self.company,
            options: &self.options,
            hooks: &self.hooks,
            query: &query,
        };
        match route::route(&context, path) {
            Err(refusal) => self.refused(request, &refusal),
            Ok(Reply::Show(body)) => json(200, &body),
            Ok(Reply::List(list)) => page::respond(&context, list, &address(request))
                .unwrap_or_else(|refusal| json(refusal.status, &refusal.body(shape_of(path)))),
        }
    }

    fn company_header(&self, headers: &HeaderMap) -> Result<(), Refusal> {
        let Some(value) = headers.get("procore-company-id") else {
            let text = "Missing Procore-Company-Id header!";
            let status = self.options.missing_company_status;
            return Err(Refusal::new(status, "company_id", text).shaped(Shape::ErrorsText));
        };
        let own = value.to_str().is_ok_and(|id| id == self.company.id.to_string());
        if own { Ok(()) } else { Err(Refusal::not_connected()) }
    }

    fn over_the_limit(&self, request: &Request<Bytes>, now: DateTime<Utc>) -> Response<Bytes> {
        let mut response = self.refused(request, &throttled(self.limits.hour_exhausted()));
        if self.options.retry_after_on_429 {
            let wait = (self.limits.shown().resets_at - now).num_seconds().max(1);
            insert(response.headers_mut(), RETRY_AFTER, &wait.to_string());
        }
        response
    }

    pub(super) fn refused(&self, request: &Request<Bytes>, refusal: &Refusal) -> Response<Bytes> {
        json(refusal.status, &refusal.body(shape_of(request.uri().path())))
    }

    /// Adds what every response carries.
    fn finished(&self, mut response: Response<Bytes>, now: DateTime<Utc>) -> Response<Bytes> {
        let shown = self.limits.shown();
        let headers = response.headers_mut();
        let date = now.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
        insert(headers, DATE, &date);
        insert(
            headers,
            HeaderName::from_static("x-request-id"),
            &format!("sandbox-{}", self.calls),
        );
        for (name, value) in [
            ("x-rate-limit-limit", i64::from(shown.limit)),
            ("x-rate-limit-remaining", i64::from(shown.remaining)),
            ("x-rate-limit-reset", shown.resets_at.timestamp()),
        ] {
            insert(headers, HeaderName::from_static(name), &value.to_string());
        }
        response
    }
}

/// The address that `Link` headers are built on: what the caller itself used.
fn address(request: &Request<Bytes>) -> String {
    let uri = request.uri();
    let host = || request.headers().get(HOST).and_then(|h| h.to_str().ok());
    let authority = uri.authority().map(http::uri::Authority::as_str).or_else(host);
    let scheme = uri.scheme_str().unwrap_or("http");
    format!("{scheme}://{}{}", authority.unwrap_or("sandbox.procore.test"), uri.path())
}

fn throttled(hourly: bool) -> Refusal {
    if hourly {
        let text = "You have surpassed the max number of requests for an hour. Please wait until \
                    your limit resets.";
        Refusal::new(429, "base", text).shaped(Shape::ErrorsText)
    } else {
        Refusal::new(429, "base", "Too many requests").shaped(Shape::ErrorError)
    }
}

pub(crate) fn json(status: u16, body: &Json) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(body.to_bytes()));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    insert(response.headers_mut(), CONTENT_TYPE, "application/json; charset=utf-8");
    response
}

fn html(status: u16) -> Response<Bytes> {
    let text = format!("<html><body><h1>{status}</h1><p>The server is busy.</p></body></html>");
    let mut response = Response::new(Bytes::from(text));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
    insert(response.headers_mut(), CONTENT_TYPE, "text/html");
    response
}

pub(crate) fn insert(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}
