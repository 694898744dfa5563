//! The company: what it is, how it rounds, which periods are open, what a currency is worth.

use super::collection::body_of;
use crate::client::{Call, CallClass, Client, ODataVersion};
use crate::error::{Error, ErrorKind, Outcome, Result};
use crate::query::{encode, quote};
use crate::wire::{PeriodStatus, YesNo, date};
use crate::wire::{Record, exact};
use bytes::Bytes;
use chrono::NaiveDate;
use http::Method;
use rust_decimal::Decimal;
use serde::Deserialize;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

/// What the company is.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct CompanyInfo {
    /// Name.
    #[serde(rename = "CompanyName")]
    pub company_name: Option<String>,
    /// Version of the company database.
    #[serde(rename = "Version")]
    pub version: Option<i32>,
    /// Country whose rules apply.
    #[serde(rename = "Localization")]
    pub localization: Option<String>,
    /// Accounts have segments, so `Code` is a system key.
    #[serde(rename = "EnableAccountSegmentation")]
    pub enable_account_segmentation: Option<YesNo>,
    /// The company's own rules run on every write.
    #[serde(rename = "EnableTransactionNotification")]
    pub enable_transaction_notification: Option<YesNo>,
}

/// How the company is set up.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct AdminInfo {
    /// Name.
    #[serde(rename = "CompanyName")]
    pub company_name: Option<String>,
    /// Country.
    #[serde(rename = "Country")]
    pub country: Option<String>,
    /// Local currency.
    #[serde(rename = "LocalCurrency")]
    pub local_currency: Option<String>,
    /// System currency.
    #[serde(rename = "SystemCurrency")]
    pub system_currency: Option<String>,
    /// Decimal places of amounts.
    #[serde(rename = "TotalsAccuracy")]
    pub totals_accuracy: Option<i32>,
    /// Decimal places of prices.
    #[serde(rename = "PriceAccuracy")]
    pub price_accuracy: Option<i32>,
    /// Decimal places of rates.
    #[serde(rename = "RateAccuracy")]
    pub rate_accuracy: Option<i32>,
    /// Decimal places of percentages.
    #[serde(rename = "PercentageAccuracy")]
    pub percentage_accuracy: Option<i32>,
    /// Decimal places of quantities.
    #[serde(rename = "AccuracyofQuantities")]
    pub quantity_accuracy: Option<i32>,
    /// How rates are quoted.
    #[serde(rename = "DirectIndirectRate")]
    pub direct_indirect_rate: Option<YesNo>,
    /// Rounding by currency.
    #[serde(rename = "RoundingMethod")]
    pub rounding_method: Option<YesNo>,
    /// Tax amounts are rounded.
    #[serde(rename = "RoundTaxAmounts")]
    pub round_tax_amounts: Option<YesNo>,
    /// Documents need a branch.
    #[serde(rename = "EnableBranches")]
    pub enable_branches: Option<YesNo>,
    /// Posting dates may lie ahead.
    #[serde(rename = "AllowFuturePostingDate")]
    pub allow_future_posting_date: Option<YesNo>,
    /// Document dates are blocked.
    #[serde(rename = "BlockTaxDate")]
    pub block_tax_date: Option<YesNo>,
    /// Posting dates cannot be edited.
    #[serde(rename = "BlockPostingDateEditing")]
    pub block_posting_date_editing: Option<YesNo>,
    /// Days within which a document can be cancelled.
    #[serde(rename = "MaxDaysForCancel")]
    pub max_days_for_cancel: Option<i32>,
    /// Approval procedures apply to documents that come through an interface.
    #[serde(rename = "EnableApprovalProcedureInDI")]
    pub enable_approval_procedure_in_di: Option<YesNo>,
    /// Reversals use negative amounts.
    #[serde(rename = "UseNegativeAmounts")]
    pub use_negative_amounts: Option<YesNo>,
    /// What happens over budget.
    #[serde(rename = "BlockBudget")]
    pub block_budget: Option<String>,
    /// When a budget warns.
    #[serde(rename = "BudgetAlert")]
    pub budget_alert: Option<String>,
}

