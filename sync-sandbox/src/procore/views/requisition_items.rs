//! The parts of a requisition as lists of their own, in v1.0: items by what they bill, and what people changed.

use super::{
    super::{
        json::{Json, object},
        model::Project,
        number::utc,
        page::{List, Paging, Row},
        records::{ItemType, Requisition},
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
