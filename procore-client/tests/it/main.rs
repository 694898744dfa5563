//! Behaviour of the client, seen through its public API.
#![allow(clippy::unwrap_used)]

mod authentication;
mod budgets;
mod conformance;
mod deadline;
mod decoding;
mod double;
mod end_to_end;
mod errors;
mod hooks;
mod layers;
mod money;
mod observability;
mod paging;
mod rate_limits;
mod refresh_tokens;
mod retries;
mod schedule;
mod scope;
mod scope_of_parameters;
mod secrets;
mod single_use;
mod streams;
mod sync_actions;
mod webhooks;
mod wire;
mod writes;
