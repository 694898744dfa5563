//! The crates together: clients, connectors, engine and store against both simulated systems over
//! real HTTP.
#![allow(clippy::unwrap_used, clippy::print_stderr, missing_docs)]

mod first_cycle;
mod world;
