//! Typed async client of Procore's REST API, financial side.
//!
//! A [`Client`] belongs to one company and reads only the projects that it was told. Calls that need a project exist
//! only on [`Project`], which [`Client::project`] refuses for any other project before a request leaves. Every call
//! passes, outermost first: a deadline, retries with capped and jittered backoff, the rate limit as the server's
//! headers tell it, one shared token, headers and tracing, a time-out, the transport.
//!
//! The [resources] say what can be read, operation by operation. Below is a task per heading, then what the crate
//! promises.
//!
#![doc = include_str!("../docs/guide.md")]
//!
//! # What is promised
//!
//! | about | promise |
//! |---|---|
//! | scope | No request names a company or project outside the client's own, raw calls included. |
//! | login | Concurrent calls make one token request; refused credentials are never tried twice; a refresh token is saved before its access token is used; secrets are in no `Debug` and no log. |
//! | limits | Windows that answers have named are not overrun; a 429 is waited for, by the server's clock. |
//! | lists | A list ends where the server's list ends, or is an error; each record comes once; `complete` says whether the server's own count was reached. |
//! | records | One record that cannot be read does not lose the others. Any field but a record's id may be null or absent; unknown fields are kept in the text, unknown words of an enumeration in `Other`. |
//! | ids | Read from numbers and strings, 64 bits, one type per kind. |
//! | amounts | [`rust_decimal::Decimal`] from the digits on the wire, scale included, never through binary floating point; what 28 digits cannot hold is an error that quotes it. |
//! | moments | Any offset and fraction; a day stays the day that was written. |
//! | writes | Off by default. Never sent again unless certainly not done; what is not known says so in [`Outcome::Unknown`]. |
//!
//! What is not promised: that a record which a list lacks was deleted; that a parent's `updated_at` moves when a line of
//! it is edited (Procore documents neither); and that nothing is throttled before the first answers have named the
//! limits.
//!
//! # Features
//!
//! | feature | default | what it adds |
//! |---|---|---|
//! | (none) | | Everything above is always there; TLS is rustls with the system's roots. |
//!
//! Models must be decoded from memory (`serde_json::from_slice`, `from_str`), not from a reader or a `Value`: amounts and
//! ids are read from their own text.

pub mod auth;
mod client;
mod error;
mod error_body;
pub mod exact;
mod id;
mod limit;
mod list_body;
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
