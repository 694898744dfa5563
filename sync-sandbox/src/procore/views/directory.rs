//! Companies, projects, vendors, currency configurations.

use std::collections::BTreeSet;

use super::{
    super::{
        json::{Json, object},
        model::{Company, Project, Vendor},
        number::{instant, loose, utc},
        origins::Kind,
        page::{List, Row},
        refusal::Refusal,
        route::Context,
    },
    id_name,
};

/// `GET /rest/v1.0/companies`.
pub(crate) fn companies<'a>(context: &Context<'a>) -> List<'a> {
    let company = context.company;
    List::new(vec![Row::new(company.id, move || {
        object! {
            "id": company.id, "name": company.name.as_str(), "is_active": true,
            "logo_url": Json::Null, "pcn_business_experience": Json::Null, "my_company": true,
        }
    })])
}

/// `GET /rest/v1.0/projects`: permitted ones, active ones unless asked otherwise.
pub(crate) fn projects<'a>(context: &Context<'a>) -> List<'a> {
    let by_status = context.query.get("filters[by_status]").unwrap_or("Active");
    let shown = |p: &&Project| {
        p.permitted
            && match by_status {
                "All" => true,
                "Inactive" => !p.active,
                _ => p.active,
            }
    };
    let company = context.company;
    let rows = company.projects.iter().filter(shown).map(|project| {
        let company = id_name(company.id, &company.name);
        Row::new(project.id, move || {
            project_fields(project)
                .with("stage", "Course of Construction")
                .with("company", company.clone())
        })
        .times(project.created_at, project.updated_at)
    });
    List::new(rows.collect()).filtered(&["id", "created_at", "updated_at"])
}

/// `GET /rest/v1.0/projects/{id}`: `project_stage` is an object here.
pub(crate) fn project(context: &Context<'_>, project: &Project) -> Json {
    project_fields(project)
        .with("project_stage", id_name(7, "Course of Construction"))
        .with("is_erp_integrated", false)
        .with("office", id_name(1, &project.office))
        .with("project_type", id_name(2, &project.kind))
        .with("departments", Vec::new())
        .with("code", "")
        .with("standard_cost_code_list_id", 184_747_i64)
        .with("company", id_name(context.company.id, &context.company.name))
        .with(
            "custom_fields",
            object! {
                "custom_field_168115": object! {
                    "data_type": "lov_entry", "value": id_name(137_972, "Standard"),
                },
                "custom_field_274577": object! { "data_type": "decimal", "value": Json::Null },
            },
        )
}

fn project_fields(project: &Project) -> Json {
    object! {
        "id": project.id, "name": project.name.as_str(), "is_demo": false,
        "display_name": format!("{} - {}", project.project_number, project.name),
        "project_number": project.project_number.as_str(),
        "accounting_project_number": project.accounting_project_number.as_ref(),
        "address": "", "city": project.office.as_str(), "country_code": "US", "zip": "",
        "time_zone": project.time_zone.as_str(), "phone": "",
        "created_at": instant(project.created_at, project.id), "updated_at": utc(project.updated_at),
        "active": project.active, "origin_id": Json::Null, "origin_data": Json::Null,
        "origin_code": Json::Null, "total_value": "1.0", "estimated_value": "1.0",
        "start_date": project.start_date, "completion_date": Json::Null,
    }
}

/// `GET /rest/v1.0/vendors`, or the list of inactive ones.
pub(crate) fn vendors<'a>(context: &Context<'a>, active: bool) -> List<'a> {
    let company = context.company;
    let rows = company.vendors.iter().filter(|v| v.active == active).map(|vendor| {
        let origin_id = company.origins.id_of(Kind::Vendor, vendor.id).unwrap_or_default();
        Row::new(vendor.id, move || vendor_fields(company, vendor))
            .times(vendor.created_at, vendor.updated_at)
            .attribute("origin_id", origin_id)
    });
    let list = List::new(rows.collect());
    if active { list.filtered(&["id", "created_at", "updated_at", "origin_id"]) } else { list }
}

