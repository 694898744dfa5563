//! What may stand in an address, and how everything else is written.

use crate::error::{Error, Result};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Everything but letters, digits and the marks that mean nothing in a query or a path.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~')
    .remove(b'(')
    .remove(b')')
    .remove(b',')
    .remove(b'\'');

/// Percent-encodes a finished expression.
pub(crate) fn encode(text: &str) -> String {
    utf8_percent_encode(text, ENCODED).to_string()
}

/// Quotes a text as OData does: single quotes around, single quotes doubled inside.
pub(crate) fn quote(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// Checks that a name is a property's name, so that it cannot smuggle an expression in.
pub(crate) fn property_name(name: &str) -> Result<&str> {
    let starts_well = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    if starts_well
        && name.len() <= 128
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    {
        return Ok(name);
    }
    let shown: String = name.chars().take(60).collect();
    Err(Error::invalid(format!(
        "{shown:?} is no name of a property; letters, digits and underscores are"
    )))
}
