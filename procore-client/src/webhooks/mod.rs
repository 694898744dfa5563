//! Deliveries of webhooks: who sent one, and what it says.
//!
//! `delivery` reads a body of any payload version; [`AuthorizationValue`] checks the header that was set on the hook.
//! A delivery holds ids only: what changed has to be read. It comes at least once, in no promised order, and is
//! dropped for good after twelve hours of failures, so that a hint it is and polling has to be complete by itself.
//! Procore signs nothing; telling a repeated delivery apart is the receiver's part ([`Delivery::key`]). Requisitions,
//! commitment change orders, billing periods and tax codes were not among the resources when last looked at. Making
//! hooks and triggers has no model here: it goes through [`Client::raw`](crate::Client::raw). Nothing here listens.

mod authorization;
mod delivery;

pub use authorization::AuthorizationValue;
pub use delivery::{BODY_BYTES_MAX, Delivery, Event, PayloadVersion, RelatedResource};
