//! Hooks and triggers of a company and of its projects, as REST v2.0 has them.

use chrono::{DateTime, Utc};

use super::{
    deliveries::Delivery,
    json::{Json, object},
    model::Company,
    number::utc,
    page::{List, Paging, Row},
    query::Query,
    refusal::Refusal,
};

/// How much of an Authorization value is shown again.
const SHOWN_CHARS: usize = 5;

/// What the sandbox lets triggers follow: the financial part of what a development sandbox offered
/// in February 2026; requisitions and commitment change orders are not among it.
const OF_COMPANY: [&str; 4] =
    ["Company Vendors", "Line Item Types", "Projects", "Standard Cost Codes"];
const OF_PROJECT: [&str; 13] = [
    "Budget Changes",
    "Budget Line Items",
    "Change Order Packages",
    "Contract Payments",
    "Cost Codes",
    "Direct Cost Line Items",
    "Direct Costs",
    "Potential Change Orders",
    "Purchase Order Contract Line Items",
    "Purchase Order Contracts",
    "Sub Jobs",
    "Work Order Contract Line Items",
    "Work Order Contracts",
];
const VERSIONS: [&str; 3] = ["v2.0", "v3.0", "v4.0"];

/// One hook.
#[derive(Clone, Debug)]
pub(crate) struct Hook {
    pub(crate) id: String,
    /// The project, or `None` for a hook of the company.
    pub(crate) project_id: Option<i64>,
    pub(crate) active: bool,
    pub(crate) payload_version: String,
    pub(crate) authorization: Option<String>,
    pub(crate) destination_url: String,
    pub(crate) triggers: Vec<Trigger>,
    pub(crate) deliveries: Vec<Delivery>,
    namespace: String,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

/// One trigger.
#[derive(Clone, Debug)]
pub(crate) struct Trigger {
    pub(crate) id: String,
    pub(crate) resource_name: String,
    pub(crate) event_type: String,
}

/// All hooks.
#[derive(Clone, Debug, Default)]
pub(crate) struct Hooks {
    pub(crate) all: Vec<Hook>,
    last_id: u64,
}

/// The company's hooks, or those of one project.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scope<'a> {
    pub(crate) company: &'a Company,
    pub(crate) project_id: Option<i64>,
}

impl Hooks {
    /// A text of the form of a ULID.
    pub(crate) fn new_id(&mut self) -> String {
        self.last_id += 1;
        format!("01K0SANDB0X{:015X}", self.last_id)
    }

    pub(crate) fn of(&self, scope: Scope<'_>, id: &str) -> Result<&Hook, Refusal> {
        let mut hooks = self.all.iter();
        hooks
            .find(|hook| hook.id == id && hook.project_id == scope.project_id)
            .ok_or_else(|| Refusal::not_found("Hook"))
    }

    fn of_mut(&mut self, scope: Scope<'_>, id: &str) -> Result<&mut Hook, Refusal> {
        let mut hooks = self.all.iter_mut();
        hooks
            .find(|hook| hook.id == id && hook.project_id == scope.project_id)
            .ok_or_else(|| Refusal::not_found("Hook"))
    }

