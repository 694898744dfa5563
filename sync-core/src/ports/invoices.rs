//! A/P invoices that somebody keyed into the ledger beside us, as the search for duplicates reads them.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use rust_decimal::Decimal;

/// What a search asks of one vendor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvoiceSearch {
    /// `CardCode`; a search names each vendor once.
    pub card_code: String,
    /// The vendor's own numbers (`NumAtCard`) that are looked for, whenever they were posted.
    pub references: BTreeSet<String>,
    /// The first posting date of which every invoice is asked for.
    pub from: NaiveDate,
    /// The last of these posting dates.
    pub to: NaiveDate,
}

impl InvoiceSearch {
    /// Whether an invoice of the vendor is asked for.
    #[must_use]
    pub fn asks_for(&self, reference: &str, posting_date: NaiveDate) -> bool {
        self.references.contains(reference)
            || (self.from <= posting_date && posting_date <= self.to)
    }
}

/// One A/P invoice without a key of ours that counts in the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnkeyedInvoice {
    /// `DocEntry`.
    pub doc_entry: i64,
    /// `DocNum`: the number that people see.
    pub doc_num: Option<i64>,
    /// `CardCode`.
    pub card_code: String,
    /// `NumAtCard`: the vendor's own number.
    pub reference: Option<String>,
    /// `DocDate`.
    pub posting_date: NaiveDate,
    /// The currency of the amounts.
    pub currency: String,
    /// Net of tax.
    pub net: Decimal,
    /// With tax.
    pub total: Decimal,
    /// The projects of header and lines.
    pub projects: BTreeSet<String>,
}

impl std::fmt::Display for UnkeyedInvoice {
    /// `A/P invoice 90412 (DocEntry 412) of V100, 2026-03-01, reference INV-7, 1000.00 USD net`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("A/P invoice ")?;
        if let Some(number) = self.doc_num {
            write!(f, "{number} ")?;
        }
        write!(f, "(DocEntry {}) of {}, {}", self.doc_entry, self.card_code, self.posting_date)?;
        if let Some(reference) = &self.reference {
            write!(f, ", reference {reference}")?;
        }
        write!(f, ", {} {} net", self.net, self.currency)
    }
}
