//! The whole life of one record: what Procore says, which rule maps each line, what
//! rounding moved, what SAP holds, what is decided now, and why.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::{
    Decision, Family, Header, ItemMovement, Member, Plan, PlanContext,
    header::header,
    held_lines::HeldLines,
    lines::{self, Stand},
    movement, range, templates,
};
use crate::{
    mapping::Unmapped,
    model::{
        Coding, CostCoding, CostLine, HeldDocument, LineMark, Posting, RecordBody, RoundingRow,
        SourceKey, Vendor,
    },
    states::{Cause, Finding, RecordState},
};

/// Where a line goes, and who says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinePlace {
    /// It stands in SAP already, and an amount change goes where it stands.
    Standing(Coding),
    /// A rule of `accounts.csv` maps it.
    Rule {
        /// The file line.
        row: usize,
        /// The place in the ledger.
        coding: Coding,
    },
    /// Nothing maps it: the table and the row to add.
    Unmapped(String),
    /// A markup line without a cost code: its amount is spread over the other lines.
    Spread,
}

/// One line of a record on its way into the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExplainedLine {
    /// Procore's id of the line.
    pub id: i64,
    /// How Procore codes it.
    pub coding: Option<CostCoding>,
    /// What it is for.
    pub description: String,
    /// The amount as Procore states it.
    pub stated: Decimal,
    /// The amount that is to stand in SAP; `None` while a rule stops the record before that.
    pub target: Option<Decimal>,
    /// What the target has over the stated amount rounded alone: a placed rounding unit, or spread
    /// markup.
    pub moved: Decimal,
    /// Where it goes.
    pub place: LinePlace,
    /// What SAP holds of it, debits minus credits.
    pub held: Decimal,
}

/// Everything that is known and decided about one record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The record.
    pub key: SourceKey,
    /// Its number in Procore.
    pub number: String,
    /// Its title in Procore.
    pub title: String,
    /// Its status in Procore.
    pub status: String,
    /// Whether it is posted in this status, and is there.
    pub postable: bool,
    /// The vendor that Procore names; change orders and requisitions have their commitment's.
    pub vendor: Option<Vendor>,
    /// The vendor's `CardCode` and its row in `vendors.csv`.
    pub card_code: Option<(String, usize)>,
    /// The SAP project and its row in `projects.csv`.
    pub sap_project: Option<(String, usize)>,
    /// The currency.
    pub currency: String,
    /// The posting date, where one was found.
    pub posting_date: Option<NaiveDate>,
    /// The state after the last cycle.
    pub state: RecordState,
    /// Why it waited, was held or was rejected then.
    pub cause: Option<Cause>,
    /// The figure of the header that the lines are compared with; of a direct cost it says how the total
    /// was read.
    pub header: Option<Header>,
    /// The lines of a commitment, a change order or a direct cost.
    pub lines: Vec<ExplainedLine>,
    /// The units that rounding moves onto its lines: the record's rows of the rounding ledger.
    pub rounding: Vec<RoundingRow>,
    /// What a requisition moves, item by item.
    pub items: Vec<ItemMovement>,
    /// What SAP holds of it.
    pub held: Vec<HeldDocument>,
    /// What would be done with it now.
    pub decision: Decision,
    /// The decision in a sentence.
    pub because: String,
    /// What is worth knowing.
    pub findings: Vec<Finding>,
}

impl Explanation {
    /// The documents that would be posted now.
    #[must_use]
    pub fn would_post(&self) -> &[Posting] {
        match &self.decision {
            Decision::Post(postings) => postings,
            _ => &[],
        }
    }
}

/// Explains a member of a family: plans it as a cycle would, and says how it came to that.
#[must_use]
pub fn explain(context: &PlanContext<'_>, family: &Family, index: usize) -> Explanation {
    let member = &family.members[index];
    let record = member.record();
    let plan = super::plan(context, family, index);
    // With an amount that no column holds nothing is computed.
    let beyond = range::out_of_range(context.policy, family).is_some();
    let vendor = family.vendor_of(member).cloned();
    let card_code = vendor
        .as_ref()
        .and_then(|vendor| context.mapping.vendor(vendor.id))
        .map(|row| (row.card_code.clone(), row.row));
    let sap_project = context
        .mapping
        .project(record.key.project)
        .and_then(|row| Some((row.sap_project.clone()?, row.row)));
    let (lines, rounding) =
        if beyond { (Vec::new(), Vec::new()) } else { explained_lines(context, member, &plan) };
    Explanation {
        key: record.key,
        number: record.number.clone(),
        title: record.title.clone(),
        status: record.status.clone(),
        postable: member.is_postable(context.policy),
        vendor,
        card_code,
        sap_project,
        currency: context.currency_of(record),
        posting_date: plan.posting_date,
        state: member.stored.state,
        cause: member.stored.cause.clone(),
        header: if beyond { None } else { header(record) },
        lines,
        rounding,
        items: if beyond { None } else { movement(family, record.key) }
            .map(|moved| moved.items)
            .unwrap_or_default(),
        held: member.held.clone(),
        because: because(context, member, &plan),
        decision: plan.decision,
        findings: plan.findings,
    }
}

