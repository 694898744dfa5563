//! A/P invoices, A/P credit memos and their drafts: what a POST is checked for and what SAP adds.
//!
//! Only documents of the service type are simulated; `unsupported` refuses the rest.

use chrono::{Days, Months, NaiveDate};
use rust_decimal::Decimal;

use super::{
    business_checks::{Place, rounded},
    entity::EntitySet,
    error::{CODE_UNPUBLISHED, Refusal},
    posting,
    state::State,
    unsupported,
    uri::Key,
    value::{Record, Value},
    write_checks::amount_limit,
};

/// Properties that the server computes: what a caller sends in them is ignored.
const COMPUTED: [&str; 14] = [
    "DocEntry",
    "DocNum",
    "TransNum",
    "VatSum",
    "VatSumSys",
    "VatSumFc",
    "DocTotal",
    "DocTotalSys",
    "DocTotalFc",
    "PaidToDate",
    "DocumentStatus",
    "UpdateDate",
    "CreationDate",
    "DataVersion",
];

/// Creates a posted document; `body` has passed the checks of its type.
pub(crate) fn create(state: &mut State, set: &EntitySet, body: Record) -> Result<Key, Refusal> {
    let document = checked(state, set, body)?;
    Ok(store(state, set, document))
}

/// The complete document, if nothing speaks against posting it.
pub(crate) fn checked(state: &State, set: &EntitySet, body: Record) -> Result<Record, Refusal> {
    // Read-only properties are reported to end in the bare phrase.
    if body.get("CancelStatus").is_some() || body.get("Cancelled").is_some() {
        return Err(Refusal::bare());
    }
    let document = complete(state, set, body)?;
    duplicate_reference(state, set, &document)?;
    Ok(document)
}

/// Gives a checked document its numbers and its journal entry, and stores it.
pub(crate) fn store(state: &mut State, set: &EntitySet, mut document: Record) -> Key {
    let (entries, numbers) = match set.name.as_ref() {
        "PurchaseInvoices" => (("PurchaseInvoices", 1001), ("PurchaseInvoices number", 200_001)),
        _ => (("PurchaseCreditNotes", 501), ("PurchaseCreditNotes number", 300_001)),
    };
    let entry = state.next(entries.0, entries.1);
    let number = state.next(numbers.0, numbers.1);
    document.set("DocEntry", Value::Integer(entry));
    document.set("DocNum", Value::Integer(number));
    document.set("DataVersion", Value::Integer(1));
    let today = state.today();
    document.set("CreationDate", Value::Date(today));
    document.set("UpdateDate", Value::Date(today));
    let journal = posting::journal_of(state, set, &document);
    document.set("TransNum", Value::Integer(journal));
    let key = Key::Integer(entry);
    state.table_mut(&set.name).insert(key.clone(), document);
    key
}

/// Stores a draft: nothing is posted and little is checked before it is.
pub(crate) fn store_draft(state: &mut State, mut draft: Record, object: &str) -> Key {
    let entry = state.next("Drafts", 71);
    draft.set("DocEntry", Value::Integer(entry));
    draft.set("DocNum", Value::Integer(entry));
    draft.set("DocObjectCode", Value::from(object));
    draft.set("DataVersion", Value::Integer(1));
    let today = state.today();
    draft.set("CreationDate", Value::Date(today));
    draft.set("UpdateDate", Value::Date(today));
    let key = Key::Integer(entry);
    state.table_mut("Drafts").insert(key.clone(), draft);
    key
}

/// Checks a document against the company and adds what SAP computes.
fn complete(state: &State, set: &EntitySet, mut document: Record) -> Result<Record, Refusal> {
    for name in COMPUTED {
        document.remove(name);
    }
    let table = if set.name == "PurchaseCreditNotes" { "ORPC" } else { "OPCH" };
    let head = Place { table, line: None };
    if document.text("DocType") != "dDocument_Service" {
        return Err(Refusal::business("Item number is missing"));
    }
    unsupported::document(&document)?;
    state.series(&document, series_of(set), table)?;
    let posting = document.date("DocDate").unwrap_or_else(|| state.today());
    let partner = state.partner(document.text("CardCode"), true, posting, head)?.clone();
    let tax_date = document.date("TaxDate").unwrap_or(posting);
    let terms = payment_terms(state, &document, &partner, table)?;
    let due = document.date("DocDueDate").unwrap_or_else(|| due_date(terms, posting));
    let period = state.dates(posting, tax_date, due)?.clone();
    document.set("DocDate", Value::Date(posting));
    document.set("TaxDate", Value::Date(tax_date));
    document.set("DocDueDate", Value::Date(due));
    document.set("VatDate", Value::Date(tax_date));
    if let Some(number) = period.integer("AbsoluteEntry") {
        document.set("FinancialPeriod", Value::Integer(number));
    }
    document.set("PeriodIndicator", Value::from("Default"));
    state.branch(document.integer("BPL_IDAssignedToInvoice"), table)?;
    if let Some(project) = document.filled("Project") {
        state.project(project, posting, "Project", head)?;
    }
    let control =
        document.filled("ControlAccount").unwrap_or(partner.text("DebitorAccount")).to_owned();
    state.control_account(&control, posting, head)?;
    document.set("ControlAccount", Value::Text(control));
    document.set("CardName", Value::from(partner.text("CardName")));
    defaults(&mut document, &partner, set);
    money(state, &mut document, &partner, table)?;
    Ok(document)
}

