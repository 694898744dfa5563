//! The tokens that were given out: who holds them, when they end, and how they are taken back.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use http::{HeaderMap, header::AUTHORIZATION};

use super::{
    ProcoreOptions,
    json::{Json, object},
};

/// For whom a token acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Owner {
    /// The service account of `client_credentials`; gets no refresh token.
    Service,
    /// The user who authorised the app.
    User,
}

/// The tokens and codes that were given out.
#[derive(Debug, Default)]
pub(crate) struct Tokens {
    given: u64,
    codes_given: u64,
    alive: HashMap<String, Token>,
    /// The access token that each refresh token, not used yet, belongs to.
    refreshing: HashMap<String, String>,
    /// Codes that were not presented yet.
    pub(super) codes: HashMap<String, Code>,
}

#[derive(Clone, Copy, Debug)]
struct Token {
    owner: Owner,
    created_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
}

/// An authorization code.
#[derive(Clone, Debug)]
pub(crate) struct Code {
    pub(crate) redirect_uri: String,
    pub(crate) expires_at: DateTime<Utc>,
}

impl Tokens {
    /// Gives out an access token, with a refresh token for a user.
    pub(crate) fn issue(
        &mut self,
        options: &ProcoreOptions,
        owner: Owner,
        now: DateTime<Utc>,
    ) -> Json {
        self.given += 1;
        let text = format!("sandbox-token-{:08x}-{}", self.given, now.timestamp());
        let lifetime = i64::from(options.token_lifetime_seconds);
        let expires_at = now + TimeDelta::seconds(lifetime);
        self.alive.insert(text.clone(), Token { owner, created_at: now, expires_at });
        let body = object! {
            "access_token": text.as_str(), "token_type": "bearer", "expires_in": lifetime,
        };
        let body = match owner {
            Owner::Service => body,
            Owner::User => {
                let refresh = format!("sandbox-refresh-{:08x}-{}", self.given, now.timestamp());
                self.refreshing.insert(refresh.clone(), text);
                body.with("refresh_token", refresh)
            }
        };
        body.with("created_at", now.timestamp())
    }

    /// Uses a refresh token up, and ends the access token that it came with: it is valid once.
    pub(crate) fn use_up(&mut self, refresh_token: &str) -> bool {
        let Some(access) = self.refreshing.remove(refresh_token) else {
            return false;
        };
        self.alive.remove(&access);
        true
    }

    /// A new text that nobody was given yet.
    pub(super) fn new_code(&mut self, code: Code) -> String {
        self.codes_given += 1;
        let text = format!("sandbox-code-{:08x}", self.codes_given);
        self.codes.insert(text.clone(), code);
        text
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
                let resource_owner_id = match token.owner {
                    Owner::Service => 4242_i64,
                    Owner::User => 4711,
                };
                let body = object! {
                    "resource_owner_id": resource_owner_id, "scopes": Vec::new(),
                    "expires_in_seconds": (token.expires_at - now).num_seconds(),
                    "application": object! { "uid": options.client_id.as_str() },
                    "created_at": token.created_at.timestamp(),
                };
                (200, body)
            }
        }
    }

    /// Takes a token back, an access token with the refresh token that came with it and the other
    /// way round. A token that is unknown is no error.
    pub(crate) fn revoke(&mut self, token: &str) {
        let access = self.refreshing.remove(token);
        let access = access.as_deref().unwrap_or(token);
        self.alive.remove(access);
        self.refreshing.retain(|_, of| of != access);
    }

    /// Whether the request carries a token that lives.
    pub(crate) fn authorized(&self, headers: &HeaderMap, now: DateTime<Utc>) -> bool {
        bearer(headers)
            .and_then(|text| self.alive.get(text))
            .is_some_and(|token| token.expires_at > now)
    }

    /// Drops every access token; refresh tokens do not expire.
    pub(crate) fn expire_all(&mut self) {
        self.alive.clear();
    }

    /// How many tokens were given out.
    pub(crate) fn given(&self) -> u64 {
        self.given
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let text = headers.get(AUTHORIZATION)?.to_str().ok()?;
    text.strip_prefix("Bearer ").or_else(|| text.strip_prefix("bearer "))
}

/// A refusal of the login server (source: RFC 6749, section 5.2).
pub(crate) fn refused(status: u16, error: &str, description: &str) -> (u16, Json) {
    (status, object! { "error": error, "error_description": description })
}
