//! Invoices that a person keyed in SAP for a cost that we are about to post: the same vendor, and either
//! the vendor's own number, or the project and the amount within 45 days.
//!
//! Only what is posted for the first time is compared: a record that stands in SAP was compared then, or
//! a person answered. What a person keys afterwards is found by reconciliation.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{NaiveDate, TimeDelta};
use rust_decimal::Decimal;

use super::{
    Decision, Family, Member, PlanContext, dates, hold, movement, range, references, templates,
    with_standing_decisions,
};
use crate::{
    model::Posting,
    ports::{InvoiceSearch, UnkeyedInvoice},
    states::Reason,
};

/// How far the dates of two documents of one cost may lie apart.
const DAYS_APART: i64 = 45;

/// What must be asked of the ledger before these families are planned: the vendors of what may be posted
/// for the first time, each once.
#[must_use]
pub fn searches(context: &PlanContext<'_>, families: &[Family]) -> Vec<InvoiceSearch> {
    asked(context, families, may_be_first)
}

/// What reconciliation asks of the ledger: the vendors of everything that stands there by key.
#[must_use]
pub fn searches_of_posted(context: &PlanContext<'_>, families: &[Family]) -> Vec<InvoiceSearch> {
    asked(context, families, |_, _, member| member.live().next().is_some())
}

fn asked(
    context: &PlanContext<'_>,
    families: &[Family],
    of: impl Fn(&PlanContext<'_>, &Family, &Member) -> bool,
) -> Vec<InvoiceSearch> {
    let mut by_vendor: BTreeMap<String, InvoiceSearch> = BTreeMap::new();
    for family in families.iter().filter(|family| computes(context, family)) {
        // An answer to what the record was before does not spare the question.
        let family = &with_standing_decisions(context, family);
        for member in family.members.iter().filter(|member| of(context, family, member)) {
            if let Some(likeness) = Likeness::of(context, family, member) {
                likeness.ask(&mut by_vendor);
            }
        }
    }
    by_vendor.into_values().collect()
}

/// With an amount that no column holds nothing is computed, and nothing posted.
fn computes(context: &PlanContext<'_>, family: &Family) -> bool {
    range::out_of_range(context.policy, family).is_none()
}

/// The invoices that look like what stands in SAP of a member, each with how; none where a person
/// decided already.
#[must_use]
pub fn of_posted<'a>(
    context: &PlanContext<'a>,
    family: &Family,
    member: &Member,
) -> Vec<(&'a UnkeyedInvoice, &'static str)> {
    let first = member.live().min_by_key(|document| document.key.sequence);
    let answered = is_answered(member);
    let (Some(first), false) = (first, answered) else { return Vec::new() };
    if !computes(context, family) {
        return Vec::new();
    }
    let Some(mut likeness) = Likeness::of(context, family, member) else { return Vec::new() };
    likeness.amounts.extend([first.net_cost(), first.total, first.total - first.tax]);
    likeness.currency.clone_from(&first.currency);
    likeness.found(context.invoices)
}

/// The hold of a first posting that looks like an invoice which somebody keyed; every other decision as
/// it is.
pub(super) fn instead(
    context: &PlanContext<'_>,
    family: &Family,
    member: &Member,
    decision: Decision,
) -> Decision {
    let Decision::Post(postings) = &decision else { return decision };
    if member.live().next().is_some() || is_answered(member) {
        return decision;
    }
    let Some(mut likeness) = Likeness::of(context, family, member) else { return decision };
    likeness.learn(postings);
    let found = likeness.found(context.invoices);
    if found.is_empty() {
        return decision;
    }
    let found: Vec<String> =
        found.into_iter().map(|(invoice, why)| format!("{invoice} has {why}")).collect();
    hold(Reason::PossibleManualDuplicate, found.join("; "))
}

/// Whether a person looked at the invoice that holds the vendor's number, or looks like the record: the
/// two holds name the same documents, so that one must not follow on the answer to the other.
fn is_answered(member: &Member) -> bool {
    let reasons = [Reason::PossibleManualDuplicate, Reason::VendorReferenceTaken];
    reasons.into_iter().any(|reason| member.stored.decisions.on(reason).is_some())
}

