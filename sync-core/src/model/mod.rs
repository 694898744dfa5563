//! The words the whole workspace speaks: source records, what SAP holds of them, and the
//! documents that are to be posted.
//!
//! Nothing here decides or calls anything. Records come from a [`CostSource`](crate::ports::CostSource),
//! postings are made by [`plan`](crate::plan), held documents are answered by a
//! [`Ledger`](crate::ports::Ledger).

mod fingerprint;
mod header;
mod held;
mod key;
mod posting;
mod record;
mod rounding;

pub use fingerprint::{Fingerprint, is_beside_opening, revision_beside_opening};
pub use header::RecordHeader;
pub use held::{HeldDocument, HeldLine, HeldState, PostedPlace};
pub use key::{CompanyId, DocumentKey, FamilyId, Kind, ProjectId, ReadKind, SourceKey};
pub use posting::{
    ApDocument, ApLine, Coding, DocumentType, JournalEntry, JournalLine, JournalTarget, LineMark,
    Posting, PostingHeader,
};
pub use record::{
    ChangeOrder, Commitment, CostCoding, CostLine, CostRecord, DirectCost, RecordBody, Requisition,
    RequisitionItem, Vendor,
};
pub use rounding::RoundingRow;
