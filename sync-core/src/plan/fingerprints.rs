//! By what a record is known: the hash over what would be posted of it, as this policy has it hashed and as
//! another policy, or an earlier version, had.
//!
//! The items of a requisition are hashed with their cost coding where they are posted on it. Earlier versions
//! left it out, and the policy decides it: a decision, a line of the opening list or a document under the
//! other hash is still one of the record as it is, and stands.

use std::borrow::Cow;

use super::{Family, Member, PlanContext, held_lines, lines, range, spread, templates};
use crate::{
    model::{Fingerprint, RecordBody, revision_beside_opening},
    policy::{OverBilling, TaxInJournal},
    states::RecordState,
};

/// The hash over what would be posted: not raw status, dates or texts.
pub(super) fn of(context: &PlanContext<'_>, family: &Family, member: &Member) -> Fingerprint {
    hashed(context, family, member, posts_items(context, family, member))
}

/// The hash of a requisition with the coding of its items where [`of`] has none, and without it where that
/// has one.
fn otherwise(context: &PlanContext<'_>, family: &Family, member: &Member) -> Option<Fingerprint> {
    let RecordBody::Requisition(_) = &member.record().body else { return None };
    Some(hashed(context, family, member, !posts_items(context, family, member)))
}

/// Whether the items of a requisition are posted on their own coding: as cost, as what is billed above the
/// commitment, or as their part of a tax.
pub(super) fn posts_items(context: &PlanContext<'_>, family: &Family, member: &Member) -> bool {
    let RecordBody::Requisition(requisition) = &member.record().body else { return true };
    let policy = context.policy;
    let taxed = requisition.stated_tax.is_some_and(|tax| !tax.is_zero());
    templates::of_family(policy, family).gross == templates::Gross::Cost
        || policy.over_billing == OverBilling::Post
        || (taxed && policy.tax_in_journal == TaxInJournal::Cost)
}

fn hashed(
    context: &PlanContext<'_>,
    family: &Family,
    member: &Member,
    with_items: bool,
) -> Fingerprint {
    let record = member.record();
    let vendor = family.vendor_of(member);
    let card_code = vendor.and_then(|vendor| context.mapping.vendor(vendor.id));
    let project = context.mapping.project(record.key.project);
    let mut parts = vec![
        member.is_postable(context.policy).to_string(),
        card_code.map(|row| row.card_code.clone()).unwrap_or_default(),
        project.and_then(|row| row.sap_project.clone()).unwrap_or_default(),
        project.and_then(|row| row.branch).map(|branch| branch.to_string()).unwrap_or_default(),
        context.currency_of(record),
    ];
    let family =
        if with_items { spread::over_lines(context, family) } else { Cow::Borrowed(family) };
    parts.extend(lines::fingerprint_parts(&family, member, with_items));
    Fingerprint::over(parts)
}

/// Whether the state knows a record by this hash or by the other one.
pub(super) fn is_known_by(
    context: &PlanContext<'_>,
    family: &Family,
    member: &Member,
    known: &str,
) -> bool {
    of(context, family, member).as_str() == known
        || otherwise(context, family, member).is_some_and(|other| other.as_str() == known)
}

/// Whether a member that rests would be planned otherwise today: the tables that name its vendor, SAP project
/// and branch, the project's currency, or the statuses that are posted were changed, of which Procore knows
/// nothing.
///
/// A record on the opening list rests whatever the tables say; whether it left its status is seen by reading.
#[must_use]
pub fn is_out_of_date(context: &PlanContext<'_>, family: &Family) -> bool {
    let beyond_columns = range::out_of_range(context.policy, family).is_some();
    let is_known = |member: &Member, known: &str| match beyond_columns {
        true => range::fingerprint(member).as_str() == known,
        false => is_known_by(context, family, member, known),
    };
    family.members.iter().any(|member| match member.stored.state {
        RecordState::NotPostable => member.is_postable(context.policy),
        // A decision to post nothing lapses with the fingerprint.
        RecordState::Posted
        | RecordState::Unchanged
        | RecordState::NothingToPost
        | RecordState::Skipped => !is_known(member, &member.stored.fingerprint),
        _ => false,
    })
}

