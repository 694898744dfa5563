//! Direct costs: `vendor` is a name in the list and an object in the show call.

use rust_decimal::Decimal;

use super::{
    super::{
        json::{Json, object},
        model::{Company, Project},
        number::{instant, loose, two, utc},
        origins::Kind,
        page::{List, Row},
        records::{DirectCost, DirectCostType},
        refusal::Refusal,
        route::Context,
    },
    currency, id_name,
    lines::{self, Holder},
};

fn holder(cost: &DirectCost) -> Holder {
    Holder { id: cost.id, holder_type: "DirectCosts::Item" }
}

/// `GET /rest/v1.1/projects/{id}/direct_costs`: deleted ones are nowhere.
pub(crate) fn list<'a>(context: &Context<'a>, project: &'a Project) -> List<'a> {
    let company = context.company;
    let without_vendor_id = context.options.direct_costs_without_vendor_id;
    let rows = project.direct_costs.iter().map(move |cost| {
        let body = move || {
            let vendor = cost.vendor_id.and_then(|id| company.vendor(id));
            let name = vendor.map(|v| v.name.as_str());
            let row = header(company, project, cost)
                .with("amount", loose(cost.subtotal()))
                .with("vendor", name);
            if without_vendor_id { row.without("vendor_id") } else { row }
        };
        let row = Row::new(cost.id, body).times(cost.created_at, cost.updated_at);
        match &cost.invoice_number {
            Some(number) => row.attribute("invoice_number", number),
            None => row,
        }
    });
    List::new(rows.collect()).filtered(&["id", "created_at", "updated_at", "invoice_number"])
}

fn find(project: &Project, id: i64) -> Result<&DirectCost, Refusal> {
    project
        .direct_costs
        .iter()
        .find(|c| c.id == id)
        .ok_or_else(|| Refusal::not_found("Direct cost"))
}

/// `GET /rest/v1.1/projects/{id}/direct_costs/{id}`, with lines.
pub(crate) fn show(context: &Context<'_>, project: &Project, id: i64) -> Result<Json, Refusal> {
    let company = context.company;
    let cost = find(project, id)?;
    let vendor = cost.vendor_id.and_then(|id| company.vendor(id));
    Ok(header(company, project, cost)
        .with("vendor", vendor.map(|v| id_name(v.id, &v.name)))
        .with("company", id_name(company.id, &company.name))
        .with("project", id_name(project.id, &project.name))
        .with("line_items_count", cost.lines.len())
        .with("attachments", Vec::new())
        .with("line_items", lines::lines(company, project, holder(cost), &cost.lines)))
}

/// The lines of one direct cost.
pub(crate) fn lines<'a>(
    context: &Context<'a>,
    project: &'a Project,
    id: i64,
) -> Result<List<'a>, Refusal> {
    let cost = find(project, id)?;
    Ok(lines::list(context, project, holder(cost), &cost.lines))
}

/// `GET /rest/v1.0/projects/{id}/direct_costs/line_items`: the lines of all of them.
pub(crate) fn all_lines<'a>(context: &Context<'a>, project: &'a Project) -> List<'a> {
    let company = context.company;
    let rows = project.direct_costs.iter().flat_map(move |cost| {
        cost.lines.iter().map(move |line| {
            lines::row(company, project, holder(cost), line).attribute("direct_cost_id", cost.id)
        })
    });
    List::new(rows.collect()).filtered(&[
        "id",
        "direct_cost_id",
        "created_at",
        "updated_at",
        "cost_code_id",
        "line_item_type_id",
    ])
}

pub(crate) fn header(company: &Company, project: &Project, cost: &DirectCost) -> Json {
    let vendor = cost.vendor_id.and_then(|id| company.vendor(id));
    let employee = cost.employee.as_ref().map(|name| id_name(cost.id + 1, name));
    let paid = (cost.kind == DirectCostType::Invoice).then_some(cost.direct_cost_date).flatten();
    let body = object! {
        "id": cost.id, "created_at": instant(cost.created_at, cost.id),
        "deleted_at": Json::Null, "description": cost.description.as_str(),
        "direct_cost_type": cost.kind.as_str(), "direct_cost_date": cost.direct_cost_date,
        "grand_total": loose(cost.subtotal()), "invoice_number": cost.invoice_number.as_ref(),
        "origin_data": Json::Null, "origin_id": Json::Null, "payment_date": Json::Null,
        "received_date": paid, "status": cost.status.as_str(), "terms": "Net 30",
        "updated_at": utc(cost.updated_at), "vendor_id": cost.vendor_id,
        "vendor_name": vendor.map(|v| v.name.as_str()), "employee": employee,
        "currency_configuration": currency(company, project, cost.currency.as_ref()),
        "tax_breakdown": tax_breakdown(company, cost),
    };
    company.origins.put(Kind::DirectCost, cost.id, body)
}

fn tax_breakdown(company: &Company, cost: &DirectCost) -> Json {
    let subtotal = cost.subtotal();
    let details = match company.tax_codes.first() {
        Some(code) if !cost.tax_total.is_zero() => vec![object! {
            "tax_code_id": code.id, "tax_code_name": code.code.as_str(),
            "tax_code_rate": loose(code.rate), "amount": two(cost.tax_total),
            "taxable_amount": two(subtotal), "selected_tax_code_id": code.id,
            "selected_tax_code_name": code.code.as_str(),
        }],
        _ => Vec::new(),
    };
    let total: Decimal = subtotal + cost.tax_total;
    object! {
        "subtotal": two(subtotal), "tax_total": two(cost.tax_total), "grand_total": two(total),
        "tax_details": details,
    }
}
