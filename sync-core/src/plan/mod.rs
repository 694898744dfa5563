//! The accounting decisions: what a record needs so that the ledger says what Procore says. Nothing is
//! asked and nothing is posted here; the same record, ledger and tables always give the same answer.
//!
//! A record is planned against what SAP holds of it, never against what we believe we posted:
//! `plan` computes the whole target, subtracts what SAP holds per place in the ledger, and turns
//! the rest into documents. Planned twice, it posts nothing the second time.
//!
//! - What a record is to come to: `commitment`, `direct_cost` and `requisition` by the posting `templates` of
//!   the four bases; `lines` rounds, moves the units that are left over, and maps; `movement` is what a
//!   requisition moves; `ended` reduces to what was billed, `leaving` takes back what left its status.
//! - What of it is posted: `held_lines` and `delta` subtract what SAP holds, `opening` and `listed` what the
//!   books held at the cut-over; `restate` posts anew, `standing` in another branch or currency; [`dates`]
//!   and `foreign` find period and rate; `documents` writes, each under its number (`references`), `whole`
//!   marks what belongs to one plan.
//! - What stands against it: Procore's totals (`ties`, `guard`), SAP's columns (`range`), what the vendor is
//!   owed (`open_balance`), what comes first (`waiting`, `tier`), other documents of the same cost
//!   ([`duplicates`], `repeats`). [`explain`](explain()) says how a record came to its decision.

mod commitment;
pub mod dates;
mod delta;
mod direct_cost;
mod documents;
pub mod duplicates;
pub(crate) mod ended;
mod explain;
mod family;
mod fingerprints;
mod foreign;
mod guard;
mod header;
mod held_lines;
mod leaving;
mod lines;
mod listed;
mod movement;
mod open_balance;
mod opening;
mod range;
mod references;
mod repeats;
mod requisition;
mod restate;
mod spread;
mod standing;
mod templates;
mod tier;
mod ties;
mod waiting;
mod whole;

use chrono::NaiveDate;

pub use dates::{change_seen_on, note_first_postable};
pub(crate) use ended::is_finished;
pub use explain::{ExplainedLine, Explanation, LinePlace, explain};
pub use family::Family;
use fingerprints::of as fingerprint;
pub use fingerprints::{brought_up_to_date, is_out_of_date};
pub use header::{Header, HeaderReading};
pub(crate) use lines::rounded_alone;
pub use listed::{listed_anew, opening_entry};
pub use movement::{ItemMovement, Movement, movement};
pub(crate) use opening::counts as opening_counts;
pub use range::out_of_range;
pub use repeats::Billed;
pub(crate) use tier::shows_others;

use crate::{
    catalog::Catalog,
    exchange::Rates,
    mapping::MappingTables,
    model::{
        CostRecord, Fingerprint, HeldDocument, HeldState, Kind, PostedPlace, Posting, RoundingRow,
    },
    policy::Policy,
    ports::{Calendar, StoredRecord, UnkeyedInvoice},
    resolve::{Resolution, Verb},
    states::{Cause, Finding, Reason},
};

/// What planning needs to know besides the record.
#[derive(Clone, Copy, Debug)]
pub struct PlanContext<'a> {
    /// The mapping tables.
    pub mapping: &'a MappingTables,
    /// What SAP has.
    pub catalog: &'a Catalog,
    /// The company's choices.
    pub policy: &'a Policy,
    /// Today in the project's time zone.
    pub today: NaiveDate,
    /// The days of the project's time zone.
    pub calendar: Calendar<'a>,
    /// The project's currency, else the company's, where Procore states one.
    pub currency: Option<&'a str>,
    /// SAP's exchange rates, as far as they were asked for.
    pub rates: &'a Rates,
    /// What vendors billed in the project, to find a bill that was entered twice.
    pub billed: &'a Billed,
    /// The A/P invoices that people keyed for the vendors of what is planned, as far as they were asked
    /// for: [`duplicates::searches`] says what to ask.
    pub invoices: &'a [UnkeyedInvoice],
    /// The day on which a record that was taken back is posted anew: that of the change.
    pub restated_on: Option<NaiveDate>,
    /// Now: what left its status settles by it.
    pub now: chrono::DateTime<chrono::Utc>,
    /// The cycle that posts; `None` where something is only looked at.
    pub cycle: Option<i64>,
}

