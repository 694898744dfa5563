//! The journal entry that SAP makes for an A/P document.
//!
//! Its references are copied from the document, so a search by reference finds this entry beside
//! the document itself; `OriginalJournal` tells them apart.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::{
    business_checks::COSTING_CODES,
    entity::EntitySet,
    journal,
    options::Localization,
    state::State,
    value::{Record, Value},
};

/// The tax of one code: local, foreign, and the net it is of.
#[derive(Default)]
struct Tax {
    local: Decimal,
    foreign: Decimal,
    base: Decimal,
}

/// Posts the document to the journal and answers the entry's number.
pub(crate) fn journal_of(state: &mut State, set: &EntitySet, document: &Record) -> i64 {
    let invoice = set.name == "PurchaseInvoices";
    let cancellation = document.text("CancelStatus") == "csCancellation";
    // An invoice debits cost and credits the vendor; a credit memo, and the cancellation of an
    // invoice, the other way round.
    let cost_debit = invoice != cancellation;
    let mut lines = vec![vendor_line(document, !cost_debit)];
    let tax_property = match state.options.localization {
        Localization::SalesTax => "TaxCode",
        Localization::Vat => "VatGroup",
    };
    let mut taxes: BTreeMap<String, Tax> = BTreeMap::new();
    for line in document.list("DocumentLines") {
        lines.push(cost_line(document, line, cost_debit));
        let tax = taxes.entry(line.text(tax_property).to_owned()).or_default();
        tax.local += line.amount("TaxTotal");
        tax.foreign += line.amount("NetTaxAmountFC");
        tax.base += line.amount("LineTotal");
    }
    for (code, tax) in taxes {
        if tax.local.is_zero() && tax.foreign.is_zero() {
            continue;
        }
        let mut line = Record::default()
            .with("AccountCode", state.options.tax_account.as_str())
            .with("ShortName", state.options.tax_account.as_str());
        both_sides(&mut line, document, tax.local, tax.foreign, cost_debit);
        line.set("BaseSum", Value::Number(tax.base));
        line.set("VatLine", Value::from("tYES"));
        let group = if tax_property == "TaxCode" { "TaxCode" } else { "TaxGroup" };
        line.set(group, Value::Text(code));
        finish(&mut line, document);
        lines.push(line);
    }
    let original = if invoice { "ttAPInvoice" } else { "ttAPCreditNote" };
    let entry = Record::default()
        .with("ReferenceDate", document.date("DocDate"))
        .with("DueDate", document.date("DocDueDate"))
        .with("TaxDate", document.date("TaxDate"))
        .with("VatDate", document.date("VatDate"))
        .with("Memo", document.text("JournalMemo"))
        .with("Reference", document.integer("DocNum").unwrap_or_default().to_string())
        .with("Reference2", document.text("NumAtCard"))
        .with("ProjectCode", document.text("Project"))
        .with("OriginalJournal", original)
        .with("Original", document.integer("DocEntry").unwrap_or_default())
        .with("BaseReference", document.integer("DocNum").unwrap_or_default().to_string());
    journal::store(state, entry, lines)
}

fn vendor_line(document: &Record, debit: bool) -> Record {
    let control = document.text("ControlAccount");
    let mut line = Record::default()
        .with("AccountCode", control)
        .with("ShortName", document.text("CardCode"))
        .with("ControlAccount", control)
        .with("PaymentBlock", document.is_yes("PaymentBlock"))
        .with("ProjectCode", document.text("Project"));
    let (local, foreign) = (document.amount("DocTotal"), document.amount("DocTotalFc"));
    both_sides(&mut line, document, local, foreign, debit);
    finish(&mut line, document);
    line
}

fn cost_line(document: &Record, from: &Record, debit: bool) -> Record {
    let account = from.text("AccountCode");
    let mut line = Record::default().with("AccountCode", account).with("ShortName", account);
    both_sides(&mut line, document, from.amount("LineTotal"), from.amount("RowTotalFC"), debit);
    for (name, _) in COSTING_CODES {
        line.set(name, Value::from(from.text(name)));
    }
    line.set("ProjectCode", Value::from(from.text("ProjectCode")));
    finish(&mut line, document);
    line
}

/// Dates, texts and branch of every line.
fn finish(line: &mut Record, document: &Record) {
    line.set("LineMemo", Value::from(document.text("JournalMemo")));
    line.set("Reference1", document.integer("DocNum").unwrap_or_default().to_string().into());
    line.set("Reference2", Value::from(document.text("NumAtCard")));
    line.set("DueDate", document.date("DocDueDate").into());
    line.set("TaxDate", document.date("TaxDate").into());
    line.set("ReferenceDate1", document.date("DocDate").into());
    if let Some(branch) = document.integer("BPL_IDAssignedToInvoice") {
        line.set("BPLID", Value::Integer(branch));
    }
}

/// An amount on its side in local currency and, of a document in a foreign one, in that.
fn both_sides(line: &mut Record, document: &Record, local: Decimal, foreign: Decimal, debit: bool) {
    sides(line, local, debit);
    if document.amount("DocTotalFc").is_zero() {
        return;
    }
    let (debit, amount) =
        if foreign.is_sign_negative() { (!debit, -foreign) } else { (debit, foreign) };
    let (debit, credit) = if debit { (amount, Decimal::ZERO) } else { (Decimal::ZERO, amount) };
    line.set("FCDebit", Value::Number(debit));
    line.set("FCCredit", Value::Number(credit));
    line.set("FCCurrency", Value::from(document.text("DocCurrency")));
}

/// Puts an amount on its side; a negative one goes to the other side.
pub(crate) fn sides(line: &mut Record, amount: Decimal, debit: bool) {
    let (debit, amount) =
        if amount.is_sign_negative() { (!debit, -amount) } else { (debit, amount) };
    let (debit, credit) = if debit { (amount, Decimal::ZERO) } else { (Decimal::ZERO, amount) };
    for (name, value) in
        [("Debit", debit), ("Credit", credit), ("DebitSys", debit), ("CreditSys", credit)]
    {
        line.set(name, Value::Number(value));
    }
}
