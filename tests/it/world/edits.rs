//! What people do in Procore, in the world's first project.

use chrono::NaiveDate;
use chrono::NaiveTime;
use rust_decimal::Decimal;
use sync_core::model::{Kind, SourceKey};
use sync_sandbox::procore::{
    self, Coding, CommitmentKind, Company, DirectCostType, NewChangeOrder, NewCommitment,
    NewDirectCost, NewLine, NewRequisition, Project, RecordRef,
};

use super::{World, amount, day};

/// A record that a test made.
#[derive(Clone, Debug)]
pub(crate) struct Made {
    pub(crate) id: i64,
    pub(crate) key: SourceKey,
    pub(crate) record: RecordRef,
    pub(crate) lines: Vec<i64>,
}

/// What a line bills: work and the percent retained of it, and retainage released.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Work {
    pub(crate) line: i64,
    pub(crate) completed: &'static str,
    pub(crate) retained_percent: &'static str,
    pub(crate) released: &'static str,
}

/// A line of a record: cost code, cost type, amount.
type Line = (&'static str, &'static str, &'static str);

impl World {
    pub(crate) fn project(&self) -> i64 {
        self.sandbox.contractor.project_ids()[0]
    }

    /// The nth vendor of the directory.
    pub(crate) fn vendor(&self, n: usize) -> i64 {
        self.sandbox.contractor.company.vendors[n].id
    }

    /// Edits the company.
    pub(crate) fn edit<T>(&self, work: impl FnOnce(&mut Company, i64) -> T) -> T {
        let project = self.project();
        self.sandbox.procore.edit(|company| work(company, project))
    }

    pub(crate) fn read<T>(&self, look: impl FnOnce(&Project) -> T) -> T {
        let project = self.project();
        self.sandbox.procore.read(|company| look(company.project(project).unwrap()))
    }

    pub(crate) fn subcontract(&self, number: &str, lines: &[Line]) -> Made {
        self.commitment(CommitmentKind::Subcontract, number, lines)
    }

    pub(crate) fn purchase_order(&self, number: &str, lines: &[Line]) -> Made {
        self.commitment(CommitmentKind::PurchaseOrder, number, lines)
    }

    fn commitment(&self, kind: CommitmentKind, number: &str, lines: &[Line]) -> Made {
        let vendor_id = Some(self.vendor(0));
        let id = self.edit(|company, project| {
            let new = NewCommitment {
                kind,
                number: number.to_owned(),
                title: "Structural work".to_owned(),
                status: "Approved".to_owned(),
                vendor_id,
                contract_date: Some(day(2026, 2, 10)),
                execution_date: None,
                retainage_percent: Decimal::TEN,
                lines: new_lines(company, project, lines),
            };
            company.add_commitment(project, new).unwrap()
        });
        let lines = self.read(|project| ids(&project.commitment(id).unwrap().lines));
        let kind = match kind {
            CommitmentKind::PurchaseOrder => Kind::PurchaseOrder,
            CommitmentKind::Subcontract => Kind::Subcontract,
        };
        Made { id, key: self.key(kind, id), record: RecordRef::Commitment(id), lines }
    }

    /// An approved change order of 20 March.
    pub(crate) fn change_order(&self, contract: &Made, lines: &[Line]) -> Made {
        let id = self.edit(|company, project| {
            let reviewed = day(2026, 3, 20).and_time(NaiveTime::from_hms_opt(16, 0, 0).unwrap());
            let new = NewChangeOrder {
                contract_id: contract.id,
                title: "Changed work".to_owned(),
                status: "approved".to_owned(),
                reviewed_at: Some(reviewed.and_utc()),
                lines: new_lines(company, project, lines),
                markups: Vec::new(),
            };
            company.add_change_order(project, new).unwrap()
        });
        let lines = self.read(|project| {
            let change = project.change_orders.iter().find(|c| c.package_id == Some(id));
            ids(&change.unwrap().lines)
        });
        let key = self.key(Kind::ChangeOrder, id);
        Made { id, key, record: RecordRef::ChangeOrder(id), lines }
    }

    /// A vendor's invoice as a direct cost.
    pub(crate) fn direct_cost(&self, invoice: &str, dated: NaiveDate, lines: &[Line]) -> Made {
        let vendor_id = Some(self.vendor(1));
        let id = self.edit(|company, project| {
            let new = NewDirectCost {
                kind: DirectCostType::Invoice,
                status: "approved".to_owned(),
                date: Some(dated),
                vendor_id,
                employee: None,
                invoice_number: Some(invoice.to_owned()),
                description: "Bought on site".to_owned(),
                tax_total: Decimal::ZERO,
                lines: new_lines(company, project, lines),
            };
            company.add_direct_cost(project, new).unwrap()
        });
        let lines = self
            .read(|project| ids(&project.direct_costs.iter().find(|c| c.id == id).unwrap().lines));
        let key = self.key(Kind::DirectCost, id);
        Made { id, key, record: RecordRef::DirectCost(id), lines }
    }

    /// The next requisition of a subcontract, for the billing period that begins in `month`.
    pub(crate) fn requisition(&self, contract: &Made, month: NaiveDate, work: &[Work]) -> Made {
        let period_id = self.read(|project| {
            let mut periods = project.billing_periods.iter();
            periods.find(|period| period.start_date == month).unwrap().id
        });
        let id = self.edit(|company, project| {
            let new = NewRequisition {
                commitment_id: contract.id,
                status: "approved".to_owned(),
                invoice_number: Some(format!("PA-{}-{month}", contract.id)),
                period_id: Some(period_id),
                billing_date: None,
                is_final: false,
                tax: Decimal::ZERO,
                work: work
                    .iter()
                    .map(|work| procore::Work {
                        line_item_id: work.line,
                        completed: amount(work.completed),
                        retainage_percent: amount(work.retained_percent),
                        released: amount(work.released),
                        ..procore::Work::default()
                    })
                    .collect(),
            };
            company.add_requisition(project, new).unwrap()
        });
        let key = self.key(Kind::Requisition, id);
        Made { id, key, record: RecordRef::Requisition(id), lines: Vec::new() }
    }

    pub(crate) fn set_status(&self, made: &Made, status: &str) {
        self.edit(|company, project| company.set_status(project, made.record, status)).unwrap();
    }

    /// Types an amount into the nth line; the record's own `updated_at` moves with it.
    pub(crate) fn set_amount(&self, made: &Made, line: usize, to: &str) {
        let (record, line) = (made.record, made.lines[line]);
        self.edit(|company, project| {
            company.set_line_amount(project, record, line, amount(to), true)
        })
        .unwrap();
    }

    pub(crate) fn delete(&self, made: &Made) {
        self.edit(|company, project| company.delete(project, made.record)).unwrap();
    }
}

fn ids(lines: &[procore::Line]) -> Vec<i64> {
    lines.iter().map(|line| line.id).collect()
}

fn new_lines(company: &Company, project: i64, lines: &[Line]) -> Vec<NewLine> {
    lines
        .iter()
        .map(|(code, kind, net)| NewLine {
            coding: Some(coding(company, project, code, kind)),
            description: format!("Work on {code}"),
            amount: amount(net),
            priced: None,
        })
        .collect()
}

/// Cost code and cost type by their codes.
pub(crate) fn coding(company: &Company, project: i64, code: &str, kind: &str) -> Coding {
    let mut codes = company.project(project).unwrap().cost_codes.iter();
    let code = codes.find(|c| c.full_code == code && c.sub_job_id.is_none());
    let kind = company.line_item_types.iter().find(|t| t.code == kind);
    Coding { cost_code_id: code.unwrap().id, line_item_type_id: kind.unwrap().id }
}
