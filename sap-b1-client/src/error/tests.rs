//! The classification as a table over the error bodies of real systems.

#![allow(clippy::unwrap_used)]

use super::body::{self, Shape};
use super::classify::{Suspicion, classify, suspicion};
use super::{Error, ErrorKind as Kind, Outcome};
use crate::client::CallClass;
use http::StatusCode;
use proptest::prelude::*;
use serde::Deserialize;
use serde_json::value::RawValue;

#[derive(Deserialize)]
struct Fixture {
    http_status: u16,
    code: Option<Box<RawValue>>,
    body: Option<Box<RawValue>>,
    when: String,
}

impl Fixture {
    fn code(&self) -> Option<i64> {
        self.code.as_ref().and_then(|raw| raw.get().trim_matches('"').parse().ok())
    }

    /// The bytes on the wire: an object as it is, a string unquoted, an unknown body rebuilt from its code.
    fn bytes(&self) -> Vec<u8> {
        match self.body.as_deref().map(RawValue::get) {
            Some(object) if object.starts_with('{') => object.as_bytes().to_vec(),
            Some(text) => serde_json::from_str::<String>(text).unwrap().into_bytes(),
            None => format!("{{\"error\":{{\"code\":{},\"message\":\"\"}}}}", self.code().unwrap())
                .into_bytes(),
        }
    }

    fn classify(&self, class: CallClass) -> Error {
        classify(
            class,
            StatusCode::from_u16(self.http_status).unwrap(),
            &body::parse(&self.bytes()),
        )
    }
}

fn fixtures() -> Vec<Fixture> {
    serde_json::from_str(include_str!("../../tests/fixtures/error-bodies.json")).unwrap()
}

/// Status, code, a part of the message, and what a write gets.
const TABLE: &[(u16, Option<i64>, &str, Kind, Outcome)] = &[
    (401, Some(301), "", Kind::SessionLost, Outcome::Refused),
    (401, Some(-304), "", Kind::LoginRefused, Outcome::Refused),
    (401, Some(-306), "", Kind::LoginRefused, Outcome::Refused),
    (401, Some(100_000_027), "", Kind::LoginRefused, Outcome::Refused),
    (401, Some(100_000_055), "", Kind::LoginRefused, Outcome::Refused),
    (500, Some(299), "", Kind::Transient, Outcome::Refused),
    (500, Some(305), "-1102", Kind::Transient, Outcome::Refused),
    (500, Some(305), "-5027", Kind::LoginRefused, Outcome::Refused),
    (500, Some(407), "", Kind::BrokenNode, Outcome::Refused),
    (400, Some(-5002), "10001467", Kind::AlreadyExists, Outcome::Refused),
    (400, Some(-5002), "Specify an active branch", Kind::Setup, Outcome::Refused),
    (400, Some(-5002), "attachments folder", Kind::Setup, Outcome::Refused),
    (400, Some(-5002), "", Kind::Rejected, Outcome::Refused),
    (400, Some(-10), "already assigned", Kind::AlreadyExists, Outcome::Refused),
    (400, Some(-10), "already exists", Kind::AlreadyExists, Outcome::Refused),
    (400, Some(-10), "", Kind::Rejected, Outcome::Refused),
    (404, Some(-2028), "", Kind::NotFound, Outcome::Refused),
    (400, Some(-2035), "", Kind::AlreadyExists, Outcome::Refused),
    (412, Some(-2039), "", Kind::Conflict, Outcome::Refused),
    (400, Some(-4013), "", Kind::PeriodClosed, Outcome::Refused),
    (400, Some(-1116), "", Kind::CustomRule, Outcome::Refused),
    (401, Some(-1), "", Kind::Forbidden, Outcome::Refused),
    (403, Some(804), "", Kind::Forbidden, Outcome::Refused),
    (403, Some(-6006), "", Kind::Forbidden, Outcome::Refused),
    (400, None, "Date deviates", Kind::DateWindow, Outcome::Refused),
    (400, None, "exchange rate", Kind::MissingExchangeRate, Outcome::Refused),
    (400, None, "Value too long", Kind::Rejected, Outcome::Refused),
    (400, None, "[Microsoft]", Kind::Rejected, Outcome::Refused),
    (502, None, "HTML", Kind::OutcomeUnknown, Outcome::Unknown),
    (500, None, "", Kind::OutcomeUnknown, Outcome::Unknown),
];

