//! The suites that every adapter of a port runs in its own tests: one function per law.
//!
//! A suite takes what the adapter's test can make (an empty store, a source with records, a ledger
//! over a company) and panics with the law that is broken. Each is run by the implementation in
//! [`memory`](crate::memory), and by every adapter of this workspace.

pub mod clock;
pub mod ledger;
pub mod observer;
pub mod source;
pub mod store;
