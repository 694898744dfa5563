//! The balances of SAP's accounts, from the documents as they were posted: an A/P document's lines
//! and tax against its control account, a journal entry's lines as they stand.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use sync_core::{
    memory::MemoryDocument,
    model::{JournalTarget, Posting},
};

use crate::world::{TAX_ACCOUNT, TRADE, World};

/// Debits minus credits per account.
pub(crate) fn balances(documents: &[MemoryDocument]) -> BTreeMap<String, Decimal> {
    let mut books: BTreeMap<String, Decimal> = BTreeMap::new();
    for MemoryDocument { held, posting, .. } in documents.iter().filter(|d| d.held.is_live()) {
        let mut post = |account: &str, amount: Decimal| {
            *books.entry(account.to_owned()).or_default() += amount;
        };
        match posting {
            Posting::PurchaseInvoice(document) | Posting::PurchaseCreditNote(document) => {
                let credit = matches!(posting, Posting::PurchaseCreditNote(_));
                let sign = if credit { Decimal::NEGATIVE_ONE } else { Decimal::ONE };
                for line in &document.lines {
                    post(&line.coding.account, line.amount * sign);
                }
                post(TAX_ACCOUNT, held.tax * sign);
                post(document.control_account.as_deref().unwrap_or(TRADE), -held.total * sign);
            }
            Posting::JournalEntry(entry) => {
                for line in &entry.lines {
                    let account = match &line.target {
                        JournalTarget::Account(coding) => &coding.account,
                        JournalTarget::Partner { control_account, .. } => control_account,
                    };
                    post(account, line.amount);
                }
            }
        }
    }
    assert_eq!(books.values().sum::<Decimal>(), Decimal::ZERO, "debits equal credits");
    books
}

impl World {
    /// The balance of one account.
    pub(crate) fn balance(&self, account: &str) -> Decimal {
        balances(&self.ledger.documents()).get(account).copied().unwrap_or_default()
    }

    /// The accounts with a balance, in their order: `"5010 100.00, 2160 -100.00"`.
    pub(crate) fn books(&self) -> String {
        balances(&self.ledger.documents())
            .iter()
            .filter(|(_, amount)| !amount.is_zero())
            .map(|(account, amount)| format!("{account} {:.2}", amount))
            .collect::<Vec<_>>()
            .join(", ")
    }

    /// Net cost that SAP holds by key.
    pub(crate) fn cost(&self) -> Decimal {
        self.ledger.documents().iter().map(|document| document.held.net_cost()).sum()
    }
}
