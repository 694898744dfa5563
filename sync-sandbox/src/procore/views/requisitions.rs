//! Subcontractor invoices, payments, billing periods.

use rust_decimal::Decimal;

use super::{
    super::{
        json::{Json, object},
        model::{Company, Project},
        number::{bare, instant, loose, percent, two, utc},
        page::{List, Paging, Row},
        records::{CommitmentKind, ItemType, Requisition, RequisitionItem},
        refusal::Refusal,
        route::Context,
    },
    currency,
    lines::wbs_ref,
};

/// `GET /rest/v1.1/requisitions`: 30 a page; items only with `view=items` or `view=extended`.
pub(crate) fn list<'a>(context: &Context<'a>, project: &'a Project) -> List<'a> {
    let company = context.company;
    let with_items = shows_items(context);
    let rows = project.requisitions.iter().map(move |requisition| {
        let row = Row::new(requisition.id, move || body(company, project, requisition, with_items))
            .times(requisition.created_at, requisition.updated_at)
            .attribute("commitment_id", requisition.commitment_id)
            .attribute("status", &requisition.status)
            .attribute("is_last", is_last(project, requisition));
        match requisition.period_id {
            Some(period) => row.attribute("period_id", period),
            None => row,
        }
    });
    List::new(rows.collect())
        .paged(Paging::Version1 { per_page: 30, per_page_max: 2_000 })
        .filtered(&[
            "id",
            "commitment_id",
            "period_id",
            "status",
            "is_last",
            "created_at",
            "updated_at",
        ])
}

/// `GET /rest/v1.1/requisitions/{id}`.
pub(crate) fn show(context: &Context<'_>, project: &Project, id: i64) -> Result<Json, Refusal> {
    project
        .requisitions
        .iter()
        .find(|r| r.id == id)
        .map(|r| body(context.company, project, r, shows_items(context)))
        .ok_or_else(|| Refusal::not_found("Requisition"))
}

fn is_last(project: &Project, requisition: &Requisition) -> bool {
    project.requisition(requisition.commitment_id, requisition.number + 1).is_none()
}

fn shows_items(context: &Context<'_>) -> bool {
    matches!(context.query.get("view"), Some("items" | "extended"))
}

fn body(company: &Company, project: &Project, requisition: &Requisition, items: bool) -> Json {
    let header = header(company, project, requisition);
    if !items {
        return header;
    }
    let rows: Vec<Json> = requisition
        .items
        .iter()
        .enumerate()
        .map(|(n, i)| item(company, project, requisition, i, n + 1))
        .collect();
    header.with("items", rows).with("item_packages", Vec::new())
}

fn header(company: &Company, project: &Project, requisition: &Requisition) -> Json {
    let commitment = project.commitment(requisition.commitment_id);
    let vendor = commitment.and_then(|c| c.vendor_id).and_then(|id| company.vendor(id));
    let previous = project.requisition(requisition.commitment_id, requisition.number - 1);
    let kind = commitment.map(|c| match c.kind {
        CommitmentKind::PurchaseOrder => "PurchaseOrderContract",
        CommitmentKind::Subcontract => "WorkOrderContract",
    });
    let last = is_last(project, requisition);
    object! {
        "id": requisition.id, "previous_requisition_id": previous.map(|r| r.id),
        "project_id": project.id, "billing_date": requisition.billing_date,
        "created_at": instant(requisition.created_at, requisition.id),
        "updated_at": utc(requisition.updated_at), "commitment_id": requisition.commitment_id,
        "commitment_type": kind, "contract_name": commitment.map(|c| c.title.as_str()),
        "deletable": last, "final": requisition.is_final,
        "vendor_name": vendor.map(|v| v.name.as_str()), "vendor_id": vendor.map(|v| v.id),
        "invoice_number": invoice_number(requisition), "invoice_type": Json::Null,
        "origin_data": Json::Null, "origin_id": Json::Null, "payment_date": Json::Null,
        "percent_complete": percent_complete(requisition), "period_id": requisition.period_id,
        "requisition_start": requisition.requisition_start,
        "requisition_end": requisition.requisition_end, "status": requisition.status.as_str(),
        "erp_status": Json::Null, "number": requisition.number,
        "submitted_at": requisition.billing_date, "total_claimed_amount": "0.00",
        "move_materials_to_previous_work_completed": false,
        "summary": summary(project, requisition), "custom_fields": object! {},
        "currency_configuration": currency(company, project, commitment.and_then(|c| c.currency.as_ref())),
    }
}

