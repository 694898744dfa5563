//! Cost codes of a project.

use chrono::{DateTime, Utc};

use super::line_item_types::LineItemType;
use super::query::query;
use crate::client::Project;
use crate::error::Result;
use crate::id::{CostCodeId, Id, SubJobId};
use crate::paging::List;
use crate::record::Record;
use crate::wire::{model, open_enum};

open_enum! {
    /// What a cost code belongs to.
    pub enum BillerType {
        /// The project itself:
        Project = "Project",
        /// A sub job, whose cost codes repeat the project's with ids of their own:
        SubJob = "SubJob",
    }
}

model! {
    /// A cost code, as the list has it and as lines carry it.
    pub struct CostCode {
        /// Its id.
        opt id: CostCodeId,
        /// Its name.
        opt name: String,
        /// The code with those of its parents; may hold trailing spaces and odd delimiters.
        opt full_code: String,
        /// The last part of the code.
        opt code: String,
        /// What it belongs to, by name.
        opt biller: String,
        /// The id of the project or sub job that it belongs to.
        opt biller_id: Id,
        /// Whether that is a project or a sub job.
        opt biller_type: BillerType,
        /// The id in another system of what it belongs to.
        opt biller_origin_id: String,
        /// The parent; its id is null for a root.
        sub parent: CostCodeParent,
        /// The company's code that this one was copied from.
        opt standard_cost_code_id: Id,
        /// The list of the company's codes that that one is on.
        opt standard_cost_code_list_id: Id,
        /// A text to sort by; Procore calls it deprecated.
        opt sortable_code: String,
        /// Whether a budget line has it.
        opt budgeted: bool,
        /// The place in the list.
        opt position: i64,
        /// The cost types that go with it.
        list line_item_types: LineItemType,
        /// The id in another system.
        opt origin_id: String,
        /// Data of another system.
        opt origin_data: String,
        /// When it was made.
        opt created_at: DateTime<Utc>,
        /// When it was changed.
        opt updated_at: DateTime<Utc>,
        /// When it was deleted.
        opt deleted_at: DateTime<Utc>,
    }
}

model! {
    /// The parent of a cost code.
    pub struct CostCodeParent {
        /// Its id.
        opt id: CostCodeId,
    }
}

impl CostCode {
    /// Returns the sub job that the code belongs to, if it belongs to one.
    #[must_use]
    pub fn sub_job_id(&self) -> Option<SubJobId> {
        match (&self.biller_type, self.biller_id) {
            (Some(BillerType::SubJob), Some(id)) => Some(SubJobId::new(id.get())),
            _ => None,
        }
    }
}

open_enum! {
    /// How much of a cost code is listed.
    pub enum CostCodeView {
        /// The server's usual fields:
        Default = "default",
        /// The fields for accounting systems:
        ErpCompact = "erp_compact",
    }
}

query! {
    /// What a list of cost codes is narrowed by. No filter by time is offered.
    pub struct CostCodeQuery {
        param view: CostCodeView = "view",
        param sub_job: SubJobId = "sub_job_id",
        many ids: CostCodeId = "id",
        one origin_id: String = "origin_id",
    }
}

impl Project {
    /// Lists the project's cost codes, those of its sub jobs included unless one sub job is asked for.
    pub fn cost_codes(&self, query: &CostCodeQuery) -> List<CostCode> {
        self.list(query.apply(self.by_query("/rest/v1.0/cost_codes")))
    }

    /// Shows a cost code.
    ///
    /// # Errors
    ///
    /// As every call; 404 is not a proof of deletion.
    pub async fn cost_code(
        &self,
        id: CostCodeId,
        sub_job: Option<SubJobId>,
    ) -> Result<Record<CostCode>> {
        self.show(
            &self.by_query(format!("/rest/v1.0/cost_codes/{id}")).query_opt("sub_job_id", sub_job),
        )
        .await
    }
}
