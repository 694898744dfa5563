//! Webhooks: making hooks, reading what Procore sent, and taking deliveries in.
//!
//! [`Webhooks`], from [`Client::webhooks`](crate::Client::webhooks) or [`Project::webhooks`](crate::Project::webhooks),
//! lists, makes, changes and deletes hooks (`hook`), their triggers (`trigger`), and reads the history of deliveries
//! (`history`) and the resources that can be followed (`resource`). `delivery` reads a body of any payload version;
//! [`AuthorizationValue`] checks the header that was set on the hook.
//!
//! A delivery holds ids only: what changed has to be read. It comes at least once, in no promised order, and is
//! dropped for good after twelve hours of failures, so that a hint it is and polling has to be complete by itself.
//! Procore signs nothing; telling a repeated delivery apart is the receiver's part ([`Delivery::key`]). Requisitions,
//! commitment change orders, billing periods and tax codes were not among the resources when last looked at. Nothing
//! here listens. The calls are those of REST v2.0. Left out are those of v1.0, of which neither the body that changes a
//! hook nor the paging of deliveries is documented well enough to be held to, and triggers in bulk, whose answer to a
//! partial success is not documented: they go through [`Client::raw`](crate::Client::raw).

mod authorization;
mod calls;
mod delivery;
mod history;
mod hook;
mod ids;
mod resource;
mod trigger;

pub use authorization::AuthorizationValue;
pub use calls::Webhooks;
pub use delivery::{BODY_BYTES_MAX, Delivery, Event, PayloadVersion, RelatedResource};
pub use history::{DeliveryAttempt, DeliveryFilter, DeliveryQuery, DeliveryStatus, PastDelivery};
pub use hook::{DestinationHeaders, Hook, HookChange, HookQuery, HookStatus, NewHook};
pub use ids::{HookId, TriggerId};
pub use resource::WebhookResource;
pub use trigger::{NewTrigger, Trigger};
