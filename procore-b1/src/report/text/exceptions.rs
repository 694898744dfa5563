//! What `exceptions` prints.

use sync_core::engine::ExceptionRow;

use super::{count, printable, say};
use crate::report::{
    amount::accounting,
    json::{remedy, state_name},
};

/// The records that wait for a person, each with cause and remedy.
#[must_use]
pub fn exceptions(rows: &[ExceptionRow]) -> String {
    let mut text = String::new();
    if rows.is_empty() {
        say(&mut text, "Nothing waits for a person.");
        return text;
    }
    let verb = if rows.len() == 1 { "waits" } else { "wait" };
    say(&mut text, format!("{} {verb} for a person.", count(rows.len() as u64, "record")));
    for row in rows {
        let reason = row.cause.as_ref().map(|cause| cause.reason);
        let state = state_name(row.state);
        let head = match reason {
            Some(reason) => format!("{state}, {reason}"),
            None => state.to_owned(),
        };
        let amount = accounting(row.amount, &row.currency);
        say(&mut text, "");
        say(&mut text, format!("  {}  {}  {amount} {}", row.key, head, row.currency));
        let title = format!("{} {}", row.number, row.title);
        if !title.trim().is_empty() {
            say(&mut text, format!("    record:    {}", printable(title.trim())));
        }
        if let Some(cause) = &row.cause {
            say(&mut text, format!("    cause:     {}", printable(&cause.detail)));
        }
        say(&mut text, format!("    remedy:    {}", remedy(row)));
        let decisions = reason.map(|r| r.decisions().names()).unwrap_or_default();
        if !decisions.is_empty() {
            say(&mut text, format!("    decisions: {}", decisions.join(", ")));
        }
    }
    text
}
