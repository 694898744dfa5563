//! The tables `accounts.csv`, `projects.csv` and `vendors.csv`.
//!
//! `sheet` reads a file as rows of named cells, `rows` says what the cells mean; which rule wins is
//! sync-core's. Row numbers are file lines, the header being line 1.

mod rows;
mod sheet;

use std::path::{Path, PathBuf};

use sync_core::mapping::{AccountRule, MappingTables};

use super::{
    fault::{Faults, Place},
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
    let rules: Vec<AccountRule> = sheet::read(&files.accounts, &rows::ACCOUNTS, faults)
        .iter()
        .filter_map(rows::account_rule)
        .collect();
    let projects = sheet::read(&files.projects, &rows::PROJECTS, faults);
    let projects = projects.iter().filter_map(rows::project_row).collect();
    let vendors = sheet::read(&files.vendors, &rows::VENDORS, faults);
    let vendors = vendors.iter().filter_map(rows::vendor_row).collect();
    refuse_clearing_accounts(&rules, clearing, &files.accounts, faults);
    match MappingTables::new(rules, projects, vendors) {
        Ok(tables) => Some(tables),
        Err(found) => {
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
    }
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
