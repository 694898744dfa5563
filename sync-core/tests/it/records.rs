//! Procore's records in a line each. All belong to company 8089, project 865.

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use sync_core::model::{
    ChangeOrder, Commitment, CompanyId, CostCoding, CostLine, CostRecord, DirectCost, Kind,
    ProjectId, RecordBody, Requisition, RequisitionItem, SourceKey, Vendor,
};

pub(crate) const PROJECT: ProjectId = ProjectId(865);
pub(crate) const COMPANY: CompanyId = CompanyId(8089);

/// The commitment of most tests.
pub(crate) const SC: SourceKey = key(Kind::Subcontract, 1);

pub(crate) const fn key(kind: Kind, id: i64) -> SourceKey {
    SourceKey { company: COMPANY, project: PROJECT, kind, id }
}

pub(crate) const fn co(id: i64) -> SourceKey {
    key(Kind::ChangeOrder, id)
}

pub(crate) const fn req(id: i64) -> SourceKey {
    key(Kind::Requisition, id)
}

pub(crate) const fn dc(id: i64) -> SourceKey {
    key(Kind::DirectCost, id)
}

pub(crate) fn d(text: &str) -> Decimal {
    Decimal::from_str_exact(&text.replace(',', "")).unwrap()
}

pub(crate) fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub(crate) fn moment(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

pub(crate) fn vendor(id: i64) -> Option<Vendor> {
    Some(Vendor { id, name: format!("Vendor {id}") })
}

/// A line: id, cost code, amount. An empty cost code is none.
pub(crate) fn line(id: i64, code: &str, amount: &str) -> CostLine {
    CostLine {
        id,
        amount: d(amount),
        quantity: None,
        unit_cost: None,
        calculated: false,
        coding: (!code.is_empty()).then(|| CostCoding {
            sub_job: None,
            cost_code: code.to_owned(),
            cost_type: Some("S".to_owned()),
        }),
        description: format!("line {id}"),
    }
}

fn lines(lines: &[(i64, &str, &str)]) -> Vec<CostLine> {
    lines.iter().map(|(id, code, amount)| line(*id, code, amount)).collect()
}

fn sum(lines: &[CostLine]) -> Decimal {
    lines.iter().map(|line| line.amount).sum()
}

fn record(key: SourceKey, number: &str, status: &str, body: RecordBody) -> CostRecord {
    CostRecord {
        key,
        number: number.to_owned(),
        title: format!("Title of {number}"),
        status: status.to_owned(),
        deleted: false,
        vendor: None,
        currency: None,
        created_on: day("2026-02-01"),
        updated_at: moment("2026-03-01T09:00:00Z"),
        body,
    }
}

/// A subcontract with vendor 1, agreed on 2026-02-10; its header is the sum of its lines.
pub(crate) fn subcontract(id: i64, of: &[(i64, &str, &str)]) -> CostRecord {
    let lines = lines(of);
    let body = RecordBody::Commitment(Commitment {
        grand_total: Some(sum(&lines).round_dp(2)),
        approved_change_orders: None,
        agreed_on: Some(day("2026-02-10")),
        lines,
    });
    let mut record = record(key(Kind::Subcontract, id), &format!("SC-{id:03}"), "Approved", body);
    record.vendor = vendor(1);
    record
}

/// A change order, reviewed on 2026-02-20.
pub(crate) fn change_order(id: i64, commitment_id: i64, of: &[(i64, &str, &str)]) -> CostRecord {
    let lines = lines(of);
    let body = RecordBody::ChangeOrder(ChangeOrder {
        commitment_id,
        grand_total: Some(sum(&lines)),
        reviewed_on: Some(day("2026-02-20")),
        lines,
    });
    record(co(id), &format!("CO{id}"), "approved", body)
}

/// A direct cost of vendor 1, dated 2026-03-05; its header is the sum of its lines.
pub(crate) fn direct_cost(id: i64, kind: &str, of: &[(i64, &str, &str)]) -> CostRecord {
    let lines = lines(of);
    let body = RecordBody::DirectCost(DirectCost {
        direct_cost_type: kind.to_owned(),
        invoice_number: Some(format!("INV-{id}")),
        total: Some(sum(&lines)),
        subtotal: None,
        stated_tax: None,
        dated: Some(day("2026-03-05")),
        lines,
    });
    let mut record = record(dc(id), &format!("INV-{id}"), "approved", body);
    record.vendor = vendor(1);
    record
}

/// The stated tax of a direct cost or a requisition.
pub(crate) fn with_tax(mut record: CostRecord, tax: &str) -> CostRecord {
    match &mut record.body {
        RecordBody::DirectCost(cost) => {
            cost.subtotal = cost.total;
            cost.total = cost.total.map(|total| total + d(tax));
            cost.stated_tax = Some(d(tax));
        }
        RecordBody::Requisition(requisition) => requisition.stated_tax = Some(d(tax)),
        _ => panic!("commitments and change orders state no tax"),
    }
    record
}

/// An item of a requisition: line, completed to date, work of the period, retainage held to date,
/// retainage released in the period.
pub(crate) type Item<'a> = (i64, &'a str, &'a str, &'a str, &'a str);

/// A requisition of commitment 1 to 2026-03-10; `due` is its current payment due.
pub(crate) fn requisition(id: i64, sequence: i64, items: &[Item<'_>], due: &str) -> CostRecord {
    let items: Vec<RequisitionItem> = items
        .iter()
        .map(|(line, completed, work, retained, released)| RequisitionItem {
            line_item_id: *line,
            coding: Some(CostCoding {
                sub_job: None,
                cost_code: "03-300".to_owned(),
                cost_type: Some("S".to_owned()),
            }),
            change_order: None,
            description: format!("item {line}"),
            completed_and_stored: d(completed),
            work_this_period: d(work),
            materials_stored: Decimal::ZERO,
            materials_previously_stored: None,
            materials_moved: Decimal::ZERO,
            retainage_held_to_date: d(retained),
            retainage_released: d(released),
        })
        .collect();
    let body = RecordBody::Requisition(Requisition {
        commitment_id: 1,
        sequence,
        previous_id: None,
        invoice_number: Some(format!("PA-{sequence}")),
        is_final: false,
        period_end: Some(day("2026-03-10")),
        current_payment_due: Some(d(due)),
        stated_tax: None,
        completed_and_stored: Some(items.iter().map(|item| item.completed_and_stored).sum()),
        items,
    });
    record(req(id), &format!("SC-001-{sequence}"), "approved", body)
}

/// The lines of a commitment, change order or direct cost, to be edited.
pub(crate) fn lines_of(record: &mut CostRecord) -> &mut Vec<CostLine> {
    match &mut record.body {
        RecordBody::Commitment(body) => &mut body.lines,
        RecordBody::ChangeOrder(body) => &mut body.lines,
        RecordBody::DirectCost(body) => &mut body.lines,
        RecordBody::Requisition(_) => panic!("a requisition has items"),
    }
}

/// Makes the header say what the lines sum to.
pub(crate) fn add_up(record: &mut CostRecord) {
    let total = Some(sum(lines_of(record)).round_dp(2));
    match &mut record.body {
        RecordBody::Commitment(body) => body.grand_total = total,
        RecordBody::ChangeOrder(body) => body.grand_total = total,
        RecordBody::DirectCost(body) => body.total = total,
        RecordBody::Requisition(_) => {}
    }
}

pub(crate) fn requisition_of(record: &mut CostRecord) -> &mut Requisition {
    match &mut record.body {
        RecordBody::Requisition(body) => body,
        _ => panic!("{} is no requisition", record.key),
    }
}

pub(crate) fn direct_cost_of(record: &mut CostRecord) -> &mut DirectCost {
    match &mut record.body {
        RecordBody::DirectCost(body) => body,
        _ => panic!("{} is no direct cost", record.key),
    }
}

pub(crate) fn commitment_of(record: &mut CostRecord) -> &mut Commitment {
    match &mut record.body {
        RecordBody::Commitment(body) => body,
        _ => panic!("{} is no commitment", record.key),
    }
}

pub(crate) fn change_order_of(record: &mut CostRecord) -> &mut ChangeOrder {
    match &mut record.body {
        RecordBody::ChangeOrder(body) => body,
        _ => panic!("{} is no change order", record.key),
    }
}
