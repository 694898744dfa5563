//! Reference implementations of the ports, in memory.

pub mod store;

pub use store::{MemorySnapshot, MemoryStore, WriteFault};
