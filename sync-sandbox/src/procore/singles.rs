//! Show calls of records that a list has in the same form: the list is made, and the row with the id is the answer.

use super::{
    json::{Json, object},
    page::{List, Paging},
    refusal::Refusal,
    route::{Context, Reply, number, route},
};

/// The lists whose rows can be shown one by one; `*` stands for an id.
const LISTS: &[&str] = &[
    "v1.0/cost_codes",
    "v1.0/standard_cost_codes",
    "v1.0/sub_jobs",
    "v1.0/tax_codes",
    "v1.0/tax_types",
    "v1.0/projects/*/billing_periods",
    "v1.1/projects/*/vendors",
    "v1.0/projects/*/direct_costs/*/line_items",
    "v1.0/projects/*/commitment_change_order_batches",
    "v1.0/projects/*/work_breakdown_structure/segments",
    "v1.0/companies/*/work_breakdown_structure/segments",
    "v1.0/companies/*/work_breakdown_structure/segments/*/segment_items",
    "v1.0/purchase_order_contracts/*/line_items",
    "v1.0/work_order_contracts/*/line_items",
    "v1.0/potential_change_orders/*/line_items",
    "v1.0/requisitions/*/contract_items",
    "v1.0/requisitions/*/contract_detail_items",
    "v1.0/requisitions/*/change_order_items",
    "v2.0/companies/*/projects/*/commitment_contracts/*/line_items",
    "v2.0/companies/*/projects/*/commitment_change_orders/*/line_items",
];

/// Answers a show call of a row, or `None` when the path is no such call.
pub(crate) fn single<'a>(
    context: &Context<'a>,
    segments: &[&str],
) -> Option<Result<Reply<'a>, Refusal>> {
    let (id, list) = segments.split_last()?;
    // A word in the place of the id, such as `line_items` of all direct costs, is another list.
    if !id.starts_with(|first: char| first.is_ascii_digit()) {
        return None;
    }
    LISTS.iter().any(|known| is_at(known, list)).then(|| show(context, list, id))
}

fn is_at(known: &str, segments: &[&str]) -> bool {
    let known: Vec<&str> = known.split('/').collect();
    known.len() == segments.len()
        && known.iter().zip(segments).all(|(known, segment)| *known == "*" || known == segment)
}

fn show<'a>(context: &Context<'a>, list: &[&str], id: &str) -> Result<Reply<'a>, Refusal> {
    let id = number(id)?;
    match route(context, &format!("/rest/{}", list.join("/")))? {
        Reply::List(list) => only(&list, id).map(Reply::Show),
        Reply::Show(_) => Err(Refusal::not_found("Record")),
    }
}

fn only(list: &List<'_>, id: i64) -> Result<Json, Refusal> {
    let row = list.rows.iter().find(|row| row.id == id && !row.deleted);
    let body = row.map(|row| (row.body)()).ok_or_else(|| Refusal::not_found("Record"))?;
    Ok(if list.paging == Paging::Version2 {
        object! { "data": body }
    } else {
        body
    })
}
