//! The accounting of a one-way Procore to SAP Business One sync: mapping, rounding, planning and
//! engine over traits.
//!
//! Pure: no HTTP, no database, no runtime, no clock. A host brings those through the
//! [`ports`]. Data flows one way: a [`CostRecord`](model::CostRecord) is read from a source,
//! mapped and rounded into [`Posting`](model::Posting)s by the planner, checked against the
//! [`Catalog`](catalog::Catalog), and handed to a ledger by the engine, which looks first, writes
//! its intent, posts, and writes the result.

pub mod budget;
pub mod catalog;
#[cfg(any(test, feature = "contract-tests"))]
pub mod contract;
pub mod engine;
pub mod exchange;
pub mod mapping;
pub mod memory;
pub mod model;
pub mod money;
pub mod plan;
pub mod policy;
pub mod ports;
pub mod reconcile;
pub mod resolve;
pub mod states;
pub mod validate;
