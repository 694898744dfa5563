//! What commands print on a terminal: short sentences and aligned tables.

mod cycle;
mod exceptions;
mod grid;
mod life;
mod mapping;
mod opening;
mod preview;
mod rebuilt;
mod reconciliation;
mod rounding;
mod surroundings;

use chrono::{DateTime, Utc};
use sync_core::engine::{Failure, ProjectProblem};

use super::amount::whole;

pub use cycle::{cycle, decision};
pub use exceptions::exceptions;
pub use life::life;
pub(crate) use life::{held_name, place};
pub(crate) use mapping::effect;
pub use mapping::{blast_radius, lint};
pub(crate) use opening::opening_verdict;
pub use opening::{opening, rebuilt_opening};
pub use preview::preview;
pub(crate) use preview::{lines, verdict as preview_verdict};
pub use rebuilt::rebuilt;
pub use reconciliation::reconciliation;
pub(crate) use reconciliation::verdict;
pub use surroundings::{check, setup, verification};

/// Appends a line, without what could disturb a terminal; line breaks of our own stay.
fn say(text: &mut String, line: impl AsRef<str>) {
    text.extend(line.as_ref().chars().map(|c| if disturbs(c) && c != '\n' { ' ' } else { c }));
    text.push('\n');
}

/// Control characters could move a terminal's cursor, changes of the writing direction let one
/// line look like another.
fn disturbs(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A moment, to the second.
fn moment(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// Why nothing new is posted, where a take-over keeps it back.
fn kept_back(text: &mut String, posts_from: Option<DateTime<Utc>>) {
    if let Some(from) = posts_from {
        say(
            text,
            format!(
                "Nothing new is posted before {}: this state took over, and what was sent before may still be under \
                 way in SAP. A sync that begins then, or later, posts it.",
                moment(from)
            ),
        );
    }
}

/// `1 record`, `1,904 records`.
pub(crate) fn count(n: u64, thing: &str) -> String {
    if n == 1 { format!("1 {thing}") } else { format!("{} {thing}s", whole(n)) }
}

/// Text of Procore or SAP on one line: a line break in a title must not begin a line of ours.
fn printable(text: &str) -> String {
    text.chars().map(|c| if disturbs(c) { ' ' } else { c }).collect()
}

/// Why the whole or a part could not be done.
fn obstacles(text: &mut String, failure: Option<&Failure>, problems: &[ProjectProblem]) {
    if let Some(failure) = failure {
        say(text, format!("{}: {}", failure.name, printable(&failure.detail)));
    }
    for problem in problems {
        let failure = &problem.failure;
        let detail = printable(&failure.detail);
        say(text, format!("project {}: {}: {detail}", problem.project, failure.name));
    }
}
