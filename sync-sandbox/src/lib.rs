//! A stateful simulated Procore and a stateful simulated SAP Business One Service Layer,
//! for trials, for tests, and for the tests of downstream projects.
//!
//! Both systems are functions over `http::Request<Bytes>`; with the feature `serve` they are
//! served on loopback. This crate knows no other crate of the workspace: it is written from the
//! published facts of both wires with its own types, so that a mistake in a client cannot hide in
//! it. It is meant to be as unkind as the real servers are: tokens and sessions expire, windows
//! run out, pages are short, bodies are irregular, and faults happen on demand.

pub mod clock;
pub mod contractor;
pub mod fault;

pub use clock::SandboxClock;
pub use fault::{ConnectionLost, Fault, FaultRule, Faults};