/// A number where the text is one and the id is even, else the text.
fn invoice_number(requisition: &Requisition) -> Json {
    match &requisition.invoice_number {
        Some(text) if requisition.id % 2 == 0 && text.parse::<i64>().is_ok() => {
            Json::Number(text.clone())
        }
        other => Json::from(other.as_ref()),
    }
}

/// `"96.36%"`, or the number 0.
fn percent_complete(requisition: &Requisition) -> Json {
    let contract = requisition.original_contract_sum + requisition.net_change_by_change_orders;
    let value = percent(requisition.completed_to_date(), contract);
    if value.is_zero() { Json::from(0_i64) } else { Json::Text(format!("{value:.2}%")) }
}

/// The header's money. Every fourth requisition writes it as numbers, as the portal's sample does.
fn summary(project: &Project, requisition: &Requisition) -> Json {
    let as_number = requisition.id % 4 == 0;
    let money = |value: Decimal| if as_number { bare(value) } else { two(value) };
    let sum =
        |of: fn(&RequisitionItem) -> Decimal| -> Decimal { requisition.items.iter().map(of).sum() };
    let work_retained = sum(RequisitionItem::work_retained);
    let materials_retained = sum(|i| i.materials_retainage);
    let contract = requisition.original_contract_sum + requisition.net_change_by_change_orders;
    let earned = requisition.earned_less_retainage();
    let changes = requisition.net_change_by_change_orders;
    let zero = Decimal::ZERO;
    object! {
        "balance_to_finish_including_retainage": money(contract - earned),
        "completed_work_retainage_percent": money(percent(work_retained, sum(|i| i.work_previous + i.work_this_period))),
        "completed_work_retainage_amount": two(work_retained),
        "contract_sum_to_date": money(contract),
        "current_payment_due": money(requisition.payment_due(project)),
        "formatted_period": Json::Null,
        "less_previous_certificates_for_payment": money(requisition.previous_certificates(project)),
        "negative_change_order_item_total": two(changes.min(zero)),
        "net_change_by_change_orders": money(changes),
        "original_contract_sum": money(requisition.original_contract_sum),
        "positive_change_order_item_total": two(changes.max(zero)),
        "stored_materials_retainage_amount": two(materials_retained),
        "stored_materials_retainage_percent": money(percent(materials_retained, sum(|i| i.materials_stored))),
        "tax_applicable_to_this_payment": money(requisition.tax),
        "total_completed_and_stored_to_date": money(requisition.completed_to_date()),
        "total_earned_less_retainage": money(earned),
        "total_retainage": money(requisition.retained()),
        "new_materials": two(sum(|i| i.materials_stored - i.materials_stored_previous + i.materials_moved)),
        "stored_materials": two(sum(|i| i.materials_stored)),
    }
}

