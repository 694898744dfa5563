//! Projects of the company.

use chrono::{DateTime, NaiveDate, Utc};

use super::filters::TimeRange;
use super::shapes::IdName;
use crate::client::{Client, Project};
use crate::error::Result;
use crate::id::ProjectId;
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
        /// The company.
        sub company: IdName,
        /// The first day.
        opt start_date: NaiveDate,
        /// The last day.
        opt completion_date: NaiveDate,
        /// The id in another system.
        opt origin_id: String,
        /// The code in another system.
        opt origin_code: String,
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
        /// The company.
        sub company: IdName,
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

/// What a list of projects is narrowed by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProjectQuery {
    /// `filters[by_status]`; the server's default is active ones.
    pub state: Option<ProjectState>,
    /// `filters[updated_at]`.
    pub updated: Option<TimeRange>,
    /// `filters[id]`.
    pub ids: Vec<ProjectId>,
}

impl Client {
    /// Lists the company's projects (v1.0).
    pub fn projects(&self, query: &ProjectQuery) -> List<ListedProject> {
        self.list(self.projects_request("/rest/v1.0/projects", query))
    }

    /// Lists the company's projects (v1.1, `view=normal`).
    pub fn projects_v1_1(&self, query: &ProjectQuery) -> List<ListedProject> {
        self.list(self.projects_request("/rest/v1.1/projects", query).query("view", "normal"))
    }

    fn projects_request(&self, path: &str, query: &ProjectQuery) -> Request {
        Request::get(path)
            .query("company_id", self.company_id())
            .filter_opt("by_status", query.state.as_ref())
            .filter_opt("updated_at", query.updated)
            .filter("id", &query.ids)
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
