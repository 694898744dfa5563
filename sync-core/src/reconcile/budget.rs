//! Procore's budget per cost code, beside what is committed, and what SAP holds as cost.
//!
//! A budget bounds nothing here: a line on a cost code without one is a finding, and no record waits
//! for it. Cost types are added up: a budget is compared per sub job and cost code. It has the project's
//! own currency: what is committed in another one stands beside it, unconverted and not compared.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use super::sides::Sides;
use crate::{
    engine::FindingRow,
    model::{CostCoding, CostRecord, HeldDocument, LineMark, RecordBody, SourceKey},
    states::{Finding, FindingKind},
};

/// What a budget is compared by.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BudgetCode {
    /// The sub job's code.
    pub sub_job: Option<String>,
    /// The full cost code.
    pub cost_code: String,
}

impl BudgetCode {
    /// The code that a line stands on.
    #[must_use]
    pub fn of(coding: &CostCoding) -> Self {
        Self { sub_job: coding.sub_job.clone(), cost_code: coding.cost_code.clone() }
    }
}

impl std::fmt::Display for BudgetCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.sub_job {
            Some(sub_job) => write!(f, "{sub_job}/{}", self.cost_code),
            None => f.write_str(&self.cost_code),
        }
    }
}

/// One cost code.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BudgetLine {
    /// The code.
    pub code: BudgetCode,
    /// The original budget with its modifications; `None` where the code has no budget.
    pub budget: Option<Decimal>,
    /// Lines of commitments and change orders in their postable statuses.
    pub committed: Decimal,
    /// Lines of approved direct costs.
    pub direct_costs: Decimal,
    /// Net cost that SAP holds by key.
    pub recognised: Decimal,
}

impl BudgetLine {
    /// What is left of the budget: below zero where more is committed and spent than budgeted.
    #[must_use]
    pub fn remaining(&self) -> Decimal {
        self.budget.unwrap_or_default() - self.committed - self.direct_costs
    }
}

/// The budget of a project beside its costs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BudgetBeside {
    /// Why the budget could not be read: `budget_unavailable`. The other figures stand all the same.
    pub unavailable: Option<Finding>,
    /// By code, in order.
    pub lines: Vec<BudgetLine>,
    /// Net cost that SAP holds by key on lines whose cost code cannot be told any more.
    pub uncoded: Decimal,
    /// Whether a budget could be compared: false in every currency but the project's own.
    pub compared: bool,
}

/// The budget beside the costs of both sides in one currency, and the lines that have none.
pub(super) fn beside(sides: &Sides<'_>, currency: &str) -> (BudgetBeside, Vec<FindingRow>) {
    let mut table = Table::default();
    let compared = currency == sides.own_currency();
    let mut result = BudgetBeside { compared, ..BudgetBeside::default() };
    let rows = match sides.of.budget {
        _ if !compared => &[],
        Ok(rows) => rows,
        Err(error) => {
            let detail = error.to_string();
            result.unavailable = Some(Finding::new(FindingKind::BudgetUnavailable, detail));
            &[]
        }
    };
    for row in rows {
        table.learn(&row.coding);
        *table.line(BudgetCode::of(&row.coding)).budget.get_or_insert_default() += row.amount();
    }
    let budgeted: BTreeSet<BudgetCode> = table.lines.keys().cloned().collect();
    let mut findings = Vec::new();
    let of_currency = |record: &&CostRecord| {
        sides.currency_of(record) == currency && sides.beyond(record).is_none()
    };
    for record in sides.of.records.iter().filter(of_currency) {
        table.record(sides, record);
        // A requisition bills lines that its commitment was asked about.
        let asked = compared
            && result.unavailable.is_none()
            && is_approved(sides, record)
            && !matches!(record.body, RecordBody::Requisition(_));
        if let Some(finding) = asked.then(|| not_in_budget(record, &budgeted)).flatten() {
            findings.push(FindingRow { key: record.key, finding });
        }
    }
    let every = sides.of.documents.iter().chain(sides.of.adopted);
    let live = every.filter(|document| document.is_live());
    for document in live.filter(|document| document.currency == currency) {
        result.uncoded += table.document(document);
    }
    let holds = |line: &BudgetLine| {
        line.budget.is_some()
            || [line.committed, line.direct_costs, line.recognised].iter().any(|a| !a.is_zero())
    };
    result.lines = table.lines.into_values().filter(holds).collect();
    (result, findings)
}

