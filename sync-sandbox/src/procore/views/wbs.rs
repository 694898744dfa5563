//! The work breakdown structure: pattern, segments, segment items, codes.

use super::{
    super::{
        json::{Json, object},
        model::{Coding, Project, WbsCode},
        number::utc,
        page::{List, Paging, Row},
        refusal::Refusal,
        route::Context,
    },
    lines::flat_code,
};

const SUB_JOB_SEGMENT: i64 = 447_334;
pub(super) const COST_CODE_SEGMENT: i64 = 447_332;
pub(super) const COST_TYPE_SEGMENT: i64 = 447_333;

pub(super) fn segment(id: i64, items: usize) -> Json {
    let (name, kind, position, structure) = match id {
        SUB_JOB_SEGMENT => ("Sub Job", "sub_job", 0_i64, "flat"),
        COST_CODE_SEGMENT => ("Cost Code", "cost_code", 1, "tiered"),
        _ => ("Cost Type", "line_item_type", 2, "flat"),
    };
    object! {
        "id": id, "name": name, "type": kind, "position": position, "delimiter": ".",
        "required": id != SUB_JOB_SEGMENT, "segment_items_count": items,
        "project_can_modify_origin_project": true, "project_can_delete_origin_company": true,
        "structure": structure,
    }
}

fn segment_ids(context: &Context<'_>, project: &Project) -> Vec<(i64, usize)> {
    let cost_types = context.company.line_item_types.len();
    let mut ids =
        vec![(COST_CODE_SEGMENT, project.cost_codes.len()), (COST_TYPE_SEGMENT, cost_types)];
    if !project.sub_jobs.is_empty() {
        ids.insert(0, (SUB_JOB_SEGMENT, project.sub_jobs.len()));
    }
    ids
}

/// `GET .../work_breakdown_structure/patterns`.
pub(crate) fn pattern(context: &Context<'_>, project: &Project) -> Json {
    let segments: Vec<Json> =
        segment_ids(context, project).into_iter().map(|(id, n)| segment(id, n)).collect();
    object! {
        "id": project.id, "description": Json::Null, "is_project_level_ordered": false,
        "segments": segments,
    }
}

/// `GET .../work_breakdown_structure/segments`.
pub(crate) fn segments<'a>(context: &Context<'a>, project: &'a Project) -> List<'a> {
    let rows = segment_ids(context, project)
        .into_iter()
        .map(|(id, n)| Row::new(id, move || segment(id, n)));
    List::new(rows.collect()).paged(Paging::Whole)
}

pub(super) fn segment_item(
    id: i64,
    segment_id: i64,
    code: &str,
    name: &str,
    parent_id: Option<i64>,
) -> Json {
    let path = parent_id.into_iter().chain([id]).map(Json::from).collect::<Vec<_>>();
    object! {
        "id": id, "code": code, "name": name, "parent_id": parent_id, "path_code": code,
        "path_ids": path, "path_codes": vec![Json::from(code)],
        "path_names": vec![Json::from(name)], "is_parent": false, "in_use": true,
        "segment": segment(segment_id, 0), "status": "active",
    }
}

/// `GET .../segments/{id}/segment_items`: item ids are those of cost codes, cost types, sub jobs.
pub(crate) fn segment_items<'a>(
    context: &Context<'a>,
    project: &'a Project,
    id: i64,
) -> Result<List<'a>, Refusal> {
    let rows: Vec<Row<'a>> = match id {
        COST_CODE_SEGMENT => project
            .cost_codes
            .iter()
            .map(|c| {
                Row::new(c.id, move || segment_item(c.id, id, &c.full_code, &c.name, c.parent_id))
            })
            .collect(),
        COST_TYPE_SEGMENT => context
            .company
            .line_item_types
            .iter()
            .map(|t| Row::new(t.id, move || segment_item(t.id, id, &t.code, &t.name, None)))
            .collect(),
        SUB_JOB_SEGMENT => project
            .sub_jobs
            .iter()
            .map(|s| Row::new(s.id, move || segment_item(s.id, id, &s.code, &s.name, None)))
            .collect(),
        _ => return Err(Refusal::not_found("Segment")),
    };
    Ok(List::new(rows))
}

/// `GET .../work_breakdown_structure/wbs_codes`.
pub(crate) fn codes<'a>(context: &Context<'a>, project: &'a Project) -> List<'a> {
    let company = context.company;
    let rows = project.wbs_codes.iter().map(move |wbs| {
        Row::new(wbs.id, move || {
            let (flat, names) = flat_code(company, project, wbs.coding);
            object! {
                "id": wbs.id, "flat_code": flat, "flat_name": names.as_str(),
                "description": names.as_str(), "status": "active",
                "created_at": utc(wbs.created_at), "updated_at": utc(wbs.created_at),
                "segment_items": items_of(context_items(company, project, wbs)),
                "wbs_pattern_id": project.id,
            }
        })
        .times(wbs.created_at, wbs.created_at)
        .attribute("status", "active")
    });
    List::new(rows.collect()).filtered(&["updated_at", "status"])
}

/// `GET v2.0 .../wbs/codes`: a flat row per code, ids as strings.
pub(crate) fn grid<'a>(context: &Context<'a>, project: &'a Project) -> Result<List<'a>, Refusal> {
    let company = context.company;
    let scope = context.query.get("filters[scope]");
    if scope.is_some_and(|scope| !matches!(scope, "budget_code" | "production_quantity_code")) {
        return Err(Refusal::new(400, "filters[scope]", "scope does not have a valid value"));
    }
    let search = context.query.get("filters[search]").map(str::to_lowercase);
    let rows = project.wbs_codes.iter().filter_map(move |wbs| {
        let (flat, names) = flat_code(company, project, wbs.coding);
        let text = format!("{flat} {names}").to_lowercase();
        if search.as_ref().is_some_and(|search| !text.contains(search)) {
            return None;
        }
        Some(Row::new(wbs.id, move || {
            let mut attributes = names.split('.');
            object! {
                "id": wbs.id.to_string(), "code": flat.as_str(), "description": names.as_str(),
                "status": "active", "attribute_1_name": attributes.next(),
                "attribute_2_name": attributes.next(), "attribute_3_name": attributes.next(),
            }
        }))
    });
    Ok(List::new(rows.collect()).paged(Paging::Version2).filtered(&["id"]))
}

fn context_items(
    company: &super::super::model::Company,
    project: &Project,
    wbs: &WbsCode,
) -> Vec<Option<Json>> {
    let Coding { cost_code_id, line_item_type_id } = wbs.coding;
    let code = project.cost_code(cost_code_id);
    let sub_job =
        code.and_then(|c| c.sub_job_id).and_then(|id| project.sub_jobs.iter().find(|s| s.id == id));
    vec![
        sub_job.map(|s| segment_item(s.id, SUB_JOB_SEGMENT, &s.code, &s.name, None)),
        code.map(|c| segment_item(c.id, COST_CODE_SEGMENT, &c.full_code, &c.name, c.parent_id)),
        company
            .line_item_type(line_item_type_id)
            .map(|t| segment_item(t.id, COST_TYPE_SEGMENT, &t.code, &t.name, None)),
    ]
}

fn items_of(items: Vec<Option<Json>>) -> Vec<Json> {
    items.into_iter().flatten().collect()
}
