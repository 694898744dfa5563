//! Change orders in each of their guises: commitment change order, package, request, potential.

use super::{
    super::{
        json::{Json, object},
        model::{Company, Project},
        number::{instant, loose, two, utc},
        page::{List, Paging, Row},
        records::{ChangeOrder, Commitment},
        refusal::Refusal,
        route::Context,
    },
    currency,
    lines::{self, Holder},
};

fn contract<'a>(project: &'a Project, order: &ChangeOrder) -> Option<&'a Commitment> {
    project.commitment(order.contract_id)
}

/// `GET .../commitment_change_orders`: no pages, no deleted ones, and only for 1 and 2 tiers.
pub(crate) fn commitment_change_orders<'a>(
    context: &Context<'a>,
    project: &'a Project,
) -> List<'a> {
    let company = context.company;
    let served = project.change_order_tiers <= 2;
    let live = project.change_orders.iter().filter(move |c| served && c.deleted_at.is_none());
    let rows = live.filter_map(move |order| {
        let id = order.commitment_change_order_id?;
        let row = Row::new(id, move || change_order(company, project, order, id))
            .times(order.created_at, order.updated_at)
            .attribute("status", &order.status)
            .attribute("contract_id", order.contract_id);
        let row = match order.package_id {
            Some(package) => row.attribute("legacy_package_id", package),
            None => row,
        };
        let vendor = contract(project, order).and_then(|c| c.vendor_id);
        Some(match vendor {
            Some(vendor) => row.attribute("vendor_id", vendor),
            None => row,
        })
    });
    let mut list = List::new(rows.collect()).paged(Paging::Whole).filtered(&[
        "id",
        "status",
        "contract_id",
        "legacy_package_id",
        "vendor_id",
        "updated_at",
    ]);
    list.lone_row_is_object = context.options.lone_change_order_is_object;
    list
}

/// `GET .../commitment_change_orders/{id}`.
pub(crate) fn commitment_change_order(
    context: &Context<'_>,
    project: &Project,
    id: i64,
) -> Result<Json, Refusal> {
    let order = served(project, id)?;
    Ok(change_order(context.company, project, order, id))
}

/// A commitment change order that the endpoint serves: not deleted, and of one or two tiers.
fn served(project: &Project, id: i64) -> Result<&ChangeOrder, Refusal> {
    project
        .change_orders
        .iter()
        .find(|c| c.commitment_change_order_id == Some(id))
        .filter(|c| c.deleted_at.is_none() && project.change_order_tiers <= 2)
        .ok_or_else(|| Refusal::not_found("Commitment change order"))
}

fn change_order(company: &Company, project: &Project, order: &ChangeOrder, id: i64) -> Json {
    let own = contract(project, order).and_then(|c| c.currency.as_ref());
    object! {
        "id": id, "batch_id": Json::Null, "contract_id": order.contract_id,
        "legacy_package_id": order.package_id, "legacy_request_id": Json::Null,
        "number": order.number.as_str(), "revision": 0_i64, "title": order.title.as_str(),
        "type": "CommitmentContractChangeOrder", "status": order.status.as_str(),
        "description": format!("<p>{}</p>", order.title), "grand_total": two(order.grand_total()),
        "executed": order.is_approved(), "paid": false, "private": false, "field_change": false,
        "signature_required": false, "schedule_impact_amount": 0_i64, "due_date": Json::Null,
        "invoiced_date": Json::Null, "reviewed_at": order.reviewed_at.map(|at| instant(at, id)),
        "created_at": instant(order.created_at, id), "updated_at": utc(order.updated_at),
        "currency_configuration": currency(company, project, own), "custom_fields": object! {},
    }
}

/// `GET v2.0 .../commitment_change_orders/{id}/line_items`.
pub(crate) fn lines_v2<'a>(
    context: &Context<'a>,
    project: &'a Project,
    id: i64,
) -> Result<List<'a>, Refusal> {
    let order = served(project, id)?;
    let lines = order.lines.iter().chain(&order.markups);
    Ok(lines::list_v2(context, project, lines, true))
}

/// `GET /rest/v1.0/change_order_packages`: every tier, deleted ones on request.
pub(crate) fn packages<'a>(
    context: &Context<'a>,
    project: &'a Project,
) -> Result<List<'a>, Refusal> {
    let company = context.company;
    let contract_id = context.query.int("contract_id")?;
    let rows = project
        .change_orders
        .iter()
        .filter(|c| contract_id.is_none_or(|id| c.contract_id == id))
        .filter_map(|order| {
            let id = order.package_id?;
            let row = Row::new(id, move || package_header(company, project, order, id))
                .times(order.created_at, order.updated_at)
                .deleted(order.deleted_at.is_some());
            Some(row)
        });
    Ok(List::new(rows.collect()).filtered(&["id", "created_at", "updated_at"]).with_deleted())
}

/// `GET /rest/v1.0/change_order_packages/{id}`, with lines and markup lines.
pub(crate) fn package(context: &Context<'_>, project: &Project, id: i64) -> Result<Json, Refusal> {
    let company = context.company;
    let order = project
        .change_orders
        .iter()
        .find(|c| c.package_id == Some(id))
        .ok_or_else(|| Refusal::not_found("Change order package"))?;
    let holder = Holder { id, holder_type: "ChangeOrderPackage" };
    Ok(package_header(company, project, order, id)
        .with("type", "CommitmentContractChangeOrder")
        .with("line_items", lines::lines(company, project, holder, &order.lines))
        .with("markup_line_items", lines::lines(company, project, holder, &order.markups)))
}

fn package_header(company: &Company, project: &Project, order: &ChangeOrder, id: i64) -> Json {
    let own = contract(project, order).and_then(|c| c.currency.as_ref());
    object! {
        "id": id, "contract_id": order.contract_id, "created_at": instant(order.created_at, id),
        "deleted_at": order.deleted_at.map(utc), "description": order.title.as_str(),
        "due_date": Json::Null, "executed": order.is_approved(),
        "grand_total": loose(order.grand_total()), "invoiced_date": Json::Null,
        "number": order.number.as_str(), "origin_code": Json::Null, "origin_data": Json::Null,
        "origin_id": Json::Null, "paid_date": Json::Null,
        "reviewed_at": order.reviewed_at.map(|at| instant(at, id)), "revision": 0_i64,
        "signed_change_order_received_date": Json::Null, "status": order.status.as_str(),
        "title": order.title.as_str(), "updated_at": utc(order.updated_at),
        "currency_configuration": currency(company, project, own), "custom_fields": object! {},
    }
}
