//! The opening list: what the books held of a record at the cut-over, and how a change of it is planned.
//!
//! A record on the list is planned as if SAP held one more document of it, over what the list says: the
//! difference is then what every other change is, line by line, where the line stands. That document
//! exists in planning only. Which records it is made for is the policy's choice: with
//! `opening = "billed"` a commitment runs on `progress`, and neither it nor its change orders are posted;
//! with `opening = "committed"` they go on as the basis says. A change of any other record waits for a
//! person, who may let the difference be posted.

use std::borrow::Cow;

use rust_decimal::Decimal;

use super::{
    Decision, Family, Member, Plan, PlanContext, Stop, dates, direct_cost,
    documents::{self, Writer},
    ended, hold,
    lines::{self, TargetLine},
    listed, requisition,
    templates::{
        self, Contract,
        contract::{self, stand},
    },
};
use crate::{
    catalog::Partner,
    model::{
        Coding, DocumentKey, DocumentType, HeldDocument, HeldLine, HeldState, JournalLine,
        JournalTarget, LineMark, RecordBody, is_beside_opening,
    },
    policy::{Offset, Policy},
    ports::{OpeningEntry, StoredRecord},
    states::Reason,
};

/// The `DocEntry` of the document that stands for the opening list: SAP's begin at 1.
const NO_ENTRY: i64 = 0;

/// The sequence of that document: the first that is posted beside it is the second of the record.
const SEQUENCE: u32 = 1;

/// Whether a document is what the opening list holds of its record, not one of SAP's.
pub(super) fn is_opening(document: &HeldDocument) -> bool {
    document.doc_entry == NO_ENTRY
}

/// Whether what the list holds of a record is what its changes are measured against: not of a commitment
/// or a change order that was carried over with what was billed.
pub(crate) fn counts(policy: &Policy, stored: &StoredRecord) -> bool {
    stored.opening.is_some()
        && (!stored.record.kind().is_of_contract() || policy.opens_with_commitments())
}

/// Whether SAP holds differences to an opening list that the state does not know any more: the record is
/// on it with what they do not explain.
pub(super) fn is_lost(member: &Member) -> bool {
    member.stored.opening.is_none()
        && member.live().any(|document| is_beside_opening(&document.revision))
}

impl Member {
    /// The documents that stand in SAP, without what the opening list holds.
    pub(super) fn keyed(&self) -> impl Iterator<Item = &HeldDocument> {
        self.live().filter(|document| !is_opening(document))
    }

    /// Whether a person let a change of the record be posted: after posting, or of a record on the opening
    /// list, whose every change is stopped and answered as that.
    pub(super) fn change_is_decided(&self) -> bool {
        let listed = self.stored.opening.is_some() && !self.record().kind().is_of_contract();
        listed || self.decided(Reason::ChangedAfterPosting)
    }
}

/// Whether a record on the list is as it was then and nothing of it stands in SAP: there is nothing to
/// plan, whatever the tables say by now.
pub(super) fn is_as_listed(
    context: &PlanContext<'_>,
    family: &Family,
    member: &Member,
    plan: &Plan,
) -> bool {
    let Some(entry) = member.stored.opening.as_ref() else { return false };
    if !counts(context.policy, &member.stored)
        || member.live().next().is_some()
        || !member.is_postable(context.policy)
    {
        return false;
    }
    let ended =
        member.record().kind().is_of_contract() && !ended::stands_as_approved(context, family);
    !ended && listed::is_same(context, family, member, entry, plan)
}

/// The family with what the opening list holds: of its commitment and change orders where those count,
/// and of the member that is planned.
///
/// # Errors
///
/// The hold that stops the member: a line of the list that no rule maps, a list without lines.
pub(super) fn with_amounts<'a>(
    context: &PlanContext<'_>,
    family: &'a Family,
    index: usize,
) -> Result<Cow<'a, Family>, Stop> {
    let held = |member: &Member| counts(context.policy, &member.stored);
    let of_contract = |member: &Member| member.record().kind().is_of_contract() && held(member);
    if !family.members.iter().any(of_contract) && !held(&family.members[index]) {
        return Ok(Cow::Borrowed(family));
    }
    let mut with = family.clone();
    for at in (0..family.members.len()).filter(|at| of_contract(&family.members[*at])) {
        let document = document(context, family, at)?;
        with.members[at].held.insert(0, document);
    }
    let planned = &family.members[index];
    if held(planned) && !planned.record().kind().is_of_contract() {
        // At the cut-over nothing stood but what is on the list.
        let mut then = with.clone();
        for member in &mut then.members {
            member.held.retain(is_opening);
        }
        let document = document(context, &then, index)?;
        with.members[index].held.insert(0, document);
    }
    Ok(Cow::Owned(with))
}

