//! The body of a delivery, versions 2 to 4, as one value.

use chrono::{DateTime, Utc};
use serde::Deserialize;

use crate::error::{Error, ErrorKind, Outcome, Result};
use crate::id::{CompanyId, ProjectId};
use crate::wire::{list, open_enum, opt};

/// A larger body is no delivery: real ones take less than 2 KiB. Receivers should stop reading there.
pub const BODY_BYTES_MAX: usize = 64 * 1024;

open_enum! {
    /// What happened to the record.
    pub enum Event {
        /// It was made.
        Create = "create",
        /// It was changed.
        Update = "update",
        /// It was deleted.
        Delete = "delete",
    }
}

/// The shape that a delivery came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PayloadVersion {
    /// Integer ids and `resource_name`.
    V2,
    /// As version 2, with related resources.
    V3,
    /// Text ids, `resource_type` and `reason`, without metadata.
    V4,
}

impl PayloadVersion {
    /// Returns Procore's text of the version.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::V2 => "v2.0",
            Self::V3 => "v3.0",
            Self::V4 => "v4.0",
        }
    }
}

/// What a delivery says: something happened to a record, which has to be read to know what.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Delivery {
    /// The shape that it came in.
    pub version: PayloadVersion,
    /// The event's id; a number in versions 2 and 3.
    pub id: Option<String>,
    /// The event's ULID, in versions 2 and 3 beside the id.
    pub ulid: Option<String>,
    /// When it happened.
    pub timestamp: Option<DateTime<Utc>>,
    /// What happened.
    pub event: Option<Event>,
    /// The resource as Procore names it, such as `Direct Cost Line Items`.
    pub resource: String,
    /// The record's id.
    pub resource_id: Option<String>,
    /// The company.
    pub company_id: Option<CompanyId>,
    /// The project; absent for records of the company.
    pub project_id: Option<ProjectId>,
    /// Who did it.
    pub user_id: Option<i64>,
    /// The app that did it, where it was an app: a receiver's own writes come back with its own id.
    pub source_application_id: Option<String>,
    /// Records above it, such as the direct cost of a line; version 3 alone.
    pub related_resources: Vec<RelatedResource>,
}

/// A record that a delivery names beside its own.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct RelatedResource {
    /// The record's id.
    #[serde(default, deserialize_with = "opt")]
    pub id: Option<String>,
    /// The resource as Procore names it.
    #[serde(default, deserialize_with = "opt")]
    pub name: Option<String>,
}

/// A delivery as it is on the wire, of any version.
#[derive(Deserialize)]
#[serde(rename = "Delivery")]
pub(super) struct Payload {
    #[serde(default, deserialize_with = "opt")]
    id: Option<String>,
    #[serde(default, deserialize_with = "opt")]
    ulid: Option<String>,
    #[serde(default, deserialize_with = "opt")]
    timestamp: Option<DateTime<Utc>>,
    #[serde(default, deserialize_with = "opt")]
    event_type: Option<Event>,
    #[serde(default, deserialize_with = "opt")]
    reason: Option<Event>,
    #[serde(default, deserialize_with = "opt")]
    resource_name: Option<String>,
    #[serde(default, deserialize_with = "opt")]
    resource_type: Option<String>,
    #[serde(default, deserialize_with = "opt")]
    resource_id: Option<String>,
    #[serde(default, deserialize_with = "opt")]
    company_id: Option<i64>,
    #[serde(default, deserialize_with = "opt")]
    project_id: Option<i64>,
    #[serde(default, deserialize_with = "opt")]
    user_id: Option<i64>,
    #[serde(default, deserialize_with = "opt")]
    api_version: Option<String>,
    #[serde(default)]
    metadata: Option<Metadata>,
    #[serde(default, deserialize_with = "list")]
    related_resources: Vec<RelatedResource>,
}

#[derive(Deserialize)]
struct Metadata {
    #[serde(default, deserialize_with = "opt")]
    source_application_id: Option<String>,
}

impl Delivery {
    /// Reads the body of a delivery.
    ///
    /// # Errors
    ///
    /// [`Decode`](ErrorKind::Decode) when it is larger than [`BODY_BYTES_MAX`], no JSON object, or names no resource.
    pub fn parse(body: &[u8]) -> Result<Self> {
        let refuse = |message: String| Error::new(ErrorKind::Decode, Outcome::Refused, message);
        if body.len() > BODY_BYTES_MAX {
            return Err(refuse(format!("a delivery takes at most {BODY_BYTES_MAX} bytes")));
        }
        let payload: Payload = serde_json::from_slice(body)
            .map_err(|error| refuse(format!("the delivery cannot be read: {error}")))?;
        Self::of(payload).map_err(|problem| refuse(problem.to_owned()))
    }

    pub(super) fn of(wire: Payload) -> Result<Self, &'static str> {
        let version = match (&wire.resource_name, wire.api_version.as_deref()) {
            (None, _) => PayloadVersion::V4,
            (Some(_), Some(version)) if version.starts_with("v3") => PayloadVersion::V3,
            _ => PayloadVersion::V2,
        };
        let resource =
            wire.resource_name.or(wire.resource_type).ok_or("the delivery names no resource")?;
        Ok(Self {
            version,
            id: wire.id,
            ulid: wire.ulid,
            timestamp: wire.timestamp,
            event: wire.event_type.or(wire.reason),
            resource,
            resource_id: wire.resource_id,
            company_id: wire.company_id.map(CompanyId::new),
            project_id: wire.project_id.map(ProjectId::new),
            user_id: wire.user_id,
            source_application_id: wire.metadata.and_then(|meta| meta.source_application_id),
            related_resources: wire.related_resources,
        })
    }

    /// Returns what tells this event from others: a delivery that comes again has the same.
    #[must_use]
    pub fn key(&self) -> Option<&str> {
        self.ulid.as_deref().or(self.id.as_deref())
    }
}
