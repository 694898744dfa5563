//! Line item types: what people call cost types.

use crate::client::Project;
use crate::id::LineItemTypeId;
use crate::paging::List;
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

impl Project {
    /// Lists the cost types.
    pub fn line_item_types(&self) -> List<LineItemType> {
        self.list(
            self.by_query("/rest/v1.0/line_item_types").query("company_id", self.company_id()),
        )
    }
}
