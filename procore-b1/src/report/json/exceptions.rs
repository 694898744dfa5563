//! The document of `exceptions`, and the rows that other documents share.

use serde::Serialize;
use sync_core::{engine::ExceptionRow, states::RecordState};

use super::document;
use crate::report::amount::plain;

/// The records that wait for a person.
#[must_use]
pub fn exceptions(list: &[ExceptionRow]) -> Vec<u8> {
    document(&ExceptionsJson { exceptions: rows(list) })
}

#[derive(Serialize)]
struct ExceptionsJson<'a> {
    exceptions: Vec<ExceptionJson<'a>>,
}

#[derive(Serialize)]
pub(super) struct ExceptionJson<'a> {
    key: String,
    state: &'a str,
    reason: Option<&'a str>,
    detail: &'a str,
    remedy: &'a str,
    decisions: Vec<&'a str>,
    number: &'a str,
    title: &'a str,
    amount: String,
    currency: &'a str,
}

pub(super) fn rows(rows: &[ExceptionRow]) -> Vec<ExceptionJson<'_>> {
    rows.iter()
        .map(|row| {
            let reason = row.cause.as_ref().map(|cause| cause.reason);
            ExceptionJson {
                key: row.key.to_string(),
                state: state_name(row.state),
                reason: reason.map(|reason| reason.name()),
                detail: row.cause.as_ref().map_or("", |cause| &cause.detail),
                remedy: remedy(row),
                decisions: reason.map(|r| r.decisions().names()).unwrap_or_default(),
                number: &row.number,
                title: &row.title,
                amount: plain(row.amount, &row.currency),
                currency: &row.currency,
            }
        })
        .collect()
}

/// The state as reports name it: an intent without a result is uncertain.
pub(crate) fn state_name(state: RecordState) -> &'static str {
    match state {
        RecordState::InFlight => RecordState::Uncertain.name(),
        other => other.name(),
    }
}

/// What would mend it, also where no reason is stored.
pub(crate) fn remedy(row: &ExceptionRow) -> &'static str {
    match (&row.cause, row.state) {
        (Some(cause), _) => cause.reason.remedy(),
        (None, RecordState::PendingApproval) => "approve or reject the draft in SAP",
        (None, _) => "nothing to do now: the next cycle asks SAP whether the document is there",
    }
}
