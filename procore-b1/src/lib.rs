//! placeholder
pub mod config;
pub mod host;
pub mod sweep;