impl PlanContext<'_> {
    /// The currency of a record: its own, else the project's, else SAP's local currency.
    #[must_use]
    pub fn currency_of(&self, record: &CostRecord) -> String {
        record
            .currency
            .as_deref()
            .or(self.currency)
            .unwrap_or(&self.catalog.local_currency)
            .to_owned()
    }

    /// The decimals of a record's currency.
    #[must_use]
    pub fn scale_of(&self, record: &CostRecord) -> u32 {
        self.catalog.scale(&self.currency_of(record))
    }
}

/// A record with what SAP holds of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// What the store knows of it.
    pub stored: StoredRecord,
    /// What SAP holds under its key: live, cancelled and draft documents.
    pub held: Vec<HeldDocument>,
    /// Whether a document of it is in flight or uncertain: nothing further is planned then.
    pub blocked: bool,
    /// The highest sequence of documents that planning looks past, because they are taken back or stand
    /// elsewhere; what is planned meanwhile has numbers after them. 0 as SAP holds it.
    pub set_aside: u32,
}

impl Member {
    /// The record.
    #[must_use]
    pub fn record(&self) -> &CostRecord {
        &self.stored.record
    }

    /// The documents that count.
    pub fn live(&self) -> impl Iterator<Item = &HeldDocument> {
        self.held.iter().filter(|document| document.is_live())
    }

    /// Documents that SAP held before and does not answer any more: a draft that was removed, a key
    /// that was cleared, or a look-up that told less than the truth. Nothing is posted in their place.
    pub fn gone(&self) -> impl Iterator<Item = &HeldDocument> {
        let counted = |state| matches!(state, HeldState::Live | HeldState::PendingApproval);
        self.stored
            .documents
            .iter()
            .filter(move |before| counted(before.state))
            .filter(|before| !self.held.iter().any(|now| now.key == before.key))
    }

    /// Whether a person answered this hold with `--post`, as long as the decision stands.
    #[must_use]
    pub fn decided(&self, reason: Reason) -> bool {
        self.stored.decisions.posted(reason).is_some()
    }

    /// The last decision to post again what was cancelled or refused in SAP.
    #[must_use]
    pub(crate) fn posted_again(&self) -> Option<&Resolution> {
        let reasons = [Reason::CancelledInSap, Reason::RefusedInSap];
        reasons
            .into_iter()
            .filter_map(|reason| self.stored.decisions.posted(reason))
            .max_by_key(|decision| decision.at)
    }

    /// The net cost that stands in SAP.
    #[must_use]
    pub fn net_cost_held(&self) -> rust_decimal::Decimal {
        self.held.iter().map(HeldDocument::net_cost).sum()
    }

    /// The next sequence: one above the highest seen anywhere.
    #[must_use]
    pub fn next_sequence(&self) -> u32 {
        let held = self.held.iter().map(|document| document.key.sequence).max().unwrap_or(0);
        held.max(self.stored.sequence) + 1
    }

    /// The highest sequence of a document that the ledger holds or is known to have held; 0 without one. A
    /// number that was used for a document that the ledger never took does not count.
    #[must_use]
    pub fn highest_in_ledger(&self) -> u32 {
        let known = self.held.iter().chain(&self.stored.documents);
        known.map(|document| document.key.sequence).max().unwrap_or(0)
    }

    /// Whether the record is in a status in which it is posted, and is there.
    #[must_use]
    pub fn is_postable(&self, policy: &Policy) -> bool {
        let record = self.record();
        !record.deleted && !self.stored.absent && policy.is_postable(record.kind(), &record.status)
    }
}

/// What is to be done with a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// These documents are to be posted, in this order.
    Post(Vec<Posting>),
    /// SAP holds what Procore says.
    Unchanged,
    /// Only zero lines, or a unit that rounding would move from one line to another.
    NothingToPost,
    /// Its status is not postable and nothing of it stands in SAP.
    NotPostable,
    /// A direct cost of a type without an offset.
    NotConfigured,
    /// On the opening list, or part of a carried-over commitment.
    Opening,
    /// The posting date is after today.
    FutureDated(NaiveDate),
    /// It waits for something that counts itself.
    Wait(Cause),
    /// A rule stops it.
    Hold(Cause),
    /// It cannot be planned before the ledger was asked for this exchange rate.
    NeedsRate {
        /// The record's currency.
        currency: String,
        /// The posting date.
        day: NaiveDate,
    },
    /// A draft waits for approval.
    PendingApproval,
    /// A person accepted that nothing is posted for it.
    Skipped(Cause),
}

