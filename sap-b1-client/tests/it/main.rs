//! Behaviour of the client against a server double, in virtual time, and over sockets.

#![allow(clippy::unwrap_used)]

mod batches;
mod bodies;
mod business;
mod company;
mod concurrency;
mod end_to_end;
mod exactly_once;
mod fake;
mod flavours;
mod injection;
mod leave;
mod nodes;
mod paging;
mod queries;
mod raw;
mod recorded;
mod retries;
mod sandbox;
mod secrets;
mod session;
mod spans;
mod timeouts;
mod tls;
mod user_tables;
mod wire;
