//! What hangs on a contract beside its lines: details, invoicing, markups, batches.

use rust_decimal::Decimal;

use super::{
    super::{
        json::{Json, object},
        model::Project,
        page::{List, Paging, Row},
        records::{CommitmentKind, sum_of},
        refusal::Refusal,
        route::Context,
    },
    lines::wbs_ref,
};

/// `GET .../line_item_contract_details`: none, the contractor's schedules of values have no details.
pub(crate) fn details(
    project: &Project,
    kind: CommitmentKind,
    id: i64,
) -> Result<List<'_>, Refusal> {
    let contract = project.commitment(id).filter(|c| c.kind == kind);
    contract.ok_or_else(|| Refusal::not_found("Contract"))?;
    Ok(List::new(Vec::new()).paged(Paging::Whole))
}

/// `GET .../contracts/{id}/invoice_configuration`.
pub(crate) fn invoicing(
    context: &Context<'_>,
    project: &Project,
    id: i64,
) -> Result<Json, Refusal> {
    let contract = project.commitment(id).ok_or_else(|| Refusal::not_found("Contract"))?;
    let invoiced = project.requisitions.iter().any(|r| r.commitment_id == id);
    Ok(object! {
        "id": contract.id + 1, "separate_billing_for_stored_materials": true,
        "stored_materials_billing_method": "separate", "contract_id": id,
        "project_id": project.id, "company_id": context.company.id, "ssr_enabled": false,
        "move_materials_to_previous_work_completed": false, "commitment_has_invoices": invoiced,
        "retainage_rule_set": Json::Null,
    })
}

/// `GET /rest/v1.0/financials/markups`: the rules behind a change order's markup lines. Their percentages have as many
/// digits as it takes, because the contractor's markups were typed as amounts.
pub(crate) fn markups<'a>(
    context: &Context<'a>,
    project: &'a Project,
) -> Result<List<'a>, Refusal> {
    let holder = context.query.required_int("holder_id")?;
    let kind = context.query.get("holder_type").ok_or_else(|| Refusal::missing("holder_type"))?;
    let known = match kind {
        "Contract" => project.commitment(holder).is_some(),
        "PotentialChangeOrder" => project.change_orders.iter().any(|o| o.potential_id == holder),
        _ => return Err(Refusal::new(400, "holder_type", "holder_type has no valid value")),
    };
    if !known {
        return Err(Refusal::not_found("Holder"));
    }
    let company = context.company;
    let of_holder = project
        .change_orders
        .iter()
        .filter(move |order| kind == "PotentialChangeOrder" && order.potential_id == holder);
    let rows = of_holder.flat_map(move |order| {
        let base = sum_of(&order.lines);
        (1_i64..).zip(&order.markups).map(move |(position, markup)| {
            Row::new(markup.id, move || {
                let percentage = (markup.amount * Decimal::ONE_HUNDRED).checked_div(base);
                object! {
                    "id": markup.id, "name": markup.description.as_str(),
                    "percentage": percentage.unwrap_or_default().to_string(),
                    "markup_set": "vertical", "position": position, "applies_to_all": true,
                    "holder_id": order.potential_id, "holder_type": "PotentialChangeOrder",
                    "project_id": project.id, "compound": object! {
                        "type": Json::Null, "selections": Vec::new(),
                    },
                    "markup_conditions": Vec::new(), "tax_code_ids": Vec::new(),
                    "wbs_code": markup.coding.map(|c| wbs_ref(company, project, c, false)),
                }
            })
        })
    });
    Ok(List::new(rows.collect()).paged(Paging::Whole))
}

/// `GET .../commitment_change_order_batches`: none, the contractor approves one change order at a time.
pub(crate) fn batches<'a>() -> List<'a> {
    List::new(Vec::new()).paged(Paging::Whole)
}
