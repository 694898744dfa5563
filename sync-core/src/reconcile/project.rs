//! One project in one currency: each record's Procore amount, what SAP holds of it, and the term that
//! explains the rest.
//!
//! Amounts of two currencies are never added: a record is reconciled in the currency that it has, its
//! documents in the currency that they have.

use std::collections::BTreeMap;

use chrono::Datelike;
use rust_decimal::Decimal;

use super::{
    BudgetBeside, Difference, MonthAmount, OpenItem, ProjectReconciliation, RecordRounding, Terms,
    adopted::ADOPTED,
    both::{Both, both_sides},
    budget, commitments,
    periods::Periods,
    sides::{ProjectSides, Sides},
    standing::{Standing, detail, explain, open_item, standing_of},
};
use crate::{
    model::{DocumentType, Kind, LineMark},
    plan::Member,
    policy::{Basis, Policy},
    ports::OpeningEntry,
    states::{Cause, RecordState},
};

/// Reconciles one project, once per currency: the project's own first.
#[must_use]
pub fn project(sides: &ProjectSides<'_>) -> Vec<ProjectReconciliation> {
    let sides = Sides::new(*sides);
    sides.currencies().into_iter().map(|currency| in_currency(&sides, currency)).collect()
}

fn in_currency(sides: &Sides<'_>, currency: String) -> ProjectReconciliation {
    let mut result = ProjectReconciliation {
        project: sides.of.project.id,
        name: sides.of.project.name.clone(),
        sap_project: sides.of.row.and_then(|row| row.sap_project.clone()),
        currency: currency.clone(),
        committed: Decimal::ZERO,
        direct_costs: Decimal::ZERO,
        billed: Decimal::ZERO,
        retainage_in_procore: Decimal::ZERO,
        retainage_in_sap: Decimal::ZERO,
        retainage_opening: Decimal::ZERO,
        unbilled_in_sap: Decimal::ZERO,
        unbilled_opening: Decimal::ZERO,
        terms: Terms::default(),
        in_sap: Decimal::ZERO,
        documents: 0,
        differences: Vec::new(),
        open_items: Vec::new(),
        months: Vec::new(),
        periods: Vec::new(),
        moves: Vec::new(),
        budget: BudgetBeside::default(),
        rounding: Vec::new(),
        commitments: commitments::balances(sides, &currency),
        findings: Vec::new(),
    };
    let mut periods = Periods::new(sides.of.catalog);
    for both in both_sides(sides, &result.currency) {
        add(sides, &both, &mut result, &mut periods);
    }
    ledger_side(&sides.of, &mut result);
    billed_side(sides, &mut result);
    opening_side(sides, &mut result);
    (result.periods, result.moves) = periods.into_rows();
    (result.budget, result.findings) = budget::beside(sides, &result.currency);
    result.open_items.sort_by_key(|item| item.key);
    result.differences.sort_by_key(|difference| difference.key);
    result
}

fn add(
    sides: &Sides<'_>,
    both: &Both<'_>,
    result: &mut ProjectReconciliation,
    periods: &mut Periods<'_>,
) {
    if both.key.kind == Kind::DirectCost {
        result.direct_costs += both.stated.exact;
    } else {
        result.committed += both.stated.exact;
    }
    let in_sap: Decimal = both.documents.iter().map(|document| document.net_cost()).sum();
    let opening = both.opening.exact;
    let rest = both.stated.exact - opening - in_sap;
    let standing = standing_of(sides, both, &result.currency, rest);
    let own = periods.own(sides, both.record, &both.documents);
    periods.record(own, both.key, both.stated.exact, &both.documents);
    explain(&mut result.terms, RecordState::Opening, opening);
    explain(periods.terms(own), RecordState::Opening, opening);
    match standing {
        Standing::Explained(state, cause) => {
            explain(&mut result.terms, state, rest);
            explain(periods.terms(own), state, rest);
            // What needs a person is listed even where no cost hangs on it, as with requisitions.
            if !rest.is_zero() || (both.in_own_currency && state.waits_for_a_person()) {
                result.open_items.push(open_item(both, state, cause, rest));
            }
        }
        Standing::Accepted(adoption) => {
            result.terms.accepted += rest;
            periods.terms(own).accepted += rest;
            let cause = Cause::new(adoption.reason, format!("DocEntry {}", adoption.doc_entry));
            let item = open_item(both, RecordState::Unchanged, Some(cause), rest);
            result.open_items.push(OpenItem { accepted: Some(adoption.to_string()), ..item });
        }
        Standing::Rounding => {
            result.terms.rounding -= rest;
            periods.terms(own).rounding -= rest;
            result.rounding.extend(RecordRounding::of(sides, both, in_sap));
        }
        Standing::Differs(kind) => result.differences.push(Difference {
            key: both.key,
            kind,
            expected: both.stated.exact - opening,
            in_sap,
            detail: detail(both, kind),
        }),
    }
}