/// The lines with what is to stand of each, and what rounding moves between them.
fn explained_lines(
    context: &PlanContext<'_>,
    member: &Member,
    plan: &Plan,
) -> (Vec<ExplainedLine>, Vec<RoundingRow>) {
    let record = member.record();
    let day = plan.posting_date.unwrap_or_else(|| super::dates::original(member, None));
    let scale = context.catalog.scale(&context.currency_of(record));
    let header = header(record).map(|header| header.amount);
    let target = lines::target(context, member, header, day, stand(context)).ok();
    let mut targets: BTreeMap<i64, Decimal> = BTreeMap::new();
    for own in target.iter().flat_map(|target| &target.lines) {
        *targets.entry(own.id).or_default() += own.amount;
    }
    let held_lines = HeldLines::of(context, member);
    let held = held_by_line(member);
    let explained = record.lines().iter().map(|line| {
        let own = target.as_ref().map(|_| targets.get(&line.id).copied().unwrap_or_default());
        ExplainedLine {
            id: line.id,
            coding: line.coding.clone(),
            description: line.description.clone(),
            stated: line.amount,
            moved: own.map_or(Decimal::ZERO, |own| {
                own - context.policy.rounding.round(line.amount, scale)
            }),
            target: own,
            place: place(context, member, &held_lines, line, day),
            held: held.get(&line.id).copied().unwrap_or_default(),
        }
    });
    (explained.collect(), target.map(|target| target.rounding).unwrap_or_default())
}

fn place(
    context: &PlanContext<'_>,
    member: &Member,
    held_lines: &HeldLines<'_>,
    line: &CostLine,
    day: NaiveDate,
) -> LinePlace {
    let mark = stand(context).layer.line(line.id);
    if let Some(coding) = line.coding.as_ref().and_then(|c| held_lines.place(&mark, c)) {
        return LinePlace::Standing(coding);
    }
    let Some(coding) = &line.coding else {
        return if member.record().kind().is_change_order() {
            LinePlace::Spread
        } else {
            LinePlace::Unmapped("Procore states no cost code; give the line one".to_owned())
        };
    };
    match context.mapping.find(member.record().key.project, coding, day) {
        Ok((coding, row)) => LinePlace::Rule { row, coding },
        Err(Unmapped::Project(project)) => LinePlace::Unmapped(format!(
            "projects.csv has no row for project {project}; add '{project},<SAP project>'"
        )),
        Err(Unmapped::CostCode(coding)) => LinePlace::Unmapped(format!(
            "accounts.csv has no rule for {} on {day}; add one",
            coding.token()
        )),
    }
}

/// How the lines of commitments stand on the basis; where it cannot be said yet, as cost.
fn stand<'a>(context: &PlanContext<'a>) -> Stand<'a> {
    let contract = templates::of(context.policy, context.policy.basis).contract;
    templates::contract::stand(context, contract).unwrap_or(Stand::AP)
}

/// What SAP holds of each line, as cost or encumbered.
fn held_by_line(member: &Member) -> BTreeMap<i64, Decimal> {
    let mut held: BTreeMap<i64, Decimal> = BTreeMap::new();
    for line in member.live().flat_map(|document| &document.lines) {
        if let Some(LineMark::Line(id) | LineMark::Encumbrance(id)) = &line.mark {
            *held.entry(*id).or_default() += line.amount;
        }
    }
    held
}

/// The decision in a sentence, with its figures.
fn because(context: &PlanContext<'_>, member: &Member, plan: &Plan) -> String {
    let record = member.record();
    let held = member.net_cost_held();
    match &plan.decision {
        Decision::Post(postings) => {
            let net: Decimal = postings.iter().map(Posting::net_cost).sum();
            let live = member.live().count();
            let documents = in_number(postings.len());
            if live == 0 {
                format!("nothing of it stands in SAP: {documents} over {net} net")
            } else {
                format!(
                    "SAP holds {held} net in {} and Procore now says otherwise: {documents} to move \
                     it by {net}",
                    in_number(live)
                )
            }
        }
        Decision::Unchanged if member.stored.adopted.is_some() => {
            let adoption = member.stored.adopted.as_ref();
            adoption.map(|a| format!("nothing is posted for it: {a}")).unwrap_or_default()
        }
        Decision::Unchanged => format!("SAP holds {held} net, which is what Procore says"),
        Decision::NothingToPost => {
            "it moves no money: its lines are zero, or only a rounding unit would move".to_owned()
        }
        Decision::NotPostable => {
            let list = context.policy.postable.get(&record.kind()).map(|list| list.join(", "));
            if record.deleted || member.stored.absent {
                "it is deleted in Procore, and nothing of it stands in SAP".to_owned()
            } else {
                format!(
                    "its status is '{}'; posted are {}, and nothing of it stands in SAP",
                    record.status,
                    list.unwrap_or_else(|| "change orders as configured".to_owned())
                )
            }
        }
        Decision::NotConfigured => match &record.body {
            RecordBody::DirectCost(cost) => format!(
                "direct costs of type '{0}' have no offset; set posting.direct_cost_offset.{0}",
                cost.direct_cost_type
            ),
            _ => "its kind is not configured".to_owned(),
        },
        Decision::Opening => format!(
            "it belongs to what the books held before {}: it is on the opening list, or its \
             commitment is",
            context.policy.start_date
        ),
        Decision::FutureDated(day) => {
            format!("its posting date {day} is after today, {}", context.today)
        }
        Decision::Wait(cause) | Decision::Hold(cause) => {
            format!("{}: {}; {}", cause.reason, cause.detail, cause.reason.remedy())
        }
        Decision::Skipped(cause) => format!("nothing is posted for it: {}", cause.detail),
        Decision::NeedsRate { currency, day } => {
            format!("SAP was not asked yet for the exchange rate of {currency} on {day}")
        }
        Decision::PendingApproval => {
            "a draft of it waits in SAP's approval procedure; nothing further is planned".to_owned()
        }
    }
}

/// `1 document`, `2 documents`.
fn in_number(documents: usize) -> String {
    format!("{documents} document{}", if documents == 1 { "" } else { "s" })
}
