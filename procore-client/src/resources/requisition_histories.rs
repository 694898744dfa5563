//! What people changed on a requisition: the way to see an edit after approval.

use chrono::{DateTime, Utc};

use crate::client::Project;
use crate::id::{Id, RequisitionId};
use crate::paging::List;
use crate::wire::model;

model! {
    /// One change of one column.
    pub struct RequisitionChange {
        /// Its id.
        key id: Id,
        /// The column that was changed.
        opt column: String,
        /// What stood there before, as text; amounts here are for people.
        opt old_value: String,
        /// What stands there since.
        opt new_value: String,
        /// Who changed it, by name.
        opt action_by: String,
        /// Who changed it.
        opt action_by_id: Id,
        /// The record that the column belongs to: the requisition or one of its items.
        opt ref_id: Id,
        /// The type of that record.
        opt ref_type: String,
        /// When it was changed.
        opt created_at: DateTime<Utc>,
    }
}

impl Project {
    /// Lists the changes of a requisition; the documentation names no paging.
    pub fn requisition_change_histories(&self, id: RequisitionId) -> List<RequisitionChange> {
        self.list(self.by_query(format!("/rest/v1.0/requisitions/{id}/change_histories")))
            .without_page_size()
    }
}
