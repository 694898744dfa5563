//! OAuth: client credentials in, bearer tokens out, and they do expire.

use std::collections::HashMap;

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use http::{HeaderMap, header::CONTENT_TYPE};
use serde::Deserialize;

use super::{
    ProcoreOptions,
    json::{Json, object},
    query::Query,
};

/// The tokens that were given out.
#[derive(Debug, Default)]
pub(crate) struct Tokens {
    given: u64,
    alive: HashMap<String, Token>,
}

#[derive(Clone, Copy, Debug)]
struct Token {
    created_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
}

/// The fields of a token request, in whatever encoding they came.
#[derive(Debug, Default, Deserialize)]
struct Grant {
    #[serde(default)]
    grant_type: Option<String>,
    #[serde(default)]
    client_id: Option<String>,
    #[serde(default)]
    client_secret: Option<String>,
}

impl Tokens {
    /// Answers `POST /oauth/token`: status and body.
    pub(crate) fn grant(
        &mut self,
        options: &ProcoreOptions,
        headers: &HeaderMap,
        body: &Bytes,
        now: DateTime<Utc>,
    ) -> (u16, Json) {
        let Some(grant) = read_grant(headers, body) else {
            return refused(400, "invalid_request", "the request is not form or JSON");
        };
        if grant.grant_type.as_deref() != Some("client_credentials") {
            return refused(
                400,
                "unsupported_grant_type",
                "The authorization grant type is not supported by the authorization server.",
            );
        }
        let known = grant.client_id.as_deref() == Some(options.client_id.as_str())
            && grant.client_secret.as_deref() == Some(options.client_secret.as_str());
        if !known {
            return refused(
                401,
                "invalid_client",
                "Client authentication failed due to unknown client, no client authentication \
                 included, or unsupported authentication method.",
            );
        }
        self.given += 1;
        let text = format!("sandbox-token-{:08x}-{}", self.given, now.timestamp());
        let lifetime = i64::from(options.token_lifetime_seconds);
        let token = Token { created_at: now, expires_at: now + TimeDelta::seconds(lifetime) };
        self.alive.insert(text.clone(), token);
        let body = object! {
            "access_token": text, "token_type": "bearer", "expires_in": lifetime,
            "created_at": now.timestamp(),
        };
        (200, body)
    }

    /// Answers `GET /oauth/token/info`.
    pub(crate) fn info(
        &self,
        options: &ProcoreOptions,
        headers: &HeaderMap,
        now: DateTime<Utc>,
    ) -> (u16, Json) {
        let token = bearer(headers).and_then(|t| self.alive.get(t));
        match token.filter(|t| t.expires_at > now) {
            None => refused(401, "invalid_token", "The access token is invalid"),
            Some(token) => {
                let body = object! {
                    "resource_owner_id": 4242_i64, "scopes": Vec::new(),
                    "expires_in_seconds": (token.expires_at - now).num_seconds(),
                    "application": object! { "uid": options.client_id.as_str() },
                    "created_at": token.created_at.timestamp(),
                };
                (200, body)
            }
        }
    }

    /// Whether the request carries a token that lives.
    pub(crate) fn authorized(&self, headers: &HeaderMap, now: DateTime<Utc>) -> bool {
        bearer(headers)
            .and_then(|text| self.alive.get(text))
            .is_some_and(|token| token.expires_at > now)
    }

    /// Drops every token.
    pub(crate) fn expire_all(&mut self) {
        self.alive.clear();
    }

    /// How many tokens were given out.
    pub(crate) fn given(&self) -> u64 {
        self.given
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let text = headers.get(http::header::AUTHORIZATION)?.to_str().ok()?;
    text.strip_prefix("Bearer ").or_else(|| text.strip_prefix("bearer "))
}

fn read_grant(headers: &HeaderMap, body: &Bytes) -> Option<Grant> {
    let content_type = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    if content_type.starts_with("application/json") {
        return serde_json::from_slice(body).ok();
    }
    if !content_type.starts_with("application/x-www-form-urlencoded") {
        return None;
    }
    let form = Query::parse(std::str::from_utf8(body).ok()?);
    let field = |name: &str| form.get(name).map(str::to_owned);
    Some(Grant {
        grant_type: field("grant_type"),
        client_id: field("client_id"),
        client_secret: field("client_secret"),
    })
}

fn refused(status: u16, error: &str, description: &str) -> (u16, Json) {
    (status, object! { "error": error, "error_description": description })
}
