//! Units of measure of the company. Lines name their unit by its name, not by its id.

use super::shapes::IdName;
use crate::client::Client;
use crate::error::Result;
use crate::id::UnitOfMeasureId;
use crate::paging::List;
use crate::record::Record;
use crate::request::Request;
use crate::wire::model;

model! {
    /// A unit of measure.
    pub struct UnitOfMeasure {
        /// Its id.
        key id: UnitOfMeasureId,
        /// Its name, which lines carry in `uom`.
        opt name: String,
        /// The description.
        opt description: String,
        /// Whether Procore brought it, not the company.
        opt is_standard: bool,
        /// What it measures.
        sub uom_category: IdName,
    }
}

model! {
    /// What holds for all units of measure of a company.
    pub struct UnitOfMeasureConfiguration {
        /// How many characters a unit's name may have, as Procore writes it.
        opt character_limit: String,
        /// The accounting system that sets the limit.
        opt erp_integration_name: String,
    }
}

impl Client {
    /// Lists the company's units of measure.
    pub fn units_of_measure(&self) -> List<UnitOfMeasure> {
        self.list(Request::get(format!("/rest/v1.0/companies/{}/uoms", self.company_id())))
    }

    /// Shows a unit of measure.
    ///
    /// # Errors
    ///
    /// As every call; 404 is not a proof of deletion.
    pub async fn unit_of_measure(&self, id: UnitOfMeasureId) -> Result<Record<UnitOfMeasure>> {
        let path = format!("/rest/v1.0/companies/{}/uoms/{id}", self.company_id());
        self.show(&Request::get(path)).await
    }

    /// Shows what holds for all units of measure of the company (REST v2).
    ///
    /// # Errors
    ///
    /// As every call.
    pub async fn unit_of_measure_configuration(
        &self,
    ) -> Result<Record<UnitOfMeasureConfiguration>> {
        let path = format!("/rest/v2.0/companies/{}/uoms/configuration", self.company_id());
        self.show(&Request::get(path)).await
    }
}
