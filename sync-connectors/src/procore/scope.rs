//! What the credentials can see: company, projects, their zones and currencies.

use std::collections::BTreeMap;

use procore_client::{
    Error, ErrorKind, ProjectId as WireId,
    resources::projects::{ListedProject as Listed, ProjectQuery, ProjectState},
};
use sync_core::{
    model::{CompanyId, ProjectId},
    ports::{ScopeReport, SourceError, SourceErrorKind, SourceProject},
};

use super::{ProcoreSource, Projects, failure::source_error};

/// In how many cycles a currency is believed before it is asked for again.
const CURRENCY_CYCLES: u64 = 24;

/// The currency that Procore states for company or project, and when it did.
#[derive(Clone, Debug)]
pub(super) struct Stated {
    currency: Option<String>,
    cycle: u64,
}

impl Stated {
    fn is_fresh(&self, cycle: u64) -> bool {
        cycle.saturating_sub(self.cycle) < CURRENCY_CYCLES
    }
}

impl ProcoreSource {
    pub(super) async fn report(&self) -> Result<ScopeReport, SourceError> {
        let company_name = self.company_name().await?;
        let cycle = self.begin_cycle();
        let (listed, unreadable) = self.listed_projects().await?;
        let wanted: Vec<ProjectId> = match &self.projects {
            Projects::All => listed.keys().copied().collect(),
            Projects::Only(projects) => projects.iter().copied().collect(),
        };
        self.allow(&wanted);
        let company_currency = self.company_currency(cycle).await?;
        let checks = wanted.iter().map(|id| {
            self.checked_project(*id, listed.get(id), company_currency.as_deref(), cycle)
        });
        let mut report = ScopeReport {
            company: CompanyId(self.client.company_id().get()),
            company_name,
            projects: Vec::new(),
            not_visible: unreadable,
        };
        let checked = futures_util::future::join_all(checks).await;
        for (id, project) in wanted.iter().zip(checked) {
            match project {
                Ok(project) => report.projects.push(project),
                Err(error) if error.kind() == ErrorKind::LoginRefused => {
                    return Err(source_error(&error));
                }
                Err(error) => report.not_visible.push((*id, reason(&error))),
            }
        }
        Ok(report)
    }

    async fn company_name(&self) -> Result<String, SourceError> {
        let companies =
            self.client.companies().all().await.map_err(|error| company_error(&error))?;
        let read = companies.unreadable.is_empty();
        let companies = companies.into_values();
        if companies.is_empty() && read {
            return Err(SourceError::new(
                SourceErrorKind::CompanyNotVisible,
                "the login works and lists no company: the app is not installed in any company",
            ));
        }
        let id = self.client.company_id();
        match companies.into_iter().find(|company| company.id == id) {
            Some(company) => Ok(company.name.unwrap_or_else(|| id.to_string())),
            None => Err(SourceError::new(
                SourceErrorKind::CompanyNotVisible,
                format!(
                    "company {id} is not among the companies that the login lists; install the app there"
                ),
            )),
        }
    }

    /// Active projects for "all", every project where they are named.
    ///
    /// Answers those that do not read beside them, where all of them are wanted.
    async fn listed_projects(
        &self,
    ) -> Result<(BTreeMap<ProjectId, Listed>, Vec<(ProjectId, String)>), SourceError> {
        let state = match &self.projects {
            Projects::All => ProjectState::Active,
            Projects::Only(_) => ProjectState::All,
        };
        let query = ProjectQuery { state: Some(state), ..ProjectQuery::default() };
        let listing = self.client.projects(&query).all().await;
        let listing = listing.map_err(|error| company_error(&error))?;
        let mut unreadable = Vec::new();
        if self.projects == Projects::All {
            if !listing.complete {
                return Err(super::failure::incomplete("projects"));
            }
            unreadable.extend(listing.unreadable.iter().filter_map(|item| {
                let id = item.id.as_deref()?.parse().ok()?;
                let reason = format!("its entry in the list does not read: {}", item.problem);
                Some((ProjectId(id), reason))
            }));
        }
        let projects = listing.into_values().into_iter();
        let listed = projects.map(|project| (ProjectId(project.id.get()), project)).collect();
        Ok((listed, unreadable))
    }

    async fn company_currency(&self, cycle: u64) -> Result<Option<String>, SourceError> {
        if let Some(known) = self.currency_known(None, cycle) {
            return Ok(known);
        }
        match self.client.currency_configuration().await {
            Ok(stated) => {
                let currency = stated.into_value().currency_iso_code;
                self.remember_currency(None, currency.clone(), cycle);
                Ok(currency)
            }
            Err(error) if error.is_not_visible() => Ok(None),
            Err(error) => Err(source_error(&error)),
        }
    }

    /// Name, number, zone and currency of a project; an error where it is not visible.
    async fn checked_project(
        &self,
        id: ProjectId,
        listed: Option<&Listed>,
        company_currency: Option<&str>,
        cycle: u64,
    ) -> Result<SourceProject, Error> {
        let client = self.allowed_client();
        let scope = client.project(WireId::new(id.0))?;
        let mut project = match listed {
            Some(listed) => SourceProject {
                id,
                name: listed.name.clone().unwrap_or_else(|| id.to_string()),
                number: listed.project_number.clone(),
                time_zone: listed.time_zone.clone(),
                currency: None,
            },
            None => SourceProject {
                id,
                name: String::new(),
                number: None,
                time_zone: None,
                currency: None,
            },
        };
        if listed.is_none() || project.time_zone.is_none() {
            let details = scope.details().await?.into_value();
            project.name = details.name.unwrap_or_else(|| id.to_string());
            project.number = details.project_number;
            project.time_zone = details.time_zone.or(details.tz_name);
        }
        project.currency = match self.currency_known(Some(id), cycle) {
            Some(known) => known,
            None => match scope.currency_configuration().await {
                Ok(stated) => {
                    let currency = stated.into_value().currency_iso_code;
                    self.remember_currency(Some(id), currency.clone(), cycle);
                    currency
                }
                Err(error) if error.is_not_visible() => None,
                Err(error) => return Err(error),
            },
        };
        project.currency = project.currency.or_else(|| company_currency.map(str::to_owned));
        self.remember_zone(id, project.time_zone.as_deref());
        Ok(project)
    }

    fn currency_known(&self, of: Option<ProjectId>, cycle: u64) -> Option<Option<String>> {
        let known = self.known();
        let stated = known.currencies.get(&of)?;
        stated.is_fresh(cycle).then(|| stated.currency.clone())
    }

    fn remember_currency(&self, of: Option<ProjectId>, currency: Option<String>, cycle: u64) {
        self.known().currencies.insert(of, Stated { currency, cycle });
    }
}

/// A call of the company's own that is refused or not found is about the company: no project is
/// named yet.
fn company_error(error: &Error) -> SourceError {
    match error.kind() {
        ErrorKind::Forbidden | ErrorKind::NotFound => {
            SourceError::new(SourceErrorKind::CompanyNotVisible, error)
        }
        _ => source_error(error),
    }
}

fn reason(error: &Error) -> String {
    match error.kind() {
        ErrorKind::Forbidden => format!(
            "the app may not see the project: add it to the app's permitted projects ({error})"
        ),
        ErrorKind::NotFound => {
            format!("the project does not exist or is not shown to the app ({error})")
        }
        _ => format!("the project could not be read ({error})"),
    }
}
