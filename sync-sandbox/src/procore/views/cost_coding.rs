//! Cost codes, cost types, sub jobs, tax codes.

use super::super::{
    json::{Json, object},
    model::{CostCode, LineItemType, Project},
    number::{bare, utc},
    page::{List, Paging, Row},
    refusal::Refusal,
    route::Context,
};

/// `GET /rest/v1.0/cost_codes`: the project's own, or those of one sub job.
pub(crate) fn cost_codes<'a>(
    context: &Context<'a>,
    project: &'a Project,
) -> Result<List<'a>, Refusal> {
    let sub_job = context.query.int("sub_job_id")?;
    let rows = project
        .cost_codes
        .iter()
        .filter(|c| sub_job.is_none() || c.sub_job_id == sub_job)
        .map(|code| Row::new(code.id, move || cost_code(project, code)));
    Ok(List::new(rows.collect()).filtered(&["id"]))
}

/// The long form of a cost code.
pub(crate) fn cost_code(project: &Project, code: &CostCode) -> Json {
    let sub_job = code.sub_job_id.and_then(|id| project.sub_jobs.iter().find(|s| s.id == id));
    let (biller_type, biller_id, biller) = match sub_job {
        Some(sub_job) => ("SubJob", sub_job.id, &sub_job.name),
        None => ("Project", project.id, &project.name),
    };
    object! {
        "id": code.id, "name": code.name.as_str(), "full_code": code.full_code.as_str(),
        "origin_id": Json::Null, "origin_data": Json::Null,
        "standard_cost_code_id": Json::Null, "biller": biller, "biller_id": biller_id,
        "biller_type": biller_type, "biller_origin_id": Json::Null, "budgeted": true,
        "code": code.full_code.rsplit('-').next(), "parent": object! { "id": code.parent_id },
        "sortable_code": code.full_code.as_str(), "created_at": utc(code.created_at),
        "deleted_at": Json::Null, "line_item_types": Vec::new(), "position": Json::Null,
        "updated_at": utc(code.created_at), "standard_cost_code_list_id": 184_747_i64,
    }
}

/// `GET /rest/v1.0/line_item_types`.
pub(crate) fn line_item_types<'a>(context: &Context<'a>) -> List<'a> {
    let types = context.company.line_item_types.iter();
    List::new(types.map(|t| Row::new(t.id, move || line_item_type(t))).collect())
}

/// `GET /rest/v1.0/line_item_types/{id}`: of the company, whatever the project.
pub(crate) fn cost_type(context: &Context<'_>, id: i64) -> Result<Json, Refusal> {
    let found = context.company.line_item_type(id).map(line_item_type);
    found.ok_or_else(|| Refusal::not_found("Line item type"))
}

/// A cost type.
pub(crate) fn line_item_type(item: &LineItemType) -> Json {
    object! {
        "id": item.id, "name": item.name.as_str(), "code": item.code.as_str(),
        "base_type": item.base_type.as_ref(), "origin_data": Json::Null, "origin_id": Json::Null,
    }
}

/// `GET /rest/v1.0/sub_jobs`.
pub(crate) fn sub_jobs(project: &Project) -> List<'_> {
    let rows = project.sub_jobs.iter().map(|sub_job| {
        Row::new(sub_job.id, move || {
            object! {
                "id": sub_job.id, "name": sub_job.name.as_str(), "code": sub_job.code.as_str(),
                "origin_id": Json::Null, "origin_data": Json::Null,
                "created_at": utc(sub_job.created_at), "updated_at": utc(sub_job.created_at),
            }
        })
    });
    List::new(rows.collect())
}

/// `GET /rest/v1.0/tax_codes`: at most 100 a page, the rate a number in percent.
pub(crate) fn tax_codes<'a>(context: &Context<'a>) -> List<'a> {
    let rows = context.company.tax_codes.iter().map(|code| {
        Row::new(code.id, move || {
            object! {
                "id": code.id, "code": code.code.as_str(), "description": code.code.as_str(),
                "origin_data": Json::Null, "origin_id": Json::Null, "rate1": bare(code.rate),
                "archived": false, "default_tax_code": false, "display_in_budget": false,
            }
        })
    });
    List::new(rows.collect()).paged(Paging::Version1 { per_page: 20, per_page_max: 100 })
}

/// `GET /rest/v1.0/tax_types`.
pub(crate) fn tax_types<'a>() -> List<'a> {
    List::new(vec![Row::new(1, || {
        object! {
            "id": 1_i64, "name": "Sales tax", "description": "Sales tax",
            "origin_data": Json::Null, "origin_id": Json::Null,
        }
    })])
}
