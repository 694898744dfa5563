//! A stateful simulated Procore and a stateful simulated SAP Business One Service Layer,
//! for trials, for tests, and for the tests of downstream projects.
//!
//! Both systems are functions over `http::Request<Bytes>`; with the feature `serve` they are
//! served on loopback. This crate knows no other crate of the workspace: it is written from the
//! published facts of both wires with its own types, so that a mistake in a client cannot hide in
//! it. It is meant to be as unkind as the real servers are: tokens and sessions expire, windows
//! run out, pages are short, bodies are irregular, and faults happen on demand.
//!
//! [`contractor`] generates what both systems hold, [`procore`] and [`service_layer`] are the
//! systems, [`sandbox`] puts both on one clock, and `serve` puts them on sockets.
//!
//! | feature | brings |
//! |---|---|
//! | `serve` | `Served`: both systems over HTTP/1.1 on loopback (tokio, hyper) |

pub mod clock;
pub mod contractor;
pub mod fault;
pub mod procore;
pub mod sandbox;
#[cfg(feature = "serve")]
pub mod serve;
pub mod service_layer;

pub use clock::SandboxClock;
pub use fault::{AnswerAfter, ConnectionLost, Fault, FaultRule, Faults};
pub use sandbox::{Sandbox, SandboxOptions};
#[cfg(feature = "serve")]
pub use serve::{ServeOptions, Served};

/// The code of the README, compiled as a test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
#[derive(Debug)]
pub struct Readme;
