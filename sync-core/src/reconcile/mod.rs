//! Project to general ledger: what Procore says, what SAP holds by key, and why they differ.
//!
//! Both sides are read fresh, never from the store; the store only says why a record is not posted.
//!
//! - `sides` puts each record beside its documents, `amount` is what Procore says of one, `adopted` makes
//!   documents of invoices that people keyed;
//! - `project` compares both sides, `standing` names the term or the difference of one record;
//! - `rounding` traces the term of rounding to records and rows of the rounding ledger;
//! - `periods` are the same figures per posting period of SAP;
//! - `budget` puts Procore's budget per cost code beside what is committed and recognised;
//! - `totals` adds up the projects of one currency, and never those of two;
//! - `tie_out` compares our documents with SAP's own journal, and lists what is not ours;
//! - `report` holds the values that a host renders. Nothing here posts or decides anything.

mod adopted;
mod amount;
mod both;
mod budget;
mod periods;
mod project;
mod report;
mod rounding;
mod sides;
mod standing;
mod tie_out;
mod totals;

use std::collections::BTreeMap;

use rust_decimal::Decimal;

pub use adopted::as_adopted;
pub use budget::{BudgetBeside, BudgetCode, BudgetLine, not_in_budget};
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
use crate::{
    catalog::Catalog,
    model::{HeldDocument, JournalTarget},
};

/// What stands on each account and profit center by our keys, in the currency of the documents: the lines
/// of live documents that name an account, net of tax.
#[must_use]
pub fn accounts(documents: &[HeldDocument], catalog: &Catalog) -> Vec<AccountBalance> {
    let mut sums: BTreeMap<(String, Option<String>, String), Decimal> = BTreeMap::new();
    for document in documents.iter().filter(|document| document.is_live()) {
        for line in &document.lines {
            if let JournalTarget::Account(coding) = &line.target {
                let center = coding.dimensions[0].clone();
                let at = (coding.account.clone(), center, document.currency.clone());
                *sums.entry(at).or_default() += line.amount;
            }
        }
    }
    sums.into_iter()
        .map(|((account, profit_center, currency), amount)| AccountBalance {
            name: catalog.account(&account).map(|a| a.name.clone()).unwrap_or_default(),
            account,
            profit_center,
            currency,
            amount,
        })
        .collect()
}
