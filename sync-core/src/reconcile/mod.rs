//! Project to general ledger: what Procore says, what SAP holds by key, and why they differ.
//!
//! Both sides are read fresh, never from the store; the store only says why a record is not posted.

mod report;

pub use report::{
    AccountBalance, Difference, DifferenceKind, MonthAmount, OpenItem, ProjectReconciliation,
    Reconciliation, Terms,
};
