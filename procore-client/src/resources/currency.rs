//! Currency settings of company and project.

use chrono::{DateTime, Utc};

use crate::client::{Client, Project};
use crate::error::Result;
use crate::id::{CompanyId, Id, ProjectId};
use crate::record::Record;
use crate::request::Request;
use crate::wire::model;

model! {
    /// The currency of a company.
    pub struct CompanyCurrency {
        /// The company.
        opt company_id: CompanyId,
        /// The currency, ISO 4217.
        opt currency_iso_code: String,
        /// `symbol` or `code`.
        opt currency_display: String,
        /// Whether records may have other currencies.
        opt multicurrency_enabled: bool,
        /// Whether the company may turn that on.
        opt eligible_for_multicurrency: bool,
        /// Since when.
        opt multicurrency_enabled_effective_date: DateTime<Utc>,
    }
}

model! {
    /// The currency of a project.
    pub struct ProjectCurrency {
        /// The company.
        opt company_id: CompanyId,
        /// The project.
        opt project_id: ProjectId,
        /// The currency, ISO 4217.
        opt currency_iso_code: String,
        /// `symbol` or `code`.
        opt currency_display: String,
        /// The project's own rate to the company's currency.
        money company_currency_exchange_rate_override,
        /// Whether records may have other currencies.
        opt multicurrency_enabled: bool,
        /// Whether the project may turn that on.
        opt eligible_for_financial_objs_multicurrency: bool,
    }
}

model! {
    /// The exchange rates of a company, or those of a project.
    pub struct ExchangeRates {
        /// The rates.
        list exchange_rates: ExchangeRate,
    }
}

model! {
    /// An exchange rate.
    pub struct ExchangeRate {
        /// Its id.
        opt id: Id,
        /// The company.
        opt company_id: CompanyId,
        /// The project, if the rate is a project's own.
        opt project_id: ProjectId,
        /// The base currency, ISO 4217.
        opt base_currency_iso_code: String,
        /// The quoted currency, ISO 4217.
        opt quote_currency_iso_code: String,
        /// The rate.
        money exchange_rate,
        /// Whether it is in use.
        opt is_active: bool,
        /// When it was made.
        opt created_at: DateTime<Utc>,
        /// When it was changed.
        opt updated_at: DateTime<Utc>,
    }
}

impl Client {
    /// Shows the company's currency.
    ///
    /// # Errors
    ///
    /// As every call.
    pub async fn currency_configuration(&self) -> Result<Record<CompanyCurrency>> {
        self.show(&Request::get(format!(
            "/rest/v1.0/companies/{}/currency_configuration",
            self.company_id()
        )))
        .await
    }

    /// Shows the company's exchange rates.
    ///
    /// # Errors
    ///
    /// As every call.
    pub async fn exchange_rates(&self) -> Result<Record<ExchangeRates>> {
        let path = format!(
            "/rest/v1.0/companies/{}/currency_configuration/exchange_rates",
            self.company_id()
        );
        self.show(&Request::get(path)).await
    }
}

impl Project {
    /// Shows the project's currency.
    ///
    /// # Errors
    ///
    /// As every call.
    pub async fn currency_configuration(&self) -> Result<Record<ProjectCurrency>> {
        self.show(&self.by_company_path("v1.0", "/currency_configuration")).await
    }

    /// Shows the project's exchange rates; those out of use only if asked for.
    ///
    /// # Errors
    ///
    /// As every call.
    pub async fn exchange_rates(
        &self,
        include_inactive: Option<bool>,
    ) -> Result<Record<ExchangeRates>> {
        let path = "/currency_configuration/exchange_rates";
        let request = self.by_company_path("v1.0", path);
        self.show(&request.query_opt("include_inactive", include_inactive)).await
    }
}
