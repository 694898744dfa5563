//! The suites that every adapter of a port runs in its own tests.

pub mod store;
