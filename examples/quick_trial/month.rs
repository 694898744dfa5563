//! What people and networks do while the month goes on.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use sync_sandbox::{
    Fault, FaultRule,
    contractor::books::PeriodState,
    procore::{
        Commitment, CommitmentKind, Company, NewChangeOrder, NewDirectCost, NewLine, Project,
        RecordRef,
    },
};

use crate::{Outcome, stage::Stage};

/// Changes both systems; answers what was done, a sentence each.
pub(crate) fn goes_on(stage: &Stage) -> Outcome<Vec<String>> {
    let procore = &stage.sandbox.procore;
    let mut done = vec![
        procore.edit(edit_after_approval)?,
        procore.edit(change_order)?,
        procore.edit(approval_back_and_forth)?,
        procore.edit(approval_taken_back)?,
        procore.edit(deletion)?,
        closed_period(stage)?,
    ];
    done.extend(bad_weather(stage));
    Ok(done)
}

/// The `nth` approved purchase order of a project.
fn purchase_order(company: &Company, project: usize, nth: usize) -> Outcome<(i64, Commitment)> {
    let project = company.projects.get(project).ok_or("the contractor has too few projects")?;
    let order = project
        .commitments
        .iter()
        .filter(|c| c.kind == CommitmentKind::PurchaseOrder && c.status == "Approved")
        .filter(|c| c.deleted_at.is_none() && !has_children(project, c.id) && !c.lines.is_empty())
        .nth(nth)
        .ok_or("the project has too few purchase orders")?;
    Ok((project.id, order.clone()))
}

fn has_children(project: &Project, id: i64) -> bool {
    project.change_orders.iter().any(|change| change.contract_id == id)
        || project.requisitions.iter().any(|requisition| requisition.commitment_id == id)
}

fn edit_after_approval(company: &mut Company) -> Outcome<String> {
    let (project, order) = purchase_order(company, 1, 0)?;
    let record = RecordRef::Commitment(order.id);
    let line = order.lines.first().ok_or("the purchase order has no line")?;
    company.set_status(project, record, "Draft")?;
    let raised = line.amount + Decimal::from(1_250);
    company.set_line_amount(project, record, line.id, raised, true)?;
    company.set_status(project, record, "Approved")?;
    Ok(format!(
        "purchase order {} is re-opened, raised by 1,250.00 and approved again",
        order.number
    ))
}

fn change_order(company: &mut Company) -> Outcome<String> {
    let project = company.projects.get(2).ok_or("the contractor has too few projects")?;
    // One that is billed to its end would rightly wait for a person: what of it is still billed?
    let is_billed_out =
        |id: i64| project.requisitions.iter().any(|bill| bill.commitment_id == id && bill.is_final);
    let subcontract = project
        .commitments
        .iter()
        .find(|c| {
            c.kind == CommitmentKind::Subcontract
                && c.status == "Approved"
                && c.is_postable()
                && !is_billed_out(c.id)
        })
        .ok_or("the project has no approved subcontract that is still billed")?;
    let (project, contract_id, number) = (project.id, subcontract.id, subcontract.number.clone());
    let coding = subcontract.lines.iter().find_map(|line| line.coding);
    company.add_change_order(
        project,
        NewChangeOrder {
            contract_id,
            title: "Extra access road".to_owned(),
            status: "approved".to_owned(),
            reviewed_at: Some(company.now),
            lines: vec![NewLine {
                coding,
                description: "Access road".to_owned(),
                amount: Decimal::from(2_400),
                priced: None,
            }],
            markups: Vec::new(),
        },
    )?;
    Ok(format!("a change order over 2,400.00 on subcontract {number} is approved"))
}

fn approval_back_and_forth(company: &mut Company) -> Outcome<String> {
    let (project, order) = purchase_order(company, 3, 0)?;
    let record = RecordRef::Commitment(order.id);
    company.set_status(project, record, "Draft")?;
    company.set_status(project, record, "Approved")?;
    Ok(format!("the approval of purchase order {} is taken back and given again", order.number))
}

fn approval_taken_back(company: &mut Company) -> Outcome<String> {
    let (project, order) = purchase_order(company, 4, 0)?;
    company.set_status(project, RecordRef::Commitment(order.id), "Draft")?;
    Ok(format!("the approval of purchase order {} is taken back for good", order.number))
}

fn deletion(company: &mut Company) -> Outcome<String> {
    let (project, order) = purchase_order(company, 5, 0)?;
    company.delete(project, RecordRef::Commitment(order.id))?;
    Ok(format!("purchase order {} is deleted", order.number))
}

/// The accountant closes the first month; an invoice of that month arrives late.
fn closed_period(stage: &Stage) -> Outcome<String> {
    let books = &stage.sandbox.contractor.books;
    let start = stage.sandbox.contractor.start_date;
    let period = books
        .periods
        .iter()
        .find(|period| period.from <= start && start <= period.to)
        .ok_or("no period holds the first month")?;
    stage.sandbox.service_layer.set_period(&period.code, PeriodState::Locked);
    stage.sandbox.procore.edit(|company| late_invoice(company, start))?;
    Ok(format!(
        "period {} is closed in SAP, and an invoice dated {start} arrives late",
        period.code
    ))
}

fn late_invoice(company: &mut Company, dated: NaiveDate) -> Outcome<()> {
    let project = company.projects.get(6).ok_or("the contractor has too few projects")?;
    let like = project
        .direct_costs
        .iter()
        .find(|cost| {
            cost.kind.as_str() == "invoice" && cost.status == "approved" && cost.vendor_id.is_some()
        })
        .ok_or("the project has no approved invoice")?;
    let new = NewDirectCost {
        kind: like.kind,
        status: "approved".to_owned(),
        date: Some(dated),
        vendor_id: like.vendor_id,
        employee: None,
        invoice_number: Some("LATE-1".to_owned()),
        description: "Late invoice".to_owned(),
        tax_total: Decimal::ZERO,
        lines: vec![NewLine {
            coding: like.lines.iter().find_map(|line| line.coding),
            description: "Crane rental".to_owned(),
            amount: Decimal::from(880),
            priced: None,
        }],
    };
    let project = project.id;
    company.add_direct_cost(project, new)?;
    Ok(())
}

/// A reply that is lost, a session and a token that expire, a quota that runs out.
fn bad_weather(stage: &Stage) -> Vec<String> {
    let rule = |method: &str, path: &str, fault: Fault| FaultRule {
        method: Some(method.to_owned()),
        path_contains: path.to_owned(),
        skip: 0,
        times: 1,
        fault,
    };
    stage.sandbox.service_layer_faults.add(rule("POST", "/PurchaseInvoices", Fault::LostAfter));
    stage.sandbox.service_layer_faults.add(rule("GET", "/JournalEntries", Fault::Expire));
    stage.sandbox.procore_faults.add(rule("GET", "/direct_costs", Fault::Expire));
    stage.sandbox.procore_faults.add(rule("GET", "/requisitions", Fault::Throttle(1)));
    vec![
        "SAP's reply to one A/P invoice is lost after SAP has posted it".to_owned(),
        "SAP's session and Procore's token expire in the middle, and Procore answers one 429"
            .to_owned(),
    ]
}
