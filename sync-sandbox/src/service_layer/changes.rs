//! Changes of what is posted: texts and user fields by PATCH, cancellation by a document of
//! its own.

use chrono::TimeDelta;

use super::{
    approvals, documents,
    entity::{DOCUMENT_SETS, EntitySet},
    error::Refusal,
    journal, masters, sql,
    state::State,
    uri::Key,
    value::{Record, Value},
};

/// Header properties of a posted document that may be changed. Which others a real server
/// refuses is unverified; here all are, with the bare phrase.
const DOCUMENT_TEXTS: [&str; 8] = [
    "NumAtCard",
    "Comments",
    "JournalMemo",
    "Reference1",
    "Reference2",
    "DocDueDate",
    "PaymentBlock",
    "PaymentMethod",
];
const DOCUMENT_LINE_TEXTS: [&str; 3] = ["LineNum", "FreeText", "ItemDescription"];
const JOURNAL_TEXTS: [&str; 5] =
    ["Memo", "Reference", "Reference2", "Reference3", "TransactionCode"];
const JOURNAL_LINE_TEXTS: [&str; 6] =
    ["Line_ID", "LineMemo", "Reference1", "Reference2", "AdditionalReference", "PaymentBlock"];

/// Applies a PATCH whose body has passed the checks of its type.
pub(crate) fn patch(
    state: &mut State,
    set: &EntitySet,
    key: &Key,
    body: Record,
    replaces: bool,
) -> Result<(), Refusal> {
    let (header, line): (&[&str], &[&str]) = match set.name.as_ref() {
        "PurchaseInvoices" | "PurchaseCreditNotes" | "PurchaseOrders" => {
            (&DOCUMENT_TEXTS, &DOCUMENT_LINE_TEXTS)
        }
        "JournalEntries" => (&JOURNAL_TEXTS, &JOURNAL_LINE_TEXTS),
        "Drafts" => {
            approvals::refuse_server_owned(&body)?;
            return overwrite(state, set, key, body);
        }
        "BusinessPartners" => return patch_partner(state, set, key, body, replaces),
        "SQLQueries" => return sql::patch(state, key, body),
        "Dimensions" | "BusinessPlaces" => return overwrite(state, set, key, body),
        name if masters::is_master(name) => return overwrite(state, set, key, body),
        name if name.starts_with("U_") => return overwrite(state, set, key, body),
        _ => return Err(Refusal::not_supported()),
    };
    let lines_name = set.lines.map(|(name, ..)| name).unwrap_or_default();
    let allowed = |names: &[&str], name: &str| names.contains(&name) || name.starts_with("U_");
    let fits = body.iter().all(|(name, _)| name == lines_name || allowed(header, name))
        && body
            .list(lines_name)
            .iter()
            .all(|change| change.iter().all(|(name, _)| allowed(line, name)));
    if !fits {
        return Err(Refusal::bare());
    }
    still_valid(state, set, key, &body)?;
    overwrite(state, set, key, body)
}

/// A partner's own rows are merged by their keys, or replaced where the caller says so
/// (`B1S-ReplaceCollectionsOnPatch: true`).
fn patch_partner(
    state: &mut State,
    set: &EntitySet,
    key: &Key,
    mut body: Record,
    replaces: bool,
) -> Result<(), Refusal> {
    masters::partner_codes(state, &mut body)?;
    let held = state.table(&set.name).get(key).ok_or_else(|| Refusal::no_entity(&key.plain()))?;
    for (list, keys) in [
        ("BPAddresses", &["RowNum", "AddressName"][..]),
        ("ContactEmployees", &["InternalCode", "Name"]),
        ("BPBranchAssignment", &["BPLID"]),
    ] {
        let Some(Value::List(changes)) = body.get(list).cloned() else { continue };
        if replaces {
            continue;
        }
        let mut rows = held.list(list).to_vec();
        for change in changes {
            let same = |row: &&mut Record| {
                keys.iter()
                    .find_map(|key| change.get(key).map(|wanted| row.get(key) == Some(wanted)))
                    .unwrap_or(false)
            };
            match rows.iter_mut().find(same) {
                Some(row) => {
                    change.iter().for_each(|(name, value)| row.set(name.to_owned(), value.clone()));
                }
                None => rows.push(change),
            }
        }
        body.set(list, Value::List(rows));
    }
    body.set("CardCode", Value::from(held.text("CardCode")));
    masters::number_partner_rows(&mut body);
    overwrite(state, set, key, body)
}

