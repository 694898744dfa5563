//! What SAP holds under our keys: every document, or an error; never a part.

use futures_util::{
    StreamExt as _, TryFutureExt as _, TryStreamExt as _,
    future::{BoxFuture, FutureExt as _, try_join3},
    stream,
};
use sap_b1_client::{Client, Collection, Document, Entity, Filter, Query, Record};
use sync_core::{
    model::{CompanyId, DocumentType, HeldDocument, ProjectId, SourceKey},
    policy::Reference,
    ports::{LedgerError, LedgerErrorKind},
};

use super::{
    failure::{ledger_error, malformed},
    held,
    marks::{self, Marked, beginning_with},
    pairs,
};

/// How many keys one request asks for.
pub(super) const KEYS_AT_ONCE: usize = 10;
/// How many requests' worth of keys are asked for at the same time; the client limits its reads besides.
const BATCHES_AT_ONCE: usize = 4;

/// The documents of these records.
pub(super) async fn of_keys(
    client: &Client,
    reference: Reference,
    local_currency: &str,
    keys: &[SourceKey],
) -> Result<Vec<HeldDocument>, LedgerError> {
    let batches: Vec<_> = keys
        .chunks(KEYS_AT_ONCE)
        .map(|batch| {
            let prefixes = batch.iter().map(|key| format!("{key}#")).collect();
            matching(client, reference, local_currency, prefixes)
        })
        .collect();
    let found: Vec<Vec<HeldDocument>> =
        stream::iter(batches).buffered(BATCHES_AT_ONCE).try_collect().await?;
    Ok(pairs::united(found.into_iter().flatten().collect()))
}

/// The documents of every record of a project.
pub(super) async fn of_project(
    client: &Client,
    reference: Reference,
    local_currency: &str,
    company: CompanyId,
    project: ProjectId,
) -> Result<Vec<HeldDocument>, LedgerError> {
    let prefix = format!("{company}:{project}:");
    if elsewhere(client, reference, &prefix).await? {
        return Err(malformed(format!(
            "SAP holds documents of project {project} whose keys stand elsewhere than in {}: set posting.reference \
             as it was when they were posted",
            marks::property(reference, DocumentType::PurchaseInvoice)
        )));
    }
    Ok(pairs::united(matching(client, reference, local_currency, vec![prefix]).await?))
}

/// Whether any document carries a key of this company: one row of each entity set is asked for.
pub(super) async fn any_of_company(
    client: &Client,
    reference: Reference,
    company: CompanyId,
) -> Result<bool, LedgerError> {
    let prefix = format!("{company}:");
    let query = |of| Query::new().filter(beginning_with(reference, of, &prefix)).top(1);
    let unavailable = |error: sap_b1_client::Error| ledger_error(&error);
    for (documents, of) in [
        (client.purchase_invoices(), DocumentType::PurchaseInvoice),
        (client.purchase_credit_notes(), DocumentType::PurchaseCreditNote),
        (client.drafts(), DocumentType::Draft),
    ] {
        if !documents.all(query(of)).await.map_err(unavailable)?.is_empty() {
            return Ok(true);
        }
    }
    let entries = client.journal_entries().all(query(DocumentType::JournalEntry)).await;
    if !entries.map_err(unavailable)?.is_empty() {
        return Ok(true);
    }
    elsewhere(client, reference, &prefix).await
}

/// Whether any document carries a key of this company where the other choice of `reference` puts it.
pub(super) async fn any_of_company_elsewhere(
    client: &Client,
    reference: Reference,
    company: CompanyId,
) -> Result<bool, LedgerError> {
    elsewhere(client, reference, &format!("{company}:")).await
}

/// Whether documents carry such keys where the other choice of `reference` puts them: a look-up finds none of them, and
/// they must not be taken for absent. Journal entries carry the key in `Reference2` either way.
async fn elsewhere(
    client: &Client,
    reference: Reference,
    prefix: &str,
) -> Result<bool, LedgerError> {
    let other = reference.other();
    let invoices = client.purchase_invoices();
    if any_marked(&invoices, other, DocumentType::PurchaseInvoice, prefix).await? {
        return Ok(true);
    }
    if other == Reference::Key {
        return Ok(false);
    }
    any_marked(&client.journal_entries(), other, DocumentType::JournalEntry, prefix).await
}

/// Whether a row carries a key with this beginning; none does where the user fields do not exist.
async fn any_marked<T: Entity + Marked>(
    collection: &Collection<T>,
    reference: Reference,
    of: DocumentType,
    prefix: &str,
) -> Result<bool, LedgerError> {
    let query = Query::new().filter(beginning_with(reference, of, prefix));
    let rows = collection.all(query.select([T::KEY, marks::property(reference, of)])).await;
    match rows.map_err(|error| ledger_error(&error)) {
        Ok(rows) => Ok(rows.iter().any(|row| marks::key_of(reference, row).is_some())),
        Err(error) if error.kind == LedgerErrorKind::UserFieldsMissing => Ok(false),
        Err(error) => Err(error),
    }
}

/// All pages of the four entity sets whose keys begin with one of these.
fn matching<'a>(
    client: &'a Client,
    reference: Reference,
    local_currency: &'a str,
    prefixes: Vec<String>,
) -> BoxFuture<'a, Result<Vec<HeldDocument>, LedgerError>> {
    async move {
        let filter =
            |of| Filter::any(prefixes.iter().map(|prefix| beginning_with(reference, of, prefix)));
        // Without a condition every document would be read.
        let (Some(of_documents), Some(of_entries)) =
            (filter(DocumentType::PurchaseInvoice), filter(DocumentType::JournalEntry))
        else {
            return Ok(Vec::new());
        };
        let of_documents = Query::new().filter(of_documents);
        let documents = |collection, of| documents(collection, reference, of_documents.clone(), of);
        let entries = client.journal_entries();
        let entries = entries.all(Query::new().filter(of_entries));
        let entries = entries.map_err(|error| ledger_error(&error));
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
            has_key(reference, DocumentType::JournalEntry, entry)?;
            found.extend(held::journal_entry(reference, entry, local_currency)?);
        }
        Ok(found)
    }
    .boxed()
}

async fn documents(
    collection: Collection<Document>,
    reference: Reference,
    query: Query,
    of: DocumentType,
) -> Result<Vec<HeldDocument>, LedgerError> {
    let rows: Vec<Record<Document>> =
        collection.all(query).await.map_err(|error| ledger_error(&error))?;
    let held = rows.iter().map(|row| {
        has_key(reference, of, row)?;
        held::document(reference, row, of)
    });
    held.filter_map(Result::transpose).collect()
}

/// A row that was found by its key and does not show it cannot be told from any other record's:
/// the look-up has failed.
fn has_key<T: Marked>(
    reference: Reference,
    of: DocumentType,
    row: &Record<T>,
) -> Result<(), LedgerError> {
    if marks::text_of(reference, row).is_some() {
        return Ok(());
    }
    let property = marks::property(reference, of);
    Err(malformed(format!("a row that was found by {property} comes without it")))
}
