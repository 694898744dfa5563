//! The history of deliveries that Procore keeps for 28 days.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Deserializer};

use super::delivery::{Delivery, Event, Payload};
use crate::request::Request;
use crate::wire::{model, open_enum};

open_enum! {
    /// What became of a delivery.
    pub enum DeliveryStatus {
        /// The receiver took it:
        Delivered = "delivered",
        /// The last try failed:
        Failed = "failed",
        /// It is given up, after twelve hours of failures:
        Discarded = "discarded",
        /// It waits for its first try:
        Enqueued = "enqueued",
        /// It waits for another try:
        Retrying = "retrying",
    }
}

open_enum! {
    /// The statuses that the list can be asked for; here the delivered ones are named otherwise.
    pub enum DeliveryFilter {
        /// Those that the receiver took:
        Succeeded = "succeeded",
        /// Those of which the last try failed:
        Failed = "failed",
        /// Those that are given up:
        Discarded = "discarded",
        /// Those that wait for their first try:
        Enqueued = "enqueued",
        /// Those that wait for another try:
        Retrying = "retrying",
    }
}

model! {
    /// A delivery as Procore's history tells it.
    pub struct PastDelivery {
        /// The id of the event.
        opt id: String,
        /// What became of it.
        opt status: DeliveryStatus,
        /// What was sent; `None` where it is not told or names no resource.
        #[serde(default, deserialize_with = "payload")]
        plain payload: Option<Delivery>,
        /// The tries; their fields are those of REST v1, because v2 does not document them (unverified).
        list delivery_attempts: DeliveryAttempt,
    }
}

model! {
    /// One try to deliver.
    pub struct DeliveryAttempt {
        /// When it began.
        opt started_at: DateTime<Utc>,
        /// When it ended.
        opt completed_at: DateTime<Utc>,
        /// The status that the receiver answered with.
        opt response_status: i64,
        /// Why there was no answer.
        opt response_error: String,
    }
}

fn payload<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Delivery>, D::Error> {
    let payload = Option::<Payload>::deserialize(deserializer)?;
    Ok(payload.and_then(|payload| Delivery::of(payload).ok()))
}

/// Which deliveries to list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeliveryQuery {
    /// What became of them.
    pub status: Option<DeliveryFilter>,
    /// The resource, as triggers name it.
    pub resource_name: Option<String>,
    /// The event.
    pub event_type: Option<Event>,
    /// The first day.
    pub start: Option<NaiveDate>,
    /// The last day.
    pub end: Option<NaiveDate>,
}

impl DeliveryQuery {
    pub(super) fn apply(&self, request: Request) -> Request {
        request
            .query_opt("filter[status]", self.status.as_ref())
            .query_opt("filter[resource_name]", self.resource_name.as_deref())
            .query_opt("filter[event_type]", self.event_type.as_ref())
            .query_opt("filter[start]", self.start)
            .query_opt("filter[end]", self.end)
    }
}
