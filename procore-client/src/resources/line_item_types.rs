//! Line item types: what people call cost types.

use super::query::query;
use crate::client::{Client, Project};
use crate::error::Result;
use crate::id::LineItemTypeId;
use crate::paging::List;
use crate::record::Record;
use crate::request::Request;
use crate::wire::model;

model! {
    /// A cost type of the company.
    pub struct LineItemType {
        /// Its id.
        opt id: LineItemTypeId,
        /// Its name.
        opt name: String,
        /// Its code.
        opt code: String,
        /// What it stands for, such as `materials`; often null.
        opt base_type: String,
        /// The id in another system.
        opt origin_id: String,
        /// Data of another system.
        opt origin_data: String,
    }
}

query! {
    /// What a list of cost types is narrowed by.
    pub struct LineItemTypeQuery {
        one origin_id: String = "origin_id",
    }
}

impl Project {
    /// Lists the cost types.
    pub fn line_item_types(&self, query: &LineItemTypeQuery) -> List<LineItemType> {
        let request =
            self.by_query("/rest/v1.0/line_item_types").query("company_id", self.company_id());
        self.list(query.apply(request))
    }
}

impl Client {
    /// Shows a cost type.
    ///
    /// # Errors
    ///
    /// As every call; 404 is not a proof of deletion.
    pub async fn line_item_type(&self, id: LineItemTypeId) -> Result<Record<LineItemType>> {
        self.show(
            &Request::get(format!("/rest/v1.0/line_item_types/{id}"))
                .query("company_id", self.company_id()),
        )
        .await
    }
}