/// A decision with what led to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// What is to be done.
    pub decision: Decision,
    /// The record's fingerprint.
    pub fingerprint: Fingerprint,
    /// The posting date, where one was found.
    pub posting_date: Option<NaiveDate>,
    /// What is worth knowing.
    pub findings: Vec<Finding>,
    /// The holds that a person answered with `--post`: they do not stop this plan.
    pub decided: Vec<Reason>,
    /// Where each line is to stand when the plan is posted.
    pub places: Vec<PostedPlace>,
    /// The units that rounding moves onto its lines, so that they sum to the header.
    pub rounding: Vec<RoundingRow>,
    /// What the record waits for once its documents are posted.
    pub afterwards: Option<Cause>,
}

/// How a rule stops a plan: with a decision other than posting.
type Stop = Decision;

fn hold(reason: Reason, detail: impl Into<String>) -> Stop {
    Decision::Hold(Cause::new(reason, detail))
}

/// Decides what a member of a family needs. Members are planned in order: the commitment, its
/// change orders, its requisitions; what a member posted is in the family before the next is planned.
#[must_use]
pub fn plan(context: &PlanContext<'_>, family: &Family, index: usize) -> Plan {
    plan_of(context, family, index, out_of_range(context.policy, family).as_ref())
}

/// As [`plan`], after the caller has asked for [`out_of_range`] once for all members: what Procore
/// states of a family does not change while its members are posted.
#[must_use]
pub fn plan_of(
    context: &PlanContext<'_>,
    family: &Family,
    index: usize,
    beyond_columns: Option<&Cause>,
) -> Plan {
    if let Some(cause) = beyond_columns {
        return beyond(&family.members[index], cause.clone());
    }
    let family = &*fingerprints::for_planning(context, family, index);
    let family = &with_standing_decisions(context, family);
    let member = &family.members[index];
    let mut plan = Plan {
        decided: decided(member),
        decision: Decision::NotPostable,
        fingerprint: fingerprint(context, family, member),
        posting_date: member.stored.posting_date,
        findings: Vec::new(),
        places: Vec::new(),
        rounding: Vec::new(),
        afterwards: None,
    };
    if opening::is_lost(member) || opening::is_as_listed(context, family, member, &plan) {
        plan.decision = skipped(member, Decision::Opening);
        return plan;
    }
    let with_opening = opening::with_amounts(context, family, index);
    let (family, stop) = match with_opening {
        Ok(family) => (family, None),
        Err(stop) => (std::borrow::Cow::Borrowed(&**family), Some(stop)),
    };
    let family = &*family;
    let member = &family.members[index];
    let stop = stop.or_else(|| stopped_by_what_sap_holds(member));
    plan.decision = match stop.or_else(|| adopted(member, &plan)) {
        Some(decision) => decision,
        None if !member.is_postable(context.policy)
            || family.left_with_commitment(context.policy, member) =>
        {
            leaving::plan(context, family, index, &mut plan)
        }
        None => {
            let planned =
                standing::moved(context, family, index, &mut plan, |context, family, plan| {
                    let planned = by_kind(context, family, index, plan);
                    restate::instead(context, family, index, plan, planned)
                });
            duplicates::instead(context, family, member, planned)
        }
    };
    plan.decision = opening::instead(context, family, member, plan.decision);
    plan.findings.extend(foreign::exchange_difference(
        context,
        family,
        member.record().key,
        &plan.decision,
    ));
    plan.decision = skipped(member, plan.decision);
    let beside = member.live().any(opening::is_opening);
    whole::mark(&mut plan.decision, &plan.fingerprint, beside);
    plan
}

/// A record whose document a person keyed: nothing is posted for it, and a change of it is for a person.
fn adopted(member: &Member, plan: &Plan) -> Option<Decision> {
    let adoption = member.stored.adopted.as_ref()?;
    if adoption.fingerprint == plan.fingerprint.as_str() {
        return Some(Decision::Unchanged);
    }
    Some(hold(
        Reason::ChangedAfterPosting,
        format!("{adoption}; the record has changed since: correct the invoice in SAP"),
    ))
}

/// Decides what a member in a postable status needs, as its kind is posted.
fn by_kind(context: &PlanContext<'_>, family: &Family, index: usize, plan: &mut Plan) -> Decision {
    let member = &family.members[index];
    let planned = match member.record().kind() {
        Kind::PurchaseOrder
        | Kind::Subcontract
        | Kind::ChangeOrder
        | Kind::CommitmentChangeOrder => commitment::plan(context, family, index, plan),
        Kind::DirectCost => direct_cost::plan(context, member, plan),
        Kind::Requisition => requisition::plan(context, family, index, plan),
    };
    planned.unwrap_or_else(|stop| stop)
}

