//! Purchase orders, subcontracts and both together.

use rust_decimal::Decimal;

use super::{
    super::{
        json::{Json, object},
        model::{Company, Project},
        number::{instant, loose, percent, two, utc},
        page::{List, Row},
        records::{ChangeOrder, Commitment, CommitmentKind, Payment},
        refusal::Refusal,
        route::Context,
    },
    currency, id_name,
    lines::{self, Holder},
};

const FILTERS: &[&str] = &["id", "status", "created_at", "updated_at"];

pub(super) fn holder_type(kind: CommitmentKind) -> &'static str {
    match kind {
        CommitmentKind::PurchaseOrder => "PurchaseOrderContract",
        CommitmentKind::Subcontract => "WorkOrderContract",
    }
}

fn holder(commitment: &Commitment) -> Holder {
    Holder { id: commitment.id, holder_type: holder_type(commitment.kind) }
}

/// `GET /rest/v1.0/purchase_order_contracts` and `work_order_contracts`: without lines.
pub(crate) fn contracts<'a>(
    context: &Context<'a>,
    project: &'a Project,
    kind: CommitmentKind,
) -> List<'a> {
    let company = context.company;
    let rows = project.commitments.iter().filter(|c| c.kind == kind).map(move |commitment| {
        Row::new(commitment.id, move || header(company, project, commitment))
            .times(commitment.created_at, commitment.updated_at)
            .deleted(commitment.deleted_at.is_some())
            .attribute("status", &commitment.status)
    });
    List::new(rows.collect()).filtered(FILTERS).with_deleted()
}

fn find(project: &Project, kind: CommitmentKind, id: i64) -> Result<&Commitment, Refusal> {
    project.commitment(id).filter(|c| c.kind == kind).ok_or_else(|| Refusal::not_found("Contract"))
}

/// The show call of either contract, with lines; deleted ones are shown too.
pub(crate) fn contract(
    context: &Context<'_>,
    project: &Project,
    kind: CommitmentKind,
    id: i64,
) -> Result<Json, Refusal> {
    let company = context.company;
    let commitment = find(project, kind, id)?;
    let orders = || project.change_orders.iter().filter(move |c| c.contract_id == id);
    let packages: Vec<Json> =
        orders().filter(|c| c.package_id.is_some()).map(|c| order_ref(c, c.package_id)).collect();
    let potential: Vec<Json> = orders().map(|c| order_ref(c, Some(c.potential_id))).collect();
    let requests: Vec<Json> =
        orders().filter(|c| c.request_id.is_some()).map(|c| order_ref(c, c.request_id)).collect();
    // The work order's schema nests change order requests one array deeper.
    let requests = match kind {
        CommitmentKind::Subcontract if !requests.is_empty() => vec![Json::List(requests)],
        _ => requests,
    };
    let payments: Vec<Json> =
        project.payments.iter().filter(|p| p.contract_id == id).map(payment_ref).collect();
    // The purchase order's schema nests potential change orders one array deeper.
    let potential = match kind {
        CommitmentKind::PurchaseOrder => vec![Json::List(potential)],
        CommitmentKind::Subcontract => potential,
    };
    Ok(header(company, project, commitment)
        .with("line_items", lines::lines(company, project, holder(commitment), &commitment.lines))
        .with("attachments", Vec::new())
        .with("change_order_packages", packages)
        .with("change_order_requests", requests)
        .with("potential_change_orders", potential)
        .with("payments_issued", payments))
}

fn order_ref(order: &ChangeOrder, id: Option<i64>) -> Json {
    object! {
        "id": id, "contract_id": order.contract_id, "number": order.number.as_str(),
        "title": order.title.as_str(), "status": order.status.as_str(),
        "created_at": utc(order.created_at), "updated_at": utc(order.updated_at),
        "deleted_at": order.deleted_at.map(utc),
        "currency_configuration": object! { "currency_iso_code": Json::Null },
    }
}

fn payment_ref(payment: &Payment) -> Json {
    object! {
        "id": payment.id, "amount": loose(payment.amount),
        "check_number": payment.check_number.as_str(), "created_at": utc(payment.created_at),
        "date": payment.date, "draw_request_number": Json::Null, "invoice_number": Json::Null,
        "notes": "", "payment_number": Json::Null, "attachments": Vec::new(),
        "origin_id": Json::Null, "origin_data": Json::Null,
        "currency_configuration": object! { "currency_iso_code": Json::Null },
    }
}

/// The v1 lines of a contract.
pub(crate) fn lines<'a>(
    context: &Context<'a>,
    project: &'a Project,
    kind: CommitmentKind,
    id: i64,
) -> Result<List<'a>, Refusal> {
    let commitment = find(project, kind, id)?;
    Ok(lines::list(context, project, holder(commitment), &commitment.lines))
}

/// The v2 lines of either contract.
pub(crate) fn lines_v2<'a>(
    context: &Context<'a>,
    project: &'a Project,
    id: i64,
) -> Result<List<'a>, Refusal> {
    let commitment =
        project.commitment(id).ok_or_else(|| Refusal::not_found("Commitment contract"))?;
    Ok(lines::list_v2(context, project, commitment.lines.iter(), false))
}

