//! SAP's own journal: the lines on the accounts of a tie-out, each with our key where it is ours.
//!
//! SAP makes a journal entry for every A/P document, which carries the document's number and not its
//! user fields, so the numbers of our documents are read first. Entries are read page by page; of each
//! only the lines that were asked for are kept.

use std::collections::HashMap;

use rust_decimal::Decimal;
use sap_b1_client::{
    Client, Collection, Document, Filter, JournalEntry, JournalEntryLine, Query, Record,
};
use sync_core::{
    model::{DocumentKey, DocumentType},
    money,
    policy::Reference,
    ports::{LedgerError, Movement, MovementRequest},
};

use super::{
    failure::{ledger_error, malformed},
    held::{filled, is_manual},
    marks::{beginning_with, key_of, property},
};

/// `OriginalJournal` of the entries that SAP makes for A/P invoices and credit memos.
const AP_INVOICE: &str = "ttAPInvoice";
const AP_CREDIT_MEMO: &str = "ttAPCreditNote";

/// The numbers of our A/P documents; a cancellation carries the key of what it cancels.
struct Ours {
    reference: Reference,
    invoices: HashMap<i32, DocumentKey>,
    credit_memos: HashMap<i32, DocumentKey>,
}

/// Reads the lines that a tie-out asks for.
pub(super) async fn read(
    client: &Client,
    reference: Reference,
    local_currency: &str,
    request: &MovementRequest,
) -> Result<Vec<Movement>, LedgerError> {
    let prefix = format!("{}:", request.company);
    let (invoices, credit_memos) = futures_util::future::try_join(
        keys(client.purchase_invoices(), reference, &prefix),
        keys(client.purchase_credit_notes(), reference, &prefix),
    )
    .await?;
    let ours = Ours { reference, invoices, credit_memos };
    let between =
        Filter::ge("ReferenceDate", request.from).and(Filter::le("ReferenceDate", request.to));
    let pages = client.journal_entries().pages(Query::new().filter(between));
    let mut pages = pages.map_err(|error| ledger_error(&error))?;
    let mut movements = Vec::new();
    while let Some(page) = pages.next_page().await.map_err(|error| ledger_error(&error))? {
        for entry in &page {
            of_entry(entry, &ours, local_currency, request, &mut movements)?;
        }
    }
    Ok(movements)
}

async fn keys(
    collection: Collection<Document>,
    reference: Reference,
    prefix: &str,
) -> Result<HashMap<i32, DocumentKey>, LedgerError> {
    // Both sets carry it in the same property.
    let of = DocumentType::PurchaseInvoice;
    let query = Query::new()
        .filter(beginning_with(reference, of, prefix))
        .select(["DocEntry", property(reference, of)]);
    let rows = collection.all(query).await.map_err(|error| ledger_error(&error))?;
    Ok(rows
        .iter()
        .filter_map(|row| Some((row.value.doc_entry?, key_of(reference, row)?)))
        .collect())
}

impl Ours {
    fn key(&self, entry: &Record<JournalEntry>) -> Option<DocumentKey> {
        let original = entry.value.original;
        match entry.value.original_journal.as_deref() {
            Some(AP_INVOICE) => self.invoices.get(&original?).copied(),
            Some(AP_CREDIT_MEMO) => self.credit_memos.get(&original?).copied(),
            // SAP copies references onto entries that it makes itself.
            _ => key_of(self.reference, entry).filter(|_| is_manual(&entry.value)),
        }
    }
}

fn of_entry(
    entry: &Record<JournalEntry>,
    ours: &Ours,
    local_currency: &str,
    request: &MovementRequest,
    movements: &mut Vec<Movement>,
) -> Result<(), LedgerError> {
    let key = ours.key(entry).filter(|key| key.source.company == request.company);
    let of = &entry.value;
    for line in &of.journal_entry_lines {
        let account = account_of(line);
        if key.is_none() && !request.accounts.contains(account) {
            continue;
        }
        let number = of.jdt_num.ok_or_else(|| malformed("a journal entry has no JdtNum"))?;
        let day = of.reference_date;
        let day = day.ok_or_else(|| malformed(format!("entry {number} has no ReferenceDate")))?;
        let local = less(line.debit, line.credit)?;
        let foreign = filled(line.fc_currency.as_deref()).filter(|code| code != local_currency);
        let (currency, amount) = match foreign {
            Some(currency) => (currency, less(line.fc_debit, line.fc_credit)?),
            None => (local_currency.to_owned(), local),
        };
        let texts = [line.line_memo.as_deref(), of.memo.as_deref()];
        movements.push(Movement {
            entry: i64::from(of.number.unwrap_or(number)),
            posting_date: day,
            account: account.to_owned(),
            profit_center: filled(line.costing_code.as_deref()),
            currency,
            amount,
            local,
            tax: line.vat_line.as_ref().is_some_and(sap_b1_client::YesNo::is_yes),
            key,
            text: texts.into_iter().find_map(filled).unwrap_or_default(),
        });
    }
    Ok(())
}

/// Debit less credit.
fn less(debit: Option<Decimal>, credit: Option<Decimal>) -> Result<Decimal, LedgerError> {
    money::sum([debit.unwrap_or_default(), -credit.unwrap_or_default()]).map_err(malformed)
}

/// The account that a line stands on: of a partner's line the control account.
fn account_of(line: &JournalEntryLine) -> &str {
    let control = line.control_account.as_deref().filter(|code| !code.trim().is_empty());
    control.or(line.account_code.as_deref()).unwrap_or_default()
}
