//! Projects of the company.

use chrono::{DateTime, NaiveDate, Utc};

use super::filters::{Sort, TimeRange};
use super::query::query;
use super::shapes::{CompanyRef, IdName, UserRef};
use crate::client::{Client, Project};
use crate::error::Result;
use crate::id::{Id, ProjectId, VendorId};
use crate::paging::List;
use crate::record::Record;
use crate::request::Request;
use crate::wire::{model, open_enum};

model! {
    /// A project as the list has it.
    pub struct ListedProject {
        /// Its id.
        key id: ProjectId,
        /// Its name.
        opt name: String,
        /// Number and name.
        opt display_name: String,
        /// The number that people gave it.
        opt project_number: String,
        /// The number of the project in accounting.
        opt accounting_project_number: String,
        /// Whether it is active.
        opt active: bool,
        /// The stage: text in one place and an object in another.
        name stage,
        /// The time zone by its Rails name, such as `Central Time (US & Canada)`.
        opt time_zone: String,
        /// The stage, as an object.
        sub project_stage: IdName,
        /// The project that it was made from.
        sub project_template: IdName,
        /// What it may cost, as estimated.
        money estimated_budget,
        /// Whether it is for demonstration.
        opt is_demo: bool,
        /// The street.
        opt address: String,
        /// The city.
        opt city: String,
        /// The state.
        opt state_code: String,
        /// The postal code.
        opt zip: String,
        /// The county.
        opt county: String,
        /// The country.
        opt country_code: String,
        /// The telephone number.
        opt phone: String,
        /// What it is worth.
        money total_value,
        /// What it is worth, as estimated.
        money estimated_value,
        /// The sector.
        opt sector: String,
        /// The kind of work, such as `new_construction`.
        opt work_scope: String,
        /// How it is delivered, such as `design_build`.
        opt delivery_method: String,
        /// The number of the store.
        opt store_number: String,
        /// The project's id with its owner.
        opt owners_project_id: Id,
        /// The project that it belongs to.
        sub parent_job: IdName,
        /// Who made it.
        sub created_by: UserRef,
        /// The day on which it is to be finished, as projected.
        opt projected_finish_date: NaiveDate,
        /// The company.
        sub company: CompanyRef,
        /// The first day.
        opt start_date: NaiveDate,
        /// The last day.
        opt completion_date: NaiveDate,
        /// The id in another system.
        opt origin_id: String,
        /// The code in another system.
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
    /// A project as the show call has it.
    pub struct ProjectDetails {
        /// Its id.
        key id: ProjectId,
        /// Its name.
        opt name: String,
        /// Number and name.
        opt display_name: String,
        /// The number that people gave it.
        opt project_number: String,
        /// The number of the project in accounting.
        opt accounting_project_number: String,
        /// Another code.
        opt code: String,
        /// Whether it is active.
        opt active: bool,
        /// The stage.
        sub project_stage: IdName,
        /// The time zone by its Rails name, such as `Central Time (US & Canada)`.
        opt time_zone: String,
        /// The time zone by its IANA name, such as `America/Chicago`, where it is sent.
        opt tz_name: String,
        /// The type.
        sub project_type: IdName,
        /// The region.
        sub project_region: IdName,
        /// The type of its owner.
        sub project_owner_type: IdName,
        /// How it was bid.
        sub project_bid_type: IdName,
        /// The programme.
        sub program: IdName,
        /// The departments.
        list departments: IdName,
        /// The office that runs it.
        sub office: IdName,
        /// The description.
        opt description: String,
        /// The area in square feet.
        money square_feet,
        /// The company's list of cost codes that the project's were copied from.
        opt standard_cost_code_list_id: Id,
        /// `Red`, `Yellow`, `Green` or `None`.
        opt flag: String,
        /// The language, such as `en`.
        opt locale: String,
        /// The first day, as it was.
        opt actual_start_date: NaiveDate,
        /// The first day, as estimated.
        opt estimated_start_date: NaiveDate,
        /// The last day, as estimated.
        opt estimated_completion_date: NaiveDate,
        /// The first day of the warranty.
        opt warranty_start_date: NaiveDate,
        /// The last day of the warranty.
        opt warranty_end_date: NaiveDate,
        /// Whether it is for demonstration.
        opt is_demo: bool,
        /// The street.
        opt address: String,
        /// The city.
        opt city: String,
        /// The state.
        opt state_code: String,
        /// The postal code.
        opt zip: String,
        /// The county.
        opt county: String,
        /// The country.
        opt country_code: String,
        /// The telephone number.
        opt phone: String,
        /// What it is worth.
        money total_value,
        /// What it is worth, as estimated.
        money estimated_value,
        /// The sector.
        opt sector: String,
        /// The kind of work, such as `new_construction`.
        opt work_scope: String,
        /// How it is delivered, such as `design_build`.
        opt delivery_method: String,
        /// The number of the store.
        opt store_number: String,
        /// The project's id with its owner.
        opt owners_project_id: Id,
        /// The project that it belongs to.
        sub parent_job: IdName,
        /// Who made it.
        sub created_by: UserRef,
        /// The day on which it is to be finished, as projected.
        opt projected_finish_date: NaiveDate,
        /// The company.
        sub company: CompanyRef,
        /// Whether Procore's ERP tool is on, by the documentation's name.
        opt is_erp_integrated: bool,
        /// Whether Procore's ERP tool is on, by the name that live servers send.
        opt erp_integrated: bool,
        /// The first day.
        opt start_date: NaiveDate,
        /// The last day.
        opt completion_date: NaiveDate,
        /// The id in another system.
        opt origin_id: String,
        /// The code in another system.
        opt origin_code: String,
        /// Data of another system.
        opt origin_data: String,
        /// When it was made.
        opt created_at: DateTime<Utc>,
        /// When it was changed.
        opt updated_at: DateTime<Utc>,
    }
}

open_enum! {
    /// Which projects are listed.
    pub enum ProjectState {
        /// Active and inactive ones:
        All = "All",
        /// Active ones, which is the server's default:
        Active = "Active",
        /// Inactive ones:
        Inactive = "Inactive",
    }
}

open_enum! {
    /// What projects are sorted by.
    pub enum ProjectSort {
        /// The name:
        Name = "name",
        /// Number and name:
        DisplayName = "display_name",
    }
}

open_enum! {
    /// How much of a project is listed in v1.1. A list of bare ids is not offered here.
    pub enum ProjectView {
        /// Few fields:
        Compact = "compact",
        /// The server's usual fields:
        Normal = "normal",
        /// All fields:
        Extended = "extended",
    }
}

query! {
    /// What a list of projects is narrowed by (v1.0).
    pub struct ProjectQuery {
        one state: ProjectState = "by_status",
        range updated: TimeRange = "updated_at",
        range created: TimeRange = "created_at",
        many ids: ProjectId = "id",
        one name: String = "name",
        one origin_id: String = "origin_id",
        one synced: bool = "synced",
        one vendor: VendorId = "vendor_id",
        param sort: Sort<ProjectSort> = "sort",
    }
}

query! {
    /// What a list of projects is narrowed by in v1.1: beside what v1.0 offers, by what projects are filed under.
    pub struct ProjectQueryV1_1 {
        param view: ProjectView = "view",
        one state: ProjectState = "by_status",
        range updated: TimeRange = "updated_at",
        range created: TimeRange = "created_at",
        many ids: ProjectId = "id",
        one name: String = "name",
        one project_number: String = "project_number",
        one origin_id: String = "origin_id",
        one synced: bool = "synced",
        one vendor: VendorId = "vendor_id",
        one is_demo: bool = "is_demo",
        one is_template: bool = "template",
        many departments: Id = "by_department",
        many offices: Id = "by_office",
        many programs: Id = "by_program",
        many regions: Id = "by_region",
        many stages: Id = "by_stage",
        many types: Id = "by_type",
        many owner_types: Id = "by_owner_type",
        many bid_types: Id = "by_bid_type",
        param sort: Sort<ProjectSort> = "sort",
    }
}

impl Client {
    /// Lists the company's projects (v1.0); active ones unless another state is asked for.
    pub fn projects(&self, query: &ProjectQuery) -> List<ListedProject> {
        let request = Request::get("/rest/v1.0/projects").query("company_id", self.company_id());
        self.list(query.apply(request))
    }

    /// Lists the company's projects (v1.1); active ones unless another state is asked for.
    pub fn projects_v1_1(&self, query: &ProjectQueryV1_1) -> List<ListedProject> {
        let request = Request::get("/rest/v1.1/projects").query("company_id", self.company_id());
        self.list(query.apply(request))
    }
}

impl Project {
    /// Shows the project.
    ///
    /// # Errors
    ///
    /// As every call; 403 and 404 mean that the app cannot see it.
    pub async fn details(&self) -> Result<Record<ProjectDetails>> {
        let request = Request::get(format!("/rest/v1.0/projects/{}", self.id()))
            .query("company_id", self.company_id());
        self.show(&request).await
    }
}
