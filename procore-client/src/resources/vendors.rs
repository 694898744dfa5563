//! Vendors of the company directory.

use chrono::{DateTime, Utc};

use super::filters::TimeRange;
use super::shapes::IdName;
use crate::client::Client;
use crate::id::{Id, ProjectId, VendorId};
use crate::paging::List;
use crate::request::Request;
use crate::wire::{model, open_enum};

model! {
    /// A vendor. Views differ in how many of the fields they have.
    pub struct Vendor {
        /// Its id.
        key id: VendorId,
        /// Its name.
        opt name: String,
        /// The company name.
        opt company: String,
        /// The short name.
        opt abbreviated_name: String,
        /// The name in law.
        opt legal_name: String,
        /// The name in trade.
        opt trade_name: String,
        /// Whether it is active.
        opt is_active: bool,
        /// The business id.
        opt business_id: String,
        /// The entry in a public register (tax id).
        sub business_register: BusinessRegister,
        /// The licence.
        opt license_number: String,
        /// The postal code.
        opt zip: String,
        /// The city.
        opt city: String,
        /// The state.
        opt state_code: String,
        /// The country.
        opt country_code: String,
        /// The e-mail address.
        opt email_address: String,
        /// The parent company.
        sub parent: IdName,
        /// The vendor group.
        sub vendor_group: IdName,
        /// The projects that it works in.
        list project_ids: ProjectId,
        /// Whether another system is linked.
        opt synced_to_erp: bool,
        /// The id in another system.
        opt origin_id: String,
        /// The code in another system, which people see.
        opt origin_code: String,
        /// Data of another system.
        opt origin_data: String,
        /// When it was made.
        opt created_at: DateTime<Utc>,
        /// When it was changed.
        opt updated_at: DateTime<Utc>,
    }
}

model! {
    /// An entry in a public register of businesses.
    pub struct BusinessRegister {
        /// Its id.
        opt id: Id,
        /// The kind of number, such as `abn` or `ein`.
        #[serde(rename = "type")]
        opt kind: String,
        /// The number.
        opt identifier: String,
        /// When it was verified.
        opt verified_at: DateTime<Utc>,
        /// How the verification went.
        opt verification_status: String,
    }
}

open_enum! {
    /// How much of a vendor is listed.
    pub enum VendorView {
        /// Ids and names:
        Compact = "compact",
        /// The server's usual fields:
        Normal = "normal",
        /// The fields for accounting systems:
        Erp = "erp",
        /// All fields:
        Extended = "extended",
    }
}

/// What a list of vendors is narrowed by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VendorQuery {
    /// `view`.
    pub view: Option<VendorView>,
    /// `filters[updated_at]`.
    pub updated: Option<TimeRange>,
    /// `filters[id][]`.
    pub ids: Vec<VendorId>,
    /// `filters[search]`.
    pub search: Option<String>,
}

impl Client {
    /// Lists the active vendors; one that turns inactive moves to [`inactive_vendors`](Self::inactive_vendors).
    pub fn vendors(&self, query: &VendorQuery) -> List<Vendor> {
        let request = Request::get("/rest/v1.0/vendors")
            .query("company_id", self.company_id())
            .query_opt("view", query.view.as_ref())
            .filter_opt("updated_at", query.updated)
            .filter_opt("search", query.search.as_ref());
        // This endpoint names its id filter with brackets even for a single value.
        self.list(query.ids.iter().fold(request, |request, id| request.query("filters[id][]", id)))
    }

    /// Lists the inactive vendors.
    pub fn inactive_vendors(&self, view: Option<&VendorView>) -> List<Vendor> {
        let path = format!("/rest/v1.0/companies/{}/vendors/inactive", self.company_id());
        self.list(Request::get(path).query_opt("view", view))
    }
}
