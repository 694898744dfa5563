//! What our documents bring to the ledger, added up project by project, so that none of them is kept.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::AccountBalance;
use crate::{
    catalog::Catalog,
    model::{DocumentType, HeldDocument, JournalTarget},
    policy::{Basis, Policy},
};

/// Account, profit center and currency.
pub(super) type Place = (String, Option<String>, String);

/// An amount of documents; `local` where SAP says of each what it is worth in the books.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) amount: Decimal,
    pub(super) local: Option<Decimal>,
}

impl Said {
    const NOTHING: Self = Self { amount: Decimal::ZERO, local: Some(Decimal::ZERO) };

    /// What one of them does not say in local currency, both do not.
    fn add(&mut self, other: Self) {
        self.amount += other.amount;
        self.local = self.local.zip(other.local).map(|(a, b)| a + b);
    }
}

/// Our documents as sums: per account and profit center, each in the currency of the documents.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OurDocuments {
    /// The lines that name an account, net of tax.
    balances: BTreeMap<Place, Decimal>,
    /// What the documents bring to each account, control accounts among them, tax aside.
    pub(super) said: BTreeMap<Place, Said>,
    /// The tax of A/P documents per currency.
    pub(super) tax: BTreeMap<String, Decimal>,
    /// The earliest posting date.
    first: Option<NaiveDate>,
    /// The latest posting date.
    last: Option<NaiveDate>,
}

impl OurDocuments {
    /// Adds the documents of a project; those that are not live count for nothing.
    pub fn add(&mut self, documents: &[HeldDocument], policy: &Policy, catalog: &Catalog) {
        for document in documents {
            self.widen(Some(document.posting_date), Some(document.posting_date));
            if document.is_live() {
                self.add_live(document, policy, catalog);
            }
        }
    }

    /// Adds what was added up of another project.
    pub fn absorb(&mut self, other: Self) {
        for (place, amount) in other.balances {
            *self.balances.entry(place).or_default() += amount;
        }
        for (place, said) in other.said {
            self.said.entry(place).or_insert(Said::NOTHING).add(said);
        }
        for (currency, tax) in other.tax {
            *self.tax.entry(currency).or_default() += tax;
        }
        self.widen(other.first, other.last);
    }

    fn widen(&mut self, first: Option<NaiveDate>, last: Option<NaiveDate>) {
        self.first = [self.first, first].into_iter().flatten().min();
        self.last = self.last.max(last);
    }

    /// The earliest posting date of any of them.
    #[must_use]
    pub fn first_posting_date(&self) -> Option<NaiveDate> {
        self.first
    }

    /// The latest posting date of any of them.
    #[must_use]
    pub fn last_posting_date(&self) -> Option<NaiveDate> {
        self.last
    }

    /// What stands on each account and profit center by our keys, in the currency of the documents: the
    /// lines of live documents that name an account, net of tax.
    #[must_use]
    pub fn accounts(&self, catalog: &Catalog) -> Vec<AccountBalance> {
        let name = |code: &str| catalog.account(code).map(|found| found.name.clone());
        let balance =
            |((account, profit_center, currency), amount): (&Place, &Decimal)| AccountBalance {
                name: name(account).unwrap_or_default(),
                account: account.clone(),
                profit_center: profit_center.clone(),
                currency: currency.clone(),
                amount: *amount,
            };
        self.balances.iter().map(balance).collect()
    }

    fn add_live(&mut self, document: &HeldDocument, policy: &Policy, catalog: &Catalog) {
        let at_home = document.currency == catalog.local_currency;
        let place = |account: &str, center: Option<&String>| {
            (account.to_owned(), center.cloned(), document.currency.clone())
        };
        let mut say = |place: Place, amount: Decimal, local: Option<Decimal>| {
            let local = if at_home { Some(amount) } else { local };
            self.said.entry(place).or_insert(Said::NOTHING).add(Said { amount, local });
        };
        for line in &document.lines {
            match &line.target {
                JournalTarget::Account(coding) => {
                    let place = place(&coding.account, coding.dimensions[0].as_ref());
                    *self.balances.entry(place.clone()).or_default() += line.amount;
                    say(place, line.amount, line.local);
                }
                JournalTarget::Partner { control_account, .. } => {
                    say(place(control_account, None), line.amount, line.local);
                }
            }
        }
        if document.document_type == DocumentType::JournalEntry {
            return;
        }
        let sign = sign_of(document);
        *self.tax.entry(document.currency.clone()).or_default() += document.tax * sign;
        if let Some(account) = control_account_of(document, policy, catalog) {
            let local = document.local_total.map(|total| -total * sign);
            say(place(account, None), -document.total * sign, local);
        }
    }
}

/// An A/P invoice's lines are debits, a credit memo's credits.
fn sign_of(document: &HeldDocument) -> Decimal {
    match document.document_type {
        DocumentType::PurchaseCreditNote => Decimal::NEGATIVE_ONE,
        _ => Decimal::ONE,
    }
}

/// The control account of an A/P document's vendor line: the one that SAP tells of the document, whatever
/// policy and partner name by now; where it tells none, the one on which it would be posted today.
fn control_account_of<'a>(
    document: &'a HeldDocument,
    policy: &'a Policy,
    catalog: &'a Catalog,
) -> Option<&'a str> {
    let contract = document.key.source.kind.is_of_contract();
    let unbilled = policy.unbilled_account.as_deref();
    let unbilled = unbilled.filter(|_| contract && policy.basis == Basis::Commitment);
    let named = |code| catalog.account(code).map_or(code, |account| account.code.as_str());
    let of_partner = || {
        let partner = catalog.partners.get(document.card_code.as_ref()?)?;
        partner.control_account.as_deref()
    };
    let told = document.control_account.as_deref();
    told.or_else(|| unbilled.map(named)).or_else(of_partner)
}
