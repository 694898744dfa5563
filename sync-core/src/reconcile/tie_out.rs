//! Ledger tie-out: SAP's own movement of our accounts is what our documents brought, and what is not
//! ours.
//!
//! Two figures of our documents meet here: what the documents themselves say (as reconciliation reads
//! them by key), and what stands in SAP's journal for them. They come from different records of SAP, so
//! that an entry that somebody changed, or that SAP posted elsewhere, shows on its account.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use crate::{
    catalog::Catalog,
    mapping::MappingTables,
    model::{DocumentType, HeldDocument, JournalTarget, ProjectId},
    policy::{Basis, Offset, Policy, TaxInJournal},
    ports::Movement,
};

/// How many foreign movements an account lists; the rest is in its sum.
const FOREIGN_MAX: usize = 50;

/// One account and profit center.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TieOutRow {
    /// The account.
    pub account: String,
    /// Its name in SAP.
    pub name: String,
    /// Dimension 1.
    pub profit_center: Option<String>,
    /// What SAP's journal holds for our documents, debits less credits.
    pub by_key: Decimal,
    /// The part of it that SAP marks as tax, which documents state as a sum and not by account.
    pub tax: Decimal,
    /// What our documents say, tax aside; `None` on accounts that SAP chooses itself, such as those of
    /// tax, of withholding and of rounding.
    pub documents: Option<Decimal>,
    /// What is not ours.
    pub foreign: Decimal,
    /// How many movements are not ours.
    pub foreign_count: usize,
    /// The first of them, in the order of posting dates.
    pub foreign_movements: Vec<Movement>,
}

impl TieOutRow {
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
}

/// The tie-out of a company.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TieOut {
    /// Why there is none: the ledger's journal could not be read, or it keeps none that could be.
    pub unavailable: Option<String>,
    /// The accounts.
    pub rows: Vec<TieOutRow>,
    /// Tax that SAP's journal holds for our A/P documents.
    pub tax_by_key: Decimal,
    /// Tax of our A/P documents, as they say.
    pub tax_of_documents: Decimal,
}

impl TieOut {
    /// The sum of what does not tie, each account without its sign. Tax stands beside it: whether every
    /// localisation marks its tax lines is unverified.
    #[must_use]
    pub fn difference(&self) -> Decimal {
        self.rows.iter().map(|row| row.difference().abs()).sum()
    }
}

/// The accounts that a tie-out looks at: those of the mapping, of the policy, of our documents, and the
/// control accounts of our vendors.
#[must_use]
pub fn accounts_of_interest(
    documents: &[HeldDocument],
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
    for document in documents {
        accounts.extend(of_document(document, policy, catalog).into_keys().map(|(code, _)| code));
    }
    accounts
}

/// Ties SAP's movements to our documents. `projects` are those that were read: a key of another project
/// is ours, and not compared.
#[must_use]
pub fn tie_out(
    documents: &[HeldDocument],
    movements: Vec<Movement>,
    projects: &BTreeSet<ProjectId>,
    policy: &Policy,
    catalog: &Catalog,
) -> TieOut {
    let mut result = TieOut::default();
    let mut rows: BTreeMap<Place, TieOutRow> = BTreeMap::new();
    for document in documents.iter().filter(|document| document.is_live()) {
        if document.document_type != DocumentType::JournalEntry {
            let sign = sign_of(document);
            result.tax_of_documents += document.tax * sign;
        }
        for (place, amount) in of_document(document, policy, catalog) {
            *row_at(&mut rows, place, catalog).documents.get_or_insert_default() += amount;
        }
    }
    for movement in movements {
        let ours = movement.key.is_some_and(|key| projects.contains(&key.source.project));
        if ours && movement.tax {
            result.tax_by_key += movement.amount;
        }
        let place = (movement.account.clone(), movement.profit_center.clone());
        let row = row_at(&mut rows, place, catalog);
        if ours {
            row.by_key += movement.amount;
            row.tax += if movement.tax { movement.amount } else { Decimal::ZERO };
        } else {
            row.foreign += movement.amount;
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

/// Account and profit center.
type Place = (String, Option<String>);

fn row_at<'a>(
    rows: &'a mut BTreeMap<Place, TieOutRow>,
    place: Place,
    catalog: &Catalog,
) -> &'a mut TieOutRow {
    let empty = || TieOutRow {
        name: catalog.account(&place.0).map(|account| account.name.clone()).unwrap_or_default(),
        account: place.0.clone(),
        profit_center: place.1.clone(),
        ..TieOutRow::default()
    };
    rows.entry(place.clone()).or_insert_with(empty)
}

/// An A/P invoice's lines are debits, a credit memo's credits.
fn sign_of(document: &HeldDocument) -> Decimal {
    match document.document_type {
        DocumentType::PurchaseCreditNote => Decimal::NEGATIVE_ONE,
        _ => Decimal::ONE,
    }
}

/// What a live document brings to each account, tax aside.
fn of_document(
    document: &HeldDocument,
    policy: &Policy,
    catalog: &Catalog,
) -> BTreeMap<Place, Decimal> {
    let mut places: BTreeMap<Place, Decimal> = BTreeMap::new();
    if !document.is_live() {
        return places;
    }
    for line in &document.lines {
        let place = match &line.target {
            JournalTarget::Account(coding) => {
                (coding.account.clone(), coding.dimensions[0].clone())
            }
            JournalTarget::Partner { control_account, .. } => (control_account.clone(), None),
        };
        *places.entry(place).or_default() += line.amount;
    }
    if document.document_type != DocumentType::JournalEntry
        && let Some(account) = control_account_of(document, policy, catalog)
    {
        *places.entry((account, None)).or_default() -= document.total * sign_of(document);
    }
    places
}

/// The control account of an A/P document's vendor line: it is not among what SAP answers with a
/// document's rows, so it is told as it was posted.
fn control_account_of(
    document: &HeldDocument,
    policy: &Policy,
    catalog: &Catalog,
) -> Option<String> {
    let kind = document.key.source.kind;
    let contract = kind.is_commitment() || kind.is_change_order();
    if contract
        && policy.basis == Basis::Commitment
        && let Some(code) = &policy.unbilled_account
    {
        return Some(catalog.account(code).map_or(code, |account| &account.code).clone());
    }
    let partner = catalog.partners.get(document.card_code.as_ref()?)?;
    partner.control_account.clone()
}
