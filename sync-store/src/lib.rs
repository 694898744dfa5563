//! State stores of the Procore to SAP Business One sync: adapters of the port
//! [`StateStore`](sync_core::ports::StateStore).
//!
//! [`SqliteStore`] keeps the state in one file, for one machine. A `PostgresStore` for many machines
//! comes later and is not there yet. What is stored, and when, is the engine's decision; nothing here
//! knows what a record means.
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

mod sqlite;

pub use sqlite::SqliteStore;
