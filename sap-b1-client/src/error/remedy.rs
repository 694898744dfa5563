//! What a person can do about a rejection: its kind alone says too little, its code or text names the cause.
//!
//! Texts are in the session's language, so codes come first where they are one cause each. Sources: the service's manual
//! 1.22, live tests and field reports on the messages.

use super::ErrorKind;
use super::classify::{self, Suspicion};

/// The remedy of an error; `message` is the server's own text.
pub(super) fn of(kind: ErrorKind, code: Option<i64>, message: &str) -> &'static str {
    if kind != ErrorKind::Rejected {
        return kind.remedy();
    }
    by_code(code, message)
        .or_else(|| by_text(&message.to_ascii_lowercase()))
        .unwrap_or_else(|| kind.remedy())
}

fn by_code(code: Option<i64>, message: &str) -> Option<&'static str> {
    Some(match code? {
        classify::BUSINESS if classify::suspicion(message) == Suspicion::Suspect => {
            "SAP names no cause; look for a property that it does not know or only reads, for rows without their base type, and ask the owner of the company's transaction notification whether its rule locks the object"
        }
        -1004 => "use one of the valid values that the message lists",
        201 => {
            "correct the query: only properties of this set, and the operators the Service Layer supports"
        }
        701..=704 => {
            "correct the stored query: its syntax, its parameters, or its tables, which must be on the server's list of allowed ones"
        }
        -5006 => {
            "this object does not allow the action; what is posted is cancelled or corrected by a new document, never deleted"
        }
        _ => return None,
    })
}

fn by_text(text: &str) -> Option<&'static str> {
    let causes = [
        ("value too long in property", "shorten the text of the property that the message names"),
        (
            "cannot insert the value null",
            "give the column that the message names a value: it is mandatory in its user table",
        ),
        ("failed to initialize object data", "check the company database of the login"),
    ];
    let unknown = text.starts_with("property '") && text.ends_with("is invalid");
    causes.into_iter().find(|(cause, _)| text.contains(cause)).map(|(_, remedy)| remedy).or_else(
        || {
            unknown.then_some(
                "check the name of the property; a new user-defined field is known to a node only after its restart",
            )
        },
    )
}
