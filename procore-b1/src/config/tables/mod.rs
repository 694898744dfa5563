//! The tables `accounts.csv`, `projects.csv` and `vendors.csv`.
//!
//! `sheet` reads a file as rows of named cells, `rows` says what the cells mean; which rule wins is
//! sync-core's. Row numbers are file lines, the header being line 1.

mod rows;
mod sheet;

use std::path::{Path, PathBuf};

use sync_core::{
    mapping::{AccountRule, MappingTables, ProjectRow, VendorRow},
    model::ProjectId,
};

use super::{
    fault::{ConfigError, Faults, Place},
    section::{Section, Spot},
};
use sheet::Files;

/// Reads `[mapping]` and the files that it names. `clearing` are the accounts that no cost may
/// stand on.
pub(crate) fn mapping(
    section: Section<'_>,
    folder: &Path,
    clearing: &[Spot<String>],
) -> Option<MappingTables> {
    let faults = section.faults();
    let file = |name: &str| path(&section, name, folder);
    let (accounts, projects, vendors) = (file("accounts"), file("projects"), file("vendors"));
    section.finish();
    let files = Files { accounts: accounts?, projects: projects?, vendors: vendors? };
    let rules = account_rules(&files.accounts, clearing, faults);
    let projects = sheet::read(&files.projects, &rows::PROJECTS, faults);
    let projects = projects.iter().filter_map(rows::project_row).collect();
    let vendors = sheet::read(&files.vendors, &rows::VENDORS, faults);
    let vendors = vendors.iter().filter_map(rows::vendor_row).collect();
    united(rules, projects, vendors, &files, faults)
}

/// The same tables with the rules of another file.
pub(crate) fn with_accounts(
    tables: &MappingTables,
    accounts: &Path,
    clearing: &[Spot<String>],
) -> Result<MappingTables, ConfigError> {
    let faults = Faults::default();
    let rules = account_rules(accounts, clearing, &faults);
    let projects = tables.projects().map(|(id, row)| (id, row.clone())).collect();
    let vendors = tables.vendors().map(|(id, row)| (id, row.clone())).collect();
    // The rows of the other tables are in order already: every fault is one of this file.
    let files = Files {
        accounts: accounts.to_owned(),
        projects: accounts.to_owned(),
        vendors: accounts.to_owned(),
    };
    let edited = united(rules, projects, vendors, &files, &faults);
    faults.into_result(edited)
}

fn account_rules(file: &Path, clearing: &[Spot<String>], faults: &Faults) -> Vec<AccountRule> {
    let rows = sheet::read(file, &rows::ACCOUNTS, faults);
    let rules: Vec<AccountRule> = rows.iter().filter_map(rows::account_rule).collect();
    refuse_clearing_accounts(&rules, clearing, file, faults);
    rules
}

fn united(
    rules: Vec<AccountRule>,
    projects: Vec<(ProjectId, ProjectRow)>,
    vendors: Vec<(i64, VendorRow)>,
    files: &Files,
    faults: &Faults,
) -> Option<MappingTables> {
    let found = match MappingTables::new(rules, projects, vendors) {
        Ok(tables) => return Some(tables),
        Err(found) => found,
    };
    for fault in found {
        let file = match fault.table {
            "accounts" => &files.accounts,
            "projects" => &files.projects,
            _ => &files.vendors,
        };
        faults.add(&Place::line(file, fault.row), "", fault.detail, "");
    }
    None
}

fn path(section: &Section<'_>, name: &str, folder: &Path) -> Option<PathBuf> {
    let remedy = format!("write {name} = \"{name}.csv\"");
    section.required(name, &remedy);
    section.path(name, folder, &remedy).map(|spot| spot.value)
}

/// A cost that stands on its own clearing account is in the ledger twice, or not at all.
fn refuse_clearing_accounts(
    rules: &[AccountRule],
    clearing: &[Spot<String>],
    file: &Path,
    faults: &Faults,
) {
    for rule in rules {
        let Some(spot) = clearing.iter().find(|spot| spot.value == rule.gl_account) else {
            continue;
        };
        let problem = format!(
            "cost account {} is also {}: cost would be recognised twice, or clear itself",
            rule.gl_account, spot.key
        );
        let remedy = "give cost and clearing their own accounts";
        faults.add(&Place::line(file, rule.row), "gl_account", problem, remedy);
    }
}
