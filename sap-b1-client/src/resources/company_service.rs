//! Services of the company: what it is and how it is set up, its periods, its rounding, what a currency is worth.

use super::collection::body_of;
use super::{AdminInfo, CompanyInfo, FinancePeriod, PeriodCategory};
use crate::client::{Call, CallClass, Client, ODataVersion, ResendGuard};
use crate::error::{Error, ErrorKind, Outcome, Result};
use crate::query::{encode, quote};
use crate::wire::{Record, RoundingContext, exact};
use bytes::Bytes;
use chrono::NaiveDate;
use http::Method;
use rust_decimal::Decimal;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

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

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct NewRateBody<'a> {
    rate_date: String,
    currency: &'a str,
    rate: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct RoundBody<'a> {
    decimal_data: DecimalBody<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct DecimalBody<'a> {
    context: &'a RoundingContext,
    currency: &'a str,
    #[serde(serialize_with = "exact::serialize")]
    value: Decimal,
}

/// An answer that wraps its rows in `value`, as both versions do for collections.
#[derive(Deserialize)]
struct Wrapped<'a> {
    #[serde(borrow, default, alias = "Value")]
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
        let rate = scalar(answer.body(), "an exchange rate")?
            .map(|token| amount(&token, "an exchange rate"))
            .transpose()?
            .flatten();
        rate.filter(|rate| *rate > Decimal::ZERO).ok_or_else(|| {
            Error::new(
                ErrorKind::MissingExchangeRate,
                Outcome::Done,
                "there is no exchange rate for the currency and day",
            )
        })
    }

    /// Sets the rate of a currency on a day.
    ///
    /// # Errors
    /// As every write.
    pub async fn set_currency_rate(
        &self,
        currency: &str,
        day: NaiveDate,
        rate: Decimal,
        guard: Option<&dyn ResendGuard>,
    ) -> Result<()> {
        let rate_date = day.format("%Y%m%d").to_string();
        let body = NewRateBody { rate_date, currency, rate: rate.to_string() };
        let body = body_of("a rate of a currency", &body)?;
        self.send(&Call::post("SBOBobService_SetCurrencyRate", body), guard).await.map(|_| ())
    }

    /// The currency of the company's books.
    ///
    /// # Errors
    /// As every read.
    pub async fn local_currency(&self) -> Result<String> {
        self.currency_of("SBOBobService_GetLocalCurrency").await
    }

    /// The second currency of the company's books.
    ///
    /// # Errors
    /// As every read.
    pub async fn system_currency(&self) -> Result<String> {
        self.currency_of("SBOBobService_GetSystemCurrency").await
    }

    /// An amount as the company rounds it, in the sense of `context`: the way to prove one's own rounding, not one for
    /// every row.
    ///
    /// # Errors
    /// As every read.
    pub async fn round_decimal(
        &self,
        value: Decimal,
        currency: &str,
        context: &RoundingContext,
    ) -> Result<Decimal> {
        let body = RoundBody { decimal_data: DecimalBody { context, currency, value } };
        let body = body_of("an amount to round", &body)?;
        let call =
            Call::new(Method::POST, "CompanyService_RoundDecimal", CallClass::Read, Some(body));
        let answer = self.send(&call, None).await?;
        let what = "a rounded amount";
        let token = scalar(answer.body(), what)?;
        let rounded = token.map(|token| amount(&token, what)).transpose()?.flatten();
        rounded.ok_or_else(|| Error::decode(what, serde::de::Error::custom("it has no value")))
    }

    async fn currency_of(&self, service: &str) -> Result<String> {
        let answer = self.function(service, None, "", Method::POST).await?;
        let token = scalar(answer.body(), "a currency")?.unwrap_or_else(|| "null".to_owned());
        serde_json::from_str(&token).map_err(|error| Error::decode("a currency", error))
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
            let raw = wrapped.value.ok_or_else(|| serde::de::Error::missing_field("value"))?;
            serde_json::from_str(raw.get())
        })
    };
    result.map_err(|error| Error::decode(what, error))
}

/// The token of a single value, bare or wrapped in `value` or `Value`.
fn scalar(body: &[u8], what: &str) -> Result<Option<String>> {
    let decode = |error| Error::decode(what, error);
    let raw: &RawValue = serde_json::from_slice(body).map_err(decode)?;
    if !raw.get().starts_with('{') {
        return Ok(Some(raw.get().to_owned()));
    }
    let wrapped: Wrapped<'_> = serde_json::from_str(raw.get()).map_err(decode)?;
    Ok(wrapped.value.map(|raw| raw.get().to_owned()))
}

fn amount(token: &str, what: &str) -> Result<Option<Decimal>> {
    exact::parse_token(token)
        .map_err(|message| Error::decode(what, serde::de::Error::custom(message)))
}