/// A changed due date against the period's window, a changed vendor's number against the others.
fn still_valid(state: &State, set: &EntitySet, key: &Key, body: &Record) -> Result<(), Refusal> {
    let mut changed =
        state.table(&set.name).get(key).ok_or_else(|| Refusal::no_entity(&key.plain()))?.clone();
    if let Some(value) = body.get("DocDueDate") {
        let Value::Date(due) = value else { return Err(Refusal::bare()) };
        let date = |name| changed.date(name).unwrap_or(*due);
        state.dates(date("DocDate"), date("TaxDate"), *due)?;
    }
    if let Some(number) = body.get("NumAtCard")
        && changed.text("CancelStatus") == "csNo"
    {
        changed.set("NumAtCard", number.clone());
        documents::duplicate_reference(state, set, &changed)?;
    }
    Ok(())
}

/// Writes the changed properties; lines are merged by their number.
fn overwrite(
    state: &mut State,
    set: &EntitySet,
    key: &Key,
    mut body: Record,
) -> Result<(), Refusal> {
    let today = state.today();
    let held =
        state.table_mut(&set.name).get_mut(key).ok_or_else(|| Refusal::no_entity(&key.plain()))?;
    body.remove(set.key);
    if let Some((lines_name, ..)) = set.lines
        && let Some(Value::List(changes)) = body.remove(lines_name)
    {
        let lines = merged(held.list(lines_name).to_vec(), changes)?;
        held.set(lines_name, Value::List(lines));
    }
    for (name, value) in body.iter() {
        held.set(name.to_owned(), value.clone());
    }
    if set.has_etag {
        let version = held.integer("DataVersion").unwrap_or_default() + 1;
        held.set("DataVersion", Value::Integer(version));
    }
    if DOCUMENT_SETS.contains(&&*set.name) {
        held.set("UpdateDate", Value::Date(today));
    }
    Ok(())
}

fn merged(mut lines: Vec<Record>, changes: Vec<Record>) -> Result<Vec<Record>, Refusal> {
    for change in changes {
        let number = |line: &Record| line.integer("LineNum").or(line.integer("Line_ID"));
        let wanted = number(&change);
        let line = lines
            .iter_mut()
            .find(|line| wanted.is_some() && number(line) == wanted)
            .ok_or_else(Refusal::no_record)?;
        for (name, value) in change.iter() {
            line.set(name.to_owned(), value.clone());
        }
    }
    Ok(lines)
}

/// `/Cancel` of an A/P document: a cancellation document with the same lines, dated as the
/// original (unverified), and its journal entry with the sides exchanged.
pub(crate) fn cancel_document(
    state: &mut State,
    set: &EntitySet,
    key: &Key,
    wanted: &Record,
) -> Result<Key, Refusal> {
    let original =
        state.table(&set.name).get(key).ok_or_else(|| Refusal::no_entity(&key.plain()))?.clone();
    if original.text("CancelStatus") != "csNo" || original.text("DocumentStatus") == "bost_Close" {
        return Err(Refusal::business("Document is already closed"));
    }
    if !original.amount("PaidToDate").is_zero() {
        return Err(Refusal::business("Document is linked to a payment"));
    }
    let date = |name| original.date(name).unwrap_or_else(|| state.today());
    if let Some(days) = state.options.cancel_days_max
        && state.today() - date("DocDate") > TimeDelta::days(days)
    {
        return Err(Refusal::date_out_of_range());
    }
    let mut cancellation = original.clone();
    for (name, value) in wanted.iter() {
        cancellation.set(name.to_owned(), value.clone());
    }
    let date_of = |name| cancellation.date(name).unwrap_or_else(|| date(name));
    let posting = date_of("DocDate");
    // What was not yet posted cannot be cancelled (unverified).
    if posting < date("DocDate") {
        return Err(Refusal::date_out_of_range());
    }
    let due = date_of("DocDueDate").max(posting);
    let period = state.dates(posting, date_of("TaxDate"), due)?.integer("AbsoluteEntry");
    cancellation.set("DocDueDate", Value::Date(due));
    if let Some(period) = period {
        cancellation.set("FinancialPeriod", Value::Integer(period));
    }
    cancellation.set("CancelStatus", Value::from("csCancellation"));
    cancellation.set("DocumentStatus", Value::from("bost_Close"));
    close_lines(&mut cancellation);
    let made = documents::store(state, set, cancellation);
    if let Some(held) = state.table_mut(&set.name).get_mut(key) {
        held.set("CancelStatus", Value::from("csYes"));
        held.set("Cancelled", Value::from("tYES"));
        held.set("DocumentStatus", Value::from("bost_Close"));
        close_lines(held);
        let version = held.integer("DataVersion").unwrap_or_default() + 1;
        held.set("DataVersion", Value::Integer(version));
    }
    Ok(made)
}

