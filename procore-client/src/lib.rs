//! Typed async client of Procore's REST API, financial side.
//!
//! A [`Client`] belongs to one company and reads only the projects that it was told. Calls that need a project exist
//! only on [`Project`], which [`Client::project`] refuses for any other project before a request leaves. Every call
//! passes, outermost first: a deadline, retries with capped and jittered backoff, the rate limit as the server's
//! headers tell it, one shared token, headers and tracing, a time-out, the transport.
//!
//! # Authenticate and restrict the scope
//!
//! ```no_run
//! use procore_client::{Client, CompanyId, Environment, ProjectId};
//!
//! # async fn example(secret: procore_client::SecretString) -> procore_client::Result<()> {
//! let client = Client::builder(CompanyId::new(1001))
//!     .environment(Environment::DevelopmentSandbox)
//!     .credentials("client id", secret)
//!     .projects([ProjectId::new(2_783_683)])
//!     .build()?;
//! let scope = client.verify_scope().await;
//! assert!(scope.is_complete(), "{scope:?}");
//! # Ok(())
//! # }
//! ```
//!
//! For an app that users authorise, [`auth::AuthorizationCode`] makes the address to visit and exchanges the code;
//! [`auth::RefreshTokens`] goes into [`ClientBuilder::token_source`].
//!
//! # List, filter and page
//!
//! ```no_run
//! use procore_client::paging::Item;
//! use procore_client::resources::filters::TimeRange;
//! use procore_client::resources::requisitions::RequisitionQuery;
//! use futures_util::StreamExt;
//!
//! # async fn example(project: procore_client::Project) -> procore_client::Result<()> {
//! let since = chrono::DateTime::from_timestamp(1_767_225_600, 0).unwrap_or_default();
//! let query = RequisitionQuery { updated: Some(TimeRange::since(since)), ..RequisitionQuery::default() };
//! let whole = project.requisitions(&query).all().await?;
//! println!("{} requisitions, complete: {}", whole.records.len(), whole.complete);
//!
//! let mut items = project.requisitions(&query).stream().prefetch(2);
//! println!("{:?} are to come", items.total().await?);
//! while let Some(item) = items.next().await {
//!     match item? {
//!         Item::Record(requisition) => println!("{:?}", requisition.value.summary()),
//!         Item::Unreadable(bad) => println!("{:?}: {} at {}", bad.id, bad.problem, bad.path),
//!     }
//! }
//! # Ok(())
//! # }
//! ```
//!
//! Lists are read to their true end ([`paging`]), and a record that cannot be decoded does not lose the others.
//! Amounts come as [`rust_decimal::Decimal`] from the digits on the wire ([`exact`]).
//!
//! # Call what has no model, and write
//!
//! ```no_run
//! use procore_client::{Client, Request, WriteAccess};
//!
//! # #[derive(serde::Serialize)] struct Vendor { id: i64, name: &'static str }
//! # async fn example(builder: procore_client::ClientBuilder) -> procore_client::Result<()> {
//! let client = builder.allow_writes(WriteAccess::Write).build()?;
//! let units = client.get_raw("/rest/v1.0/companies/1001/uoms", &[("per_page", "50")]).await?;
//! println!("{} bytes", units.body.len());
//!
//! let updates = [Vendor { id: 5, name: "Acme" }];
//! let request = Request::patch("/rest/v1.0/vendors/sync");
//! let report = client
//!     .sync::<_, procore_client::resources::vendors::Vendor>(request, &updates)
//!     .await?;
//! for entry in &report.refused {
//!     println!("{:?}: {:?}", entry.id, entry.messages);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! A client reads only unless [`ClientBuilder::allow_writes`] says otherwise; [`WriteAccess::WriteWithOrigin`] tells
//! what origin fields do to records. A write is sent again only when it was not done for certain.
//!
//! # Receive webhooks
//!
//! ```
//! use procore_client::webhooks::{AuthorizationValue, Delivery};
//!
//! fn receive(value: &AuthorizationValue, headers: &http::HeaderMap, body: &[u8]) -> Option<Delivery> {
//!     if !value.matches(headers) {
//!         return None;
//!     }
//!     Delivery::parse(body).ok()
//! }
//! ```
//!
//! # Handle errors
//!
//! ```
//! use procore_client::{Error, ErrorKind, Outcome};
//!
//! fn advice(error: &Error) -> &'static str {
//!     match (error.kind(), error.outcome()) {
//!         (ErrorKind::AuthorizationLost, _) => "ask the user to authorise the app again",
//!         (ErrorKind::Throttled, _) => "wait for error.retry_after()",
//!         (_, Outcome::Unknown) => "look whether it was done before it is sent again",
//!         (_, _) if error.is_not_visible() => "check the app's permissions",
//!         _ => "see error.api_messages()",
//!     }
//! }
//! ```
//!
//! # Keep to the limits
//!
//! [`Client::rate_limit`] tells what is known. [`ClientBuilder::quota_share_percent`] leaves a share of the hourly
//! window to other apps, [`ClientBuilder::quota_store`] shares the count between processes.
//!
//! # Test without a server
//!
//! [`ClientBuilder::transport`] and [`ClientBuilder::timer`] take doubles: a [`Transport`] is one async function from
//! `http::Request` to `http::Response`, a [`Timer`] is `now` and `sleep`.
//!
//! # Features
//!
//! None: everything above is always there.

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
pub mod webhooks;
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
