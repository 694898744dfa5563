//! One question: (project, sub job, cost code, cost type, posting date) -> where a cost stands in SAP.
//!
//! The tables are values that a host fills from files; row numbers are file lines, the header being
//! line 1. The most specific rule wins: project, then sub job, then cost code (exact, longer prefix,
//! shorter prefix, any), then cost type; two equally specific rules for one day are refused.
//!
//! - `rule` is one row of `accounts.csv`, `index` finds the one that answers, `tables` holds the three
//!   tables and the look-up;
//! - [`MappedCost`] is a cost that the tables are asked about; [`lint`](lint()) says what is wrong with
//!   the tables and what [`Coverage`] they have in money;
//! - [`blast_radius`] says what an edited table would change.
//!
//! Nothing here reads a file or posts anything.

mod blast;
mod cost;
mod coverage;
mod index;
mod lint;
mod rule;
mod tables;

pub use blast::{AccountShift, BlastRadius, MovedCost, blast_radius};
pub use cost::MappedCost;
pub(crate) use cost::family_of;
pub use coverage::{
    Coverage, CoverageAmount, UnmappedCost, UnmappedVendor, UnmappedWhat, coverage,
};
pub use lint::{Lint, LintFinding, LintKind, lint};
pub use rule::{AccountRule, Target};
pub use tables::{
    Located, MappingFault, MappingTables, ProjectRow, Unanswered, Unmapped, VendorRow,
};
