//! What goes onto the opening list of a record, as Procore states it when the list is made.

use rust_decimal::Decimal;

use super::{
    Family, Member, Movement, Plan, PlanContext, dates, family::role_amount, header::header, lines,
    movement, opening, spread,
};
use crate::{
    model::{Fingerprint, HeldDocument, HeldLine, LineMark, RecordBody, RequisitionItem},
    ports::{OpeningEntry, OpeningLine, StoredRecord},
};

/// Whether a record belongs on the opening list: in a postable status when the project was first gone
/// through, and dated before the cut-over.
pub(super) fn is_early(
    context: &PlanContext<'_>,
    stored: &StoredRecord,
    dated: chrono::NaiveDate,
) -> bool {
    stored.postable_at_first_cycle && dated < context.policy.start_date
}

/// What the opening list says of a member. What SAP holds of it by key is not part of what the books held
/// before.
#[must_use]
pub fn opening_entry(
    context: &PlanContext<'_>,
    family: &Family,
    index: usize,
    dated: chrono::NaiveDate,
    fingerprint: &Fingerprint,
) -> OpeningEntry {
    let family = &*spread::over_lines(context, family);
    let member = &family.members[index];
    let moved = movement(family, member.record().key);
    let vendor = family.vendor_of(member).cloned();
    let card_code = vendor.as_ref().and_then(|vendor| context.mapping.vendor(vendor.id));
    let (billed, retained) = billed_before(context, family, member);
    let by_key = |of: &dyn Fn(&HeldDocument) -> Decimal| member.live().map(of).sum::<Decimal>();
    let (held, released) = retainage(context, member, moved.as_ref());
    OpeningEntry {
        dated,
        amount: worth(family, member) - by_key(&recognised),
        billed,
        retained,
        currency: context.currency_of(member.record()),
        card_code: card_code.map(|row| row.card_code.clone()),
        vendor,
        lines: lines_left(context, member, moved.as_ref()),
        held: held + by_key(&|document| role_amount(document, "held")),
        released: released - by_key(&|document| role_amount(document, "released")),
        tax: stated_tax(member) - by_key(&tax_of),
        fingerprint: fingerprint.to_string(),
    }
}

/// What the list would hold of each member of a family if it were made now: of what is postable, dated before
/// the cut-over, and was on the list before or has no document in SAP.
#[must_use]
pub fn listed_anew(context: &PlanContext<'_>, family: &Family) -> Vec<Option<OpeningEntry>> {
    let belongs = |member: &Member| {
        let posted = member.live().next().is_some();
        member.is_postable(context.policy)
            && is_configured(context, member)
            && (is_listed(member) || !posted)
    };
    let entry = |(index, member): (usize, &Member)| {
        let dated = dated(context, family, member);
        let early = dated < context.policy.start_date && belongs(member);
        let fingerprint = || super::fingerprint(context, family, member);
        early.then(|| opening_entry(context, family, index, dated, &fingerprint()))
    };
    family.members.iter().enumerate().map(entry).collect()
}

/// Whether a record is on the list, or was on one that the state lost.
fn is_listed(member: &Member) -> bool {
    member.stored.opening.is_some() || opening::is_lost(member)
}

/// Direct costs of a type that is not posted are on no list.
fn is_configured(context: &PlanContext<'_>, member: &Member) -> bool {
    match &member.record().body {
        RecordBody::DirectCost(cost) => {
            context.policy.direct_cost_offset.contains_key(&cost.direct_cost_type)
        }
        _ => true,
    }
}

/// The date that puts a record on the list or not: nothing is dated before the commitment that it follows.
fn dated(context: &PlanContext<'_>, family: &Family, member: &Member) -> chrono::NaiveDate {
    let kind = member.record().kind();
    let template = super::templates::of(context.policy, context.policy.basis);
    let follows = kind.is_change_order()
        || (kind == crate::model::Kind::Requisition && template.follows_commitment);
    let parent = family.commitment().filter(|_| follows);
    // What stands beside the list was posted later than the books took its commitment over.
    let posted = |parent: &Member| match is_listed(parent) {
        true => None,
        false => parent.live().map(|document| document.posting_date).min(),
    };
    let of_parent =
        parent.map(|parent| posted(parent).unwrap_or_else(|| dates::original(parent, None)));
    dates::original(member, of_parent)
}

