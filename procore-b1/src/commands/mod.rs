//! The command: its line, what each subcommand does with the [`Host`](crate::host::Host), its exit code.
//!
//! Nothing here knows an adapter (that is [`host`](crate::host)) or how a report looks (that is
//! [`report`](crate::report)).

mod cli;
pub mod exit;
mod output;
mod run;
mod signals;

use std::{ffi::OsString, io::Write};

use clap::Parser;
use tracing_subscriber::EnvFilter;

pub use cli::{Choice, Cli, Command, Global, MappingCommand};
pub use output::Output;
pub use run::run;

use crate::report::json;

/// Runs a command line to its end and answers the exit code. `result` takes what a program or a
/// person asked for, `aside` everything else.
pub fn main(
    arguments: impl IntoIterator<Item = OsString>,
    result: &mut (dyn Write + Send),
    aside: &mut (dyn Write + Send),
) -> u8 {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let cli = match Cli::try_parse_from(&arguments) {
        Ok(cli) => cli,
        Err(error) => return usage(&error, &arguments, result, aside),
    };
    log_to_standard_error(&cli.global);
    let mut output = Output::new(result, aside, cli.global.json, cli.global.quiet);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    match runtime {
        Ok(runtime) => {
            let code = runtime.block_on(run(&cli, &mut output));
            // A call that hangs must not keep the process.
            runtime.shutdown_timeout(std::time::Duration::from_secs(5));
            code
        }
        Err(error) => {
            let detail = format!("the runtime cannot start: {error}");
            output.error(&detail, || json::failure("runtime", &detail));
            exit::FAILED
        }
    }
}

/// Help and version are results; every other error of the command line is a usage error.
fn usage(
    error: &clap::Error,
    arguments: &[OsString],
    result: &mut (dyn Write + Send),
    aside: &mut (dyn Write + Send),
) -> u8 {
    let text = error.render().to_string();
    if !error.use_stderr() {
        return if result.write_all(text.as_bytes()).is_ok() { exit::DONE } else { exit::FAILED };
    }
    let wants_json = arguments.iter().any(|argument| argument == "--json");
    let mut output = Output::new(result, aside, wants_json, false);
    output.error(text.trim_end(), || json::failure("usage", text.trim_end()));
    exit::USAGE
}

fn log_to_standard_error(global: &Global) {
    let level = match (global.quiet, global.verbose) {
        (true, _) => "error",
        (false, 0) => "warn",
        (false, 1) => "warn,procore_b1=info",
        (false, _) => {
            "warn,procore_b1=debug,procore_client=debug,sap_b1_client=debug,sync_connectors=debug,\
             sync_core=debug,sync_store=debug"
        }
    };
    // A second call in one process keeps the first subscriber.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(level))
        .with_writer(std::io::stderr)
        .with_target(false)
        .try_init();
}
