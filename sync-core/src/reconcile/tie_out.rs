//! Ledger tie-out: SAP's own movement of our accounts is what our documents brought, and what is not
//! ours.
//!
//! Two figures of our documents meet here: what the documents themselves say (as reconciliation reads
//! them by key), and what stands in SAP's journal for them. They come from different records of SAP, so
//! that an entry that somebody changed, or that SAP posted elsewhere, shows on its account.
//!
//! Amounts are compared in the currency in which they were posted, and beside it in that of the books,
//! in which an account's balance is kept. Two currencies are never added.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use super::ours::{OurDocuments, Place};
use crate::{
    catalog::Catalog,
    mapping::MappingTables,
    model::ProjectId,
    policy::{Offset, Policy, TaxInJournal},
    ports::Movement,
};

/// How many foreign movements an account lists; the rest is in its sum.
const FOREIGN_MAX: usize = 50;

/// The figures of a row in one currency, debits less credits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TieOutFigures {
    /// What SAP's journal holds for our documents, debits less credits.
    pub by_key: Decimal,
    /// The part of it that SAP marks as tax, which documents state as a sum and not by account.
    pub tax: Decimal,
    /// What our documents say, tax aside; `None` on accounts that SAP chooses itself, such as those of
    /// tax, of withholding and of rounding.
    pub documents: Option<Decimal>,
    /// What is not ours.
    pub foreign: Decimal,
}

impl TieOutFigures {
    /// SAP's own movement.
    #[must_use]
    pub fn in_ledger(&self) -> Decimal {
        self.by_key + self.foreign
    }

    /// What the journal holds for our documents less what they say, tax aside; zero where documents say
    /// nothing of the account.
    #[must_use]
    pub fn difference(&self) -> Decimal {
        self.documents.map_or(Decimal::ZERO, |documents| self.by_key - self.tax - documents)
    }

    fn add(&mut self, amount: Decimal, ours: bool, tax: bool) {
        if !ours {
            self.foreign += amount;
            return;
        }
        self.by_key += amount;
        if tax {
            self.tax += amount;
        }
    }
}

/// One account, profit center and currency.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TieOutRow {
    /// The account.
    pub account: String,
    /// Its name in SAP.
    pub name: String,
    /// Dimension 1.
    pub profit_center: Option<String>,
    /// The currency of the postings.
    pub currency: String,
    /// In that currency.
    pub amounts: TieOutFigures,
    /// In the currency of the books; the same figures where that is the row's own.
    pub local: TieOutFigures,
    /// How many movements are not ours.
    pub foreign_count: usize,
    /// The first of them, in the order of posting dates.
    pub foreign_movements: Vec<Movement>,
}

impl TieOutRow {
    /// Whether the journal holds for our documents what they say, in both currencies.
    #[must_use]
    pub fn ties(&self) -> bool {
        self.amounts.difference().is_zero() && self.local.difference().is_zero()
    }
}

/// Tax of our A/P documents in one currency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TaxTie {
    /// As SAP's journal holds it.
    pub in_journal: Decimal,
    /// As the documents say.
    pub of_documents: Decimal,
}

/// The tie-out of a company.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TieOut {
    /// Why there is none: the ledger's journal could not be read, or it keeps none that could be.
    pub unavailable: Option<String>,
    /// The currency of the books.
    pub local_currency: String,
    /// The accounts.
    pub rows: Vec<TieOutRow>,
    /// Tax per currency of our A/P documents.
    pub tax: BTreeMap<String, TaxTie>,
}

impl TieOut {
    /// Whether every account ties. Tax stands beside it: whether every localisation marks its tax lines is
    /// unverified.
    #[must_use]
    pub fn ties(&self) -> bool {
        self.rows.iter().all(TieOutRow::ties)
    }

    /// What does not tie per currency, each account without its sign. What ties in the currency of the
    /// postings and not in that of the books is counted in the latter.
    #[must_use]
    pub fn differences(&self) -> BTreeMap<String, Decimal> {
        let mut sums: BTreeMap<String, Decimal> = BTreeMap::new();
        for row in self.rows.iter().filter(|row| !row.ties()) {
            let (own, local) = (row.amounts.difference(), row.local.difference());
            let (currency, amount) =
                if own.is_zero() { (&self.local_currency, local) } else { (&row.currency, own) };
            *sums.entry(currency.clone()).or_default() += amount.abs();
        }
        sums
    }
}