/// The cost codes of a record's lines that have no budget, as one finding.
#[must_use]
pub fn not_in_budget(record: &CostRecord, budgeted: &BTreeSet<BudgetCode>) -> Option<Finding> {
    let mut missing: BTreeMap<BudgetCode, Decimal> = BTreeMap::new();
    for (_, coding, amount) in coded(record) {
        let code = BudgetCode::of(coding);
        if !amount.is_zero() && !budgeted.contains(&code) {
            *missing.entry(code).or_default() += amount;
        }
    }
    if missing.is_empty() {
        return None;
    }
    let list: Vec<String> =
        missing.iter().map(|(code, amount)| format!("{code}: {}", amount.normalize())).collect();
    let detail = format!("no budget for {}", list.join(", "));
    Some(Finding::new(FindingKind::NotInBudget, detail))
}

fn is_approved(sides: &Sides<'_>, record: &CostRecord) -> bool {
    !record.deleted && sides.of.policy.is_postable(record.kind(), &record.status)
}

/// The coded lines of a record by id, with their amounts; a requisition's are its items.
fn coded(record: &CostRecord) -> Vec<(i64, &CostCoding, Decimal)> {
    match &record.body {
        RecordBody::Requisition(requisition) => requisition
            .items
            .iter()
            .filter_map(|item| {
                Some((item.line_item_id, item.coding.as_ref()?, item.completed_and_stored))
            })
            .collect(),
        _ => record
            .lines()
            .iter()
            .filter_map(|line| Some((line.id, line.coding.as_ref()?, line.amount)))
            .collect(),
    }
}

#[derive(Default)]
struct Table {
    lines: BTreeMap<BudgetCode, BudgetLine>,
    /// The codes of Procore's lines, by record and line.
    by_line: BTreeMap<(SourceKey, i64), BudgetCode>,
    /// The codes by the text that posted lines begin with.
    by_token: BTreeMap<String, BudgetCode>,
}

impl Table {
    fn line(&mut self, code: BudgetCode) -> &mut BudgetLine {
        let empty = BudgetLine { code: code.clone(), ..BudgetLine::default() };
        self.lines.entry(code).or_insert(empty)
    }

    fn learn(&mut self, coding: &CostCoding) {
        self.by_token.insert(coding.token(), BudgetCode::of(coding));
    }

    fn record(&mut self, sides: &Sides<'_>, record: &CostRecord) {
        let approved = is_approved(sides, record);
        for (id, coding, amount) in coded(record) {
            self.learn(coding);
            let code = BudgetCode::of(coding);
            self.by_line.insert((record.key, id), code.clone());
            if !approved {
                continue;
            }
            match &record.body {
                RecordBody::Commitment(_) | RecordBody::ChangeOrder(_) => {
                    self.line(code).committed += amount;
                }
                RecordBody::DirectCost(_) => self.line(code).direct_costs += amount,
                RecordBody::Requisition(_) => {}
            }
        }
    }

    /// Adds a document's cost; answers what of it stands on no code that is known.
    fn document(&mut self, document: &HeldDocument) -> Decimal {
        let mut uncoded = Decimal::ZERO;
        for line in document.cost_lines() {
            let code = self.code_of(document.key.source, line.mark.as_ref(), &line.description);
            match code {
                Some(code) => self.line(code).recognised += line.amount,
                None => uncoded += line.amount,
            }
        }
        uncoded
    }

    /// The code that a posted line stands on: its text says it as it was posted, since a line may have
    /// been re-coded in Procore; else the line of Procore that it is marked with.
    fn code_of(&self, key: SourceKey, mark: Option<&LineMark>, text: &str) -> Option<BudgetCode> {
        let ends = text.match_indices(' ').map(|(at, _)| at).chain([text.len()]);
        let by_text = ends
            .collect::<Vec<_>>()
            .into_iter()
            .rev()
            .find_map(|end| self.by_token.get(&text[..end]));
        let by_mark = || match mark {
            Some(LineMark::Line(id)) => self.by_line.get(&(key, *id)),
            _ => None,
        };
        by_text.or_else(by_mark).cloned()
    }
}