/// `GET /rest/v1.0/commitments`: both kinds, few fields.
pub(crate) fn commitments<'a>(context: &Context<'a>, project: &'a Project) -> List<'a> {
    let company = context.company;
    let rows = project.commitments.iter().map(move |commitment| {
        Row::new(commitment.id, move || short(company, commitment))
            .deleted(commitment.deleted_at.is_some())
    });
    List::new(rows.collect())
}

/// `GET /rest/v1.0/commitments/{id}`.
pub(crate) fn commitment(
    context: &Context<'_>,
    project: &Project,
    id: i64,
) -> Result<Json, Refusal> {
    let company = context.company;
    let found = project.commitment(id).ok_or_else(|| Refusal::not_found("Commitment"))?;
    Ok(short(company, found)
        .with("type", holder_type(found.kind))
        .with("grand_total", loose(found.grand_total()))
        .with("updated_at", utc(found.updated_at))
        .with("deleted_at", found.deleted_at.map(utc))
        .with("line_items", lines::lines(company, project, holder(found), &found.lines)))
}

fn short(company: &Company, commitment: &Commitment) -> Json {
    let vendor = commitment.vendor_id.and_then(|id| company.vendor(id));
    object! {
        "id": commitment.id, "title": commitment.title.as_str(),
        "number": commitment.number.as_str(), "status": commitment.status.as_str(),
        "description": "", "executed": commitment.execution_date.is_some(),
        "delivery_date": Json::Null, "created_at": instant(commitment.created_at, commitment.id),
        "private": false, "vendor": vendor.map(|v| id_name(v.id, &v.name)),
    }
}

/// The sums beside a contract's own total.
pub(super) struct Totals {
    pub(super) approved: Decimal,
    pub(super) pending: Decimal,
    pub(super) draft: Decimal,
    pub(super) billed: Decimal,
    pub(super) paid: Decimal,
}

pub(super) fn totals(project: &Project, commitment: &Commitment) -> Totals {
    let orders = |statuses: &[&str]| {
        project
            .change_orders
            .iter()
            .filter(|c| c.contract_id == commitment.id && c.deleted_at.is_none())
            .filter(|c| statuses.contains(&c.status.as_str()))
            .map(ChangeOrder::grand_total)
            .sum()
    };
    let billed = project
        .requisitions
        .iter()
        .filter(|r| r.commitment_id == commitment.id && r.status == "approved")
        .max_by_key(|r| r.number)
        .map_or(Decimal::ZERO, |r| r.completed_to_date());
    let paid = project.payments.iter().filter(|p| p.contract_id == commitment.id);
    Totals {
        approved: orders(&["approved"]),
        pending: orders(&["pending", "pricing", "proceeding", "revised"]),
        draft: orders(&["draft"]),
        billed,
        paid: paid.map(|p| p.amount).sum(),
    }
}

fn header(company: &Company, project: &Project, commitment: &Commitment) -> Json {
    let total = commitment.grand_total();
    let sums = totals(project, commitment);
    let revised = total + sums.approved;
    let vendor = commitment.vendor_id.and_then(|id| company.vendor(id));
    object! {
        "id": commitment.id, "accounting_method": if commitment.by_unit { "unit" } else { "amount" },
        "approval_letter_date": Json::Null, "approved_change_orders": loose(sums.approved),
        "contract_date": commitment.contract_date,
        "created_at": instant(commitment.created_at, commitment.id),
        "deleted_at": commitment.deleted_at.map(utc), "delivery_date": Json::Null,
        "description": format!("<p>{}</p>", commitment.title),
        "draft_change_orders_amount": loose(sums.draft),
        "executed": commitment.execution_date.is_some(),
        "execution_date": commitment.execution_date, "grand_total": loose(total),
        "issued_on_date": Json::Null, "letter_of_intent_date": Json::Null,
        "number": commitment.number.as_str(), "origin_code": Json::Null,
        "origin_data": Json::Null, "origin_id": Json::Null,
        "pending_change_orders": loose(sums.pending),
        "pending_revised_contract": loose(revised + sums.pending),
        "percentage_paid": loose(percent(sums.paid, revised)), "private": false,
        "project": id_name(project.id, &project.name),
        "remaining_balance_outstanding": loose(revised - sums.paid),
        "requisitions_are_enabled": commitment.kind == CommitmentKind::Subcontract,
        "retainage_percent": two(commitment.retainage_percent), "returned_date": Json::Null,
        "revised_contract": loose(revised), "show_line_items_to_non_admins": false,
        "signed_contract_received_date": Json::Null, "status": commitment.status.as_str(),
        "title": commitment.title.as_str(), "total_draw_requests_amount": "0.0",
        "total_payments": loose(sums.paid), "total_requisitions_amount": loose(sums.billed),
        "updated_at": utc(commitment.updated_at),
        "vendor": vendor.map(|v| object! {
            "id": v.id, "company": v.name.as_str(), "origin_data": Json::Null,
            "origin_id": Json::Null,
        }),
        "currency_configuration": currency(company, project, commitment.currency.as_ref()),
    }
}
