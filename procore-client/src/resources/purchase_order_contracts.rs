//! Purchase order contracts.

use super::commitments::{Commitment, CommitmentLineView, CommitmentQuery};
use super::line_items::{LineItem, LineItemQuery};
use crate::client::Project;
use crate::error::Result;
use crate::id::{CommitmentId, LineItemId};
use crate::paging::List;
use crate::record::Record;

const PATH: &str = "/rest/v1.0/purchase_order_contracts";

impl Project {
    /// Lists the project's purchase order contracts, without their lines.
    pub fn purchase_order_contracts(&self, query: &CommitmentQuery) -> List<Commitment> {
        self.list(query.apply(self.by_query(PATH)))
    }

    /// Shows a purchase order contract with its lines.
    ///
    /// # Errors
    ///
    /// As every call; 404 is not a proof of deletion.
    pub async fn purchase_order_contract(&self, id: CommitmentId) -> Result<Record<Commitment>> {
        self.show(&self.by_query(format!("{PATH}/{id}"))).await
    }

    /// Lists the lines of a purchase order contract.
    pub fn purchase_order_contract_line_items(
        &self,
        id: CommitmentId,
        query: &LineItemQuery,
        view: Option<&CommitmentLineView>,
    ) -> List<LineItem> {
        let request = self.by_query(format!("{PATH}/{id}/line_items")).query_opt("view", view);
        self.list(query.apply(request))
    }

    /// Shows a line of a purchase order contract.
    ///
    /// # Errors
    ///
    /// As every call; 404 is not a proof of deletion.
    pub async fn purchase_order_contract_line_item(
        &self,
        contract: CommitmentId,
        id: LineItemId,
        view: Option<&CommitmentLineView>,
    ) -> Result<Record<LineItem>> {
        let request = self.by_query(format!("{PATH}/{contract}/line_items/{id}"));
        self.show(&request.query_opt("view", view)).await
    }
}
