//! Hooks: where Procore sends what happens, and with which header.

use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

use super::PayloadVersion;
use super::ids::HookId;
use crate::error::{Error, Result};
use crate::id::{CompanyId, ProjectId};
use crate::request::Request;
use crate::wire::{self, model, open_enum};

/// How much of an Authorization value Procore shows again.
const SHOWN_CHARS: usize = 5;

open_enum! {
    /// Whether a hook sends.
    pub enum HookStatus {
        /// It does:
        Active = "active",
        /// It does not:
        Disabled = "disabled",
    }
}

model! {
    /// A hook.
    pub struct Hook {
        /// Its id.
        key id: HookId,
        /// Whether it sends.
        opt status: HookStatus,
        /// The version of its payloads, such as `v4.0`.
        opt payload_version: String,
        /// The integration that it belongs to.
        opt namespace: String,
        /// The header that is sent along, masked.
        sub destination_headers: DestinationHeaders,
        /// Where the deliveries go.
        opt destination_url: String,
        /// How many triggers it has, where that was asked for.
        opt trigger_count: i64,
        /// The company.
        opt company_id: CompanyId,
        /// The project, for a hook of a project.
        opt project_id: ProjectId,
        /// When it was made.
        opt created_at: DateTime<Utc>,
        /// When it was last changed.
        opt updated_at: DateTime<Utc>,
    }
}

model! {
    /// Headers of a hook's deliveries.
    pub struct DestinationHeaders {
        /// The last five characters of the Authorization value. No more is kept, even where the server does not mask it.
        #[serde(rename = "Authorization", default, deserialize_with = "masked")]
        plain authorization: Option<String>,
    }
}

fn masked<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let token = <&'de RawValue>::deserialize(deserializer)?;
    let text = wire::text(token).map_err(serde::de::Error::custom)?;
    Ok(text.map(|text| {
        let length = text.chars().count();
        text.chars().skip(length.saturating_sub(SHOWN_CHARS)).collect()
    }))
}

/// Which hooks to list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HookQuery {
    /// Those of one integration.
    pub namespace: Option<String>,
    /// Those of one payload version.
    pub payload_version: Option<PayloadVersion>,
    /// Whether the answer counts the triggers.
    pub include_trigger_count: Option<bool>,
}

impl HookQuery {
    pub(super) fn apply(&self, request: Request) -> Request {
        request
            .query_opt("namespace", self.namespace.as_deref())
            .query_opt("payload_version", self.payload_version.map(PayloadVersion::as_str))
            .query_opt("include_trigger_count", self.include_trigger_count)
    }
}

/// A hook to make.
#[derive(Clone, Debug)]
pub struct NewHook {
    /// The version of its payloads; Procore recommends none, and version 4 is the newest.
    pub payload_version: PayloadVersion,
    /// The integration that it belongs to: lower-case letters, digits and `-`.
    pub namespace: String,
    /// Where the deliveries go; https alone.
    pub destination_url: String,
    /// The value of the `Authorization` header of every delivery, such as `Bearer …`: the only proof of their sender,
    /// so that it is random, long, and the same that [`AuthorizationValue`](super::AuthorizationValue) compares with.
    pub authorization: Option<SecretString>,
}

/// What to change about a hook; `None` leaves a field as it is.
#[derive(Clone, Debug, Default)]
pub struct HookChange {
    /// The version of its payloads.
    pub payload_version: Option<PayloadVersion>,
    /// The integration that it belongs to.
    pub namespace: Option<String>,
    /// Where the deliveries go; https alone.
    pub destination_url: Option<String>,
    /// The value of the `Authorization` header.
    pub authorization: Option<SecretString>,
    /// Whether it sends.
    pub status: Option<HookStatus>,
}

#[derive(Serialize)]
struct Body<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    payload_version: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    namespace: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    destination_headers: Option<Headers<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    destination_url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<&'a str>,
}

#[derive(Serialize)]
struct Headers<'a> {
    #[serde(rename = "Authorization")]
    authorization: &'a str,
}

impl NewHook {
    /// Puts the hook into a request, once it is one that Procore can take.
    pub(super) fn written(&self, request: Request) -> Result<Request> {
        let change = HookChange {
            payload_version: Some(self.payload_version),
            namespace: Some(self.namespace.clone()),
            destination_url: Some(self.destination_url.clone()),
            authorization: self.authorization.clone(),
            status: None,
        };
        change.written(request)
    }
}

impl HookChange {
    /// Puts the change into a request, once it is one that Procore can take.
    pub(super) fn written(&self, request: Request) -> Result<Request> {
        if let Some(namespace) = &self.namespace {
            check_namespace(namespace)?;
        }
        if let Some(url) = &self.destination_url {
            check_destination(url)?;
        }
        let authorization = self
            .authorization
            .as_ref()
            .map(|value| Headers { authorization: value.expose_secret() });
        let body = Body {
            payload_version: self.payload_version.map(PayloadVersion::as_str),
            namespace: self.namespace.as_deref(),
            destination_headers: authorization,
            destination_url: self.destination_url.as_deref(),
            status: self.status.as_ref().map(HookStatus::as_str),
        };
        let request = request.json(&body)?;
        if request.body().is_some_and(|body| &body[..] == b"{}") {
            return Err(Error::configuration("the change of the hook changes nothing"));
        }
        Ok(match &self.authorization {
            Some(value) => request.hiding(value.clone()),
            None => request,
        })
    }
}

fn check_namespace(namespace: &str) -> Result<()> {
    let fits = !namespace.is_empty()
        && namespace
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    if fits {
        return Ok(());
    }
    Err(Error::configuration(format!(
        "{} cannot be a namespace: it takes lower-case letters, digits and -",
        wire::shown(namespace)
    )))
}

fn check_destination(url: &str) -> Result<()> {
    let parsed = url::Url::parse(url)
        .map_err(|error| Error::configuration(format!("destination_url is not a URL: {error}")))?;
    if parsed.scheme() != "https" {
        return Err(Error::configuration("destination_url must be https"));
    }
    if !parsed.username().is_empty() || parsed.password().is_some() {
        return Err(Error::configuration(
            "destination_url must not hold a user or password: everyone who lists hooks would read them",
        ));
    }
    Ok(())
}
