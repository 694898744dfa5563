//! Adapters between sync-core and the Procore and SAP Business One clients: the only place where
//! both vocabularies meet.
//!
//! [`ProcoreSource`] is a [`CostSource`](sync_core::ports::CostSource) over
//! [`procore_client`], [`SapB1Ledger`] a [`Ledger`](sync_core::ports::Ledger) over
//! [`sap_b1_client`], [`SystemClock`] a [`Clock`](sync_core::ports::Clock). They translate: what
//! Procore states becomes a record, what a posting says becomes the exact bytes of a document, what
//! SAP holds becomes a held document, what went wrong becomes one of the engine's words. They decide
//! nothing: which records are posted, on which accounts, in which period is sync-core's and the
//! company's.
//!
//! ```no_run
//! use std::sync::Arc;
//! use sync_connectors::{ProcoreSource, Projects, SapB1Ledger};
//! use sync_core::ports::{CatalogRequest, CostSource, Ledger};
//!
//! # async fn example(secret: procore_client::SecretString, password: sap_b1_client::SecretString)
//! # -> Result<(), Box<dyn std::error::Error>> {
//! let procore = procore_client::Client::builder(procore_client::CompanyId::new(8089))
//!     .credentials("client id", secret)
//!     .build()?;
//! let source: Arc<dyn CostSource> = Arc::new(ProcoreSource::new(procore, Projects::All));
//!
//! let login = sap_b1_client::PasswordLogin::new("SBODEMOUS", "integration", password);
//! let sap = sap_b1_client::Client::builder("https://b1.example.com:50000/b1s/v2", login).build()?;
//! let ledger: Arc<dyn Ledger> = Arc::new(SapB1Ledger::new(sap));
//!
//! let visible = source.scope().await?;
//! let catalog = ledger.catalog(&CatalogRequest::default()).await?;
//! # let _ = (visible, catalog);
//! # Ok(())
//! # }
//! ```
//!
//! This crate has no features.

mod clock;
mod procore;
mod sap_b1;
mod time_zone;

pub use clock::SystemClock;
pub use procore::{ProcoreSource, Projects};
pub use sap_b1::SapB1Ledger;
pub use time_zone::Zone;