/// Whether SAP holds all that a plan of the record as it is posted.
pub(super) fn stands_whole(context: &PlanContext<'_>, family: &Family, member: &Member) -> bool {
    let now = of(context, family, member);
    let other = otherwise(context, family, member);
    [Some(now), other].into_iter().flatten().any(|hash| member.stands_whole(hash.revision()))
}

/// The family with everything that the state knows of it under the hashes of today.
#[must_use]
pub fn brought_up_to_date<'a>(context: &PlanContext<'_>, family: &'a Family) -> Cow<'a, Family> {
    let mut family = Cow::Borrowed(family);
    for index in 0..family.members.len() {
        family = of_member(context, family, index, false);
    }
    family
}

/// The same for the planning of one member and of the requisition before it, with the revisions of their
/// documents. A document whose lines stand under another coding than that of today is not one of the record
/// as it is.
pub(super) fn for_planning<'a>(
    context: &PlanContext<'_>,
    family: &'a Family,
    index: usize,
) -> Cow<'a, Family> {
    let key = family.members[index].record().key;
    let before = family.previous(key).map(|(member, _)| member.record().key);
    let before = family.members.iter().position(|member| Some(member.record().key) == before);
    let mut family = Cow::Borrowed(family);
    for index in before.into_iter().chain([index]) {
        family = of_member(context, family, index, true);
    }
    family
}

fn of_member<'a>(
    context: &PlanContext<'_>,
    family: Cow<'a, Family>,
    index: usize,
    with_documents: bool,
) -> Cow<'a, Family> {
    let member = &family.members[index];
    let Some(other) = otherwise(context, &family, member) else { return family };
    let documents = with_documents
        && member.held.iter().any(|d| renamed(&d.revision, &other, &other).is_some())
        && !held_lines::recoded(context, &family, member);
    if !documents && !is_under(member, other.as_str()) {
        return family;
    }
    let now = of(context, &family, member);
    let mut family = family.into_owned();
    let member = &mut family.members[index];
    let stored = &mut member.stored;
    let adopted = stored.adopted.iter_mut().map(|adoption| &mut adoption.fingerprint);
    let listed = stored.opening.iter_mut().map(|entry| &mut entry.fingerprint);
    for known in adopted.chain(listed).chain([&mut stored.fingerprint]) {
        if known == other.as_str() {
            *known = now.to_string();
        }
    }
    stored.decisions.carry_over(other.as_str(), now.as_str());
    if documents {
        for document in &mut member.held {
            if let Some(revision) = renamed(&document.revision, &other, &now) {
                document.revision = revision;
            }
        }
    }
    Cow::Owned(family)
}

/// Whether anything that the state knows of a record belongs to this hash.
fn is_under(member: &Member, hash: &str) -> bool {
    let stored = &member.stored;
    stored.fingerprint == hash
        || stored.adopted.as_ref().is_some_and(|adoption| adoption.fingerprint == hash)
        || stored.opening.as_ref().is_some_and(|entry| entry.fingerprint == hash)
        || stored.decisions.iter().any(|decision| decision.stands_at(hash))
}

/// A revision under one hash as it is under another.
fn renamed(revision: &str, from: &Fingerprint, to: &Fingerprint) -> Option<String> {
    let pairs = [
        (from.revision().to_owned(), to.revision().to_owned()),
        (from.revision_in_part(), to.revision_in_part()),
        (from.revision_taken_back(), to.revision_taken_back()),
    ];
    pairs.into_iter().find_map(|(from, to)| {
        if revision == from {
            Some(to)
        } else if revision == revision_beside_opening(&from) {
            Some(revision_beside_opening(&to))
        } else {
            None
        }
    })
}
