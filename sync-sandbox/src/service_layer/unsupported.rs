//! What the simulated server has no rules for. It is refused in the sandbox's own words, so that
//! nobody relies on an answer that a real server might not give.

use super::{
    error::{CODE_UNPUBLISHED, Refusal},
    value::Record,
};

/// Collections of a document's header that move money or link documents.
const HEADER_LISTS: [(&str, &str); 5] = [
    ("DocumentAdditionalExpenses", "freight"),
    ("DocumentDistributedExpenses", "freight"),
    ("WithholdingTaxDataCollection", "withholding tax"),
    ("WithholdingTaxDataWTXCollection", "withholding tax"),
    ("DownPaymentsToDraw", "a down payment"),
];

/// Collections of a document's line that move money.
const LINE_LISTS: [(&str, &str); 2] =
    [("DocumentLineAdditionalExpenses", "freight"), ("WithholdingTaxLines", "withholding tax")];

fn refuse(what: &str) -> Refusal {
    Refusal::bad(CODE_UNPUBLISHED, format!("{what} is not simulated by this sandbox"))
}

/// Refuses what `name` names unless it is empty.
fn empty(record: &Record, lists: &[(&str, &str)]) -> Result<(), Refusal> {
    match lists.iter().find(|(name, _)| !record.list(name).is_empty()) {
        Some((_, what)) => Err(refuse(what)),
        None => Ok(()),
    }
}

/// An A/P document of the service type.
pub(crate) fn document(document: &Record) -> Result<(), Refusal> {
    empty(document, &HEADER_LISTS)?;
    if !document.amount("DiscountPercent").is_zero() || !document.amount("TotalDiscount").is_zero()
    {
        return Err(refuse("a document discount"));
    }
    if document.is_yes("Rounding") {
        return Err(refuse("document rounding"));
    }
    if document.is_yes("HandWritten") {
        return Err(refuse("a document number of one's own"));
    }
    if document.get("BaseEntry").is_some() {
        return Err(refuse("a base document"));
    }
    if document.get("AttachmentEntry").is_some() {
        return Err(refuse("an attachment"));
    }
    document.list("DocumentLines").iter().try_for_each(line)
}

/// A partner that is subject to withholding tax, on a line that is not exempted from it.
pub(crate) fn withholding(partner: Option<&Record>, document: &Record) -> Result<(), Refusal> {
    let subject = partner.is_some_and(|p| p.text("SubjectToWithholdingTax") == "boYES");
    if subject && document.list("DocumentLines").iter().any(|line| line.text("WTLiable") != "tNO") {
        return Err(refuse("withholding tax"));
    }
    Ok(())
}

fn line(line: &Record) -> Result<(), Refusal> {
    empty(line, &LINE_LISTS)?;
    if !line.amount("DiscountPercent").is_zero() {
        return Err(refuse("a line discount"));
    }
    if line.get("BaseEntry").is_some() {
        return Err(refuse("a base document"));
    }
    if line.filled("ItemCode").is_some() {
        return Err(refuse("an item"));
    }
    if line.is_yes("WTLiable") {
        return Err(refuse("withholding tax"));
    }
    if line.is_yes("TaxOnly") {
        return Err(refuse("a line of tax alone"));
    }
    Ok(())
}

/// A journal entry.
pub(crate) fn journal_entry(entry: &Record) -> Result<(), Refusal> {
    for (name, what) in [
        ("UseAutoStorno", "an automatic reversal"),
        ("AutoVAT", "an automatic tax line"),
        ("AutomaticWT", "withholding tax"),
        ("AdjustTransaction", "an adjusting entry"),
        ("StampTax", "a stamp tax"),
    ] {
        if entry.is_yes(name) {
            return Err(refuse(what));
        }
    }
    if entry.get("AttachmentEntry").is_some() {
        return Err(refuse("an attachment"));
    }
    empty(entry, &[("WithholdingTaxDataCollection", "withholding tax")])
}

/// The object that a draft becomes.
pub(crate) fn draft_of(object: &str) -> Result<(), Refusal> {
    match object {
        "oPurchaseInvoices" | "oPurchaseCreditNotes" | "oPurchaseOrders" => Ok(()),
        other => Err(refuse(&format!("a draft of '{other}'"))),
    }
}
