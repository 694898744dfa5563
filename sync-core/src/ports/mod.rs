//! What the engine needs from the outside: a source of costs, a ledger, a store, a clock, an
//! observer.
//!
//! Ports are object-safe and exchange whole values: no streams, no transaction handles. Their laws
//! stand beside them; [`contract`](crate::contract) (feature `contract-tests`) holds the suites
//! that every adapter runs, [`memory`](crate::memory) the reference implementations.

mod act;
mod clock;
mod invoices;
mod leave;
mod ledger;
mod observer;
mod opening;
mod source;
mod store;
mod store_error;
mod store_row;

pub use act::{Act, Deed, Signature};
pub use clock::{Calendar, Clock};
pub use invoices::{InvoiceSearch, UnkeyedInvoice};
pub use leave::{Always, Leave};
pub use ledger::{
    CatalogRequest, Ledger, LedgerAvailability, LedgerCosts, LedgerError, LedgerErrorKind,
    Movement, MovementRequest, Payload, PostOutcome, Receipt, Refusal, SetupPart, SetupReport,
};
pub use observer::{Observer, Progress, Silent};
pub use opening::{OpeningEntry, OpeningLine};
pub use source::{
    BudgetRow, Changes, Chunk, CostSource, KindCosts, PageToken, ReadScope, ScopeReport,
    SourceCosts, SourceError, SourceErrorKind, SourceProject, UnreadableRecord,
};
pub use store::{
    Cursor, CycleRow, CycleStatus, Epoch, Intent, IntentState, Profile, ReadBatch, ResultBatch,
    ResultRow, Settling, StateStore, StoredRecord,
};
pub use store_error::{StoreError, StoreErrorKind};
pub use store_row::{StoreRow, StoreRowState};
