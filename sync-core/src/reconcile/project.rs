//! One project in one currency: each record's Procore amount, what SAP holds of it, and the term that
//! explains the rest.
//!
//! Amounts of two currencies are never added: a record is reconciled in the currency that it has, its
//! documents in the currency that they have.

use std::collections::{BTreeMap, BTreeSet};

use chrono::Datelike;
use rust_decimal::Decimal;

use super::{
    BudgetBeside, Difference, MonthAmount, OpenItem, ProjectReconciliation, Terms,
    both::{Both, both_sides},
    budget,
    periods::Periods,
};
use crate::{
    catalog::Catalog,
    mapping::ProjectRow,
    model::{
        Coding, CostRecord, DocumentKey, DocumentType, FamilyId, HeldDocument, HeldLine, HeldState,
        JournalTarget, Kind, LineMark, RecordBody, SourceKey,
    },
    money,
    plan::{Family, Member},
    policy::{Basis, Policy},
    ports::{BudgetRow, SourceError, SourceProject, StoredRecord, UnkeyedInvoice},
    resolve::Adoption,
    states::{Cause, DifferenceKind, FindingKind, Reason, RecordState},
};

/// Both sides of one project.
#[derive(Clone, Copy, Debug)]
pub struct ProjectSides<'a> {
    /// The project in Procore.
    pub project: &'a SourceProject,
    /// Its row in projects.csv.
    pub row: Option<&'a ProjectRow>,
    /// Every record of Procore, read now.
    pub records: &'a [CostRecord],
    /// Every document of SAP by our keys, read now.
    pub documents: &'a [HeldDocument],
    /// The invoices that people keyed and records adopted, as documents of these records, read now.
    pub adopted: &'a [HeldDocument],
    /// What the store knows, for the reasons.
    pub stored: &'a [StoredRecord],
    /// Procore's budget, read now, or why it could not be read.
    pub budget: Result<&'a [BudgetRow], &'a SourceError>,
    /// The company's choices.
    pub policy: &'a Policy,
    /// What SAP has.
    pub catalog: &'a Catalog,
}

/// Both sides with what is looked up by key.
pub(super) struct Sides<'a> {
    pub(super) of: ProjectSides<'a>,
    pub(super) stored: BTreeMap<SourceKey, &'a StoredRecord>,
    pub(super) documents: BTreeMap<SourceKey, Vec<&'a HeldDocument>>,
    pub(super) families: BTreeMap<FamilyId, Family>,
}

impl<'a> Sides<'a> {
    fn new(of: ProjectSides<'a>) -> Self {
        let stored: BTreeMap<SourceKey, &StoredRecord> =
            of.stored.iter().map(|stored| (stored.key(), stored)).collect();
        let mut documents: BTreeMap<SourceKey, Vec<&HeldDocument>> = BTreeMap::new();
        for document in of.documents.iter().chain(of.adopted) {
            documents.entry(document.key.source).or_default().push(document);
        }
        let families = families(of.records, &stored);
        Self { of, stored, documents, families }
    }

    /// The project's own currency: what Procore states, else that of the books.
    pub(super) fn own_currency(&self) -> &'a str {
        self.of.project.currency.as_deref().unwrap_or(&self.of.catalog.local_currency)
    }

    /// The currency of a record: its own, else the project's.
    pub(super) fn currency_of<'b>(&'b self, record: &'b CostRecord) -> &'b str {
        record.currency.as_deref().unwrap_or_else(|| self.own_currency())
    }

    /// Every currency that has an amount on either side: the project's own first, the others by name.
    fn currencies(&self) -> Vec<String> {
        let own = self.own_currency();
        let records = self.of.records.iter().map(|record| self.currency_of(record));
        let documents = self.of.documents.iter().chain(self.of.adopted);
        let documents = documents.map(|document| document.currency.as_str());
        let listed = self.of.stored.iter().filter_map(|stored| stored.opening.as_ref());
        let listed = listed.map(|entry| entry.currency.as_str()).filter(|code| !code.is_empty());
        let every = records.chain(documents).chain(listed);
        let others: BTreeSet<&str> = every.filter(|code| *code != own).collect();
        std::iter::once(own).chain(others).map(str::to_owned).collect()
    }

    /// The net cost that SAP holds of a record in one currency.
    pub(super) fn net_cost_of(&self, key: SourceKey, currency: &str) -> Decimal {
        let documents = self.documents.get(&key).into_iter().flatten();
        let of_currency = documents.filter(|document| document.currency == currency);
        of_currency.map(|document| document.net_cost()).sum()
    }

    /// The record's family, and the record as its member.
    pub(super) fn member(&self, record: &CostRecord) -> Option<(&Family, &Member)> {
        let family = self.families.get(&record.family())?;
        let member = family.members.iter().find(|member| member.record().key == record.key)?;
        Some((family, member))
    }
}

/// The sequence under which an adopted invoice is a record's document: ours begin at 1.
const ADOPTED: u32 = 0;

