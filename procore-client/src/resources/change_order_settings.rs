//! What a company made of its change orders' words: its own statuses and its reasons for change.

use crate::client::Client;
use crate::id::{CompanyId, Id};
use crate::paging::List;
use crate::request::Request;
use crate::resources::commitment_change_orders::ChangeOrderStatus;
use crate::wire::model;

model! {
    /// A status as the company names it.
    pub struct ChangeOrderStatusName {
        /// Its id.
        key id: Id,
        /// The company's name of it.
        opt name: String,
        /// Procore's status that it stands for, which change orders carry.
        opt mapped_to_status: ChangeOrderStatus,
        /// Whether people can choose it.
        opt show_in_select: bool,
    }
}

model! {
    /// A reason for change.
    pub struct ChangeReason {
        /// Its id.
        key id: Id,
        /// The company, in REST v1.
        opt company_id: CompanyId,
        /// The reason.
        opt change_reason: String,
        /// Whether people can choose it.
        opt show_in_select: bool,
        /// Whether it can be deleted, in REST v2.
        opt deletable: bool,
    }
}

impl Client {
    /// Lists the statuses of change orders as the company names them.
    pub fn change_order_statuses(&self) -> List<ChangeOrderStatusName> {
        let request = Request::get("/rest/v1.0/change_order/statuses");
        self.list(request.query("company_id", self.company_id()))
    }

    /// Lists the company's reasons for change.
    pub fn change_reasons(&self) -> List<ChangeReason> {
        let request = Request::get("/rest/v1.0/change_order_change_reasons");
        self.list(request.query("company_id", self.company_id()))
    }

    /// Lists the company's reasons for change (REST v2).
    pub fn change_reasons_v2(&self) -> List<ChangeReason> {
        let path =
            format!("/rest/v2.0/companies/{}/change_order_change_reasons", self.company_id());
        self.list(Request::get(path)).at_most_per_page(100)
    }
}
