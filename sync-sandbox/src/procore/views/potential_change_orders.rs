//! The tiers below packages: change order requests and potential change orders.

use super::{
    super::{
        json::{Json, object},
        model::Project,
        number::{loose, two, utc},
        page::{List, Row},
        records::{ChangeOrder, sum_of},
        refusal::Refusal,
        route::Context,
    },
    commitments::holder_type,
    id_name,
    lines::{self, Holder},
};

/// `GET /rest/v1.0/change_order_requests`: 3-tier projects only have any.
pub(crate) fn requests<'a>(
    context: &Context<'a>,
    project: &'a Project,
) -> Result<List<'a>, Refusal> {
    let contract_id = context.query.required_int("contract_id")?;
    let rows = project
        .change_orders
        .iter()
        .filter(move |c| c.contract_id == contract_id)
        .filter_map(|order| {
            let id = order.request_id?;
            let row =
                Row::new(id, move || request_header(order, id)).attribute("status", &order.status);
            let row = match order.package_id {
                Some(package) => row.attribute("change_order_package_id", package),
                None => row,
            };
            Some(row.times(order.created_at, order.updated_at).deleted(order.deleted_at.is_some()))
        });
    Ok(List::new(rows.collect()).filtered(&[
        "id",
        "created_at",
        "updated_at",
        "status",
        "change_order_package_id",
    ]))
}

fn request_header(order: &ChangeOrder, id: i64) -> Json {
    object! {
        "id": id, "created_at": utc(order.created_at), "created_by_id": Json::Null,
        "deleted_at": order.deleted_at.map(utc), "due_date": Json::Null,
        "invoiced_date": Json::Null, "number": order.number.as_str(), "paid_date": Json::Null,
        "status": order.status.as_str(), "title": order.title.as_str(),
        "change_order_package_id": order.package_id, "updated_at": utc(order.updated_at),
        "revision": 0_i64, "grand_total": loose(order.grand_total()),
        "schedule_impact_amount": 0_i64,
        "currency_configuration": object! { "currency_iso_code": Json::Null },
    }
}

/// `GET /rest/v1.0/change_order_requests/{id}`: with its contract and package.
pub(crate) fn request(context: &Context<'_>, project: &Project, id: i64) -> Result<Json, Refusal> {
    let order =
        of_contract(context, project, "Change order request", |c| c.request_id == Some(id))?;
    let contract = project.commitment(order.contract_id);
    let vendor = contract.and_then(|c| c.vendor_id).and_then(|id| context.company.vendor(id));
    Ok(request_header(order, id)
        .with("contract_id", order.contract_id)
        .with("executed", order.is_approved())
        .with("description", order.title.as_str())
        .with("attachments", Vec::new())
        .with(
            "contract",
            contract.map(|c| {
                object! {
                    "id": c.id, "number": c.number.as_str(), "title": c.title.as_str(),
                    "type": holder_type(c.kind), "status": c.status.as_str(),
                    "vendor": vendor.map(|v| id_name(v.id, &v.name)),
                }
            }),
        )
        .with(
            "batch",
            order.package_id.map(|package| {
                object! {
                    "id": package, "title": order.title.as_str(), "number": order.number.as_str(),
                }
            }),
        ))
}

/// The change order that a show call means, which must name its contract too.
fn of_contract<'a>(
    context: &Context<'_>,
    project: &'a Project,
    what: &'static str,
    is_it: impl Fn(&ChangeOrder) -> bool,
) -> Result<&'a ChangeOrder, Refusal> {
    let contract_id = context.query.required_int("contract_id")?;
    project
        .change_orders
        .iter()
        .find(|c| is_it(c) && c.contract_id == contract_id)
        .ok_or_else(|| Refusal::not_found(what))
}

/// `GET /rest/v1.0/potential_change_orders/{id}`: with its lines, without the number of tiers.
pub(crate) fn potential_order(
    context: &Context<'_>,
    project: &Project,
    id: i64,
) -> Result<Json, Refusal> {
    let order = of_contract(context, project, "Potential change order", |c| c.potential_id == id)?;
    let holder = Holder { id, holder_type: "PotentialChangeOrder" };
    let lines_total = two(sum_of(&order.lines));
    Ok(object! {
        "id": id, "contract_id": order.contract_id, "accounting_method": "amount",
        "change_order_request_id": order.request_id, "created_at": utc(order.created_at),
        "deleted_at": order.deleted_at.map(utc), "description": order.title.as_str(),
        "due_date": Json::Null, "grand_total": two(order.grand_total()),
        "invoiced_date": Json::Null, "attachments": Vec::new(),
        "line_items": lines::lines(context.company, project, holder, &order.lines),
        "line_items_extended_total": lines_total.clone(), "line_items_total": lines_total,
        "number": order.number.as_str(), "origin_data": Json::Null, "origin_id": Json::Null,
        "paid": false, "paid_date": Json::Null, "private": false, "revision": 0_i64,
        "reviewed_at": order.reviewed_at.map(utc), "schedule_impact_amount": 0_i64,
        "status": order.status.as_str(), "title": order.title.as_str(),
        "updated_at": utc(order.updated_at), "void": order.status == "void",
        "currency_configuration": object! { "currency_iso_code": Json::Null },
        "custom_fields": object! {},
    })
}

/// `GET /rest/v1.0/potential_change_orders`: links to its package by title and acronym only, and
/// carries the project's number of tiers.
pub(crate) fn potential(project: &Project) -> List<'_> {
    let rows = project.change_orders.iter().map(|order| {
        let body = move || {
            object! {
                "id": order.potential_id, "contract_id": order.contract_id,
                "created_at": utc(order.created_at), "deleted_at": order.deleted_at.map(utc),
                "number": order.number.as_str(),
                "reviewed_at": order.reviewed_at.map(utc), "status": order.status.as_str(),
                "title": order.title.as_str(), "updated_at": utc(order.updated_at),
                "revision": 0_i64, "change_order_request_id": order.request_id,
                "grand_total": loose(order.grand_total()),
                "change_order_package_title": order.title.as_str(),
                "change_order_package_acronym_number": format!("CCO #{}", order.number),
                "potential_change_order_acronym_number": format!("PCO #{}", order.number),
                "change_order_tiers": project.change_order_tiers,
                "custom_fields": object! {},
            }
        };
        Row::new(order.potential_id, body)
            .times(order.created_at, order.updated_at)
            .deleted(order.deleted_at.is_some())
            .attribute("contract_id", order.contract_id)
    });
    List::new(rows.collect())
        .filtered(&["id", "created_at", "updated_at", "contract_id"])
        .with_deleted()
}

/// `GET /rest/v1.0/potential_change_orders/{id}/line_items`.
pub(crate) fn potential_lines<'a>(
    context: &Context<'a>,
    project: &'a Project,
    id: i64,
) -> Result<List<'a>, Refusal> {
    let order = project
        .change_orders
        .iter()
        .find(|c| c.potential_id == id)
        .ok_or_else(|| Refusal::not_found("Potential change order"))?;
    let holder = Holder { id, holder_type: "PotentialChangeOrder" };
    Ok(lines::list(context, project, holder, &order.lines))
}
