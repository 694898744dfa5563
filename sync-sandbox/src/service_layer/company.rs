//! Functions and actions that belong to no entity set.
//!
//! In v1 all of them are called by POST; in v2 some are read by GET as well.

use http::{Method, StatusCode};
use rust_decimal::Decimal;

use super::{
    approvals,
    business_checks::rounded,
    changes,
    entity::set_of,
    error::Refusal,
    options::Localization,
    state::State,
    uri::{Key, Target},
    value::{Record, Value, exact_decimal},
    wire::{Flavour, Reply, quoted, with_decimals, write_record},
    write_checks::{Body, date_of},
};

/// Whether a name is one of these services.
pub(crate) fn is_service(name: &str) -> bool {
    name.starts_with("CompanyService_")
        || name.starts_with("SBOBobService_")
        || name.starts_with("DraftsService_")
        || name.starts_with("PurchaseInvoicesService_")
        || name.starts_with("PurchaseCreditNotesService_")
}

/// Calls a service.
pub(crate) fn call(
    state: &mut State,
    flavour: Flavour,
    root: &str,
    method: &Method,
    target: &Target,
    body: &Record,
) -> Result<Reply, Refusal> {
    let readable = matches!(
        target.name.as_str(),
        "CompanyService_GetCompanyInfo"
            | "CompanyService_GetAdminInfo"
            | "CompanyService_GetPeriods"
            | "SBOBobService_GetCurrencyRate"
            | "SBOBobService_GetLocalCurrency"
            | "SBOBobService_GetSystemCurrency"
    );
    let allowed =
        *method == Method::POST || (*method == Method::GET && flavour == Flavour::V2 && readable);
    if !allowed || target.key.is_some() || target.tail.is_some() {
        return Err(Refusal::command_not_found());
    }
    let one = |name: &str, record: &Record| {
        let mut out = String::from("{");
        context(&mut out, flavour, root, name);
        let mut inner = String::new();
        write_record(&mut inner, record, flavour);
        out.push_str(inner.trim_start_matches('{'));
        Ok(Reply::json(StatusCode::OK, out))
    };
    match target.name.as_str() {
        "CompanyService_GetCompanyInfo" => one("CompanyInfo", &company_info(state)),
        "CompanyService_GetAdminInfo" => one("AdminInfo", &admin_info(state)),
        "CompanyService_GetPeriods" => {
            let mut categories: Vec<i64> = state.periods.iter().map(|p| p.category).collect();
            categories.dedup();
            let rows = categories.into_iter().map(|n| Record::default().with("AbsoluteEntry", n));
            Ok(many(flavour, root, "PeriodCategoryParams", rows))
        }
        "CompanyService_GetFinancePeriods" => {
            let wanted = category(body).ok_or_else(Refusal::bare)?;
            let periods = state.periods.iter().filter(|p| p.category == wanted);
            let rows: Vec<_> = periods.map(|p| p.record.clone()).collect();
            if rows.is_empty() {
                return Err(Refusal::no_record());
            }
            Ok(many(flavour, root, "FinancePeriod", rows.into_iter()))
        }
        "SBOBobService_GetCurrencyRate" => {
            let rate = currency_rate(state, target, body)?;
            Ok(scalar(flavour, root, "Edm.Double", &with_decimals(rate)))
        }
        "SBOBobService_GetLocalCurrency" | "SBOBobService_GetSystemCurrency" => {
            let currency = quoted(&state.company.local_currency);
            Ok(scalar(flavour, root, "Edm.String", &currency))
        }
        "DraftsService_SaveDraftToDocument" => {
            approvals::save_to_document(state, body)?;
            Ok(Reply::no_content())
        }
        "CompanyService_RoundDecimal" => one("RoundedData", &rounded_data(state, body)?),
        "SBOBobService_SetCurrencyRate" => {
            set_rate(state, body)?;
            Ok(Reply::no_content())
        }
        "PurchaseInvoicesService_Cancel2" => cancel2(state, "PurchaseInvoices", body),
        "PurchaseCreditNotesService_Cancel2" => cancel2(state, "PurchaseCreditNotes", body),
        _ => Err(Refusal::service_not_found()),
    }
}

fn cancel2(state: &mut State, set: &str, body: &Record) -> Result<Reply, Refusal> {
    let Some(Value::Record(document)) = body.get("Document") else {
        return Err(Refusal::bare());
    };
    let set = set_of(set).ok_or_else(Refusal::service_not_found)?;
    let shape = state.shape(&set);
    let document =
        Body { shape: &shape, lines: None, refuse_nulls: true }.check(document.clone())?;
    changes::cancel2(state, &set, document)?;
    Ok(Reply::no_content())
}

/// A number that stands as one or in a string.
fn number(record: &Record, name: &str) -> Option<Decimal> {
    record.number(name).or_else(|| exact_decimal(record.text(name).trim()))
}

