//! A server on this machine with canned answers, and one GET made three ways: through each client and by bare reqwest.
//!
//! The server runs on a thread and a runtime of its own, so that its time and its allocations are not those of the
//! thread that measures. It remembers the last GET: bare reqwest sends the very URL and headers that the client sent.
//! How often and how long is measured is not here: see `measure`.

mod calls;
mod server;

pub use calls::{Bare, invoice, procore, project, service_layer};
pub use server::{Answers, Server};
