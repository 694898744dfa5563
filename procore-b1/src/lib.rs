//! Procore costs become SAP Business One documents: the ready host and its command.
//!
//! [`config`] reads the configuration and the mapping tables, [`host`] makes clients, adapters,
//! store and engine from them, [`commands`] is the command line over a host, [`report`] writes what
//! the engine says as text, JSON, CSV and pages, [`progress`] watches a cycle, [`sweep`] knows when
//! every list is read in full again, [`verify`] looks the state through. Mapping, rounding and posting rules are
//! [`sync_core`]'s; nothing here decides about money.
//!
//! ```no_run
//! use std::path::Path;
//! use procore_b1::{config::Config, host::Host};
//! use sync_core::ports::Silent;
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let host = Host::open(Config::load(Path::new("procore-b1.toml"))?).await?;
//! let report = host.sync(&Silent, None).await?;
//! println!("{} documents posted", report.documents.len());
//! host.close().await?;
//! # Ok(()) }
//! ```
//!
//! | feature | default | brings |
//! |---|---|---|
//! | `postgres` | yes | the state in PostgreSQL: `state.url = "postgres://..."` |

pub mod commands;
pub mod config;
mod decide;
pub mod host;
pub mod progress;
pub mod report;
mod state;
pub mod sweep;
pub mod verify;

/// The workspace's README, whose embedding example is compiled as a test.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
#[derive(Debug)]
pub struct WorkspaceReadme;
