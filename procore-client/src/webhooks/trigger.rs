//! Triggers: what a hook follows.

use serde::Serialize;

use super::delivery::Event;
use super::ids::{HookId, TriggerId};
use crate::error::{Error, Result};
use crate::id::{CompanyId, ProjectId};
use crate::request::Request;
use crate::wire::model;

model! {
    /// A trigger.
    pub struct Trigger {
        /// Its id.
        key id: TriggerId,
        /// The hook that it belongs to.
        opt webhook_hook_id: HookId,
        /// The resource that it follows, such as `Direct Cost Line Items`.
        opt resource_name: String,
        /// The event that it follows.
        opt event_type: Event,
        /// The company, for a hook of the company.
        opt company_id: CompanyId,
        /// The project, for a hook of a project.
        opt project_id: ProjectId,
    }
}

/// A trigger to make: one resource and one event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewTrigger {
    /// The resource as [`Webhooks::resources`](super::Webhooks::resources) names it.
    pub resource_name: String,
    /// The event.
    pub event_type: Event,
}

impl NewTrigger {
    /// Names a resource and an event.
    pub fn new(resource_name: impl Into<String>, event_type: Event) -> Self {
        Self { resource_name: resource_name.into(), event_type }
    }

    pub(super) fn written(&self, request: Request) -> Result<Request> {
        #[derive(Serialize)]
        struct Body<'a> {
            resource_name: &'a str,
            event_type: &'a str,
        }
        if self.resource_name.trim().is_empty() {
            return Err(Error::configuration("a trigger must name a resource"));
        }
        let (resource_name, event_type) = (self.resource_name.as_str(), self.event_type.as_str());
        request.json(&Body { resource_name, event_type })
    }
}
