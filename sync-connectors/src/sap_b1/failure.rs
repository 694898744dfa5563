//! What an error of the Service Layer means to the engine.

use sap_b1_client::{Error, ErrorKind, Outcome};
use sync_core::{
    ports::{LedgerError, LedgerErrorKind, PostOutcome, Refusal},
    states::Reason,
};

/// The prefix of the names of our user fields, as messages about missing ones quote it.
const USER_FIELD_PREFIX: &str = "U_Procore";

/// How many characters of SAP's message are kept.
const MESSAGE_CHARS_MAX: usize = 1_000;

/// A failed read.
pub(super) fn ledger_error(error: &Error) -> LedgerError {
    let kind = match error.kind() {
        ErrorKind::LoginRefused => LedgerErrorKind::LoginRefused,
        _ if names_user_field(error) => LedgerErrorKind::UserFieldsMissing,
        _ => LedgerErrorKind::Unavailable,
    };
    LedgerError::new(kind, error)
}

/// A read whose answer is not what it must be.
pub(super) fn malformed(what: impl std::fmt::Display) -> LedgerError {
    LedgerError::new(LedgerErrorKind::Unavailable, what)
}

/// SAP says that a property is none of the entity's, and names one of ours.
fn names_user_field(error: &Error) -> bool {
    error.outcome() == Outcome::Refused && error.message().contains(USER_FIELD_PREFIX)
}

/// How a post ended that failed, unless its document must be looked up ([`ErrorKind::AlreadyExists`]).
pub(super) fn post_outcome(error: &Error) -> PostOutcome {
    match error.outcome() {
        Outcome::NotSent if error.kind() == ErrorKind::InvalidRequest => refused(error),
        Outcome::NotSent => PostOutcome::NotSent(message(error)),
        Outcome::Done | Outcome::Unknown => PostOutcome::Unknown(message(error)),
        Outcome::Refused => match error.kind() {
            // Refused before anything was executed, for a reason that passes.
            ErrorKind::SessionLost
            | ErrorKind::LoginRefused
            | ErrorKind::Transient
            | ErrorKind::BrokenNode => PostOutcome::NotSent(message(error)),
            _ => refused(error),
        },
    }
}

fn refused(error: &Error) -> PostOutcome {
    let reason = match error.kind() {
        _ if names_user_field(error) => Reason::SetupMissing,
        ErrorKind::PeriodClosed => Reason::PeriodClosed,
        ErrorKind::DateWindow => Reason::DateOutOfWindow,
        ErrorKind::MissingExchangeRate => Reason::MissingExchangeRate,
        ErrorKind::Setup => Reason::SetupMissing,
        ErrorKind::CustomRule => Reason::CustomRule,
        ErrorKind::Forbidden => Reason::Forbidden,
        _ => Reason::RejectedBySap,
    };
    PostOutcome::Refused(Refusal { reason, message: message(error) })
}

/// SAP's own message with its code, bounded.
pub(super) fn message(error: &Error) -> String {
    let mut text: String = error.message().chars().take(MESSAGE_CHARS_MAX).collect();
    if let Some(code) = error.code() {
        text.push_str(&format!(" (code {code})"));
    }
    text
}
