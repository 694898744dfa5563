//! Vendors of the company directory.

use chrono::{DateTime, Utc};

use super::filters::{Sort, TimeRange};
use super::query::query;
use super::shapes::{Attachment, IdName};
use crate::client::{Client, Project};
use crate::error::Result;
use crate::id::{Id, ProjectId, VendorId};
use crate::paging::List;
use crate::record::Record;
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
        /// The street.
        opt address: String,
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
        /// The telephone number.
        opt business_phone: String,
        /// The mobile number.
        opt mobile_phone: String,
        /// The fax number.
        opt fax_number: String,
        /// The website.
        opt website: String,
        /// The person to turn to.
        sub primary_contact: PrimaryContact,
        /// Notes.
        opt notes: String,
        /// The labour union.
        opt labor_union: String,
        /// Whether it is a member of a union.
        opt union_member: bool,
        /// Whether it pays prevailing wages without a union.
        opt non_union_prevailing_wage: bool,
        /// Whether it may bid.
        opt authorized_bidder: bool,
        /// Whether it is prequalified.
        opt prequalified: bool,
        /// Whether it is connected to a company in Procore.
        opt is_connected: bool,
        /// Whether it is a vendor of the company, not of a project alone.
        opt company_vendor: bool,
        /// How many companies have it as parent.
        opt children_count: i64,
        /// How many people it has in the directory.
        opt contact_count: i64,
        /// Where its logo is.
        opt logo: String,
        /// The files.
        flat attachments: Attachment,
        /// The trades.
        list trades: Trade,
        /// The company's cost codes that it works on.
        list standard_cost_codes: StandardCostCode,
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

model! {
    /// A person to turn to.
    pub struct PrimaryContact {
        /// Its id.
        opt id: Id,
        /// The first name.
        opt first_name: String,
        /// The last name.
        opt last_name: String,
        /// The e-mail address.
        opt email_address: String,
        /// The telephone number.
        opt business_phone: String,
        /// The extension.
        opt business_phone_extension: String,
        /// The mobile number.
        opt mobile_phone: String,
        /// The fax number.
        opt fax_number: String,
        /// When it was made.
        opt created_at: DateTime<Utc>,
        /// When it was changed.
        opt updated_at: DateTime<Utc>,
    }
}

model! {
    /// A trade.
    pub struct Trade {
        /// Its id.
        opt id: Id,
        /// Its name.
        opt name: String,
        /// Whether it is in use.
        opt active: bool,
        /// When it was changed.
        opt updated_at: DateTime<Utc>,
    }
}

model! {
    /// A cost code of the company, which projects copy.
    pub struct StandardCostCode {
        /// Its id.
        opt id: Id,
        /// The list that it is on.
        opt standard_cost_code_list_id: Id,
        /// Its parent.
        opt parent_id: Id,
        /// The last part of the code.
        opt code: String,
        /// The code with those of its parents.
        opt full_code: String,
        /// Its name.
        opt name: String,
        /// The id in another system.
        opt origin_id: String,
        /// Data of another system.
        opt origin_data: String,
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
        /// The fields of the directory:
        Directory = "directory",
        /// A summary:
        Summary = "summary",
    }
}

open_enum! {
    /// What vendors of the company are sorted by.
    pub enum VendorSort {
        /// The name:
        Name = "name",
        /// The name of the main office:
        MainOfficeName = "main_office_name",
        /// How many projects and bids they have:
        ProjectAndBidCounts = "project_and_bid_counts",
    }
}

open_enum! {
    /// How much of a vendor of a project is listed.
    pub enum ProjectVendorView {
        /// All fields:
        Extended = "extended",
        /// Ids alone; no model of this crate reads them:
        IdsOnly = "ids_only",
        /// The fields of a list:
        List = "list",
        /// Ids and names:
        Name = "name",
        /// Few fields:
        Minimal = "minimal",
        /// The server's usual fields:
        Normal = "normal",
    }
}