    /// Answers a read below `…/webhooks`.
    pub(crate) fn read<'a>(
        &'a self,
        scope: Scope<'a>,
        query: &Query,
        rest: &[&str],
    ) -> Result<super::route::Reply<'a>, Refusal> {
        match rest {
            ["resources"] => Ok(resources(scope, query)?.into()),
            ["hooks"] => Ok(self.list(scope, query).into()),
            ["hooks", id] => {
                let hook = self.of(scope, id)?;
                Ok(object! { "data": body(scope, hook, true) }.into())
            }
            ["hooks", id, "triggers"] => {
                let hook = self.of(scope, id)?;
                let rows = hook.triggers.iter().zip(1..);
                let rows = rows
                    .map(|(trigger, n)| Row::new(n, move || trigger_body(scope, hook, trigger)));
                Ok(List::new(rows.collect()).paged(Paging::Version2).into())
            }
            ["hooks", id, "deliveries"] => Ok(self.of(scope, id)?.history(scope, query)?.into()),
            _ => Err(Refusal::new(404, "path", "No route matches")),
        }
    }

    fn list<'a>(&'a self, scope: Scope<'a>, query: &Query) -> List<'a> {
        let counted = query.get("include_trigger_count") == Some("true");
        let asked = |name: &str, held: &str| query.get(name).is_none_or(|value| value == held);
        let hooks = self.all.iter().filter(|hook| {
            hook.project_id == scope.project_id
                && asked("namespace", &hook.namespace)
                && asked("payload_version", &hook.payload_version)
        });
        let rows = hooks.zip(1..).map(|(hook, n)| Row::new(n, move || body(scope, hook, counted)));
        List::new(rows.collect()).paged(Paging::Version2)
    }

    /// Answers `POST …/hooks`.
    pub(crate) fn create(
        &mut self,
        scope: Scope<'_>,
        sent: &Json,
        now: DateTime<Utc>,
    ) -> Result<Json, Refusal> {
        for field in ["payload_version", "namespace", "destination_url"] {
            if sent.filled(field).is_none() {
                return Err(Refusal::missing(field));
            }
        }
        let mut hook = Hook {
            id: String::new(),
            project_id: scope.project_id,
            active: true,
            payload_version: String::new(),
            authorization: None,
            destination_url: String::new(),
            triggers: Vec::new(),
            deliveries: Vec::new(),
            namespace: String::new(),
            created_at: now,
            updated_at: now,
        };
        hook.change(sent, now)?;
        hook.id = self.new_id();
        let answer = body(scope, &hook, true);
        self.all.push(hook);
        Ok(object! { "data": answer })
    }

    /// Answers `PATCH …/hooks/{id}`.
    pub(crate) fn update(
        &mut self,
        scope: Scope<'_>,
        id: &str,
        sent: &Json,
        now: DateTime<Utc>,
    ) -> Result<Json, Refusal> {
        let hook = self.of_mut(scope, id)?;
        let mut changed = hook.clone();
        changed.change(sent, now)?;
        *hook = changed;
        Ok(object! { "data": body(scope, hook, true) })
    }

    /// Answers `DELETE …/hooks/{id}`; its triggers go with it.
    pub(crate) fn delete(&mut self, scope: Scope<'_>, id: &str) -> Result<(), Refusal> {
        self.of(scope, id)?;
        self.all.retain(|hook| hook.id != id);
        Ok(())
    }

    /// Answers `POST …/hooks/{id}/triggers`.
    pub(crate) fn create_trigger(
        &mut self,
        scope: Scope<'_>,
        hook_id: &str,
        sent: &Json,
    ) -> Result<Json, Refusal> {
        let id = self.new_id();
        let hook = self.of_mut(scope, hook_id)?;
        let resource =
            sent.filled("resource_name").ok_or_else(|| Refusal::missing("resource_name"))?;
        let event = sent.filled("event_type").ok_or_else(|| Refusal::missing("event_type"))?;
        let event = event.to_ascii_lowercase();
        if !offered(scope).contains(&resource) {
            return Err(Refusal::new(
                400,
                "resource_name",
                format!("{resource} is not a resource"),
            ));
        }
        if !actions(resource).contains(&event.as_str()) {
            return Err(Refusal::new(
                400,
                "event_type",
                format!("{event} is not offered for {resource}"),
            ));
        }
        let same = |held: &Trigger| held.resource_name == resource && held.event_type == event;
        if hook.triggers.iter().any(same) {
            return Err(Refusal::new(400, "resource_name", "The trigger exists already"));
        }
        hook.triggers.push(Trigger { id, resource_name: resource.to_owned(), event_type: event });
        let trigger = &hook.triggers[hook.triggers.len() - 1];
        Ok(trigger_body(scope, hook, trigger)).map(|answer| object! { "data": answer })
    }

    /// Answers `DELETE …/hooks/{id}/triggers/{id}`.
    pub(crate) fn delete_trigger(
        &mut self,
        scope: Scope<'_>,
        hook_id: &str,
        id: &str,
    ) -> Result<(), Refusal> {
        let hook = self.of_mut(scope, hook_id)?;
        let before = hook.triggers.len();
        hook.triggers.retain(|trigger| trigger.id != id);
        if hook.triggers.len() == before { Err(Refusal::not_found("Trigger")) } else { Ok(()) }
    }
}

