//! The budget, read through one view: columns are keyed by their display names.

use super::{
    super::{
        json::{Json, object},
        model::Project,
        number::utc,
        page::{List, Paging, Row},
        refusal::Refusal,
        route::Context,
    },
    budget_rows::{self, COLUMNS, detail_rows, groups},
};

pub(super) fn view_id(project: &Project) -> i64 {
    project.id + 400_000
}

pub(super) fn check_view(project: &Project, id: i64) -> Result<(), Refusal> {
    if id == view_id(project) { Ok(()) } else { Err(Refusal::not_found("Budget view")) }
}

/// `GET /rest/v1.0/budget_views`.
pub(crate) fn budget_views(project: &Project) -> List<'_> {
    let id = view_id(project);
    List::new(vec![Row::new(id, move || {
        object! {
            "id": id, "name": "Detailed Budget View", "description": "",
            "created_at": utc(project.created_at), "updated_at": utc(project.created_at),
            "role": "budgeting",
        }
    })])
}

/// `GET .../budget_detail_columns`: no pages.
pub(crate) fn columns(project: &Project, id: i64) -> Result<List<'_>, Refusal> {
    check_view(project, id)?;
    let rows = COLUMNS.iter().enumerate().map(|(n, (id, name))| {
        Row::new(0, move || {
            object! {
                "id": *id, "name": *name, "aggregatable": true, "groupable": false,
                "position": n + 1, "type": "source", "filterable": false,
            }
        })
    });
    Ok(List::new(rows.collect()).paged(Paging::Whole))
}

/// `GET .../detail_rows`: one row per budgeted coding, and one per coding with money alone if asked for.
pub(crate) fn rows<'a>(
    context: &Context<'a>,
    project: &'a Project,
    id: i64,
) -> Result<List<'a>, Refusal> {
    check_view(project, id)?;
    detail_rows(context, project, "budgeted")
}

/// `GET .../summary_rows`: the same rows added up in groups.
pub(crate) fn summary<'a>(
    context: &Context<'a>,
    project: &'a Project,
    id: i64,
) -> Result<List<'a>, Refusal> {
    check_view(project, id)?;
    groups(context, project, "budgeted", budget_rows::summary)
}

/// `GET .../projects/{id}/budget`.
pub(crate) fn state(project: &Project) -> Json {
    object! { "locked": project.budget_locked }
}
