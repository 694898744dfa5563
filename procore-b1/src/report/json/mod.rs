//! One JSON document per command: typed, amounts as texts with their own digits.

mod budget;
mod cycle;
mod exceptions;
mod life;
mod mapping;
mod opening;
mod periods;
mod preview;
mod rebuilt;
mod reconciliation;
mod rounding;
mod surroundings;
mod tie_out;
mod verification;

use serde::Serialize;
use sync_core::engine::{Failure, ProjectProblem};

pub use cycle::{cycle, decision};
pub use exceptions::exceptions;
pub(crate) use exceptions::{remedy, state_name};
pub use life::life;
pub use mapping::{blast_radius, lint};
pub use opening::{opening, rebuilt_opening};
pub use preview::preview;
pub use rebuilt::rebuilt;
pub use reconciliation::reconciliation;
pub(crate) use surroundings::status_name;
pub use surroundings::{check, configuration_error, failure, setup};
pub use verification::verification;

/// Writes a document; its last byte is a line feed.
fn document(value: &impl Serialize) -> Vec<u8> {
    let mut bytes = serde_json::to_vec_pretty(value)
        .expect("texts, numbers and lists with text keys are always JSON");
    bytes.push(b'\n');
    bytes
}

#[derive(Serialize)]
struct FailureJson<'a> {
    name: &'a str,
    detail: &'a str,
}

impl<'a> From<&'a Failure> for FailureJson<'a> {
    fn from(failure: &'a Failure) -> Self {
        Self { name: failure.name, detail: &failure.detail }
    }
}

#[derive(Serialize)]
struct ProblemJson<'a> {
    project: i64,
    name: &'a str,
    detail: &'a str,
}

fn problems(problems: &[ProjectProblem]) -> Vec<ProblemJson<'_>> {
    problems
        .iter()
        .map(|problem| ProblemJson {
            project: problem.project.0,
            name: problem.failure.name,
            detail: &problem.failure.detail,
        })
        .collect()
}
