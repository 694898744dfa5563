//! What the cells of each table mean.

use chrono::NaiveDate;
use sync_core::{
    mapping::{AccountRule, ProjectRow, Target, VendorRow},
    model::ProjectId,
};

use super::sheet::{Column, Row};
use crate::config::posting::ACCOUNT_CHARS;

const PROFIT_CENTER_CHARS: usize = 8;
const PROJECT_CHARS: usize = 20;
const CARD_CODE_CHARS: usize = 15;
const TAX_CODE_CHARS: usize = 8;

const DIMENSIONS: [&str; 5] =
    ["profit_center", "dimension_2", "dimension_3", "dimension_4", "dimension_5"];

pub(super) const ACCOUNTS: [Column; 13] = [
    Column::required("project"),
    Column::optional("sub_job"),
    Column::required("cost_code"),
    Column::required("cost_type"),
    Column::required("gl_account").at_most(ACCOUNT_CHARS),
    Column::optional(DIMENSIONS[0]).at_most(PROFIT_CENTER_CHARS),
    Column::optional(DIMENSIONS[1]).at_most(PROFIT_CENTER_CHARS),
    Column::optional(DIMENSIONS[2]).at_most(PROFIT_CENTER_CHARS),
    Column::optional(DIMENSIONS[3]).at_most(PROFIT_CENTER_CHARS),
    Column::optional(DIMENSIONS[4]).at_most(PROFIT_CENTER_CHARS),
    Column::optional("tax_code").at_most(TAX_CODE_CHARS),
    Column::optional("valid_from"),
    Column::optional("valid_to"),
];

pub(super) const PROJECTS: [Column; 9] = [
    Column::required("procore_project_id"),
    Column::required("sap_project").at_most(PROJECT_CHARS),
    Column::optional("branch"),
    Column::optional(DIMENSIONS[0]).at_most(PROFIT_CENTER_CHARS),
    Column::optional(DIMENSIONS[1]).at_most(PROFIT_CENTER_CHARS),
    Column::optional(DIMENSIONS[2]).at_most(PROFIT_CENTER_CHARS),
    Column::optional(DIMENSIONS[3]).at_most(PROFIT_CENTER_CHARS),
    Column::optional(DIMENSIONS[4]).at_most(PROFIT_CENTER_CHARS),
    Column::optional("tax_code").at_most(TAX_CODE_CHARS),
];

pub(super) const VENDORS: [Column; 3] = [
    Column::required("procore_vendor_id"),
    Column::required("card_code").at_most(CARD_CODE_CHARS),
    Column::optional("wt_liable"),
];

pub(super) fn account_rule(row: &Row<'_>) -> Option<AccountRule> {
    let any = "write * for any";
    let project = match row.filled("project", any)? {
        "*" => Some(None),
        _ => row.id("project").map(|id| Some(ProjectId(id))),
    };
    let cost_code = cost_code(row);
    let cost_type = row.filled("cost_type", any).map(or_any);
    let gl_account = row.filled("gl_account", "every rule names an account");
    let valid_from = date(row, "valid_from");
    let valid_to = date(row, "valid_to");
    if let (Some(Some(from)), Some(Some(to))) = (valid_from, valid_to)
        && to < from
    {
        let problem = format!("{to} is before valid_from, {from}");
        row.wrong("valid_to", problem, "write a later date");
        return None;
    }
    Some(AccountRule {
        row: row.line,
        project: project?,
        sub_job: Some(row.cell("sub_job")).filter(|cell| !cell.is_empty()).and_then(or_any),
        cost_code: cost_code?,
        cost_type: cost_type?,
        gl_account: gl_account?.to_owned(),
        dimensions: DIMENSIONS.map(|name| Target::read(row.cell(name))),
        tax_code: Target::read(row.cell("tax_code")),
        valid_from: valid_from?,
        valid_to: valid_to?,
    })
}

fn or_any(cell: &str) -> Option<String> {
    (cell != "*").then(|| cell.to_owned())
}

fn cost_code(row: &Row<'_>) -> Option<String> {
    let cell = row.filled("cost_code", "write a code, a prefix like 03-*, or * for any")?;
    if cell.strip_suffix('*').unwrap_or(cell).contains('*') {
        let problem = format!("'{cell}' has a * that is not at its end");
        row.wrong("cost_code", problem, "write a code, a prefix like 03-*, or * for any");
        return None;
    }
    Some(cell.to_owned())
}

fn date(row: &Row<'_>, column: &'static str) -> Option<Option<NaiveDate>> {
    let cell = row.cell(column);
    if cell.is_empty() {
        return Some(None);
    }
    match cell.parse() {
        Ok(date) => Some(Some(date)),
        Err(_) => {
            row.wrong(column, format!("'{cell}' is no date"), "write it like 2026-01-31");
            None
        }
    }
}

pub(super) fn project_row(row: &Row<'_>) -> Option<(ProjectId, ProjectRow)> {
    let project = row.id("procore_project_id");
    let branch = match row.cell("branch") {
        "" | "-" => Some(None),
        cell => match cell.parse() {
            Ok(branch) => Some(Some(branch)),
            Err(_) => {
                let remedy = "write the branch's number in SAP (BPLID), or leave it empty";
                row.wrong("branch", format!("'{cell}' is no number"), remedy);
                None
            }
        },
    };
    let value = |column| Some(row.cell(column)).filter(|cell| !matches!(*cell, "" | "-"));
    let project_row = ProjectRow {
        row: row.line,
        sap_project: value("sap_project").map(str::to_owned),
        branch: branch?,
        dimensions: DIMENSIONS.map(|name| value(name).map(str::to_owned)),
        tax_code: value("tax_code").map(str::to_owned),
    };
    Some((ProjectId(project?), project_row))
}

pub(super) fn vendor_row(row: &Row<'_>) -> Option<(i64, VendorRow)> {
    let vendor = row.id("procore_vendor_id");
    let card_code = row.filled("card_code", "write the supplier's CardCode in SAP");
    let wt_liable = match row.cell("wt_liable") {
        "" => Some(None),
        "yes" => Some(Some(true)),
        "no" => Some(Some(false)),
        cell => {
            let remedy = "write yes or no, or leave it empty for the partner's own setting";
            row.wrong("wt_liable", format!("'{cell}' is neither yes nor no"), remedy);
            None
        }
    };
    let card_code = card_code?.to_owned();
    Some((vendor?, VendorRow { row: row.line, card_code, wt_liable: wt_liable? }))
}
