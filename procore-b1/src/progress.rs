//! Progress on a terminal, and in the log elsewhere.

use std::{collections::BTreeMap, io::IsTerminal, sync::Mutex, time::Duration};

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use sync_core::{
    model::ProjectId,
    ports::{Observer, Progress},
};

/// Watches a cycle with a line per project on standard error.
#[derive(Debug)]
pub struct Bars {
    bars: MultiProgress,
    lines: Mutex<BTreeMap<ProjectId, ProgressBar>>,
}

/// Looks away.
pub use sync_core::ports::Silent as Quiet;

impl Default for Bars {
    fn default() -> Self {
        Self::new()
    }
}

impl Bars {
    /// Bars on standard error; silent where that is no terminal.
    #[must_use]
    pub fn new() -> Self {
        let target = if std::io::stderr().is_terminal() {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        };
        Self { bars: MultiProgress::with_draw_target(target), lines: Mutex::default() }
    }

    fn line(&self, project: ProjectId) -> ProgressBar {
        let mut lines = self.lines.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        lines
            .entry(project)
            .or_insert_with(|| {
                let line = self.bars.add(ProgressBar::new(0));
                let style = "{spinner} project {prefix}  {pos}/{len}  {wide_bar}  {msg}";
                if let Ok(style) = ProgressStyle::with_template(style) {
                    line.set_style(style);
                }
                line.set_prefix(project.to_string());
                line.enable_steady_tick(Duration::from_millis(120));
                line
            })
            .clone()
    }
}

impl Observer for Bars {
    fn on(&self, progress: &Progress) {
        match progress {
            Progress::CycleOpened { .. } => {}
            Progress::Read { project, records } => {
                self.line(*project).set_message(format!("{records} read"));
            }
            Progress::Planning { project, records } => {
                self.line(*project).set_length(u64::try_from(*records).unwrap_or(u64::MAX));
            }
            Progress::Settled { key, .. } => self.line(key.project).inc(1),
            Progress::ProjectDone { project } => self.line(*project).finish_and_clear(),
        }
    }
}

impl Drop for Bars {
    /// A cycle that was stopped leaves no half bar behind.
    fn drop(&mut self) {
        let lines = self.lines.get_mut().unwrap_or_else(std::sync::PoisonError::into_inner);
        lines.values().for_each(ProgressBar::finish_and_clear);
    }
}

/// Tells the log what a cycle does.
#[derive(Clone, Copy, Debug, Default)]
pub struct Logged;

impl Observer for Logged {
    fn on(&self, progress: &Progress) {
        match progress {
            Progress::CycleOpened { projects } => tracing::info!(projects, "cycle opened"),
            Progress::Read { project, records } => tracing::info!(%project, records, "read"),
            Progress::Planning { project, records } => {
                tracing::info!(%project, records, "planning");
            }
            Progress::Settled { key, state, documents } => {
                tracing::debug!(%key, state, documents, "settled");
            }
            Progress::ProjectDone { project } => tracing::info!(%project, "project done"),
        }
    }
}

/// Bars on a terminal, the log elsewhere and where bars are not wanted.
#[must_use]
pub fn observer(quiet: bool) -> Box<dyn Observer> {
    if quiet || !std::io::stderr().is_terminal() { Box::new(Logged) } else { Box::new(Bars::new()) }
}
