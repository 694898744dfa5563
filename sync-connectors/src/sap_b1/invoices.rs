//! A/P invoices that people keyed beside us: those of some vendors that carry no key of ours.
//!
//! The key field is not part of the question. What a person keyed has it null or empty, and in the
//! Service Layer, as in SQL, a comparison with null is neither true nor false: `not startswith(...)` would
//! answer none of the very rows that are looked for. So ours are read with the others and left out here;
//! only what the comparison needs is read of each.

use std::collections::BTreeSet;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use rust_decimal::Decimal;
use sap_b1_client::{CancelStatus, Client, Document, Filter, Query, Record};
use sync_core::{
    model::DocumentType,
    policy::Reference,
    ports::{InvoiceSearch, LedgerError, UnkeyedInvoice},
};

use super::{
    failure::{ledger_error, malformed},
    held::filled,
    marks::{key_of, property},
};

/// How many vendors one request asks for.
const VENDORS_AT_ONCE: usize = 10;
/// How many references one request asks for: an address has an end.
const REFERENCES_AT_ONCE: usize = 20;
/// How many requests are under way at the same time; the client limits its reads besides.
const REQUESTS_AT_ONCE: usize = 4;

/// What the comparison needs of an invoice.
const COLUMNS: [&str; 13] = [
    "DocEntry",
    "DocNum",
    "DocDate",
    "CardCode",
    "NumAtCard",
    "DocCurrency",
    "DocTotal",
    "DocTotalFc",
    "VatSum",
    "VatSumFc",
    "Project",
    "CancelStatus",
    "DocumentLines",
];

pub(super) async fn search(
    client: &Client,
    reference: Reference,
    searches: &[InvoiceSearch],
) -> Result<Vec<UnkeyedInvoice>, LedgerError> {
    let answers: Vec<Vec<UnkeyedInvoice>> = stream::iter(questions(searches))
        .map(|filter| ask(client, reference, filter))
        .buffered(REQUESTS_AT_ONCE)
        .try_collect()
        .await?;
    let mut seen = BTreeSet::new();
    let mut found: Vec<UnkeyedInvoice> = answers.into_iter().flatten().collect();
    // One that is asked for by its number and by its date is answered twice.
    found.retain(|invoice| seen.insert(invoice.doc_entry));
    Ok(found)
}

/// The invoices with these numbers, some in each request.
pub(super) async fn by_entry(
    client: &Client,
    reference: Reference,
    entries: &[i64],
) -> Result<Vec<UnkeyedInvoice>, LedgerError> {
    let filters = entries.chunks(REFERENCES_AT_ONCE).filter_map(|entries| {
        Filter::any(entries.iter().map(|entry| Filter::eq("DocEntry", *entry)))
    });
    let filters: Vec<Filter> = filters.collect();
    let answers: Vec<Vec<UnkeyedInvoice>> = stream::iter(filters)
        .map(|filter| ask(client, reference, filter))
        .buffered(REQUESTS_AT_ONCE)
        .try_collect()
        .await?;
    Ok(answers.into_iter().flatten().collect())
}

/// The conditions, some vendors in each; a vendor with many references is asked for in several.
fn questions(searches: &[InvoiceSearch]) -> Vec<Filter> {
    let between = searches.chunks(VENDORS_AT_ONCE).filter_map(|vendors| {
        Filter::any(vendors.iter().map(|of| {
            Filter::eq("CardCode", &of.card_code)
                .and(Filter::ge("DocDate", of.from))
                .and(Filter::le("DocDate", of.to))
        }))
    });
    let pairs: Vec<(&String, &String)> = searches
        .iter()
        .flat_map(|of| of.references.iter().map(|reference| (&of.card_code, reference)))
        .collect();
    let named = pairs.chunks(REFERENCES_AT_ONCE).filter_map(|pairs| {
        Filter::any(pairs.iter().map(|(card_code, reference)| {
            Filter::eq("CardCode", *card_code).and(Filter::eq("NumAtCard", *reference))
        }))
    });
    between.chain(named).collect()
}

async fn ask(
    client: &Client,
    reference: Reference,
    filter: Filter,
) -> Result<Vec<UnkeyedInvoice>, LedgerError> {
    let key = property(reference, DocumentType::PurchaseInvoice);
    let key = Some(key).filter(|key| !COLUMNS.contains(key));
    let query = Query::new().filter(filter).select(COLUMNS.into_iter().chain(key));
    let rows = client.purchase_invoices().all(query).await;
    let rows = rows.map_err(|error| ledger_error(&error))?;
    rows.iter().filter_map(|row| unkeyed(reference, row).transpose()).collect()
}

/// `None` for what carries a key of ours, and for what was cancelled.
fn unkeyed(
    reference: Reference,
    row: &Record<Document>,
) -> Result<Option<UnkeyedInvoice>, LedgerError> {
    let of = &row.value;
    let counts =
        !matches!(of.cancel_status, Some(CancelStatus::Cancelled | CancelStatus::Cancellation));
    if key_of(reference, row).is_some() || !counts {
        return Ok(None);
    }
    let entry = of.doc_entry.ok_or_else(|| malformed("an A/P invoice has no DocEntry"))?;
    let missing = |what: &str| malformed(format!("A/P invoice {entry} has no {what}"));
    let foreign = of.doc_total_fc.is_some_and(|total| !total.is_zero());
    let either = |local: Option<Decimal>, other: Option<Decimal>| {
        if foreign { other } else { local }.unwrap_or_default()
    };
    let total = either(of.doc_total, of.doc_total_fc);
    let of_lines = of.document_lines.iter().map(|line| line.project_code.as_deref());
    let projects = of_lines.chain([of.project.as_deref()]).filter_map(filled);
    Ok(Some(UnkeyedInvoice {
        doc_entry: i64::from(entry),
        doc_num: of.doc_num.map(i64::from),
        card_code: of.card_code.clone().ok_or_else(|| missing("CardCode"))?,
        reference: filled(of.num_at_card.as_deref()),
        posting_date: of.doc_date.ok_or_else(|| missing("DocDate"))?,
        currency: of.doc_currency.clone().unwrap_or_default(),
        net: total - either(of.vat_sum, of.vat_sum_fc),
        total,
        projects: projects.collect(),
    }))
}
