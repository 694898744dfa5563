//! Reference implementations of the ports, in memory: always compiled, without a runtime. They
//! carry the switches that tests and simulations need; nothing here decides about money.

mod books;
pub mod clock;
pub mod ledger;
mod outdated;
mod people;
mod references;
pub mod source;
pub mod store;

pub use clock::ManualClock;
pub use ledger::{MemoryDocument, MemoryLedger, PostFault};
pub use source::MemorySource;
pub use store::{MemorySnapshot, MemoryStore, WriteFault};

/// The README's example, compiled with the doc tests.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
