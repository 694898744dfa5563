//! The records: a commitment out of Procore's own bodies, and families with many change orders or requisitions.

use procore_client::resources::{commitments::Commitment as Header, line_items::LineItem};
use rust_decimal::Decimal;
use sync_core::{
    memory::MemoryLedger,
    model::{
        ChangeOrder, Commitment, CostCoding, CostLine, CostRecord, Kind, RecordBody, Requisition,
        RequisitionItem, SourceKey, Vendor,
    },
    plan::{Decision, Family, Member, plan},
    ports::{Always, Ledger as _, PostOutcome, StoredRecord},
    states::RecordState,
};

use super::{COMPANY, Company, PROJECT, day, moment};
use crate::bodies;

/// Decodes a contract and its lines into procore-client's types.
pub fn decode(contract: &[u8], lines: &[u8]) -> (Header, Vec<LineItem>) {
    let header = procore_client::decode_list(contract, false).expect("the contract is readable");
    let lines = procore_client::decode_list(lines, false).expect("the lines are readable");
    assert!(header.unreadable.is_empty() && lines.unreadable.is_empty());
    let header = header.records.into_iter().next().expect("a contract").into_value();
    (header, lines.records.into_iter().map(procore_client::Record::into_value).collect())
}

/// An approved subcontract of so many lines, as a connector makes it of what was decoded.
pub fn commitment(lines: usize) -> CostRecord {
    let (contract, items) = (bodies::contract_page(1), bodies::contract_lines(lines));
    let (header, items) = decode(contract.as_bytes(), items.as_bytes());
    let lines: Vec<CostLine> = items.iter().map(cost_line).collect();
    let vendor = header.vendor.as_ref().and_then(|vendor| vendor.id);
    let body = RecordBody::Commitment(Commitment {
        grand_total: Some(lines.iter().map(|line| line.amount).sum()),
        approved_change_orders: None,
        agreed_on: header.execution_date.or(header.contract_date),
        lines,
    });
    CostRecord {
        number: header.number.clone().unwrap_or_default(),
        title: header.title.clone().unwrap_or_default(),
        vendor: vendor.map(|id| Vendor { id: id.get() % 100, name: "Example Concrete".to_owned() }),
        ..record(Kind::Subcontract, header.id.get(), "Approved", body)
    }
}

fn cost_line(item: &LineItem) -> CostLine {
    let code = item.cost_code.as_ref().and_then(|code| code.full_code.clone());
    CostLine {
        id: item.id.get(),
        amount: item.amount.expect("every line states an amount"),
        quantity: item.quantity,
        unit_cost: item.unit_cost,
        calculated: false,
        coding: code.map(|cost_code| CostCoding {
            sub_job: None,
            cost_code,
            cost_type: item.line_item_type.as_ref().and_then(|of| of.code.clone()),
        }),
        description: item.description.clone().unwrap_or_default(),
    }
}

fn record(kind: Kind, id: i64, status: &str, body: RecordBody) -> CostRecord {
    CostRecord {
        key: SourceKey { company: COMPANY, project: PROJECT, kind, id },
        number: format!("{id:05}"),
        title: format!("Record {id}"),
        status: status.to_owned(),
        deleted: false,
        vendor: None,
        currency: None,
        created_on: day(2026, 2, 1),
        updated_at: moment(),
        body,
    }
}

/// A record of which SAP holds nothing yet.
fn unposted(record: CostRecord) -> Member {
    let mut stored = StoredRecord::unplanned(record, moment());
    stored.postable_at_first_cycle = true;
    stored.first_postable_on = Some(day(2026, 3, 31));
    Member { stored, held: Vec::new(), blocked: false, set_aside: 0 }
}

/// A subcontract of 20 lines with so many change orders of five lines each.
pub fn family_of_change_orders(children: usize) -> Family {
    let parent = commitment(20);
    let of = parent.key.id;
    let lines: Vec<CostLine> = parent.lines().iter().take(5).cloned().collect();
    let children = (1..=children as i64).map(|id| {
        let lines: Vec<CostLine> =
            lines.iter().map(|l| CostLine { id: l.id + 1_000 * id, ..l.clone() }).collect();
        let body = RecordBody::ChangeOrder(ChangeOrder {
            commitment_id: of,
            grand_total: Some(lines.iter().map(|line| line.amount).sum()),
            reviewed_on: Some(day(2026, 3, 2)),
            lines,
        });
        record(Kind::ChangeOrder, id, "approved", body)
    });
    Family::new([parent.clone()].into_iter().chain(children).map(unposted).collect())
}

