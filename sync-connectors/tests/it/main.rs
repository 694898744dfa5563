//! The adapters against both simulated systems, called as functions: no socket, no real time.

#![allow(clippy::unwrap_used)]

mod catalog;
mod changes_in_sap;
mod client_budgets;
mod client_reference;
mod client_resources;
mod contract;
mod failures_of_procore;
mod foreign;
mod invoices;
mod looking_up;
mod payloads;
mod posted_shapes;
mod posting;
mod reading;
mod reading_changes;
mod references;
mod setting_up;
mod store_row;
mod world;
