//! Whether what is left of a record is explained by its state, is rounding, or is a difference.

use rust_decimal::Decimal;

use super::{OpenItem, RecordRounding, Terms, adopted::ADOPTED, both::Both, sides::Sides};
use crate::{
    model::{HeldState, RecordBody},
    money,
    ports::StoredRecord,
    resolve::Adoption,
    states::{Cause, DifferenceKind, FindingKind, Reason, RecordState},
};

/// What explains the rest of a record.
pub(super) enum Standing {
    Explained(RecordState, Option<Cause>),
    /// Its document is one that a person keyed and adopted.
    Accepted(Adoption),
    Rounding,
    Differs(DifferenceKind),
}

/// Whether what is left of a record is explained by its state, is rounding, or is a difference.
pub(super) fn standing_of(
    sides: &Sides<'_>,
    both: &Both<'_>,
    currency: &str,
    rest: Decimal,
) -> Standing {
    if let Some(cause) = both.record.and_then(|record| sides.beyond(record)) {
        let state = both.stored.map(|stored| stored.state).filter(|state| waits(*state));
        return Standing::Explained(state.unwrap_or(RecordState::Held), Some(cause.clone()));
    }
    let Some(stored) = both.stored else {
        return match both.record {
            Some(_) if rest.is_zero() => Standing::Rounding,
            Some(_) => Standing::Explained(RecordState::Waiting, None),
            None if rest.is_zero() => Standing::Rounding,
            None => Standing::Differs(DifferenceKind::Unknown),
        };
    };
    // What a person did to our documents in SAP is a difference, not an explanation.
    let reason = stored.cause.as_ref().map(|cause| cause.reason).filter(|_| !rest.is_zero());
    match reason {
        Some(Reason::CancelledInSap) => return Standing::Differs(DifferenceKind::Cancelled),
        Some(Reason::ForeignDocument) => return Standing::Differs(DifferenceKind::Unknown),
        _ => {}
    }
    if waits(stored.state) {
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
    let half = money::unit(sides.of.catalog.scale(currency)) / Decimal::TWO;
    // What rounds to nothing has no document, and is explained by rounding all the same.
    let stands = stored.state == RecordState::NothingToPost
        || both.documents.iter().any(|document| document.is_live());
    let in_sap = both.stated.exact - both.opening.exact - rest;
    let traced = || RecordRounding::of(sides, both, in_sap).is_some_and(|of| of.is_traced());
    if stands && (rest.abs() <= half * Decimal::from(lines + 1) || traced()) {
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
pub(super) fn is_changed(both: &Both<'_>, stored: &StoredRecord) -> bool {
    match both.record {
        Some(record) => *record != stored.record,
        None => !stored.absent,
    }
}

/// Whether the state says why a part of a record is not in SAP.
pub(super) fn waits(state: RecordState) -> bool {
    matches!(
        state,
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
    )
}

/// Adds the rest of a record to the term of its state.
pub(super) fn explain(terms: &mut Terms, state: RecordState, rest: Decimal) {
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

/// A record whose money is not, or not fully, in SAP.
pub(super) fn open_item(
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

/// A difference in a sentence, with the documents.
pub(super) fn detail(both: &Both<'_>, kind: DifferenceKind) -> String {
    let documents: Vec<String> = both
        .documents
        .iter()
        .map(|document| {
            format!("{} ({:?}, net {})", document.named(), document.state, document.net_cost())
        })
        .collect();
    let documents =
        if documents.is_empty() { "no document".to_owned() } else { documents.join(", ") };
    match kind {
        DifferenceKind::Unknown => format!("SAP holds {documents}; Procore has no such record"),
        _ => format!("the last cycle left it as posted; SAP holds {documents}"),
    }
}
