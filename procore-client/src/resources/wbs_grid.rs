//! Codes of the work breakdown structure as REST v2 lists them: a flat row per code, one column per attribute.

use super::query::query;
use super::wbs::WbsScope;
use crate::client::Project;
use crate::id::WbsCodeId;
use crate::paging::List;
use crate::wire::{model, open_enum};

open_enum! {
    /// Whether a code can be used.
    pub enum WbsCodeStatus {
        /// It can:
        Active = "active",
        /// It cannot:
        Inactive = "inactive",
    }
}

model! {
    /// A code as REST v2 has it. The names are those of up to three attributes; which segment each is of, is not
    /// documented: use [`wbs_codes`](crate::Project::wbs_codes) where that matters.
    pub struct WbsGridCode {
        /// Its id.
        key id: WbsCodeId,
        /// All segments' codes in one text.
        opt code: String,
        /// The description.
        opt description: String,
        /// Whether it can be used.
        opt status: WbsCodeStatus,
        /// The name of its first attribute.
        opt attribute_1_name: String,
        /// The name of its second attribute.
        opt attribute_2_name: String,
        /// The name of its third attribute.
        opt attribute_3_name: String,
    }
}

query! {
    /// What a list of codes of REST v2 is narrowed by. No filter by time is offered.
    pub struct WbsGridQuery {
        many ids: WbsCodeId = "id",
        one search: String = "search",
        one scope: WbsScope = "scope",
    }
}

impl Project {
    /// Lists the project's codes (REST v2), ten to a hundred on a page.
    pub fn wbs_grid_codes(&self, query: &WbsGridQuery) -> List<WbsGridCode> {
        self.list(query.apply(self.by_company_path("v2.0", "/wbs/codes"))).at_most_per_page(100)
    }
}