query! {
    /// What a list of the company's active vendors is narrowed by.
    pub struct VendorQuery {
        param view: VendorView = "view",
        range updated: TimeRange = "updated_at",
        range created: TimeRange = "created_at",
        each ids: VendorId = "id",
        each parents: VendorId = "parent_id",
        each standard_cost_codes: Id = "standard_cost_code_id",
        each trades: Id = "trade_id",
        one origin_id: String = "origin_id",
        one search: String = "search",
        param sort: Sort<VendorSort> = "sort",
    }
}

query! {
    /// What a list of the company's inactive vendors is narrowed by: by nothing, its view and order can be chosen.
    pub struct InactiveVendorQuery {
        param view: VendorView = "view",
        param sort: Sort<InactiveVendorSort> = "sort",
    }
}

query! {
    /// What a list of a project's inactive vendors is narrowed by: by nothing, its view and order can be chosen.
    pub struct InactiveProjectVendorQuery {
        param view: ProjectVendorView = "view",
        param sort: Sort<InactiveVendorSort> = "sort",
    }
}

open_enum! {
    /// What inactive vendors are sorted by.
    pub enum InactiveVendorSort {
        /// The name:
        Name = "name",
    }
}

query! {
    /// What a list of a project's vendors is narrowed by.
    pub struct ProjectVendorQuery {
        param view: ProjectVendorView = "view",
        each ids: VendorId = "id",
        each parents: VendorId = "parent_id",
        each standard_cost_codes: Id = "standard_cost_code_id",
        each trades: Id = "trade_id",
        one search: String = "search",
        param sort: Sort<ProjectVendorSort> = "sort",
    }
}

open_enum! {
    /// What vendors of a project are sorted by.
    pub enum ProjectVendorSort {
        /// The name:
        Name = "name",
        /// The name of the main office:
        MainOfficeName = "main_office_name",
    }
}

impl Client {
    /// Lists the active vendors; one that turns inactive moves to [`inactive_vendors`](Self::inactive_vendors).
    pub fn vendors(&self, query: &VendorQuery) -> List<Vendor> {
        let request = Request::get("/rest/v1.0/vendors").query("company_id", self.company_id());
        self.list(query.apply(request))
    }

    /// Shows a vendor, active or not.
    ///
    /// # Errors
    ///
    /// As every call; 404 is not a proof of deletion: vendors are merged, too.
    pub async fn vendor(&self, id: VendorId, view: Option<&VendorView>) -> Result<Record<Vendor>> {
        let request = Request::get(format!("/rest/v1.0/vendors/{id}"))
            .query("company_id", self.company_id())
            .query_opt("view", view);
        self.show(&request).await
    }

    /// Lists the inactive vendors.
    pub fn inactive_vendors(&self, query: &InactiveVendorQuery) -> List<Vendor> {
        let path = format!("/rest/v1.0/companies/{}/vendors/inactive", self.company_id());
        self.list(query.apply(Request::get(path)))
    }
}

impl Project {
    /// Lists the vendors of the project's directory (v1.1).
    pub fn vendors(&self, query: &ProjectVendorQuery) -> List<Vendor> {
        self.list(query.apply(self.by_path("v1.1", "/vendors")))
    }

    /// Shows a vendor of the project's directory (v1.1).
    ///
    /// # Errors
    ///
    /// As every call; 404 is not a proof of deletion: vendors are merged, too.
    pub async fn vendor(
        &self,
        id: VendorId,
        view: Option<&ProjectVendorView>,
    ) -> Result<Record<Vendor>> {
        self.show(&self.by_path("v1.1", &format!("/vendors/{id}")).query_opt("view", view)).await
    }

    /// Lists the inactive vendors of the project's directory.
    pub fn inactive_vendors(&self, query: &InactiveProjectVendorQuery) -> List<Vendor> {
        self.list(query.apply(self.by_path("v1.0", "/vendors/inactive")))
    }
}
