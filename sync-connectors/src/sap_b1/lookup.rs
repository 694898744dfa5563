//! What SAP holds under our keys: every document, or an error; never a part.

use futures_util::{
    StreamExt as _, TryFutureExt as _, TryStreamExt as _,
    future::{BoxFuture, FutureExt as _, try_join3},
    stream,
};
use sap_b1_client::{Client, Collection, Document, Filter, Query, Record};
use sync_core::{
    model::{CompanyId, DocumentType, HeldDocument, ProjectId, SourceKey},
    ports::LedgerError,
};

use super::{
    failure::{ledger_error, malformed},
    held, pairs,
    payload::KEY_PROPERTY,
};

/// How many keys one request asks for.
pub(super) const KEYS_AT_ONCE: usize = 10;
/// How many requests' worth of keys are asked for at the same time; the client limits its reads besides.
const BATCHES_AT_ONCE: usize = 4;

/// The documents of these records.
pub(super) async fn of_keys(
    client: &Client,
    local_currency: &str,
    keys: &[SourceKey],
) -> Result<Vec<HeldDocument>, LedgerError> {
    let batches: Vec<_> = keys
        .chunks(KEYS_AT_ONCE)
        .filter_map(|batch| {
            let prefixes = batch.iter().map(|key| starting_with(&format!("{key}#")));
            Some(matching(client, local_currency, Filter::any(prefixes)?))
        })
        .collect();
    let found: Vec<Vec<HeldDocument>> =
        stream::iter(batches).buffered(BATCHES_AT_ONCE).try_collect().await?;
    Ok(pairs::united(found.into_iter().flatten().collect()))
}

/// The documents of every record of a project.
pub(super) async fn of_project(
    client: &Client,
    local_currency: &str,
    company: CompanyId,
    project: ProjectId,
) -> Result<Vec<HeldDocument>, LedgerError> {
    let prefix = starting_with(&format!("{company}:{project}:"));
    Ok(pairs::united(matching(client, local_currency, prefix).await?))
}

/// Whether any document carries a key of this company: one row of each entity set is asked for.
pub(super) async fn any_of_company(
    client: &Client,
    company: CompanyId,
) -> Result<bool, LedgerError> {
    let query = Query::new().filter(starting_with(&format!("{company}:"))).top(1);
    let unavailable = |error: sap_b1_client::Error| ledger_error(&error);
    for documents in [client.purchase_invoices(), client.purchase_credit_notes(), client.drafts()] {
        if !documents.all(query.clone()).await.map_err(unavailable)?.is_empty() {
            return Ok(true);
        }
    }
    Ok(!client.journal_entries().all(query).await.map_err(unavailable)?.is_empty())
}

fn starting_with(prefix: &str) -> Filter {
    Filter::starts_with(KEY_PROPERTY, prefix)
}

/// All pages of the four entity sets.
fn matching<'a>(
    client: &'a Client,
    local_currency: &'a str,
    filter: Filter,
) -> BoxFuture<'a, Result<Vec<HeldDocument>, LedgerError>> {
    async move {
        let query = Query::new().filter(filter);
        let documents = |collection, of| documents(collection, query.clone(), of);
        let entries = client.journal_entries();
        let entries = entries.all(query.clone()).map_err(|error| ledger_error(&error));
        // Drafts to the end before the documents that they become: read side by side, a draft that
        // is approved in between would be seen in neither.
        let mut found = documents(client.drafts(), DocumentType::Draft).await?;
        let (invoices, credits, entries) = try_join3(
            documents(client.purchase_invoices(), DocumentType::PurchaseInvoice),
            documents(client.purchase_credit_notes(), DocumentType::PurchaseCreditNote),
            entries,
        )
        .await?;
        found.extend(invoices);
        found.extend(credits);
        for entry in &entries {
            has_key(entry)?;
            found.extend(held::journal_entry(entry, local_currency)?);
        }
        Ok(found)
    }
    .boxed()
}

async fn documents(
    collection: Collection<Document>,
    query: Query,
    of: DocumentType,
) -> Result<Vec<HeldDocument>, LedgerError> {
    let rows: Vec<Record<Document>> =
        collection.all(query).await.map_err(|error| ledger_error(&error))?;
    let held = rows.iter().map(|row| {
        has_key(row)?;
        held::document(row, of)
    });
    held.filter_map(Result::transpose).collect()
}

/// A row that was found by its key and does not show it cannot be told from any other record's:
/// the look-up has failed.
fn has_key<T>(row: &Record<T>) -> Result<(), LedgerError> {
    if row.udf(KEY_PROPERTY).is_some() {
        return Ok(());
    }
    Err(malformed(format!("a row that was found by {KEY_PROPERTY} comes without it")))
}