/// Codes that are always plain rejections.
const REJECTED: &[i64] = &[-5006, -1000, -1004, 201, -4014, -1, 701, 702, 704, -21100];

#[test]
fn every_recorded_error_is_classified_as_the_table_says() {
    let fixtures = fixtures();
    assert!(fixtures.len() > 50);
    for fixture in fixtures {
        let error = fixture.classify(CallClass::Write);
        let row = TABLE.iter().find(|(status, code, part, ..)| {
            *status == fixture.http_status
                && *code == fixture.code()
                && error.message().contains(part)
        });
        let (kind, outcome) = match row {
            Some((.., kind, outcome)) => (*kind, *outcome),
            None => {
                let code = fixture.code().unwrap_or_else(|| panic!("no row for {}", fixture.when));
                assert!(REJECTED.contains(&code), "no row for {} ({code})", fixture.when);
                (Kind::Rejected, Outcome::Refused)
            }
        };
        assert_eq!((error.kind(), error.outcome()), (kind, outcome), "{}: {error}", fixture.when);
        assert_eq!(error.code(), fixture.code(), "{}", fixture.when);
        assert!(!error.message().is_empty() && !error.remedy().is_empty());
    }
}

/// What the published classification says beyond the recorded bodies: status, code, message, kind.
const PUBLISHED: &[(u16, i64, &str, Kind)] = &[
    (400, -4002, "To generate this document, first define the numbering series", Kind::Setup),
    (400, -10, "To generate this document, first define the numbering series", Kind::Setup),
    (
        400,
        -10,
        "1320000140 - Business partner code 'V1' already assigned to a business partner",
        Kind::AlreadyExists,
    ),
    (400, -10, "Item code 'i002' already exists", Kind::AlreadyExists),
    (400, -10, "10000180 - Invalid VAT Group", Kind::Rejected),
    (400, -10, "Update the exchange rate  , 'USD'", Kind::MissingExchangeRate),
    (400, -5002, "Update the exchange rate  , 'USD'", Kind::MissingExchangeRate),
    (400, -5002, "Date deviates from permissible range", Kind::DateWindow),
    (400, -1, "Date deviates from permissible range", Kind::DateWindow),
    (400, -4013, "Posting period locked; specify an alternative date", Kind::PeriodClosed),
    (400, -1116, "(200019) Please Attach its Receiving", Kind::CustomRule),
    (400, -1, "[A rule] the vendor has no contract", Kind::CustomRule),
    (400, -1, "Failed to initialize object data", Kind::Rejected),
    (400, -1, "[Microsoft][ODBC Driver] Cannot insert the value NULL", Kind::Rejected),
    (401, -1, "No permission to access this view", Kind::Forbidden),
    (401, -6006, "You are not permitted to perform this action", Kind::Forbidden),
    (403, -6006, "You are not permitted to perform this action", Kind::Forbidden),
    (400, -6006, "You are not permitted to perform this action", Kind::Forbidden),
    (403, 804, "Access denied", Kind::Forbidden),
    (401, 301, "Invalid session or session already timeout.", Kind::SessionLost),
    (404, -2028, "Entity with value('x') does not exist", Kind::NotFound),
    (404, -1, "Entity with value('x') does not exist", Kind::NotFound),
    (400, -2028, "Customer record not found", Kind::NotFound),
    (
        400,
        -2035,
        "This entry already exists in the following tables (ODBC -2035)",
        Kind::AlreadyExists,
    ),
    (412, -2039, "Another user or another operation modified data", Kind::Conflict),
    (400, -1008, "Command Not Found", Kind::NoSuchResource),
    (400, -1000, "Service Not Found", Kind::NoSuchResource),
    (400, -1000, "Property 'X' of 'Y' is invalid", Kind::Rejected),
    (
        400,
        -1,
        "CServiceData::SetPropertyValueString failed; Value too long in property 'X' of 'Y'",
        Kind::Rejected,
    ),
    (500, 299, "SAML Login Failed", Kind::Transient),
    (500, 305, "Switch company error: -1102", Kind::Transient),
    (500, 407, "Table definition not found for '@X'.", Kind::BrokenNode),
];

/// Codes of plain rejections in the published classification.
const PUBLISHED_REJECTED: &[i64] =
    &[-1004, 201, 701, 702, 703, 704, -1005, -1013, -1028, -4014, -5006, -5009, -5012];

