//! Standard cost codes: the company's lists, from which projects copy their cost codes.

use super::query::query;
use crate::client::Client;
use crate::error::Result;
use crate::id::{CompanyId, Id};
use crate::paging::List;
use crate::record::Record;
use crate::request::Request;
use crate::wire::{model, open_enum};

pub use super::vendors::StandardCostCode;

model! {
    /// A list of standard cost codes.
    pub struct StandardCostCodeList {
        /// Its id.
        key id: Id,
        /// Its name.
        opt name: String,
        /// Whether it comes from an accounting system.
        opt is_erp_list: bool,
        /// Whether new projects can copy it.
        opt available_to_use_on_new_projects: bool,
        /// The company, in the show call.
        opt company_id: CompanyId,
    }
}

open_enum! {
    /// How much of a standard cost code is listed.
    pub enum StandardCostCodeView {
        /// Its id and that of its list:
        Default = "default",
        /// These and the id in another system:
        Compact = "compact",
        /// All fields:
        Extended = "extended",
    }
}

query! {
    /// What a list of standard cost codes is narrowed by.
    pub struct StandardCostCodeQuery {
        /// Without it the reference promises ids alone.
        param view: StandardCostCodeView = "view",
        one origin_id: String = "origin_id",
    }
}

const LISTS: &str = "/rest/v1.0/standard_cost_code_lists";
const CODES: &str = "/rest/v1.0/standard_cost_codes";

impl Client {
    /// Lists the company's lists of standard cost codes. Procore recommends the segments of the work breakdown
    /// structure instead: [`company_wbs_segments`](Self::company_wbs_segments).
    pub fn standard_cost_code_lists(&self) -> List<StandardCostCodeList> {
        self.list(Request::get(LISTS).query("company_id", self.company_id()))
    }

    /// Shows a list of standard cost codes, without its codes.
    ///
    /// # Errors
    ///
    /// As every call; 404 is not a proof of deletion.
    pub async fn standard_cost_code_list(&self, id: Id) -> Result<Record<StandardCostCodeList>> {
        let request = Request::get(format!("{LISTS}/{id}"));
        self.show(&request.query("company_id", self.company_id())).await
    }

    /// Lists the codes of one list.
    pub fn standard_cost_codes(
        &self,
        list: Id,
        query: &StandardCostCodeQuery,
    ) -> List<StandardCostCode> {
        let request = Request::get(CODES)
            .query("company_id", self.company_id())
            .query("standard_cost_code_list_id", list);
        self.list(query.apply(request))
    }

    /// Shows a code of one list.
    ///
    /// # Errors
    ///
    /// As every call; 404 is not a proof of deletion.
    pub async fn standard_cost_code(
        &self,
        list: Id,
        id: Id,
        view: Option<&StandardCostCodeView>,
    ) -> Result<Record<StandardCostCode>> {
        let request = Request::get(format!("{CODES}/{id}"))
            .query("company_id", self.company_id())
            .query("standard_cost_code_list_id", list)
            .query_opt("view", view);
        self.show(&request).await
    }
}
