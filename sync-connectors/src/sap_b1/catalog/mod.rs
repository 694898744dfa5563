//! SAP's master data, read side by side into one value.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use futures_util::future::{join_all, try_join, try_join3, try_join5};
use sap_b1_client::{Client, Entity, Filter, PaymentTermsStart, Query, Record, YesNo};
use sync_core::{
    catalog::{Catalog, PaymentTerms, SapProject, TaxField, TermsStart, Validity},
    policy::Reference,
    ports::{CatalogRequest, LedgerError},
};

use super::{
    failure::{ledger_error, malformed},
    setup,
};

mod accounts;
mod centers;
mod partners;
mod periods;
mod taxes;

/// Localisations whose lines carry `TaxCode`; everywhere else they carry `VatGroup`.
const SALES_TAX_COUNTRIES: [&str; 4] = ["US", "CA", "IN", "BR"];

/// How many partners one request asks for.
pub(super) const CODES_AT_ONCE: usize = 20;
/// How many calls the rest of the master data takes where every set fits in a page and one fiscal year
/// has periods: counted over the simulated Service Layer.
pub(super) const CALLS: u64 = 14;

/// Reads what a cycle needs.
pub(super) async fn read(
    client: &Client,
    reference: Reference,
    request: &CatalogRequest,
    today: NaiveDate,
    memo_length: usize,
) -> Result<Catalog, LedgerError> {
    let company = async { client.company_info().await.map_err(|error| ledger_error(&error)) };
    let settings = async { client.admin_info().await.map_err(|error| ledger_error(&error)) };
    let (company, settings) = try_join(company, settings).await?;
    let (company, settings) = (company.value, settings.value);
    let missing = |what: &str| malformed(format!("the company's settings state no {what}"));
    let local_currency = settings.local_currency.ok_or_else(|| missing("LocalCurrency"))?;
    let accuracy = settings.totals_accuracy.ok_or_else(|| missing("TotalsAccuracy"))?;
    let branches_enabled = is_yes(settings.enable_branches.as_ref());
    let tax_field = tax_field_of(company.localization.as_deref());
    let money = try_join5(
        accounts::read(client),
        centers::read(client),
        taxes::read(client, tax_field, today),
        currencies(client),
        periods::read(client),
    );
    let parties = try_join3(
        projects(client),
        partners::read(client, &request.partners, branches_enabled),
        try_join(payment_terms(client), setup::is_done(client, reference)),
    );
    let ((accounts, profit_centers, tax_codes, currencies, periods), parties) =
        try_join(money, parties).await?;
    let (projects, partners, (payment_terms, user_fields_present)) = parties;
    Ok(Catalog {
        company: company.company_name.or(settings.company_name).unwrap_or_default(),
        local_currency,
        totals_accuracy: u32::try_from(accuracy).map_err(|_| missing("usable TotalsAccuracy"))?,
        currencies,
        accounts,
        profit_centers,
        projects,
        partners,
        payment_terms,
        tax_codes,
        tax_field,
        periods,
        branches_enabled,
        user_fields_present,
        memo_length,
    })
}

async fn currencies(client: &Client) -> Result<BTreeMap<String, Option<u32>>, LedgerError> {
    let rows = all(client.currencies(), Query::new()).await?;
    let decimals = rows.into_iter().filter_map(|row| {
        let decimals =
            row.value.decimals.as_ref().and_then(sap_b1_client::CurrencyDecimals::places);
        Some((row.value.code?, decimals))
    });
    Ok(decimals.collect())
}

async fn projects(client: &Client) -> Result<BTreeMap<String, SapProject>, LedgerError> {
    let rows = all(client.projects(), Query::new()).await?;
    let projects = rows.into_iter().filter_map(|row| {
        let row = row.value;
        let code = row.code?;
        let project = SapProject {
            code: code.clone(),
            name: row.name.unwrap_or_default(),
            active: row.active.is_none_or(|active| active.is_yes()),
            validity: Validity { from: row.valid_from, to: row.valid_to },
        };
        Some((code, project))
    });
    Ok(projects.collect())
}

async fn payment_terms(client: &Client) -> Result<BTreeMap<i64, PaymentTerms>, LedgerError> {
    let rows = all(client.payment_terms_types(), Query::new()).await?;
    let terms = rows.into_iter().filter_map(|row| {
        let row = row.value;
        let months = row.number_of_additional_months.unwrap_or_default();
        let terms = PaymentTerms {
            start: terms_start(row.start_from.as_ref()),
            months: u32::try_from(months).unwrap_or_default(),
            days: i64::from(row.number_of_additional_days.unwrap_or_default()),
        };
        Some((i64::from(row.group_number?), terms))
    });
    Ok(terms.collect())
}

/// Which property the lines of a localisation's documents carry, and with it whether it is one of value added tax.
/// That `CompanyInfo.Localization` is the two letters of the country is unverified; what it does not name as one
/// of the sales tax countries is taken for a VAT country, where more is asked of a configuration.
fn tax_field_of(localization: Option<&str>) -> TaxField {
    let country = localization.map(str::trim).unwrap_or_default();
    if SALES_TAX_COUNTRIES.contains(&country) { TaxField::TaxCode } else { TaxField::VatGroup }
}

/// A start that a newer version of SAP may know is taken for the posting date.
fn terms_start(start: Option<&PaymentTermsStart>) -> TermsStart {
    match start {
        Some(PaymentTermsStart::MonthEnd) => TermsStart::MonthEnd,
        Some(PaymentTermsStart::HalfMonth) => TermsStart::HalfMonth,
        Some(PaymentTermsStart::MonthStart) => TermsStart::MonthStart,
        _ => TermsStart::PostingDate,
    }
}

/// All rows of a set.
async fn all<T: Entity>(
    collection: sap_b1_client::Collection<T>,
    query: Query,
) -> Result<Vec<Record<T>>, LedgerError> {
    collection.all(query).await.map_err(|error| ledger_error(&error))
}

/// All rows whose key is one of these, a few keys in each request.
async fn all_of<T: Entity + Clone>(
    collection: &sap_b1_client::Collection<T>,
    property: &str,
    codes: &[String],
    query: &Query,
) -> Result<Vec<Record<T>>, LedgerError> {
    let requests = codes.chunks(CODES_AT_ONCE).filter_map(|batch| {
        let filter = Filter::any(batch.iter().map(|code| Filter::eq(property, code)))?;
        Some(all(collection.clone(), query.clone().filter(filter)))
    });
    let mut rows = Vec::new();
    for answer in join_all(requests).await {
        rows.extend(answer?);
    }
    Ok(rows)
}

fn is_yes(value: Option<&YesNo>) -> bool {
    value.is_some_and(YesNo::is_yes)
}

/// A currency of an account or partner; `None` for all of them (`##`).
fn currency(text: Option<String>) -> Option<String> {
    text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty() && text != "##")
}
