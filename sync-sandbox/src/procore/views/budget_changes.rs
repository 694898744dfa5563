//! Budget lines one by one, budget modifications, and budget changes with their adjustment lines.

use super::{
    super::{
        budget::{BudgetAdjustment, BudgetChange},
        json::{Json, object},
        model::{Company, Project},
        number::{bare, two, utc},
        page::{List, Paging, Row},
        refusal::Refusal,
        route::Context,
    },
    lines::wbs_ref,
};

/// `GET /rest/v1.1/budget_line_items/{id}`: amounts are JSON numbers here.
pub(crate) fn line(context: &Context<'_>, project: &Project, id: i64) -> Result<Json, Refusal> {
    let line = project
        .budget
        .iter()
        .find(|line| line.id == id)
        .ok_or_else(|| Refusal::not_found("Budget line item"))?;
    Ok(object! {
        "id": line.id, "original_budget_amount": bare(line.amount), "uom": Json::Null,
        "quantity": 0_i64, "unit_cost": 0_i64, "calculation_strategy": "manual",
        "wbs_code": wbs_ref(context.company, project, line.coding, false),
        "currency_configuration": object! { "currency_iso_code": Json::Null },
    })
}

/// `GET .../budget_modifications`: refused with 405 once the project has moved to budget changes.
pub(crate) fn modifications(project: &Project) -> Result<List<'_>, Refusal> {
    if project.uses_budget_changes {
        let text = "Budget modifications were replaced by budget changes in this project";
        return Err(Refusal::new(405, "base", text));
    }
    let rows = project.budget_modifications.iter().map(|modification| {
        Row::new(modification.id, move || {
            object! {
                "id": modification.id, "created_at": utc(modification.created_at),
                "from_budget_line_item_id": modification.from_line_id,
                "to_budget_line_item_id": modification.to_line_id,
                "transfer_amount": two(modification.amount),
                "notes": modification.notes.as_str(), "origin_id": Json::Null,
                "origin_data": Json::Null, "updated_at": utc(modification.created_at),
            }
        })
    });
    Ok(List::new(rows.collect()))
}

/// `GET .../budget_changes`: headers in an envelope, no pages.
pub(crate) fn list(project: &Project) -> Json {
    object! { "data": project.budget_changes.iter().map(header).collect::<Vec<_>>() }
}

/// `GET .../budget_changes/{id}`: with its lines.
pub(crate) fn show(context: &Context<'_>, project: &Project, id: i64) -> Result<Json, Refusal> {
    let change = project
        .budget_changes
        .iter()
        .find(|change| change.id == id)
        .ok_or_else(|| Refusal::not_found("Budget change"))?;
    let lines = change.lines.iter().map(|line| adjustment(context.company, project, line));
    let lines: Vec<Json> = lines.collect();
    Ok(object! { "data": header(change).with("adjustment_line_items", lines) })
}

fn header(change: &BudgetChange) -> Json {
    object! {
        "id": change.id, "number": change.number, "title": change.title.as_str(),
        "status": change.status.as_str(), "description": "",
        "created_at": utc(change.created_at), "updated_at": utc(change.created_at),
    }
}

fn adjustment(company: &Company, project: &Project, line: &BudgetAdjustment) -> Json {
    object! {
        "id": line.id, "ref": format!("item{}", line.id), "adjustment_number": 1_i64,
        "wbs_code": wbs_ref(company, project, line.coding, false), "description": "",
        "calculation_strategy": "manual", "quantity": 1_i64, "type": "budget_change",
        "uom": Json::Null, "unit_cost": bare(line.amount), "amount": bare(line.amount),
        "change_event_line_item_id": Json::Null,
    }
}

/// `GET v2.0 .../budget_changes/adjustment_line_items`: the lines of all changes, whatever their status.
pub(crate) fn adjustments(project: &Project) -> List<'_> {
    let rows = project.budget_changes.iter().flat_map(|change| {
        change.lines.iter().map(move |line| {
            Row::new(line.id, move || {
                object! {
                    "id": line.id.to_string(), "adjustment_number": 1_i64,
                    "wbs_code_id": project.wbs_code(line.coding).map(|code| code.id.to_string()),
                    "amount": bare(line.amount), "uom": Json::Null, "quantity": 1_i64,
                    "description": "", "type": "budget_change",
                    "budget_change_number": change.number.to_string(),
                    "budget_change_status": change.status.as_str(),
                    "budget_change_name": change.title.as_str(),
                    "budget_change_id": change.id.to_string(),
                }
            })
        })
    });
    List::new(rows.collect()).paged(Paging::Version2)
}
