//! State stores of the Procore to SAP Business One sync: adapters of the port
//! [`StateStore`](sync_core::ports::StateStore).
//!
//! [`SqliteStore`] keeps the state in one file, for one machine. `PostgresStore` (feature `postgres`) keeps it in a schema
//! of a PostgreSQL database, for many machines of which one writes at a time. Both store the same texts, keep the same laws
//! and pass the same suite. What is stored, and when, is the engine's decision; nothing here knows what a record means.
//!
//! ```no_run
//! # async fn example() -> Result<(), sync_core::ports::StoreError> {
//! use sync_core::ports::StateStore;
//! use sync_store::SqliteStore;
//!
//! let store = SqliteStore::open("state/contractor.db").await?;
//! for record in store.exceptions().await? {
//!     // Anyone may read while another process writes.
//!     let _key = record.key();
//! }
//! # Ok(()) }
//! ```

mod database;
#[cfg(feature = "postgres")]
mod postgres;
mod sqlite;

pub use database::{Fault, Store, Verification};
#[cfg(feature = "postgres")]
pub use postgres::{PostgresOptions, PostgresStore};
pub use sqlite::SqliteStore;
