//! What the app can see: the answer to "why does nothing come?" before anything is read.

use std::fmt;

use super::Client;
use crate::error::{Error, ErrorKind, Result};
use crate::id::ProjectId;
use crate::resources::projects::{ProjectQuery, ProjectState};

/// Why something is not visible.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Invisible {
    /// The login works and lists no company: the app is not installed in any.
    AppNotInstalled,
    /// The login lists companies, but not this one.
    CompanyNotListed,
    /// 403: the app has no permission, or the project is not among its permitted projects.
    Denied,
    /// 404: it does not exist or is not shown to the app.
    NotFound,
}

/// Why, and what to do about it, in one clause.
impl fmt::Display for Invisible {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AppNotInstalled => {
                "not visible: the login works and sees no company at all; have the company's administrator install the app"
            }
            Self::CompanyNotListed => {
                "not visible: the login sees other companies; install the app in this one, or correct the company's id"
            }
            Self::Denied => {
                "not visible: Procore denies access; have the administrator add the project to the app's permitted projects \
                 (installing or updating the app empties that list) and give the app its permissions"
            }
            Self::NotFound => {
                "not visible: Procore does not have it or does not show it to the app; check the id and the app's permitted \
                 projects"
            }
        })
    }
}

/// Whether a company or project is visible.
#[derive(Debug)]
#[non_exhaustive]
pub enum Visibility {
    /// It can be read.
    Visible {
        /// Its name.
        name: Option<String>,
        /// Whether it is active.
        active: Option<bool>,
    },
    /// It cannot be read.
    Invisible(Invisible),
    /// It could not be found out.
    Unknown(Error),
}

/// What [`Client::verify_scope`] found.
#[derive(Debug)]
#[non_exhaustive]
pub struct ScopeReport {
    /// Whether a token was issued: `Err` tells why not, and nothing else was tried then.
    pub token: Result<()>,
    /// The company.
    pub company: Option<Visibility>,
    /// Every project of the allow-list, in the order of ids.
    pub projects: Vec<(ProjectId, Visibility)>,
}

impl Visibility {
    /// Returns whether it can be read.
    #[must_use]
    pub fn is_visible(&self) -> bool {
        matches!(self, Self::Visible { .. })
    }

    fn of(error: Error) -> Self {
        match error.kind() {
            ErrorKind::Forbidden => Self::Invisible(Invisible::Denied),
            ErrorKind::NotFound => Self::Invisible(Invisible::NotFound),
            _ => Self::Unknown(error),
        }
    }
}

/// Visible, with what is known of it, or why not.
impl fmt::Display for Visibility {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Visible { active: Some(false), .. } => f.write_str("visible, not active"),
            Self::Visible { .. } => f.write_str("visible"),
            Self::Invisible(why) => why.fmt(f),
            Self::Unknown(error) => write!(f, "could not be found out: {error}"),
        }
    }
}

/// One line for the token, the company and each project. Names, which people choose, are left out.
impl fmt::Display for ScopeReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.token {
            Ok(()) => f.write_str("token: issued")?,
            Err(error) => write!(f, "token: {error}")?,
        }
        if let Some(company) = &self.company {
            write!(f, "\ncompany: {company}")?;
        }
        for (id, project) in &self.projects {
            write!(f, "\nproject {id}: {project}")?;
        }
        Ok(())
    }
}

impl ScopeReport {
    /// Returns whether token, company and every project are visible.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.token.is_ok()
            && self.company.as_ref().is_some_and(Visibility::is_visible)
            && self.projects.iter().all(|(_, visibility)| visibility.is_visible())
    }
}

impl Client {
    /// Finds out whether token, company and every project of the allow-list are visible, and why not.
    ///
    /// Takes two list calls and one call for each project that the list does not show. Written as text, the report has
    /// a line for the token, the company and each project, with what to do where one is not visible.
    pub async fn verify_scope(&self) -> ScopeReport {
        let mut report = ScopeReport { token: Ok(()), company: None, projects: Vec::new() };
        let company = match self.companies().all().await {
            Err(error)
                if matches!(
                    error.kind(),
                    ErrorKind::LoginRefused
                        | ErrorKind::AuthorizationLost
                        | ErrorKind::Login
                        | ErrorKind::Unauthorized
                ) =>
            {
                report.token = Err(error);
                return report;
            }
            Err(error) => Visibility::of(error),
            Ok(companies) if companies.records.is_empty() && companies.unreadable.is_empty() => {
                Visibility::Invisible(Invisible::AppNotInstalled)
            }
            Ok(companies) => {
                let companies = companies.into_values();
                match companies.iter().find(|company| company.id == self.company_id()) {
                    Some(company) => Visibility::Visible {
                        name: company.name.clone(),
                        active: company.is_active,
                    },
                    None => Visibility::Invisible(Invisible::CompanyNotListed),
                }
            }
        };
        let hopeless = matches!(company, Visibility::Invisible(Invisible::AppNotInstalled));
        report.company = Some(company);
        report.projects = if hopeless {
            let unseen = |&id| (id, Visibility::Invisible(Invisible::AppNotInstalled));
            self.projects_allowed().into_iter().flatten().map(unseen).collect()
        } else {
            self.verify_projects().await
        };
        report
    }

    async fn verify_projects(&self) -> Vec<(ProjectId, Visibility)> {
        let Some(allowed) = self.projects_allowed() else {
            return Vec::new();
        };
        // A failed list is not the end: every project is asked for by itself then.
        let query = ProjectQuery { state: Some(ProjectState::All), ..ProjectQuery::default() };
        let listed =
            self.projects(&query).all().await.map(crate::Listing::into_values).unwrap_or_default();
        let mut found = Vec::with_capacity(allowed.len());
        for &id in allowed {
            let visibility = match listed.iter().find(|project| project.id == id) {
                Some(project) => {
                    Visibility::Visible { name: project.name.clone(), active: project.active }
                }
                None => match self.show_project(id).await {
                    Ok(project) => Visibility::Visible {
                        name: project.value.name,
                        active: project.value.active,
                    },
                    Err(error) => Visibility::of(error),
                },
            };
            found.push((id, visibility));
        }
        found
    }

    async fn show_project(
        &self,
        id: ProjectId,
    ) -> Result<crate::Record<crate::resources::projects::ProjectDetails>> {
        self.project(id)?.details().await
    }
}
