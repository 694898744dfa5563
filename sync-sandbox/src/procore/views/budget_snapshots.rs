//! Snapshots of budgets: rows of the project as it was when someone kept them.

use super::{
    super::{
        budget::BudgetSnapshot,
        json::{Json, object},
        model::Project,
        number::{two, utc},
        page::{List, Paging, Row},
        refusal::Refusal,
        route::Context,
    },
    budget::{check_view, view_id},
    budget_rows::{detail_rows, groups, summary_of_snapshot},
};

/// `GET /rest/v1.0/budget_view_snapshots`: of every type.
pub(crate) fn list<'a>(project: &'a Project) -> List<'a> {
    let rows = project.budget_snapshots.iter().map(|snapshot| {
        Row::new(snapshot.id, move || header(project, snapshot))
            .times(snapshot.created_at, snapshot.created_at)
            .attribute("budget_view_id", view_id(project))
            .attribute("budget_template_id", view_id(project))
            .attribute("snapshot_type", &snapshot.kind)
            .attribute("approval_status", &snapshot.approval)
    });
    List::new(rows.collect()).filtered(&[
        "budget_view_id",
        "budget_template_id",
        "snapshot_type",
        "approval_status",
    ])
}

fn header(project: &Project, snapshot: &BudgetSnapshot) -> Json {
    object! {
        "id": snapshot.id, "name": snapshot.name.as_str(), "description": "",
        "created_at": utc(snapshot.created_at),
        "created_by": object! { "id": 1_i64, "name": "Pat Example", "login": "pat@example.com" },
        "budget_view": object! { "id": view_id(project) },
        "snapshot_type": snapshot.kind.as_str(), "approval_status": snapshot.approval.as_str(),
        "status": Json::Null,
    }
}

fn kept(project: &Project, id: i64) -> Result<&Project, Refusal> {
    project
        .budget_snapshots
        .iter()
        .find(|snapshot| snapshot.id == id)
        .map(|snapshot| &*snapshot.project)
        .ok_or_else(|| Refusal::not_found("Budget view snapshot"))
}

/// `GET .../{id}/detail_rows`: all rows unless fewer are asked for.
pub(crate) fn rows<'a>(
    context: &Context<'a>,
    project: &'a Project,
    id: i64,
) -> Result<List<'a>, Refusal> {
    detail_rows(context, kept(project, id)?, "all")
}

/// `GET .../{id}/summary_rows`: the lines of each group, not their sums.
pub(crate) fn summary<'a>(
    context: &Context<'a>,
    project: &'a Project,
    id: i64,
) -> Result<List<'a>, Refusal> {
    groups(context, kept(project, id)?, "all", summary_of_snapshot)
}

/// `GET v2.0 .../budget_views/{id}/project_status_snapshots`: those of this type alone, ids as strings.
pub(crate) fn project_status(project: &Project, view: i64) -> Result<List<'_>, Refusal> {
    check_view(project, view)?;
    let of_type = project.budget_snapshots.iter().filter(|s| s.kind == "project_status_snapshot");
    let rows = of_type.map(|snapshot| {
        Row::new(snapshot.id, move || {
            let budgeted = snapshot.project.budget.iter().map(|line| line.amount).sum();
            object! {
                "id": snapshot.id.to_string(), "name": snapshot.name.as_str(), "description": "",
                "status": Json::Null,
                "created_by": object! { "id": "1", "display": "Pat Example" },
                "created_at": utc(snapshot.created_at),
                "currency_configuration": object! { "currency_iso_code": Json::Null },
                "column_totals": vec![object! { "total": two(budgeted) }],
            }
        })
        .times(snapshot.created_at, snapshot.created_at)
    });
    Ok(List::new(rows.collect()).paged(Paging::Version2))
}
