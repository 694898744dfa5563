//! Behaviour of the client against a server double, in virtual time, and over sockets.

#![allow(clippy::unwrap_used)]

mod bodies;
mod business;
mod company;
mod fake;
mod paging;
mod queries;
mod recorded;
mod retries;
mod secrets;
mod session;
mod user_tables;
mod wire;
