//! The fence around raw calls: no path and no query leaves the company and the allow-list of projects.

use percent_encoding::percent_decode_str;
use url::Url;

use super::Client;
use crate::error::{Error, Result};

impl Client {
    /// Checks every company and project that a URL names.
    pub(crate) fn check_scope(&self, url: &Url) -> Result<()> {
        let segments: Vec<String> = url
            .path_segments()
            .into_iter()
            .flatten()
            .map(|segment| percent_decode_str(segment).decode_utf8_lossy().into_owned())
            .collect();
        if segments.iter().any(|segment| segment == ".." || segment.contains('/')) {
            return Err(Error::out_of_scope("a path with .. or an encoded slash was refused"));
        }
        for pair in segments.windows(2) {
            // A word such as `/projects/templates` names no project; what begins like a number must be one,
            // because servers read `12x` as 12.
            let is_word = pair[1].starts_with(|first: char| first.is_ascii_alphabetic());
            match pair[0].as_str() {
                "projects" if !is_word => self.check_project(number(&pair[1])?.into())?,
                "companies" if !is_word => self.check_company(number(&pair[1])?)?,
                _ => {}
            }
        }
        for (key, value) in url.query_pairs() {
            // `project_id`, `project_id[]`, `filters[project_id]`, `filters[project_ids][]`.
            let mut names = key.split(['[', ']']);
            if names.clone().any(|name| matches!(name, "project_id" | "project_ids")) {
                numbers(&value)?.into_iter().try_for_each(|id| self.check_project(id.into()))?;
            }
            if names.any(|name| matches!(name, "company_id" | "company_ids")) {
                numbers(&value)?.into_iter().try_for_each(|id| self.check_company(id))?;
            }
        }
        Ok(())
    }

    pub(super) fn check_company(&self, id: i64) -> Result<()> {
        if id == self.company_id().get() {
            return Ok(());
        }
        Err(Error::out_of_scope(format!(
            "company {id} is not the client's company {}",
            self.company_id()
        )))
    }
}

/// The ids of a parameter: one, or several as `1,2` or `[1,2]`.
fn numbers(value: &str) -> Result<Vec<i64>> {
    let inner = value.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(value);
    inner.split(',').map(|text| number(text.trim().trim_matches('"'))).collect()
}

pub(super) fn number(text: &str) -> Result<i64> {
    text.parse()
        .map_err(|_| Error::out_of_scope(format!("{} is not an id", crate::wire::shown(text))))
}
