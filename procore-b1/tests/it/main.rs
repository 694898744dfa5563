//! The host from outside: its configuration, its reports, its command against both simulated
//! systems.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, missing_docs)]

mod backups;
mod bed;
mod command_line;
mod config_faults;
mod config_values;
#[cfg(unix)]
mod disk_full;
mod interruptions;
mod keeps;
mod kills;
mod lost_states;
mod observers;
mod opening;
#[cfg(feature = "postgres")]
mod postgres;
mod processes;
mod reports;
#[cfg(feature = "postgres")]
mod restarts;
mod retention;
mod samples;
#[cfg(feature = "postgres")]
#[allow(dead_code, reason = "the tests of sync-store use the rest")]
#[path = "../../../sync-store/tests/it/server.rs"]
mod server;
mod sharing;
mod site;
#[cfg(unix)]
mod stopped;
mod tables;
mod upgrades;
mod verifying;
mod whole_run;