/// What a plan beside the opening list comes to: what stands as the list and SAP hold it, and what a
/// person must see first.
pub(super) fn instead(
    context: &PlanContext<'_>,
    family: &Family,
    member: &Member,
    decision: Decision,
) -> Decision {
    let opening = member.stored.opening.as_ref();
    let Some(entry) = opening.filter(|_| counts(context.policy, &member.stored)) else {
        return decision;
    };
    let answered = member.decided(Reason::ChangedBeforeStart);
    match decision {
        Decision::Unchanged | Decision::NothingToPost if member.keyed().next().is_none() => {
            Decision::Opening
        }
        Decision::Post(_) if !member.record().kind().is_of_contract() && !answered => {
            hold(Reason::ChangedBeforeStart, changed(context, family, member, entry))
        }
        other => other,
    }
}

fn changed(
    context: &PlanContext<'_>,
    family: &Family,
    member: &Member,
    entry: &OpeningEntry,
) -> String {
    let record = member.record();
    let now = if member.is_postable(context.policy) {
        format!("worth {}", listed::worth(family, member))
    } else if record.deleted || member.stored.absent {
        "deleted in Procore".to_owned()
    } else {
        format!("'{}' in Procore", record.status)
    };
    let since = match member.keyed().count() {
        0 => String::new(),
        n => format!(", SAP holds {n} documents of changes since"),
    };
    format!(
        "{} stood on the opening list of {} with {}{since}; it is {now}",
        record.key, context.policy.start_date, entry.amount
    )
}

/// What the list holds of a record, as a document of SAP.
fn document(context: &PlanContext<'_>, family: &Family, at: usize) -> Result<HeldDocument, Stop> {
    let member = &family.members[at];
    let record = member.record();
    let entry = member.stored.opening.as_ref().expect("only a record on the list counts");
    if !entry.knows_its_lines() {
        return Err(hold(
            Reason::ChangedBeforeStart,
            format!(
                "{} stood on the opening list with {}, which this state kept without its lines; correct \
                 the change in SAP by hand, or make the list anew with sync --rebuild-opening",
                record.key, entry.amount
            ),
        ));
    }
    let books = match &record.body {
        RecordBody::Commitment(_) | RecordBody::ChangeOrder(_) => {
            of_contract(context, family, member, entry)?
        }
        RecordBody::DirectCost(cost) => {
            let target = targets(context, member, entry, false)?;
            let cost = crate::model::DirectCost { stated_tax: Some(entry.tax), ..cost.clone() };
            let dates = dates::on(context.today);
            let partner = match context.policy.direct_cost_offset.get(&cost.direct_cost_type) {
                Some(Offset::Vendor) => Some(partner(context, family, member, entry)?),
                _ => None,
            };
            let rest = direct_cost::rest(context, family, member, partner, &cost, &target, dates)?;
            Books { document_type: DocumentType::JournalEntry, target, rest }
        }
        RecordBody::Requisition(own) => {
            let partner = partner(context, family, member, entry)?;
            let wanted = requisition::at_cut_over(context, family, member, partner, own, entry)?;
            let target = placed(wanted.cost, entry);
            Books { document_type: wanted.document_type, target, rest: wanted.rest }
        }
    };
    Ok(as_document(context, member, entry, books))
}

/// What the books hold of a record: cost per line, and the other side.
struct Books {
    document_type: DocumentType,
    target: Vec<TargetLine>,
    rest: Vec<JournalLine>,
}