/// A subcontract of 20 lines with so many requisitions of 20 items each; each bills a cent per item.
pub fn family_of_requisitions(children: usize) -> Family {
    let parent = commitment(20);
    let of = parent.key.id;
    let lines = parent.lines().to_vec();
    let children = (1..=children as i64).map(|id| {
        let cent = Decimal::new(1, 2);
        let billed = Decimal::new(id, 2);
        let items: Vec<RequisitionItem> = lines
            .iter()
            .map(|line| RequisitionItem {
                line_item_id: line.id,
                coding: line.coding.clone(),
                change_order: None,
                description: line.description.clone(),
                completed_and_stored: billed,
                work_this_period: cent,
                materials_stored: Decimal::ZERO,
                materials_previously_stored: None,
                materials_moved: Decimal::ZERO,
                retainage_held_to_date: Decimal::ZERO,
                retainage_released: Decimal::ZERO,
            })
            .collect();
        let body = RecordBody::Requisition(Requisition {
            commitment_id: of,
            sequence: id,
            previous_id: None,
            invoice_number: Some(format!("PA-{id}")),
            is_final: false,
            period_end: Some(day(2026, 3, 10)),
            current_payment_due: Some(cent * Decimal::from(items.len())),
            stated_tax: None,
            completed_and_stored: Some(billed * Decimal::from(items.len())),
            items,
        });
        record(Kind::Requisition, id, "approved", body)
    });
    Family::new([parent.clone()].into_iter().chain(children).map(unposted).collect())
}

/// A posted subcontract of so many lines, and a requisition that bills each of them `times` over.
pub async fn billed_at_once(company: &Company, lines: usize, times: i64) -> Family {
    let parent = commitment(lines);
    let billed = |line: &CostLine| line.amount * Decimal::from(times);
    let items: Vec<RequisitionItem> = parent
        .lines()
        .iter()
        .map(|line| RequisitionItem {
            line_item_id: line.id,
            coding: line.coding.clone(),
            change_order: None,
            description: line.description.clone(),
            completed_and_stored: billed(line),
            work_this_period: billed(line),
            materials_stored: Decimal::ZERO,
            materials_previously_stored: None,
            materials_moved: Decimal::ZERO,
            retainage_held_to_date: Decimal::ZERO,
            retainage_released: Decimal::ZERO,
        })
        .collect();
    let total = items.iter().map(|item| item.completed_and_stored).sum();
    let body = RecordBody::Requisition(Requisition {
        commitment_id: parent.key.id,
        sequence: 1,
        previous_id: None,
        invoice_number: Some("PA-1".to_owned()),
        is_final: false,
        period_end: Some(day(2026, 3, 10)),
        current_payment_due: Some(total),
        stated_tax: None,
        completed_and_stored: Some(total),
        items,
    });
    let mut family = posted(company, Family::new(vec![unposted(parent)])).await;
    family.members.push(unposted(record(Kind::Requisition, 1, "approved", body)));
    family
}

/// Plans every member and lets a ledger in memory take what is planned, as a cycle does.
pub async fn posted(company: &Company, mut family: Family) -> Family {
    let ledger = MemoryLedger::new(company.catalog.clone());
    for index in 0..family.members.len() {
        let plan = plan(&company.context(), &family, index);
        let Decision::Post(postings) = &plan.decision else {
            panic!("{}: {:?}", family.members[index].record().key, plan.decision)
        };
        let member = &mut family.members[index];
        for posting in postings {
            let payload = ledger.payload(posting, &company.catalog).expect("it is writable");
            let after = member.highest_in_ledger();
            let outcome = ledger.post(&member.stored.key(), &payload, after, &Always).await;
            let PostOutcome::Done(receipt) = outcome else {
                panic!("the ledger takes {}", posting.key())
            };
            member.held.push(receipt.document);
        }
        member.stored.state = RecordState::Posted;
        member.stored.fingerprint = plan.fingerprint.to_string();
        member.stored.posting_date = plan.posting_date;
    }
    family
}
