//! Tax types of the company.

use crate::client::Client;
use crate::error::Result;
use crate::id::TaxTypeId;
use crate::paging::List;
use crate::record::Record;
use crate::request::Request;
use crate::wire::model;

model! {
    /// A tax type: what a kind of tax is called.
    pub struct TaxType {
        /// Its id.
        key id: TaxTypeId,
        /// Its name.
        opt name: String,
        /// The description.
        opt description: String,
        /// The id in another system.
        opt origin_id: String,
        /// Data of another system.
        opt origin_data: String,
    }
}

impl Client {
    /// Lists the company's tax types.
    pub fn tax_types(&self) -> List<TaxType> {
        self.list(Request::get("/rest/v1.0/tax_types").query("company_id", self.company_id()))
    }

    /// Shows a tax type.
    ///
    /// # Errors
    ///
    /// As every call; 404 is not a proof of deletion.
    pub async fn tax_type(&self, id: TaxTypeId) -> Result<Record<TaxType>> {
        self.show(
            &Request::get(format!("/rest/v1.0/tax_types/{id}"))
                .query("company_id", self.company_id()),
        )
        .await
    }
}
