//! Where a record's documents stand: in which branch, and in which currency.
//!
//! Amounts of two currencies have no difference, and a branch has books of its own: a record that
//! moves to another branch or currency is taken back where it stood and posted in full where it
//! belongs now, each under its own sequence, the reversal first.

use super::{Decision, Family, Member, Plan, PlanContext, Stop, dates, hold, leaving, whole};
use crate::{model::HeldDocument, policy::OnChange, states::Reason};

/// A place that a document as a whole stands in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Standing {
    /// SAP's branch (`BPLID`), where branches are on.
    pub branch: Option<i64>,
    /// The currency of the amounts.
    pub currency: String,
}

impl std::fmt::Display for Standing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.branch {
            Some(branch) => write!(f, "{} in branch {branch}", self.currency),
            None => f.write_str(&self.currency),
        }
    }
}

impl Standing {
    /// Where the record belongs now.
    pub(super) fn present(context: &PlanContext<'_>, member: &Member) -> Self {
        let record = member.record();
        let row = context.mapping.project(record.key.project);
        Self { branch: row.and_then(|row| row.branch), currency: context.currency_of(record) }
    }

    /// Where a document stands. A document whose branch SAP does not tell is taken to stand in the
    /// record's: without branches there is one, and no other can be told.
    fn of(context: &PlanContext<'_>, document: &HeldDocument, present: &Self) -> Self {
        let told = document.branch.filter(|_| context.catalog.branches_enabled);
        Self { branch: told.or(present.branch), currency: document.currency.clone() }
    }

    /// Every place in which documents of the record stand, with those documents alone.
    pub(super) fn all(context: &PlanContext<'_>, member: &Member) -> Vec<(Self, Member)> {
        let present = Self::present(context, member);
        let mut places: Vec<Self> =
            member.live().map(|document| Self::of(context, document, &present)).collect();
        places.sort();
        places.dedup();
        let alone = |place: Self| {
            let there = |document: &HeldDocument| {
                document.is_live() && Self::of(context, document, &present) == place
            };
            let member = with_documents(member, there);
            (place, member)
        };
        places.into_iter().map(alone).collect()
    }
}

/// The member with some of its documents; the next sequence stays what it was.
fn with_documents(member: &Member, keep: impl Fn(&HeldDocument) -> bool) -> Member {
    let mut some = member.clone();
    some.stored.sequence = member.next_sequence() - 1;
    some.set_aside = member.last_numbered();
    some.held.retain(&keep);
    some.stored.documents.retain(&keep);
    some
}

/// Plans a record of which nothing stands elsewhere as `here` does; one that moved by taking back what
/// stands elsewhere and posting what `here` finds missing where the record belongs now.
pub(super) fn moved(
    context: &PlanContext<'_>,
    family: &Family,
    index: usize,
    plan: &mut Plan,
    here: impl FnOnce(&PlanContext<'_>, &Family, &mut Plan) -> Decision,
) -> Decision {
    let member = &family.members[index];
    let present = Standing::present(context, member);
    let elsewhere = |document: &HeldDocument| Standing::of(context, document, &present) != present;
    if !member.live().any(elsewhere) {
        return here(context, family, plan);
    }
    let former = with_documents(member, |document| document.is_live() && elsewhere(document));
    let mut postings = match taken_back(context, family, member, &former, plan) {
        Ok(Decision::Post(postings)) => postings,
        Ok(Decision::Unchanged) => Vec::new(),
        Ok(other) | Err(other) => return other,
    };
    whole::mark_taken_back(&mut postings, &plan.fingerprint);
    let used = u32::try_from(postings.len()).unwrap_or(u32::MAX);
    let mut rest = with_documents(member, |document| !document.is_live() || !elsewhere(document));
    rest.stored.sequence = rest.stored.sequence.saturating_add(used);
    rest.set_aside = rest.set_aside.saturating_add(used);
    let mut family = family.clone();
    let day = dates::seen(context, member, plan).posting;
    family.members[index] = rest;
    let context = &PlanContext { restated_on: Some(day), ..*context };
    match here(context, &family, plan) {
        Decision::Post(more) => {
            postings.extend(more);
            Decision::Post(postings)
        }
        Decision::Unchanged | Decision::NothingToPost if !postings.is_empty() => {
            Decision::Post(postings)
        }
        // Nothing is taken back before the whole can be posted.
        other => other,
    }
}

/// The reversal of what stands elsewhere; `Unchanged` where it was taken back before.
fn taken_back(
    context: &PlanContext<'_>,
    family: &Family,
    member: &Member,
    former: &Member,
    plan: &mut Plan,
) -> Result<Decision, Stop> {
    if !holds_anything(context, former) {
        return Ok(Decision::Unchanged);
    }
    let changes = member.begun(&plan.fingerprint).is_none();
    let holds = changes && context.policy.on_change == OnChange::Hold;
    if holds && !member.change_is_decided() {
        let places = Standing::all(context, former);
        let places: Vec<String> = places.iter().map(|(place, _)| place.to_string()).collect();
        return Err(hold(
            Reason::ChangedAfterPosting,
            format!(
                "SAP holds {} in {}, it belongs in {} now; adjusting it would take everything back \
                 there and post it in full here",
                member.net_cost_held(),
                places.join(" and in "),
                Standing::present(context, member)
            ),
        ));
    }
    leaving::taken_back(context, family, former, plan)
}

/// Whether anything of the record stands in SAP, in any place: a place in the ledger that is not zero.
pub(super) fn holds_anything(context: &PlanContext<'_>, member: &Member) -> bool {
    Standing::all(context, member).iter().any(|(_, alone)| leaving::holds_something(alone))
}

/// Where documents of another record still stand, if it is not where this one belongs: their amounts
/// are not those of its currency.
pub(super) fn elsewhere(
    context: &PlanContext<'_>,
    member: &Member,
    other: &Member,
) -> Option<Standing> {
    let present = Standing::present(context, member);
    let apart = |document: &HeldDocument| Standing::of(context, document, &present) != present;
    other.live().find(|document| apart(document))?;
    let places = Standing::all(context, other).into_iter();
    let mut standing = places.filter(|(_, alone)| leaving::holds_something(alone));
    standing.find(|(place, _)| *place != present).map(|(place, _)| place)
}