/// `GET /rest/v1.1/projects/{id}/vendors`: those whose contracts or costs the project has; no filter by time. Inactive
/// ones have a list of their own.
pub(crate) fn project_vendors<'a>(
    context: &Context<'a>,
    project: &Project,
    active: bool,
) -> List<'a> {
    let contracts = project.commitments.iter().filter_map(|c| c.vendor_id);
    let costs = project.direct_costs.iter().filter_map(|c| c.vendor_id);
    let known: BTreeSet<i64> = contracts.chain(costs).collect();
    let company = context.company;
    let vendors = company.vendors.iter();
    let of_project = vendors.filter(|v| v.active == active && known.contains(&v.id));
    let rows = of_project.map(|vendor| Row::new(vendor.id, move || vendor_fields(company, vendor)));
    List::new(rows.collect()).filtered(&["id"])
}

/// `GET /rest/v1.0/vendors/{id}`: inactive ones too.
pub(crate) fn vendor(context: &Context<'_>, id: i64) -> Result<Json, Refusal> {
    let company = context.company;
    let vendor = company.vendor(id).ok_or_else(|| Refusal::not_found("Vendor"))?;
    Ok(vendor_fields(company, vendor))
}

pub(crate) fn vendor_fields(company: &Company, vendor: &Vendor) -> Json {
    let register = vendor.tax_id.as_ref().map(|tax_id| {
        object! {
            "id": vendor.id + 1, "type": "ein", "identifier": tax_id, "verified_at": Json::Null,
            "verification_status": "unverified",
        }
    });
    let body = object! {
        "id": vendor.id, "name": vendor.name.as_str(), "company": vendor.name.as_str(),
        "abbreviated_name": "", "legal_name": vendor.name.as_str(), "trade_name": "",
        "address": "", "city": "", "zip": "", "country_code": "US", "email_address": "",
        "is_active": vendor.active, "business_id": Json::Null, "business_register": register,
        "synced_to_erp": false, "origin_id": Json::Null, "origin_code": Json::Null,
        "origin_data": Json::Null, "parent": Json::Null, "project_ids": Vec::new(),
        "trades": Vec::new(), "created_at": instant(vendor.created_at, vendor.id),
        "updated_at": utc(vendor.updated_at),
    };
    company.origins.put(Kind::Vendor, vendor.id, body)
}

/// `GET /rest/v1.0/companies/{id}/currency_configuration`.
pub(crate) fn company_currency(context: &Context<'_>) -> Json {
    object! {
        "company_id": context.company.id, "currency_iso_code": context.company.currency.as_str(),
        "currency_display": "symbol",
        "multicurrency_enabled": !context.company.exchange_rates.is_empty(),
        "multicurrency_enabled_effective_date": Json::Null, "eligible_for_multicurrency": true,
    }
}

/// `GET /rest/v1.0/companies/{id}/projects/{id}/currency_configuration`.
pub(crate) fn project_currency(context: &Context<'_>, project: &Project) -> Json {
    object! {
        "company_id": context.company.id, "project_id": project.id,
        "currency_iso_code": project.currency.as_ref(), "currency_display": "symbol",
        "company_currency_exchange_rate_override": Json::Null, "multicurrency_enabled": false,
        "eligible_for_financial_objs_multicurrency": true,
    }
}

/// `GET .../currency_configuration/exchange_rates`, of the company or as a project sees them.
pub(crate) fn exchange_rates(context: &Context<'_>, project: Option<&Project>) -> Json {
    let company = context.company;
    let inactive = project.is_none() || context.query.get("include_inactive") == Some("true");
    let shown = company.exchange_rates.iter().filter(|rate| inactive || rate.active);
    let rates: Vec<Json> = shown
        .map(|rate| {
            let body = object! {
                "id": rate.id, "company_id": company.id,
                "base_currency_iso_code": company.currency.as_str(),
                "quote_currency_iso_code": rate.currency.as_str(),
                "exchange_rate": loose(rate.rate), "is_active": rate.active,
                "updated_at": utc(rate.updated_at), "created_at": utc(rate.updated_at),
            };
            match project {
                Some(project) => body.with("project_id", project.id),
                None => body,
            }
        })
        .collect();
    object! { "exchange_rates": rates }
}