/// Header values that SAP fills in where the caller sends none.
fn defaults(document: &mut Record, partner: &Record, set: &EntitySet) {
    let object = if set.name == "PurchaseCreditNotes" {
        "oPurchaseCreditNotes"
    } else {
        "oPurchaseInvoices"
    };
    document.set("DocObjectCode", Value::from(object));
    for (name, value) in [
        ("DocumentStatus", "bost_Open"),
        ("CancelStatus", "csNo"),
        ("Cancelled", "tNO"),
        ("AuthorizationStatus", "dasWithout"),
        ("DocumentSubType", "bod_None"),
    ] {
        document.set(name, Value::from(value));
    }
    if document.get("Series").is_none() {
        document.set("Series", Value::Integer(series_of(set)));
    }
    if document.filled("JournalMemo").is_none() {
        let what = if object == "oPurchaseInvoices" { "A/P Invoices" } else { "A/P Credit Memos" };
        let memo = format!("{what} - {}", document.text("CardCode"));
        document.set("JournalMemo", Value::Text(memo));
    }
    if document.get("PaymentGroupCode").is_none()
        && let Some(group) = partner.integer("PayTermsGrpCode")
    {
        document.set("PaymentGroupCode", Value::Integer(group));
    }
}

/// The numbering series of each kind of document.
fn series_of(set: &EntitySet) -> i64 {
    if set.name == "PurchaseCreditNotes" { 18 } else { 17 }
}

/// The payment terms that the document names, else its partner's.
fn payment_terms<'a>(
    state: &'a State,
    document: &Record,
    partner: &Record,
    table: &str,
) -> Result<Option<&'a Record>, Refusal> {
    let of = |group| state.table("PaymentTermsTypes").get(&Key::Integer(group));
    match document.integer("PaymentGroupCode") {
        Some(group) => of(group).map(Some).ok_or_else(|| {
            Refusal::unknown_code(&format!("{table}.GroupNum"), &group.to_string(), None)
        }),
        None => Ok(partner.integer("PayTermsGrpCode").and_then(of)),
    }
}

/// Due date by payment terms; without them the posting date.
fn due_date(terms: Option<&Record>, from: NaiveDate) -> NaiveDate {
    let Some(terms) = terms else { return from };
    let number = |name| terms.integer(name).and_then(|n| u32::try_from(n).ok()).unwrap_or(0);
    let later = from + Months::new(number("NumberOfAdditionalMonths"));
    later + Days::new(u64::from(number("NumberOfAdditionalDays")))
}

/// Lines, taxes and totals.
fn money(
    state: &State,
    document: &mut Record,
    partner: &Record,
    table: &'static str,
) -> Result<(), Refusal> {
    let posting = document.date("DocDate").unwrap_or_else(|| state.today());
    let rate = currency(state, document, partner, posting, table)?;
    let decimals = state.options.totals_accuracy;
    let mut lines = document.list("DocumentLines").to_vec();
    if lines.is_empty() {
        return Err(Refusal::bad(CODE_UNPUBLISHED, "Document must have at least one row"));
    }
    let (mut net, mut tax, mut net_fc, mut tax_fc) = Default::default();
    for (n, line) in lines.iter_mut().enumerate() {
        let place = Place { table: if table == "ORPC" { "RPC1" } else { "PCH1" }, line: Some(n) };
        let number = i64::try_from(n).unwrap_or_default();
        line.set("LineNum", Value::Integer(number));
        line.set("VisualOrder", Value::Integer(number));
        line.set("LineStatus", Value::from("bost_Open"));
        let account = state.line_account(line.text("AccountCode"), posting, place)?.clone();
        state.line_codes(line, Some(&account), posting, place)?;
        let percent = state.purchase_tax_rate(line, posting, place)?;
        amounts(line, rate, decimals);
        let (local, foreign) = (line.amount("LineTotal"), line.amount("RowTotalFC"));
        let line_tax = rounded(local * percent / Decimal::ONE_HUNDRED, decimals);
        line.set("TaxPercentagePerRow", Value::Number(percent));
        line.set("TaxTotal", Value::Number(line_tax));
        line.set("NetTaxAmount", Value::Number(line_tax));
        line.set("GrossTotal", Value::Number(local + line_tax));
        line.set("RowTotalSC", Value::Number(local));
        line.set("Currency", Value::from(document.text("DocCurrency")));
        add(&mut net, local)?;
        add(&mut tax, line_tax)?;
        add(&mut net_fc, foreign)?;
        add(&mut tax_fc, rounded(foreign * percent / Decimal::ONE_HUNDRED, decimals))?;
    }
    let total: Decimal = net + tax;
    if tax.is_sign_negative() && !tax.is_zero() {
        return Err(Refusal::business("Tax amount cannot be negative [INVVatSum]"));
    }
    if total.is_sign_negative() && !total.is_zero() {
        let what = "Total amount of a document cannot be negative";
        return Err(Refusal::unusable(what, &format!("{table}.DocTotal"), None));
    }
    document.set("DocumentLines", Value::List(lines));
    for (name, amount) in [
        ("VatSum", tax),
        ("VatSumSys", tax),
        ("DocTotal", total),
        ("DocTotalSys", total),
        ("BaseAmount", net),
        ("VatSumFc", tax_fc),
        ("DocTotalFc", net_fc + tax_fc),
        ("DocRate", rate.unwrap_or(Decimal::ONE)),
        ("PaidToDate", Decimal::ZERO),
    ] {
        document.set(name, Value::Number(amount));
    }
    Ok(())
}

