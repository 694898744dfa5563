//! Detail lines: what a subcontractor breaks a line of the schedule of values down to.

use super::query::query;
use super::shapes::CurrencyConfiguration;
use crate::client::Project;
use crate::id::{CommitmentId, LineItemId};
use crate::paging::List;
use crate::wire::model;

model! {
    /// A detail line of a contract's line.
    pub struct ContractDetailLine {
        /// Its id.
        key id: LineItemId,
        /// The line that it is a part of.
        opt line_item_id: LineItemId,
        /// Its place.
        opt position: i64,
        /// The description.
        opt description: String,
        /// The amount, in the contract's currency.
        money amount,
        /// What was billed of it to date.
        money billed_to_date,
        /// Whether anything was billed of it.
        opt billed_against: bool,
        /// Its currency.
        sub currency_configuration: CurrencyConfiguration,
    }
}

query! {
    /// What a list of detail lines is narrowed by.
    pub struct ContractDetailLineQuery {
        many ids: LineItemId = "id",
        many lines: LineItemId = "line_item_id",
    }
}

impl Project {
    /// Lists the detail lines of a purchase order contract; the documentation names no paging.
    pub fn purchase_order_contract_detail_lines(
        &self,
        contract: CommitmentId,
        query: &ContractDetailLineQuery,
    ) -> List<ContractDetailLine> {
        self.detail_lines("purchase_order_contracts", contract, query)
    }

    /// Lists the detail lines of a work order contract; the documentation names no paging.
    pub fn work_order_contract_detail_lines(
        &self,
        contract: CommitmentId,
        query: &ContractDetailLineQuery,
    ) -> List<ContractDetailLine> {
        self.detail_lines("work_order_contracts", contract, query)
    }

    fn detail_lines(
        &self,
        family: &str,
        contract: CommitmentId,
        query: &ContractDetailLineQuery,
    ) -> List<ContractDetailLine> {
        let path = format!("/rest/v1.0/{family}/{contract}/line_item_contract_details");
        self.list(query.apply(self.by_query(path))).without_page_size()
    }
}