#[test]
fn the_published_classification_holds_in_every_shape_of_a_body() {
    let plain =
        PUBLISHED_REJECTED.iter().map(|code| (400, *code, "what was wrong", Kind::Rejected));
    for (status, code, message, kind) in PUBLISHED.iter().copied().chain(plain) {
        let text = serde_json::to_string(message).unwrap();
        for body in [
            format!(r#"{{"error":{{"code":{code},"message":{{"lang":"en-us","value":{text}}}}}}}"#),
            format!(
                r#"{{"error":{{"code":"{code}","details":[{{"code":"","message":""}}],"message":{text}}}}}"#
            ),
            format!(r#"{{"error":{{"code":"{code}","message":{text}}}}}"#),
            format!(
                r#"{{"error":{{"code":{code},"innererror":{{"context":null,"trace":null}},"message":{{"lang":"en-us","value":{text}}}}}}}"#
            ),
        ] {
            let status = StatusCode::from_u16(status).unwrap();
            let error = classify(CallClass::Write, status, &body::parse(body.as_bytes()));
            let found = (error.kind(), error.outcome(), error.code(), error.message());
            assert_eq!(found, (kind, Outcome::Refused, Some(code), message), "{body}");
            assert!(error.to_string().ends_with(error.remedy()) && !error.remedy().is_empty());
        }
    }
}

/// Rejections whose code or text names the cause: code, message, how the remedy begins.
const REJECTIONS: &[(i64, &str, &str)] = &[
    (-5002, "Internal error (-5002) occurred", "SAP names no cause; look for a property"),
    (-5002, "", "SAP names no cause; look for a property"),
    (-5002, "Code undefined  [OCRD.CardCode]", "correct what the message names"),
    (-5002, "Document is already closed", "correct what the message names"),
    (-10, "10000180 - Invalid VAT Group", "correct what the message names"),
    (-1000, "Property 'U_New' of 'Document' is invalid", "check the name of the property; a new"),
    (201, "Property 'NoSuchField' is invalid", "correct the query"),
    (201, "Query string error - Invalid filter condition", "correct the query"),
    (-1004, "'Z' is not a valid value for property 'U_X'.", "use one of the valid values"),
    (701, "Invalid SQL syntax:select", "correct the stored query"),
    (702, "Table 'CRD2' not accessible", "correct the stored query"),
    (703, "what was wrong", "correct the stored query"),
    (704, "Parameter error.", "correct the stored query"),
    (-5006, "The requested action is not supported for this object.", "this object does not allow"),
    (-1, "Failed to initialize object data", "check the company database"),
    (-1, "Value too long in property 'Indicator' of 'Document'", "shorten the text"),
    (-1, "[Microsoft][ODBC Driver] Cannot insert the value NULL", "give the column"),
    (-1013, "what was wrong", "correct what the message names"),
];

#[test]
fn a_rejection_whose_cause_is_known_says_what_to_do_about_that_cause() {
    for (code, message, remedy) in REJECTIONS {
        let text = serde_json::to_string(message).unwrap();
        let body =
            body::parse(format!(r#"{{"error":{{"code":"{code}","message":{text}}}}}"#).as_bytes());
        let error = classify(CallClass::Write, StatusCode::BAD_REQUEST, &body);
        assert_eq!(error.kind(), Kind::Rejected, "{code} {message}");
        assert!(error.remedy().starts_with(remedy), "{code} {message}: {}", error.remedy());
        assert!(error.to_string().ends_with(error.remedy()), "{error}");
    }
    for fixture in fixtures() {
        let error = fixture.classify(CallClass::Write);
        if error.kind() != Kind::Rejected {
            assert_eq!(error.remedy(), error.kind().remedy(), "{}", fixture.when);
        }
    }
    // A lost session behind the bare phrase is no rejection, and is not told as one.
    let bare = br#"{"error":{"code":-5002,"message":"Internal error (-5002) occurred"}}"#;
    let error = classify(CallClass::Write, StatusCode::BAD_REQUEST, &body::parse(bare));
    let lost = error.with_kind(Kind::SessionLost, Outcome::Unknown);
    assert_eq!(lost.remedy(), Kind::SessionLost.remedy());
}

#[test]
fn every_kind_has_a_remedy_of_its_own() {
    let kinds = [
        Kind::SessionLost,
        Kind::LoginRefused,
        Kind::AlreadyExists,
        Kind::PeriodClosed,
        Kind::DateWindow,
        Kind::MissingExchangeRate,
        Kind::Setup,
        Kind::CustomRule,
        Kind::Forbidden,
        Kind::NotFound,
        Kind::Conflict,
        Kind::Rejected,
        Kind::NoSuchResource,
        Kind::Transient,
        Kind::BrokenNode,
        Kind::OutcomeUnknown,
        Kind::NotSent,
        Kind::Decode,
        Kind::InvalidRequest,
        Kind::Configuration,
    ];
    let remedies: std::collections::HashSet<_> = kinds.iter().map(|kind| kind.remedy()).collect();
    assert_eq!(remedies.len(), kinds.len());
}

#[test]
fn a_read_is_never_of_unknown_outcome_for_its_caller() {
    for fixture in fixtures() {
        let error = fixture.classify(CallClass::Read);
        assert_ne!(error.kind(), Kind::OutcomeUnknown, "{}", fixture.when);
    }
}

#[test]
fn only_the_bare_phrase_nothing_and_session_words_are_suspect() {
    for message in [
        "Internal error (-5002) occurred",
        "internal error (-5002) occurred.",
        "",
        "  ",
        "Invalid session or session already timeout.",
        "Session has expired",
        "You are not connected to a company",
    ] {
        assert_eq!(suspicion(message), Suspicion::Suspect, "{message}");
    }
    for fixture in fixtures().iter().filter(|fixture| fixture.code() == Some(-5002)) {
        let error = fixture.classify(CallClass::Write);
        let expected = if error.message().starts_with("Internal error") {
            Suspicion::Suspect
        } else {
            Suspicion::Specific
        };
        assert_eq!(suspicion(error.message()), expected, "{}", error.message());
    }
    for message in [
        "Item number is missing",
        "10000001 - Session invalid",
        "The session [OSES.Code] is invalid",
        "1",
    ] {
        assert_eq!(suspicion(message), Suspicion::Specific, "{message}");
    }
}

#[test]
fn gateway_answers_and_html_leave_a_write_unknown_but_a_plain_4xx_refuses_it() {
    let outcome = |status: u16, text: &str| {
        classify(
            CallClass::Write,
            StatusCode::from_u16(status).unwrap(),
            &body::parse(text.as_bytes()),
        )
        .outcome()
    };
    let known = r#"{"error":{"code":-5006,"message":"not supported"}}"#;
    for (status, text) in [
        (502, ""),
        (503, "busy"),
        (504, "<html></html>"),
        (500, "no json"),
        (500, r#"{"error":{"code":-1,"message":"?"}}"#),
        (400, "<html></html>"),
        (404, "<!DOCTYPE html>"),
        (408, ""),
    ] {
        assert_eq!(outcome(status, text), Outcome::Unknown, "{status} {text}");
    }
    for (status, text) in
        [(400, ""), (400, known), (404, ""), (429, ""), (403, ""), (413, "too large")]
    {
        assert_eq!(outcome(status, text), Outcome::Refused, "{status} {text}");
    }
}

#[test]
fn details_stand_in_for_a_missing_message() {
    let body = body::parse(br#"{"error":{"code":"-5002","message":"","details":[{"code":"","message":""},{"code":"1","message":"Item number is missing"}]}}"#);
    assert_eq!(
        (body.code, body.message.as_str(), body.shape),
        (Some(-5002), "Item number is missing", Shape::Service)
    );
}

#[test]
fn says_what_where_and_what_to_do() {
    let body = body::parse(r#"{"error":{"code":-5002,"message":{"lang":"en-us","value":"Invalid BP code  [OPDN.CardCode] , 'P1'"}}}"#.as_bytes());
    let error = classify(CallClass::Write, StatusCode::BAD_REQUEST, &body)
        .with_call("POST PurchaseInvoices");
    assert_eq!(
        error.to_string(),
        "POST PurchaseInvoices: Invalid BP code  [OPDN.CardCode] , 'P1' (status 400, code -5002); correct what the message names"
    );
    assert_eq!(error.detail().field.as_deref(), Some("CardCode"));
}

proptest! {
    #[test]
    fn no_body_panics_and_none_is_kept_whole(bytes in proptest::collection::vec(any::<u8>(), 0..200), status in 300u16..600) {
        let error = classify(CallClass::Write, StatusCode::from_u16(status).unwrap(), &body::parse(&bytes));
        prop_assert!(error.message().chars().count() <= 2000);
        prop_assert_ne!(error.outcome(), Outcome::Done);
        prop_assert_ne!(error.outcome(), Outcome::NotSent);
    }
}
