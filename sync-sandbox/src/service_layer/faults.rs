//! What goes wrong with a call, around its execution.

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use http::{HeaderValue, Request, Response, StatusCode, header};

use super::{
    Shared,
    error::Refusal,
    routes::{self, Call},
    state::State,
    uri,
    wire::{Flavour, error_body, html_page},
};
use crate::{AnswerAfter, ConnectionLost, Fault};

/// A call that is executed later than its caller waited.
#[derive(Debug)]
pub(crate) struct Pending {
    due: DateTime<Utc>,
    call: Call,
}

/// Executes what is due, earliest first.
pub(super) fn run_due(shared: &Shared) -> usize {
    let now = shared.clock.now();
    let mut due: Vec<Pending> = {
        let mut pending = shared.pending();
        let (due, later) = pending.drain(..).partition(|p| p.due <= now);
        *pending = later;
        due
    };
    due.sort_by_key(|p| p.due);
    let mut state = shared.state();
    for pending in &due {
        state.now = pending.due;
        // Nobody waits for the answer any more.
        let _ = routes::execute(&mut state, &pending.call);
    }
    state.now = now;
    due.len()
}

/// Answers a request, or does what the fault says.
pub(super) fn call(
    shared: &Shared,
    request: Request<Bytes>,
) -> Result<Response<Bytes>, ConnectionLost> {
    run_due(shared);
    let path_and_query =
        request.uri().path_and_query().map(|p| p.as_str().to_owned()).unwrap_or_default();
    let fault = shared.faults.take(request.method().as_str(), &path_and_query);
    let mut state = shared.state();
    let Some(mut call) = take_apart(request) else { return Ok(html_page(404)) };
    let answer = |state: &mut State, call: &Call| respond(state, call);
    match fault {
        None | Some(Fault::Throttle(_)) => Ok(answer(&mut state, &call)),
        Some(Fault::Expire) => {
            state.sessions.clear();
            Ok(answer(&mut state, &call))
        }
        Some(Fault::Refuse(status)) => {
            if matches!(status, 502..=504) {
                return Ok(html_page(status));
            }
            Ok(refused(&state, &call, &Refusal::of_status(status)))
        }
        Some(Fault::Bare5002) => Ok(refused(&state, &call, &Refusal::bare())),
        Some(Fault::Html(status)) => Ok(html_page(status)),
        Some(Fault::LostBefore) => Err(ConnectionLost),
        Some(Fault::LostAfter) => {
            let _ = answer(&mut state, &call);
            Err(ConnectionLost)
        }
        Some(Fault::Twice) => {
            let _ = answer(&mut state, &call);
            Ok(answer(&mut state, &call))
        }
        Some(Fault::AnswerReplaced(status)) => {
            let _ = answer(&mut state, &call);
            Ok(html_page(status))
        }
        Some(Fault::Malformed) => Ok(malformed(answer(&mut state, &call))),
        Some(Fault::Slow(ms)) => {
            let mut response = answer(&mut state, &call);
            response.extensions_mut().insert(AnswerAfter { ms });
            Ok(response)
        }
        Some(Fault::LateCommit(ms)) => {
            let timeout = state.options.session_timeout_minutes;
            let now = state.now;
            call.authenticated = state.sessions.check(&call.headers, now, timeout).is_ok();
            let wait = TimeDelta::milliseconds(i64::try_from(ms).unwrap_or(i64::MAX / 1_000_000));
            let due = now + wait;
            shared.pending().push(Pending { due, call });
            Err(ConnectionLost)
        }
    }
}

/// Executes a call and words the answer in its flavour.
fn respond(state: &mut State, call: &Call) -> Response<Bytes> {
    // The balancer answers this with nothing and closes the connection.
    if call.headers.contains_key(header::EXPECT) {
        let mut response = Response::new(Bytes::new());
        *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        return response;
    }
    match routes::execute(state, call) {
        Ok(reply) => reply.into_response(call.flavour),
        Err(refusal) => refused(state, call, &refusal),
    }
}

fn refused(state: &State, call: &Call, refusal: &Refusal) -> Response<Bytes> {
    let body = error_body(refusal, call.flavour, state.options.session_error_shape, false);
    let mut reply = super::wire::Reply::json(refusal.status, body);
    if refusal.message == "Incomplete Batch Request Body!" && call.flavour == Flavour::V1 {
        let body = error_body(refusal, call.flavour, state.options.session_error_shape, true);
        reply = super::wire::Reply::json(refusal.status, body);
    }
    reply.into_response(call.flavour)
}

/// The same answer with half of a JSON body and status 200.
fn malformed(response: Response<Bytes>) -> Response<Bytes> {
    let (mut parts, _) = response.into_parts();
    parts.status = StatusCode::OK;
    parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Response::from_parts(parts, Bytes::from_static(b"{\"error\":{\"code\":"))
}

fn take_apart(request: Request<Bytes>) -> Option<Call> {
    let (parts, body) = request.into_parts();
    let (flavour, path) = uri::below_root(parts.uri.path())?;
    let host = parts
        .headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
        .or_else(|| parts.uri.authority().map(http::uri::Authority::as_str))
        .unwrap_or("localhost:50000");
    let root = format!("https://{host}{}", flavour.path());
    Some(Call {
        method: parts.method,
        flavour,
        path: path.to_owned(),
        query: parts.uri.query().map(str::to_owned),
        root,
        headers: parts.headers,
        body,
        authenticated: false,
    })
}
