//! What the simulated server refuses, with its published codes and texts.
//!
//! Texts without a published source are marked `unverified` where they are made.

use http::StatusCode;

/// A refusal: HTTP status, SAP's code and SAP's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) status: StatusCode,
    pub(crate) code: i64,
    pub(crate) message: String,
}

/// The bare phrase that real servers give without a reason.
pub(crate) const BARE_5002: &str = "Internal error (-5002) occurred";

/// The text of a lost session.
pub(crate) const SESSION_LOST: &str = "Invalid session or session already timeout.";

/// SAP prints these without a published code; the code is a guess that no client may rely on.
pub(crate) const CODE_UNPUBLISHED: i64 = -10;

impl Refusal {
    pub(crate) fn new(status: StatusCode, code: i64, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into() }
    }

    /// HTTP 400.
    pub(crate) fn bad(code: i64, message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, message)
    }

    /// HTTP 400, -5002 with a business text.
    pub(crate) fn business(message: impl Into<String>) -> Self {
        Self::bad(-5002, message)
    }

    pub(crate) fn bare() -> Self {
        Self::business(BARE_5002)
    }

    pub(crate) fn session_lost() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, 301, SESSION_LOST)
    }

    /// What every call to a broken node gets.
    pub(crate) fn broken_node() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            407,
            "Table definition not found for '@ZZVF_T'.",
        )
    }

    pub(crate) fn invalid_property(name: &str, of: &str) -> Self {
        Self::bad(-1000, format!("Property '{name}' of '{of}' is invalid"))
    }

    pub(crate) fn too_long(name: &str, of: &str) -> Self {
        Self::bad(
            CODE_UNPUBLISHED,
            format!(
                "CServiceData::SetPropertyValueString failed; Value too long in property '{name}' of '{of}'"
            ),
        )
    }

    /// -1004 with the values that would be right.
    pub(crate) fn invalid_value(value: &str, name: &str, valid: &str) -> Self {
        Self::bad(
            -1004,
            format!(
                "'{value}' is not a valid value for property '{name}'. The valid values are: {valid}"
            ),
        )
    }

    pub(crate) fn query(message: impl Into<String>) -> Self {
        Self::bad(201, message)
    }

    pub(crate) fn query_property(name: &str) -> Self {
        Self::query(format!("Property '{name}' is invalid"))
    }

    pub(crate) fn query_syntax() -> Self {
        Self::query("Query string error - Invalid filter condition")
    }

    pub(crate) fn no_record() -> Self {
        Self::new(StatusCode::NOT_FOUND, -2028, "No matching records found (ODBC -2028)")
    }

    /// The answer to a change or deletion of what is not there.
    pub(crate) fn no_entity(key: &str) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            -2028,
            format!("Entity with value('{key}') does not exist"),
        )
    }

    pub(crate) fn exists() -> Self {
        Self::bad(-2035, "This entry already exists in the following tables (ODBC -2035)")
    }

    pub(crate) fn not_supported() -> Self {
        Self::bad(-5006, "The requested action is not supported for this object.")
    }

    /// The code is not published.
    pub(crate) fn service_not_found() -> Self {
        Self::bad(-1000, "Service Not Found")
    }

    pub(crate) fn command_not_found() -> Self {
        Self::bad(-1008, "Command Not Found")
    }

    pub(crate) fn changed_meanwhile() -> Self {
        Self::new(
            StatusCode::PRECONDITION_FAILED,
            -2039,
            "Another user or another operation modified data; to continue, open the window again (ODBC -2039)",
        )
    }

    pub(crate) fn period_locked() -> Self {
        Self::bad(-4013, "Posting period locked; specify an alternative date")
    }

    pub(crate) fn date_out_of_range() -> Self {
        Self::bad(CODE_UNPUBLISHED, "Date deviates from permissible range")
    }

    pub(crate) fn no_rate(currency: &str) -> Self {
        Self::bad(CODE_UNPUBLISHED, format!("Update the exchange rate  , '{currency}'"))
    }

    /// An unknown code on a line; lines count from 1.
    pub(crate) fn unknown_code(field: &str, value: &str, line: Option<usize>) -> Self {
        let at = line.map_or_else(String::new, |n| format!("[line: {}]", n + 1));
        Self::business(format!("Enter valid code  [{field}]{at} , '{value}'"))
    }

    /// An inactive, locked or otherwise unusable code; the text is unverified.
    pub(crate) fn unusable(what: &str, field: &str, line: Option<usize>) -> Self {
        let at = line.map_or_else(String::new, |n| format!("[line: {}]", n + 1));
        Self::bad(CODE_UNPUBLISHED, format!("{what}  [{field}]{at}"))
    }

    /// The server's own body for a status that a fault asks for.
    pub(crate) fn of_status(status: u16) -> Self {
        match status {
            401 => Self::session_lost(),
            403 => Self::new(
                StatusCode::FORBIDDEN,
                -6006,
                "You are not permitted to perform this action",
            ),
            404 => Self::no_record(),
            412 => Self::changed_meanwhile(),
            500 => Self::new(StatusCode::INTERNAL_SERVER_ERROR, 305, "Switch company error: -1102"),
            400 => Self::bad(-1116, "(200019) Please Attach its Receiving"),
            other => Self::new(
                StatusCode::from_u16(other).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
                -1,
                "Failed to initialize object data",
            ),
        }
    }
}
