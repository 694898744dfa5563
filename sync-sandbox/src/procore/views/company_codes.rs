//! The company's own cost coding: one list of standard cost codes, and the segments that projects copy.
//!
//! The standard codes are those that projects have copied, each once.

use std::collections::BTreeMap;

use super::{
    super::{
        json::{Json, object},
        page::{List, Paging, Row},
        refusal::Refusal,
        route::Context,
    },
    wbs::{COST_CODE_SEGMENT, COST_TYPE_SEGMENT, segment, segment_item},
};

const LIST: i64 = 184_747;

/// Code and name of every standard code, in order.
fn codes(context: &Context<'_>) -> Vec<(String, String)> {
    let of_projects = context.company.projects.iter().flat_map(|p| &p.cost_codes);
    let own = of_projects.filter(|code| code.sub_job_id.is_none());
    let known: BTreeMap<String, String> =
        own.map(|code| (code.full_code.clone(), code.name.clone())).collect();
    known.into_iter().collect()
}

fn list_body() -> Json {
    object! { "id": LIST, "name": "Master", "is_erp_list": false }
}

/// `GET /rest/v1.0/standard_cost_code_lists`.
pub(crate) fn lists<'a>() -> List<'a> {
    let body = || list_body().with("available_to_use_on_new_projects", true);
    List::new(vec![Row::new(LIST, body)])
}

/// `GET /rest/v1.0/standard_cost_code_lists/{id}`.
pub(crate) fn list(context: &Context<'_>, id: i64) -> Result<Json, Refusal> {
    check_list(id)?;
    Ok(list_body().with("company_id", context.company.id))
}

fn check_list(id: i64) -> Result<(), Refusal> {
    if id == LIST { Ok(()) } else { Err(Refusal::not_found("Standard cost code list")) }
}

/// `GET /rest/v1.0/standard_cost_codes`: the default view has ids alone.
pub(crate) fn standard<'a>(context: &Context<'a>) -> Result<List<'a>, Refusal> {
    check_list(context.query.required_int("standard_cost_code_list_id")?)?;
    let view = context.query.get("view").unwrap_or("default").to_owned();
    let rows = (1_i64..).zip(codes(context)).map(move |(id, (code, name))| {
        let view = view.clone();
        Row::new(id, move || {
            let body = object! { "id": id, "standard_cost_code_list_id": LIST };
            match view.as_str() {
                "extended" => body
                    .with("parent_id", Json::Null)
                    .with("code", code.rsplit('-').next())
                    .with("full_code", code.as_str())
                    .with("name", name.as_str())
                    .with("origin_id", Json::Null)
                    .with("origin_data", Json::Null),
                "compact" => body.with("origin_id", Json::Null),
                _ => body,
            }
        })
    });
    Ok(List::new(rows.collect()))
}

/// `GET .../companies/{id}/work_breakdown_structure/{rest}`.
pub(crate) fn wbs<'a>(
    context: &Context<'a>,
    rest: &[&str],
) -> Option<Result<super::super::route::Reply<'a>, Refusal>> {
    let reply = match rest {
        ["patterns"] => Ok(pattern(context).into()),
        ["segments"] => Ok(segments(context).into()),
        ["segments", id, "lists"] => of_segment(id).map(|id| segment_lists(context, id).into()),
        ["segments", id, "segment_items"] => {
            of_segment(id).map(|id| segment_items(context, id).into())
        }
        _ => return None,
    };
    Some(reply)
}

fn of_segment(id: &str) -> Result<i64, Refusal> {
    match id.parse() {
        Ok(id) if id == COST_CODE_SEGMENT || id == COST_TYPE_SEGMENT => Ok(id),
        _ => Err(Refusal::not_found("Segment")),
    }
}

fn sizes(context: &Context<'_>) -> [(i64, usize); 2] {
    [
        (COST_CODE_SEGMENT, codes(context).len()),
        (COST_TYPE_SEGMENT, context.company.line_item_types.len()),
    ]
}

fn pattern(context: &Context<'_>) -> Json {
    let segments: Vec<Json> = sizes(context).into_iter().map(|(id, n)| segment(id, n)).collect();
    object! { "id": context.company.id, "description": Json::Null, "segments": segments }
}

fn segments<'a>(context: &Context<'a>) -> List<'a> {
    let rows = sizes(context).into_iter().map(|(id, n)| Row::new(id, move || segment(id, n)));
    List::new(rows.collect()).paged(Paging::Whole)
}

fn segment_lists<'a>(context: &Context<'a>, id: i64) -> List<'a> {
    let of_codes = codes(context).len();
    let rows = (id == COST_CODE_SEGMENT).then(|| {
        Row::new(LIST, move || {
            object! {
                "id": LIST, "name": "Master", "segment_items_count": of_codes,
                "erp_integrated": false, "available_to_use_on_new_projects": true,
            }
        })
    });
    List::new(rows.into_iter().collect()).paged(Paging::Whole)
}

fn segment_items<'a>(context: &Context<'a>, id: i64) -> List<'a> {
    if id == COST_TYPE_SEGMENT {
        let types = context.company.line_item_types.iter();
        let rows =
            types.map(|t| Row::new(t.id, move || segment_item(t.id, id, &t.code, &t.name, None)));
        return List::new(rows.collect());
    }
    let rows = (1_i64..)
        .zip(codes(context))
        .map(move |(n, (code, name))| Row::new(n, move || segment_item(n, id, &code, &name, None)));
    List::new(rows.collect())
}
