//! One project: each record's Procore amount, what SAP holds of it, and the term that explains the
//! rest.

use std::collections::BTreeMap;

use chrono::Datelike;
use rust_decimal::Decimal;

use super::{Difference, DifferenceKind, MonthAmount, OpenItem, ProjectReconciliation, Terms};
use crate::{
    catalog::Catalog,
    mapping::ProjectRow,
    model::{
        CostRecord, DocumentType, FamilyId, HeldDocument, HeldState, Kind, LineMark, RecordBody,
        Requisition, SourceKey,
    },
    money,
    plan::{Family, Member, movement},
    policy::{Basis, OverBilling, Policy},
    ports::{SourceProject, StoredRecord},
    states::{Cause, Reason, RecordState},
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
    /// What the store knows, for the reasons.
    pub stored: &'a [StoredRecord],
    /// The company's choices.
    pub policy: &'a Policy,
    /// What SAP has.
    pub catalog: &'a Catalog,
}

/// One record on both sides.
struct Both<'a> {
    key: SourceKey,
    record: Option<&'a CostRecord>,
    stored: Option<&'a StoredRecord>,
    documents: Vec<&'a HeldDocument>,
    amount: Decimal,
}

/// Reconciles one project.
#[must_use]
pub fn project(sides: &ProjectSides<'_>) -> ProjectReconciliation {
    let currency =
        sides.project.currency.clone().unwrap_or_else(|| sides.catalog.local_currency.clone());
    let mut result = ProjectReconciliation {
        project: sides.project.id,
        name: sides.project.name.clone(),
        sap_project: sides.row.and_then(|row| row.sap_project.clone()),
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
    };
    let families = families(sides);
    for both in both_sides(sides, &families) {
        add(sides, &both, &mut result);
    }
    ledger_side(sides, &mut result);
    billed_side(sides, &families, &mut result);
    result.open_items.sort_by_key(|item| item.key);
    result.differences.sort_by_key(|difference| difference.key);
    result
}

