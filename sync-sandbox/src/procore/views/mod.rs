//! Procore's bodies, one file per family of resources. Field names and types follow the published
//! reference; formats are as irregular as there.

pub(crate) mod budget;
pub(crate) mod budget_changes;
mod budget_rows;
pub(crate) mod budget_snapshots;
pub(crate) mod change_orders;
pub(crate) mod commitment_contracts;
pub(crate) mod commitments;
pub(crate) mod company_codes;
pub(crate) mod contract_parts;
pub(crate) mod cost_coding;
pub(crate) mod direct_costs;
pub(crate) mod directory;
pub(crate) mod lines;
pub(crate) mod potential_change_orders;
pub(crate) mod requisition_items;
pub(crate) mod requisitions;
pub(crate) mod settings;
pub(crate) mod units;
pub(crate) mod wbs;

use super::{
    json::{Json, object},
    model::{Company, Project},
};

/// `{"id":..,"name":..}`.
pub(crate) fn id_name(id: i64, name: &str) -> Json {
    object! { "id": id, "name": name }
}

/// `currency_configuration`: null values where multi-currency is off.
fn currency(company: &Company, project: &Project, own: Option<&String>) -> Json {
    match own.or(project.currency.as_ref()) {
        None => object! { "currency_iso_code": Json::Null },
        Some(code) => object! {
            "currency_iso_code": code, "base_currency_iso_code": company.currency.as_str(),
            "currency_exchange_rate": company.exchange_rate(code).map_or_else(
                || Json::from("1.0"), |rate| super::number::loose(rate.rate)),
        },
    }
}
