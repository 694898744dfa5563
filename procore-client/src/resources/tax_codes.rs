//! Tax codes of the company.

use crate::client::Client;
use crate::error::Result;
use crate::id::TaxCodeId;
use crate::paging::List;
use crate::record::Record;
use crate::request::Request;
use crate::wire::model;

model! {
    /// A tax code.
    pub struct TaxCode {
        /// Its id.
        key id: TaxCodeId,
        /// Its code.
        opt code: String,
        /// The description.
        opt description: String,
        /// The rate in percent: 10 is 10 %.
        money rate1,
        /// Whether it is out of use.
        opt archived: bool,
        /// Whether it is the company's default.
        opt default_tax_code: bool,
        /// Whether the budget shows it.
        opt display_in_budget: bool,
        /// The id in another system.
        opt origin_id: String,
        /// Data of another system.
        opt origin_data: String,
    }
}

impl Client {
    /// Lists the tax codes; a page has at most 100.
    pub fn tax_codes(&self) -> List<TaxCode> {
        self.list(Request::get("/rest/v1.0/tax_codes").query("company_id", self.company_id()))
            .at_most_per_page(100)
    }

    /// Shows a tax code.
    ///
    /// # Errors
    ///
    /// As every call; 404 is not a proof of deletion.
    pub async fn tax_code(&self, id: TaxCodeId) -> Result<Record<TaxCode>> {
        self.show(
            &Request::get(format!("/rest/v1.0/tax_codes/{id}"))
                .query("company_id", self.company_id()),
        )
        .await
    }
}
