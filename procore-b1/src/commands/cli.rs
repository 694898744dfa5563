//! The command line.

use std::path::PathBuf;

use clap::{ArgAction, Args, Parser, Subcommand};
use sync_core::{
    model::{ProjectId, SourceKey},
    resolve::Verb,
};

/// Brings construction costs from Procore into SAP Business One's general ledger, exactly once.
#[derive(Debug, Parser)]
#[command(name = "procore-b1", version, about, max_term_width = 100)]
pub struct Cli {
    /// What every command takes.
    #[command(flatten)]
    pub global: Global,
    /// The command.
    #[command(subcommand)]
    pub command: Command,
}

/// What every command takes.
#[derive(Debug, Args)]
pub struct Global {
    /// The configuration.
    #[arg(long, global = true, value_name = "FILE", default_value = "procore-b1.toml")]
    pub config: PathBuf,
    /// One JSON document on standard output, and nothing else there.
    #[arg(long, global = true)]
    pub json: bool,
    /// More of what happens on standard error; twice for all of it.
    #[arg(short, long, global = true, action = ArgAction::Count, conflicts_with = "quiet")]
    pub verbose: u8,
    /// Nothing on standard error but errors, and no progress bars.
    #[arg(long, global = true)]
    pub quiet: bool,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Validates configuration, logins, company, projects, SAP master data and mapping; changes nothing.
    Check,
    /// Creates the user fields in SAP; what is there already is left as it is.
    Setup,
    /// Shows the exact documents that a sync would post; sends nothing that writes.
    Preview {
        /// Writes the preview as JSON to a file.
        #[arg(long, value_name = "FILE")]
        save: Option<PathBuf>,
        /// Writes the preview as a page to a file.
        #[arg(long, value_name = "FILE")]
        html: Option<PathBuf>,
        /// Shows the opening list in place of the documents, to be tied to SAP: as it is stored, or, before
        /// the first cycle, as that would store it.
        #[arg(long)]
        opening: bool,
    },
    /// Looks at the mapping tables: coverage in money, faults, what an edit would change.
    Mapping {
        /// What to look at.
        #[command(subcommand)]
        action: MappingCommand,
    },
    /// Tells the whole life of one record: read, mapped, rounded, posted, or what stands in its way.
    Explain {
        /// A key like 8089:865:subcontract:786001.
        #[arg(value_name = "KEY")]
        key: SourceKey,
    },
    /// Runs one cycle now.
    Sync {
        /// Only this project of Procore; may be repeated.
        #[arg(long = "project", value_name = "ID", value_parser = project)]
        projects: Vec<ProjectId>,
        /// Makes this state the one that feeds SAP, where SAP says that another one does.
        #[arg(long, group = "signed")]
        take_over: bool,
        /// Why this state takes over, or the opening list is made anew: kept in the audit trail.
        #[arg(long, value_name = "TEXT", value_parser = words, requires = "signed")]
        reason: Option<String>,
        /// Who decides it; without it the user of this machine.
        #[arg(long, value_name = "NAME", value_parser = words, requires = "signed")]
        by: Option<String>,
        /// Makes the opening list anew for the start_date of the configuration, which may be later than
        /// before; prints what changes, and posts nothing.
        #[arg(long, group = "signed", conflicts_with = "projects")]
        rebuild_opening: bool,
    },
    /// Lists the records that wait for a person, with cause and remedy.
    Exceptions {
        /// Writes the list as CSV to a file.
        #[arg(long, value_name = "FILE")]
        csv: Option<PathBuf>,
    },
    /// Runs records again, now; begins with the look-up in SAP.
    Replay {
        /// Keys like 8089:865:subcontract:786001.
        #[arg(value_name = "KEY", required_unless_present = "all", conflicts_with = "all")]
        keys: Vec<SourceKey>,
        /// Every record that waits for a person.
        #[arg(long)]
        all: bool,
    },
    /// Takes a person's decision on one record that waits for one, and runs the record again.
    Resolve {
        /// A key like 8089:865:subcontract:786001; `exceptions` lists them with the decisions that each
        /// takes.
        #[arg(value_name = "KEY")]
        key: SourceKey,
        /// What is decided.
        #[command(flatten)]
        choice: Choice,
        /// Why: kept with the decision, and printed from then on.
        #[arg(long, value_name = "TEXT", value_parser = words)]
        reason: String,
        /// Who decides; without it the user of this machine.
        #[arg(long, value_name = "NAME", value_parser = words)]
        by: Option<String>,
    },
    /// Makes the state again from SAP by reading every keyed document; posts nothing.
    Rebuild {
        /// Why: kept in the audit trail.
        #[arg(long, value_name = "TEXT", value_parser = words)]
        reason: Option<String>,
        /// Who does it; without it the user of this machine, where it has one.
        #[arg(long, value_name = "NAME", value_parser = words)]
        by: Option<String>,
    },
    /// Looks the state through: schema, file, audit trail, totals; repairs nothing.
    Verify,
    /// Compares every project in Procore with the general ledger.
    Reconcile {
        /// Writes the reconciliation as a page to a file.
        #[arg(long, value_name = "FILE")]
        html: Option<PathBuf>,
        /// Writes one row per project as CSV to a file.
        #[arg(long, value_name = "FILE")]
        csv: Option<PathBuf>,
    },
}

/// What a person decides; exactly one of them.
#[derive(Clone, Copy, Debug, Args)]
#[group(required = true, multiple = false)]
pub struct Choice {
    /// Posts the record as its reason allows; every other check still applies.
    #[arg(long)]
    pub post: bool,
    /// Posts nothing for the record as it now is, and accepts the rest as it stands.
    #[arg(long)]
    pub skip: bool,
    /// The A/P invoice with this DocEntry, which the hold names, counts as the record's document: nothing
    /// is posted for it, in reconciliation it counts.
    #[arg(long, value_name = "DOCENTRY")]
    pub adopt: Option<i64>,
}

impl Choice {
    /// The decision as the engine takes it.
    #[must_use]
    pub const fn verb(self) -> Verb {
        match self.adopt {
            Some(doc_entry) => Verb::Adopt(doc_entry),
            None if self.post => Verb::Post,
            None => Verb::Skip,
        }
    }
}

/// What `mapping` looks at.
#[derive(Debug, Subcommand)]
pub enum MappingCommand {
    /// Faults of the tables, and how much of Procore's money they cover.
    Lint,
    /// What an edited accounts.csv would change: which posted and waiting records, by how much per
    /// account.
    Diff {
        /// The edited table.
        #[arg(value_name = "ACCOUNTS.CSV")]
        accounts: PathBuf,
    },
}

fn words(text: &str) -> Result<String, String> {
    match text.trim() {
        "" => Err("write who or why in a few words; both are printed from then on".to_owned()),
        words => Ok(words.to_owned()),
    }
}

fn project(text: &str) -> Result<ProjectId, String> {
    match text.parse() {
        Ok(id) if id > 0 => Ok(ProjectId(id)),
        _ => Err("a project is the number that Procore shows in its address".to_owned()),
    }
}
