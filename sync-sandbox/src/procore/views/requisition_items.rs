//! The parts of a requisition as lists of their own, in v1.0: items by what they bill, and what people changed.

use super::{
    super::{
        json::{Json, object},
        model::Project,
        number::{percent, two, utc},
        page::{List, Paging, Row},
        records::{ItemType, Requisition, RequisitionItem},
        refusal::Refusal,
        route::Context,
    },
    requisitions::item,
};

fn find(project: &Project, id: i64) -> Result<&Requisition, Refusal> {
    project
        .requisitions
        .iter()
        .find(|requisition| requisition.id == id)
        .ok_or_else(|| Refusal::not_found("Requisition"))
}

/// `GET .../contract_items`: the items of the schedule of values.
pub(crate) fn contract_items<'a>(
    context: &Context<'a>,
    project: &'a Project,
    id: i64,
) -> Result<List<'a>, Refusal> {
    Ok(List::new(rows(context, project, find(project, id)?, ItemType::ContractItem)))
}

/// `GET .../contract_detail_items`: none, the contractor's schedules of values have no details.
pub(crate) fn detail_items(project: &Project, id: i64) -> Result<List<'_>, Refusal> {
    find(project, id)?;
    Ok(List::new(Vec::new()))
}

/// `GET .../change_order_items`: the items of change orders, with their package.
pub(crate) fn change_order_items<'a>(
    context: &Context<'a>,
    project: &'a Project,
    id: i64,
) -> Result<List<'a>, Refusal> {
    let requisition = find(project, id)?;
    let rows = rows(context, project, requisition, ItemType::ChangeOrderItem);
    Ok(List::new(rows).filtered(&["change_order_id"]))
}

fn rows<'a>(
    context: &Context<'a>,
    project: &'a Project,
    requisition: &'a Requisition,
    of: ItemType,
) -> Vec<Row<'a>> {
    let company = context.company;
    let numbered = requisition.items.iter().enumerate().filter(move |(_, i)| i.item_type == of);
    numbered
        .map(|(n, found)| {
            let order = project
                .change_orders
                .iter()
                .find(|order| order.lines.iter().any(|line| line.id == found.line_item_id));
            let package = order.and_then(|order| order.package_id);
            let row = Row::new(found.id, move || {
                // These lists lack the sums that the view with items has.
                let body = item(company, project, requisition, found, n + 1)
                    .without("net_amount")
                    .without("gross_amount");
                match of {
                    ItemType::ContractItem => body,
                    ItemType::ChangeOrderItem => body
                        .without("item_type")
                        .with("change_order_package_id", package)
                        .with("commitment_line_item_id", Json::Null)
                        .with("commitment_line_item_origin_id", Json::Null),
                }
            });
            match order.and_then(|order| order.commitment_change_order_id.or(order.package_id)) {
                Some(order) => row.attribute("change_order_id", order),
                None => row,
            }
        })
        .collect()
}

/// `GET .../detail`: every item as the printed form has it; no pages.
pub(crate) fn detail(project: &Project, id: i64) -> Result<List<'_>, Refusal> {
    let requisition = find(project, id)?;
    let rows = requisition.items.iter().enumerate();
    let rows = rows.map(|(n, found)| Row::new(found.id, move || detail_of(found, n + 1)));
    Ok(List::new(rows.collect()).paged(Paging::Whole))
}

fn detail_of(item: &RequisitionItem, number: usize) -> Json {
    let done = item.completed_to_date();
    let work = item.work_retained();
    let before = item.work_retainage_previous;
    object! {
        "id": item.id, "item_number": number, "item_type": match item.item_type {
            ItemType::ContractItem => "contract_item",
            ItemType::ChangeOrderItem => "change_order_item",
        },
        "cost_code_id": item.coding.map(|c| c.cost_code_id),
        "description_of_work": item.description.as_str(),
        "scheduled_value": two(item.scheduled_value),
        "work_completed_from_previous_application": two(item.work_previous),
        "work_completed_this_period": two(item.work_this_period),
        "materials_presently_stored": two(item.materials_stored),
        "materials_moved": two(item.materials_moved),
        "materials_retainage_retained_moved": two(item.retainage_moved),
        "total_completed_and_stored_to_date": two(done),
        "total_completed_and_stored_to_date_percent": two(percent(done, item.scheduled_value)),
        "balance_to_finish": two(item.scheduled_value - done),
        "work_completed_retainage_currently_retained": two(work),
        "work_completed_retainage_from_previous_application": two(before),
        "work_completed_retainage_retained_this_period": two(item.work_retainage_this_period),
        "work_completed_retainage_percent_this_period": two(item.retainage_percent),
        "work_completed_retainage_released_this_period": two(item.work_retainage_released),
        "materials_stored_retainage_currently_retained": two(item.materials_retainage),
        "total_retainage_currently_retained": two(work + item.materials_retainage),
    }
}

/// `GET .../change_histories`: what people changed since the requisition was made; no pages.
pub(crate) fn histories(project: &Project, id: i64) -> Result<List<'_>, Refusal> {
    find(project, id)?;
    let changes = project.requisition_changes.iter().enumerate();
    let rows = changes.filter(move |(_, change)| change.requisition_id == id).map(|(n, change)| {
        Row::new(i64::try_from(n).unwrap_or(i64::MAX - 1) + 1, move || {
            object! {
                "id": n + 1, "column": change.column, "old_value": change.old.as_str(),
                "new_value": change.new.as_str(), "action_by": "Project Accountant",
                "action_by_id": 160_586_i64, "created_at": utc(change.at),
                "ref_id": change.requisition_id, "ref_type": "Requisition",
            }
        })
    });
    Ok(List::new(rows.collect()).paged(Paging::Whole))
}