/// Totals of SAP's side.
fn ledger_side(sides: &ProjectSides<'_>, result: &mut ProjectReconciliation) {
    let mut months: BTreeMap<chrono::NaiveDate, Decimal> = BTreeMap::new();
    let every = sides.documents.iter().chain(sides.adopted);
    let live = every.filter(|document| document.is_live());
    for document in live.filter(|document| document.currency == result.currency) {
        result.documents += 1;
        let net = document.net_cost();
        result.in_sap += net;
        if !net.is_zero() {
            let day = document.posting_date;
            let month = day.with_day(1).unwrap_or(day);
            *months.entry(month).or_default() += net;
        }
        // A requisition's A/P documents are billed: only a commitment's stand unbilled.
        match document.document_type {
            _ if document.key.source.kind == Kind::Requisition => {}
            // What a person keyed stands where that person put it.
            _ if document.key.sequence == ADOPTED => {}
            DocumentType::PurchaseInvoice => result.unbilled_in_sap += document.total,
            DocumentType::PurchaseCreditNote => result.unbilled_in_sap -= document.total,
            DocumentType::JournalEntry | DocumentType::Draft => {}
        }
        for line in &document.lines {
            let Some(LineMark::Role(role)) = &line.mark else { continue };
            match role.as_str() {
                "unbilled" | "accrued" | "reserve" => result.unbilled_in_sap -= line.amount,
                "held" | "released" => result.retainage_in_sap -= line.amount,
                _ => {}
            }
        }
    }
    if sides.policy.basis == Basis::Commitment && sides.policy.unbilled_account.is_none() {
        result.unbilled_in_sap = Decimal::ZERO;
    }
    result.months =
        months.into_iter().map(|(month, amount)| MonthAmount { month, amount }).collect();
}

/// What the books held at the cut-over of commitments: as retainage, and as not yet billed.
fn opening_side(sides: &Sides<'_>, result: &mut ProjectReconciliation) {
    let policy = sides.of.policy;
    for (id, family) in &sides.families {
        let own = |parent: &&Member| sides.currency_of(parent.record()) == result.currency;
        let parent = family.commitment().filter(|_| !sides.is_beyond(*id)).filter(own);
        let Some(entry) = parent.and_then(|parent| listed(policy, parent)) else { continue };
        result.retainage_opening += entry.retained;
        if policy.opens_with_commitments() {
            let amounts = family.contract_side().filter_map(|member| listed(policy, member));
            let approved: Decimal = amounts.map(|entry| entry.amount).sum();
            result.unbilled_opening += approved - entry.billed;
        }
    }
}

/// The place of a record on the opening list; states of earlier versions keep amounts of change orders
/// after the cut-over there, which are no part of it.
pub(super) fn listed<'a>(policy: &Policy, member: &'a Member) -> Option<&'a OpeningEntry> {
    member.stored.opening.as_ref().filter(|entry| entry.dated < policy.start_date)
}

/// What is billed and retained by Procore's latest approved requisitions.
fn billed_side(sides: &Sides<'_>, result: &mut ProjectReconciliation) {
    for (id, family) in &sides.families {
        if sides.is_beyond(*id) {
            continue;
        }
        let policy = sides.of.policy;
        let last = family.requisitions().filter(|(member, _)| member.is_postable(policy)).last();
        let Some((member, requisition)) = last else { continue };
        if sides.currency_of(member.record()) != result.currency {
            continue;
        }
        for item in &requisition.items {
            result.billed += item.completed_and_stored;
            result.retainage_in_procore += item.retainage_held_to_date;
        }
    }
}
