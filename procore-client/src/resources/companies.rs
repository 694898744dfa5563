//! Companies that the login can see.

use crate::client::Client;
use crate::error::Result;
use crate::id::CompanyId;
use crate::paging::List;
use crate::record::Record;
use crate::request::Request;
use crate::wire::model;

model! {
    /// A company.
    pub struct Company {
        /// Its id.
        key id: CompanyId,
        /// Its name.
        opt name: String,
        /// Whether it is active.
        opt is_active: bool,
        /// Whether it is the login's own company.
        opt my_company: bool,
        /// Whether it is in Procore's network of contractors.
        opt pcn_business_experience: bool,
        /// Where its logo is.
        opt logo_url: String,
    }
}

model! {
    /// The zone that a company is in.
    pub struct CompanyZone {
        /// The zone's name.
        opt zone: String,
        /// The host of its web pages, for links that people follow.
        opt web_base_url: String,
    }
}

impl Client {
    /// Lists the companies that the login can see; empty when the app is installed in none.
    pub fn companies(&self) -> List<Company> {
        self.list(Request::get("/rest/v1.0/companies"))
    }

    /// Shows where the company's web pages are; the API's own address does not depend on it.
    ///
    /// # Errors
    ///
    /// As every call.
    pub async fn company_base_url(&self) -> Result<Record<CompanyZone>> {
        self.show(&Request::get("/rest/v1.0/company_base_url")).await
    }
}
