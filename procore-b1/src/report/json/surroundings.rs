//! The documents of `check` and `setup`, and of what kept a command from running.

use serde::Serialize;
use sync_core::{
    engine::{CheckLine, CheckReport, CheckStatus},
    ports::SetupReport,
};

use super::document;
use crate::config::ConfigError;

/// The lines of `check`.
#[must_use]
pub fn check(report: &CheckReport) -> Vec<u8> {
    document(&CheckJson {
        check: StatusJson { status: if report.exit_code() == 0 { "done" } else { "failed" } },
        lines: report.lines.iter().map(LineJson::from).collect(),
    })
}

/// The status of a line of `check`, in reports.
pub(crate) const fn status_name(status: CheckStatus) -> &'static str {
    match status {
        CheckStatus::Ok => "ok",
        CheckStatus::Warning => "warning",
        CheckStatus::Failed => "failed",
    }
}

/// What `setup` did.
#[must_use]
pub fn setup(report: &SetupReport) -> Vec<u8> {
    document(&SetupJson {
        setup: SetupPartsJson {
            created: &report.created,
            present: &report.present,
            advice: &report.advice,
        },
    })
}

/// What kept a command from running.
#[must_use]
pub fn failure(name: &str, detail: &str) -> Vec<u8> {
    document(&ErrorJson { error: ErrorPartsJson { name, detail, faults: Vec::new() } })
}

/// The faults of the configuration.
#[must_use]
pub fn configuration_error(error: &ConfigError) -> Vec<u8> {
    let faults = error
        .faults
        .iter()
        .map(|fault| {
            let (file, line, variable) = match &fault.place {
                crate::config::Place::File { file, line } => {
                    (Some(file.display().to_string()), *line, None)
                }
                crate::config::Place::Variable(name) => (None, None, Some(name.as_str())),
            };
            FaultJson {
                file,
                line,
                variable,
                key: &fault.key,
                problem: &fault.problem,
                remedy: &fault.remedy,
            }
        })
        .collect();
    let detail = "the configuration cannot be used";
    document(&ErrorJson { error: ErrorPartsJson { name: "configuration", detail, faults } })
}

#[derive(Serialize)]
struct CheckJson<'a> {
    check: StatusJson<'a>,
    lines: Vec<LineJson<'a>>,
}

impl<'a> From<&'a CheckLine> for LineJson<'a> {
    fn from(line: &'a CheckLine) -> Self {
        let (subject, detail) = (&line.subject, &line.detail);
        Self { subject, status: status_name(line.status), detail }
    }
}

#[derive(Serialize)]
struct StatusJson<'a> {
    status: &'a str,
}

#[derive(Serialize)]
pub(super) struct LineJson<'a> {
    subject: &'a str,
    status: &'a str,
    detail: &'a str,
}

#[derive(Serialize)]
struct SetupJson<'a> {
    setup: SetupPartsJson<'a>,
}

#[derive(Serialize)]
struct SetupPartsJson<'a> {
    created: &'a [String],
    present: &'a [String],
    advice: &'a [String],
}

#[derive(Serialize)]
struct ErrorJson<'a> {
    error: ErrorPartsJson<'a>,
}

#[derive(Serialize)]
struct ErrorPartsJson<'a> {
    name: &'a str,
    detail: &'a str,
    faults: Vec<FaultJson<'a>>,
}

#[derive(Serialize)]
struct FaultJson<'a> {
    file: Option<String>,
    line: Option<usize>,
    variable: Option<&'a str>,
    key: &'a str,
    problem: &'a str,
    remedy: &'a str,
}