impl Hook {
    fn change(&mut self, sent: &Json, now: DateTime<Utc>) -> Result<(), Refusal> {
        if let Some(version) = sent.filled("payload_version") {
            if !VERSIONS.contains(&version) {
                return Err(Refusal::new(
                    400,
                    "payload_version",
                    "payload_version is not supported",
                ));
            }
            self.payload_version = version.to_owned();
        }
        if let Some(namespace) = sent.filled("namespace") {
            let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            if !namespace.chars().all(fits) {
                return Err(Refusal::new(400, "namespace", "namespace takes a-z, 0-9 and - alone"));
            }
            self.namespace = namespace.to_owned();
        }
        if let Some(address) = sent.filled("destination_url") {
            let https = url::Url::parse(address).is_ok_and(|url| url.scheme() == "https");
            if !https {
                return Err(Refusal::new(400, "destination_url", "destination_url must be HTTPS"));
            }
            self.destination_url = address.to_owned();
        }
        if let Some(headers) = sent.get("destination_headers") {
            self.authorization = headers.filled("Authorization").map(str::to_owned);
        }
        match sent.filled("status") {
            None => {}
            Some("active") => self.active = true,
            Some("disabled") => self.active = false,
            Some(_) => return Err(Refusal::new(400, "status", "status is not in the list")),
        }
        self.updated_at = now;
        Ok(())
    }
}

fn body(scope: Scope<'_>, hook: &Hook, counted: bool) -> Json {
    let masked = hook.authorization.as_ref().map(|value| {
        let length = value.chars().count();
        let shown: String = value.chars().skip(length.saturating_sub(SHOWN_CHARS)).collect();
        format!("{}{shown}", "*".repeat(length.saturating_sub(SHOWN_CHARS)))
    });
    let body = object! {
        "id": hook.id.as_str(), "status": if hook.active { "active" } else { "disabled" },
        "payload_version": hook.payload_version.as_str(), "namespace": hook.namespace.as_str(),
        "destination_headers": object! { "Authorization": masked },
        "destination_url": hook.destination_url.as_str(),
        "company_id": scope.company.id.to_string(),
        "project_id": hook.project_id.map(|id| id.to_string()),
        "created_at": utc(hook.created_at), "updated_at": utc(hook.updated_at),
    };
    if counted { body.with("trigger_count", hook.triggers.len()) } else { body }
}

fn trigger_body(scope: Scope<'_>, hook: &Hook, trigger: &Trigger) -> Json {
    object! {
        "id": trigger.id.as_str(), "webhook_hook_id": hook.id.as_str(),
        "resource_name": trigger.resource_name.as_str(),
        "event_type": trigger.event_type.as_str(),
        "company_id": hook.project_id.is_none().then(|| scope.company.id.to_string()),
        "project_id": hook.project_id.map(|id| id.to_string()),
    }
}

fn offered(scope: Scope<'_>) -> &'static [&'static str] {
    if scope.project_id.is_some() { &OF_PROJECT } else { &OF_COMPANY }
}

/// Vendors and projects are not deleted, as far as hooks are told.
fn actions(resource: &str) -> &'static [&'static str] {
    match resource {
        "Company Vendors" | "Projects" => &["create", "update"],
        _ => &["create", "update", "delete"],
    }
}

fn resources<'a>(scope: Scope<'_>, query: &Query) -> Result<List<'a>, Refusal> {
    let version =
        query.get("payload_version").ok_or_else(|| Refusal::missing("payload_version"))?;
    if !VERSIONS.contains(&version) {
        return Err(Refusal::new(400, "payload_version", "payload_version is not supported"));
    }
    let version = version.to_owned();
    let rows = offered(scope).iter().zip(1..).map(|(&name, n)| {
        let version = version.clone();
        Row::new(n, move || {
            let actions = actions(name).iter().map(|&action| Json::from(action)).collect();
            object! {
                "category": "Financials", "tool": name, "name": name,
                "payload_version": version.as_str(), "actions": Json::List(actions),
            }
        })
    });
    Ok(List::new(rows.collect()).paged(Paging::Version2))
}