/// Whether a record is on the list as it now is: by its fingerprint, or by everything that the list says
/// of it, so that an edit of the tables is no change of the record.
pub(super) fn is_same(
    context: &PlanContext<'_>,
    family: &Family,
    member: &Member,
    entry: &OpeningEntry,
    plan: &Plan,
) -> bool {
    // Older states kept the fingerprint of the list as that of the record.
    let then = match entry.fingerprint.as_str() {
        "" => &member.stored.fingerprint,
        own => own,
    };
    if then == plan.fingerprint.as_str() {
        return true;
    }
    let family = &*spread::over_lines(context, family);
    let moved = movement(family, member.record().key);
    let total = |of: fn(&super::ItemMovement) -> Decimal| {
        moved.as_ref().map(|moved| moved.total(of)).unwrap_or_default()
    };
    // Older lists hold what the items say, with every decimal.
    let exact = (total(|item| item.held), total(|item| item.released));
    let held = [exact, retainage(context, member, moved.as_ref())];
    let vendor = family.vendor_of(member).map(|vendor| vendor.id);
    let lines = lines_now(context, member, moved.as_ref());
    let same_line = |now: &OpeningLine, then: &OpeningLine| {
        (now.id, now.amount, &now.coding) == (then.id, then.amount, &then.coding)
    };
    entry.knows_its_lines()
        && !entry.fingerprint.is_empty()
        && vendor == entry.vendor.as_ref().map(|vendor| vendor.id)
        && context.currency_of(member.record()) == entry.currency
        && held.contains(&(entry.held, entry.released))
        && stated_tax(member) == entry.tax
        && lines.len() == entry.lines.len()
        && lines.iter().zip(&entry.lines).all(|(now, then)| same_line(now, then))
}

/// Retainage that a requisition holds and releases, in units of the currency.
fn retainage(
    context: &PlanContext<'_>,
    member: &Member,
    moved: Option<&Movement>,
) -> (Decimal, Decimal) {
    let scale = context.scale_of(member.record());
    let round = |amount: Decimal| context.policy.rounding.round(amount, scale);
    let items = moved.map(|moved| moved.items.as_slice()).unwrap_or_default().iter();
    let (held, released): (Vec<Decimal>, Vec<Decimal>) =
        items.map(|item| item.retainage_rounded(round)).unzip();
    (held.into_iter().sum(), released.into_iter().sum())
}

/// What a record is worth by its lines; a requisition what it bills.
pub(super) fn worth(family: &Family, member: &Member) -> Decimal {
    match movement(family, member.record().key) {
        Some(moved) => moved.total(|item| item.gross),
        None => crate::money::saturated(member.record().lines().iter().map(|line| line.amount)),
    }
}

/// What a document moved of a record's worth: its cost, or what it took out of unbilled or accrued.
fn recognised(document: &HeldDocument) -> Decimal {
    let cleared = || role_amount(document, "unbilled") + role_amount(document, "accrued");
    let bills = document.key.source.kind == crate::model::Kind::Requisition;
    document.net_cost() + if bills { cleared() } else { Decimal::ZERO }
}

fn tax_of(document: &HeldDocument) -> Decimal {
    let of_tax = |line: &&HeldLine| line.mark.as_ref().is_some_and(LineMark::is_tax);
    let per_line = document.lines.iter().filter(of_tax);
    role_amount(document, "tax") + per_line.map(|line| line.amount).sum::<Decimal>()
}

fn stated_tax(member: &Member) -> Decimal {
    let stated = match &member.record().body {
        RecordBody::DirectCost(cost) => cost.stated_tax,
        RecordBody::Requisition(requisition) => requisition.stated_tax,
        RecordBody::Commitment(_) | RecordBody::ChangeOrder(_) => None,
    };
    stated.unwrap_or_default()
}

