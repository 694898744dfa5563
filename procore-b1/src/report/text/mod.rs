//! What commands print on a terminal: short sentences and aligned tables.

mod cycle;
mod exceptions;
mod grid;
mod preview;
mod reconciliation;
mod surroundings;

use sync_core::engine::{Failure, ProjectProblem};

pub use cycle::cycle;
pub use exceptions::exceptions;
pub(crate) use preview::lines;
pub use preview::preview;
pub use reconciliation::reconciliation;
pub(crate) use reconciliation::verdict;
pub use surroundings::{check, setup};

/// Appends a line, without control characters of Procore's or SAP's texts, which could move a
/// terminal's cursor.
fn say(text: &mut String, line: impl AsRef<str>) {
    text.extend(line.as_ref().chars().map(|c| if c.is_control() && c != '\n' { ' ' } else { c }));
    text.push('\n');
}

/// `1 record`, `2 records`.
fn count(n: u64, thing: &str) -> String {
    if n == 1 { format!("1 {thing}") } else { format!("{n} {thing}s") }
}

/// Why the whole or a part could not be done.
fn obstacles(text: &mut String, failure: Option<&Failure>, problems: &[ProjectProblem]) {
    if let Some(failure) = failure {
        say(text, format!("{}: {}", failure.name, failure.detail));
    }
    for problem in problems {
        let failure = &problem.failure;
        say(text, format!("project {}: {}: {}", problem.project, failure.name, failure.detail));
    }
}
