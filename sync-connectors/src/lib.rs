//! Adapters between sync-core and the Procore and SAP Business One clients.

mod clock;
mod procore;
mod sap_b1;
mod time_zone;

pub use clock::SystemClock;
pub use procore::{ProcoreSource, Projects};
pub use sap_b1::SapB1Ledger;
pub use time_zone::Zone;