/// A posting year.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct PeriodCategory {
    /// Key.
    #[serde(rename = "AbsoluteEntry")]
    pub absolute_entry: Option<i32>,
}

/// A posting period with its three independent windows.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct FinancePeriod {
    /// Key.
    #[serde(rename = "AbsoluteEntry")]
    pub absolute_entry: Option<i32>,
    /// Code.
    #[serde(rename = "PeriodCode")]
    pub period_code: Option<String>,
    /// Name.
    #[serde(rename = "PeriodName")]
    pub period_name: Option<String>,
    /// First posting date.
    #[serde(rename = "PostingDateFrom", deserialize_with = "date::option::deserialize")]
    pub posting_date_from: Option<NaiveDate>,
    /// Last posting date.
    #[serde(rename = "PostingDateTo", deserialize_with = "date::option::deserialize")]
    pub posting_date_to: Option<NaiveDate>,
    /// First due date.
    #[serde(rename = "ValueDateFrom", deserialize_with = "date::option::deserialize")]
    pub value_date_from: Option<NaiveDate>,
    /// Last due date.
    #[serde(rename = "ValueDateTo", deserialize_with = "date::option::deserialize")]
    pub value_date_to: Option<NaiveDate>,
    /// First document date.
    #[serde(rename = "TaxDateFrom", deserialize_with = "date::option::deserialize")]
    pub tax_date_from: Option<NaiveDate>,
    /// Last document date.
    #[serde(rename = "TaxDateTo", deserialize_with = "date::option::deserialize")]
    pub tax_date_to: Option<NaiveDate>,
    /// Locked.
    #[serde(rename = "Locked")]
    pub locked: Option<YesNo>,
    /// Lock state.
    #[serde(rename = "PeriodStatus")]
    pub period_status: Option<PeriodStatus>,
    /// Indicator.
    #[serde(rename = "PeriodIndicator")]
    pub period_indicator: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct PeriodsBody {
    period_category_params: CategoryBody,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct CategoryBody {
    absolute_entry: i32,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct RateBody<'a> {
    currency: &'a str,
    date: String,
}

/// An answer that wraps its rows in `value`, as both versions do for collections.
#[derive(Deserialize)]
struct Wrapped<'a> {
    #[serde(borrow, default)]
    value: Option<&'a RawValue>,
}

impl Client {
    /// What the company is.
    ///
    /// # Errors
    /// As every read.
    pub async fn company_info(&self) -> Result<Record<CompanyInfo>> {
        let answer =
            self.function("CompanyService_GetCompanyInfo", None, "", self.get_preferred()).await?;
        self.record(&answer, "the company's description")
    }

    /// How the company is set up.
    ///
    /// # Errors
    /// As every read.
    pub async fn admin_info(&self) -> Result<Record<AdminInfo>> {
        let answer =
            self.function("CompanyService_GetAdminInfo", None, "", self.get_preferred()).await?;
        self.record(&answer, "the company's settings")
    }

    /// The posting years.
    ///
    /// # Errors
    /// As every read.
    pub async fn periods(&self) -> Result<Vec<PeriodCategory>> {
        let answer = self.function("CompanyService_GetPeriods", None, "", Method::POST).await?;
        rows(&answer, "posting years")
    }

    /// The posting periods of a year (its `AbsoluteEntry`), each with its windows for posting, due and document dates.
    ///
    /// # Errors
    /// As every read.
    pub async fn finance_periods(&self, absolute_entry: i32) -> Result<Vec<FinancePeriod>> {
        let body = PeriodsBody { period_category_params: CategoryBody { absolute_entry } };
        let body = body_of("a posting year", &body)?;
        let answer =
            self.function("CompanyService_GetFinancePeriods", Some(body), "", Method::POST).await?;
        rows(&answer, "posting periods")
    }

