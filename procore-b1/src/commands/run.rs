//! What each subcommand does.

use std::{env, io, path::Path};

use sync_core::{
    engine::{CheckLine, CheckStatus, CycleReport},
    model::{ProjectId, SourceKey},
    ports::Signature,
};

use super::{Cli, Command, MappingCommand, Output, exit, signals};
use crate::{
    config::{Config, ConfigError, ProjectChoice},
    host::{Host, HostError},
    progress,
    report::{html, json, sheet, text},
};

/// Why a command did not reach its report.
#[derive(Debug)]
enum Stop {
    Configuration(ConfigError),
    Usage(String),
    Host(HostError),
    Io(io::Error),
}

impl From<ConfigError> for Stop {
    fn from(error: ConfigError) -> Self {
        Self::Configuration(error)
    }
}

impl From<HostError> for Stop {
    fn from(error: HostError) -> Self {
        Self::Host(error)
    }
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// Runs a command inside a Tokio runtime and answers its exit code.
pub async fn run(cli: &Cli, output: &mut Output<'_>) -> u8 {
    match dispatch(cli, output).await {
        Ok(code) => code,
        Err(Stop::Configuration(error)) => {
            output.error(&error.to_string(), || json::configuration_error(&error));
            exit::USAGE
        }
        Err(Stop::Usage(detail)) => {
            output.error(&format!("error: {detail}"), || json::failure("usage", &detail));
            exit::USAGE
        }
        Err(Stop::Host(error)) => {
            let (name, detail) = (error.name(), error.detail());
            output.error(&format!("{name}: {detail}"), || json::failure(name, &detail));
            match error {
                HostError::Configuration(_) => exit::USAGE,
                _ => exit::FAILED,
            }
        }
        Err(Stop::Io(error)) => {
            let detail = error.to_string();
            output.error(&detail, || json::failure("output", &detail));
            exit::FAILED
        }
    }
}

async fn dispatch(cli: &Cli, output: &mut Output<'_>) -> Result<u8, Stop> {
    let config = Config::load(&cli.global.config)?;
    if let Command::Sync { projects, .. } = &cli.command {
        refuse_foreign_projects(projects, &config)?;
    }
    match &cli.command {
        Command::Replay { keys, .. } => refuse_foreign_keys(keys, &config)?,
        Command::Explain { key } | Command::Resolve { key, .. } => {
            refuse_foreign_keys(&[*key], &config)?;
        }
        _ => {}
    }
    let host = match &cli.command {
        Command::Sync { .. } | Command::Replay { .. } | Command::Rebuild { .. } => {
            Host::open(config).await?
        }
        _ => Host::open_for_reading(config).await?,
    };
    let heeding = signals::heed(host.interrupter())?;
    let code = on(&host, cli, output).await;
    drop(heeding);
    let closed = host.close().await;
    let code = code?;
    closed?;
    Ok(code)
}

async fn on(host: &Host, cli: &Cli, output: &mut Output<'_>) -> Result<u8, Stop> {
    match &cli.command {
        Command::Check => check(host, cli, output).await,
        Command::Setup => {
            let report = host.setup().await?;
            output.result(|| json::setup(&report), || text::setup(&report))?;
            Ok(exit::DONE)
        }
        Command::Preview { save, html, opening: true } => {
            opening(host, cli, output, save.as_deref(), html.as_deref()).await
        }
        Command::Preview { save, html, opening: false } => {
            preview(host, cli, output, save.as_deref(), html.as_deref()).await
        }
        Command::Mapping { action } => mapping(host, action, output).await,
        Command::Explain { key } => {
            let life = host.explain(*key).await?;
            output.result(|| json::life(&life), || text::life(&life))?;
            Ok(exit::DONE)
        }
        Command::Sync { rebuild_opening: true, reason, by, .. } => {
            let signature = signature(by.as_deref(), reason.as_deref())?;
            let observer = progress::observer(cli.global.quiet);
            let change = host.rebuild_opening(&*observer, signature).await?;
            output.result(|| json::rebuilt_opening(&change), || text::rebuilt_opening(&change))?;
            Ok(change.cycle.exit_code())
        }
        Command::Sync { projects, take_over, reason, by, .. } => {
            let projects = (!projects.is_empty()).then(|| projects.clone());
            let observer = progress::observer(cli.global.quiet);
            let report = if *take_over {
                let signature = signature(by.as_deref(), reason.as_deref())?;
                host.take_over(&*observer, projects, signature).await?
            } else {
                host.sync(&*observer, projects).await?
            };
            cycle(&report, output)
        }
        Command::Exceptions { csv } => {
            let rows = host.exceptions(&sync_core::ports::Silent).await?;
            if let Some(path) = csv {
                output.file(path, &sheet::exceptions(&rows))?;
            }
            output.result(|| json::exceptions(&rows), || text::exceptions(&rows))?;
            Ok(if rows.is_empty() { exit::DONE } else { exit::WAITING })
        }
        Command::Replay { keys, all } => {
            let keys = (!all).then_some(keys.as_slice());
            let report = host.replay(&*progress::observer(cli.global.quiet), keys).await?;
            cycle(&report, output)
        }
        Command::Resolve { key, choice, reason, by } => {
            let decider = decider(by.as_deref())?;
            let observer = progress::observer(cli.global.quiet);
            let (decision, report) =
                host.resolve(&*observer, *key, choice.verb(), &decider, reason).await?;
            output.result(
                || json::decision(*key, &decision, &report),
                || text::decision(*key, &decision, &report),
            )?;
            Ok(report.exit_code())
        }
        Command::Rebuild { reason, by } => {
            // A state that is lost is made again also where nobody has a name.
            let by = decider(by.as_deref()).unwrap_or_default();
            let signature = Signature { by, note: reason.clone().unwrap_or_default() };
            let report = host.rebuild(&*progress::observer(cli.global.quiet), signature).await?;
            output.result(|| json::rebuilt(&report), || text::rebuilt(&report))?;
            Ok(report.exit_code())
        }
        Command::Verify => {
            let report = host.verify().await?;
            output.result(|| json::verification(&report), || text::verification(&report))?;
            Ok(report.exit_code())
        }
        Command::Reconcile { html, csv } => {
            reconcile(host, cli, output, html.as_deref(), csv.as_deref()).await
        }
    }
}

async fn check(host: &Host, cli: &Cli, output: &mut Output<'_>) -> Result<u8, Stop> {
    let mut report = host.check(&*progress::observer(cli.global.quiet)).await?;
    let detail = host.told_state();
    let subject = "state".to_owned();
    report.lines.push(CheckLine { subject, status: CheckStatus::Ok, detail });
    output.result(|| json::check(&report), || text::check(&report))?;
    Ok(report.exit_code())
}

async fn mapping(
    host: &Host,
    action: &MappingCommand,
    output: &mut Output<'_>,
) -> Result<u8, Stop> {
    match action {
        MappingCommand::Lint => {
            let lint = host.lint_mapping().await?;
            output.result(|| json::lint(&lint), || text::lint(&lint))?;
            let faulty = lint.findings.iter().any(|finding| finding.kind.stops_records());
            let waits = !lint.coverage.unmapped.is_empty() || !lint.coverage.vendors.is_empty();
            Ok(match (faulty, waits) {
                (true, _) => exit::FAILED,
                (false, true) => exit::WAITING,
                (false, false) => exit::DONE,
            })
        }
        MappingCommand::Diff { accounts } => {
            let edited = host.config().with_accounts(accounts)?;
            let radius = host.blast_radius(&edited).await?;
            output.result(|| json::blast_radius(&radius), || text::blast_radius(&radius))?;
            Ok(exit::DONE)
        }
    }
}

fn cycle(report: &CycleReport, output: &mut Output<'_>) -> Result<u8, Stop> {
    output.result(|| json::cycle(report), || text::cycle(report))?;
    Ok(report.exit_code())
}

async fn preview(
    host: &Host,
    cli: &Cli,
    output: &mut Output<'_>,
    save: Option<&Path>,
    page: Option<&Path>,
) -> Result<u8, Stop> {
    let report = host.preview(&*progress::observer(cli.global.quiet)).await?;
    if let Some(path) = save {
        output.file(path, &json::preview(&report))?;
    }
    if let Some(path) = page {
        output.file(path, html::preview(&report).as_bytes())?;
    }
    output.result(|| json::preview(&report), || text::preview(&report))?;
    Ok(report.exit_code())
}

async fn opening(
    host: &Host,
    cli: &Cli,
    output: &mut Output<'_>,
    save: Option<&Path>,
    page: Option<&Path>,
) -> Result<u8, Stop> {
    let list = host.opening_list(&*progress::observer(cli.global.quiet)).await?;
    if let Some(path) = save {
        output.file(path, &json::opening(&list))?;
    }
    if let Some(path) = page {
        output.file(path, html::opening(&list).as_bytes())?;
    }
    output.result(|| json::opening(&list), || text::opening(&list))?;
    Ok(list.exit_code())
}

async fn reconcile(
    host: &Host,
    cli: &Cli,
    output: &mut Output<'_>,
    page: Option<&Path>,
    csv: Option<&Path>,
) -> Result<u8, Stop> {
    let report = host.reconcile(&*progress::observer(cli.global.quiet)).await?;
    if let Some(path) = page {
        output.file(path, html::reconciliation(&report).as_bytes())?;
    }
    if let Some(path) = csv {
        output.file(path, &sheet::reconciliation(&report))?;
    }
    output.result(|| json::reconciliation(&report), || text::reconciliation(&report))?;
    Ok(report.exit_code())
}

/// Who does something to the state, and why, for the audit trail.
fn signature(by: Option<&str>, reason: Option<&str>) -> Result<Signature, Stop> {
    Ok(Signature { by: decider(by)?, note: reason.unwrap_or_default().to_owned() })
}

/// Who decides: the name that was given, else the user of this machine. Nobody decides unsigned.
fn decider(given: Option<&str>) -> Result<String, Stop> {
    let named = |variable: &str| env::var(variable).ok();
    let machine = ["USER", "LOGNAME", "USERNAME"].into_iter().find_map(named);
    given
        .map(str::to_owned)
        .or(machine)
        .filter(|name| !name.trim().is_empty())
        .ok_or_else(|| Stop::Usage("say who decides with --by NAME".to_owned()))
}

/// A project outside the allow-list is a slip of the pen, not a project without records.
fn refuse_foreign_projects(projects: &[ProjectId], config: &Config) -> Result<(), Stop> {
    let ProjectChoice::Only(allowed) = &config.procore.projects else { return Ok(()) };
    match projects.iter().find(|project| !allowed.contains(project)) {
        Some(project) => Err(Stop::Usage(format!(
            "project {project} is not in procore.project_ids of {}",
            config.file.display()
        ))),
        None => Ok(()),
    }
}

fn refuse_foreign_keys(keys: &[SourceKey], config: &Config) -> Result<(), Stop> {
    let company = config.procore.company;
    if let Some(key) = keys.iter().find(|key| key.company != company) {
        let detail = format!("{key} belongs to another company than {company}, the configured one");
        return Err(Stop::Usage(detail));
    }
    let projects: Vec<ProjectId> = keys.iter().map(|key| key.project).collect();
    refuse_foreign_projects(&projects, config)
}
