//! Drafts: what an approval procedure makes of a POST, and what becomes of them.

use super::{
    business_checks::Place,
    documents,
    entity::{EntitySet, set_of},
    error::Refusal,
    state::State,
    unsupported,
    uri::Key,
    value::{Record, Value},
};

/// Turns a complete document into a draft that waits for its approver. What a real server
/// answers to such a POST is unverified; here it is the draft itself.
pub(crate) fn hold(state: &mut State, document: Record) -> Key {
    let mut draft = document;
    draft.set("AuthorizationStatus", Value::from("dasPending"));
    draft.set("DocumentStatus", Value::from("bost_Open"));
    documents::store_draft(state, draft, "oPurchaseInvoices")
}

/// `POST Drafts`: partner and branch are checked, everything else when the draft is posted.
pub(crate) fn save(state: &mut State, mut body: Record) -> Result<Key, Refusal> {
    let object = body.filled("DocObjectCode").ok_or_else(Refusal::bare)?.to_owned();
    unsupported::draft_of(&object)?;
    refuse_server_owned(&body)?;
    let place = Place { table: "ODRF", line: None };
    let posting = body.date("DocDate").unwrap_or_else(|| state.today());
    state.partner(body.text("CardCode"), true, posting, place)?;
    state.branch(body.integer("BPL_IDAssignedToInvoice"), place.table)?;
    body.set("AuthorizationStatus", Value::from("dasWithout"));
    body.set("DocumentStatus", Value::from("bost_Open"));
    Ok(documents::store_draft(state, body, &object))
}

/// Nobody approves or closes a draft by writing into it.
pub(crate) fn refuse_server_owned(body: &Record) -> Result<(), Refusal> {
    const OWNED: [&str; 4] = ["AuthorizationStatus", "DocumentStatus", "CancelStatus", "Cancelled"];
    if OWNED.iter().any(|name| body.get(name).is_some()) {
        return Err(Refusal::bare());
    }
    Ok(())
}

/// The set that a draft becomes a document of.
fn set_of_draft(draft: &Record) -> Option<EntitySet> {
    match draft.text("DocObjectCode") {
        "oPurchaseInvoices" => set_of("PurchaseInvoices"),
        "oPurchaseCreditNotes" => set_of("PurchaseCreditNotes"),
        "oPurchaseOrders" => set_of("PurchaseOrders"),
        _ => None,
    }
}

/// Posts a draft: it is checked again, because the company has moved on since.
pub(crate) fn generate(state: &mut State, entry: i64) -> Result<Key, Refusal> {
    let key = Key::Integer(entry);
    let draft =
        state.table("Drafts").get(&key).ok_or_else(|| Refusal::no_entity(&key.plain()))?.clone();
    let set = set_of_draft(&draft).ok_or_else(Refusal::not_supported)?;
    if matches!(draft.text("AuthorizationStatus"), "dasRejected" | "dasGenerated") {
        return Err(Refusal::business("Document is already closed"));
    }
    let mut body = draft;
    for name in ["CancelStatus", "Cancelled", "AuthorizationStatus", "DocEntry", "DocNum"] {
        body.remove(name);
    }
    let made = documents::create(state, &set, body)?;
    if let Some(draft) = state.table_mut("Drafts").get_mut(&key) {
        draft.set("AuthorizationStatus", Value::from("dasGenerated"));
        draft.set("DocumentStatus", Value::from("bost_Close"));
    }
    Ok(made)
}

/// Rejects a pending draft.
pub(crate) fn reject(state: &mut State, entry: i64) -> Result<(), Refusal> {
    let key = Key::Integer(entry);
    let draft =
        state.table_mut("Drafts").get_mut(&key).ok_or_else(|| Refusal::no_entity(&key.plain()))?;
    if draft.text("AuthorizationStatus") != "dasPending" {
        return Err(Refusal::business("Document is already closed"));
    }
    draft.set("AuthorizationStatus", Value::from("dasRejected"));
    Ok(())
}

/// `DraftsService_SaveDraftToDocument {"Document":{"DocEntry":"3"}}`. A draft that waits for an
/// approver is not posted this way.
pub(crate) fn save_to_document(state: &mut State, body: &Record) -> Result<(), Refusal> {
    let Some(Value::Record(document)) = body.get("Document") else {
        return Err(Refusal::bare());
    };
    let entry = document
        .integer("DocEntry")
        .or_else(|| document.text("DocEntry").parse().ok())
        .ok_or_else(Refusal::bare)?;
    let pending = state
        .table("Drafts")
        .get(&Key::Integer(entry))
        .is_some_and(|draft| draft.text("AuthorizationStatus") == "dasPending");
    if pending {
        return Err(Refusal::business("Document is waiting for approval"));
    }
    generate(state, entry).map(|_| ())
}