    /// The rate of a currency on a day, in the direction the company quotes it.
    ///
    /// The metadata calls this a function and the API reference prints a POST: it is sent as a POST, and as a GET where
    /// the server knows no POST.
    ///
    /// # Errors
    /// [`ErrorKind::MissingExchangeRate`] where there is none; else as every read.
    pub async fn currency_rate(&self, currency: &str, day: NaiveDate) -> Result<Decimal> {
        let date = day.format("%Y%m%d").to_string();
        let arguments =
            format!("(Currency={},Date={})", encode(&quote(currency)), encode(&quote(&date)));
        let body = body_of("a currency and a day", &RateBody { currency, date })?;
        let answer = self
            .function("SBOBobService_GetCurrencyRate", Some(body), &arguments, Method::POST)
            .await?;
        rate_of(answer.body())
    }

    /// Version 2 has real functions; version 1 wants a POST for everything.
    fn get_preferred(&self) -> Method {
        match self.odata_version() {
            ODataVersion::V1 => Method::POST,
            ODataVersion::V2 => Method::GET,
        }
    }

    /// Calls a function that only reads; tries the other method where the server does not know the first.
    async fn function(
        &self,
        name: &str,
        body: Option<Bytes>,
        arguments: &str,
        preferred: Method,
    ) -> Result<http::Response<Bytes>> {
        let as_post = Call::new(Method::POST, name, CallClass::Read, body);
        let as_get = Call::get(format!("{name}{arguments}"));
        let (first, second) =
            if preferred == Method::GET { (as_get, as_post) } else { (as_post, as_get) };
        let refused = match self.send(&first, None).await {
            Err(error) if is_refusal(&error) => error,
            result => return result,
        };
        match self.send(&second, None).await {
            Err(error) if is_refusal(&error) => Err(refused),
            result => result,
        }
    }

    fn record<T: DeserializeOwned>(
        &self,
        answer: &http::Response<Bytes>,
        what: &str,
    ) -> Result<Record<T>> {
        let raw: &RawValue =
            serde_json::from_slice(answer.body()).map_err(|error| Error::decode(what, error))?;
        Record::from_raw(raw, self.inner.keep_raw).map_err(|error| Error::decode(what, error))
    }
}

/// An answer that may mean no more than "not with this method".
fn is_refusal(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::NoSuchResource | ErrorKind::Rejected)
}

/// Rows, bare or wrapped in `value`.
fn rows<T: DeserializeOwned>(answer: &http::Response<Bytes>, what: &str) -> Result<Vec<T>> {
    let bare = answer.body().iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[');
    let result = if bare {
        serde_json::from_slice(answer.body())
    } else {
        serde_json::from_slice::<Wrapped<'_>>(answer.body()).and_then(|wrapped| {
            wrapped.value.map_or_else(|| Ok(Vec::new()), |raw| serde_json::from_str(raw.get()))
        })
    };
    result.map_err(|error| Error::decode(what, error))
}

/// A number, bare or wrapped in `value`.
fn rate_of(body: &[u8]) -> Result<Decimal> {
    let raw: &RawValue =
        serde_json::from_slice(body).map_err(|error| Error::decode("an exchange rate", error))?;
    let token = if raw.get().starts_with('{') {
        let wrapped: Wrapped<'_> = serde_json::from_str(raw.get())
            .map_err(|error| Error::decode("an exchange rate", error))?;
        wrapped.value.map_or("null", RawValue::get)
    } else {
        raw.get()
    };
    let rate = exact::parse_token(token)
        .map_err(|message| Error::decode("an exchange rate", serde::de::Error::custom(message)))?;
    rate.filter(|rate| *rate > Decimal::ZERO).ok_or_else(|| {
        Error::new(
            ErrorKind::MissingExchangeRate,
            Outcome::Done,
            "there is no exchange rate for the currency and day",
        )
    })
}
