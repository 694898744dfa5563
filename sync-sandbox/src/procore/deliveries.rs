//! What happens in Procore on its way to the hooks that follow it.
//!
//! The sandbox opens no connection: whoever tests a receiver takes the deliveries with
//! [`Procore::happened`](super::Procore::happened), carries them, and tells what became of them.

use chrono::{DateTime, NaiveDate, Utc};

use super::{
    hooks::{Hook, Hooks, Scope},
    json::{Json, object},
    model::Company,
    page::{List, Paging, Row},
    query::Query,
    refusal::Refusal,
};

/// Something that happened to a record.
#[derive(Clone, Debug)]
pub struct Happening {
    /// The resource as triggers name it, such as `Direct Costs`.
    pub resource_name: String,
    /// `create`, `update` or `delete`.
    pub event_type: String,
    /// The record's id.
    pub resource_id: i64,
    /// The project, or `None` for a record of the company.
    pub project_id: Option<i64>,
    /// The user who did it.
    pub user_id: i64,
}

/// A request that Procore would make to a hook's destination.
#[derive(Clone, Debug)]
pub struct Outgoing {
    /// The hook.
    pub hook_id: String,
    /// The event, by which [`Procore::delivered`](super::Procore::delivered) knows it again.
    pub event_id: String,
    /// Where it goes.
    pub destination_url: String,
    /// The value of its `Authorization` header, if the hook has one.
    pub authorization: Option<String>,
    /// Its JSON body.
    pub body: String,
}

/// What became of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryEnd {
    /// The receiver answered 2xx.
    Delivered,
    /// It failed and will be tried again.
    Retrying,
    /// It failed for twelve hours and is given up.
    Discarded,
}

/// A delivery as the history keeps it.
#[derive(Clone, Debug)]
pub(crate) struct Delivery {
    id: String,
    status: &'static str,
    resource_name: String,
    event_type: String,
    at: DateTime<Utc>,
    payload: Json,
    attempts: usize,
}

impl Hooks {
    /// Lets something happen: every active hook with a trigger for it gets a delivery.
    pub(crate) fn happened(
        &mut self,
        company: &Company,
        what: &Happening,
        now: DateTime<Utc>,
    ) -> Vec<Outgoing> {
        let event_id = self.new_id();
        let follows = |hook: &&mut Hook| {
            hook.active
                && hook.project_id == what.project_id
                && hook.triggers.iter().any(|trigger| {
                    trigger.resource_name == what.resource_name
                        && trigger.event_type == what.event_type
                })
        };
        let hooks = self.all.iter_mut().filter(follows);
        hooks
            .map(|hook| {
                let payload = payload(company, &hook.payload_version, &event_id, what, now);
                hook.deliveries.push(Delivery {
                    id: event_id.clone(),
                    status: "enqueued",
                    resource_name: what.resource_name.clone(),
                    event_type: what.event_type.clone(),
                    at: now,
                    payload: payload.clone(),
                    attempts: 0,
                });
                Outgoing {
                    hook_id: hook.id.clone(),
                    event_id: event_id.clone(),
                    destination_url: hook.destination_url.clone(),
                    authorization: hook.authorization.clone(),
                    body: String::from_utf8_lossy(&payload.to_bytes()).into_owned(),
                }
            })
            .collect()
    }

    /// Notes what became of a delivery; `false` where there is none.
    pub(crate) fn delivered(&mut self, sent: &Outgoing, end: DeliveryEnd) -> bool {
        let hook = self.all.iter_mut().find(|hook| hook.id == sent.hook_id);
        let delivery =
            hook.and_then(|hook| hook.deliveries.iter_mut().find(|d| d.id == sent.event_id));
        let Some(delivery) = delivery else {
            return false;
        };
        delivery.attempts += 1;
        delivery.status = match end {
            DeliveryEnd::Delivered => "delivered",
            DeliveryEnd::Retrying => "retrying",
            DeliveryEnd::Discarded => "discarded",
        };
        true
    }
}

impl Hook {
    /// The list of deliveries; here filters are called `filter`, and `delivered` `succeeded`.
    pub(crate) fn history<'a>(&'a self, _: Scope<'a>, query: &Query) -> Result<List<'a>, Refusal> {
        let day = |name: &'static str| -> Result<Option<NaiveDate>, Refusal> {
            let text = query.get(&format!("filter[{name}]"));
            let read = |text: &str| NaiveDate::parse_from_str(text, "%Y-%m-%d");
            text.map(read)
                .transpose()
                .map_err(|_| Refusal::new(400, name, format!("filter[{name}] must be a date")))
        };
        let (start, end) = (day("start")?, day("end")?);
        let status = match query.get("filter[status]") {
            Some("succeeded") => Some("delivered"),
            Some(status @ ("failed" | "discarded" | "enqueued" | "retrying")) => Some(status),
            Some(_) => {
                return Err(Refusal::new(400, "status", "filter[status] is not in the list"));
            }
            None => None,
        };
        let asked = |name: &str, held: &str| query.get(name).is_none_or(|value| value == held);
        let shown = self.deliveries.iter().filter(|delivery| {
            let on = delivery.at.date_naive();
            status.is_none_or(|status| status == delivery.status)
                && asked("filter[resource_name]", &delivery.resource_name)
                && asked("filter[event_type]", &delivery.event_type)
                && start.is_none_or(|day| day <= on)
                && end.is_none_or(|day| on <= day)
        });
        let rows = shown.zip(1..).map(|(delivery, n)| {
            Row::new(n, move || {
                let attempts = (0..delivery.attempts).map(|_| object! {}).collect();
                object! {
                    "id": delivery.id.as_str(), "status": delivery.status,
                    "payload": delivery.payload.clone(),
                    "delivery_attempts": Json::List(attempts),
                }
            })
        });
        Ok(List::new(rows.collect()).paged(Paging::Version2))
    }
}

/// The body of a delivery (source: Procore documentation, webhooks).
fn payload(
    company: &Company,
    version: &str,
    event_id: &str,
    what: &Happening,
    now: DateTime<Utc>,
) -> Json {
    let timestamp = now.format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string();
    if version == "v4.0" {
        return object! {
            "id": event_id, "timestamp": timestamp, "reason": what.event_type.as_str(),
            "company_id": company.id.to_string(),
            "project_id": what.project_id.map(|id| id.to_string()),
            "user_id": what.user_id.to_string(), "resource_type": what.resource_name.as_str(),
            "resource_id": what.resource_id.to_string(),
        };
    }
    let body = object! {
        "id": what.resource_id + 1, "ulid": event_id, "timestamp": timestamp,
        "metadata": object! {
            "source_user_id": what.user_id, "source_project_id": what.project_id,
            "source_operation_id": Json::Null, "source_company_id": company.id,
            "source_application_id": Json::Null,
        },
        "user_id": what.user_id, "company_id": company.id, "project_id": what.project_id,
        "api_version": version, "event_type": what.event_type.as_str(),
        "resource_name": what.resource_name.as_str(), "resource_id": what.resource_id,
    };
    if version == "v3.0" { body.with("related_resources", Vec::new()) } else { body }
}