fn close_lines(document: &mut Record) {
    let mut lines = document.list("DocumentLines").to_vec();
    for line in &mut lines {
        line.set("LineStatus", Value::from("bost_Close"));
    }
    document.set("DocumentLines", Value::List(lines));
}

/// `PurchaseInvoicesService_Cancel2 {"Document":{"DocEntry":7,"DocDate":"2026-03-31"}}`: dates,
/// remarks and user fields are the cancellation's own; which others a real server takes is
/// unverified.
pub(crate) fn cancel2(state: &mut State, set: &EntitySet, body: Record) -> Result<(), Refusal> {
    let entry = body.integer("DocEntry").ok_or_else(Refusal::bare)?;
    let mut wanted = body;
    wanted.remove("DocEntry");
    const OWN: [&str; 3] = ["DocDate", "TaxDate", "Comments"];
    if wanted.iter().any(|(name, _)| !OWN.contains(&name) && !name.starts_with("U_")) {
        return Err(Refusal::bare());
    }
    cancel_document(state, set, &Key::Integer(entry), &wanted).map(|_| ())
}

/// An order that is cancelled is closed; it has no cancellation document, for it was never
/// posted (unverified).
fn cancel_order(state: &mut State, set: &EntitySet, key: &Key) -> Result<(), Refusal> {
    set_status(state, set, key, "bost_Close")?;
    if let Some(held) = state.table_mut(&set.name).get_mut(key) {
        held.set("CancelStatus", Value::from("csYes"));
        held.set("Cancelled", Value::from("tYES"));
        close_lines(held);
    }
    Ok(())
}

/// A bound action: `Cancel`, `Close`, `Reopen`.
pub(crate) fn act(
    state: &mut State,
    set: &EntitySet,
    key: &Key,
    action: &str,
) -> Result<(), Refusal> {
    match (set.name.as_ref(), action) {
        ("PurchaseInvoices" | "PurchaseCreditNotes", "Cancel") => {
            cancel_document(state, set, key, &Record::default()).map(|_| ())
        }
        ("JournalEntries", "Cancel") => journal::cancel(state, key).map(|_| ()),
        ("PurchaseOrders", "Cancel") => cancel_order(state, set, key),
        ("PurchaseInvoices" | "PurchaseCreditNotes" | "PurchaseOrders" | "Drafts", "Close") => {
            set_status(state, set, key, "bost_Close")
        }
        ("PurchaseInvoices" | "PurchaseCreditNotes" | "PurchaseOrders" | "Drafts", "Reopen") => {
            set_status(state, set, key, "bost_Open")
        }
        _ => Err(Refusal::command_not_found()),
    }
}

fn set_status(state: &mut State, set: &EntitySet, key: &Key, status: &str) -> Result<(), Refusal> {
    let held =
        state.table_mut(&set.name).get_mut(key).ok_or_else(|| Refusal::no_entity(&key.plain()))?;
    if held.text("DocumentStatus") == status
        || held.filled("CancelStatus").is_some_and(|s| s != "csNo")
    {
        return Err(Refusal::business("Document is already closed"));
    }
    held.set("DocumentStatus", Value::from(status));
    let version = held.integer("DataVersion").unwrap_or_default() + 1;
    held.set("DataVersion", Value::Integer(version));
    Ok(())
}
