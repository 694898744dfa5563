//! The host from outside: its configuration, its reports, its command against both simulated
//! systems.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, missing_docs)]

mod bed;
mod command_line;
mod config_faults;
mod config_values;
mod interruptions;
mod kills;
mod observers;
mod reports;
mod samples;
mod site;
mod tables;
mod whole_run;