/// `{"DecimalData":{"Context":"rcSum","Currency":"USD","Value":12.345}}`, half away from zero
/// (which contexts round otherwise is unverified).
fn rounded_data(state: &State, body: &Record) -> Result<Record, Refusal> {
    let Some(Value::Record(data)) = body.get("DecimalData") else { return Err(Refusal::bare()) };
    let value = number(data, "Value").ok_or_else(Refusal::bare)?;
    let currency = data.filled("Currency").unwrap_or(&state.company.local_currency);
    if state.row("Currencies", currency).is_none() {
        return Err(Refusal::unknown_code("OCRN.CurrCode", currency, None));
    }
    let decimals = match data.text("Context") {
        "rcRate" | "rcPercent" | "rcQuantity" | "rcMeasure" => 6,
        context if context.starts_with("rc") => state.decimals_of(currency),
        other => return Err(Refusal::invalid_value(other, "Context", "'rcSum', 'rcPrice', ..")),
    };
    Ok(Record::default().with("Value", rounded(value, decimals)))
}

/// `{"Currency":"EUR","Rate":"1.08","RateDate":"20161129"}`; the local currency has no rate.
fn set_rate(state: &mut State, body: &Record) -> Result<(), Refusal> {
    let currency = body.text("Currency").to_owned();
    let local = currency == state.company.local_currency;
    if local || state.row("Currencies", &currency).is_none() {
        return Err(Refusal::unknown_code("ORTT.Currency", &currency, None));
    }
    let day = date_of(body.text("RateDate")).ok_or_else(Refusal::bare)?;
    let rate = number(body, "Rate").filter(|rate| *rate > Decimal::ZERO);
    state.rates.insert((currency, day), rate.ok_or_else(Refusal::bare)?);
    Ok(())
}

fn context(out: &mut String, flavour: Flavour, root: &str, name: &str) {
    let value = quoted(&format!("{root}/$metadata#SAPB1.{name}"));
    out.push_str(&format!("\"{}\":{value},", flavour.annotation("context")));
}

fn many(flavour: Flavour, root: &str, name: &str, rows: impl Iterator<Item = Record>) -> Reply {
    let mut out = String::from("{");
    context(&mut out, flavour, root, &format!("Collection({name})"));
    out.push_str("\"value\":[");
    for (n, row) in rows.enumerate() {
        if n > 0 {
            out.push(',');
        }
        write_record(&mut out, &row, flavour);
    }
    out.push_str("]}");
    Reply::json(StatusCode::OK, out)
}

/// A function's single value: an object in v2, the bare value in v1 (unverified).
fn scalar(flavour: Flavour, root: &str, kind: &str, value: &str) -> Reply {
    let body = match flavour {
        Flavour::V1 => value.to_owned(),
        Flavour::V2 => {
            let context = quoted(&format!("{root}/$metadata#{kind}"));
            format!("{{\"@odata.context\":{context},\"value\":{value}}}")
        }
    };
    Reply::json(StatusCode::OK, body)
}

fn category(body: &Record) -> Option<i64> {
    let Some(Value::Record(parameters)) = body.get("PeriodCategoryParams") else {
        return None;
    };
    parameters.integer("AbsoluteEntry").or_else(|| parameters.text("AbsoluteEntry").parse().ok())
}

fn company_info(state: &State) -> Record {
    let localization = match state.options.localization {
        Localization::SalesTax => "US",
        Localization::Vat => "DE",
    };
    let version = state.options.version.parse::<i64>().unwrap_or_default();
    Record::default()
        .with("Version", version)
        .with("CompanyName", state.company.database.as_str())
        .with("EnableAccountSegmentation", false)
        .with("EnableTransactionNotification", false)
        .with("LanguageCode", "ln_English")
        .with("Localization", localization)
}

fn admin_info(state: &State) -> Record {
    let local = state.company.local_currency.as_str();
    let accuracy = i64::from(state.options.totals_accuracy);
    Record::default()
        .with("Code", 1)
        .with("CompanyName", state.company.database.as_str())
        .with("LocalCurrency", local)
        .with("SystemCurrency", local)
        .with("TotalsAccuracy", accuracy)
        .with("PriceAccuracy", accuracy)
        .with("RateAccuracy", 6)
        .with("PercentageAccuracy", 6)
        .with("AccuracyofQuantities", 6)
        .with("DirectIndirectRate", true)
        .with("RoundingMethod", true)
        .with("RoundTaxAmounts", false)
        .with("EnableBranches", state.options.branches)
        .with("AllowFuturePostingDate", true)
        .with("BlockTaxDate", false)
        .with("BlockPostingDateEditing", false)
        .with("MaxDaysForCancel", state.options.cancel_days_max.unwrap_or_default())
        .with("EnableApprovalProcedureInDI", state.options.approval_procedure)
        .with("UseNegativeAmounts", false)
        .with("ReuseDocumentNum", false)
}

/// The rate of a day; a POST carries its parameters in the body, a GET in the address.
fn currency_rate(state: &State, target: &Target, body: &Record) -> Result<Decimal, Refusal> {
    let parameter = |name: &str| {
        let sent = target.parameters.iter().find(|(n, _)| n == name).map(|(_, value)| value);
        match sent {
            Some(Key::Text(text)) => text.clone(),
            _ => body.text(name).to_owned(),
        }
    };
    let currency = parameter("Currency");
    let day = date_of(&parameter("Date")).ok_or_else(Refusal::bare)?;
    state.rate(&currency, day).ok_or_else(|| Refusal::no_rate(&currency))
}