/// Adds within what SAP's columns hold.
fn add(sum: &mut Decimal, amount: Decimal) -> Result<(), Refusal> {
    *sum += amount;
    if sum.abs() >= amount_limit() {
        return Err(Refusal::too_long("DocTotal", "Document"));
    }
    Ok(())
}

/// The document's currency and, for a foreign one, its rate.
fn currency(
    state: &State,
    document: &mut Record,
    partner: &Record,
    on: NaiveDate,
    table: &str,
) -> Result<Option<Decimal>, Refusal> {
    let own = partner.text("Currency");
    let local = state.company.local_currency.clone();
    let named = document.filled("DocCurrency").map(str::to_owned);
    let currency =
        named.unwrap_or_else(|| if own == "##" { local.clone() } else { own.to_owned() });
    let fits = own == "##" || own == currency || currency == local;
    if state.row("Currencies", &currency).is_none() || !fits {
        return Err(Refusal::unknown_code(&format!("{table}.DocCur"), &currency, None));
    }
    document.set("DocCurrency", Value::Text(currency.clone()));
    if currency == local {
        return Ok(None);
    }
    let sent = document.number("DocRate").filter(|rate| !rate.is_zero());
    sent.or_else(|| state.rate(&currency, on)).map(Some).ok_or_else(|| Refusal::no_rate(&currency))
}

/// The amounts of a line in both currencies: the local one from `LineTotal`, `UnitPrice` or
/// `Price`; with a rate the foreign one from `RowTotalFC`, else from the local one (unverified).
fn amounts(line: &mut Record, rate: Option<Decimal>, decimals: u32) {
    let first = |names: [&str; 3]| names.into_iter().find_map(|name| line.number(name));
    let stated = first(["LineTotal", "UnitPrice", "Price"]);
    let (local, foreign) = match (rate, line.number("RowTotalFC")) {
        (None, _) => (stated.unwrap_or_default(), Decimal::ZERO),
        (Some(rate), Some(foreign)) => (foreign * rate, foreign),
        (Some(rate), None) => match line.number("LineTotal") {
            Some(local) => (local, local.checked_div(rate).unwrap_or_default()),
            None => {
                let price = stated.unwrap_or_default();
                (price * rate, price)
            }
        },
    };
    let price = if rate.is_some() { foreign } else { local };
    for (name, amount) in [
        ("LineTotal", rounded(local, decimals)),
        ("RowTotalFC", rounded(foreign, decimals)),
        ("UnitPrice", rounded(price, decimals)),
        ("Price", rounded(price, decimals)),
    ] {
        line.set(name, Value::Number(amount));
    }
}

/// The company's guard against a vendor's number used twice: A/P invoices of the same vendor
/// that are not cancelled.
pub(crate) fn duplicate_reference(
    state: &State,
    set: &EntitySet,
    document: &Record,
) -> Result<(), Refusal> {
    let number = document.text("NumAtCard");
    if !state.options.block_duplicate_vendor_ref
        || set.name != "PurchaseInvoices"
        || number.is_empty()
    {
        return Ok(());
    }
    let vendor = document.text("CardCode");
    let taken = state.table("PurchaseInvoices").rows().any(|held| {
        held.text("NumAtCard") == number
            && held.text("CardCode") == vendor
            && held.integer("DocEntry") != document.integer("DocEntry")
            && held.text("CancelStatus") == "csNo"
    });
    if taken {
        return Err(Refusal::business(
            "10001467 - There is already a record with duplicated customer/vendor reference number.",
        ));
    }
    Ok(())
}