pub(super) fn item(
    company: &Company,
    project: &Project,
    requisition: &Requisition,
    item: &RequisitionItem,
    position: usize,
) -> Json {
    let item_type = match item.item_type {
        ItemType::ContractItem => "contract_item",
        ItemType::ChangeOrderItem => "change_order_item",
    };
    let gross = item.work_this_period + item.materials_stored - item.materials_stored_previous
        + item.materials_moved;
    let held = item.work_retainage_this_period - item.work_retainage_released;
    let done = item.completed_to_date();
    object! {
        "id": item.id, "item_type": item_type, "accounting_method": "amount",
        "cost_code_id": item.coding.map(|c| c.cost_code_id), "line_item_id": item.line_item_id,
        "description_of_work": item.description.as_str(), "net_amount": two(gross - held),
        "gross_amount": two(gross),
        "wbs_code": item.coding.map(|c| wbs_ref(company, project, c, false)),
        "scheduled_value": two(item.scheduled_value),
        "work_completed_from_previous_application": two(item.work_previous),
        "work_completed_this_period": two(item.work_this_period),
        "materials_presently_stored": two(item.materials_stored),
        "materials_presently_stored_quantity": "0.0",
        "materials_presently_stored_from_previous_progress": two(item.materials_stored_previous),
        "materials_previously_stored_quantity": 0_i64,
        "materials_moved": two(item.materials_moved),
        "materials_retainage_retained_moved": two(item.retainage_moved),
        "total_completed_and_stored_to_date": two(done),
        "total_completed_and_stored_to_date_percent": two(percent(done, item.scheduled_value)),
        "total_completed_and_stored_to_date_from_previous": two(done - gross),
        "work_completed_retainage_from_previous_application": loose(item.work_retainage_previous),
        "work_completed_retainage_retained_this_period": loose(item.work_retainage_this_period),
        "work_completed_retainage_percent_this_period": loose(item.retainage_percent),
        "materials_stored_retainage_currently_retained": loose(item.materials_retainage),
        "materials_stored_retainage_percent_this_period": loose(item.retainage_percent),
        "materials_stored_retainage_new_materials": loose(Decimal::ZERO),
        "work_completed_retainage_released_this_period": loose(item.work_retainage_released),
        "materials_stored_retainage_released_this_period": loose(item.materials_retainage_released),
        "scheduled_quantity": "0.0", "scheduled_unit_price": "0.0000",
        "work_completed_this_period_quantity": "0.0",
        "work_completed_from_previous_application_quantity": "0.0", "comment": Json::Null,
        "status": "no_action", "position": position, "line_number": position.to_string(),
        "ssr_manual_override": false, "subcontractor_claimed_amount": "0.0",
        "currency_configuration": item_currency(company, project, requisition),
    }
}

fn item_currency(company: &Company, project: &Project, requisition: &Requisition) -> Json {
    let own = project.commitment(requisition.commitment_id).and_then(|c| c.currency.as_ref());
    currency(company, project, own)
}

/// `GET .../billing_periods`.
pub(crate) fn billing_periods(project: &Project) -> List<'_> {
    let rows = project.billing_periods.iter().enumerate().map(move |(n, period)| {
        let status = if period.open { "open" } else { "closed" };
        let body = move || {
            object! {
                "id": period.id, "created_at": utc(period.updated_at),
                "due_date": period.due_date, "end_date": period.end_date, "position": n + 1,
                "project_id": project.id, "start_date": period.start_date, "status": status,
                "updated_at": utc(period.updated_at),
            }
        };
        Row::new(period.id, body)
            .times(period.updated_at, period.updated_at)
            .attribute("status", status)
    });
    List::new(rows.collect()).filtered(&["id", "created_at", "updated_at", "status"])
}

/// `GET /rest/v1.0/contract_payments`: one contract at a time, no filters.
pub(crate) fn payments<'a>(
    context: &Context<'a>,
    project: &'a Project,
) -> Result<List<'a>, Refusal> {
    let contract_id = context.query.required_int("contract_id")?;
    if project.commitment(contract_id).is_none() {
        return Err(Refusal::not_found("Contract"));
    }
    let of_contract = project.payments.iter().filter(move |p| p.contract_id == contract_id);
    let rows = of_contract.enumerate().map(|(n, payment)| {
        Row::new(payment.id, move || {
            object! {
                "id": payment.id, "amount": loose(payment.amount),
                "check_number": payment.check_number.as_str(),
                "contract_id": payment.contract_id, "created_at": utc(payment.created_at),
                "date": payment.date, "draw_request_number": Json::Null,
                "invoice_number": Json::Null, "notes": "", "payment_number": n + 1,
                "attachments": Vec::new(), "project_id": project.id,
                "requisition_id": payment.requisition_id, "origin_id": Json::Null,
                "status": "paid",
            }
        })
    });
    Ok(List::new(rows.collect()))
}
