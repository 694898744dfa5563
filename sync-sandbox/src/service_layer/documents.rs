//! A/P invoices, A/P credit memos and their drafts: what a POST is checked for and what SAP adds.
//!
//! Only documents of the service type are simulated; `unsupported` refuses the rest.

use chrono::{Datelike as _, Days, Months, NaiveDate};
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

/// What the sets of documents have of their own.
pub(crate) struct Own {
    pub(crate) object: &'static str,
    pub(crate) table: &'static str,
    pub(crate) line_table: &'static str,
    /// The numbering series: each kind has one.
    series: i64,
    /// The first `DocEntry` and `DocNum`.
    first: (i64, i64),
    memo: &'static str,
    /// Counters of `DocEntry` and `DocNum`.
    counters: (&'static str, &'static str),
}

/// What a set of documents has of its own; drafts are not asked.
pub(crate) fn own(set: &EntitySet) -> Own {
    match set.name.as_ref() {
        "PurchaseCreditNotes" => Own {
            object: "oPurchaseCreditNotes",
            table: "ORPC",
            line_table: "RPC1",
            series: 18,
            first: (501, 300_001),
            memo: "A/P Credit Memos",
            counters: ("PurchaseCreditNotes", "PurchaseCreditNotes number"),
        },
        "PurchaseOrders" => Own {
            object: "oPurchaseOrders",
            table: "OPOR",
            line_table: "POR1",
            series: 22,
            first: (2001, 400_001),
            memo: "Purchase Orders",
            counters: ("PurchaseOrders", "PurchaseOrders number"),
        },
        _ => Own {
            object: "oPurchaseInvoices",
            table: "OPCH",
            line_table: "PCH1",
            series: 17,
            first: (1001, 200_001),
            memo: "A/P Invoices",
            counters: ("PurchaseInvoices", "PurchaseInvoices number"),
        },
    }
}

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
    let own = own(set);
    let entry = state.next(own.counters.0, own.first.0);
    let number = state.next(own.counters.1, own.first.1);
    document.set("DocEntry", Value::Integer(entry));
    document.set("DocNum", Value::Integer(number));
    document.set("DataVersion", Value::Integer(1));
    let today = state.today();
    document.set("CreationDate", Value::Date(today));
    document.set("UpdateDate", Value::Date(today));
    // An order is no fact of the ledger.
    if set.name != "PurchaseOrders" {
        let journal = posting::journal_of(state, set, &document);
        document.set("TransNum", Value::Integer(journal));
    }
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
    let own = own(set);
    let table = own.table;
    let head = Place { table, line: None };
    if document.text("DocType") != "dDocument_Service" {
        return Err(Refusal::business("Item number is missing"));
    }
    unsupported::document(&document)?;
    let withholding = state.row("BusinessPartners", document.text("CardCode"));
    unsupported::withholding(withholding, &document)?;
    state.series(&document, own.series, table)?;
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
    let branch = document.integer("BPL_IDAssignedToInvoice");
    state.branch(branch, table)?;
    state.partner_of_branch(&partner, branch, head)?;
    if let Some(project) = document.filled("Project") {
        state.project(project, posting, "Project", head)?;
    }
    let control =
        document.filled("ControlAccount").unwrap_or(partner.text("DebitorAccount")).to_owned();
    state.control_account(&control, posting, head)?;
    document.set("ControlAccount", Value::Text(control));
    document.set("CardName", Value::from(partner.text("CardName")));
    defaults(&mut document, &partner, &own);
    money(state, &mut document, &partner, &own)?;
    Ok(document)
}

/// Header values that SAP fills in where the caller sends none.
fn defaults(document: &mut Record, partner: &Record, own: &Own) {
    document.set("DocObjectCode", Value::from(own.object));
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
        document.set("Series", Value::Integer(own.series));
    }
    if document.filled("JournalMemo").is_none() {
        let memo = format!("{} - {}", own.memo, document.text("CardCode"));
        document.set("JournalMemo", Value::Text(memo));
    }
    if document.get("PaymentGroupCode").is_none()
        && let Some(group) = partner.integer("PayTermsGrpCode")
    {
        document.set("PaymentGroupCode", Value::Integer(group));
    }
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

/// Due date by payment terms: their start, months and days (SAP's SDK reference); without them the
/// posting date. Which day a start is and that no date lies before the posting is unverified.
fn due_date(terms: Option<&Record>, from: NaiveDate) -> NaiveDate {
    let Some(terms) = terms else { return from };
    let number = |name| terms.integer(name).and_then(|n| u32::try_from(n).ok()).unwrap_or(0);
    let start = match terms.text("StartFrom") {
        "pdt_MonthStart" => from.with_day(1),
        "pdt_HalfMonth" => from.with_day(15),
        "pdt_MonthEnd" => from.with_day(1).map(|first| first + Months::new(1) - Days::new(1)),
        _ => None,
    };
    let later = start.unwrap_or(from) + Months::new(number("NumberOfAdditionalMonths"));
    from.max(later + Days::new(u64::from(number("NumberOfAdditionalDays"))))
}

/// Lines, taxes and totals.
fn money(state: &State, document: &mut Record, partner: &Record, own: &Own) -> Result<(), Refusal> {
    let table = own.table;
    let posting = document.date("DocDate").unwrap_or_else(|| state.today());
    let rate = currency(state, document, partner, posting, table)?;
    let decimals = state.options.totals_accuracy;
    let decimals_fc = state.decimals_of(document.text("DocCurrency"));
    let mut lines = document.list("DocumentLines").to_vec();
    if lines.is_empty() {
        return Err(Refusal::bad(CODE_UNPUBLISHED, "Document must have at least one row"));
    }
    let (mut net, mut tax, mut net_fc, mut tax_fc) = Default::default();
    for (n, line) in lines.iter_mut().enumerate() {
        let place = Place { table: own.line_table, line: Some(n) };
        let number = i64::try_from(n).unwrap_or_default();
        line.set("LineNum", Value::Integer(number));
        line.set("VisualOrder", Value::Integer(number));
        line.set("LineStatus", Value::from("bost_Open"));
        let account = state.line_account(line.text("AccountCode"), posting, place)?.clone();
        state.line_codes(line, Some(&account), posting, place)?;
        let percent = state.purchase_tax_rate(line, posting, place)?;
        amounts(line, rate, decimals, decimals_fc);
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
        let foreign_tax = rounded(foreign * percent / Decimal::ONE_HUNDRED, decimals_fc);
        line.set("NetTaxAmountFC", Value::Number(foreign_tax));
        line.set("GrossTotalFC", Value::Number(foreign + foreign_tax));
        add(&mut tax_fc, foreign_tax)?;
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
fn amounts(line: &mut Record, rate: Option<Decimal>, decimals: u32, decimals_fc: u32) {
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
    let local = rounded(local, decimals);
    let foreign = rounded(foreign, decimals_fc);
    let price = if rate.is_some() { foreign } else { local };
    for (name, amount) in
        [("LineTotal", local), ("RowTotalFC", foreign), ("UnitPrice", price), ("Price", price)]
    {
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
