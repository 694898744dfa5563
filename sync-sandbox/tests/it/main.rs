//! The simulated systems as specifications: what a caller sees of them.
#![allow(clippy::disallowed_methods, clippy::disallowed_macros, clippy::unwrap_used)]

mod caller;
mod contractor;
mod contractor_ties;
mod procore_access;
mod procore_bodies;
mod procore_edits;
mod procore_faults;
mod procore_finance;
mod procore_grants;
mod procore_hooks;
mod procore_lists;
mod procore_writes;
#[cfg(feature = "serve")]
mod served;
mod service_layer;
mod service_layer_batches;
mod service_layer_company;
mod service_layer_documents;
mod service_layer_errors;
mod service_layer_faults;
mod service_layer_journal;
mod service_layer_lists;
mod service_layer_masters;
mod service_layer_postings;
mod service_layer_queries;
mod service_layer_sessions;
mod service_layer_user_fields;