/// The records of Procore as families, for the amounts of requisitions; the store says which
/// commitments were carried over.
fn families(sides: &ProjectSides<'_>) -> BTreeMap<FamilyId, Family> {
    let mut members: BTreeMap<FamilyId, Vec<Member>> = BTreeMap::new();
    for record in sides.records {
        let known = sides.stored.iter().find(|stored| stored.key() == record.key);
        let stored = StoredRecord {
            state: known.map_or(RecordState::Pending, |stored| stored.state),
            opening: known.and_then(|stored| stored.opening.clone()),
            resolution: known.and_then(|stored| stored.resolution.clone()),
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

fn both_sides<'a>(
    sides: &ProjectSides<'a>,
    families: &BTreeMap<FamilyId, Family>,
) -> Vec<Both<'a>> {
    let mut all: BTreeMap<SourceKey, Both<'a>> = BTreeMap::new();
    for record in sides.records {
        let amount = amount(sides, record, families.get(&record.family()));
        let both = Both {
            key: record.key,
            record: Some(record),
            stored: None,
            documents: Vec::new(),
            amount,
        };
        all.insert(record.key, both);
    }
    for document in sides.documents {
        let key = document.key.source;
        let empty =
            Both { key, record: None, stored: None, documents: Vec::new(), amount: Decimal::ZERO };
        all.entry(key).or_insert(empty).documents.push(document);
    }
    for stored in sides.stored {
        if let Some(both) = all.get_mut(&stored.key()) {
            both.stored = Some(stored);
        }
    }
    all.into_values().collect()
}

/// What Procore says that the ledger should hold as cost, without tax: the lines of commitments and
/// change orders in a postable status where cost is recognised when they are approved; what
/// requisitions billed where it is recognised then, and where the commitment was carried over.
fn amount(sides: &ProjectSides<'_>, record: &CostRecord, family: Option<&Family>) -> Decimal {
    if record.deleted || !sides.policy.is_postable(record.kind(), &record.status) {
        return at_billed(sides, record, family).unwrap_or_default();
    }
    if let Some(amount) = at_billed(sides, record, family) {
        return amount;
    }
    let by_billing = family
        .filter(|family| family.is_carried_over() || !sides.policy.basis.recognises_commitments());
    match (&record.body, by_billing) {
        (RecordBody::DirectCost(_), _)
        | (RecordBody::Commitment(_) | RecordBody::ChangeOrder(_), None) => {
            record.lines().iter().map(|line| line.amount).sum()
        }
        (RecordBody::Requisition(_), Some(family)) => movement(family, record.key)
            .map(|moved| moved.items.iter().map(|item| item.gross).sum())
            .unwrap_or_default(),
        (RecordBody::Requisition(requisition), None) => {
            over_billed(sides, record, requisition, family)
        }
        (RecordBody::Commitment(_) | RecordBody::ChangeOrder(_), Some(_)) => Decimal::ZERO,
    }
}

/// What requisitions bill above what is approved, where that is cost: the latest one must leave the
/// family at the excess; what those before it took and gave back is history.
fn over_billed(
    sides: &ProjectSides<'_>,
    record: &CostRecord,
    requisition: &Requisition,
    family: Option<&Family>,
) -> Decimal {
    let Some(family) = family else { return Decimal::ZERO };
    let posts = |member: &Member| {
        sides.policy.over_billing == OverBilling::Post || member.decided(Reason::OverBilling)
    };
    let held = |key: SourceKey| -> Decimal {
        let documents = sides.documents.iter().filter(|document| document.key.source == key);
        documents.map(HeldDocument::net_cost).sum()
    };
    let postable = || family.requisitions().filter(|(member, _)| member.is_postable(sides.policy));
    let Some(approved) = family.approved(sides.policy) else { return Decimal::ZERO };
    let holds = |(member, _): (&Member, &Requisition)| !held(member.record().key).is_zero();
    let taken = family.members.iter().any(posts) || postable().any(holds);
    if !taken {
        return Decimal::ZERO;
    }
    if postable().any(|(_, later)| later.sequence > requisition.sequence) {
        return held(record.key);
    }
    let earlier: Decimal = postable()
        .filter(|(_, earlier)| earlier.sequence < requisition.sequence)
        .map(|(member, _)| held(member.record().key))
        .sum();
    (family.billed(sides.policy) - approved).max(Decimal::ZERO) - earlier
}

/// What a commitment or a change order is worth whose unbilled remainder was released.
fn at_billed(
    sides: &ProjectSides<'_>,
    record: &CostRecord,
    family: Option<&Family>,
) -> Option<Decimal> {
    let recognised = sides.policy.basis.recognises_commitments();
    let family = family.filter(|_| recognised && record.kind() != Kind::DirectCost)?;
    let member = family.members.iter().find(|member| member.record().key == record.key)?;
    let scale = sides.catalog.scale(&sides.catalog.local_currency);
    crate::plan::ended::amount_at_billed(sides.policy, scale, family, member)
}

fn add(sides: &ProjectSides<'_>, both: &Both<'_>, result: &mut ProjectReconciliation) {
    if both.key.kind == Kind::DirectCost {
        result.direct_costs += both.amount;
    } else {
        result.committed += both.amount;
    }
    let in_sap: Decimal = both.documents.iter().map(|document| document.net_cost()).sum();
    let rest = both.amount - in_sap;
    let state = state_of(sides, both, rest);
    match state {
        Standing::Explained(state, cause) => {
            explain(&mut result.terms, state, rest);
            // What needs a person is listed even where no cost hangs on it, as with requisitions.
            if !rest.is_zero() || state.waits_for_a_person() {
                result.open_items.push(open_item(both, state, cause, rest));
            }
        }
        Standing::Rounding => result.terms.rounding -= rest,
        Standing::Differs(kind) => result.differences.push(Difference {
            key: both.key,
            kind,
            expected: both.amount,
            in_sap,
            detail: detail(both, kind),
        }),
    }
}

enum Standing {
    Explained(RecordState, Option<Cause>),
    Rounding,
    Differs(DifferenceKind),
}

/// Whether what is left of a record is explained by its state, is rounding, or is a difference.
fn state_of(sides: &ProjectSides<'_>, both: &Both<'_>, rest: Decimal) -> Standing {
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
        return Standing::Explained(stored.state, stored.cause.clone());
    }
    if rest.is_zero() {
        return Standing::Rounding;
    }
    if both.documents.iter().any(|document| document.state == HeldState::Cancelled) {
        return Standing::Differs(DifferenceKind::Cancelled);
    }
    // Changed in Procore since the last cycle: the next one posts it.
    let changed = match both.record {
        Some(record) => *record != stored.record,
        None => !stored.absent,
    };
    if changed {
        return Standing::Explained(RecordState::Waiting, None);
    }
    let lines = both.record.map_or(0, |record| match &record.body {
        // An item's gross is the difference of two rounded columns.
        RecordBody::Requisition(requisition) => 2 * requisition.items.len(),
        _ => record.lines().len(),
    });
    let scale = sides.catalog.scale(&sides.catalog.local_currency);
    let half = money::unit(scale) / Decimal::TWO;
    // What rounds to nothing has no document, and is explained by rounding all the same.
    let stands = stored.state == RecordState::NothingToPost
        || both.documents.iter().any(|document| document.is_live());
    if stands && rest.abs() <= half * Decimal::from(lines + 1) {
        return Standing::Rounding;
    }
    Standing::Differs(if both.documents.is_empty() {
        DifferenceKind::Missing
    } else if both.record.is_none() {
        DifferenceKind::Unknown
    } else {
        DifferenceKind::Edited
    })
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
    for document in sides.documents.iter().filter(|document| document.is_live()) {
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
fn billed_side(
    sides: &ProjectSides<'_>,
    families: &BTreeMap<FamilyId, Family>,
    result: &mut ProjectReconciliation,
) {
    for family in families.values() {
        let last =
            family.requisitions().filter(|(member, _)| member.is_postable(sides.policy)).last();
        let Some((_, requisition)) = last else { continue };
        for item in &requisition.items {
            result.billed += item.completed_and_stored;
            result.retainage_in_procore += item.retainage_held_to_date;
        }
    }
}
