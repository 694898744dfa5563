//! The simulated systems as specifications: what a caller sees of them.
#![allow(clippy::disallowed_methods, clippy::disallowed_macros, clippy::unwrap_used)]

mod caller;
mod contractor;
mod contractor_ties;
mod procore_access;
mod procore_bodies;
mod procore_edits;
mod procore_faults;
mod procore_lists;
#[cfg(feature = "serve")]
mod served;