/// An invoice that a person keyed, as the document of the record that adopted it: one line of cost.
#[must_use]
pub fn as_adopted(invoice: &UnkeyedInvoice, source: SourceKey) -> HeldDocument {
    HeldDocument {
        key: DocumentKey { source, sequence: ADOPTED },
        revision: String::new(),
        document_type: DocumentType::PurchaseInvoice,
        doc_entry: invoice.doc_entry,
        doc_num: invoice.doc_num,
        state: HeldState::Live,
        posting_date: invoice.posting_date,
        card_code: Some(invoice.card_code.clone()),
        branch: None,
        control_account: None,
        currency: invoice.currency.clone(),
        total: invoice.total,
        local_total: None,
        tax: invoice.total - invoice.net,
        paid: Decimal::ZERO,
        open: true,
        lines: vec![HeldLine {
            mark: None,
            target: JournalTarget::Account(Coding::default()),
            amount: invoice.net,
            local: None,
            tax: invoice.total - invoice.net,
            paid: Decimal::ZERO,
            description: String::new(),
        }],
    }
}

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
        currency,
        committed: Decimal::ZERO,
        direct_costs: Decimal::ZERO,
        billed: Decimal::ZERO,
        retainage_in_procore: Decimal::ZERO,
        retainage_in_sap: Decimal::ZERO,
        unbilled_in_sap: Decimal::ZERO,
        terms: Terms::default(),
        in_sap: Decimal::ZERO,
        documents: 0,
        differences: Vec::new(),
        open_items: Vec::new(),
        months: Vec::new(),
        periods: Vec::new(),
        moves: Vec::new(),
        budget: BudgetBeside::default(),
        findings: Vec::new(),
    };
    let mut periods = Periods::new(sides.of.catalog);
    for both in both_sides(sides, &result.currency) {
        add(sides, &both, &mut result, &mut periods);
    }
    ledger_side(&sides.of, &mut result);
    billed_side(sides, &mut result);
    (result.periods, result.moves) = periods.into_rows();
    (result.budget, result.findings) = budget::beside(sides, &result.currency);
    result.open_items.sort_by_key(|item| item.key);
    result.differences.sort_by_key(|difference| difference.key);
    result
}

/// The records of Procore as families, for the amounts of requisitions; the store says which
/// commitments were carried over.
fn families(
    records: &[CostRecord],
    known: &BTreeMap<SourceKey, &StoredRecord>,
) -> BTreeMap<FamilyId, Family> {
    let mut members: BTreeMap<FamilyId, Vec<Member>> = BTreeMap::new();
    for record in records {
        let known = known.get(&record.key);
        let stored = StoredRecord {
            state: known.map_or(RecordState::Pending, |stored| stored.state),
            opening: known.and_then(|stored| stored.opening.clone()),
            decisions: known.map(|stored| stored.decisions.clone()).unwrap_or_default(),
            first_postable_on: known.and_then(|stored| stored.first_postable_on),
            postable_at_first_cycle: known.is_some_and(|stored| stored.postable_at_first_cycle),
            ..StoredRecord::unplanned(record.clone(), record.updated_at)
        };
        members.entry(record.family()).or_default().push(Member {
            stored,
            held: Vec::new(),
            blocked: false,
        });
    }
    members.into_iter().map(|(id, members)| (id, Family::new(members))).collect()
}

fn add(
    sides: &Sides<'_>,
    both: &Both<'_>,
    result: &mut ProjectReconciliation,
    periods: &mut Periods<'_>,
) {
    if both.key.kind == Kind::DirectCost {
        result.direct_costs += both.amount;
    } else {
        result.committed += both.amount;
    }
    let in_sap: Decimal = both.documents.iter().map(|document| document.net_cost()).sum();
    let rest = both.amount - both.opening - in_sap;
    let standing = state_of(sides, both, &result.currency, rest);
    let own = periods.own(sides, both.record, &both.documents);
    periods.record(own, both.key, both.amount, &both.documents);
    explain(&mut result.terms, RecordState::Opening, both.opening);
    explain(periods.terms(own), RecordState::Opening, both.opening);
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
        }
        Standing::Differs(kind) => result.differences.push(Difference {
            key: both.key,
            kind,
            expected: both.amount - both.opening,
            in_sap,
            detail: detail(both, kind),
        }),
    }
}

enum Standing {
    Explained(RecordState, Option<Cause>),
    /// Its document is one that a person keyed and adopted.
    Accepted(Adoption),
    Rounding,
    Differs(DifferenceKind),
}