/// The accounts that a tie-out looks at: those of the mapping, of the policy, of our documents, and the
/// control accounts of our vendors.
#[must_use]
pub fn accounts_of_interest(
    ours: &OurDocuments,
    mapping: &MappingTables,
    policy: &Policy,
    catalog: &Catalog,
) -> BTreeSet<String> {
    let mut codes: BTreeSet<String> = BTreeSet::new();
    codes.extend(mapping.rules().iter().map(|rule| rule.gl_account.clone()));
    let of_policy = [
        &policy.unbilled_account,
        &policy.retainage_account,
        &policy.accrued_account,
        &policy.encumbrance_account,
        &policy.encumbrance_reserve,
    ];
    codes.extend(of_policy.into_iter().flatten().cloned());
    codes.extend(policy.direct_cost_offset.values().filter_map(|offset| match offset {
        Offset::Account(code) => Some(code.clone()),
        Offset::Vendor => None,
    }));
    if let TaxInJournal::Account(code) = &policy.tax_in_journal {
        codes.insert(code.clone());
    }
    // A code may be a FormatCode; documents and journal carry the account's own.
    let mut accounts: BTreeSet<String> = codes
        .into_iter()
        .map(|code| catalog.account(&code).map_or(code, |account| account.code.clone()))
        .collect();
    let vendors = mapping.vendors().filter_map(|(_, row)| catalog.partners.get(&row.card_code));
    accounts.extend(vendors.filter_map(|partner| partner.control_account.clone()));
    accounts.extend(ours.said.keys().map(|(code, ..)| code.clone()));
    accounts
}

/// Ties SAP's movements to our documents. `projects` are those that were read: a key of another project
/// is ours, and not compared.
#[must_use]
pub fn tie_out(
    ours: &OurDocuments,
    movements: Vec<Movement>,
    projects: &BTreeSet<ProjectId>,
    catalog: &Catalog,
) -> TieOut {
    let local_currency = catalog.local_currency.clone();
    let mut result = TieOut { local_currency, ..TieOut::default() };
    let mut rows: BTreeMap<Place, TieOutRow> = BTreeMap::new();
    for (currency, tax) in &ours.tax {
        result.tax.entry(currency.clone()).or_default().of_documents = *tax;
    }
    for (place, said) in &ours.said {
        let row = row_at(&mut rows, place.clone(), catalog);
        row.amounts.documents = Some(said.amount);
        // What one document does not say in local currency cannot be compared there.
        row.local.documents = said.local;
    }
    for movement in movements {
        let ours = movement.key.is_some_and(|key| projects.contains(&key.source.project));
        if ours && movement.tax {
            let tax = result.tax.entry(movement.currency.clone()).or_default();
            tax.in_journal += movement.amount;
        }
        let currency = movement.currency.clone();
        let place = (movement.account.clone(), movement.profit_center.clone(), currency);
        let row = row_at(&mut rows, place, catalog);
        row.amounts.add(movement.amount, ours, movement.tax);
        row.local.add(movement.local, ours, movement.tax);
        if !ours {
            row.foreign_count += 1;
            row.foreign_movements.push(movement);
        }
    }
    result.rows = rows.into_values().collect();
    for row in &mut result.rows {
        row.foreign_movements.sort_by_key(|movement| (movement.posting_date, movement.entry));
        row.foreign_movements.truncate(FOREIGN_MAX);
    }
    result
}

fn row_at<'a>(
    rows: &'a mut BTreeMap<Place, TieOutRow>,
    place: Place,
    catalog: &Catalog,
) -> &'a mut TieOutRow {
    let empty = || TieOutRow {
        name: catalog.account(&place.0).map(|account| account.name.clone()).unwrap_or_default(),
        account: place.0.clone(),
        profit_center: place.1.clone(),
        currency: place.2.clone(),
        ..TieOutRow::default()
    };
    rows.entry(place.clone()).or_insert_with(empty)
}
