//! One question: (project, sub job, cost code, cost type, posting date) -> where a cost stands in SAP.
//!
//! The tables are values that a host fills from files; row numbers are file lines, the header being
//! line 1.

mod tables;

pub use tables::{
    AccountRule, MappingFault, MappingTables, ProjectRow, Target, Unmapped, VendorRow,
};