/// The plan of a record whose family states an amount that no column holds.
fn beyond(member: &Member, cause: Cause) -> Plan {
    let fingerprint = range::fingerprint(member);
    let mut member = member.clone();
    member.stored.decisions.keep_at(fingerprint.as_str());
    Plan {
        decision: skipped(&member, Decision::Hold(cause)),
        fingerprint,
        posting_date: member.stored.posting_date,
        findings: Vec::new(),
        decided: Vec::new(),
        places: Vec::new(),
        rounding: Vec::new(),
        afterwards: None,
    }
}

/// The family without the decisions that have lapsed: a decision belongs to one fingerprint.
fn with_standing_decisions<'a>(
    context: &PlanContext<'_>,
    family: &'a Family,
) -> std::borrow::Cow<'a, Family> {
    use std::borrow::Cow;
    let lapsed = |member: &Member| -> Option<Fingerprint> {
        let decisions = &member.stored.decisions;
        let fingerprint = (!decisions.is_empty()).then(|| fingerprint(context, family, member))?;
        decisions.any_lapsed_at(fingerprint.as_str()).then_some(fingerprint)
    };
    let lapsed: Vec<Option<Fingerprint>> = family.members.iter().map(lapsed).collect();
    if lapsed.iter().all(Option::is_none) {
        return Cow::Borrowed(family);
    }
    let mut family = family.clone();
    for (member, lapsed) in family.members.iter_mut().zip(lapsed) {
        if let Some(now) = lapsed {
            member.stored.decisions.keep_at(now.as_str());
        }
    }
    Cow::Owned(family)
}

/// After `--skip` nothing is posted for the fingerprint; a hold for another reason is a new one.
fn skipped(member: &Member, decision: Decision) -> Decision {
    let skips = &member.stored.decisions;
    let answer = match &decision {
        Decision::Hold(cause) => skips.on(cause.reason).filter(|answer| answer.verb == Verb::Skip),
        Decision::Post(_) => skips.skipped(),
        _ => None,
    };
    let Some(skip) = answer else { return decision };
    Decision::Skipped(Cause::new(
        skip.reason,
        format!("accepted by {} on {}: {}", skip.by, skip.at.format("%Y-%m-%d"), skip.note),
    ))
}

/// The holds of a member that a person answered with `--post`.
fn decided(member: &Member) -> Vec<Reason> {
    let posts = member.stored.decisions.iter().filter(|answer| answer.verb == Verb::Post);
    posts.map(|answer| answer.reason).collect()
}

/// Drafts, cancelled documents and copies stop everything else.
fn stopped_by_what_sap_holds(member: &Member) -> Option<Decision> {
    let answered = |document: &&HeldDocument| {
        member.posted_again().is_some() || member.stored.answered.contains(&document.key.sequence)
    };
    if let Some(gone) = member.gone().find(|document| !answered(document)) {
        let (reason, what) = match gone.state {
            HeldState::PendingApproval => (Reason::RefusedInSap, "a draft that is gone"),
            _ => (Reason::CancelledInSap, "a document that SAP no longer answers by its key"),
        };
        return Some(hold(reason, format!("{} was {what}: {}", gone.key, gone.named())));
    }
    if member.held.iter().any(|document| document.state == HeldState::PendingApproval) {
        return Some(Decision::PendingApproval);
    }
    let rejected = |d: &&HeldDocument| d.state == HeldState::Rejected && !answered(d);
    if let Some(draft) = member.held.iter().find(rejected) {
        return Some(hold(
            Reason::RefusedInSap,
            format!("draft {} of {} was rejected in SAP", draft.doc_entry, draft.key),
        ));
    }
    let mut sequences = std::collections::BTreeMap::new();
    for document in member.live() {
        if let Some(other) = sequences.insert(document.key.sequence, document) {
            return Some(hold(
                Reason::ForeignDocument,
                format!("{} and {} both carry {}", other.named(), document.named(), document.key),
            ));
        }
    }
    if let Some(document) = member.live().find(|d| d.lines.iter().any(|line| line.mark.is_none())) {
        return Some(hold(
            Reason::ForeignDocument,
            format!(
                "{} carries {} with lines that are not the record's",
                document.named(),
                document.key
            ),
        ));
    }
    let cancelled = member
        .held
        .iter()
        .filter(|d| d.state == HeldState::Cancelled && !answered(d))
        .find(|d| !sequences.contains_key(&d.key.sequence))?;
    Some(hold(
        Reason::CancelledInSap,
        format!(
            "{} over {} {} was cancelled in SAP; SAP now holds {} for the record",
            cancelled.named(),
            cancelled.total,
            cancelled.currency,
            member.net_cost_held()
        ),
    ))
}
