//! The one sequence of a cycle: recover, open, catalog; per project read, look up, plan, write the
//! intent, post, write the result; close, report.
//!
//! The engine decides nothing about money; [`plan`](crate::plan) does. It decides the order of calls
//! so that whatever fails, whenever, no record is posted twice and none is lost.

mod report;

pub use report::{
    CallCounts, CycleReport, ExceptionRow, Failure, FindingRow, PostedDocument, PreviewDocument,
    PreviewReport, ProjectProblem, StatusAmount,
};
