//! Commitments in REST v2: both families in one list, `{"data": …}`, ids as strings, ten a page and at most 100.
//! The records are those of the v1 lists, with the same ids. The body follows the fields of the create call: no public
//! document expands the answer.

use super::{
    super::{
        json::{Json, object},
        model::{Company, Project},
        number::{loose, two, utc},
        page::{List, Paging, Row},
        records::Commitment,
        refusal::Refusal,
        route::Context,
    },
    commitments::{holder_type, totals},
    currency,
};

/// `GET v2.0 .../commitment_contracts`: deleted ones on request.
pub(crate) fn list<'a>(context: &Context<'a>, project: &'a Project) -> Result<List<'a>, Refusal> {
    let company = context.company;
    let extended = is_extended(context)?;
    let rows = project.commitments.iter().map(move |commitment| {
        let row = Row::new(commitment.id, move || body(company, project, commitment, extended))
            .times(commitment.created_at, commitment.updated_at)
            .deleted_at(commitment.deleted_at)
            .attribute("status", &commitment.status)
            .attribute("type", holder_type(commitment.kind))
            .attribute("executed", commitment.execution_date.is_some())
            .attribute("signature_required", false)
            .attribute("accounting_method", accounting_method(commitment));
        match commitment.vendor_id {
            Some(vendor) => row.attribute("vendor_id", vendor),
            None => row,
        }
    });
    let list = List::new(rows.collect())
        .paged(Paging::Version2)
        .filtered(&[
            "id",
            "status",
            "type",
            "vendor_id",
            "executed",
            "signature_required",
            "accounting_method",
            "created_at",
            "updated_at",
            "deleted_at",
        ])
        .with_deleted();
    Ok(list)
}

/// Whether the extended view is asked for; a view that does not exist is refused.
fn is_extended(context: &Context<'_>) -> Result<bool, Refusal> {
    match context.query.get("view") {
        None | Some("default") => Ok(false),
        Some("extended") => Ok(true),
        Some(_) => Err(Refusal::new(400, "view", "view does not have a valid value")),
    }
}

fn accounting_method(commitment: &Commitment) -> &'static str {
    if commitment.by_unit { "unit" } else { "amount" }
}

fn find(project: &Project, id: i64) -> Result<&Commitment, Refusal> {
    project.commitment(id).ok_or_else(|| Refusal::not_found("Commitment contract"))
}

/// `GET v2.0 .../commitment_contracts/{id}`: deleted ones are shown too.
pub(crate) fn show(context: &Context<'_>, project: &Project, id: i64) -> Result<Json, Refusal> {
    let commitment = find(project, id)?;
    Ok(object! { "data": body(context.company, project, commitment, is_extended(context)?) })
}

/// `GET v2.0 .../commitment_contracts/{id}/summary`: what was changed, billed and paid.
pub(crate) fn summary(context: &Context<'_>, project: &Project, id: i64) -> Result<Json, Refusal> {
    let commitment = find(project, id)?;
    let sums = totals(project, commitment);
    let own = commitment.currency.as_ref();
    Ok(object! {
        "data": object! {
            "approved_change_total": two(sums.approved),
            "pending_revised_change_total": two(sums.pending),
            "draft_change_total": two(sums.draft),
            "total_invoices_amount": two(sums.billed),
            "total_payments_amount": two(sums.paid),
            "currency_configuration": currency(context.company, project, own),
        },
    })
}

fn body(company: &Company, project: &Project, commitment: &Commitment, extended: bool) -> Json {
    let vendor = commitment.vendor_id.and_then(|id| company.vendor(id)).map(|vendor| {
        let vendor_ref = object! { "id": vendor.id.to_string() };
        if extended { vendor_ref.with("name", vendor.name.as_str()) } else { vendor_ref }
    });
    let header = object! {
        "id": commitment.id.to_string(), "type": holder_type(commitment.kind),
        "number": commitment.number.as_str(), "title": commitment.title.as_str(),
        "description": format!("<p>{}</p>", commitment.title),
        "status": commitment.status.as_str(), "executed": commitment.execution_date.is_some(),
        "private": false, "signature_required": false, "vendor": vendor,
        "vendor_id": commitment.vendor_id.map(|id| id.to_string()),
        "accounting_method": accounting_method(commitment),
        "grand_total": loose(commitment.grand_total()),
        "retainage_percent": two(commitment.retainage_percent),
        "contract_date": commitment.contract_date, "execution_date": commitment.execution_date,
        "inclusions": "", "exclusions": "", "payment_terms": Json::Null,
        "created_at": utc(commitment.created_at), "updated_at": utc(commitment.updated_at),
        "deleted_at": commitment.deleted_at.map(utc),
        "currency_configuration": currency(company, project, commitment.currency.as_ref()),
    };
    if extended { header.with("custom_fields", object! {}) } else { header }
}