/// Whether a plan may come to a first posting.
fn may_be_first(context: &PlanContext<'_>, family: &Family, member: &Member) -> bool {
    let kind = member.record().kind();
    let of_contract = kind.is_of_contract();
    let template = templates::of_family(context.policy, family);
    member.live().next().is_none()
        && !member.blocked
        && member.is_postable(context.policy)
        && member.stored.opening.is_none()
        && member.stored.adopted.is_none()
        && (!of_contract || template.posts_contract())
        && dates::original(member, None) <= context.today
        && !is_answered(member)
}

/// What a record and an invoice would have in common if both were one cost.
struct Likeness {
    card_code: String,
    reference: String,
    project: Option<String>,
    dated: NaiveDate,
    currency: String,
    /// Net, with tax, and what is payable now.
    amounts: Vec<Decimal>,
}

impl Likeness {
    /// `None` where vendor or project are not mapped: nothing is posted then.
    fn of(context: &PlanContext<'_>, family: &Family, member: &Member) -> Option<Self> {
        let record = member.record();
        let vendor = family.vendor_of(member)?;
        let row = context.mapping.project(record.key.project)?;
        let gross = movement(family, record.key).map(|moved| moved.total(|item| item.gross));
        let lines: Decimal = record.lines().iter().map(|line| line.amount).sum();
        Some(Self {
            card_code: context.mapping.vendor(vendor.id)?.card_code.clone(),
            reference: references::plain(family, member, row).trim().to_owned(),
            project: row.sap_project.clone(),
            dated: dates::original(member, None),
            currency: context.currency_of(record),
            amounts: vec![gross.unwrap_or(lines)],
        })
    }

    fn ask(self, by_vendor: &mut BTreeMap<String, InvoiceSearch>) {
        let (from, to) = (self.dated - apart(), self.dated + apart());
        let search = by_vendor.entry(self.card_code.clone()).or_insert_with(|| InvoiceSearch {
            card_code: self.card_code,
            references: BTreeSet::new(),
            from,
            to,
        });
        search.from = search.from.min(from);
        search.to = search.to.max(to);
        if !self.reference.is_empty() {
            search.references.insert(self.reference);
        }
    }

    /// Takes the amounts of the documents that are to be posted.
    fn learn(&mut self, postings: &[Posting]) {
        let payable: Decimal = postings.iter().map(payable_of).sum();
        let net: Decimal = postings.iter().map(Posting::net_cost).sum();
        self.amounts.extend([net, payable]);
    }

    fn found<'a>(&self, invoices: &'a [UnkeyedInvoice]) -> Vec<(&'a UnkeyedInvoice, &'static str)> {
        let of_vendor = invoices.iter().filter(|invoice| invoice.card_code == self.card_code);
        of_vendor.filter_map(|invoice| Some((invoice, self.alike(invoice)?))).collect()
    }

    /// What an invoice of the vendor has in common with the record.
    fn alike(&self, invoice: &UnkeyedInvoice) -> Option<&'static str> {
        let own = invoice.reference.as_deref().map(str::trim).unwrap_or_default();
        if !own.is_empty() && own == self.reference {
            return Some("the same vendor reference");
        }
        let same_project =
            self.project.as_ref().is_some_and(|project| invoice.projects.contains(project));
        let same = |amount: &Decimal| {
            amount.is_sign_positive()
                && !amount.is_zero()
                && (*amount == invoice.net || *amount == invoice.total)
        };
        let near = (invoice.posting_date - self.dated).abs() <= apart();
        let amount = self.currency == invoice.currency && self.amounts.iter().any(same);
        (same_project && near && amount).then_some("the same project and amount")
    }
}

/// What a document makes payable now.
fn payable_of(posting: &Posting) -> Decimal {
    let Posting::JournalEntry(entry) = posting else { return posting.total() };
    entry.lines.iter().filter(|line| line.mark.is_payable()).map(|line| -line.amount).sum()
}

fn apart() -> TimeDelta {
    TimeDelta::days(DAYS_APART)
}
