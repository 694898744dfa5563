//! Typed async client of Procore's REST API, financial side.
//!
//! A [`Client`] belongs to one company and reads only the projects that it was told. Calls that need a project exist
//! only on [`Project`], which [`Client::project`] refuses for any other project before a request leaves.
//!
//! ```no_run
//! use procore_client::resources::filters::TimeRange;
//! use procore_client::resources::requisitions::RequisitionQuery;
//! use procore_client::{Client, CompanyId, ProjectId};
//!
//! # async fn example(secret: secrecy::SecretString) -> procore_client::Result<()> {
//! let client = Client::builder(CompanyId::new(1001))
//!     .credentials("client id", secret)
//!     .projects([ProjectId::new(2_783_683)])
//!     .build()?;
//!
//! let project = client.project(ProjectId::new(2_783_683))?;
//! let since = chrono::DateTime::from_timestamp(1_767_225_600, 0).unwrap_or_default();
//! let query = RequisitionQuery { updated: Some(TimeRange::since(since)), ..RequisitionQuery::default() };
//! let listing = project.requisitions(&query).all().await?;
//! for requisition in listing.into_values() {
//!     let due = requisition.summary().and_then(|summary| summary.current_payment_due);
//!     # let _ = due;
//! }
//! # Ok(())
//! # }
//! ```
//!
//! What every call gets, outermost first: a deadline, retries with capped and jittered backoff, the rate limit as
//! the server's headers tell it, one shared token, the company header, a time-out. Lists are read to their true end
//! ([`paging`]), and a record that cannot be decoded does not lose the others ([`Unreadable`]). Amounts come as
//! [`rust_decimal::Decimal`] from the digits on the wire ([`exact`]).
//!
//! This crate reads; it writes nothing to Procore. It has no features.

pub mod auth;
mod client;
mod error;
mod error_body;
pub mod exact;
mod id;
mod limit;
pub mod paging;
mod record;
mod request;
pub mod resources;
mod retry;
mod timeout;
pub mod transport;
mod wire;

pub use client::{
    CallCount, Client, ClientBuilder, Environment, Invisible, Project, RawResponse, RefusedEntry,
    SYNC_ENTRIES_MAX, ScopeReport, SyncReport, Visibility, WriteAccess,
};
pub use error::{Error, ErrorKind, Outcome, Result};
pub use id::*;
pub use limit::{
    MemoryQuotaStore, QuotaReading, QuotaStore, QuotaStoreError, RateLimitStatus, RateWindow,
};
pub use paging::{List, Listing, Page, Pages};
pub use record::{Decoded, Record, Unreadable, decode_list};
pub use request::{Method, Request};
pub use retry::RetryPolicy;
pub use secrecy::SecretString;
pub use transport::{Timer, Transport};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