/// Billed and retained of a commitment by its requisitions before the cut-over, without what SAP holds of
/// them by key.
fn billed_before(
    context: &PlanContext<'_>,
    family: &Family,
    member: &Member,
) -> (Decimal, Decimal) {
    if !member.record().kind().is_commitment() {
        return (Decimal::ZERO, Decimal::ZERO);
    }
    let before: Vec<_> = family
        .requisitions()
        .filter(|(other, _)| {
            other.is_postable(context.policy)
                && dates::original(other, None) < context.policy.start_date
        })
        .collect();
    let last = before.last().map(|(_, requisition)| requisition.items.as_slice());
    let sum = |of: fn(&RequisitionItem) -> Decimal| -> Decimal {
        last.unwrap_or_default().iter().map(of).sum()
    };
    let by_key = |of: &dyn Fn(&HeldDocument) -> Decimal| {
        before.iter().flat_map(|(other, _)| other.live()).map(of).sum::<Decimal>()
    };
    let retained = |document: &HeldDocument| {
        -(role_amount(document, "held") + role_amount(document, "released"))
    };
    (
        sum(|item| item.completed_and_stored) - by_key(&recognised),
        sum(|item| item.retainage_held_to_date) - by_key(&retained),
    )
}

/// A record's lines that are not zero, in units of the currency, each with the place that the tables give
/// it on the day of the cut-over.
fn lines_now(
    context: &PlanContext<'_>,
    member: &Member,
    moved: Option<&Movement>,
) -> Vec<OpeningLine> {
    let record = member.record();
    let scale = context.scale_of(record);
    let round = |amount: Decimal| context.policy.rounding.round(amount, scale);
    let stated: Vec<_> = match moved {
        Some(moved) => moved
            .items
            .iter()
            .map(|item| (item.line_item_id, item.gross_rounded(round), item.coding.clone()))
            .collect(),
        None => match lines::amounts(
            context,
            member,
            header(member.record()).map(|header| header.amount),
            |_| None,
        ) {
            Ok(lines) => lines.into_iter().map(|(l, amount)| (l.id, amount, l.coding)).collect(),
            // What holds a record before it is posted holds nothing that the books have already.
            Err(_) => record
                .lines()
                .iter()
                .map(|line| (line.id, round(line.amount), line.coding.clone()))
                .collect(),
        },
    };
    let start = context.policy.start_date;
    let listed = stated.into_iter().filter(|(_, amount, _)| !amount.is_zero());
    let listed = listed.map(|(id, amount, coding)| {
        let place = coding
            .as_ref()
            .and_then(|coding| lines::mapped(context, record, id, coding, start, amount).ok());
        OpeningLine { id, amount, coding, place }
    });
    listed.collect()
}

/// The same without what SAP holds by key: of its line where a document names one, else of a line in the
/// same place.
fn lines_left(
    context: &PlanContext<'_>,
    member: &Member,
    moved: Option<&Movement>,
) -> Vec<OpeningLine> {
    let mut lines = lines_now(context, member, moved);
    for held in member.live().flat_map(HeldDocument::cost_lines) {
        let place = held.coding();
        let there = |line: &OpeningLine| match (&line.place, place) {
            (Some(own), Some(place)) => own.account == place.account,
            _ => false,
        };
        let named = match held.mark {
            Some(LineMark::Line(id)) => lines.iter().position(|line| line.id == id),
            _ => lines.iter().position(there),
        };
        match named {
            Some(at) => lines[at].amount -= held.amount,
            None => lines.push(OpeningLine {
                id: match held.mark {
                    Some(LineMark::Line(id)) => id,
                    _ => 0,
                },
                amount: -held.amount,
                coding: None,
                place: place.cloned(),
            }),
        }
    }
    lines.retain(|line| !line.amount.is_zero());
    lines
}
