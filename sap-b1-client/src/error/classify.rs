//! From status and body to kind and outcome: a pure function, tested as a table over real error bodies.
//!
//! Order matters: what proves that nothing was executed comes first, what proves nothing (HTML, empty 5xx) last.

use super::body::{ErrorBody, Shape};
use super::detail::MessageDetail;
use super::{Error, ErrorKind, Outcome};
use crate::client::CallClass;
use http::StatusCode;

/// The vendor's reference number is taken.
pub(crate) const DUPLICATE_REFERENCE: u64 = 10_001_467;
/// The code SAP's business core gives to most rejections, and which may also mean a lost session.
pub(crate) const BUSINESS: i64 = -5002;
/// The session is unknown or has timed out.
pub(crate) const SESSION: i64 = 301;

/// Stands in for a message that an answer does not have.
pub(crate) const NO_MESSAGE: &str = "an answer without a message";

/// How much a -5002 says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Suspicion {
    /// A business message: SAP looked at the content and refused it.
    Specific,
    /// The bare phrase, nothing, or a word about the session: it may be a lost session.
    Suspect,
}

/// Turns an answer that is no success into an error.
pub(crate) fn classify(class: CallClass, status: StatusCode, body: &ErrorBody) -> Error {
    let detail = MessageDetail::parse(&body.message);
    let (kind, outcome) = match body.shape {
        Shape::Service => by_code(class, status, body, &detail),
        Shape::Html | Shape::Text | Shape::Empty => by_status(class, status, body),
    };
    let message =
        if body.message.is_empty() { empty_message(status) } else { body.message.clone() };
    Error::new(kind, outcome, message).with_status(status).with_code(body.code).with_detail(detail)
}

/// Judges a message of code -5002.
pub(crate) fn suspicion(message: &str) -> Suspicion {
    let text = message.trim().trim_end_matches('.').trim().to_ascii_lowercase();
    let bare = matches!(
        text.as_str(),
        "" | "internal error (-5002) occurred"
            | "internal error (-5002) occured"
            | "internal error (-5002)"
    );
    if bare {
        return Suspicion::Suspect;
    }
    let session_words = [
        "invalid",
        "timeout",
        "timed out",
        "time out",
        "expired",
        "lost",
        "not exist",
        "no longer",
        "closed",
    ];
    let session = text.contains("session") && session_words.iter().any(|word| text.contains(word));
    let login = ["you are not connected to a company", "not logged in", "not logged on"]
        .iter()
        .any(|phrase| text.starts_with(phrase));
    if (session || login) && MessageDetail::parse(message).is_empty() {
        Suspicion::Suspect
    } else {
        Suspicion::Specific
    }
}

fn empty_message(status: StatusCode) -> String {
    format!("{NO_MESSAGE}: {}", status.canonical_reason().unwrap_or("unknown status"))
}

/// A body of the Service Layer: its code decides, then its text.
fn by_code(
    class: CallClass,
    status: StatusCode,
    body: &ErrorBody,
    detail: &MessageDetail,
) -> (ErrorKind, Outcome) {
    use ErrorKind as Kind;
    let text = body.message.to_ascii_lowercase();
    let refused = |kind| (kind, Outcome::Refused);
    match body.code {
        Some(SESSION) if status == StatusCode::UNAUTHORIZED => return refused(Kind::SessionLost),
        Some(-304 | -306 | 100_000_027 | 100_000_055) => return refused(Kind::LoginRefused),
        Some(299) => return refused(Kind::Transient),
        Some(305) if text.contains("-1102") => return refused(Kind::Transient),
        Some(305) => return refused(Kind::LoginRefused),
        Some(407) => return refused(Kind::BrokenNode),
        Some(BUSINESS) => return refused(by_text(&text, detail).unwrap_or(Kind::Rejected)),
        _ => {}
    }
    if status == StatusCode::UNAUTHORIZED || status == StatusCode::FORBIDDEN {
        return refused(Kind::Forbidden);
    }
    if status.is_server_error() {
        return unanswered(class);
    }
    refused(match body.code {
        Some(-2028) => Kind::NotFound,
        Some(-2035) => Kind::AlreadyExists,
        Some(-2039) => Kind::Conflict,
        Some(-4013) => Kind::PeriodClosed,
        Some(-4002) => Kind::Setup,
        Some(-1116) => Kind::CustomRule,
        Some(-6006 | 804) => Kind::Forbidden,
        Some(-1008) => Kind::NoSuchResource,
        Some(-1) if text.starts_with('[') && !text.starts_with("[microsoft]") => Kind::CustomRule,
        _ => by_text(&text, detail).unwrap_or_else(|| by_plain_status(status)),
    })
}

/// The message numbers and phrases that name a kind; `text` is in lower case.
fn by_text(text: &str, detail: &MessageDetail) -> Option<ErrorKind> {
    use ErrorKind as Kind;
    if matches!(detail.number, Some(DUPLICATE_REFERENCE | 1_320_000_140)) {
        return Some(Kind::AlreadyExists);
    }
    let phrases = [
        ("date deviates from permissible range", Kind::DateWindow),
        ("posting period locked", Kind::PeriodClosed),
        ("update the exchange rate", Kind::MissingExchangeRate),
        ("define the numbering series", Kind::Setup),
        ("specify an active branch", Kind::Setup),
        ("attachments folder is not defined", Kind::Setup),
        ("service not found", Kind::NoSuchResource),
        ("no matching records found", Kind::NotFound),
        ("entity with value('", Kind::NotFound),
        ("already assigned to", Kind::AlreadyExists),
        ("not permitted to perform this action", Kind::Forbidden),
    ];
    let phrase =
        phrases.into_iter().find(|(phrase, _)| text.contains(phrase)).map(|(_, kind)| kind);
    phrase.or_else(|| {
        (text.ends_with("already exists") || text.contains("entry already exists"))
            .then_some(Kind::AlreadyExists)
    })
}

/// A body that is not the Service Layer's: only the status speaks, and a proxy's page proves nothing about a write.
fn by_status(class: CallClass, status: StatusCode, body: &ErrorBody) -> (ErrorKind, Outcome) {
    let silent = status.is_server_error()
        || status == StatusCode::REQUEST_TIMEOUT
        || status == StatusCode::SEE_OTHER
        || (body.shape == Shape::Html && class == CallClass::Write);
    if silent {
        return unanswered(class);
    }
    (by_plain_status(status), Outcome::Refused)
}

fn by_plain_status(status: StatusCode) -> ErrorKind {
    match status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => ErrorKind::Forbidden,
        StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => ErrorKind::NoSuchResource,
        StatusCode::PRECONDITION_FAILED => ErrorKind::Conflict,
        StatusCode::TOO_MANY_REQUESTS => ErrorKind::Transient,
        status if status.is_redirection() => ErrorKind::Configuration,
        _ => ErrorKind::Rejected,
    }
}

/// No trustworthy answer: harmless for a read, decisive for a write.
fn unanswered(class: CallClass) -> (ErrorKind, Outcome) {
    match class {
        CallClass::Read => (ErrorKind::Transient, Outcome::Unknown),
        CallClass::Write => (ErrorKind::OutcomeUnknown, Outcome::Unknown),
    }
}