fn of_contract(
    context: &PlanContext<'_>,
    family: &Family,
    member: &Member,
    entry: &OpeningEntry,
) -> Result<Books, Stop> {
    let template = templates::of(context.policy, context.policy.basis);
    let stand = stand(context, template.contract)?;
    let target = targets(context, member, entry, stand.with_tax_code)?;
    if template.contract == Contract::ApDocument {
        let document_type = DocumentType::PurchaseInvoice;
        return Ok(Books { document_type, target, rest: Vec::new() });
    }
    let writer = Writer::new(context, family, member)?;
    let card_code = card_code(context, entry);
    let card_code = card_code.as_deref();
    let rest = contract::balance_lines(context, &writer, template.contract, &target, card_code)?;
    Ok(Books { document_type: DocumentType::JournalEntry, target, rest })
}

/// The lines of the list, each in the place that the tables gave it then, else in the one of the cut-over.
fn targets(
    context: &PlanContext<'_>,
    member: &Member,
    entry: &OpeningEntry,
    with_tax_code: bool,
) -> Result<Vec<TargetLine>, Stop> {
    let record = member.record();
    let start = context.policy.start_date;
    let lines = entry.lines.iter().map(|line| {
        let place = match (&line.place, &line.coding) {
            (Some(place), _) => place.clone(),
            (None, Some(coding)) => {
                lines::mapped(context, record, line.id, coding, start, line.amount)?
            }
            (None, None) => {
                return Err(hold(
                    Reason::CostCodeUnmapped,
                    format!("line {} of {} had no cost code at the cut-over", line.id, record.key),
                ));
            }
        };
        let tax_code = place.tax_code.clone().filter(|_| with_tax_code);
        Ok(TargetLine {
            id: line.id,
            amount: line.amount,
            coding: Coding { tax_code, ..place },
            text: line.coding.as_ref().map(|coding| coding.token()).unwrap_or_default(),
        })
    });
    lines.collect()
}

/// Cost of requisition items where the list has it.
fn placed(mut cost: Vec<TargetLine>, entry: &OpeningEntry) -> Vec<TargetLine> {
    for line in &mut cost {
        let listed = entry.lines.iter().find(|listed| listed.id == line.id);
        if let Some(place) = listed.and_then(|listed| listed.place.as_ref()) {
            let tax_code = line.coding.tax_code.take();
            line.coding = Coding { tax_code, ..place.clone() };
        }
    }
    cost
}

/// The partner that the books owe it to: the one of the list, else the record's.
fn partner<'a>(
    context: &PlanContext<'a>,
    family: &Family,
    member: &Member,
    entry: &OpeningEntry,
) -> Result<&'a Partner, Stop> {
    match card_code(context, entry) {
        Some(card_code) => documents::former_partner(context, &card_code),
        None => documents::partner(context, family, member),
    }
}

/// The vendor in SAP: as the tables named it then, else as they do now.
fn card_code(context: &PlanContext<'_>, entry: &OpeningEntry) -> Option<String> {
    let now = || context.mapping.vendor(entry.vendor.as_ref()?.id);
    entry.card_code.clone().or_else(|| now().map(|row| row.card_code.clone()))
}

fn as_document(
    context: &PlanContext<'_>,
    member: &Member,
    entry: &OpeningEntry,
    books: Books,
) -> HeldDocument {
    let line =
        |mark: LineMark, target: JournalTarget, amount: Decimal, description: String| HeldLine {
            mark: Some(mark),
            target,
            amount,
            local: None,
            tax: Decimal::ZERO,
            paid: Decimal::ZERO,
            description,
        };
    let cost = books.target.into_iter().map(|target| {
        let place = JournalTarget::Account(target.coding);
        line(LineMark::Line(target.id), place, target.amount, target.text)
    });
    let rest = books.rest.into_iter();
    let rest = rest.map(|row| line(row.mark, row.target, row.amount, row.description));
    let currency = match entry.currency.as_str() {
        "" => context.currency_of(member.record()),
        own => own.to_owned(),
    };
    HeldDocument {
        key: DocumentKey { source: member.record().key, sequence: SEQUENCE },
        revision: String::new(),
        document_type: books.document_type,
        doc_entry: NO_ENTRY,
        doc_num: None,
        state: HeldState::Live,
        posting_date: entry.dated,
        card_code: card_code(context, entry),
        control_account: None,
        branch: None,
        currency,
        total: entry.amount,
        local_total: None,
        tax: Decimal::ZERO,
        paid: Decimal::ZERO,
        open: true,
        lines: cost.chain(rest).collect(),
    }
}
