//! A cycle that changes nothing: it reads the real ledger and the real store, and keeps to itself what it
//! would have posted and written.

mod ledger;
mod store;

pub(super) use self::{ledger::DryLedger, store::DryStore};
