//! The contractor's CSV tables as the engine's mapping.

use std::collections::BTreeMap;

use sync_core::{
    mapping::{AccountRule, MappingTables, ProjectRow, Target, VendorRow},
    model::ProjectId,
};
use sync_sandbox::contractor::Contractor;

const DIMENSIONS: [&str; 5] =
    ["profit_center", "dimension_2", "dimension_3", "dimension_4", "dimension_5"];

/// The three tables as rows, so that a test may leave one out or change one.
#[derive(Clone, Debug)]
pub(crate) struct Tables {
    pub(crate) accounts: Vec<AccountRule>,
    pub(crate) projects: BTreeMap<ProjectId, ProjectRow>,
    pub(crate) vendors: BTreeMap<i64, VendorRow>,
}

impl Tables {
    pub(crate) fn of(contractor: &Contractor) -> Self {
        Self {
            accounts: rows(&contractor.accounts_csv()).into_iter().map(account).collect(),
            projects: rows(&contractor.projects_csv()).into_iter().map(project).collect(),
            vendors: rows(&contractor.vendors_csv()).into_iter().map(vendor).collect(),
        }
    }

    pub(crate) fn mapping(&self) -> MappingTables {
        MappingTables::new(
            self.accounts.clone(),
            self.projects.clone().into_iter().collect(),
            self.vendors.clone().into_iter().collect(),
        )
        .unwrap()
    }
}

type Cells = BTreeMap<String, String>;

/// Rows of a CSV with their file lines.
pub(crate) fn rows(text: &str) -> Vec<(usize, Cells)> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers().unwrap().clone();
    reader
        .records()
        .map(|row| {
            let row = row.unwrap();
            let line = usize::try_from(row.position().unwrap().line()).unwrap();
            let names = header.iter().map(str::to_owned);
            (line, names.zip(row.iter().map(str::to_owned)).collect())
        })
        .collect()
}

fn any(cell: Option<&String>) -> Option<String> {
    cell.filter(|cell| !cell.is_empty() && *cell != "*").cloned()
}

fn target(cells: &Cells, name: &str) -> Target {
    Target::read(cells.get(name).map_or("", String::as_str))
}

fn account((row, cells): (usize, Cells)) -> AccountRule {
    AccountRule {
        row,
        project: any(cells.get("project")).map(|id| ProjectId(id.parse().unwrap())),
        sub_job: any(cells.get("sub_job")),
        cost_code: cells["cost_code"].clone(),
        cost_type: any(cells.get("cost_type")),
        gl_account: cells["gl_account"].clone(),
        dimensions: DIMENSIONS.map(|name| target(&cells, name)),
        tax_code: target(&cells, "tax_code"),
        valid_from: None,
        valid_to: None,
    }
}

fn project((row, cells): (usize, Cells)) -> (ProjectId, ProjectRow) {
    let project = ProjectRow {
        row,
        sap_project: any(cells.get("sap_project")),
        branch: None,
        dimensions: DIMENSIONS.map(|name| any(cells.get(name))),
        tax_code: any(cells.get("tax_code")),
    };
    (ProjectId(cells["procore_project_id"].parse().unwrap()), project)
}

fn vendor((row, cells): (usize, Cells)) -> (i64, VendorRow) {
    let vendor = VendorRow { row, card_code: cells["card_code"].clone(), wt_liable: None };
    (cells["procore_vendor_id"].parse().unwrap(), vendor)
}
