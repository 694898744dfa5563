//! The crates together: clients, connectors, engine and store against both simulated systems over
//! real HTTP, audited with the systems' own books.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, missing_docs)]

mod bad_input;
mod billing;
mod call_budget;
mod claims;
mod custom;
mod faults;
mod first_cycle;
mod leaving;
mod month;
mod people_in_sap;
mod references;
mod source_faults;
mod tie_out;
mod world;
