//! The login server: a user's authorisation in the browser, the three grants, and the revocation.
//!
//! It is as strict as the documentation reads: a code is valid for ten minutes, once, and with the
//! address that it was asked for; a refresh token is valid once, and its access token ends with it.

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use http::{
    HeaderMap, Method, Request, Response,
    header::{CONTENT_TYPE, LOCATION},
};
use serde::Deserialize;

use super::{
    ProcoreOptions,
    answer::{insert, json},
    json::{Json, object},
    query::Query,
    token::{Code, Owner, Tokens, refused},
};

const CODE_MINUTES: i64 = 10;
const GRANT_INVALID: &str = "The provided authorization grant is invalid, expired, revoked, does \
                             not match the redirection URI used in the authorization request, or \
                             was issued to another client.";

/// The fields of a token request, in whatever encoding they came.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Form {
    grant_type: Option<String>,
    client_id: Option<String>,
    client_secret: Option<String>,
    code: Option<String>,
    redirect_uri: Option<String>,
    refresh_token: Option<String>,
    token: Option<String>,
}

/// Answers a call to the login server; `None` where the path is none of its own.
pub(crate) fn answer(
    tokens: &mut Tokens,
    options: &ProcoreOptions,
    request: &Request<Bytes>,
    now: DateTime<Utc>,
) -> Option<Response<Bytes>> {
    let (headers, body) = (request.headers(), request.body());
    let (status, body) = match (request.method(), request.uri().path()) {
        (&Method::GET, "/oauth/authorize") => {
            let query = Query::parse(request.uri().query().unwrap_or_default());
            match authorize(tokens, options, &query, now) {
                Ok(location) => return Some(redirect(&location)),
                Err(refusal) => refusal,
            }
        }
        (&Method::POST, "/oauth/token") => grant(tokens, options, headers, body, now),
        (&Method::POST, "/oauth/revoke") => revoke(tokens, options, headers, body),
        (&Method::GET, "/oauth/token/info") => tokens.info(options, headers, now),
        (_, "/oauth/authorize" | "/oauth/token" | "/oauth/revoke" | "/oauth/token/info") => {
            refused(405, "invalid_request", "The method is not allowed.")
        }
        _ => return None,
    };
    Some(json(status, &body))
}

/// The user's browser asks for a code; this user consents at once.
///
/// An app or an address that is not registered is told to the user, never sent to the address.
fn authorize(
    tokens: &mut Tokens,
    options: &ProcoreOptions,
    query: &Query,
    now: DateTime<Utc>,
) -> Result<String, (u16, Json)> {
    if query.get("client_id") != Some(options.client_id.as_str()) {
        return Err(invalid_client());
    }
    let redirect_uri = query.get("redirect_uri").unwrap_or_default();
    if redirect_uri != options.redirect_uri {
        let text = "The redirect URI included is not valid.";
        return Err(refused(400, "invalid_redirect_uri", text));
    }
    let mut back = url::form_urlencoded::Serializer::new(String::new());
    match query.get("response_type") {
        Some("code") => {
            let expires_at = now + TimeDelta::minutes(CODE_MINUTES);
            let code = Code { redirect_uri: redirect_uri.to_owned(), expires_at };
            back.append_pair("code", &tokens.new_code(code));
        }
        Some(_) => {
            back.append_pair("error", "unsupported_response_type");
        }
        None => {
            back.append_pair("error", "invalid_request");
        }
    }
    if let Some(state) = query.get("state") {
        back.append_pair("state", state);
    }
    let joint = if redirect_uri.contains('?') { '&' } else { '?' };
    Ok(format!("{redirect_uri}{joint}{}", back.finish()))
}

/// Answers `POST /oauth/token`.
fn grant(
    tokens: &mut Tokens,
    options: &ProcoreOptions,
    headers: &HeaderMap,
    body: &Bytes,
    now: DateTime<Utc>,
) -> (u16, Json) {
    let Some(form) = read(headers, body) else {
        return refused(400, "invalid_request", "the request is not form or JSON");
    };
    let owner = match form.grant_type.as_deref() {
        Some("client_credentials") => Owner::Service,
        Some("authorization_code" | "refresh_token") => Owner::User,
        None | Some("") => {
            return refused(400, "invalid_request", "Missing required parameter: grant_type.");
        }
        Some(_) => {
            return refused(
                400,
                "unsupported_grant_type",
                "The authorization grant type is not supported by the authorization server.",
            );
        }
    };
    if !is_known(&form, options) {
        return invalid_client();
    }
    let granted = match form.grant_type.as_deref() {
        Some("authorization_code") => {
            let (Some(code), Some(redirect_uri)) = (&form.code, &form.redirect_uri) else {
                return refused(
                    400,
                    "invalid_request",
                    "Missing required parameter: code or redirect_uri.",
                );
            };
            // A code that was presented is gone, whatever comes of it.
            let code = tokens.codes.remove(code);
            code.is_some_and(|code| now < code.expires_at && code.redirect_uri == *redirect_uri)
        }
        Some("refresh_token") => {
            let Some(refresh_token) = &form.refresh_token else {
                return refused(
                    400,
                    "invalid_request",
                    "Missing required parameter: refresh_token.",
                );
            };
            tokens.use_up(refresh_token)
        }
        _ => true,
    };
    if granted {
        (200, tokens.issue(options, owner, now))
    } else {
        refused(400, "invalid_grant", GRANT_INVALID)
    }
}

/// Answers `POST /oauth/revoke`: 200 even for a token that nobody was given.
fn revoke(
    tokens: &mut Tokens,
    options: &ProcoreOptions,
    headers: &HeaderMap,
    body: &Bytes,
) -> (u16, Json) {
    let Some(form) = read(headers, body) else {
        return refused(400, "invalid_request", "the request is not form or JSON");
    };
    if !is_known(&form, options) {
        return invalid_client();
    }
    let Some(token) = &form.token else {
        return refused(400, "invalid_request", "Missing required parameter: token.");
    };
    tokens.revoke(token);
    (200, object! {})
}

fn is_known(form: &Form, options: &ProcoreOptions) -> bool {
    form.client_id.as_deref() == Some(options.client_id.as_str())
        && form.client_secret.as_deref() == Some(options.client_secret.as_str())
}

fn invalid_client() -> (u16, Json) {
    refused(
        401,
        "invalid_client",
        "Client authentication failed due to unknown client, no client authentication included, \
         or unsupported authentication method.",
    )
}

fn read(headers: &HeaderMap, body: &Bytes) -> Option<Form> {
    let content_type = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    if content_type.starts_with("application/json") {
        return serde_json::from_slice(body).ok();
    }
    if !content_type.starts_with("application/x-www-form-urlencoded") {
        return None;
    }
    let form = Query::parse(std::str::from_utf8(body).ok()?);
    let field = |name: &str| form.get(name).map(str::to_owned);
    Some(Form {
        grant_type: field("grant_type"),
        client_id: field("client_id"),
        client_secret: field("client_secret"),
        code: field("code"),
        redirect_uri: field("redirect_uri"),
        refresh_token: field("refresh_token"),
        token: field("token"),
    })
}

fn redirect(location: &str) -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = http::StatusCode::FOUND;
    insert(response.headers_mut(), LOCATION, location);
    response
}