/// Whether what is left of a record is explained by its state, is rounding, or is a difference.
fn state_of(sides: &Sides<'_>, both: &Both<'_>, currency: &str, rest: Decimal) -> Standing {
    let Some(stored) = both.stored else {
        return match both.record {
            Some(_) if rest.is_zero() => Standing::Rounding,
            Some(_) => Standing::Explained(RecordState::Waiting, None),
            None if rest.is_zero() => Standing::Rounding,
            None => Standing::Differs(DifferenceKind::Unknown),
        };
    };
    let waits = matches!(
        stored.state,
        RecordState::Opening
            | RecordState::NotConfigured
            | RecordState::FutureDated
            | RecordState::Waiting
            | RecordState::Held
            | RecordState::Rejected
            | RecordState::InFlight
            | RecordState::Uncertain
            | RecordState::PendingApproval
            | RecordState::Skipped
            | RecordState::OutOfScope
            | RecordState::Pending
    );
    // What a person did to our documents in SAP is a difference, not an explanation.
    let reason = stored.cause.as_ref().map(|cause| cause.reason).filter(|_| !rest.is_zero());
    match reason {
        Some(Reason::CancelledInSap) => return Standing::Differs(DifferenceKind::Cancelled),
        Some(Reason::ForeignDocument) => return Standing::Differs(DifferenceKind::Unknown),
        _ => {}
    }
    if waits {
        let state = match stored.state {
            RecordState::Opening if !rest.is_zero() && is_changed(both, stored) => {
                RecordState::Waiting
            }
            state => state,
        };
        return Standing::Explained(state, stored.cause.clone());
    }
    if let Some(adoption) = &stored.adopted {
        let stands = both.documents.iter().any(|document| document.key.sequence == ADOPTED);
        return match stands || !both.in_own_currency {
            true => Standing::Accepted(adoption.clone()),
            false => Standing::Differs(DifferenceKind::Cancelled),
        };
    }
    if rest.is_zero() {
        return Standing::Rounding;
    }
    if both.documents.iter().any(|document| document.state == HeldState::Cancelled) {
        return Standing::Differs(DifferenceKind::Cancelled);
    }
    if is_changed(both, stored) {
        return Standing::Explained(RecordState::Waiting, None);
    }
    let lines = both.record.map_or(0, |record| match &record.body {
        // An item's gross is the difference of two rounded columns.
        RecordBody::Requisition(requisition) => 2 * requisition.items.len(),
        _ => record.lines().len(),
    });
    let scale = sides.of.catalog.scale(currency);
    let half = money::unit(scale) / Decimal::TWO;
    // What rounds to nothing has no document, and is explained by rounding all the same.
    let stands = stored.state == RecordState::NothingToPost
        || both.documents.iter().any(|document| document.is_live());
    if stands && rest.abs() <= half * Decimal::from(lines + 1) {
        return Standing::Rounding;
    }
    let recalculated =
        stored.findings.iter().any(|finding| finding.kind == FindingKind::SapRecalculated);
    Standing::Differs(if both.documents.is_empty() {
        DifferenceKind::Missing
    } else if recalculated && stored.documents.iter().eq(both.documents.iter().copied()) {
        DifferenceKind::Recalculated
    } else if both.record.is_none() {
        DifferenceKind::Unknown
    } else {
        DifferenceKind::Edited
    })
}

/// Whether the record was changed in Procore since the last cycle: the next one takes it.
fn is_changed(both: &Both<'_>, stored: &StoredRecord) -> bool {
    match both.record {
        Some(record) => *record != stored.record,
        None => !stored.absent,
    }
}

fn explain(terms: &mut Terms, state: RecordState, rest: Decimal) {
    let term = match state {
        RecordState::Opening => &mut terms.opening,
        RecordState::NotConfigured => &mut terms.not_configured,
        RecordState::FutureDated => &mut terms.future_dated,
        RecordState::Held => &mut terms.held,
        RecordState::Rejected => &mut terms.rejected,
        RecordState::InFlight | RecordState::Uncertain => &mut terms.uncertain,
        RecordState::PendingApproval => &mut terms.pending_approval,
        RecordState::Skipped => &mut terms.skipped,
        _ => &mut terms.waiting,
    };
    *term += rest;
}

fn open_item(
    both: &Both<'_>,
    state: RecordState,
    cause: Option<Cause>,
    amount: Decimal,
) -> OpenItem {
    let record = both.record.or(both.stored.map(|stored| &stored.record));
    let cause = cause.or_else(|| {
        (state == RecordState::Waiting).then(|| {
            Cause::new(
                Reason::Settling,
                "changed in Procore after the last cycle; the next one takes it",
            )
        })
    });
    OpenItem {
        key: both.key,
        number: record.map(|record| record.number.clone()).unwrap_or_default(),
        title: record.map(|record| record.title.clone()).unwrap_or_default(),
        state,
        cause,
        amount,
        accepted: None,
    }
}

fn detail(both: &Both<'_>, kind: DifferenceKind) -> String {
    let documents: Vec<String> = both
        .documents
        .iter()
        .map(|document| {
            format!(
                "{} {} ({:?}, net {})",
                document.document_type.entity_set(),
                document.doc_entry,
                document.state,
                document.net_cost()
            )
        })
        .collect();
    let documents =
        if documents.is_empty() { "no document".to_owned() } else { documents.join(", ") };
    match kind {
        DifferenceKind::Unknown => format!("SAP holds {documents}; Procore has no such record"),
        _ => format!("the last cycle left it as posted; SAP holds {documents}"),
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

/// What is billed and retained by Procore's latest approved requisitions.
fn billed_side(sides: &Sides<'_>, result: &mut ProjectReconciliation) {
    for family in sides.families.values() {
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
