//! Project to general ledger: what Procore says, what SAP holds by key, and why they differ.
//!
//! Both sides are read fresh, never from the store; the store only says why a record is not posted.
//!
//! - `sides` are both sides as they were read, `both` puts each record beside its documents, `amount` is
//!   what Procore and the opening list say of one, `adopted` makes documents of invoices that people keyed;
//! - `project` compares both sides, `standing` names the term or the difference of one record;
//! - `rounding` traces the term of rounding to records and rows of the rounding ledger;
//! - `periods` are the same figures per posting period of SAP;
//! - `commitments` ties the sub-ledgers (unbilled, retained) commitment by commitment, and asks the guard;
//! - `budget` puts Procore's budget per cost code beside what is committed and recognised;
//! - `totals` adds up the projects of one currency, and never those of two;
//! - `ours` adds up what our documents bring to the ledger, so that none is kept for it;
//! - `tie_out` compares our documents with SAP's own journal, and lists what is not ours;
//! - `report` is what comes of it, for a host to print. Nothing here posts or decides anything.

mod adopted;
mod amount;
mod both;
mod budget;
mod commitments;
mod ours;
mod periods;
mod project;
mod report;
mod rounding;
mod sides;
mod standing;
mod tie_out;
mod totals;

pub use adopted::as_adopted;
pub use budget::{BudgetBeside, BudgetCode, BudgetLine, not_in_budget};
pub use commitments::{CommitmentBalance, SubLedger};
pub use ours::OurDocuments;
pub use periods::{PeriodMove, PeriodReconciliation, periods_of};
pub use project::project;
pub use report::{
    AccountBalance, Difference, MonthAmount, OpenItem, PossibleDuplicate, ProjectReconciliation,
    Reconciliation, Terms,
};
pub use rounding::RecordRounding;
pub use sides::ProjectSides;
pub use tie_out::{TaxTie, TieOut, TieOutFigures, TieOutRow, accounts_of_interest, tie_out};
pub use totals::CurrencyTotal;

pub use crate::states::DifferenceKind;
